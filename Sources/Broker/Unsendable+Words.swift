package import MQTT

extension Outcome.Unsendable {
    /// Why it was not sent, in words.
    package var words: String {
        switch self {
        case .connectionLost: "the connection was lost before the broker answered: it may have it or not"
        case .notConnected: "not handed over: there is no connection"
        case .packetTooLarge(let size, let limit):
            "not handed over: \(Excerpt.count(size)) bytes, the broker takes at most \(Excerpt.count(limit))"
        case .qosNotSupported(let maximum): "not handed over: the broker takes at most QoS \(maximum.rawValue)"
        case .retainNotSupported: "not handed over: the broker keeps no retained messages"
        case .queueFull: "not handed over: too many wait already"
        case .expired: "not handed over: it waited longer than its expiry interval"
        case .malformed(let detail): "not handed over: \(detail)"
        }
    }
}

extension Excerpt {
    /// `1,048,576`.
    package static func count(_ number: Int) -> String {
        let digits = Array(String(number.magnitude))
        let groups = stride(from: digits.count, to: 0, by: -3).map { String(digits[max(0, $0 - 3)..<$0]) }
        return (number < 0 ? "-" : "") + groups.reversed().joined(separator: ",")
    }
}
