/// Tells which messages are stored ones that the broker delivers because we subscribed, and which happen now.
///
/// Before 5.0 RETAIN says just that. In 5.0 with Retain As Published it also stands on messages that happen now, so
/// there it counts only on the first message of a topic in this session, and only until the burst after subscribing
/// ends: two seconds without such a message.
struct RetainedMarking {
    /// The session, never 0.
    private(set) var session: UInt16 = 1
    /// Whether RETAIN alone says it.
    private var retainMeansStored = true
    private var lastOfBurst: Int64 = 0

    private static let pause: Int64 = 2_000_000_000

    /// Begins a session; returns whether its number was used before, so that topics must forget theirs.
    mutating func beginSession(at now: Int64, retainMeansStored: Bool) -> Bool {
        self.retainMeansStored = retainMeansStored
        session &+= 1
        let isReused = session == 0
        if isReused { session = 1 }
        expectBurst(at: now)
        return isReused
    }

    /// Stored messages of topics not heard in this session will come, because something was subscribed to.
    mutating func expectBurst(at now: Int64) {
        lastOfBurst = now
    }

    /// Whether a message with RETAIN, of a topic last heard in session `heard`, is a stored one.
    mutating func isStored(heard: UInt16, at now: Int64) -> Bool {
        if retainMeansStored { return true }
        guard heard != session, now &- lastOfBurst <= Self.pause else { return false }
        lastOfBurst = now
        return true
    }
}
