import MQTT
import Testing

@testable import MQTTCodec

/// A place where properties stand: the packet of 5.0 around them, and which of table 2-4 may stand there.
private struct Place: Sendable, CustomTestStringConvertible {
    var name: String
    var sender: PacketDecoder.Role
    var first: UInt8
    var before: [UInt8]
    var after: [UInt8]
    var allowed: Set<UInt8>

    var testDescription: String { name }
    var receiver: PacketDecoder.Role { sender == .client ? .server : .client }

    init(
        _ name: String, from sender: PacketDecoder.Role, _ first: UInt8, _ before: [UInt8], _ after: [UInt8] = [],
        allowed: Set<UInt8>
    ) {
        (self.name, self.sender, self.first, self.before, self.after) = (name, sender, first, before, after)
        self.allowed = allowed
    }

    /// The whole packet with `properties`.
    func packet(_ properties: [UInt8]) -> [UInt8] {
        var body = before
        body.append(variableByteInteger: properties.count)
        body += properties + after
        var bytes = [first]
        bytes.append(variableByteInteger: body.count)
        return bytes + body
    }

    func refusal(_ properties: [UInt8]) -> ReasonCode? {
        do throws(ProtocolViolation) {
            let (packets, rest) = try decode(packet(properties), role: receiver, topicAliasMaximum: 9)
            return packets.count == 1 && rest == 0 ? nil : .unspecifiedError
        } catch { return error.reasonCode }
    }
}

private let connectHead: [UInt8] = [0, 4, 0x4D, 0x51, 0x54, 0x54, 5]
private let message: Set<UInt8> = [0x01, 0x02, 0x03, 0x08, 0x09, 0x26]

private let places: [Place] = [
    Place(
        "CONNECT", from: .client, 0x10, connectHead + [2, 0, 9], [0, 1, 0x63],
        allowed: [0x11, 0x15, 0x16, 0x17, 0x19, 0x21, 0x22, 0x26, 0x27]),
    Place(
        "will in CONNECT", from: .client, 0x10, connectHead + [6, 0, 9, 0, 0, 1, 0x63], [0, 1, 0x77, 0, 0],
        allowed: message.union([0x18])),
    Place(
        "CONNACK", from: .server, 0x20, [0, 0],
        allowed: [
            0x11, 0x12, 0x13, 0x15, 0x16, 0x1A, 0x1C, 0x1F, 0x21, 0x22, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2A,
        ]),
    Place("PUBLISH to the server", from: .client, 0x30, [0, 1, 0x61], [1], allowed: message.union([0x23])),
    Place("PUBLISH to the client", from: .server, 0x30, [0, 1, 0x61], [1], allowed: message.union([0x0B, 0x23])),
    Place(
        "PUBLISH at QoS 2", from: .server, 0x34, [0, 1, 0x61, 0, 5], allowed: message.union([0x0B, 0x23])),
    Place("PUBACK", from: .server, 0x40, [0, 1, 0], allowed: [0x1F, 0x26]),
    Place("PUBACK of ours", from: .client, 0x40, [0, 1, 0x87], allowed: [0x1F, 0x26]),
    Place("PUBREC", from: .server, 0x50, [0, 1, 0x10], allowed: [0x1F, 0x26]),
    Place("PUBREL", from: .server, 0x62, [0, 1, 0], allowed: [0x1F, 0x26]),
    Place("PUBCOMP", from: .server, 0x70, [0, 1, 0x92], allowed: [0x1F, 0x26]),
    Place("SUBSCRIBE", from: .client, 0x82, [0, 1], [0, 1, 0x61, 0], allowed: [0x0B, 0x26]),
    Place("SUBACK", from: .server, 0x90, [0, 1], [2], allowed: [0x1F, 0x26]),
    Place("UNSUBSCRIBE", from: .client, 0xA2, [0, 1], [0, 1, 0x61], allowed: [0x26]),
    Place("UNSUBACK", from: .server, 0xB0, [0, 1], [0x11], allowed: [0x1F, 0x26]),
    Place("DISCONNECT to the server", from: .client, 0xE0, [4], allowed: [0x11, 0x1F, 0x26]),
    Place("DISCONNECT to the client", from: .server, 0xE0, [0x8B], allowed: [0x1C, 0x1F, 0x26]),
    Place("AUTH", from: .server, 0xF0, [0x18], allowed: [0x15, 0x16, 0x1F, 0x26]),
    Place("AUTH of ours", from: .client, 0xF0, [0x19], allowed: [0x15, 0x16, 0x1F, 0x26]),
]

/// Every property of table 2-4 with a legal value.
private let samples: [UInt8: [UInt8]] = [
    0x01: [0x01, 1], 0x02: [0x02, 0, 0, 0, 0], 0x03: [0x03, 0, 1, 0x61], 0x08: [0x08, 0, 1, 0x62],
    0x09: [0x09, 0, 2, 0, 0xFF], 0x0B: [0x0B, 0xFF, 0xFF, 0xFF, 0x7F], 0x11: [0x11, 0xFF, 0xFF, 0xFF, 0xFF],
    0x12: [0x12, 0, 1, 0x63], 0x13: [0x13, 0, 0], 0x15: [0x15, 0, 1, 0x6D], 0x16: [0x16, 0, 0], 0x17: [0x17, 0],
    0x18: [0x18, 0, 0, 0, 1], 0x19: [0x19, 1], 0x1A: [0x1A, 0, 0], 0x1C: [0x1C, 0, 1, 0x66],
    0x1F: [0x1F, 0, 1, 0x67], 0x21: [0x21, 0, 1], 0x22: [0x22, 0, 1], 0x23: [0x23, 0, 9], 0x24: [0x24, 0],
    0x25: [0x25, 1], 0x26: [0x26, 0, 0, 0, 1, 0x76], 0x27: [0x27, 0, 0, 0, 1], 0x28: [0x28, 1], 0x29: [0x29, 0],
    0x2A: [0x2A, 1],
]

@Suite("Every legal packet is accepted")
struct LegalTests {
    /// The bytes of property `number`; Authentication Data does not come without its method.
    private static func bytes(_ number: UInt8) -> [UInt8] {
        (number == 0x16 ? samples[0x15, default: []] : []) + samples[number, default: []]
    }

    @Test("each property in each packet: where table 2-4 allows it, and nowhere else (2.2.2.2)", arguments: places)
    fileprivate func table(place: Place) throws {
        for number in UInt8.min...UInt8.max {
            let isAllowed = place.allowed.contains(number)
            // What is no property at all is refused the same way.
            let bytes = samples[number] == nil ? [number, 0, 0, 0, 0, 0, 0] : Self.bytes(number)
            #expect(place.refusal(bytes) == (isAllowed ? nil : .malformedPacket), "\(number)")
            guard isAllowed else { continue }
            let packets = try decode(place.packet(bytes), role: place.receiver, topicAliasMaximum: 9).packets
            let written = try encode(try #require(packets.first), role: place.sender)
            #expect(written == place.packet(bytes), "\(number)")
        }
    }

    @Test("all that are allowed together, in any order (2.2.2.2)", arguments: places)
    fileprivate func together(place: Place) {
        let sorted = place.allowed.sorted().map { samples[$0, default: []] }
        #expect(place.refusal(sorted.flatMap { $0 }) == nil)
        #expect(place.refusal(sorted.reversed().flatMap { $0 }) == nil)
        #expect(place.refusal([]) == nil)
    }

    @Test("a second one is a Protocol Error, but for User Properties and a delivery's identifiers", arguments: places)
    fileprivate func twice(place: Place) {
        for number in place.allowed {
            let mayRepeat = number == 0x26 || number == 0x0B && place.first & 0xF0 == 0x30
            let bytes = Self.bytes(number) + samples[number, default: []]
            #expect(place.refusal(bytes) == (mayRepeat ? nil : .protocolError), "\(number)")
        }
    }

    @Test("a Property Length past the end, or that cuts a property, is malformed wherever it stands", arguments: places)
    fileprivate func length(place: Place) {
        for number in place.allowed {
            let property = Self.bytes(number)
            var whole = place.packet(property)
            // The byte that holds the Property Length.
            let index = 2 + place.before.count
            #expect(whole[index] == UInt8(property.count))
            whole[index] = UInt8(property.count - 1)
            #expect(refusal(whole, role: place.receiver) != nil)
            whole[index] = UInt8(property.count + place.after.count + 1)
            #expect(refusal(whole, role: place.receiver) == .malformedPacket)
        }
    }

    @Test("3,000 User Properties are as legal as one", arguments: places)
    fileprivate func many(place: Place) throws {
        let bytes = Array(repeating: samples[0x26, default: []], count: 3_000).flatMap { $0 }
        #expect(place.refusal(bytes) == nil)
    }

    @Test("acknowledgements of every length: identifier, code, Property Length, properties (3.4.2.1, 3.5.2.1 …)")
    func acknowledgements() throws {
        let tables: [(first: UInt8, codes: [UInt8])] = [
            (0x40, [0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]),
            (0x50, [0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]), (0x62, [0, 0x92]), (0x70, [0, 0x92]),
        ]
        for (first, codes) in tables {
            for role in [PacketDecoder.Role.client, .server] {
                #expect(refusal([first, 2, 0, 1], role: role) == nil)
                for version in [ProtocolVersion.v3_1, .v3_1_1] {
                    #expect(refusal([first, 2, 0xFF, 0xFF], version: version, role: role) == nil)
                    #expect(refusal([first, 3, 0, 1, 0], version: version, role: role) == .malformedPacket)
                }
                for code in codes {
                    #expect(refusal([first, 3, 0, 1, code], role: role) == nil)
                    #expect(refusal([first, 4, 0, 1, code, 0], role: role) == nil)
                    #expect(refusal([first, 8, 0, 1, code, 4, 0x1F, 0, 1, 0x61], role: role) == nil)
                }
                for count in 0...1 as ClosedRange<UInt8> {
                    #expect(refusal([first, count] + [UInt8](repeating: 1, count: Int(count)), role: role) != nil)
                }
            }
        }
    }

    @Test("every Reason Code of table 2-6 where it stands")
    func reasonCodes() {
        let connack: [UInt8] = [
            0, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C, 0x90, 0x95, 0x97, 0x99, 0x9A,
            0x9B, 0x9C, 0x9D, 0x9F,
        ]
        for code in connack { #expect(refusal([0x20, 3, 0, code, 0]) == nil) }
        for code: UInt8 in 0...5 { #expect(refusal([0x20, 2, 0, code], version: .v3_1_1) == nil) }
        for code: UInt8 in [0, 1, 2, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2] {
            #expect(refusal([0x90, 4, 0, 1, 0, code]) == nil)
        }
        for code: UInt8 in [0, 1, 2, 0x80] {
            #expect(refusal([0x90, 3, 0, 1, code], version: .v3_1_1) == nil)
            #expect(refusal([0x90, 3, 0, 1, code], version: .v3_1) == nil)
        }
        for code: UInt8 in [0, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91] {
            #expect(refusal([0xB0, 4, 0, 1, 0, code]) == nil)
        }
        let disconnect: [UInt8] = [
            0, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97,
            0x98, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F, 0xA0, 0xA1, 0xA2,
        ]
        for code in disconnect {
            #expect(refusal([0xE0, 1, code]) == nil)
            #expect(refusal([0xE0, 2, code, 0]) == nil)
        }
        for code in Disconnection.reasonCodes { #expect(refusal([0xE0, 1, code.rawValue], role: .server) == nil) }
        // [MQTT-3.15.2-1]
        for code: UInt8 in [0, 0x18] { #expect(refusal([0xF0, 6, code, 4, 0x15, 0, 1, 0x6D]) == nil) }
    }

    @Test("DISCONNECT and AUTH of length 0 mean 0x00 without properties (3.14.2.1, 3.15.2.1)")
    func empty() throws {
        #expect(try decode([0xE0, 0]).packets == [.disconnect(Disconnect())])
        #expect(try decode([0xF0, 0]).packets == [.auth(Auth(.success))])
    }

    @Test("PINGREQ and PINGRESP have nothing behind their header", arguments: ProtocolVersion.allCases)
    func ping(version: ProtocolVersion) {
        #expect(refusal([0xD0, 0], version: version) == nil)
        #expect(refusal([0xD0, 1, 0], version: version) == .malformedPacket)
        #expect(refusal([0xC0, 0], version: version, role: .server) == nil)
        #expect(refusal([0xC0, 1, 0], version: version, role: .server) == .malformedPacket)
    }

    @Test("a legal but ugly PUBLISH: 65,535 bytes of topic, 32,000 levels, control characters, 8 MiB")
    func ugly() throws {
        let topics = [
            String(repeating: "x", count: 65_535), String(repeating: "/", count: 32_000), "\u{1}\u{1F}\u{7F}\u{9F}",
            "\u{FEFF}a", "\u{FFFF}\u{10FFFF}", "$SYS/\u{1B}[2J", " ",
        ]
        for version in ProtocolVersion.allCases {
            for topic in topics {
                let publish = Packet.publish(Publish(Message(topic: name(topic), payload: [1])))
                let bytes = try encode(publish, version: version)
                #expect(try decode(bytes, version: version).packets == [publish])
            }
            let payload = [UInt8](repeating: 0x5B, count: 8 << 20)
            let publish = Packet.publish(
                Publish(Message(topic: name("a"), payload: payload, qos: .exactlyOnce), identifier: 65_535))
            let bytes = try encode(publish, version: version)
            #expect(bytes.count > 8 << 20)
            #expect(try decode(bytes, version: version).packets == [publish])
        }
    }
}
