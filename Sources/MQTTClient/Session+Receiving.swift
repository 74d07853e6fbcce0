import MQTT
import MQTTCodec

/// What comes from the server.
extension Session {
    /// The QoS 0 PUBLISHes that are next, read in place into the batch.
    mutating func receivePublishes(
        _ bytes: UnsafeRawBufferPointer, at index: inout Int
    ) throws(ProtocolViolation) {
        let count = batch.count
        defer {
            trace.note(count..<batch.count)
            allowance? -= batch.count - count
        }
        try decoder.takePublishes(from: bytes, at: &index, aliases: &aliases, into: &batch)
    }

    /// Whether the packet at `index`, that is no PUBLISH of QoS 0 unless it is unfinished, is a message too many.
    func holds(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Bool {
        guard let allowance, allowance <= 0, index < bytes.count else { return false }
        return bytes[index] >> 4 == PacketType.publish.rawValue && bytes[index] & 0b0110 != 0
    }

    /// Any other PUBLISH, read in place: appended to the batch unless it was delivered before, and answered by its QoS.
    mutating func receivePublish(_ frame: Frame, at now: Instant) throws(ProtocolViolation) {
        let publish = try decoder.publish(frame)
        if publish.alias > 0 { try aliases.learn(publish) }
        if publish.flags.qos > .atMostOnce { try takeQuota() }
        // Whether the server still knows the session cannot be seen in 3.1: there DUP tells a message from the one before.
        let mayBeKnown = publish.flags.isDuplicate || encoder.version > .v3_1
        if publish.flags.qos == .exactlyOnce, !unreleased.insert(publish.identifier), mayBeKnown {  // [MQTT-4.3.3-10]
            aliases.withTopic(of: publish) { topic in
                trace.note(duplicate: publish, topic: topic, behind: batch.count, at: now)
            }
        } else {
            aliases.append(publish, to: &batch)
            allowance? -= 1
            trace.note(batch.count - 1..<batch.count, identifier: publish.identifier)
        }
        switch publish.flags.qos {
        case .atMostOnce: break
        case .atLeastOnce:
            returningQuota += 1
            sendAcknowledgement(.puback, publish.identifier, at: now)  // [MQTT-4.3.2-4]
        case .exactlyOnce: sendAcknowledgement(.pubrec, publish.identifier, at: now)  // [MQTT-4.3.3-8]
        }
    }

    /// Counts a QoS 1 or 2 PUBLISH against our Receive Maximum, as the server has to: it starts with all of it on each
    /// connection, and has one back with each PUBACK and PUBCOMP (section 4.9). It may not have more back than it started
    /// with, which is left to it: whether a PUBCOMP for an earlier connection reaches it before or behind its next PUBLISH
    /// cannot be seen here. Before 5.0 there is no such limit.
    private mutating func takeQuota() throws(ProtocolViolation) {
        receiveQuota -= 1
        guard receiveQuota >= 0 || encoder.version < .v5_0 else {
            // [MQTT-3.3.4-9]
            throw ProtocolViolation(.receiveMaximumExceeded, "more messages under way than we said")
        }
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
        if !configuration.requestsProblemInformation, packet.saysUnwantedReason, encoder.version >= .v5_0 {
            throw .protocolError("\(packet.type.name) with a reason that we do not want")  // [MQTT-3.1.2-29]
        }
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
            lastWords = packet.properties.userProperties
            end(
                .failed(
                    .disconnected(
                        packet.reasonCode, reasonString: packet.properties.reasonString,
                        serverReference: packet.properties.serverReference)))
        case .auth(let packet): try receive(packet, at: now)
        case .connect, .publish, .subscribe, .unsubscribe, .pingreq:
            throw .protocolError("\(packet.type.name) from a server")
        }
    }

    private mutating func receive(_ packet: ConnAck, at now: Instant) throws(ProtocolViolation) {
        guard case .connecting = phase else { throw .protocolError("second CONNACK") }  // [MQTT-3.2.0-2]
        let isOlderServer = packet.isShortForm && encoder.version >= .v5_0
        guard packet.reasonCode == .success else {
            lastWords = packet.properties.userProperties
            let cause = ConnectionFailure.Cause.refused(
                packet.reasonCode, reasonString: packet.properties.reasonString,
                serverReference: packet.properties.serverReference)
            let isVersion = packet.reasonCode == .unsupportedProtocolVersion
            return end(isOlderServer || isVersion ? .olderServer(cause) : .failed(cause))
        }
        guard !isOlderServer else {
            return end(.olderServer(.protocolViolation(.malformed("CONNACK of an older version"))))
        }
        limits = ServerLimits(packet.properties, version: encoder.version)
        try check(packet)
        phase = .established(since: now)
        isAccepted = true
        sessionExpiryInterval = packet.properties.sessionExpiryInterval ?? sessionExpiryInterval  // 3.2.2.3.2
        outgoingAliases = OutgoingAliases(
            first: Int(configuration.firstTopicAlias),
            maximum: configuration.assignsTopicAliases ? limits.topicAliasMaximum : 0)
        let seconds = packet.properties.serverKeepAlive ?? configuration.keepAlive  // [MQTT-3.1.2-21]
        keepAlive = KeepAlive(seconds: Int(seconds), at: now)
        // A server that owes it [MQTT-3.2.2-16] is no worse than one of 3.1.1, which has no way to say it.
        if let assigned = packet.properties.assignedClientIdentifier { clientIdentifier = assigned }
        do throws(AuthenticationFailure) {
            try finishAuthentication(packet.properties)
        } catch {
            return failAuthentication(error.detail, at: now)
        }
        output.accepted = packet
        takeUpSession(isPresent: packet.isSessionPresent, at: now)
        pump(at: now)
    }

    /// A PUBCOMP with a Reason Code, bytes: less than that no server can take that wants QoS 1 and 2 acknowledged.
    private static let largestAnswer = 5

    /// What a CONNACK that accepts us may not say after our CONNECT.
    private func check(_ packet: ConnAck) throws(ProtocolViolation) {
        guard !packet.isSessionPresent || !startsClean else {
            throw .protocolError("session present after a clean start")  // [MQTT-3.2.2-2], [MQTT-3.2.2-1] of 3.1.1
        }
        guard encoder.version >= .v5_0 else { return }
        try checkMethod(packet.properties, of: .connack)
        guard packet.properties.responseInformation == nil || configuration.requestsResponseInformation else {
            throw .protocolError("Response Information that was not asked for")  // [MQTT-3.1.2-28]
        }
        guard limits.maximumPacketSize >= Self.largestAnswer else {  // [MQTT-3.2.2-15]
            throw ProtocolViolation(
                .packetTooLarge, "the server takes no packet of \(Self.largestAnswer) bytes, so no acknowledgement")
        }
    }

    /// PUBREL ends the reception of a QoS 2 message. [MQTT-4.3.3-11]
    private mutating func receivePubrel(_ packet: Acknowledgement, at now: Instant) {
        returningQuota += 1
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
        let start = output.bytes.count - byteCount
        let flags = output.bytes[start] & 0x0F
        let headerSize = 2 + output.bytes[(start + 1)...].prefix { $0 & 0x80 != 0 }.count
        var record = TraceRecord(
            time: now, direction: .sent, type: packet.type, flags: flags, reasonCode: code, identifier: identifier,
            length: UInt32(truncatingIfNeeded: byteCount - headerSize))
        keepAlive.sent(at: now)
        let filters = tracedFilters(of: packet)
        guard !filters.isEmpty else { return trace.append(record) }
        for (filter, options) in trace.tracing == .all ? filters[...] : filters.prefix(1) {
            var filter = filter.string
            filter.withUTF8 { record.setTopic(UnsafeRawBufferPointer($0)) }
            record.subscriptionOptions = options
            trace.append(record)
        }
    }

    /// The filters of a SUBSCRIBE or UNSUBSCRIBE, with their options.
    private func tracedFilters(of packet: Packet) -> [(TopicFilter, options: UInt8)] {
        switch packet {
        case .subscribe(let packet): packet.subscriptions.map { ($0.filter, encoder.options(of: $0)) }
        case .unsubscribe(let packet): packet.filters.map { ($0, 0) }
        default: []
        }
    }
}

extension Packet {
    /// Whether it gives a reason in words or a User Property where a client can forbid it. [MQTT-3.1.2-29]
    fileprivate var saysUnwantedReason: Bool {
        let properties: Properties
        switch self {
        case .puback(let packet), .pubrec(let packet), .pubrel(let packet), .pubcomp(let packet):
            properties = packet.properties
        case .suback(let packet), .unsuback(let packet): properties = packet.properties
        case .auth(let packet): properties = packet.properties
        default: return false
        }
        return properties.reasonString != nil || !properties.userProperties.isEmpty
    }

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
}
