package import MQTT

/// What a trace says besides the packets themselves.
package struct TraceSubject: Sendable {
    /// The Client Identifier, `nil` while nobody knows it.
    package var clientIdentifier: String?
    /// The version in use.
    package var version: ProtocolVersion
    /// Topics that packets of ours may be about, as a record keeps only their beginning.
    package var topics: [String]
    /// Whether packets are told of.
    package var isShown: Bool
    /// QoS 0 messages have no identifier, but mosquitto shows the next one for each.
    var lastIdentifier: UInt16 = 0
    /// The messages of the last read, until the trace of it comes.
    package var batch: Batch?
    /// Identifiers of QoS 2 messages of ours that are not complete.
    var sending: Set<UInt16> = []
    /// QoS 2 messages that were not released yet.
    var unreleased: [(identifier: UInt16, batch: Batch, record: Batch.Record)] = []

    /// A trace of packets of `version` as `clientIdentifier`; empty is unknown.
    package init(
        clientIdentifier: String, version: ProtocolVersion, topics: [String] = [], isShown: Bool = true
    ) {
        self.clientIdentifier = clientIdentifier.isEmpty ? nil : clientIdentifier
        self.version = version
        self.topics = topics
        self.isShown = isShown
    }
}

/// The wire trace in mosquitto's words, with the messages where mosquitto prints them.
extension MessagePrinter {
    /// Appends the trace of one read or request, a line for each packet, and each message behind the packet that completes
    /// it: at QoS 0 its PUBLISH, at QoS 1 our PUBACK, at QoS 2 our PUBCOMP. `subscribed` says what follows each SUBACK.
    package mutating func append(
        _ records: [TraceRecord], _ subject: inout TraceSubject, wallNanoseconds: Int64,
        subscribed: (_ identifier: UInt16) -> String? = { _ in nil }
    ) {
        let batch = subject.batch
        subject.batch = nil
        var messages = (batch?.records ?? [])[...]
        var unacknowledged: [(identifier: UInt16, record: Batch.Record)] = []
        for record in records {
            if record.direction == .received, record.type == .publish {
                guard let batch, let message = messages.first, record.matches(message, of: batch) else {
                    append(record, &subject, topic: nil)
                    continue
                }
                messages = messages.dropFirst()
                batch.topic(message).withUnsafeBytes { append(record, &subject, topic: $0) }
                switch message.flags.qos {
                case .atMostOnce: take(message, of: batch, wallNanoseconds: wallNanoseconds)
                case .atLeastOnce: unacknowledged.append((record.identifier, message))
                case .exactlyOnce: subject.unreleased.append((record.identifier, batch, message))
                }
                continue
            }
            append(record, &subject, topic: nil)
            switch (record.direction, record.type) {
            case (.received, .suback): if let text = subscribed(record.identifier) { line(text) }
            case (.sent, .puback):
                guard let batch, let index = unacknowledged.firstIndex(where: { $0.identifier == record.identifier })
                else { continue }
                take(unacknowledged.remove(at: index).record, of: batch, wallNanoseconds: wallNanoseconds)
            case (.sent, .pubcomp):
                guard let index = subject.unreleased.firstIndex(where: { $0.identifier == record.identifier }) else {
                    continue
                }
                let released = subject.unreleased.remove(at: index)
                take(released.record, of: released.batch, wallNanoseconds: wallNanoseconds)
            default: break
            }
        }
    }

    /// Appends a line for one packet, of which `topic` is all of the topic where that is known.
    private mutating func append(
        _ record: TraceRecord, _ subject: inout TraceSubject, topic: UnsafeRawBufferPointer?
    ) {
        if record.direction == .sent { subject.lastIdentifier = max(subject.lastIdentifier, record.identifier) }
        guard subject.isShown else { return }
        let identifier = record.identifier
        if record.direction == .received, record.type == .disconnect {
            return line("Received DISCONNECT (\(record.reasonCode))")
        }
        var name = subject.clientIdentifier ?? "null"
        // A slip of the original that scripts may look for.
        if subject.clientIdentifier == nil, record.type == .connack, subject.version < .v5_0 { name = "(null)" }
        let verb = record.direction == .sent ? "sending" : "received"
        let words: String
        switch (record.direction, record.type) {
        case (_, .connack):
            let code = ReasonCode(rawValue: record.reasonCode)
            words = " (\(subject.version < .v5_0 ? code.returnCode : code.rawValue))"
        case (_, .publish):
            var shown = identifier
            if record.direction == .sent, record.flags & 0b110 == 0 {
                subject.lastIdentifier = subject.lastIdentifier == .max ? 1 : subject.lastIdentifier + 1
                shown = subject.lastIdentifier
            }
            let (dup, qos, retain) = (record.flags >> 3 & 1, record.flags >> 1 & 3, record.flags & 1)
            let topic = topic.map { String(decoding: $0, as: UTF8.self) } ?? subject.whole(record)
            words = " (d\(dup), q\(qos), r\(retain), m\(shown), '\(topic)', ... (\(record.length) bytes))"
        case (_, .subscribe):
            let options = record.subscriptionOptions
            let digits = String(options & 0xFC, radix: 16)
            words =
                " (Mid: \(identifier), Topic: \(subject.whole(record)), QoS: \(options & 3),"
                + " Options: 0x\(digits.count == 1 ? "0" : "")\(digits))"
        case (_, .unsubscribe): words = " (Mid: \(identifier), Topic: \(subject.whole(record)))"
        case (.received, .puback), (.received, .pubcomp): words = " (Mid: \(identifier), RC:\(record.reasonCode))"
        case (.received, .pubrec), (.received, .pubrel): words = " (Mid: \(identifier))"
        case (.sent, .puback), (.sent, .pubrec): words = " (m\(identifier), rc\(record.reasonCode))"
        case (.sent, .pubrel), (.sent, .pubcomp): words = " (m\(identifier))"
        default: words = ""
        }
        line("Client \(name) \(verb) \(record.type.name)\(words)")
        if subject.isUnknown(record) {
            line("Warning: Received PUBREC from \(name) for an unknown packet identifier \(identifier).")
        }
    }

    /// Appends a line that is not a message, made visible where that is asked for.
    package mutating func line(_ text: String) {
        var text = text
        text.withUTF8 { appendText(UnsafeRawBufferPointer($0), keepsLines: false) }
        output.append(UInt8(ascii: "\n"))
    }
}

extension TraceSubject {
    /// Whether `record` is a PUBREC for nothing of ours; follows what is under way at QoS 2.
    fileprivate mutating func isUnknown(_ record: TraceRecord) -> Bool {
        switch (record.direction, record.type) {
        case (.sent, .publish): if record.flags & 0b110 == 0b100 { sending.insert(record.identifier) }
        case (.received, .pubcomp): sending.remove(record.identifier)
        case (.received, .pubrec):
            guard record.reasonCode < 0x80 else {
                sending.remove(record.identifier)  // which ends it
                return false
            }
            return !sending.contains(record.identifier)
        default: break
        }
        return false
    }

    /// The topic of `record`, all of it where it is one of those that are known.
    fileprivate func whole(_ record: TraceRecord) -> String {
        let kept = record.topic
        guard record.topicLength > kept.utf8.count else { return kept }
        return topics.first { $0.utf8.count == record.topicLength && $0.utf8.starts(with: kept.utf8.prefix(61)) }
            ?? kept
    }
}

extension TraceRecord {
    /// Whether it tells of `message`, and not of one that came twice.
    fileprivate func matches(_ message: Batch.Record, of batch: Batch) -> Bool {
        flags == message.flags.rawValue && length == message.payloadLength && topicLength == message.topicLength
            && identifier == batch.identifier(message)
    }
}
