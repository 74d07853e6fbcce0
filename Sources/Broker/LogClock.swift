internal import MQTT

/// What the time is by the broker's clock, as its lines tell, and whether what a file or a command brings is of now.
struct LogClock: Sendable {
    /// Whether the file or command still tells what was before we looked, as far as can be known: until its lines are of
    /// the last minutes. Where its lines have no times, or a clock is wrong, a rest tells.
    private(set) var isCatchingUp = false
    /// Whether lines came whose times have no zone, so that ours is taken for it.
    private(set) var assumesZone = false
    /// The latest tick.
    private(set) var now: Instant?

    /// What our clock said at the latest tick.
    private var here: LogTime.Here?
    /// The latest line that came when it was written, and tells when that was.
    private var live: LogMoment?
    /// When the file or command brought its latest line since it began, and when the broker wrote that.
    private var sourceArrival: Instant?
    private var sourceSeconds: Int64?
    /// Whether topics told what the broker's clock says.
    private var isHeard = false
    /// Whether lines without a time came from the file or command.
    private(set) var readsTimeless = false
    /// Whether the file or command rested before its latest line.
    private var isRested = false

    /// Seconds after which a line is the past, and before which it cannot be.
    private static let pastAge: Int64 = 600
    /// Nanoseconds in which a file or a command that tells of the past without times does not rest.
    private static let rest: Int64 = 1_000_000_000
    /// The same with times, which may be of a wrong clock.
    private static let longRest: Int64 = 10_000_000_000

    // MARK: Reading

    /// Whether lines of the past come from the file or command just now.
    var isPastComing: Bool { isCatchingUp && sourceArrival != nil }

    /// Seconds since 1970 UTC at `instant` by the broker's clock, as its latest line tells; by ours before there is one.
    func epochSeconds(at instant: Instant) -> Int64? {
        if let live, let seconds = live.epochSeconds { return seconds &+ instant.since(live.arrival) / 1_000_000_000 }
        guard let here, let now else { return nil }
        return here.epochSeconds &+ instant.since(now) / 1_000_000_000
    }

    /// When the line was written; `nil` where that cannot be: far ahead of what the clock said.
    func written(_ line: LogLine) -> Int64? {
        guard let seconds = line.epochSeconds, let now = epochSeconds(at: line.arrival) else {
            return line.epochSeconds
        }
        return seconds &- now > Self.pastAge ? nil : seconds
    }

    /// Whether `line`, that the file or command brought, tells of the past.
    func isPast(_ line: LogLine) -> Bool {
        guard !isCatchingUp, let seconds = line.epochSeconds, let now = epochSeconds(at: line.arrival) else {
            return isCatchingUp
        }
        return now &- seconds >= Self.pastAge
    }

    // MARK: Time goes on, and lines come

    /// Time went on; our clock says `here`, if that is known.
    mutating func advance(to now: Instant, _ here: LogTime.Here?) {
        (self.now, self.here) = (now, here)
        if hasRested(at: now) { isCatchingUp = false }
    }

    /// Whether the file or command has rested for so long that what it brings next is of now.
    private func hasRested(at now: Instant) -> Bool {
        guard let sourceArrival else { return false }
        guard sourceSeconds != nil else { return now.since(sourceArrival) >= Self.rest }
        return !isHeard && now.since(sourceArrival) >= Self.longRest
    }

    /// A time without a zone is taken to be of ours.
    mutating func resolved(_ time: LogTime) -> LogTime {
        guard case .stamp = time, let here else { return time }
        let resolved = time.resolved(here)
        if case .local = resolved { assumesZone = true }
        return resolved
    }

    /// A line came by its topic.
    mutating func heard(_ line: LogLine) {
        guard line.epochSeconds != nil else { return }
        live = line.moment
        isHeard = true
    }

    /// The file or command is read from its beginning.
    mutating func sourceBegins() {
        isCatchingUp = true
        (sourceArrival, sourceSeconds) = (nil, nil)
    }

    /// The file or command brings something: after a rest that is of now.
    mutating func sourceGoesOn(at arrival: Instant) {
        isRested = hasRested(at: arrival)
        if isRested { isCatchingUp = false }
        sourceArrival = arrival
    }

    /// The file or command brought this line.
    mutating func read(_ line: LogLine) {
        guard let seconds = line.epochSeconds else {
            readsTimeless = true
            return
        }
        sourceSeconds = seconds
        guard !isCatchingUp, isRested || written(line) != nil && seconds >= live?.epochSeconds ?? .min else { return }
        live = line.moment
    }

    /// The last of several lines of the file or command came.
    mutating func settle() {
        guard isCatchingUp, let sourceSeconds, let sourceArrival, let now = epochSeconds(at: sourceArrival) else {
            return
        }
        isCatchingUp = now &- sourceSeconds >= Self.pastAge
    }
}
