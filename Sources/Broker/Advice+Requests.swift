package import MQTT

extension Advice {
    /// Advice for a filter that SUBACK refused; the connection and the other filters go on.
    package init(refusedSubscription filter: TopicFilter, _ code: ReasonCode, reasonString: String?) {
        let name = Excerpt.of(filter.string, limit: 60)
        let what = "The broker refused the subscription to \(name): \(code)."
        let isSystem = filter.string.hasPrefix("$SYS")
        let todo =
            switch code.rawValue {
            case 0x80 where isSystem, 0x87 where isSystem:
                "Without it there is no broker log and no statistics. mosquitto's ACL: 'topic read $SYS/#'."
            case 0x87: "It needs the right to read (mosquitto's ACL: 'topic read \(name)'); another user: -u."
            case 0x80: "No right to read it, or the broker does not allow such a filter."
            case 0x8F: "This broker does not allow such a filter: give another one with -t."
            case 0x97: "The broker allows no more subscriptions now."
            case 0x9E: "This broker has no shared subscriptions: give the filter without $share/GROUP/."
            case 0xA1: "This broker has no subscription identifiers."
            case 0xA2: "This broker allows no wildcards: give whole topics with -t."
            default: "The other subscriptions go on."
            }
        self = Advice(what, todo, isGuess: code.rawValue == 0x80).adding(reasonString)
    }

    /// Advice for a publish to `topic` whose outcome is not all well; `nil` when there is nothing to say.
    /// Before 5.0 an acknowledgement proves no permission, which is worth a hint.
    package static func publish(to topic: TopicName, _ outcome: Outcome, version: ProtocolVersion) -> Advice? {
        guard case .acknowledged(let code, let reasonString, _) = outcome else { return nil }
        let name = Excerpt.of(topic.string, limit: 60)
        guard version == .v5_0 else {
            return Advice("MQTT \(version) cannot report a refused publish.", "Use MQTT 5 to be told: -V 5.")
        }
        if code == .noMatchingSubscribers {
            return Advice(
                "Nobody is subscribed to \(name) (0x10).",
                "The broker took the message; RETAIN keeps it for those who come.")
        }
        guard code.isFailure else { return nil }
        let todo =
            switch code.rawValue {
            case 0x87: "It needs the right to write (mosquitto's ACL: 'topic write \(name)'); another user: -u."
            case 0x90: "This broker does not allow such a topic."
            case 0x97: "The broker's limit is reached; try again later."
            case 0x99: "The payload is not what its format says."
            default: "The broker's log may say more."
            }
        return Advice("The broker refused the message for \(name): \(code).", todo).adding(reasonString)
    }

    /// Advice for a subscription that was granted, after which nothing came for ten seconds.
    package static let silence = Advice(
        "Subscribed, but nothing arrives.",
        "Wrong filter? mosquitto's ACL file hides topics silently (SUBACK is still \"granted\").", isGuess: true)

    /// Advice for a broker that has granted no subscription.
    package static let noSubscription = Advice(
        "The broker has granted no subscription, so nothing can arrive.", "View 4 and its log say more.")

    /// Advice for a broker that does not answer a SUBSCRIBE.
    package static func unansweredSubscription(_ filter: TopicFilter) -> Advice {
        Advice(
            "The broker does not answer the subscription to \(Excerpt.of(filter.string, limit: 60)).",
            "Its log may say more.")
    }

    /// Advice for a broker whose log said nothing for ten seconds.
    package static let noBrokerLog = Advice(
        "No broker log: add `log_dest topic` to mosquitto.conf",
        "If it is there: nothing happened since we connected, or an ACL hides $SYS/# from us.", isGuess: true)
}
