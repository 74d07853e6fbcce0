package import MQTT

/// How many messages the broker dropped, for any client, since we connected.
package struct BrokerDrops: Sendable, Hashable {
    /// At least this many.
    package var atLeast: UInt64 = 0
    /// At most this many: what is counted, where it is not known how much of it came before us.
    package var atMost: UInt64 = 0
    /// When the count last grew.
    package var lastGrowth: Instant?

    /// None, as far as is known.
    package init(atLeast: UInt64 = 0, atMost: UInt64 = 0, lastGrowth: Instant? = nil) {
        self.atLeast = atLeast
        self.atMost = atMost
        self.lastGrowth = lastGrowth
    }

    /// What the first count tells. `isStored` is whether it is from before we came; `hasTicked` whether an interval has
    /// passed since: it is published only when it changes, so then it changed while we were here.
    init(first total: UInt64, isStored: Bool, hasTicked: Bool, at now: Instant) {
        guard !isStored, total > 0 else { return }
        atLeast = hasTicked ? 1 : 0
        atMost = total
        lastGrowth = now
    }

    /// The broker's count went from `before` to `total`; it begins again at 0 when the broker does.
    mutating func count(_ total: UInt64, before: UInt64, at now: Instant) {
        let growth = total >= before ? total - before : total
        guard growth > 0 else { return }
        atLeast = Self.sum(atLeast, growth)
        atMost = Self.sum(atMost, growth)
        lastGrowth = now
    }

    /// The sum, or the largest number there is: a broker may count what it likes.
    private static func sum(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (sum, isTooLarge) = left.addingReportingOverflow(right)
        return isTooLarge ? .max : sum
    }
}
