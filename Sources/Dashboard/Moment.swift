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
    /// Messages from this sequence number on came after the pause began; `nil` when not paused.
    var frozenAt: UInt64?

    /// Whether a value that arrived at `arrival` is of a former connection.
    func isOld(_ arrival: Instant?) -> Bool {
        guard let sessionStart else { return true }
        guard let arrival else { return false }
        return arrival < sessionStart
    }
}
