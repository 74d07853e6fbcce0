import MQTT
import MQTTCodec

/// The wire trace of one turn, in order and, unless all is wanted, bounded: of received PUBLISHes the last 256, of everything
/// else the last 1,024. Received PUBLISHes cost nothing until the turn ends: records of those that are kept are made from the batch.
struct TraceLog: Sendable {
    /// Most received PUBLISHes that are kept of one read.
    static let publishCapacity = 256
    /// From this many other records on, the older half is dropped.
    static let recordCapacity = 1_024

    /// PUBLISHes that came one behind the other.
    private struct Run: Sendable {
        /// How many records stand before it, dropped ones included.
        var position: Int
        /// Where they are in the batch.
        var messages: Range<Int>
        /// The identifier of a single one.
        var identifier: UInt16 = 0
        /// One that is not in the batch, having been delivered before.
        var duplicate: TraceRecord?
    }

    /// What is wanted.
    let tracing: ClientConfiguration.Tracing
    private var records: [TraceRecord] = []
    private var dropped = 0
    private var runs: [Run] = []

    /// An empty one.
    init(_ tracing: ClientConfiguration.Tracing = .latest) { self.tracing = tracing }

    /// Adds a packet.
    mutating func append(_ record: TraceRecord) {
        guard tracing != .none else { return }
        if records.count >= Self.recordCapacity, tracing == .latest {
            records.removeFirst(Self.recordCapacity / 2)
            dropped += Self.recordCapacity / 2
        }
        records.append(record)
    }

    /// Notes messages that were just added to the batch of this read, with their identifier if they have one.
    mutating func note(_ messages: Range<Int>, identifier: UInt16 = 0) {
        guard tracing != .none, !messages.isEmpty else { return }
        begin(Run(position: dropped + records.count, messages: messages, identifier: identifier))
    }

    /// Notes a PUBLISH to `topic` that was not added to the batch of `count` messages.
    mutating func note(
        duplicate publish: PublishView, topic: UnsafeRawBufferPointer, behind count: Int, at time: Instant
    ) {
        guard tracing != .none else { return }
        var record = TraceRecord(
            time: time, direction: .received, type: .publish, flags: publish.flags.rawValue,
            identifier: publish.identifier, length: UInt32(truncatingIfNeeded: publish.payload.count))
        record.setTopic(topic)
        begin(Run(position: dropped + records.count, messages: count..<count, duplicate: record))
    }

    private mutating func begin(_ run: Run) {
        // No more runs are kept than messages: the older ones are out of reach then.
        if runs.count >= 2 * Self.publishCapacity, tracing == .latest { runs.removeFirst(Self.publishCapacity) }
        runs.append(run)
    }

    /// Makes records of the noted PUBLISHes at the end of a read, each in its place. `batch` has their messages.
    mutating func resolve(in batch: Batch) {
        guard !runs.isEmpty else { return }
        var room = tracing == .all ? Int.max : Self.publishCapacity
        var kept: [TraceRecord] = []
        kept.reserveCapacity(records.count + min(batch.count, room))
        // From the end, until enough are kept; turned round afterwards.
        var next = records.count
        for run in runs.reversed() {
            let position = min(max(run.position - dropped, 0), next)
            kept.append(contentsOf: records[position..<next].reversed())
            next = position
            if let duplicate = run.duplicate, room > 0 {
                kept.append(duplicate)
                room -= 1
            }
            var index = run.messages.upperBound
            while index > run.messages.lowerBound, room > 0 {
                index -= 1
                room -= 1
                kept.append(Self.record(of: index, in: batch, identifier: run.identifier))
            }
        }
        kept.append(contentsOf: records[..<next].reversed())
        kept.reverse()
        records = kept
        dropped = 0
        runs.removeAll(keepingCapacity: true)
    }

    private static func record(of index: Int, in batch: Batch, identifier: UInt16) -> TraceRecord {
        let message = batch.records[index]
        var record = TraceRecord(
            time: batch.arrival, direction: .received, type: .publish, flags: message.flags.rawValue,
            identifier: identifier, length: message.payloadLength)
        record.setTopic(batch.topic(message))
        return record
    }

    /// Everything since the last call.
    mutating func take() -> [TraceRecord] {
        defer {
            records = []
            dropped = 0
        }
        return records
    }
}
