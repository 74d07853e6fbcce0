import Broker
import CLinux
import MQTT

/// What came by the way, asked for or not.
final class Notes {
    /// The broker's log.
    var log = BrokerLog(capacity: 1_000)
    /// The broker's statistics.
    private(set) var slots = BrokerMetrics()
    /// The first message that is none of `$SYS`: its topic, and when it came.
    private(set) var first: (topic: [UInt8], arrival: Instant)?
    /// How many messages of `$SYS` came.
    private(set) var systemCount = 0
    /// When the broker wrote a line of its log, and when it came here, both in seconds since 1970.
    private(set) var stamp: (broker: Int64, ours: Int64)?
    /// When the message came that was expected.
    private(set) var echo: Instant?
    private var expected: [UInt8] = []
    private var awaited = ""

    /// From now on `echo` is about a message with this payload.
    func expect(_ payload: [UInt8]) {
        expected = payload
        echo = nil
    }

    /// The latest line of the log about the client that `await` named.
    private(set) var awaitedLine: LogLine?

    /// From now on `awaitedLine` is about this client.
    func await(_ client: String) {
        awaited = client
        awaitedLine = nil
    }

    /// What the broker says it is; `nil` when it does not.
    var version: String? { slots[.version].map { slots.kind == .emqx ? "EMQX \($0.text)" : $0.text } }

    /// Looks at a delivery.
    func take(_ delivery: Delivery) {
        guard case .messages(let batch) = delivery else { return }
        for record in batch.records { take(record, of: batch) }
    }

    private func take(_ record: Batch.Record, of batch: Batch) {
        let (topic, payload) = (batch.topic(record), batch.payload(record))
        if !expected.isEmpty, echo == nil, payload.elementsEqual(expected) { echo = batch.arrival }
        guard topic.starts(with: "$SYS/".utf8) else {
            // What begins with $ is the server's own.
            if first == nil, topic.first != UInt8(ascii: "$") { first = (Array(topic), batch.arrival) }
            return
        }
        systemCount += 1
        if let line = log.ingest(topic: topic, payload: payload, arrival: batch.arrival) { return take(line) }
        _ = slots.ingest(topic: topic, payload: payload, arrival: batch.arrival, isStored: record.flags.isRetained)
    }

    private func take(_ line: LogLine) {
        if line.client == awaited { awaitedLine = line }
        guard let seconds = line.epochSeconds else { return }
        let age = now().since(line.arrival)
        stamp = (seconds, (clinux_wall_now() - age) / 1_000_000_000)
    }
}
