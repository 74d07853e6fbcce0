package import MQTT

/// What the broker said of itself: its latest log lines and what can be learnt from them.
package struct BrokerLog: Sendable {
    /// Most lines kept.
    package let capacity: Int
    /// Lines that had to go for newer ones.
    package private(set) var dropped: UInt64 = 0
    /// Since when every line that the broker publishes is seen; `nil` before the first connection.
    package private(set) var knownSince: Instant?
    /// How often the broker said that it drops messages for us.
    package private(set) var droppedForUs = 0
    private var lines: [LogLine] = []

    /// An empty log of at most `capacity` lines.
    package init(capacity: Int = 10_000) { self.capacity = capacity }

    /// Lines kept.
    package var count: Int { lines.count }
    /// A kept line, 0 the oldest.
    package subscript(index: Int) -> LogLine { lines[index] }

    /// CONNACK came for us under this Client Identifier.
    package mutating func connected(as clientIdentifier: String, at now: Instant) { knownSince = now }

    /// Takes a message of the broker's log and tells the line made of it; `nil` when the topic is none of the log's.
    package mutating func ingest(
        topic: some Collection<UInt8>, payload: some Collection<UInt8>, arrival: Instant
    ) -> LogLine? {
        guard let severity = Severity(topic: topic) else { return nil }
        let raw = Array(payload.prefix(2_048))
        let line = LogLine(
            arrival: arrival, severity: severity, raw: raw, epochSeconds: nil, client: nil,
            words: String(decoding: raw, as: UTF8.self), isAlarm: severity == .error)
        if lines.count == capacity {
            lines.removeFirst()
            dropped += 1
        }
        lines.append(line)
        return line
    }
}
