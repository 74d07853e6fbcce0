import Broker
import MQTT

/// Whether all is accounted for: everything that was lost, as far as anybody can know.
struct Accounting {
    /// The verdict of the status line.
    enum Verdict: Equatable {
        /// No connection: nothing can be said of now.
        case notConnected
        /// Connected, but the broker's own count of dropped messages has not been seen since.
        case checking
        /// The broker's count of dropped messages stood still since we connected.
        case complete
        /// Nothing lost is known, but the broker publishes no count to check it by.
        case noLossKnown
        /// Something was lost.
        case lost
    }

    /// A time in which we were not connected.
    struct Gap: Equatable {
        /// When the connection was lost.
        var start: Instant
        /// Why, where it is known.
        var failure: ConnectionFailure?
        /// When the broker granted a subscription again; `nil` until then.
        var end: Instant?
    }

    /// Nanoseconds after which a broker that published no count of drops is said to publish none.
    static let patience: Int64 = 15_000_000_000
    /// Nanoseconds that the counts of one `$SYS` interval may arrive after its uptime.
    static let settling: Int64 = 500_000_000
    /// Most gaps remembered.
    static let gapCapacity = 100

    /// The latest gaps, oldest first.
    private(set) var gaps: [Gap] = []
    /// All gaps there were.
    private(set) var gapCount = 0
    /// Messages that the broker dropped, for any client, while we were connected: at least and at most so many, since
    /// of some it is not known whether they came before us.
    var brokerDropped: (atLeast: UInt64, atMost: UInt64) {
        (earlierDropped.atLeast &+ dropped.atLeast, earlierDropped.atMost &+ dropped.atMost)
    }
    /// When the broker's count of dropped messages last grew.
    private(set) var brokerDroppedAt: Instant?
    /// When the broker's average of dropped messages last rose: a sign of drops even if their count did not reach us.
    private(set) var dropsRoseAt: Instant?
    /// How often the broker's log named us as a client that it drops messages for.
    private(set) var droppedForUs = 0
    /// When it last did.
    private(set) var droppedForUsAt: Instant?
    /// The latest times in which the broker's log was not seen as it had come too fast, oldest first.
    private(set) var logGaps: [Gap] = []
    /// Whether it is not seen now.
    var isLogMissed: Bool { logGaps.last.map { $0.end == nil } ?? false }
    /// Filters that the broker refused.
    private(set) var refused: Set<TopicFilter> = []
    /// How often reading rested because we were behind.
    private(set) var restCount = 0
    /// Whether reading rests now.
    private(set) var isBehind = false
    /// When the count of drops was last known to stand still.
    private(set) var verifiedAt: Instant?

    private var connectedAt: Instant?
    private var dropped = BrokerDrops()
    private var earlierDropped = BrokerDrops()
    private var dropsPerMinute: Double?
    private var tickAt: Instant?

    /// CONNACK came.
    mutating func connected(at now: Instant) {
        connectedAt = now
        earlierDropped.atLeast &+= dropped.atLeast
        earlierDropped.atMost &+= dropped.atMost
        dropped = BrokerDrops()
        dropsPerMinute = nil
        tickAt = nil
        verifiedAt = nil
        refused = []
        isBehind = false
    }

    /// The connection that was up is gone, by `failure` where one is known.
    mutating func lost(at now: Instant, _ failure: ConnectionFailure?) {
        guard connectedAt != nil else { return }
        connectedAt = nil
        // A connection that went before it had any subscription ended no gap.
        if let last = gaps.indices.last, gaps[last].end == nil {
            gaps[last].failure = failure ?? gaps[last].failure
            return
        }
        gapCount += 1
        gaps.append(Gap(start: now, failure: failure))
        if gaps.count > Self.gapCapacity { gaps.removeFirst() }
    }

    /// The broker's count of dropped messages since we connected, as its statistics tell it.
    mutating func brokerDropped(_ dropped: BrokerDrops) {
        self.dropped = dropped
        brokerDroppedAt = dropped.lastGrowth ?? brokerDroppedAt
    }

    /// The broker's average of dropped messages in a minute; it only falls while none are dropped.
    mutating func brokerDropsPerMinute(_ reading: BrokerMetrics.Reading) {
        guard let number = reading.number else { return }
        if !reading.isStored, number > dropsPerMinute ?? 0 { dropsRoseAt = reading.arrival }
        dropsPerMinute = number
    }

    /// The broker began to publish the statistics of one interval.
    mutating func statisticsTick(at now: Instant) { tickAt = now }

    /// The broker's log said that it drops messages for us.
    mutating func droppedForUs(at now: Instant) {
        droppedForUs += 1
        droppedForUsAt = now
    }

    /// The broker's log is not seen any more, or is seen again.
    mutating func log(isMissed: Bool, at now: Instant) {
        guard isMissed != isLogMissed else { return }
        if isMissed { logGaps.append(Gap(start: now)) } else { logGaps[logGaps.count - 1].end = now }
        if logGaps.count > Self.gapCapacity { logGaps.removeFirst() }
    }

    /// A subscription changed.
    mutating func subscription(_ filter: TopicFilter, _ state: SubscriptionState, at now: Instant) {
        if case .refused = state { refused.insert(filter) } else { refused.remove(filter) }
        if filter.covers(.brokerDrops), !state.isStanding {
            // Nobody tells any more what is dropped.
            tickAt = nil
            verifiedAt = nil
        }
        if case .granted = state, let last = gaps.indices.last, gaps[last].end == nil { gaps[last].end = now }
    }

    /// Reading rests because we are behind, or goes on.
    mutating func behind(_ isBehind: Bool) {
        if isBehind, !self.isBehind { restCount += 1 }
        self.isBehind = isBehind
    }

    /// Time went on.
    mutating func advance(to now: Instant) {
        guard let tickAt, now.since(tickAt) >= Self.settling else { return }
        verifiedAt = tickAt
    }

    /// Whether the broker is known, or must be taken, to have dropped messages.
    var hasBrokerDropped: Bool { brokerDropped.atMost > 0 || droppedForUs > 0 || dropsRoseAt != nil }

    /// What the status line says. `excludedCount` are messages of topics beyond the limit; `isStalled` is whether
    /// statistics came and then stayed away.
    func verdict(at now: Instant, excludedCount: UInt64, expectsStatistics: Bool, isStalled: Bool) -> Verdict {
        if gapCount > 0 || hasBrokerDropped || !refused.isEmpty || !logGaps.isEmpty || excludedCount > 0 {
            return .lost
        }
        guard let connectedAt else { return .notConnected }
        if isStalled { return .noLossKnown }
        if verifiedAt != nil { return .complete }
        if expectsStatistics, now.since(connectedAt) < Self.patience { return .checking }
        return .noLossKnown
    }
}

extension SubscriptionState {
    /// Whether the broker delivers by it.
    fileprivate var isStanding: Bool {
        switch self {
        case .granted, .notRemoved: true
        case .requested, .refused, .removed: false
        }
    }
}
