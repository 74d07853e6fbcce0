import MQTT

/// When to send PINGREQ and when to give the connection up (MQTT 5.0 section 3.1.2.10), as a value.
struct KeepAlive: Sendable {
    /// What has to be done now.
    enum Action: Sendable, Equatable {
        /// Nothing.
        case none
        /// Send PINGREQ.
        case ping
        /// Nothing came for one and a half times the interval, a PINGREQ included: the connection is dead.
        case giveUp
    }

    /// The interval in force, seconds; 0 is off.
    private(set) var seconds = 0
    private var lastSent = Instant.zero
    private var lastReceived = Instant.zero
    private var pinged: Instant?
    private var isResting = false

    /// A mechanism that is off.
    init() {}

    /// An interval of `seconds` that begins at `now`.
    init(seconds: Int, at now: Instant) {
        self.seconds = seconds
        lastSent = now
        lastReceived = now
    }

    /// Something was sent.
    mutating func sent(at now: Instant) { lastSent = now }

    /// Something was received, be it one byte of a packet: who sends as slowly as that is alive.
    mutating func received(at now: Instant) {
        lastReceived = now
        pinged = nil
    }

    /// Reading rests, or goes on: while it rests, silence proves nothing.
    mutating func rest(_ rests: Bool, at now: Instant) {
        isResting = rests
        received(at: now)
    }

    /// What is due at `now`; a PINGREQ counts as sent.
    mutating func action(at now: Instant) -> Action {
        guard seconds > 0 else { return .none }
        if let limit = givingUp, now >= limit { return .giveUp }
        guard now >= nextPing else { return .none }
        if pinged == nil { pinged = now }
        lastSent = now
        return .ping
    }

    /// When `action` has something to do next.
    var deadline: Instant? {
        guard seconds > 0 else { return nil }
        return givingUp.map { min($0, nextPing) } ?? nextPing
    }

    /// A little less than the interval after the last packet sent [MQTT-3.1.2-20], or after the last one received: who
    /// only publishes at QoS 0 would never hear that nobody is there.
    private var nextPing: Instant {
        let interval = Int64(seconds) * 950
        let bySent = lastSent.advanced(milliseconds: interval)
        guard pinged == nil, !isResting else { return bySent }
        return min(bySent, lastReceived.advanced(milliseconds: interval))
    }

    /// One and a half times the interval after the last packet received, and never before a PINGREQ had half an
    /// interval for its answer: after the process stood still, the answer may wait unread.
    private var givingUp: Instant? {
        guard let pinged, !isResting else { return nil }
        let interval = Int64(seconds) * 1_000
        return max(lastReceived.advanced(milliseconds: interval * 3 / 2), pinged.advanced(milliseconds: interval / 2))
    }
}
