import MQTT
import MQTTCodec

/// What comes from the server.
extension Session {
    /// The QoS 0 PUBLISHes that are next, read in place into the batch.
    mutating func receivePublishes(
        _ bytes: UnsafeRawBufferPointer, at index: inout Int
    ) throws(ProtocolViolation) {
        let count = batch.count
        defer { trace.note(count..<batch.count) }
        try decoder.takePublishes(from: bytes, at: &index, into: &batch)
    }

    /// Any other PUBLISH, read in place: appended to the batch unless it was delivered before, and answered by its QoS.
    mutating func receivePublish(_ frame: Frame, at now: Instant) throws(ProtocolViolation) {
        let publish = try decoder.publish(frame)
        if publish.flags.qos == .exactlyOnce, unreleased.contains(publish.identifier) {  // [MQTT-4.3.3-10]
            trace.note(duplicate: publish, behind: batch.count, at: now)
        } else {
            batch.append(
                topic: publish.topic, payload: publish.payload, properties: publish.properties, flags: publish.flags)
            trace.note(batch.count - 1..<batch.count, identifier: publish.identifier)
        }
        switch publish.flags.qos {
        case .atMostOnce: return
        case .atLeastOnce: unwrittenAcknowledgements += 1
        case .exactlyOnce: _ = unreleased.insert(publish.identifier)
        }
        let underWay = unreleased.count + unwrittenAcknowledgements
        guard encoder.version < .v5_0 || underWay <= Int(configuration.receiveMaximum) else {
            // [MQTT-3.3.4-9]
            throw ProtocolViolation(.receiveMaximumExceeded, "more messages under way than we said")
        }
        // [MQTT-4.3.2-4, MQTT-4.3.3-8]
        sendAcknowledgement(publish.flags.qos == .atLeastOnce ? .puback : .pubrec, publish.identifier, at: now)
    }

    /// Appends an acknowledgement of four bytes: Success.
    mutating func sendAcknowledgement(_ type: PacketType, _ identifier: UInt16, at now: Instant) {
        let flags: UInt8 = type == .pubrel ? 0b0010 : 0
        output.bytes.append(type.rawValue << 4 | flags)
        output.bytes.append(2)
        output.bytes.append(twoByteInteger: identifier)
        keepAlive.sent(at: now)
        trace.append(
            TraceRecord(time: now, direction: .sent, type: type, flags: flags, identifier: identifier, length: 2))
    }

    /// Any other packet.
    mutating func receive(_ frame: Frame, at now: Instant) throws(ProtocolViolation) {
        let packet = try decoder.packet(frame)
        noteReceived(packet, frame: frame, at: now)
        switch packet {
        case .connack(let packet): try receive(packet, at: now)
        case .puback(let packet): try receivePuback(packet, at: now)
        case .pubrec(let packet): try receivePubrec(packet, at: now)
        case .pubrel(let packet): receivePubrel(packet, at: now)
        case .pubcomp(let packet): try receivePubcomp(packet, at: now)
        case .suback(let packet): try receiveSuback(packet, at: now)
        case .unsuback(let packet): try receiveUnsuback(packet, at: now)
        case .pingresp: break
        case .disconnect(let packet):
            end(
                .failed(
                    .disconnected(
                        packet.reasonCode, reasonString: packet.properties.reasonString,
                        serverReference: packet.properties.serverReference)))
        case .auth: throw .protocolError("AUTH without an authentication method")  // [MQTT-4.12.0-6]
        case .connect, .publish, .subscribe, .unsubscribe, .pingreq:
            throw .protocolError("\(packet.type.name) from a server")
        }
    }

    private mutating func receive(_ packet: ConnAck, at now: Instant) throws(ProtocolViolation) {
        guard case .connecting = phase else { throw .protocolError("second CONNACK") }  // [MQTT-3.2.0-2]
        let isOlderServer = packet.isShortForm && encoder.version >= .v5_0
        guard packet.reasonCode == .success else {
            let cause = ConnectionFailure.Cause.refused(
                packet.reasonCode, reasonString: packet.properties.reasonString,
                serverReference: packet.properties.serverReference)
            let isVersion = packet.reasonCode == .unsupportedProtocolVersion
            return end(isOlderServer || isVersion ? .olderServer(cause) : .failed(cause))
        }
        guard !isOlderServer else {
            return end(.olderServer(.protocolViolation(.malformed("CONNACK of an older version"))))
        }
        guard !packet.isSessionPresent || !configuration.cleanStart else {
            throw .protocolError("session present after a clean start")  // [MQTT-3.2.2-2], [MQTT-3.2.2-1] of 3.1.1
        }
        phase = .established(since: now)
        limits = ServerLimits(packet.properties, version: encoder.version)
        let seconds = packet.properties.serverKeepAlive ?? configuration.keepAlive  // [MQTT-3.1.2-21]
        keepAlive = KeepAlive(seconds: Int(seconds), at: now)
        if let assigned = packet.properties.assignedClientIdentifier { clientIdentifier = assigned }
        output.accepted = packet
        if packet.isSessionPresent { repeatRequests(at: now) } else { dropRequests() }
        renewSubscriptions(isSessionPresent: packet.isSessionPresent, at: now)
        pump(at: now)
    }

    /// PUBREL ends the reception of a QoS 2 message. [MQTT-4.3.3-11]
    private mutating func receivePubrel(_ packet: Acknowledgement, at now: Instant) {
        if unreleased.remove(packet.identifier) || encoder.version < .v5_0 {
            sendAcknowledgement(.pubcomp, packet.identifier, at: now)
        } else {
            send(.pubcomp(Acknowledgement(packet.identifier, .packetIdentifierNotFound)), at: now)
        }
    }

    /// Adds a received packet to the trace.
    private mutating func noteReceived(_ packet: Packet, frame: Frame, at now: Instant) {
        let (identifier, code) = packet.traced
        trace.append(
            TraceRecord(
                time: now, direction: .received, type: frame.type, flags: frame.flags, reasonCode: code,
                identifier: identifier, length: UInt32(truncatingIfNeeded: frame.body.count)))
    }

    /// Adds a sent packet of `byteCount` bytes, not a PUBLISH, to the trace.
    mutating func noteSent(_ packet: Packet, byteCount: Int, at now: Instant) {
        let (identifier, code) = packet.traced
        let flags = output.bytes[output.bytes.count - byteCount] & 0x0F
        let headerSize = 1 + variableByteIntegerSize(byteCount - 2)
        var record = TraceRecord(
            time: now, direction: .sent, type: packet.type, flags: flags, reasonCode: code, identifier: identifier,
            length: UInt32(truncatingIfNeeded: byteCount - headerSize))
        if var topic = packet.tracedTopic {
            topic.withUTF8 { record.setTopic(UnsafeRawBufferPointer($0)) }
        }
        keepAlive.sent(at: now)
        trace.append(record)
    }
}

extension Packet {
    /// What the trace keeps of a packet: its identifier and its (first) Reason Code, 0 where it has none.
    fileprivate var traced: (identifier: UInt16, code: UInt8) {
        switch self {
        case .connack(let packet): (0, packet.reasonCode.rawValue)
        case .puback(let packet), .pubrec(let packet), .pubrel(let packet), .pubcomp(let packet):
            (packet.identifier, packet.reasonCode.rawValue)
        case .subscribe(let packet): (packet.identifier, 0)
        case .unsubscribe(let packet): (packet.identifier, 0)
        case .suback(let packet), .unsuback(let packet):
            (packet.identifier, packet.reasonCodes.first?.rawValue ?? 0)
        case .disconnect(let packet): (0, packet.reasonCode.rawValue)
        case .auth(let packet): (0, packet.reasonCode.rawValue)
        case .publish(let packet): (packet.identifier, 0)
        case .connect, .pingreq, .pingresp: (0, 0)
        }
    }

    /// The first filter of a SUBSCRIBE or UNSUBSCRIBE.
    fileprivate var tracedTopic: String? {
        switch self {
        case .subscribe(let packet): packet.subscriptions.first?.filter.string
        case .unsubscribe(let packet): packet.filters.first?.string
        default: nil
        }
    }
}
