package import MQTT

/// What is known of a level of the topic tree, as plain values.
package struct TopicSummary: Sendable {
    /// Messages of its own; 0 for a level that only leads to others.
    package let messageCount: UInt64
    /// Payload bytes of those.
    package let byteCount: UInt64
    /// Messages of this level and all below.
    package let subtreeMessageCount: UInt64
    /// Topics with messages among this level and all below.
    package let subtreeTopicCount: Int
    /// When the latest message arrived; `nil` when there is none or it is a stored one, which has no age that we know.
    package let lastArrival: Instant?
    /// When the payload last differed from the one before; `nil` while it never did.
    ///
    /// A value too large to be kept whole counts as different each time.
    package let lastChange: Instant?
    /// The latest message's sequence number.
    package let lastSequence: UInt64?
    /// The flags of the latest message.
    package let flags: PublishFlags
    /// Whether the latest message is a stored one, delivered because we subscribed.
    package let isStored: Bool
    /// Bytes of the latest payload as it came.
    package let payloadLength: Int
    /// Bytes of it that are kept; fewer only when the limit for topics is reached.
    package let keptLength: Int
    /// When the last live message of this level or below arrived; `nil` when none did.
    package let subtreeLastArrival: Instant?
    /// Mean distance between its own live messages in seconds, while they come; `nil` before it can be said.
    package let period: Double?
    /// Mean deviation of single distances from `period`, in seconds; `nil` before it can be said.
    package let jitter: Double?

    private let meter: RateMeter
    private let lastLive: Int64
    private let subtreeMeter: RateMeter
    private let subtreeLastLive: Int64

    /// The summary of `node` and, when it has messages of its own, of `topic`.
    init(_ node: TopicTree.Node, _ topic: TopicTree.Topic?) {
        let own = topic ?? TopicTree.Topic(node: 0)
        messageCount = own.messages
        byteCount = own.bytes
        subtreeMessageCount = node.messages
        subtreeTopicCount = Int(node.topics)
        lastArrival = own.isStored ? nil : Self.instant(own.lastArrival)
        lastChange = Self.instant(own.lastChange)
        lastSequence = own.messages == 0 ? nil : own.lastSequence
        flags = PublishFlags(rawValue: own.flags)
        isStored = own.isStored
        payloadLength = Int(own.payloadLength)
        keptLength = Int(own.keptLength)
        subtreeLastArrival = Self.instant(node.lastArrival)
        period = own.meter.period(last: own.lastArrival).map(Double.init)
        jitter = own.jitter < 0 ? nil : Double(own.jitter)
        meter = own.meter
        lastLive = own.lastArrival
        subtreeMeter = node.meter
        subtreeLastLive = node.lastArrival
    }

    private static func instant(_ nanoseconds: Int64) -> Instant? {
        nanoseconds == .min ? nil : Instant(nanoseconds: nanoseconds)
    }

    /// Its own live messages a second as of `now`, falling to 0 when they stay away; `nil` before two told.
    package func rate(at now: Instant) -> Double? { meter.rate(at: now.nanoseconds, last: lastLive) }

    /// The live messages a second of this level and all below, in the same way.
    package func subtreeRate(at now: Instant) -> Double? {
        subtreeMeter.rate(at: now.nanoseconds, last: subtreeLastLive)
    }
}
