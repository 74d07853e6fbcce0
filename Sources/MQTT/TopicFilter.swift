/// A pattern of topics, valid by construction (MQTT 5.0 section 4.7.1): `+` one level, `#` the rest.
public struct TopicFilter: Sendable, Hashable, CustomStringConvertible {
    /// The filter as text.
    public let string: String

    /// The filter `string`, or why it is not one.
    public init(_ string: String) throws(TopicError) {
        try TopicError.check(string)
        var levels = string.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)[...]
        if levels.first.map({ $0.elementsEqual("$share".utf8) }) == true {
            guard levels.count >= 3, let group = levels.dropFirst().first, !group.isEmpty,
                !group.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }),
                levels.count > 3 || !levels[2].isEmpty
            else { throw .malformedShare }
            levels = levels.dropFirst(2)
        }
        for (index, level) in zip(levels.indices, levels) {
            if level.contains(UInt8(ascii: "#")), level.count > 1 || index != levels.endIndex - 1 {
                throw .multiLevelWildcardNotLast
            }
            if level.contains(UInt8(ascii: "+")), level.count > 1 { throw .singleLevelWildcardNotAlone }
        }
        self.string = string
    }

    /// The filter as text.
    public var description: String { string }

    /// Everything but topics that begin with `$`.
    public static let everything = TopicFilter(unchecked: "#")
    /// Everything the broker says of itself.
    public static let system = TopicFilter(unchecked: "$SYS/#")

    private init(unchecked string: String) { self.string = string }

    /// The filter that topics are compared with: without `$share/GROUP/`.
    private var pattern: Substring.UTF8View {
        guard string.hasPrefix("$share/") else { return string[...].utf8 }
        let parts = string.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 2, omittingEmptySubsequences: false)
        return Substring(parts[2]).utf8
    }

    /// Whether `topic` matches.
    public func matches(_ topic: TopicName) -> Bool { matches(topic.string.utf8) }

    /// Whether a topic, given as its bytes, matches. A leading wildcard never matches a leading `$`. [MQTT-4.7.2-1]
    public func matches(_ topic: some Collection<UInt8>) -> Bool {
        let slash = UInt8(ascii: "/")
        var filter = pattern[...]
        var rest = topic[...]
        let first = filter.first
        if topic.first == UInt8(ascii: "$"), first == UInt8(ascii: "+") || first == UInt8(ascii: "#") { return false }
        while true {
            let filterEnd = filter.firstIndex(of: slash) ?? filter.endIndex
            let level = filter[..<filterEnd]
            if level.elementsEqual(CollectionOfOne(UInt8(ascii: "#"))) { return true }
            let topicEnd = rest.firstIndex(of: slash) ?? rest.endIndex
            let isWild = level.elementsEqual(CollectionOfOne(UInt8(ascii: "+")))
            guard isWild || level.elementsEqual(rest[..<topicEnd]) else { return false }
            switch (filterEnd == filter.endIndex, topicEnd == rest.endIndex) {
            case (true, true): return true
            case (true, false): return false
            case (false, true):  // `a/#` matches `a`
                return filter[filter.index(after: filterEnd)...].elementsEqual(CollectionOfOne(UInt8(ascii: "#")))
            case (false, false):
                filter = filter[filter.index(after: filterEnd)...]
                rest = rest[rest.index(after: topicEnd)...]
            }
        }
    }

    /// Whether every topic that `other` matches is matched by this filter too, so that subscribing to both would
    /// deliver those messages twice.
    public func covers(_ other: TopicFilter) -> Bool {
        guard !string.hasPrefix("$share/"), !other.string.hasPrefix("$share/") else { return string == other.string }
        let mine = string.split(separator: "/", omittingEmptySubsequences: false)
        let theirs = other.string.split(separator: "/", omittingEmptySubsequences: false)
        if theirs[0].hasPrefix("$"), mine[0] == "+" || mine[0] == "#" { return false }
        for (index, level) in mine.enumerated() {
            if level == "#" { return true }
            guard index < theirs.count else { return false }
            if theirs[index] == "#" { return false }
            guard level == "+" || level == theirs[index] else { return false }
        }
        return mine.count == theirs.count
    }
}
