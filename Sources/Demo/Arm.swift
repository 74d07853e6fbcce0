import Glibc
import MQTT

/// The arm: Sparkplug B, protobuf; names stand only in the birth messages, data goes by alias.
struct Arm: Sendable {
    /// Sparkplug data types (Sparkplug 3.0 section 6.4.16).
    private enum Kind: UInt64 {
        case int64 = 4
        case uint64 = 8
        case double = 10
        case boolean = 11
        case string = 12
    }

    private enum Value {
        case integer(UInt64, Kind)
        case double(Double)
        case boolean(Bool)
        case string(String)
    }

    private var sequence: UInt64 = 0
    private var motion = MotionTime()

    /// The payload of one of its streams.
    mutating func payload(_ content: Stream.Content, at time: LabTime) -> [UInt8] {
        switch content {
        case .nodeData: payload(nodeMetrics(at: time), isBirth: false, at: time)
        default: payload(gripperMetrics(at: time), isBirth: false, at: time)
        }
    }

    /// What it publishes when it has connected, and again when a host asks for a rebirth.
    mutating func births(at time: LabTime) -> [Message] {
        sequence = 255  // so that NBIRTH has 0
        return [
            Message(topic: topicName("spBv1.0/demo/NBIRTH/arm6"), payload: nodeBirth(at: time)),
            Message(
                topic: topicName("spBv1.0/demo/DBIRTH/arm6/gripper"),
                payload: payload(gripperMetrics(at: time), isBirth: true, at: time)),
        ]
    }

    /// What the broker publishes when it is gone: bdSeq says which birth it ends.
    static func will(at time: LabTime) -> Message {
        var metric = ByteWriter()
        metric.content(1, Array("bdSeq".utf8))
        metric.integer(4, Kind.uint64.rawValue)
        metric.integer(11, 0)
        var writer = ByteWriter()
        writer.integer(1, UInt64(max(0, time.wall / 1_000_000)))
        writer.content(2, metric.bytes)
        return Message(topic: topicName("spBv1.0/demo/NDEATH/arm6"), payload: writer.bytes, qos: .atLeastOnce)
    }

    /// Whether a node command asks for a rebirth: a metric called `Node Control/Rebirth` that is true.
    static func asksForRebirth(_ payload: [UInt8]) -> Bool {
        ProtobufFields(payload[...]).contains { field in
            guard field.number == 2, case .content(let metric) = field.value else { return false }
            let parts = ProtobufFields(metric)
            let isNamed = parts.contains { part in
                guard part.number == 1, case .content(let name) = part.value else { return false }
                return name.elementsEqual("Node Control/Rebirth".utf8)
            }
            return isNamed && parts.contains { $0.number == 14 && $0.value == .integer(1) }
        }
    }

    /// Holds or goes on.
    mutating func run(_ runs: Bool, at time: LabTime) { motion.run(runs, at: time) }

    private func nodeMetrics(at time: LabTime) -> [(name: String, alias: UInt64, value: Value)] {
        let moved = motion.seconds(at: time)
        let joints = (1...6).map { joint -> (name: String, alias: UInt64, value: Value) in
            let swing = 1.4 / Double(joint) * sin(moved * (0.3 + 0.11 * Double(joint)) + Double(joint))
            return ("joint\(joint)", UInt64(joint), .double(swing))
        }
        return joints + [
            ("estop", 7, .boolean(false)), ("cycle", 8, .integer(UInt64(1_200 + moved / 6), .int64)),
            ("mode", 9, .string(motion.isRunning ? "AUTO" : "HOLD")),
        ]
    }

    private func gripperMetrics(at time: LabTime) -> [(name: String, alias: UInt64, value: Value)] {
        [("width", 20, .double(0.04 + 0.04 * sin(motion.seconds(at: time) * 1.05)))]
    }

    private mutating func nodeBirth(at time: LabTime) -> [UInt8] {
        var more = ByteWriter()
        more.content(2, metric(("bdSeq", 0, .integer(0, .uint64)), isBirth: true, time: nil))
        more.content(2, metric(("Node Control/Rebirth", 0, .boolean(false)), isBirth: true, time: nil))
        return payload(nodeMetrics(at: time), isBirth: true, at: time, more: more.bytes)
    }

    private mutating func payload(
        _ metrics: [(name: String, alias: UInt64, value: Value)], isBirth: Bool, at time: LabTime, more: [UInt8] = []
    ) -> [UInt8] {
        sequence = (sequence + 1) % 256
        let milliseconds = UInt64(max(0, time.wall / 1_000_000))
        var writer = ByteWriter()
        writer.integer(1, milliseconds)
        writer.raw(more)
        for entry in metrics { writer.content(2, metric(entry, isBirth: isBirth, time: milliseconds)) }
        writer.integer(3, sequence)
        return writer.bytes
    }

    private func metric(
        _ entry: (name: String, alias: UInt64, value: Value), isBirth: Bool, time: UInt64?
    ) -> [UInt8] {
        var writer = ByteWriter()
        if isBirth { writer.content(1, Array(entry.name.utf8)) }
        if entry.alias != 0 { writer.integer(2, entry.alias) }
        if let time { writer.integer(3, time) }
        switch entry.value {
        case .integer(let value, let kind):
            writer.integer(4, kind.rawValue)
            writer.integer(11, value)
        case .double(let value):
            writer.integer(4, Kind.double.rawValue)
            writer.double(13, value)
        case .boolean(let value):
            writer.integer(4, Kind.boolean.rawValue)
            writer.integer(14, value ? 1 : 0)
        case .string(let value):
            writer.integer(4, Kind.string.rawValue)
            writer.content(15, Array(value.utf8))
        }
        return writer.bytes
    }
}

/// The fields of a protobuf message that came over the network, up to the first that is malformed.
struct ProtobufFields: Sequence, IteratorProtocol {
    /// A field's value as far as its wire type tells.
    enum Value: Equatable {
        case integer(UInt64)
        case content(ArraySlice<UInt8>)
    }

    private var rest: ArraySlice<UInt8>

    /// The fields of `bytes`.
    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The next field.
    mutating func next() -> (number: UInt64, value: Value)? {
        guard let key = varint() else { return nil }
        switch key & 7 {
        case 0: return varint().map { (key >> 3, .integer($0)) }
        case 1: return take(8).map { (key >> 3, .content($0)) }
        case 2:
            guard let count = varint(), count <= UInt64(rest.count) else { return nil }
            return take(Int(count)).map { (key >> 3, .content($0)) }
        case 5: return take(4).map { (key >> 3, .content($0)) }
        default: return nil
        }
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
