package import MQTT

/// PUBLISH, the packet that comes by the million: read where it lies, one look at each byte of the topic, nothing copied but
/// what the batch keeps. All of it is in this one file, so that a message costs no call into another module but one.
extension PacketDecoder {
    /// Takes the QoS 0 PUBLISHes that stand whole at `index`, one behind the other, into `batch`, up to the first packet that
    /// is something else, or until Topic Aliases have made the batch full. When one is wrong, those before it are taken. `aliases` are those of this connection.
    package func takePublishes(
        from bytes: UnsafeRawBufferPointer, at index: inout Int, aliases: inout TopicAliases, into batch: inout Batch
    ) throws(ProtocolViolation) {
        // What is taken and not yet in the batch: copied once, as it is.
        var (start, end) = (index, index)
        defer { batch.append(packets: UnsafeRawBufferPointer(rebasing: bytes[start..<end])) }
        // Only RETAIN may be set: DUP has no meaning at QoS 0.
        while index < bytes.count, bytes[index] & 0b1111_1110 == 0b0011_0000 {
            guard let frame = try frame(in: bytes, at: &index) else { return }
            let publish = try view(frame)
            guard publish.alias == 0 else {
                batch.append(packets: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
                (start, end) = (index, index)
                try takeAliased(frame, aliases: &aliases, into: &batch)
                if batch.isFull { return }
                continue
            }
            let (topic, properties, payload) = (publish.topic.count, publish.properties.count, publish.payload.count)
            batch.add(
                publish.flags, at: index &- frame.body.count &+ 2 &- start, topicLength: topic,
                gap: frame.body.count &- 2 &- topic &- properties &- payload, propertiesLength: properties,
                payloadLength: payload)
            end = index
        }
    }

    /// The same for one with a Topic Alias, read once more: kept apart, it costs the others next to nothing.
    @inline(never)
    private func takeAliased(
        _ frame: Frame, aliases: inout TopicAliases, into batch: inout Batch
    ) throws(ProtocolViolation) {
        let publish = try view(frame)
        try aliases.learn(publish)
        aliases.append(publish, to: &batch)
    }

    /// The PUBLISH of `frame`, of any QoS, checked in place.
    package func publish(_ frame: Frame) throws(ProtocolViolation) -> PublishView { try view(frame) }

    @inline(__always)
    private func view(_ frame: Frame) throws(ProtocolViolation) -> PublishView {
        let body = frame.body
        guard body.count >= 2 else { throw WireReader.tooShort }
        let topicEnd = 2 &+ (Int(body[0]) &<< 8 | Int(body[1]))
        guard topicEnd <= body.count else { throw WireReader.tooShort }
        let topic = UnsafeRawBufferPointer(rebasing: body[2..<topicEnd])
        var index = topicEnd
        var identifier: UInt16 = 0
        if frame.flags & 0b1110 != 0 { identifier = try identifierBehindTopic(frame, &index) }
        var properties = UnsafeRawBufferPointer(start: nil, count: 0)
        if version == .v5_0 {
            if index < body.count, body[index] == 0 {
                index &+= 1
            } else {
                properties = try propertiesBehindIdentifier(body, &index)
            }
        }
        var alias: UInt16 = 0
        if !Self.isPlain(topic) || properties.count > 0 { alias = try check(topic, properties) }
        return PublishView(
            flags: PublishFlags(rawValue: frame.flags), identifier: identifier, topic: topic,
            payload: UnsafeRawBufferPointer(rebasing: body[index...]), alias: alias, properties: properties)
    }

    /// The Packet Identifier that stands behind the topic at QoS 1 and 2.
    @inline(never)
    private func identifierBehindTopic(_ frame: Frame, _ index: inout Int) throws(ProtocolViolation) -> UInt16 {
        switch frame.flags >> 1 & 3 {
        case 0:
            // DUP alone is set. [MQTT-3.3.1-2]
            guard version < .v3_1_1 else { throw .malformed("DUP at QoS 0") }
            return 0
        case 3: throw .malformed("QoS 3")  // [MQTT-3.3.1-4]
        default:
            var reader = WireReader(UnsafeRawBufferPointer(rebasing: frame.body[index...]))
            index &+= 2
            return try packetIdentifier(&reader)
        }
    }

    /// The properties, where there are any or Property Length is wrong.
    @inline(never)
    private func propertiesBehindIdentifier(
        _ body: UnsafeRawBufferPointer, _ index: inout Int
    ) throws(ProtocolViolation) -> UnsafeRawBufferPointer {
        var reader = WireReader(UnsafeRawBufferPointer(rebasing: body[index...]))
        let properties = try reader.take(reader.variableByteInteger())
        index &+= reader.index
        return properties
    }

    /// Whether `topic` is a Topic Name in ASCII, as nearly all are. `false` settles nothing.
    @inline(__always)
    private static func isPlain(_ topic: UnsafeRawBufferPointer) -> Bool {
        guard topic.count >= 8 else {
            for byte in topic where byte >= 0x80 || byte == 0 || byte == 0x2B || byte == 0x23 { return false }
            return topic.count > 0
        }
        var index = 0
        while index &+ 8 <= topic.count {
            guard isPlain(topic.loadUnaligned(fromByteOffset: index, as: UInt64.self)) else { return false }
            index &+= 8
        }
        // The last eight bytes once more, rather than what is left byte by byte.
        return isPlain(topic.loadUnaligned(fromByteOffset: topic.count &- 8, as: UInt64.self))
    }

    /// Whether these eight bytes are ASCII without U+0000, `+` and `#`; where it says so, it is.
    @inline(__always)
    private static func isPlain(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        // `#` is `+` but for one bit: 0 where either stands.
        let wildcards = (word | 0x0808_0808_0808_0808) ^ 0x2B2B_2B2B_2B2B_2B2B
        // Of bytes below 0x80, taking 1 away sets the high bit of those that are 0; bytes from 0x80 on have it anyway.
        return (word | (word &- ones) | (wildcards &- ones)) & 0x8080_8080_8080_8080 == 0
    }

    /// The whole check of a topic that is not plain, or of properties; the Topic Alias, 0 where there is none.
    @inline(never)
    private func check(
        _ topic: UnsafeRawBufferPointer, _ properties: UnsafeRawBufferPointer
    ) throws(ProtocolViolation) -> UInt16 {
        guard topic.isWellFormedText else { throw WireReader.illFormed }
        guard !topic.holdsWildcard else {
            throw ProtocolViolation(.topicNameInvalid, "wildcard in a topic name")  // [MQTT-3.3.2-2]
        }
        let section: PropertySection = role == .client ? .publishToClient : .publishToServer
        let alias = try Properties.check(properties, of: section) ?? 0
        guard alias <= topicAliasMaximum else {
            // [MQTT-3.1.2-26, MQTT-3.1.2-27, MQTT-3.3.2-11]
            throw ProtocolViolation(.topicAliasInvalid, "topic alias above our maximum")
        }
        // [MQTT-4.7.3-1]
        guard topic.count > 0 || alias > 0 else { throw .protocolError("PUBLISH without a topic") }
        return alias
    }
}
