package import MQTT

extension PacketDecoder {
    /// The packet of `frame` as values, a PUBLISH too; what follows the last field is a violation.
    package func packet(_ frame: Frame) throws(ProtocolViolation) -> Packet {
        var reader = WireReader(frame.body)
        let packet = try packet(frame, &reader)
        guard reader.isAtEnd else { throw .malformed("\(frame.type.name) with bytes after its end") }
        return packet
    }

    private func packet(_ frame: Frame, _ reader: inout WireReader) throws(ProtocolViolation) -> Packet {
        switch frame.type {
        case .connect: return .connect(try connect(&reader))
        case .connack: return .connack(try connack(&reader))
        case .publish:
            _ = reader.rest()
            return .publish(try message(frame))
        case .puback: return .puback(try acknowledgement(&reader, of: .puback))
        case .pubrec: return .pubrec(try acknowledgement(&reader, of: .pubrec))
        case .pubrel: return .pubrel(try acknowledgement(&reader, of: .pubrel))
        case .pubcomp: return .pubcomp(try acknowledgement(&reader, of: .pubcomp))
        case .subscribe: return .subscribe(try subscribe(&reader))
        case .suback: return .suback(try suback(&reader))
        case .unsubscribe: return .unsubscribe(try unsubscribe(&reader))
        case .unsuback: return .unsuback(try unsuback(&reader))
        case .pingreq: return .pingreq
        case .pingresp: return .pingresp
        case .disconnect: return .disconnect(try disconnect(&reader))
        case .auth: return .auth(try auth(&reader))
        }
    }

    /// Property Length and what it covers, before 5.0 none.
    private func properties(
        _ reader: inout WireReader, of section: PropertySection
    ) throws(ProtocolViolation) -> Properties {
        guard version >= .v5_0 else { return Properties() }
        let length = try reader.variableByteInteger()
        return try Properties(decoding: try reader.take(length), of: section)
    }

    private func message(_ frame: Frame) throws(ProtocolViolation) -> Publish {
        let view = try publish(frame)
        let topic: TopicName
        do throws(TopicError) {
            topic = try TopicName(String(decoding: view.topic, as: UTF8.self))
        } catch {
            throw ProtocolViolation(.topicNameInvalid, error.description)
        }
        let properties = try Properties(
            decoding: view.properties, of: role == .client ? .publishToClient : .publishToServer)
        let message = Message(
            topic: topic, payload: Array(view.payload), qos: view.flags.qos, isRetained: view.flags.isRetained,
            properties: properties)
        return Publish(message, identifier: view.identifier, isDuplicate: view.flags.isDuplicate)
    }

    private func connack(_ reader: inout WireReader) throws(ProtocolViolation) -> ConnAck {
        // Servers before 5.0 answer a CONNECT of 5.0 in their own two bytes, and some of 5.0 answer an older one in the
        // form of 5.0: both are read, so that the next attempt can use a version that both ends speak.
        let isShortForm = reader.remaining == 2
        let flags = try reader.byte()
        // [MQTT-3.2.2-1]; 3.1 calls this byte reserved.
        guard flags & 0xFE == 0 || version == .v3_1 else { throw .malformed("reserved flags in CONNACK") }
        let code = try reader.byte()
        var properties = Properties()
        if !isShortForm {
            properties = try Properties(decoding: try reader.take(reader.variableByteInteger()), of: .connack)
        }
        let reasonCode = isShortForm ? ReasonCode(returnCode: code) : ReasonCode(rawValue: code)
        guard reasonCode == .success || reasonCode.isFailure else {
            throw .protocolError("reason code that CONNACK does not have")  // [MQTT-3.2.2-8]
        }
        guard isShortForm || version >= .v5_0 || reasonCode.isFailure else { throw .malformed("CONNACK too long") }
        let isSessionPresent = flags & 1 == 1 && version != .v3_1
        guard reasonCode == .success || !isSessionPresent else {
            throw .protocolError("session present in a CONNACK that refuses")  // [MQTT-3.2.2-6]
        }
        return ConnAck(
            reasonCode, isSessionPresent: isSessionPresent, properties: properties, isShortForm: isShortForm)
    }

    private func acknowledgement(
        _ reader: inout WireReader, of type: PacketType
    ) throws(ProtocolViolation) -> Acknowledgement {
        var packet = Acknowledgement(try packetIdentifier(&reader))
        guard version >= .v5_0, !reader.isAtEnd else { return packet }
        packet.reasonCode = ReasonCode(rawValue: try reader.byte())
        // A failure that the tables do not list is still a failure of this packet alone.
        let isKnown: Bool =
            switch type {
            case .puback, .pubrec: packet.reasonCode == .success || packet.reasonCode == .noMatchingSubscribers
            default: packet.reasonCode == .success
            }
        guard isKnown || packet.reasonCode.isFailure else {
            throw .protocolError("reason code that \(type.name) does not have")  // [MQTT-3.4.2-1, MQTT-3.5.2-1]
        }
        guard !reader.isAtEnd else { return packet }
        packet.properties = try properties(&reader, of: .acknowledgement)
        return packet
    }

    private func suback(_ reader: inout WireReader) throws(ProtocolViolation) -> SubAck {
        let identifier = try packetIdentifier(&reader)
        let properties = try properties(&reader, of: .subscriptionAcknowledgement)
        var codes: [ReasonCode] = []
        for byte in reader.rest() {
            let code = ReasonCode(rawValue: version == .v3_1 && byte != 0x80 ? byte & 3 : byte)
            // [MQTT-3.9.3-2]: before 5.0 only these four; in 5.0 any failure is one.
            guard code.rawValue <= 2 || code == .unspecifiedError || version >= .v5_0 && code.isFailure else {
                throw .protocolError("reason code that SUBACK does not have")
            }
            codes.append(code)
        }
        guard !codes.isEmpty else { throw .malformed("SUBACK without a reason code") }  // [MQTT-3.8.4-6]
        return SubAck(identifier, codes, properties: properties)
    }

    private func unsuback(_ reader: inout WireReader) throws(ProtocolViolation) -> SubAck {
        let identifier = try packetIdentifier(&reader)
        guard version >= .v5_0 else { return SubAck(identifier, []) }
        let properties = try properties(&reader, of: .subscriptionAcknowledgement)
        let codes = reader.rest().map { ReasonCode(rawValue: $0) }
        guard !codes.isEmpty else { throw .malformed("UNSUBACK without a reason code") }
        for code in codes {
            guard code == .success || code == .noSubscriptionExisted || code.isFailure else {
                throw .protocolError("reason code that UNSUBACK does not have")  // [MQTT-3.11.3-2]
            }
        }
        return SubAck(identifier, codes, properties: properties)
    }

    private func disconnect(_ reader: inout WireReader) throws(ProtocolViolation) -> Disconnect {
        var packet = Disconnect()
        guard version >= .v5_0, !reader.isAtEnd else { return packet }
        packet.reasonCode = ReasonCode(rawValue: try reader.byte())
        let isKnown = packet.reasonCode == .success || role == .server && packet.reasonCode == .disconnectWithWill
        guard isKnown || packet.reasonCode.isFailure else {
            throw .protocolError("reason code that DISCONNECT does not have")  // [MQTT-3.14.2-1]
        }
        guard !reader.isAtEnd else { return packet }
        // [MQTT-3.14.2-2]: the server's DISCONNECT has no Session Expiry Interval.
        packet.properties = try properties(&reader, of: role == .client ? .disconnectToClient : .disconnectToServer)
        return packet
    }

    private func auth(_ reader: inout WireReader) throws(ProtocolViolation) -> Auth {
        let code = reader.isAtEnd ? .success : ReasonCode(rawValue: try reader.byte())
        let isKnown = code == .continueAuthentication || code.rawValue == (role == .client ? 0x00 : 0x19)
        guard isKnown else { throw .protocolError("reason code that AUTH does not have") }  // [MQTT-3.15.2-1]
        let properties = reader.isAtEnd ? Properties() : try properties(&reader, of: .auth)
        return Auth(code, properties: properties)
    }
}
