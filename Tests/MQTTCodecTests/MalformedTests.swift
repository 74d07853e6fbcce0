import MQTT
import Testing

@testable import MQTTCodec

@Suite("What breaks the protocol is refused")
struct MalformedTests {
    @Test(
        "reserved flags of the fixed header [MQTT-2.1.3-1], [MQTT-2.2.2-2] of 3.1.1",
        arguments: ProtocolVersion.allCases)
    func mqtt_2_1_3_1(version: ProtocolVersion) {
        for type: UInt8 in [2, 4, 5, 7, 9, 11, 13] {
            for flags: UInt8 in 1...15 {
                #expect(refusal([type << 4 | flags, 2, 0, 1], version: version) == .malformedPacket)
            }
        }
    }

    @Test("PUBREL has the flags 0010 [MQTT-3.6.1-1]")
    func mqtt_3_6_1_1() {
        for flags: UInt8 in 0...15 where flags != 2 {
            #expect(refusal([0x60 | flags, 2, 0, 1]) == .malformedPacket)
            #expect((refusal([0x60 | flags, 2, 0, 1], version: .v3_1) == nil) == (flags == 0b1010))
        }
    }

    @Test("SUBSCRIBE and UNSUBSCRIBE have the flags 0010 [MQTT-3.8.1-1, MQTT-3.10.1-1]")
    func mqtt_3_8_1_1() {
        for flags: UInt8 in 0...15 where flags != 2 {
            #expect(refusal([0x80 | flags, 5, 0, 1, 0, 0, 0], role: .server) == .malformedPacket)
            #expect(refusal([0xA0 | flags, 5, 0, 1, 0, 0, 0], role: .server) == .malformedPacket)
        }
    }

    @Test("packet type 0 does not exist (2.1.2)")
    func type0() {
        #expect(refusal([0x00, 0]) == .malformedPacket)
        #expect(refusal([0x0F]) == .malformedPacket)
    }

    @Test("packets that only clients send do not come from a server, nor the other way round")
    func wrongEnd() {
        for first: UInt8 in [0x10, 0x82, 0xA2, 0xC0] { #expect(refusal([first, 0]) == .protocolError) }
        for first: UInt8 in [0x20, 0x90, 0xB0, 0xD0] { #expect(refusal([first, 0], role: .server) == .protocolError) }
    }

    @Test("before 5.0 a server sends no DISCONNECT, and AUTH does not exist")
    func notBefore5() {
        #expect(refusal([0xE0, 0], version: .v3_1_1) == .protocolError)
        #expect(refusal([0xF0, 0], version: .v3_1_1) == .protocolError)
        #expect(refusal([0xF0, 0], version: .v3_1_1, role: .server) == .protocolError)
    }

    @Test("Remaining Length has at most four bytes (1.5.5)")
    func remainingLength() {
        #expect(refusal([0x30, 0xFF, 0xFF, 0xFF, 0xFF]) == .malformedPacket)
        #expect(refusal([0x30, 0x80, 0x80, 0x80, 0x80, 0x01], version: .v3_1_1) == .malformedPacket)
        #expect(refusal([0x30, 0xFF, 0xFF, 0xFF]) == nil)
    }

    @Test("Remaining Length uses the fewest bytes, in 5.0 [MQTT-1.5.5-1]")
    func mqtt_1_5_5_1() {
        #expect(refusal([0x30, 0x84, 0x00, 0, 1, 0x61, 0]) == .malformedPacket)
        #expect(refusal([0x30, 0x84, 0x00, 0, 1, 0x61, 0], version: .v3_1_1) == nil)
    }

    @Test("a packet above our maximum is refused on its header [MQTT-3.1.2-24]")
    func mqtt_3_1_2_24() throws {
        let header: [UInt8] = [0x30, 0xFF, 0xFF, 0xFF, 0x7F]
        #expect(throws: ProtocolViolation(.packetTooLarge, "packet larger than we said we take")) {
            try decode(header, maximumPacketSize: 1_000)
        }
        let publish: [UInt8] = [0x30, 6, 0, 1, 0x61, 0, 1, 2]
        #expect(try decode(publish, maximumPacketSize: 8).packets.count == 1)
        #expect(throws: ProtocolViolation.self) { try decode(publish, maximumPacketSize: 7) }
        #expect(try decode(header).rest == 5)
    }

    @Test("QoS 3 [MQTT-3.3.1-4]", arguments: ProtocolVersion.allCases)
    func mqtt_3_3_1_4(version: ProtocolVersion) {
        #expect(refusal([0x36, 7, 0, 1, 0x61, 0, 1, 0, 0], version: version) == .malformedPacket)
    }

    @Test("DUP at QoS 0 [MQTT-3.3.1-2]")
    func mqtt_3_3_1_2() {
        #expect(refusal([0x38, 4, 0, 1, 0x61, 0]) == .malformedPacket)
        #expect(refusal([0x38, 3, 0, 1, 0x61], version: .v3_1_1) == .malformedPacket)
        #expect(refusal([0x38, 3, 0, 1, 0x61], version: .v3_1) == nil)
    }

    @Test("a topic that is not UTF-8, overlong, a surrogate, or holds U+0000 [MQTT-1.5.4-1, MQTT-1.5.4-2]")
    func mqtt_1_5_4_1() {
        for text in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0x00], [0x61, 0], [0xC3]] as [[UInt8]] {
            let publish = [0x30, UInt8(3 + text.count), 0, UInt8(text.count)] + text + [0]
            #expect(refusal(publish) == .malformedPacket)
            #expect(refusal(publish, version: .v3_1_1) == .malformedPacket)
        }
    }

    @Test("wildcards in a Topic Name [MQTT-3.3.2-2]")
    func mqtt_3_3_2_2() {
        for text in ["+", "#", "a/+", "a#b", "aaaaaaaaaaaa+"] {
            let publish = [0x30, UInt8(3 + text.utf8.count), 0, UInt8(text.utf8.count)] + Array(text.utf8) + [0]
            #expect(refusal(publish) == .topicNameInvalid)
        }
    }

    @Test("an empty Topic Name [MQTT-4.7.3-1]")
    func mqtt_4_7_3_1() {
        #expect(refusal([0x30, 3, 0, 0, 0]) == .protocolError)
        #expect(refusal([0x30, 2, 0, 0], version: .v3_1_1) == .protocolError)
    }

    @Test("a Topic Alias although we announced none, or 0 [MQTT-3.1.2-27, MQTT-3.3.2-8]")
    func mqtt_3_1_2_27() {
        #expect(refusal([0x30, 7, 0, 1, 0x61, 3, 0x23, 0, 1]) == .topicAliasInvalid)
        #expect(refusal([0x30, 6, 0, 0, 3, 0x23, 0, 1]) == .topicAliasInvalid)
        #expect(refusal([0x30, 7, 0, 1, 0x61, 3, 0x23, 0, 0]) == .topicAliasInvalid)
    }

    @Test("Packet Identifier 0 [MQTT-2.2.1-4], [MQTT-2.3.1-1] of 3.1.1", arguments: ProtocolVersion.allCases)
    func mqtt_2_2_1_4(version: ProtocolVersion) {
        #expect(refusal([0x32, 6, 0, 1, 0x61, 0, 0, 0], version: version) == .malformedPacket)
        for first: UInt8 in [0x40, 0x50, 0x62, 0x70, 0x90, 0xB0] {
            #expect(refusal([first, 4, 0, 0, 0, 0], version: version) == .malformedPacket)
        }
        #expect(refusal([0x82, 7, 0, 0, 0, 0, 1, 0x61, 0], role: .server) == .malformedPacket)
    }

    @Test("every packet that ends too early", arguments: allExamples)
    func tooShort(example: PacketExample) {
        // The same packet with its body cut and Remaining Length made right.
        guard example.bytes.count < 120, example.packet.type != .publish else { return }
        let body = Array(example.bytes.dropFirst(2))
        for count in 0..<body.count {
            // Acknowledgements, DISCONNECT and AUTH have shorter forms, lists are lists when they are shorter.
            let part = [example.bytes[0], UInt8(count)] + body[..<count]
            do throws(ProtocolViolation) {
                let shorter = try decode(Array(part), version: example.version, role: example.receiver).packets
                #expect(shorter.count == 1 && shorter != [example.packet])
            } catch {
                #expect(error.reasonCode.isFailure)
            }
        }
    }

    @Test("every packet with a byte behind its end", arguments: allExamples)
    func tooLong(example: PacketExample) {
        let lists: [PacketType] = [.publish, .suback, .unsuback]
        guard example.bytes.count < 120, !lists.contains(example.packet.type) else { return }
        let bytes = [example.bytes[0], example.bytes[1] + 1] + example.bytes.dropFirst(2) + [0]
        let isReadAnyway = refusal(Array(bytes), version: example.version, role: example.receiver) == nil
        // In 5.0 the byte is a Reason Code or a Property Length where the example has none.
        let mayBe: [PacketType] = [.puback, .pubrec, .pubrel, .pubcomp, .disconnect]
        #expect(!isReadAnyway || example.version == .v5_0 && mayBe.contains(example.packet.type))
    }

    @Test("Property Length past the end of the packet, or a property cut by it")
    func propertyLength() {
        #expect(refusal([0x30, 4, 0, 1, 0x61, 1]) == .malformedPacket)
        #expect(refusal([0x30, 6, 0, 1, 0x61, 1, 0x01, 1]) == .malformedPacket)
        #expect(refusal([0x20, 4, 0, 0, 0x80, 0x80]) == .malformedPacket)
        #expect(refusal([0x40, 4, 0, 1, 0, 9]) == .malformedPacket)
    }

    @Test("properties twice, foreign or with a forbidden value are found in place too")
    func properties() {
        #expect(refusal([0x30, 8, 0, 1, 0x61, 4, 0x01, 1, 0x01, 1]) == .protocolError)
        #expect(refusal([0x30, 6, 0, 1, 0x61, 2, 0x24, 1]) == .malformedPacket)
        #expect(refusal([0x30, 6, 0, 1, 0x61, 2, 0x01, 2]) == .protocolError)
        #expect(refusal([0x30, 6, 0, 1, 0x61, 2, 0x0B, 1], role: .server) == .malformedPacket)
    }

    @Test(
        "CONNACK: reserved flags [MQTT-3.2.2-1], session present when it refuses [MQTT-3.2.2-6], foreign codes [MQTT-3.2.2-8]"
    )
    func connack() {
        #expect(refusal([0x20, 3, 2, 0, 0]) == .malformedPacket)
        #expect(refusal([0x20, 2, 0x80, 0], version: .v3_1_1) == .malformedPacket)
        #expect(refusal([0x20, 2, 0x80, 0], version: .v3_1) == nil)
        #expect(refusal([0x20, 3, 1, 0x87, 0]) == .protocolError)
        #expect(refusal([0x20, 2, 1, 5], version: .v3_1_1) == .protocolError)
        #expect(refusal([0x20, 3, 0, 0x01, 0]) == .protocolError)
        #expect(refusal([0x20, 3, 0, 0, 0], version: .v3_1_1) == .malformedPacket)
    }

    @Test("CONNACK is read in either form, whatever version was asked for")
    func eitherForm() throws {
        #expect(
            try decode([0x20, 2, 0, 1]).packets == [.connack(ConnAck(.unsupportedProtocolVersion, isShortForm: true))])
        #expect(
            try decode([0x20, 3, 0, 0x84, 0], version: .v3_1_1).packets == [
                .connack(ConnAck(.unsupportedProtocolVersion))
            ])
    }

    @Test(
        "Reason Codes below 0x80 that a packet does not have [MQTT-3.4.2-1, MQTT-3.5.2-1, MQTT-3.6.2-1, MQTT-3.7.2-1]")
    func reasonCodes() {
        #expect(refusal([0x40, 3, 0, 1, 0x01]) == .protocolError)
        #expect(refusal([0x50, 3, 0, 1, 0x11]) == .protocolError)
        #expect(refusal([0x62, 3, 0, 1, 0x10]) == .protocolError)
        #expect(refusal([0x70, 3, 0, 1, 0x10]) == .protocolError)
        #expect(refusal([0xE0, 1, 0x04]) == .protocolError)  // [MQTT-3.14.2-1]: only clients
        #expect(refusal([0xE0, 1, 0x04], role: .server) == nil)
        #expect(refusal([0xF0, 1, 0x01]) == .protocolError)  // [MQTT-3.15.2-1]
        #expect(refusal([0xF0, 1, 0x19]) == .protocolError)
        #expect(refusal([0xF0, 1, 0x19], role: .server) == nil)
    }

    @Test("SUBACK and UNSUBACK have at least one code, from their tables [MQTT-3.9.3-2, MQTT-3.11.3-2]")
    func suback() {
        #expect(refusal([0x90, 3, 0, 1, 0]) == .malformedPacket)
        #expect(refusal([0x90, 4, 0, 1, 0, 3]) == .protocolError)
        #expect(refusal([0x90, 2, 0, 1], version: .v3_1_1) == .malformedPacket)
        for code: UInt8 in [3, 0x7F, 0x81, 0x87, 0xFF] {
            #expect(refusal([0x90, 3, 0, 1, code], version: .v3_1_1) == .protocolError)
        }
        #expect(refusal([0xB0, 3, 0, 1, 0]) == .malformedPacket)
        #expect(refusal([0xB0, 4, 0, 1, 0, 1]) == .protocolError)
        #expect(refusal([0xB0, 3, 0, 1, 0], version: .v3_1_1) == .malformedPacket)
    }

    @Test("a server's DISCONNECT has no Session Expiry Interval [MQTT-3.14.2-2]")
    func mqtt_3_14_2_2() {
        #expect(refusal([0xE0, 7, 0x8B, 5, 0x11, 0, 0, 0, 1]) == .malformedPacket)
        #expect(refusal([0xE0, 7, 0, 5, 0x11, 0, 0, 0, 1], role: .server) == nil)
    }

    @Test(
        "CONNECT: name and version [MQTT-3.1.2-1], reserved flag [MQTT-3.1.2-3], will flags [MQTT-3.1.2-11, MQTT-3.1.2-12]"
    )
    func connect() {
        func connect(_ name: String, _ level: UInt8, flags: UInt8, rest: [UInt8]) -> ReasonCode? {
            let body = [0, UInt8(name.utf8.count)] + Array(name.utf8) + [level, flags, 0, 60] + rest
            return refusal([0x10, UInt8(body.count)] + body, role: .server)
        }
        #expect(connect("MQTT", 4, flags: 2, rest: [0, 1, 0x63]) == nil)
        #expect(connect("MQTX", 4, flags: 2, rest: [0, 1, 0x63]) == .unsupportedProtocolVersion)
        #expect(connect("MQTT", 6, flags: 2, rest: [0, 1, 0x63]) == .unsupportedProtocolVersion)
        #expect(connect("MQIsdp", 4, flags: 2, rest: [0, 1, 0x63]) == .unsupportedProtocolVersion)
        #expect(connect("MQTT", 4, flags: 3, rest: [0, 1, 0x63]) == .malformedPacket)
        #expect(connect("MQTT", 4, flags: 0x22, rest: [0, 1, 0x63]) == .malformedPacket)
        #expect(connect("MQTT", 4, flags: 0x1E, rest: [0, 1, 0x63, 0, 1, 0x77, 0, 0]) == .malformedPacket)
        // [MQTT-3.1.2-22] of 3.1.1
        #expect(connect("MQTT", 4, flags: 0x42, rest: [0, 1, 0x63, 0, 0]) == .malformedPacket)
        #expect(connect("MQTT", 4, flags: 6, rest: [0, 1, 0x63, 0, 1, 0x2B, 0, 0]) == .topicNameInvalid)
    }

    @Test(
        "SUBSCRIBE: a filter at least [MQTT-3.8.3-2], reserved option bits [MQTT-3.8.3-5], valid filters [MQTT-4.7.1-1]"
    )
    func subscribe() {
        func subscribe(_ rest: [UInt8], _ version: ProtocolVersion = .v5_0) -> ReasonCode? {
            let body = [0, 1] + (version == .v5_0 ? [0] : []) + rest
            return refusal([0x82, UInt8(body.count)] + body, version: version, role: .server)
        }
        #expect(subscribe([]) == .protocolError)
        #expect(subscribe([0, 1, 0x61, 0]) == nil)
        for options: UInt8 in [0x40, 0x80] { #expect(subscribe([0, 1, 0x61, options]) == .malformedPacket) }
        for options: UInt8 in [3, 0x30] { #expect(subscribe([0, 1, 0x61, options]) == .protocolError) }
        for options: UInt8 in [4, 8, 0x10] { #expect(subscribe([0, 1, 0x61, options], .v3_1_1) == .malformedPacket) }
        // [MQTT-3.8.3-4]
        #expect(subscribe([0, 10] + Array("$share/g/a".utf8) + [4]) == .protocolError)
        #expect(subscribe([0, 2, 0x61, 0x23, 0]) == .topicFilterInvalid)
        #expect(refusal([0xA2, 3, 0, 1, 0], role: .server) == .protocolError)  // [MQTT-3.10.3-2]
    }
}
