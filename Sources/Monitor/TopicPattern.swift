import MQTT

/// An MQTT topic filter laid out for matching many topics that are plain bytes.
struct TopicPattern: Sendable, Equatable {
    /// The filter without `$share/GROUP/`.
    private let bytes: [UInt8]

    private static let slash = UInt8(ascii: "/")
    private static let plus = UInt8(ascii: "+")
    private static let hash = UInt8(ascii: "#")

    /// The pattern of `filter`.
    init(_ filter: TopicFilter) {
        let levels = filter.string.utf8.split(separator: Self.slash, maxSplits: 2, omittingEmptySubsequences: false)
        let isShared = levels.count == 3 && levels[0].elementsEqual("$share".utf8)
        bytes = isShared ? Array(levels[2]) : Array(filter.string.utf8)
    }

    /// Whether `topic` matches; a leading wildcard never matches a leading `$`. [MQTT-4.7.2-1]
    func matches(_ topic: UnsafeRawBufferPointer) -> Bool {
        bytes.withUnsafeBufferPointer { pattern in
            if topic.isSystemTopic, pattern.first == Self.plus || pattern.first == Self.hash {
                return false
            }
            var here = 0
            var there = 0
            while true {
                if here < pattern.count, pattern[here] == Self.hash { return true }
                if here < pattern.count, pattern[here] == Self.plus {
                    here += 1
                    while there < topic.count, topic[there] != Self.slash { there += 1 }
                } else {
                    while here < pattern.count, pattern[here] != Self.slash {
                        guard there < topic.count, topic[there] == pattern[here] else { return false }
                        here += 1
                        there += 1
                    }
                }
                // Both stand at the end of a level now, or the topic's level is longer.
                guard here < pattern.count else { return there == topic.count }
                guard there < topic.count else {  // `a/#` matches `a`
                    return here + 2 == pattern.count && pattern[here + 1] == Self.hash
                }
                guard topic[there] == Self.slash else { return false }
                here += 1
                there += 1
            }
        }
    }
}
