import MQTT

/// The Topic Aliases that we have given on this connection (MQTT 5.0 section 3.3.2.3.4): the first topics get one, as long
/// as there are any, and keep it. A robot publishes to the same few topics for ever.
struct OutgoingAliases: Sendable {
    /// Most aliases that are given, whatever the server takes: each costs memory at both ends.
    static let limit = 256
    /// A topic of at most so many bytes is no longer than what an alias takes.
    static let shortTopic = 3

    private var numbers: [TopicName: UInt16] = [:]
    private let first: Int
    private let maximum: Int

    /// None given yet, those from `first` on to be given, none above `maximum`. [MQTT-3.2.2-17, MQTT-3.2.2-18]
    init(first: Int = 1, maximum: Int = 0) {
        self.first = first
        self.maximum = min(max(maximum - first + 1, 0), Self.limit)
    }

    /// The alias for `topic`, and whether the server knows it already; `nil` when it gets none.
    func alias(for topic: TopicName) -> (number: UInt16, isKnown: Bool)? {
        guard maximum > 0, topic.string.utf8.count > Self.shortTopic else { return nil }
        if let number = numbers[topic] { return (number, true) }
        return numbers.count < maximum ? (UInt16(first + numbers.count), false) : nil
    }

    /// A PUBLISH that brings `topic` and its next alias goes out.
    mutating func give(_ number: UInt16, to topic: TopicName) { numbers[topic] = number }
}
