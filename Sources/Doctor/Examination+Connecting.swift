import Broker
import MQTT
import MQTTClient

/// CONNECT, and what CONNACK says.
extension Examination {
    /// CONNECT in each version, or in the one that was asked for; what the newest one brought that was accepted.
    mutating func connect() -> ConnectionInfo? {
        var best: ConnectionInfo?
        var refused: [(failure: ConnectionFailure, duration: Int64)] = []
        for version in configuration.version.map({ [$0] }) ?? [.v5_0, .v3_1_1, .v3_1] {
            let began = now()
            let conversation = Conversation(configuration(for: version))
            switch conversation.connect() {
            case .success(let info):
                for (failure, duration) in refused { noteRefused(failure, duration) }
                refused = []
                say(.connect, .passed, Self.words(info), duration: began.age, facts: Self.facts(of: info))
                best = best ?? info
            case .failure(let failure):
                let refusal = (failure, began.age)
                guard best == nil else {
                    noteRefused(refusal.0, refusal.1)
                    continue
                }
                refused.append(refusal)
                // Another version does not make a password right, nor a server that is none answer.
                guard Self.mayBeTheVersion(failure.cause) else { break }
                continue
            }
            if best == nil { break }
        }
        if best == nil { failToConnect(refused) }
        return best
    }

    /// No version was accepted: what counts is what is no matter of the version.
    private mutating func failToConnect(_ refused: [(failure: ConnectionFailure, duration: Int64)]) {
        let isCause = { (cause: ConnectionFailure.Cause) in
            if case .refused(.unsupportedProtocolVersion, _, _) = cause { false } else { true }
        }
        guard let index = refused.firstIndex(where: { isCause($0.failure.cause) }) ?? refused.indices.last else {
            return
        }
        for (failure, duration) in refused[..<index] { noteRefused(failure, duration) }
        let (failure, duration) = refused[index]
        say(failure.cause.stage ?? .connect, .failed, Advice(failure, retryInSeconds: nil), duration: duration)
    }

    /// What to connect with for one version.
    func configuration(for version: ProtocolVersion) -> ClientConfiguration {
        var configuration = configuration
        configuration.version = version
        configuration.cleanStart = true
        return configuration
    }

    private mutating func noteRefused(_ failure: ConnectionFailure, _ duration: Int64) {
        let advice = Advice(failure, retryInSeconds: nil)
        say(.connect, .noted, "MQTT \(failure.version): \(advice.what)", duration: duration)
    }

    private static func mayBeTheVersion(_ cause: ConnectionFailure.Cause) -> Bool {
        switch cause {
        case .refused(.unsupportedProtocolVersion, _, _), .closedBeforeAnswer, .protocolViolation, .lost: true
        default: false
        }
    }

    private static func words(_ info: ConnectionInfo) -> String {
        "MQTT \(info.version): accepted" + (info.userName.map { ", as user \($0)." } ?? ", without a user name.")
    }

    private static func facts(of info: ConnectionInfo) -> [Finding.Fact] {
        guard info.version == .v5_0, info.properties.assignedClientIdentifier != nil else { return [] }
        return [.init("Assigned Client Identifier", info.clientIdentifier)]
    }

    /// The broker's limits and features, as far as they are said.
    mutating func weigh(_ info: ConnectionInfo) {
        guard info.version == .v5_0 else {
            return say(
                .limits, .skipped, "Brokers do not say their limits before MQTT 5.0.")
        }
        let properties = info.properties
        func yesNo(_ flag: UInt8?) -> String { flag == 0 ? "no" : "yes" }
        var facts: [Finding.Fact] = [
            .init("Maximum QoS", "\(properties.maximumQoS ?? 2)"),
            .init("Retain Available", yesNo(properties.retainAvailable)),
            .init("Maximum Packet Size", properties.maximumPacketSize.map { "\($0) bytes" } ?? "not limited"),
            .init("Receive Maximum", "\(properties.receiveMaximum ?? 65_535)"),
            .init("Topic Alias Maximum", "\(properties.topicAliasMaximum ?? 0)"),
            .init("Wildcard Subscription Available", yesNo(properties.wildcardSubscriptionAvailable)),
            .init("Shared Subscription Available", yesNo(properties.sharedSubscriptionAvailable)),
            .init("Subscription Identifier Available", yesNo(properties.subscriptionIdentifierAvailable)),
            .init("Keep Alive", info.keepAlive == 0 ? "none" : "\(info.keepAlive) s"),
        ]
        if let interval = properties.sessionExpiryInterval {
            facts.append(.init("Session Expiry Interval", "\(interval) s"))
        }
        if properties.wildcardSubscriptionAvailable == 0 {
            say(
                .limits, .failed, "The broker allows no wildcards, so nothing shows all topics.",
                todo: "Give whole topics with -t.", facts: facts)
        } else {
            say(.limits, .passed, "What the broker allows:", facts: facts)
        }
    }
}
