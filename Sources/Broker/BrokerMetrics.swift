package import MQTT

/// What the broker's statistics (`$SYS`, the log aside) say: the one place that reads them.
///
/// mosquitto publishes a value only when it changed, and up to 2.0 its stored values run out after 60 s. So a value that
/// never came is not 0 but unknown. Readings are of one connection; numbers from before stay in the sparklines.
package struct BrokerMetrics: Sendable {
    /// The latest value of a statistic.
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

    /// Whether there are statistics.
    package enum State: Sendable, Hashable {
        /// Nothing came yet, and it is too early to say more.
        case waiting
        /// The broker does not let us subscribe to them.
        case refused
        /// Nothing came within 65 s.
        case silent
        /// They come.
        case speaking
        /// They came and then stayed away for two and a half times as long as usual.
        case stalled
    }

    /// Nanoseconds after which a broker that says nothing is taken to publish no statistics: the longest usual interval is
    /// a minute.
    private static let patience: Int64 = 65_000_000_000
    static let longestPayload = 64

    private var readings: [Metric: Reading] = [:]
    private var series: [Metric: MetricSeries] = [:]
    private var raw = RawStatistics()
    private var connectedAt: Instant?
    private var isRefused = false
    private var lastArrival: Instant?
    private var tickBefore: Instant?
    private var uptimeBefore: Reading?
    /// The time as far as it is known here.
    private(set) var now = Instant(nanoseconds: .min)

    /// What broker it is.
    package private(set) var kind = BrokerKind.unknown
    /// The node whose statistics these are, where a broker is made of several: the first that was heard of.
    package private(set) var node: String?
    /// Intervals that began since we connected.
    package private(set) var tickCount = 0
    /// Nanoseconds between the latest two intervals; `nil` before there were two.
    package private(set) var interval: Int64?
    /// Messages dropped since we connected; `nil` while the broker's count is not known.
    package private(set) var dropped: BrokerDrops?
    /// How often the counters began again: the broker was restarted.
    package private(set) var resetCount = 0
    /// When they last did.
    package private(set) var lastReset: Instant?

    /// Nothing said yet.
    package init() {}

    /// The latest value of a statistic; `nil` when none came on this connection.
    package subscript(metric: Metric) -> Reading? { readings[metric] }

    /// Messages that the broker dropped, for any client, since it started.
    package var messagesDropped: UInt64? { count(.messagesDropped) }
    /// Clients connected now.
    package var clientsConnected: UInt64? { count(.clientsConnected) }
    /// Clients connected, and those away whose session is kept.
    package var clientsTotal: UInt64? { count(.clientsTotal) }

    /// Its version, of mosquitto without the name: `2.0.11`; `nil` when it does not say.
    package var version: String? {
        guard let text = readings[.version]?.text else { return nil }
        return mosquittoVersion ?? text
    }

    /// The version of mosquitto, as `2.0.11`; `nil` for another broker.
    package var mosquittoVersion: String? {
        let prefix = "mosquitto version "
        guard let text = readings[.version]?.text, text.hasPrefix(prefix) else { return nil }
        return text.dropFirst(prefix.count).split(separator: " ").first.map(String.init)
    }

    /// All topics that no statistic is taken from, and their payloads, by name.
    package var rawTopics: [RawStatistics.Entry] {
        raw.entries.filter { !kind.isMapped || MetricMappings.metric(of: $0.topic[...]) == nil }
    }
    /// How many messages were of topics that are not among `rawTopics`, as there are too many or their names are too long.
    package var rawLeftOut: UInt64 { raw.leftOut }

    // MARK: State

    /// Whether intervals came and then stayed away for two and a half times as long.
    package func isStalled(at now: Instant) -> Bool {
        guard let interval, let last = readings[.uptime]?.arrival else { return false }
        return now.since(last) / 5 > interval / 2
    }

    /// Whether there are statistics, now.
    package var state: State {
        if lastArrival != nil { return isStalled(at: now) ? .stalled : .speaking }
        if isRefused { return .refused }
        guard let connectedAt, now.since(connectedAt) >= Self.patience else { return .waiting }
        return .silent
    }

    /// Nanoseconds since the latest statistic came; `nil` when none did.
    package var silence: Int64? { lastArrival.map { max(0, now.since($0)) } }

    /// A connection began: nothing is known of the broker but what its counters were.
    package mutating func connected(at now: Instant) {
        var next = BrokerMetrics()
        next.series = series.mapValues { old in
            var series = old
            series.reconnected()
            return series
        }
        next.uptimeBefore = readings[.uptime] ?? uptimeBefore
        next.resetCount = resetCount
        next.lastReset = lastReset
        next.connectedAt = now
        next.now = now
        self = next
    }

    /// How the subscription to `$SYS` stands: refused, or granted (again) at `now`, from when on something should come.
    package mutating func subscription(_ state: SubscriptionState, at now: Instant) {
        switch state {
        case .refused: isRefused = true
        case .granted:
            isRefused = false
            connectedAt = connectedAt.map { _ in now }
        case .requested, .removed, .notRemoved: break
        }
    }

    /// Time went on.
    package mutating func advance(to now: Instant) { self.now = max(self.now, now) }

    // MARK: Messages

    /// Takes a statistic and tells which it is of those that mosquitto publishes, which accounts of losses build on; `nil`
    /// for another broker's, for what is not known, and for what makes no sense.
    /// `isStored` is whether it was stored before we subscribed, as far as the message shows; `Reading.isStored` knows more.
    package mutating func ingest(
        topic: some Collection<UInt8>, payload: some Collection<UInt8>, arrival: Instant, isStored: Bool
    ) -> Metric? {
        guard topic.starts(with: "$SYS/".utf8), !topic.starts(with: "$SYS/broker/log/".utf8) else { return nil }
        let topic = Array(topic.prefix(RawStatistics.longestTopic + 1))[...]
        let payload = Array(payload.prefix(Self.longestPayload))[...]
        lastArrival = arrival
        advance(to: arrival)
        if kind == .unknown { kind = BrokerKind(topic: topic, payload: payload) }
        raw.take(topic, payload)
        guard let (metric, node) = MetricMappings.metric(of: topic) else { return nil }
        if let node {
            let name = String(decoding: node, as: UTF8.self)
            self.node = self.node ?? name
            guard self.node == name else { return nil }
        }
        let number = Self.leadingNumber(payload)
        let isText = metric == .version || metric == .uptime && node != nil
        guard number != nil || isText else { return nil }
        // Every interval of mosquitto begins with the uptime, and what is stored comes before. A count of drops that had
        // run out of the store and is published again in the flood that follows a subscription is no old one.
        let reading = Reading(
            text: String(decoding: payload, as: UTF8.self), number: isText ? nil : number, arrival: arrival,
            isStored: isStored && (tickCount == 0 || node != nil))
        if metric == .uptime { uptime(reading, isStored: isStored, hasTicks: node == nil) }
        take(metric, reading, hasTicks: node == nil)
        return node == nil ? metric : nil
    }

    private func count(_ metric: Metric) -> UInt64? {
        readings[metric]?.number.flatMap { UInt64(exactly: $0.rounded(.down)) }
    }

    /// Keeps a reading, with what follows from it. `hasTicks` is whether values come in intervals and only when changed.
    private mutating func take(_ metric: Metric, _ reading: Reading, hasTicks: Bool) {
        let before = readings[metric]
        readings[metric] = reading
        guard let number = reading.number else { return }
        if metric == .messagesDropped, hasTicks { droppedTotal(number, before: before, reading) }
        if metric.isCounter {
            let continues = series[metric, default: MetricSeries()].count(
                number, at: reading.arrival, isStored: reading.isStored, unchangedAt: hasTicks ? tickBefore : nil)
            if !continues { reset(at: reading.arrival, seenBy: metric) }
        }
        if !hasTicks, !reading.isStored { sample(metric) }
    }

    /// The broker's count of dropped messages.
    private mutating func droppedTotal(_ number: Double, before: Reading?, _ reading: Reading) {
        guard let total = UInt64(exactly: number.rounded(.down)) else { return }
        if let before = before?.number.flatMap({ UInt64(exactly: $0.rounded(.down)) }), dropped != nil {
            dropped?.count(total, before: before, at: reading.arrival)
        } else {
            dropped = BrokerDrops(
                first: total, isStored: reading.isStored, hasTicked: tickCount >= 2, at: reading.arrival)
        }
    }

    /// A sign of life: the interval is learnt from it, and a restart seen.
    private mutating func uptime(_ reading: Reading, isStored: Bool, hasTicks: Bool) {
        if let before = uptimeBefore?.number, let number = reading.number, number < before {
            reset(at: reading.arrival, seenBy: .uptime)
        }
        uptimeBefore = reading
        guard !isStored else { return }
        let last = readings[.uptime]?.arrival
        if tickCount > 0, let last {
            interval = max(0, reading.arrival.since(last))
            if hasTicks { intervalEnded(from: last) }
        }
        tickBefore = tickCount > 0 ? last : nil
        tickCount += 1
    }

    /// What did not come in the interval that began at `start` did not change.
    private mutating func intervalEnded(from start: Instant) {
        for metric in readings.keys {
            if metric.isCounter { series[metric]?.standsStill(since: start) }
            sample(metric)
        }
    }

    /// Adds the present value to the sparkline, as it is shown.
    private mutating func sample(_ metric: Metric) {
        guard let value = shown(metric) else { return }
        series[metric, default: MetricSeries()].append(value)
    }

    /// The counters begin again, all of them; that of `witness` did already.
    private mutating func reset(at now: Instant, seenBy witness: Metric) {
        resetCount += 1
        lastReset = now
        // Uptime and counters all go down, in any order: one of them tells.
        uptimeBefore = nil
        for metric in series.keys where metric != witness { series[metric]?.beginAgain() }
    }

    /// What became of a statistic.
    func series(_ metric: Metric) -> MetricSeries { series[metric] ?? MetricSeries() }

    /// The number that is shown: of counters the growth per second, of averages per minute those per second.
    func shown(_ metric: Metric) -> Double? {
        switch metric.description.form {
        case .text: nil
        case .seconds, .count, .bytes: readings[metric]?.number
        case .counter, .byteCounter: readings[metric] == nil ? nil : series[metric]?.rate
        case .perMinute, .bytesPerMinute: readings[metric]?.number.map { $0 / 60 }
        }
    }

    /// The decimal number that `bytes` begin with: `69 seconds`, `1837.45`. At most 15 digits count, the rest is ignored.
    private static func leadingNumber(_ bytes: ArraySlice<UInt8>) -> Double? {
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
