internal import MQTT

extension Roster {
    /// What a list of clients is sorted by; equal ones are in the order of their names.
    package enum Order: Sendable, Hashable, CaseIterable {
        /// By Client Identifier, numbers in it by their value.
        case name
        /// Connected ones first, then those of which it is not known, then those away.
        case state
        /// Those that connected last first, those not connected at the end.
        case since
        /// Those whose connection ended last first, those that never ended at the end.
        case lastEnd
        /// Those that came back most often first.
        case reconnects
    }

    /// How many clients are connected: those known here beside the broker's own count.
    package struct Census: Sendable, Hashable {
        /// Known to be connected.
        package var known: Int
        /// What the broker counts, ourselves included; `nil` when it did not say.
        package var reported: UInt64?

        /// `12 of 15 connected`. The broker counts every few seconds only: more may be known than it counted.
        package var words: String {
            guard let reported else { return "\(known) known to be connected" }
            return reported < known
                ? "\(known) connected (\(reported) when last counted)" : "\(known) of \(reported) connected"
        }

        /// Whether the broker counts clients that are not known here.
        package var isIncomplete: Bool { reported.map { $0 > known } ?? true }
    }

    /// The clients known to be connected beside those that the broker counts (`$SYS/broker/clients/connected`).
    package func census(reported: UInt64?) -> Census { Census(known: connectedCount, reported: reported) }

    /// The clients in `order`, or backwards in it, whose identifier, address or user name contains `text`, whatever the
    /// case of its ASCII letters; all of them when it is empty.
    package func clients(
        by order: Order, isBackwards: Bool = false, matching text: String = ""
    ) -> [RosterClient] {
        let needle = text.utf8.map(\.lowercased)
        let found = clients.all.filter { needle.isEmpty || $0.matches(needle) }
        return found.map { (client: $0, rank: $0.rank(in: order), name: NameKey($0.identifier)) }
            .sorted { left, right in
                guard left.rank == right.rank else { return (left.rank < right.rank) != isBackwards }
                return (left.name < right.name) != (isBackwards && order == .name)
            }
            .map(\.client)
    }
}

extension RosterClient {
    /// Where it stands in `order`, the smallest first.
    fileprivate func rank(in order: Roster.Order) -> UInt64 {
        switch order {
        case .name: 0
        case .state: state == .connected ? 0 : state == .unknown ? 1 : 2
        case .since: state == .connected ? .max - sinceOrder : .max
        case .lastEnd: .max - endOrder
        case .reconnects: .max - UInt64(reconnects)
        }
    }

    /// Whether one of its names contains `needle`, which is in lower case.
    fileprivate func matches(_ needle: [UInt8]) -> Bool {
        [identifier, peer?.description, userName].contains { text in
            guard let text else { return false }
            let bytes = text.utf8.map(\.lowercased)
            guard bytes.count >= needle.count else { return false }
            return (0...(bytes.count - needle.count)).contains { bytes[$0...].starts(with: needle) }
        }
    }
}

/// A name as it is compared: `ev3-2` comes before `ev3-10`, whatever the case of ASCII letters.
private struct NameKey: Comparable {
    private let bytes: [UInt8]
    private let folded: [UInt8]

    init(_ name: String) {
        bytes = Array(name.utf8)
        folded = bytes.map(\.lowercased)
    }

    static func < (left: NameKey, right: NameKey) -> Bool {
        let (a, b) = (left.folded, right.folded)
        var (i, j) = (0, 0)
        while i < a.count, j < b.count {
            if a[i].decimalDigit != nil, b[j].decimalDigit != nil {
                let (one, other) = (takeNumber(a, &i), takeNumber(b, &j))
                if one.count != other.count { return one.count < other.count }
                if one != other { return one.lexicographicallyPrecedes(other) }
                continue
            }
            if a[i] != b[j] { return a[i] < b[j] }
            i += 1
            j += 1
        }
        guard i == a.count, j == b.count else { return i == a.count && j < b.count }
        return left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    /// The decimal digits from `index` on without leading zeros; `index` comes to stand after them.
    private static func takeNumber(_ bytes: [UInt8], _ index: inout Int) -> ArraySlice<UInt8> {
        while index < bytes.count, bytes[index] == UInt8(ascii: "0") { index += 1 }
        let start = index
        while index < bytes.count, bytes[index].decimalDigit != nil { index += 1 }
        return bytes[start..<index]
    }
}

extension UInt8 {
    /// An ASCII capital as the small letter, anything else as it is.
    fileprivate var lowercased: UInt8 { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self }
}
