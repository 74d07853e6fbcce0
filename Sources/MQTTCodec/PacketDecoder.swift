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
        let type = first & 0xF0 == 0x30 ? .publish : try typeOfHeader(first)
        var length = 0
        var shift = 0
        var next = index &+ 1
        while true {
            guard next < bytes.count else { return nil }
            let byte = bytes[next]
            next &+= 1
            length |= Int(byte & 0x7F) &<< shift
            if byte & 0x80 == 0 {
                if byte == 0, shift > 0 { try refuseLongerThanNeeded() }
                break
            }
            shift &+= 7
            guard shift < 28 else { throw Self.endlessLength }
        }
        guard next &- index &+ length <= maximumPacketSize else { throw Self.tooLarge }
        guard next &+ length <= bytes.count else { return nil }
        index = next &+ length
        return Frame(
            type: type, flags: first & 0x0F,
            body: UnsafeRawBufferPointer(rebasing: bytes[next..<next &+ length]))
    }

    /// What a Remaining Length of more than four bytes breaks (1.5.5).
    static var endlessLength: ProtocolViolation { .malformed("remaining length of more than four bytes") }
    /// What a packet above our maximum breaks. [MQTT-3.1.2-24]
    static var tooLarge: ProtocolViolation {
        ProtocolViolation(.packetTooLarge, "packet larger than we said we take")
    }

    /// [MQTT-1.5.5-1]; versions before 5.0 do not demand the shortest form.
    func refuseLongerThanNeeded() throws(ProtocolViolation) {
        guard version < .v5_0 else { throw .malformed("remaining length longer than needed") }
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

    /// The kind of packet that a first byte announces, if it may come to this end with these reserved flags.
    func typeOfHeader(_ first: UInt8) throws(ProtocolViolation) -> PacketType {
        let flags = first & 0x0F
        guard let type = PacketType(rawValue: first >> 4) else { throw .malformed("packet type 0 is reserved") }
        switch type {
        case .publish: break
        case .pubrel, .subscribe, .unsubscribe:
            // [MQTT-3.6.1-1, MQTT-3.8.1-1, MQTT-3.10.1-1]; 3.1 knows a DUP flag here.
            guard flags == 0b0010 || version == .v3_1 && flags & 0b0111 == 0b0010 else {
                throw .malformed("reserved flags of \(type.name)")
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
        return type
    }

    /// A Packet Identifier, which is never 0. [MQTT-2.2.1-4]
    func packetIdentifier(_ reader: inout WireReader) throws(ProtocolViolation) -> UInt16 {
        let identifier = try reader.twoByteInteger()
        guard identifier != 0 else { throw .malformed("packet identifier 0") }
        return identifier
    }
}
