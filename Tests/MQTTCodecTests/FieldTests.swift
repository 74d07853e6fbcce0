import MQTT
import Testing

@testable import MQTTCodec

@Suite("Fields as they must be, both ways")
struct FieldTests {
    @Test("DISCONNECT and AUTH have the flags 0000 [MQTT-3.14.1-1, MQTT-3.15.1-1]")
    func flags() throws {
        for flags: UInt8 in 1...15 {
            for first: UInt8 in [0xE0, 0xF0] {
                #expect(refusal([first | flags, 0]) == .malformedPacket)
                #expect(refusal([first | flags, 0], role: .server) == .malformedPacket)
            }
        }
        for version in ProtocolVersion.allCases {
            #expect(try encode(.disconnect(Disconnect()), version: version, role: .client).first == 0xE0)
        }
        #expect(try encode(.auth(Auth(.reAuthenticate)), role: .client).first == 0xF0)
    }

    @Test("the options of a subscription, each in its bits, the upper two 0 [MQTT-3.8.3-5], [MQTT-3-8.3-4] of 3.1.1")
    func options() throws {
        for qos in QoS.allCases {
            for handling in RetainHandling.allCases {
                for bits: UInt8 in 0...3 {
                    let (noLocal, asPublished) = (bits & 1 != 0, bits & 2 != 0)
                    let subscription = Subscription(
                        filter("a"), qos: qos, noLocal: noLocal, retainAsPublished: asPublished,
                        retainHandling: handling)
                    let subscribe = Packet.subscribe(Subscribe(1, [subscription]))
                    let expected = qos.rawValue | bits << 2 | handling.rawValue << 4
                    #expect(expected & 0xC0 == 0)
                    #expect(try encode(subscribe, role: .client).last == expected)
                    for version in [ProtocolVersion.v3_1, .v3_1_1] {
                        #expect(try encode(subscribe, version: version, role: .client).last == qos.rawValue)
                    }
                }
            }
        }
    }

    @Test("a Topic Filter has a byte at least, no U+0000, and 65,535 bytes at most [MQTT-4.7.3-1 to MQTT-4.7.3-3]")
    func filters() {
        #expect(throws: TopicError.empty) { try TopicFilter("") }
        #expect(throws: TopicError.holdsNull) { try TopicFilter("a/\0/#") }
        #expect(throws: TopicError.tooLong(65_536)) { try TopicFilter(String(repeating: "x", count: 65_536)) }
        let longest = String(repeating: "x", count: 65_535)
        #expect((try? TopicFilter(longest))?.string == longest)
    }

    @Test(
        "SUBSCRIBE and UNSUBSCRIBE are not written without a filter [MQTT-3.8.3-2, MQTT-3.10.3-2]",
        arguments: ProtocolVersion.allCases)
    func empty(version: ProtocolVersion) {
        for packet in [Packet.subscribe(Subscribe(1, [])), .unsubscribe(Unsubscribe(1, []))] {
            #expect(throws: ProtocolViolation.self) { try encode(packet, version: version, role: .client) }
        }
    }

    @Test(
        "wildcards in a Topic Name are found where it lies in the read buffer [MQTT-3.3.2-2]",
        arguments: ProtocolVersion.allCases)
    func wildcards(version: ProtocolVersion) throws {
        for text in ["+", "#", "a/+", "a#b", "aaaaaaaaaaaa+", "ü/#"] {
            for first: UInt8 in [0x30, 0x32] {
                let body =
                    [0, UInt8(text.utf8.count)] + Array(text.utf8) + (first == 0x32 ? [0, 1] : [])
                    + (version == .v5_0 ? [0] : [])
                try ([first, UInt8(body.count)] + body).withUnsafeBytes { bytes in
                    let decoder = PacketDecoder(role: .client, version: version)
                    var index = 0
                    let frame = try #require(try decoder.frame(in: bytes, at: &index))
                    #expect(throws: ProtocolViolation(.topicNameInvalid, "wildcard in a topic name")) {
                        try decoder.publish(frame)
                    }
                }
            }
        }
    }

    @Test("each byte of ASCII at each place of a Topic Name, of any length about those that are read at once")
    func everyByte() throws {
        let decoder = PacketDecoder(role: .client, version: .v3_1_1)
        for length in [1, 7, 8, 9, 16, 17, 26] {
            for place in 0..<length {
                for byte: UInt8 in 0..<0x80 {
                    var topic = [UInt8](repeating: 0x61, count: length)
                    topic[place] = byte
                    let isAllowed = ![0, 0x23, 0x2B].contains(byte)
                    try ([0x30, UInt8(length + 2), 0, UInt8(length)] + topic).withUnsafeBytes { bytes in
                        var index = 0
                        let frame = try #require(try decoder.frame(in: bytes, at: &index))
                        let isTaken = (try? decoder.publish(frame)) != nil
                        #expect(isTaken == isAllowed, "\(byte) at \(place) of \(length)")
                    }
                }
            }
        }
    }

    @Test(
        "texts of a received PUBLISH that are no UTF-8 are malformed: Content Type, Response Topic, User Property [MQTT-3.3.2-13, MQTT-3.3.2-19]",
        arguments: [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0x61, 0x00], [0xFF]] as [[UInt8]])
    func texts(text: [UInt8]) {
        let field = [0, UInt8(text.count)] + text
        for property in [[0x03] + field, [0x08] + field, [0x26] + field + [0, 0], [0x26, 0, 0] + field] {
            let body = [0, 1, 0x61, UInt8(property.count)] + property
            #expect(refusal([0x30, UInt8(body.count)] + body) == .malformedPacket, "\(property)")
        }
    }

    /// One of each packet of a server that may bring a reason in words, with `properties`.
    private func answers(_ properties: Properties) -> [Packet] {
        let acknowledgement = Acknowledgement(1, properties: properties)
        var auth = properties
        auth.authenticationMethod = "m"
        return [
            .connack(ConnAck(properties: properties)), .puback(acknowledgement), .pubrec(acknowledgement),
            .pubrel(acknowledgement), .pubcomp(acknowledgement), .suback(SubAck(1, [.success], properties: properties)),
            .unsuback(SubAck(1, [.success], properties: properties)),
            .disconnect(Disconnect(.serverBusy, properties: properties)),
            .auth(Auth(.continueAuthentication, properties: auth)),
        ]
    }

    @Test(
        "no Reason String or User Property is worth a packet above our maximum [MQTT-3.2.2-19, MQTT-3.2.2-20]",
        arguments: [
            properties { $0.reasonString = String(repeating: "x", count: 90) },
            properties { $0.userProperties = [UserProperty("key", String(repeating: "x", count: 90))] },
        ])
    func reasons(properties: Properties) throws {
        for packet in answers(properties) {
            let bytes = try encode(packet)
            #expect(try decode(bytes, maximumPacketSize: bytes.count).packets == [packet])
            #expect(throws: ProtocolViolation(.packetTooLarge, "packet larger than we said we take")) {
                try decode(bytes, maximumPacketSize: bytes.count - 1)
            }
        }
    }
}
