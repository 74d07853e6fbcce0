import MQTT
import MQTTCodec

/// The wire trace of one turn, in order and bounded: of received PUBLISHes the last 256, of everything else the last
/// 1,024. A received PUBLISH costs a few bytes until the turn ends; records are made only for those that are kept.
struct TraceLog: Sendable {
    /// Most received PUBLISHes that are kept of one read.
    static let publishCapacity = 256
    /// From this many other records on, the older half is dropped.
    static let recordCapacity = 1_024

    /// Where in the read buffer a received PUBLISH is, and how many records stand before it.
    private struct Mark: Sendable {
        var topic: Int32
        var topicLength: UInt16
        var flags: UInt8
        var identifier: UInt16
        var payloadLength: UInt32
        var position: Int
    }

    private var records: [TraceRecord] = []
    private var dropped = 0
    private var marks: [Mark] = []
    private var markCount = 0

    /// Adds a packet.
    mutating func append(_ record: TraceRecord) {
        if records.count >= Self.recordCapacity {
            records.removeFirst(Self.recordCapacity / 2)
            dropped += Self.recordCapacity / 2
        }
        records.append(record)
    }

    /// Notes a PUBLISH received in a read buffer that begins at `base`.
    @inline(__always)
    mutating func note(_ publish: PublishView, base: UnsafeRawPointer) {
        let mark = Mark(
            topic: Int32(truncatingIfNeeded: (publish.topic.baseAddress ?? base) - base),
            topicLength: UInt16(truncatingIfNeeded: publish.topic.count), flags: publish.flags.rawValue,
            identifier: publish.identifier, payloadLength: UInt32(truncatingIfNeeded: publish.payload.count),
            position: dropped &+ records.count)
        if marks.count < Self.publishCapacity {
            marks.append(mark)
        } else {
            marks[markCount % Self.publishCapacity] = mark
        }
        markCount &+= 1
    }

    /// Makes records of the noted PUBLISHes at the end of a read of `bytes` at `time`, each in its place.
    mutating func resolve(in bytes: UnsafeRawBufferPointer, at time: Instant) {
        guard markCount > 0 else { return }
        var merged: [TraceRecord] = []
        merged.reserveCapacity(records.count + marks.count)
        var next = 0
        let start = markCount > marks.count ? markCount % marks.count : 0
        for offset in 0..<marks.count {
            let mark = marks[(start + offset) % marks.count]
            let position = min(max(mark.position - dropped, next), records.count)
            merged.append(contentsOf: records[next..<position])
            next = position
            var record = TraceRecord(
                time: time, direction: .received, type: .publish, flags: mark.flags, identifier: mark.identifier,
                length: mark.payloadLength)
            let topic = Int(mark.topic)
            record.setTopic(UnsafeRawBufferPointer(rebasing: bytes[topic..<topic + Int(mark.topicLength)]))
            merged.append(record)
        }
        merged.append(contentsOf: records[next...])
        records = merged
        dropped = 0
        marks.removeAll(keepingCapacity: true)
        markCount = 0
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
