import MQTT
import MQTTCodec
import Testing

@testable import MQTTClient

@Suite("Session: receiving")
struct SessionReceiveTests {
    @Test(
        "one batch per read, with the instant of the read and the parts as they came",
        arguments: ProtocolVersion.allCases)
    func batch(version: ProtocolVersion) throws {
        var bench = try SessionBench.connected(version: version)
        try bench.wait(milliseconds: 5)
        #expect(try bench.receive(delivery("a", "1"), delivery("b/c", ""), delivery("a", "3")).isEmpty)
        #expect(bench.messages == ["a=1", "b/c=", "a=3"])
        #expect(bench.output.messages?.arrival == bench.now)
        try bench.receive(delivery("d", "4"))
        #expect(bench.messages == ["d=4"])
        try bench.receive(.pingresp)
        #expect(bench.output.messages == nil)
    }

    @Test("messages are offered once, their acknowledgements go out all the same, and what is not taken waits")
    func offered() throws {
        var bench = try SessionBench.connected { $0.tracing = .none }
        var bytes: [UInt8] = []
        let encoder = PacketEncoder(role: .server, version: .v5_0)
        try encoder.encode(delivery("a", "1"), into: &bytes)
        try encoder.encode(delivery("b", "2", qos: .atLeastOnce, identifier: 7), into: &bytes)
        for takes in [true, false] {
            #expect(bytes.withUnsafeBytes { bench.session.receive($0, at: bench.now) } == bytes.count)
            #expect(bench.session.offerMessages { $0.count == 2 && takes } == (takes ? 2 : 0))
            #expect(bench.session.offerMessages { _ in takes } == 0)
            #expect(try bench.sent() == [.puback(Acknowledgement(7))])
            #expect(bench.messages == (takes ? [] : ["a=1", "b=2"]))
        }
    }

    @Test("messages are not offered before what has to be told first: CONNACK, answers, the trace")
    func notOffered() throws {
        let message = delivery("a", "1")
        let suback = Packet.suback(SubAck(1, [.success]))
        let cases: [(tracing: ClientConfiguration.Tracing, packets: [Packet])] = [
            (.none, [.connack(ConnAck()), message]), (.none, [.connack(ConnAck()), suback, message]),
            (.latest, [message]),
        ]
        for (tracing, packets) in cases {
            var bench = SessionBench {
                $0.tracing = tracing
                $0.subscriptions = [Subscription(filter("#"))]
            }
            if packets.count > 1 {
                bench.session.open(version: .v5_0, at: bench.now)
                try bench.sent()
            } else {
                try bench.connect()
            }
            var bytes: [UInt8] = []
            for packet in packets { try PacketEncoder(role: .server, version: .v5_0).encode(packet, into: &bytes) }
            _ = bytes.withUnsafeBytes { bench.session.receive($0, at: bench.now) }
            #expect(bench.session.offerMessages { _ in true } == 0)
            try bench.sent()
            #expect(bench.messages == ["a=1"])
        }
    }

    @Test("properties come with the message as they were sent")
    func messageProperties() throws {
        var bench = try SessionBench.connected()
        let sent = properties {
            $0.contentType = "t"
            $0.userProperties = [UserProperty("k", "v")]
        }
        try bench.receive(.publish(Publish(Message(topic: name("a"), payload: [1], properties: sent))))
        let batch = try #require(bench.output.messages)
        #expect(try Properties(decoding: batch.properties(batch.records[0]), of: .publishToClient) == sent)
    }

    @Test(
        "QoS 1 is answered by PUBACK, in the order of arrival [MQTT-4.3.2-4, MQTT-4.6.0-2]",
        arguments: ProtocolVersion.allCases)
    func qos1(version: ProtocolVersion) throws {
        var bench = try SessionBench.connected(version: version)
        let sent = try bench.receive(
            delivery("a", "1", qos: .atLeastOnce, identifier: 7), delivery("b", "2", qos: .atLeastOnce, identifier: 3))
        #expect(sent == [.puback(Acknowledgement(7)), .puback(Acknowledgement(3))])
        #expect(bench.messages == ["a=1", "b=2"])
    }

    @Test("after PUBACK the same identifier is a new message whatever DUP says [MQTT-4.3.2-5]")
    func qos1Again() throws {
        var bench = try SessionBench.connected()
        try bench.receive(delivery("a", "1", qos: .atLeastOnce, identifier: 7))
        try bench.receive(delivery("a", "1", qos: .atLeastOnce, identifier: 7, isDuplicate: true))
        #expect(bench.messages == ["a=1"])
    }

    @Test(
        "QoS 2 is delivered once: PUBREC, PUBREL, PUBCOMP [MQTT-4.3.3-8, MQTT-4.3.3-11]",
        arguments: ProtocolVersion.allCases)
    func qos2(version: ProtocolVersion) throws {
        var bench = try SessionBench.connected(version: version)
        #expect(
            try bench.receive(delivery("a", "1", qos: .exactlyOnce, identifier: 7)) == [.pubrec(Acknowledgement(7))])
        #expect(bench.messages == ["a=1"])
        #expect(try bench.receive(.pubrel(Acknowledgement(7))) == [.pubcomp(Acknowledgement(7))])
        #expect(bench.messages.isEmpty)
    }

    @Test(
        "until PUBREL a repeated PUBLISH gets PUBREC and no second delivery; then it is new [MQTT-4.3.3-10, MQTT-4.3.3-12]"
    )
    func qos2Repeated() throws {
        var bench = try SessionBench.connected()
        let publish = delivery("a", "1", qos: .exactlyOnce, identifier: 7)
        try bench.receive(publish)
        let again = delivery("a", "1", qos: .exactlyOnce, identifier: 7, isDuplicate: true)
        #expect(try bench.receive(again) == [.pubrec(Acknowledgement(7))])
        #expect(bench.messages.isEmpty)
        try bench.receive(.pubrel(Acknowledgement(7)))
        #expect(try bench.receive(publish) == [.pubrec(Acknowledgement(7))])
        #expect(bench.messages == ["a=1"])
    }

    @Test("PUBREL for an unknown identifier is answered and says so (3.7.2.1)")
    func unknownPubrel() throws {
        var bench = try SessionBench.connected()
        #expect(
            try bench.receive(.pubrel(Acknowledgement(9)))
                == [.pubcomp(Acknowledgement(9, .packetIdentifierNotFound))])
        var older = try SessionBench.connected(version: .v3_1_1)
        #expect(try older.receive(.pubrel(Acknowledgement(9))) == [.pubcomp(Acknowledgement(9))])
    }

    @Test("a resumed session still knows what was delivered [MQTT-4.3.3-10]; a new one does not")
    func qos2AcrossConnections() throws {
        for isSessionPresent in [true, false] {
            var bench = try SessionBench.connected { $0.cleanStart = false }
            try bench.receive(delivery("a", "1", qos: .exactlyOnce, identifier: 7))
            try bench.lose()
            try bench.connect(isSessionPresent: isSessionPresent)
            try bench.receive(delivery("a", "1", qos: .exactlyOnce, identifier: 7, isDuplicate: true))
            #expect(bench.messages == (isSessionPresent ? [] : ["a=1"]))
        }
    }

    @Test("more messages under way than our Receive Maximum are a violation [MQTT-3.3.4-9]")
    func mqtt_3_3_4_9() throws {
        var bench = try SessionBench.connected { $0.receiveMaximum = 2 }
        try bench.receive(
            delivery("a", qos: .exactlyOnce, identifier: 1), delivery("a", qos: .exactlyOnce, identifier: 2))
        #expect(bench.output.ending == nil)
        let sent = try bench.receive(delivery("a", qos: .atLeastOnce, identifier: 3))
        #expect(sent == [.disconnect(Disconnect(.receiveMaximumExceeded))])
        var other = try SessionBench.connected { $0.receiveMaximum = 2 }
        for identifier in 1...9 as ClosedRange<UInt16> {
            try other.receive(delivery("a", qos: .atLeastOnce, identifier: identifier))
        }
        #expect(other.output.ending == nil)
    }

    @Test("a packet above our Maximum Packet Size is refused on its header [MQTT-3.1.2-24]")
    func mqtt_3_1_2_24() throws {
        var bench = try SessionBench.connected { $0.maximumPacketSize = 100 }
        #expect(try bench.receive([0x30, 0x80, 0x01]) == [.disconnect(Disconnect(.packetTooLarge))])
    }

    @Test("what is received stands in the trace, in order, with flags, identifier, length and topic")
    func trace() throws {
        var bench = try SessionBench.connected()
        try bench.receive(
            .pingresp, delivery("a/b", "12345"), delivery("c", "1", qos: .exactlyOnce, identifier: 5), .pingresp)
        let trace = bench.output.trace.map {
            "\($0.direction) \($0.type.name) \($0.flags) \($0.identifier) \($0.length) \($0.topic)"
        }
        #expect(
            trace == [
                "received PINGRESP 0 0 0 ", "received PUBLISH 0 0 5 a/b", "received PUBLISH 4 5 1 c",
                "sent PUBREC 0 5 2 ",
                "received PINGRESP 0 0 0 ",
            ])
        #expect(bench.output.trace.allSatisfy { $0.time == bench.now })
    }

    @Test("of one read at most the last 256 PUBLISHes stand in the trace, in their places")
    func boundedTrace() throws {
        var bench = try SessionBench.connected()
        var bytes: [UInt8] = []
        let encoder = PacketEncoder(role: .server, version: .v5_0)
        for number in 0..<1_000 {
            try encoder.encode(delivery("t/\(number)"), into: &bytes)
            if number == 900 { try encoder.encode(.pingresp, into: &bytes) }
        }
        try bench.receive(bytes)
        #expect(bench.messages.count == 1_000)
        let topics = bench.output.trace.map { $0.type == .publish ? $0.topic : $0.type.name }
        var expected = (744..<1_000).map { "t/\($0)" }
        expected.insert("PINGRESP", at: 901 - 744)
        #expect(topics == expected)
        // The next read begins anew.
        try bench.receive(delivery("next"))
        #expect(bench.output.trace.map(\.topic) == ["next"])
    }

    @Test("acknowledgements of a flood leave a bounded trace too")
    func boundedAcknowledgements() throws {
        var bench = try SessionBench.connected(version: .v3_1_1)
        var bytes: [UInt8] = []
        let encoder = PacketEncoder(role: .server, version: .v3_1_1)
        for number in 1...5_000 as ClosedRange<UInt16> {
            try encoder.encode(delivery("t", qos: .atLeastOnce, identifier: number), into: &bytes)
        }
        let sent = try bench.receive(bytes)
        #expect(sent.count == 5_000 && bench.messages.count == 5_000)
        #expect(bench.output.trace.count <= 256 + 1_024)
        #expect(bench.output.trace.last?.type == .puback && bench.output.trace.last?.identifier == 5_000)
    }

    @Test(
        "no more messages of QoS 1 and 2 are taken than allowed, whatever came with them; other packets before them are"
    )
    func allowance() throws {
        var bench = try SessionBench.connected { $0.messageAllowance = 2 }
        let first = try bench.receive(
            delivery("a", "1", qos: .atLeastOnce, identifier: 1), delivery("a", "2"), delivery("a", "3"),
            delivery("a", "4", qos: .exactlyOnce, identifier: 2), .pingresp,
            delivery("a", "5", qos: .atLeastOnce, identifier: 3))
        #expect(first == [.puback(Acknowledgement(1))])
        #expect(bench.messages.count == 3, "QoS 0 needs no answer")
        #expect(try bench.receive([]) == [])
        bench.session.allowance? += 2
        #expect(try bench.receive(.pingresp) == [.pubrec(Acknowledgement(2))])
        bench.session.allowance? += 1
        #expect(try bench.receive(.pingresp) == [.puback(Acknowledgement(3))])
    }
}
