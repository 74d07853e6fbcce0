import Broker
import MQTT
import Payloads
import Screen

/// An event of the timeline as a row of the message log tells it.
struct EventLine {
    /// When it came.
    let time: Instant
    /// Its kind, as a letter: B the broker, C our connection, P an own publish.
    let letter: String
    /// Its kind, as a look.
    let role: Role
    /// Whom it is about: a client, or the topic published to; empty where that is nobody.
    let subject: String
    /// Whether `subject` is a topic.
    let isTopic: Bool
    /// What happened.
    let words: String
    /// Whether somebody should look at it.
    let isAlarm: Bool

    /// What is told of `mark`; `nil` when the broker's line that it stands for is gone.
    init?(_ mark: Mark, broker: borrowing BrokerLog, clock: WallClock) {
        time = mark.time
        switch mark.event {
        case .broker(let number):
            guard let line = broker.line(number) else { return nil }
            (letter, role, subject, isTopic) = ("B", .eventBroker, line.client ?? "", false)
            words = line.words + Self.ownTime(line, clock)
            isAlarm = line.isAlarm
        case .connection(let words, let isAlarm):
            (letter, role, subject, isTopic) = ("C", .eventConnection, "", false)
            self.words = words
            self.isAlarm = isAlarm
        case .publication(let publication, let length):
            (letter, role, isTopic) = ("P", .eventPublish, true)
            subject = publication.message.topic.string
            let (fate, fateRole) = Composer.words(publication)
            let payload = payloadPreview(publication.message.payload, limit: Timeline.payloadCapacity, length: length)
            words = publication.isClearing ? "clear: \(fate)" : "\(fate) · \(payload)"
            isAlarm = fateRole == .outcomeBad
        }
    }

    /// Seconds by which the broker's time may differ from that of the row before it is told: its stamps are whole
    /// seconds, and the line was on its way.
    private static let tolerance: Int64 = 2

    /// When the broker wrote the line by its own clock, where that is another time than the row's: its clock is wrong, or
    /// the line came late, as those of a file do.
    private static func ownTime(_ line: LogLine, _ clock: WallClock) -> String {
        let arrival = (line.arrival.nanoseconds &+ clock.offset) / 1_000_000_000
        switch line.time {
        case .epoch(let seconds), .local(let seconds, _):
            let age = arrival &- seconds
            guard abs(age) > tolerance else { return "" }
            let days = age / 86_400
            let words = days == 0 ? "" : ", \(Format.plural(abs(days), "day")) \(days > 0 ? "before" : "ahead")"
            return " (\(clock.timeOfDay(epochSeconds: seconds)) by the broker's clock\(words))"
        case .stamp(let stamp):
            // Without a zone it cannot be reckoned with, only be seen to say the same.
            let isSame = (-tolerance...tolerance).contains {
                LogFilter.holds(stamp, clock.timeOfDay(epochSeconds: arrival + $0))
            }
            return isSame ? "" : " (\(stamp) by the broker's clock)"
        case .unknown: return ""
        }
    }
}

extension ConnectionInfo {
    /// That we are connected: where, how, as whom.
    var eventWords: String {
        "connected to \(endpoint) as \(clientIdentifier) (MQTT \(version), \(isSessionPresent ? "session resumed" : "new session"))"
    }
}

extension SubscriptionState {
    /// What became of a subscription to `filter`, and whether that is bad; `nil` while it is only asked for.
    func eventWords(_ filter: TopicFilter) -> (words: String, isAlarm: Bool)? {
        switch self {
        case .requested: nil
        case .granted(let qos): ("subscribed to \(filter) (QoS \(qos.rawValue))", false)
        case .refused(let code, let reason):
            ("subscription to \(filter) refused: \(code)" + (reason.map { " “\($0)”" } ?? ""), true)
        case .removed: ("unsubscribed from \(filter)", false)
        case .notRemoved(let code): ("still subscribed to \(filter): \(code)", true)
        }
    }
}
