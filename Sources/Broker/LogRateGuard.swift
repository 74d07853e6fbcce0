package import MQTT

/// Sees that the broker's log floods, as it does when it logs its own delivery: then `$SYS/#` is to be replaced by
/// `SystemFilters.statistics`.
package struct LogRateGuard: Sendable {
    /// More messages a second than this, over two seconds, are a flood.
    package static let limit = 200

    private static let second: Int64 = 1_000_000_000
    private var start: Instant?
    private var count = 0
    private var countBefore = 0
    /// Whether a flood was seen.
    package private(set) var isTripped = false

    /// No message yet.
    package init() {}

    /// Takes a message of the log; `true` once, at the message that makes it a flood.
    package mutating func take(at arrival: Instant) -> Bool {
        guard !isTripped else { return false }
        // Counted in whole seconds from the first one: what is summed up lies within two seconds.
        let elapsed = start.map { max(0, arrival.since($0)) / Self.second } ?? 2
        if elapsed > 0 {
            countBefore = elapsed == 1 ? count : 0
            count = 0
            start = elapsed == 1 ? start?.advanced(milliseconds: 1_000) : arrival
        }
        count += 1
        isTripped = countBefore + count > 2 * Self.limit
        return isTripped
    }
}
