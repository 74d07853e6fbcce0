package import MQTT

/// Control Packets from bytes. It reads in place, keeps nothing between calls and takes no memory ahead of what came.
package struct PacketDecoder: Sendable {
    /// Which end of the connection reads.
    package enum Role: Sendable {
        /// We are the client: the packets come from a server.
        case client
        /// We are the server: the packets come from a client.
        case server
    }

    /// Which end reads.
    package var role: Role
    /// The version both ends speak; a CONNECT says its own.
    package var version: ProtocolVersion
    /// The largest packet that is taken, in bytes, fixed header included.
    package var maximumPacketSize: Int
    /// The largest Topic Alias that is taken; 0 is none.
    package var topicAliasMaximum: UInt16 = 0

    /// The largest packet that MQTT has: five bytes of fixed header and 268,435,455 more.
    package static let protocolLimit = 268_435_460

    /// A decoder of `version` for the end `role`.
    package init(role: Role, version: ProtocolVersion, maximumPacketSize: Int = Self.protocolLimit) {
        self.role = role
        self.version = version
        self.maximumPacketSize = maximumPacketSize
    }

    /// The packet at `index` of `bytes` and `index` behind it; `nil` and `index` as it was when more bytes are needed.
    package func decode(_ bytes: UnsafeRawBufferPointer, at index: inout Int) throws(ProtocolViolation) -> Packet? {
        guard let frame = try frame(in: bytes, at: &index) else { return nil }
        return try packet(frame)
    }

    /// The frame at `index` of `bytes` and `index` behind it; `nil` and `index` as it was when more bytes are needed.
    /// A header that is wrong, or announces more than may come, is refused without waiting for the rest.
    @inline(__always)
    package func frame(in bytes: UnsafeRawBufferPointer, at index: inout Int) throws(ProtocolViolation) -> Frame? {
        guard index < bytes.count else { return nil }
        let first = bytes[index]
        guard let type = PacketType(rawValue: first >> 4) else { throw .malformed("packet type 0 is reserved") }
        if type != .publish { try checkHeader(type, flags: first & 0x0F) }
        var length = 0
        var shift = 0
        var next = index &+ 1
        while true {
            guard next < bytes.count else { return nil }
            let byte = bytes[next]
            next &+= 1
            length |= Int(byte & 0x7F) << shift
            if byte & 0x80 == 0 {
                // [MQTT-1.5.5-1]; versions before 5.0 do not demand the shortest form.
                guard byte != 0 || shift == 0 || version < .v5_0 else {
                    throw .malformed("remaining length longer than needed")
                }
                break
            }
            shift &+= 7
            guard shift < 28 else { throw .malformed("remaining length of more than four bytes") }
        }
        guard next &- index &+ length <= maximumPacketSize else {
            throw ProtocolViolation(.packetTooLarge, "packet larger than we said we take")  // [MQTT-3.1.2-24]
        }
        guard next &+ length <= bytes.count else { return nil }
        index = next &+ length
        return Frame(
            type: type, flags: first & 0x0F,
            body: UnsafeRawBufferPointer(rebasing: bytes[next..<next &+ length]))
    }

    /// How many bytes the packet has whose byte at an index is `byte(index)`, `nil` where there is none; `nil` when its
    /// header is not whole or no header.
    package static func packetLength(_ byte: (Int) -> UInt8?) -> Int? {
        var length = 0
        for index in 1...4 {
            guard let next = byte(index) else { return nil }
            length |= Int(next & 0x7F) << (7 * (index - 1))
            if next & 0x80 == 0 { return 1 + index + length }
        }
        return nil
    }

    /// Whether a packet of this kind, with these reserved flags, may come to this end.
    private func checkHeader(_ type: PacketType, flags: UInt8) throws(ProtocolViolation) {
        switch type {
        case .pubrel:
            // [MQTT-3.6.1-1]; 3.1 knows a DUP flag here.
            guard flags == 0b0010 || version == .v3_1 && flags & 0b0111 == 0b0010 else {
                throw .malformed("reserved flags of PUBREL")
            }
        case .subscribe, .unsubscribe:
            guard flags == 0b0010 || version == .v3_1 && flags & 0b0111 == 0b0010 else {
                throw .malformed("reserved flags of \(type.name)")  // [MQTT-3.8.1-1, MQTT-3.10.1-1]
            }
        default:
            guard flags == 0 else { throw .malformed("reserved flags of \(type.name)") }  // [MQTT-2.1.3-1]
        }
        let comes: Bool
        switch type {
        case .connect, .subscribe, .unsubscribe, .pingreq: comes = role == .server
        case .connack, .suback, .unsuback, .pingresp: comes = role == .client
        case .disconnect: comes = role == .server || version >= .v5_0
        case .auth: comes = version >= .v5_0
        case .publish, .puback, .pubrec, .pubrel, .pubcomp: comes = true
        }
        guard comes else { throw .protocolError("\(type.name) does not come from this end in MQTT \(version)") }
    }

    /// The PUBLISH of `frame`, checked in place: nothing is copied and no memory is taken.
    @inline(__always)
    package func publish(_ frame: Frame) throws(ProtocolViolation) -> PublishView {
        let flags = PublishFlags(rawValue: frame.flags)
        let qos = frame.flags >> 1 & 3
        guard qos != 3 else { throw .malformed("QoS 3") }  // [MQTT-3.3.1-4]
        guard qos != 0 || !flags.isDuplicate || version < .v3_1_1 else {
            throw .malformed("DUP at QoS 0")  // [MQTT-3.3.1-2]
        }
        var reader = WireReader(frame.body)
        let topic = try reader.text()
        guard !topic.holdsWildcard else {
            throw ProtocolViolation(.topicNameInvalid, "wildcard in a topic name")  // [MQTT-3.3.2-2]
        }
        let identifier = qos == 0 ? 0 : try packetIdentifier(&reader)
        var properties = UnsafeRawBufferPointer(start: nil, count: 0)
        var alias: UInt16?
        if version >= .v5_0 {
            properties = try reader.take(reader.variableByteInteger())
            if properties.count > 0 { alias = try checkPublishProperties(properties) }
        }
        // [MQTT-4.7.3-1]
        guard topic.count > 0 || alias != nil else { throw .protocolError("PUBLISH without a topic") }
        return PublishView(
            flags: flags, identifier: identifier, topic: topic, payload: reader.rest(), properties: properties)
    }

    private func checkPublishProperties(_ properties: UnsafeRawBufferPointer) throws(ProtocolViolation) -> UInt16? {
        let section: PropertySection = role == .client ? .publishToClient : .publishToServer
        let alias = try Properties.check(properties, of: section)
        guard alias ?? 0 <= topicAliasMaximum else {
            throw ProtocolViolation(.topicAliasInvalid, "topic alias above our maximum")  // [MQTT-3.1.2-26]
        }
        return alias
    }

    /// A Packet Identifier, which is never 0. [MQTT-2.2.1-4]
    func packetIdentifier(_ reader: inout WireReader) throws(ProtocolViolation) -> UInt16 {
        let identifier = try reader.twoByteInteger()
        guard identifier != 0 else { throw .malformed("packet identifier 0") }
        return identifier
    }
}
