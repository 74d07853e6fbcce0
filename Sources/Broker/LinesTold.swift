internal import MQTT

/// What lines told that are no longer kept, in their order.
struct LinesTold: Sendable {
    /// Something that happened to us between two lines.
    struct Sight: Sendable {
        /// What happened.
        enum Event: Sendable {
            /// We connected under this Client Identifier.
            case connected(String)
            /// The log was not seen from then on, or until then.
            case lostSight
        }

        /// What happened.
        var event: Event
        /// When.
        var arrival: Instant
        /// Before which line, which was yet to come.
        var place: SortedLines.Place
    }

    /// Who was connected after them.
    private(set) var roster = Roster()
    /// Where the last of them stood.
    private var last: SortedLines.Place?

    /// Takes a line. One that stood before others that are gone is not told: what they told is newer.
    mutating func take(_ entry: SortedLines.Entry, at place: SortedLines.Place) {
        if let last, place < last { return }
        last = place
        var line = entry.line
        line.kind = entry.event
        _ = roster.take(line)
    }

    /// Takes what happened to us.
    mutating func take(_ sight: Sight) { roster.take(sight) }
}

extension Roster {
    /// Takes what happened to us.
    mutating func take(_ sight: LinesTold.Sight) {
        switch sight.event {
        case .connected(let identifier): connected(as: identifier, at: sight.arrival)
        case .lostSight: lostSight(at: sight.arrival)
        }
    }
}
