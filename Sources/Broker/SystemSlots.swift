package import MQTT

/// What the broker's statistics (`$SYS/broker/…`) said on one connection.
///
/// mosquitto publishes a value only when it changed, and up to 2.0 its stored values run out after 60 s. So a value that
/// never came is not 0 but unknown. `publish/messages/received` is left out: before 2.1 it does not count every message.
package struct SystemSlots: Sendable {
    /// A value that is looked for.
    package enum Slot: Sendable, Hashable, CaseIterable {
        /// What broker it is, in its own words.
        case version
        /// Seconds since the broker started; the first value of every interval: the heartbeat of the statistics.
        case uptime
        /// Clients connected now.
        case clientsConnected
        /// Clients connected, and those away whose session is kept.
        case clientsTotal
        /// Messages that the broker dropped, for any client, since it started.
        case messagesDropped
        /// The same per minute, averaged over the last minute.
        case droppedPerMinute
        /// Messages retained, those of `$SYS` included.
        case retainedCount
        /// Subscriptions of all clients.
        case subscriptionCount
        /// Bytes that came to the broker per minute, averaged over the last minute.
        case bytesReceivedPerMinute
        /// Bytes that the broker sent per minute, averaged over the last minute.
        case bytesSentPerMinute
    }

    /// The latest value of a slot.
    package struct Reading: Sendable, Hashable {
        /// As it was published, cut at 64 bytes.
        package var text: String
        /// The number at its beginning; `nil` for text.
        package var number: Double?
        /// When it came.
        package var arrival: Instant
        /// Whether it was stored and is of unknown age, or came when it was published.
        package var isStored: Bool
    }

    /// How many messages the broker dropped, for any client, since we connected.
    package struct Dropped: Sendable, Hashable {
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
    }

    /// Where mosquitto publishes what. Up to 1.3 there was only the old name of `connected`.
    package static let topics: [(topic: String, slot: Slot)] = [
        ("$SYS/broker/version", .version),
        ("$SYS/broker/uptime", .uptime),
        ("$SYS/broker/clients/connected", .clientsConnected),
        ("$SYS/broker/clients/active", .clientsConnected),
        ("$SYS/broker/clients/total", .clientsTotal),
        ("$SYS/broker/publish/messages/dropped", .messagesDropped),
        ("$SYS/broker/load/publish/dropped/1min", .droppedPerMinute),
        ("$SYS/broker/retained messages/count", .retainedCount),
        ("$SYS/broker/subscriptions/count", .subscriptionCount),
        ("$SYS/broker/load/bytes/received/1min", .bytesReceivedPerMinute),
        ("$SYS/broker/load/bytes/sent/1min", .bytesSentPerMinute),
    ]

    private static let slots = Dictionary(uniqueKeysWithValues: topics.map { (Array($0.topic.utf8), $0.slot) })
    private static let longestTopic = topics.map(\.topic.utf8.count).max() ?? 0

    private var readings: [Slot: Reading] = [:]
    /// Intervals that began since we connected.
    package private(set) var tickCount = 0
    /// Nanoseconds between the latest two intervals; `nil` before there were two.
    package private(set) var interval: Int64?
    /// Messages dropped since we connected; `nil` while the broker's count is not known.
    package private(set) var dropped: Dropped?

    /// Nothing said yet: as a connection begins.
    package init() {}

    /// The latest value of a slot; `nil` when none came on this connection.
    package subscript(slot: Slot) -> Reading? { readings[slot] }

    /// Messages that the broker dropped, for any client, since it started.
    package var messagesDropped: UInt64? { count(.messagesDropped) }
    /// Clients connected now.
    package var clientsConnected: UInt64? { count(.clientsConnected) }
    /// Clients connected, and those away whose session is kept.
    package var clientsTotal: UInt64? { count(.clientsTotal) }

    /// The version of mosquitto, as `2.0.11`; `nil` for another broker.
    package var mosquittoVersion: String? {
        let prefix = "mosquitto version "
        guard let text = readings[.version]?.text, text.hasPrefix(prefix) else { return nil }
        return text.dropFirst(prefix.count).split(separator: " ").first.map(String.init)
    }

    /// Whether intervals came and then stayed away for two and a half times as long.
    package func isStalled(at now: Instant) -> Bool {
        guard let interval, let last = readings[.uptime]?.arrival else { return false }
        return now.since(last) / 5 > interval / 2
    }

    /// Takes a statistic and tells which it is; `nil` when it is none that is looked for, or makes no sense.
    /// `isStored` is whether it was stored before we subscribed, as far as the message shows; `Reading.isStored` knows more.
    package mutating func ingest(
        topic: some Collection<UInt8>, payload: some Collection<UInt8>, arrival: Instant, isStored: Bool
    ) -> Slot? {
        let topic = Array(topic.prefix(Self.longestTopic + 1))
        guard let slot = Self.slots[topic] else { return nil }
        let payload = Array(payload.prefix(64))
        let number = Self.leadingNumber(payload)
        guard number != nil || slot == .version else { return nil }
        if slot == .uptime, !isStored { tick(at: arrival) }
        // Every interval begins with the uptime, and what is stored comes before. A count of drops that had run out of
        // the store and is published again in the flood that follows a subscription must not pass for an old one.
        let isStored = isStored && tickCount == 0
        if slot == .messagesDropped, let number { droppedTotal(number, isStored: isStored, at: arrival) }
        readings[slot] = Reading(
            text: String(decoding: payload, as: UTF8.self), number: number, arrival: arrival, isStored: isStored)
        return slot
    }

    private func count(_ slot: Slot) -> UInt64? {
        readings[slot]?.number.flatMap { UInt64(exactly: $0.rounded(.down)) }
    }

    private mutating func tick(at now: Instant) {
        if tickCount > 0, let last = readings[.uptime]?.arrival { interval = max(0, now.since(last)) }
        tickCount += 1
    }

    /// The broker's count of dropped messages, which begins again at 0 when the broker does.
    private mutating func droppedTotal(_ total: Double, isStored: Bool, at now: Instant) {
        guard let total = UInt64(exactly: total.rounded(.down)) else { return }
        guard var dropped, let before = messagesDropped else {
            // Published only when it changes: from the second interval on it changed while we were here.
            let isKnown = isStored || total == 0
            self.dropped = Dropped(
                atLeast: isKnown || tickCount < 2 ? 0 : 1, atMost: isKnown ? 0 : total, lastGrowth: isKnown ? nil : now)
            return
        }
        guard total != before else { return }
        let growth = total > before ? total - before : total
        dropped.atLeast = Self.sum(dropped.atLeast, growth)
        dropped.atMost = Self.sum(dropped.atMost, growth)
        if growth > 0 { dropped.lastGrowth = now }
        self.dropped = dropped
    }

    /// The sum, or the largest number there is: a broker may count what it likes.
    private static func sum(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (sum, isTooLarge) = left.addingReportingOverflow(right)
        return isTooLarge ? .max : sum
    }

    /// The decimal number that `bytes` begin with: `69 seconds`, `1837.45`. At most 15 digits count, the rest is ignored.
    private static func leadingNumber(_ bytes: [UInt8]) -> Double? {
        let whole = bytes.prefix { $0.decimalDigit != nil }
        guard (1...15).contains(whole.count) else { return nil }
        var value = whole.reduce(0.0) { $0 * 10 + Double($1.decimalDigit ?? 0) }
        let rest = bytes.dropFirst(whole.count)
        guard rest.first == UInt8(ascii: ".") else { return value }
        var scale = 0.1
        for byte in rest.dropFirst().prefix(while: { $0.decimalDigit != nil }) {
            value += Double(byte.decimalDigit ?? 0) * scale
            scale /= 10
        }
        return value
    }
}
