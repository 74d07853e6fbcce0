internal import MQTT

/// Which line came already: the broker writes each to its topics, and to a file, syslog or the journal, or to two of them.
///
/// A copy has the text of its original and is written at the same time. Each takes one original, so that what happened
/// twice is there twice. Of bounded size.
struct LineCopies: Sendable {
    /// How a line came.
    enum Way {
        /// From the broker's topics.
        case topic
        /// From a file or a command.
        case source
    }

    /// What is remembered of a line.
    private struct Original {
        var moment: LogMoment
        var number: UInt64
        var isFromTopic: Bool
        /// How often the source brought it since it was begun last.
        var count = 0
        /// The beginning of the source at which it brought it last.
        var beginning = 0
    }

    /// Most seconds between the stamps of a line's copies: syslog's is its own.
    private static let tolerance: UInt64 = 2
    /// Nanoseconds between the arrivals of copies whose stamps cannot be compared.
    private static let delay: UInt64 = 10_000_000_000
    /// Texts after which the oldest ones are forgotten.
    private static let capacity = 10_000
    /// Most originals that a text has.
    private static let repetitions = 64

    /// By the hash of the text; what is young and what is old.
    private var young: [Int: [Original]] = [:]
    private var old: [Int: [Original]] = [:]
    private var beginning = 0
    /// Whether the source brings every line twice: the broker writes to syslog and to its standard output.
    private var isSourceDoubled = false

    /// The source begins, perhaps again: it may bring once more what it brought before.
    mutating func sourceBegins() { beginning += 1 }

    /// The number of the line of which `line`, that came by `way`, is a copy; `nil` when it is an original.
    mutating func original(of line: LogLine, from way: Way) -> UInt64? {
        let key = Self.key(line)
        for isYoung in [true, false] {
            guard var originals = isYoung ? young[key] : old[key], let index = index(of: line, from: way, in: originals)
            else { continue }
            let number = originals[index].number
            if way == .topic {
                originals[index].isFromTopic = true
            } else {
                originals[index].count = originals[index].beginning == beginning ? originals[index].count + 1 : 1
                originals[index].beginning = beginning
            }
            if isYoung { young[key] = originals } else { old[key] = originals }
            return number
        }
        return nil
    }

    /// Remembers `line`, which has this number.
    mutating func append(_ line: LogLine, number: UInt64, from way: Way) {
        if young.count >= Self.capacity {
            old = young
            young = [:]
        }
        let original = Original(
            moment: line.moment, number: number, isFromTopic: way == .topic, count: way == .topic ? 0 : 1,
            beginning: beginning)
        young[Self.key(line), default: []].append(original)
        if young[Self.key(line), default: []].count > Self.repetitions { young[Self.key(line)]?.removeFirst() }
    }

    private mutating func index(of line: LogLine, from way: Way, in originals: [Original]) -> Int? {
        switch way {
        case .topic: return originals.firstIndex { !$0.isFromTopic && Self.isClose($0.moment, line.moment) }
        case .source:
            if let index = originals.firstIndex(where: { $0.count == 0 && Self.isClose($0.moment, line.moment) }) {
                return index
            }
            let isSame = { (original: Original) in line.time != .unknown && original.moment.time == line.time }
            if let index = originals.firstIndex(where: { $0.beginning < beginning && isSame($0) }) { return index }
            if Self.happensOnce(line.kind), originals.contains(where: isSame) { isSourceDoubled = true }
            guard isSourceDoubled else { return nil }
            return originals.firstIndex { $0.count == 1 && isSame($0) }
        }
    }

    /// Whether two such lines with the same text and time must be copies.
    private static func happensOnce(_ event: LogLine.Event) -> Bool {
        switch event {
        case .starting, .running: true
        case .accepted(let peer, _): peer.port != nil
        case .connected(let arrival): arrival.peer.port != nil
        default: false
        }
    }

    private static func isClose(_ one: LogMoment, _ other: LogMoment) -> Bool {
        switch (one.time, other.time) {
        case (.epoch(let one), .epoch(let other)): (one &- other).magnitude <= tolerance
        default:
            one.time == other.time && one.time != .unknown || one.arrival.since(other.arrival).magnitude <= delay
        }
    }

    /// A message of two lines is two lines in a file: its first one tells.
    private static func key(_ line: LogLine) -> Int { line.raw.prefix { $0 != UInt8(ascii: "\n") }.hashValue }
}
