import MQTT
import Testing

@testable import MQTTCodec

@Suite("Control Packets to bytes and back")
struct PacketTests {
    @Test("a packet is written as the specification has it", arguments: allExamples)
    func written(example: PacketExample) throws {
        #expect(try encode(example.packet, version: example.version, role: example.sender) == example.bytes)
    }

    @Test("its bytes are read as that packet", arguments: allExamples)
    func read(example: PacketExample) throws {
        let (packets, rest) = try decode(example.bytes, version: example.version, role: example.receiver)
        #expect(packets == [example.packet])
        #expect(rest == 0)
    }

    @Test("every kind of packet has an example in the table, in each version", arguments: ProtocolVersion.allCases)
    func complete(version: ProtocolVersion) {
        let types = Set(allExamples.filter { $0.version == version }.map(\.packet.type))
        #expect(types == Set(PacketType.allCases.filter { $0 != .auth || version == .v5_0 }))
    }

    @Test("as long as a byte is missing, nothing is taken", arguments: allExamples)
    func dripped(example: PacketExample) throws {
        for count in 0..<example.bytes.count {
            let part = Array(example.bytes[..<count])
            let (packets, rest) = try decode(part, version: example.version, role: example.receiver)
            #expect(packets.isEmpty && rest == count)
        }
    }

    @Test("packets that came together are read one after the other, the unfinished one waits")
    func together() throws {
        for version in ProtocolVersion.allCases {
            let examples = allExamples.filter { $0.version == version && $0.sender == .server }
            let bytes = examples.flatMap(\.bytes) + [0x30, 6, 0, 3, 0x61]
            let (packets, rest) = try decode(bytes, version: version)
            #expect(packets == examples.map(\.packet))
            #expect(rest == 5)
        }
    }

    @Test("behind a whole packet the next is found wherever the bytes are cut", arguments: allExamples)
    func cut(example: PacketExample) throws {
        for cut in 0...example.bytes.count {
            let bytes = example.bytes + Array(example.bytes[..<cut])
            let (packets, rest) = try decode(bytes, version: example.version, role: example.receiver)
            #expect(packets.count == (cut == example.bytes.count ? 2 : 1))
            #expect(rest == (cut == example.bytes.count ? 0 : cut))
        }
    }

    @Test("the length of a packet is known from its header alone")
    func lengths() {
        func length(_ bytes: [UInt8]) -> Int? {
            PacketDecoder.packetLength { bytes.indices.contains($0) ? bytes[$0] : nil }
        }
        #expect(length([]) == nil && length([0x30]) == nil && length([0x30, 0x80]) == nil)
        #expect(length([0x30, 0]) == 2)
        #expect(length([0x30, 0x80, 0x01]) == 131)
        #expect(length([0x30, 0xFF, 0xFF, 0xFF, 0x7F]) == PacketDecoder.protocolLimit)
        #expect(length([0x30, 0xFF, 0xFF, 0xFF, 0xFF]) == nil)
    }

    @Test("a PUBLISH in place has its parts where they came")
    func inPlace() throws {
        let bytes: [UInt8] = [0x3D, 10, 0, 1, 0x61, 0, 7, 2, 0x01, 1, 8, 9]
        try bytes.withUnsafeBytes { bytes in
            let decoder = PacketDecoder(role: .client, version: .v5_0)
            var index = 0
            let frame = try #require(try decoder.frame(in: bytes, at: &index))
            let publish = try decoder.publish(frame)
            #expect(index == 12)
            #expect(publish.flags.isDuplicate && publish.flags.isRetained && publish.flags.qos == .exactlyOnce)
            #expect(publish.identifier == 7)
            #expect(Array(publish.topic) == [0x61] && publish.topic.baseAddress == bytes.baseAddress! + 4)
            #expect(Array(publish.properties) == [0x01, 1])
            #expect(Array(publish.payload) == [8, 9] && publish.payload.baseAddress == bytes.baseAddress! + 10)
        }
    }

    @Test("No Local is left out of a shared subscription, where it would be a Protocol Error [MQTT-3.8.3-4]")
    func sharedNoLocal() throws {
        let subscription = Subscription(filter("$share/g/a"), noLocal: true, retainAsPublished: false)
        let bytes = try encode(.subscribe(Subscribe(1, [subscription])), role: .client)
        #expect(bytes.last == 0)
    }

    @Test("what cannot be written writes nothing")
    func unwritable() {
        let long = String(repeating: "x", count: 65_536)
        let packets: [Packet] = [
            .connect(Connect(version: .v5_0, clientIdentifier: long)),
            .connect(Connect(version: .v5_0, clientIdentifier: "a\0b")),
            .connect(Connect(version: .v5_0, clientIdentifier: "a", userName: long)),
            .connect(Connect(version: .v5_0, clientIdentifier: "a", password: Array(long.utf8))),
            .connect(Connect(version: .v5_0, clientIdentifier: "a", properties: properties { $0.topicAlias = 1 })),
            .subscribe(Subscribe(1, [])), .unsubscribe(Unsubscribe(1, [])),
            .publish(Publish(Message(topic: name("a"), properties: properties { $0.maximumQoS = 1 }))),
        ]
        for packet in packets {
            var bytes: [UInt8] = [1, 2]
            #expect(throws: ProtocolViolation.self) {
                try PacketEncoder(role: .client, version: .v5_0).encode(packet, into: &bytes)
            }
            #expect(bytes == [1, 2])
        }
        let connect = Packet.connect(Connect(version: .v3_1_1, clientIdentifier: "a", password: [1]))
        #expect(throws: ProtocolViolation.self) { try encode(connect, version: .v3_1_1, role: .client) }
    }
}
