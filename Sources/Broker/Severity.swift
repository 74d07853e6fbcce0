/// How grave the broker takes a log line to be, by the topic it was published on (`$SYS/broker/log/E`, …).
package enum Severity: Sendable, Hashable, CaseIterable {
    /// `E`: the broker failed at something, or an identifier was taken over (before mosquitto 2.1).
    case error
    /// `W`.
    case warning
    /// `N`: connections come and go.
    case notice
    /// `I`: start, stop, protocol errors in detail.
    case information
    /// `M/subscribe`: a client subscribed.
    case subscribe
    /// `M/unsubscribe`: a client unsubscribed.
    case unsubscribe
    /// `WS`: libwebsockets speaking.
    case websockets

    /// One letter for a narrow column.
    package var letter: String {
        switch self {
        case .error: "E"
        case .warning: "W"
        case .notice: "N"
        case .information: "I"
        case .subscribe: "S"
        case .unsubscribe: "U"
        case .websockets: "X"
        }
    }

    /// The severity that a topic stands for; `nil` when it is not a topic of the broker's log.
    package init?(topic: some Collection<UInt8>) {
        let prefix = "$SYS/broker/log/".utf8
        guard topic.starts(with: prefix) else { return nil }
        switch String(decoding: topic.dropFirst(prefix.count).prefix(16), as: UTF8.self) {
        case "W": self = .warning
        case "N": self = .notice
        case "I": self = .information
        case "M/subscribe": self = .subscribe
        case "M/unsubscribe": self = .unsubscribe
        case "WS": self = .websockets
        default: self = .error  // mosquitto publishes what it cannot place on `E`
        }
    }
}
