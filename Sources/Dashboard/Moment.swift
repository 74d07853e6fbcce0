import MQTT

/// What a pane must know of the time to draw: now, the time of day, and which values are old.
struct Moment {
    /// The instant that is shown: now, or when the pause began.
    var now: Instant
    /// How instants map to the time of day.
    var clock: WallClock
    /// When this connection began; `nil` while there is none.
    var sessionStart: Instant?
    /// When the connection was lost; `nil` while there is one, or never was.
    var lostAt: Instant?
    /// What came after the pause began; `nil` when not paused.
    var frozen: Frozen?

    /// The first that came after a pause began.
    struct Frozen: Equatable {
        /// The sequence number of the first message.
        var sequence: UInt64
        /// The number of the first event.
        var mark: UInt64
    }

    /// Messages from this sequence number on came after the pause began; `nil` when not paused.
    var frozenAt: UInt64? { frozen?.sequence }

    /// Whether a value that arrived at `arrival` is of a former connection.
    func isOld(_ arrival: Instant?) -> Bool {
        guard let sessionStart else { return true }
        guard let arrival else { return false }
        return arrival < sessionStart
    }
}
