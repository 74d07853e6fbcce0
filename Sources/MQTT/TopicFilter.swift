/// A pattern of topics, valid by construction (MQTT 5.0 section 4.7.1): `+` one level, `#` the rest.
public struct TopicFilter: Sendable, Hashable, CustomStringConvertible {
    /// The filter as text.
    public let string: String

    /// The filter `string`, or why it is not one.
    public init(_ string: String) throws(TopicError) {
        try TopicError.check(string)
        var levels = string.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)[...]
        if levels.count > 1, levels[0].elementsEqual("$share".utf8) {
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
    /// Where mosquitto counts what it has dropped.
    package static let brokerDrops = TopicFilter(unchecked: "$SYS/broker/publish/messages/dropped")

    private init(unchecked string: String) { self.string = string }

    /// Whether both have the same bytes: MQTT knows no Unicode normalisation, as `String` does. [MQTT-4.7.3-4]
    public static func == (left: TopicFilter, right: TopicFilter) -> Bool {
        left.string.utf8.elementsEqual(right.string.utf8)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { hasher.combine(bytesOf: string) }

    /// Whether it makes a Shared Subscription: `$share/GROUP/FILTER` (section 4.8.2).
    public var isShared: Bool { string.utf8.starts(with: "$share/".utf8) }

    /// Whether it has a `+` or `#`.
    package var holdsWildcard: Bool {
        pattern.contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }
    }

    /// The filter that topics are compared with: without `$share/GROUP/`.
    private var pattern: Substring.UTF8View {
        guard isShared else { return string[...].utf8 }
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
        guard !isShared, !other.isShared else { return self == other }
        let slash = UInt8(ascii: "/")
        let mine = string.utf8.split(separator: slash, omittingEmptySubsequences: false)
        let theirs = other.string.utf8.split(separator: slash, omittingEmptySubsequences: false)
        let startsWild = mine[0].elementsEqual("+".utf8) || mine[0].elementsEqual("#".utf8)
        if theirs[0].first == UInt8(ascii: "$"), startsWild { return false }
        for (index, level) in mine.enumerated() {
            if level.elementsEqual("#".utf8) { return true }
            guard index < theirs.count, !theirs[index].elementsEqual("#".utf8) else { return false }
            guard level.elementsEqual("+".utf8) || level.elementsEqual(theirs[index]) else { return false }
        }
        return mine.count == theirs.count
    }

    /// Whether some topic is matched by both, so that subscribing to both may deliver its messages twice.
    public func overlaps(_ other: TopicFilter) -> Bool {
        guard !isShared, !other.isShared else { return self == other }
        let (slash, any) = (UInt8(ascii: "/"), "#".utf8)
        let mine = string.utf8.split(separator: slash, omittingEmptySubsequences: false)
        let theirs = other.string.utf8.split(separator: slash, omittingEmptySubsequences: false)
        for (index, (left, right)) in zip(mine, theirs).enumerated() where !left.elementsEqual(right) {
            // A leading wildcard never matches a leading `$`. [MQTT-4.7.2-1]
            if index == 0, left.first == UInt8(ascii: "$") || right.first == UInt8(ascii: "$") { return false }
            if left.elementsEqual(any) || right.elementsEqual(any) { return true }
            guard left.elementsEqual("+".utf8) || right.elementsEqual("+".utf8) else { return false }
        }
        guard mine.count != theirs.count else { return true }
        let (count, longer) = mine.count < theirs.count ? (mine.count, theirs) : (theirs.count, mine)
        return longer.count == count + 1 && longer[count].elementsEqual(any)  // `a/#` matches `a` too
    }
}
