import MQTT

/// The latest Control Packets on the wire, in a ring of fixed size.
struct TraceRing {
    /// Records kept.
    static let capacity = 2_048

    private var records: [TraceRecord] = []
    /// All records there ever were.
    private(set) var total: UInt64 = 0

    /// Adds records, overwriting the oldest.
    mutating func append(_ new: [TraceRecord]) {
        for record in new {
            if records.count < Self.capacity {
                records.append(record)
            } else {
                records[Int(total % UInt64(Self.capacity))] = record
            }
            total += 1
        }
    }

    /// How many are kept.
    var count: Int { records.count }

    /// The identifier of the record at `index`, oldest first.
    func identifier(_ index: Int) -> UInt64 { total - UInt64(records.count) + UInt64(index) }

    /// The index of the record `identifier`, below zero when it is gone.
    func index(of identifier: UInt64) -> Int { Int(clamping: Int64(identifier) - Int64(total) + Int64(records.count)) }

    /// The record at `index`, oldest first.
    subscript(index: Int) -> TraceRecord { records[Int(identifier(index) % UInt64(Self.capacity))] }

    /// A record in the wording of mosquitto's clients.
    static func text(_ record: TraceRecord, clientIdentifier: String) -> String {
        let verb = record.direction == .sent ? "sending" : "received"
        let flags = PublishFlags(rawValue: record.flags)
        var detail = ""
        switch record.type {
        case .publish:
            let parts = [
                "d\(flags.isDuplicate ? 1 : 0)", "q\(flags.qos.rawValue)", "r\(flags.isRetained ? 1 : 0)",
                "m\(record.identifier)",
                "'\(record.topic)\(record.topicLength > TraceRecord.topicCapacity ? "…" : "")'",
            ]
            detail = " (\(parts.joined(separator: ", ")), ... (\(record.length) bytes))"
        case .puback, .pubrec, .pubrel, .pubcomp:
            detail = " (Mid: \(record.identifier), RC:\(record.reasonCode))"
        case .connack, .disconnect, .auth:
            detail = " (\(record.reasonCode))"
        case .subscribe, .unsubscribe:
            detail = " (Mid: \(record.identifier), Topic: \(record.topic))"
        case .suback, .unsuback:
            detail = " (Mid: \(record.identifier))"
        case .connect, .pingreq, .pingresp:
            break
        }
        return "Client \(clientIdentifier) \(verb) \(record.type.name)\(detail)"
    }
}
