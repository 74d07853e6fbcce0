/// A statistic of a broker, in the order in which they are shown.
package enum Metric: Sendable, Hashable, CaseIterable {
    /// What broker it is, in its own words.
    case version
    /// Seconds since the broker started; mosquitto's first value of every interval: the heartbeat of the statistics.
    case uptime
    /// Clients connected now.
    case clientsConnected
    /// Clients connected, and those away whose session is kept.
    case clientsTotal
    /// The most clients that were connected at once.
    case clientsMaximum
    /// PUBLISH packets that came to the broker since it started.
    case messagesReceived
    /// PUBLISH packets that the broker sent since it started.
    case messagesSent
    /// Bytes that came to the broker since it started.
    case bytesReceived
    /// Bytes that the broker sent since it started.
    case bytesSent
    /// Messages retained, those of `$SYS` included.
    case retainedCount
    /// Subscriptions of all clients.
    case subscriptionCount
    /// Messages kept, retained ones included.
    case storedCount
    /// Bytes of the messages kept.
    case storedBytes
    /// Messages that the broker dropped, for any client, since it started.
    case messagesDropped
    /// Messages dropped per minute, averaged over the last minute.
    case droppedPerMinute
    /// Bytes of memory in use.
    case heapCurrent
    /// The most bytes of memory that were in use.
    case heapMaximum
    /// Packets that came to the broker per minute, averaged over the last minute.
    case packetsReceivedPerMinute
    /// The same, averaged over five minutes.
    case packetsReceivedPerMinuteOver5
    /// The same, averaged over fifteen minutes.
    case packetsReceivedPerMinuteOver15
    /// Packets that the broker sent per minute, averaged over the last minute.
    case packetsSentPerMinute
    /// The same, averaged over five minutes.
    case packetsSentPerMinuteOver5
    /// The same, averaged over fifteen minutes.
    case packetsSentPerMinuteOver15
    /// Bytes that came to the broker per minute, averaged over the last minute.
    case bytesReceivedPerMinute
    /// Bytes that the broker sent per minute, averaged over the last minute.
    case bytesSentPerMinute

    /// What a number of it is.
    enum Form {
        /// Words, no number.
        case text
        /// Seconds.
        case seconds
        /// So many now.
        case count
        /// Bytes now.
        case bytes
        /// A count since the start, of which only the growth is of interest.
        case counter
        /// The same of bytes.
        case byteCounter
        /// An average per minute.
        case perMinute
        /// An average of bytes per minute.
        case bytesPerMinute
    }

    /// Its name in the table, and what its number is.
    var description: (name: String, form: Form) {
        switch self {
        case .version: ("version", .text)
        case .uptime: ("uptime", .seconds)
        case .clientsConnected: ("clients", .count)
        case .clientsTotal: ("incl. kept sessions", .count)
        case .clientsMaximum: ("most clients", .count)
        case .messagesReceived: ("messages in", .counter)
        case .messagesSent: ("messages out", .counter)
        case .bytesReceived: ("bytes in", .byteCounter)
        case .bytesSent: ("bytes out", .byteCounter)
        case .retainedCount: ("retained", .count)
        case .subscriptionCount: ("subscriptions", .count)
        case .storedCount: ("stored", .count)
        case .storedBytes: ("stored bytes", .bytes)
        case .messagesDropped: ("dropped", .count)
        case .droppedPerMinute: ("dropped, 1 min", .perMinute)
        case .heapCurrent: ("heap", .bytes)
        case .heapMaximum: ("most heap", .bytes)
        case .packetsReceivedPerMinute: ("packets in, 1 min", .perMinute)
        case .packetsReceivedPerMinuteOver5: ("packets in, 5 min", .perMinute)
        case .packetsReceivedPerMinuteOver15: ("packets in, 15 min", .perMinute)
        case .packetsSentPerMinute: ("packets out, 1 min", .perMinute)
        case .packetsSentPerMinuteOver5: ("packets out, 5 min", .perMinute)
        case .packetsSentPerMinuteOver15: ("packets out, 15 min", .perMinute)
        case .bytesReceivedPerMinute: ("bytes in, 1 min", .bytesPerMinute)
        case .bytesSentPerMinute: ("bytes out, 1 min", .bytesPerMinute)
        }
    }

    /// Whether it only grows while the broker runs.
    var isCounter: Bool {
        switch description.form {
        case .counter, .byteCounter: true
        case .text, .seconds, .count, .bytes, .perMinute, .bytesPerMinute: self == .messagesDropped
        }
    }
}

/// Which topic of a broker holds which statistic.
package enum MetricMappings {
    /// mosquitto's, after `$SYS/broker/`. Up to 1.3 there was only the old name of `connected`.
    package static let mosquitto: [(topic: String, metric: Metric)] = [
        ("version", .version),
        ("uptime", .uptime),
        ("clients/connected", .clientsConnected),
        ("clients/active", .clientsConnected),
        ("clients/total", .clientsTotal),
        ("clients/maximum", .clientsMaximum),
        ("publish/messages/received", .messagesReceived),
        ("publish/messages/sent", .messagesSent),
        ("bytes/received", .bytesReceived),
        ("bytes/sent", .bytesSent),
        ("retained messages/count", .retainedCount),
        ("subscriptions/count", .subscriptionCount),
        ("messages/stored", .storedCount),
        ("store/messages/count", .storedCount),
        ("store/messages/bytes", .storedBytes),
        ("publish/messages/dropped", .messagesDropped),
        ("load/publish/dropped/1min", .droppedPerMinute),
        ("heap/current", .heapCurrent),
        ("heap/maximum", .heapMaximum),
        ("load/messages/received/1min", .packetsReceivedPerMinute),
        ("load/messages/received/5min", .packetsReceivedPerMinuteOver5),
        ("load/messages/received/15min", .packetsReceivedPerMinuteOver15),
        ("load/messages/sent/1min", .packetsSentPerMinute),
        ("load/messages/sent/5min", .packetsSentPerMinuteOver5),
        ("load/messages/sent/15min", .packetsSentPerMinuteOver15),
        ("load/bytes/received/1min", .bytesReceivedPerMinute),
        ("load/bytes/sent/1min", .bytesSentPerMinute),
    ]

    /// EMQX's, after `$SYS/brokers/NODE/`, as documented. Its `metrics/messages/retained` is a count since the start.
    package static let emqx: [(topic: String, metric: Metric)] = [
        ("version", .version),
        ("uptime", .uptime),
        ("stats/connections/count", .clientsConnected),
        ("stats/connections/max", .clientsMaximum),
        ("metrics/messages/received", .messagesReceived),
        ("metrics/messages/sent", .messagesSent),
        ("metrics/bytes/received", .bytesReceived),
        ("metrics/bytes/sent", .bytesSent),
        ("stats/retained/count", .retainedCount),
        ("stats/subscriptions/count", .subscriptionCount),
        ("metrics/messages/dropped", .messagesDropped),
    ]

    private static let byMosquittoTopic = Dictionary(
        uniqueKeysWithValues: mosquitto.map { (Array($0.topic.utf8), $0.metric) })
    private static let byEMQXTopic = Dictionary(uniqueKeysWithValues: emqx.map { (Array($0.topic.utf8), $0.metric) })

    /// Statistics that a broker of this kind publishes.
    static func metrics(of kind: BrokerKind) -> Set<Metric> { kind == .emqx ? emqxMetrics : mosquittoMetrics }
    private static let mosquittoMetrics = Set(mosquitto.map(\.metric))
    private static let emqxMetrics = Set(emqx.map(\.metric))

    /// What a topic holds, and the node of a cluster that says it; `nil` when it is not known.
    static func metric(of topic: ArraySlice<UInt8>) -> (metric: Metric, node: ArraySlice<UInt8>?)? {
        let topic = Piece(topic)
        if let name = topic.dropping(first: "$SYS/broker/") {
            return byMosquittoTopic[Array(name.bytes)].map { ($0, nil) }
        }
        guard let (node, name) = topic.dropping(first: "$SYS/brokers/")?.split(first: "/") else { return nil }
        return byEMQXTopic[Array(name.bytes)].map { ($0, node.bytes) }
    }

    /// Whether it is known that mosquitto of this version has no such topic: recorded of 1.3.4 and 1.4.
    static func isMissing(_ metric: Metric, in version: [Int]) -> Bool {
        switch metric {
        case .droppedPerMinute, .storedBytes: version.lexicographicallyPrecedes([1, 5])
        case .clientsMaximum: version.starts(with: [1, 4])
        default: false
        }
    }
}
