internal import MQTT

/// What became of one statistic: its latest number and those before, and its growth if it is a counter.
struct MetricSeries: Sendable {
    /// How many numbers are kept.
    static let capacity = 60
    /// Two values closer than this came late, together: nothing follows from their distance. No broker publishes as often.
    private static let shortestInterval: Int64 = 500_000_000

    /// A value of a counter that the next one is compared with.
    private struct Base: Sendable {
        var number: Double
        /// `nil` when it is not known when the broker counted so.
        var arrival: Instant?
    }

    /// The latest numbers, the oldest first: one an interval.
    private(set) var values: [Double] = []
    /// What a counter grows per second; `nil` when it is not known.
    private(set) var rate: Double?
    /// Whether the counter began again since its last rate.
    private(set) var hasBegunAgain = false
    private var base: Base?

    /// Appends a number, and forgets the oldest where there are too many.
    mutating func append(_ number: Double) {
        if values.count == Self.capacity { values.removeFirst() }
        values.append(number)
    }

    /// Takes a counter's value. `unchangedAt` is when the broker last had the chance to publish a change before this one:
    /// it is published only when it changes, so what it grew it grew since. `false` when it went down: it began again.
    mutating func count(_ number: Double, at now: Instant, isStored: Bool, unchangedAt: Instant?) -> Bool {
        let before = base
        base = Base(number: number, arrival: isStored ? nil : now)
        rate = nil
        guard let before else { return true }
        guard number >= before.number else {
            hasBegunAgain = true
            return false
        }
        guard !isStored, let start = [before.arrival, unchangedAt].compactMap({ $0 }).max() else { return true }
        let interval = now.since(start)
        guard interval >= Self.shortestInterval else { return true }
        rate = (number - before.number) / (Double(interval) / 1e9)
        hasBegunAgain = false
        return true
    }

    /// An interval ended that began at `start`, and nothing came in it: the counter stands still.
    mutating func standsStill(since start: Instant) {
        guard let base, base.arrival ?? Instant(nanoseconds: .min) < start else { return }
        rate = 0
        hasBegunAgain = false
    }

    /// The next value is not compared with those before.
    mutating func beginAgain() {
        base = nil
        rate = nil
        hasBegunAgain = true
    }

    /// A new connection: the counter is compared with what it was, but nobody knows since when it grew.
    mutating func reconnected() {
        base?.arrival = nil
        rate = nil
    }
}
