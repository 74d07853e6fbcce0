import MQTT
import MQTTCodec
import Testing

@testable import MQTTClient

@Suite("Session: a hostile server")
struct SessionHostileTests {
    @Test("packets before CONNACK are not delivered nor answered [MQTT-3.2.0-1]", arguments: ProtocolVersion.allCases)
    func beforeConnack(version: ProtocolVersion) throws {
        for packet in [
            delivery("a", qos: .atLeastOnce, identifier: 1), .suback(SubAck(1, [.success])), .pingresp,
            .puback(Acknowledgement(1)), .pubrel(Acknowledgement(1)),
        ] {
            var bench = SessionBench(version: version)
            bench.session.open(version: version, at: bench.now)
            try bench.sent()
            #expect(try bench.receive(packet).isEmpty && bench.messages.isEmpty)
            try bench.wait(milliseconds: 10_000)
            guard case .failed(.notMQTT) = bench.output.ending else { throw Unexpected() }
        }
    }

    @Test(
        "what is wrong in a CONNACK of 5.0 is told to the server (4.13)",
        arguments: [
            ([0x20, 3, 1, 0, 0], .protocolError), ([0x20, 6, 0, 0, 3, 0x21, 0, 0], .protocolError),
            ([0x20, 4, 0, 0, 0, 0], .malformedPacket),
        ] as [([UInt8], ReasonCode)])
    func connack(bytes: [UInt8], code: ReasonCode) throws {
        var bench = SessionBench()
        bench.session.open(version: .v5_0, at: bench.now)
        try bench.sent()
        #expect(try bench.receive(bytes) == [.disconnect(Disconnect(code))])
    }

    @Test("reads that carry little are one turn: of all that they bring the trace keeps the latest 256")
    func manyReads() throws {
        var bench = try SessionBench.connected()
        var bytes: [UInt8] = []
        try PacketEncoder(role: .server, version: .v5_0).encode(delivery("a"), into: &bytes)
        for _ in 0..<1_000 {
            #expect(bytes.withUnsafeBytes { bench.session.receive($0, at: bench.now) } == bytes.count)
        }
        try bench.sent()
        #expect(bench.output.messages?.count == 1_000)
        #expect(bench.output.trace.count == TraceLog.publishCapacity)
    }

    @Test("packets that only clients send, and unknown ones, end the connection", arguments: ProtocolVersion.allCases)
    func clientOnly(version: ProtocolVersion) throws {
        for bytes in [[0x10, 0], [0x82, 0], [0xA2, 0], [0xC0, 0], [0x00, 0]] as [[UInt8]] {
            var bench = try SessionBench.connected(version: version)
            let sent = try bench.receive(bytes)
            #expect(sent.map(\.type) == (version == .v5_0 ? [.disconnect] : []))
            guard case .failed(.protocolViolation) = bench.output.ending else { throw Unexpected() }
        }
    }

    @Test("answers to nothing: SUBACK and UNSUBACK are violations [MQTT-2.2.1-6], the others end nothing of ours")
    func unexpected() throws {
        for packet in [Packet.suback(SubAck(7, [.success])), .unsuback(SubAck(7, [.success]))] {
            var bench = try SessionBench.connected()
            #expect(try bench.receive(packet) == [.disconnect(Disconnect(.protocolError))])
        }
        var bench = try SessionBench.connected()
        try bench.publish("a", qos: .atLeastOnce, id: 1)
        for identifier: UInt16 in [2, 3, 65_535] {
            try bench.receive(.puback(Acknowledgement(identifier)), .pubcomp(Acknowledgement(identifier)))
        }
        #expect(bench.output.ending == nil && bench.outcomes(1).isEmpty && bench.session.quotaUsed == 1)
        // An answer to the wrong request. [MQTT-2.2.1-5]
        bench.session.subscribe([Subscription(.everything)], at: bench.now)
        guard case .subscribe(let subscribe)? = try bench.sent().first else { throw Unexpected() }
        #expect(
            try bench.receive(.puback(Acknowledgement(subscribe.identifier)))
                == [.disconnect(Disconnect(.protocolError))])
    }

    @Test("an answer given twice is no second outcome")
    func twice() throws {
        var bench = try SessionBench.connected(properties: properties { $0.receiveMaximum = 1 })
        try bench.publish("a", qos: .atLeastOnce, id: 1)
        try bench.publish("b", qos: .exactlyOnce, id: 2)
        try bench.receive(.puback(Acknowledgement(1)))
        try bench.receive(.puback(Acknowledgement(1)))
        try bench.receive(.pubrec(Acknowledgement(2)), .pubcomp(Acknowledgement(2)), .pubcomp(Acknowledgement(2)))
        #expect(bench.outcomes(1).count == 1 && bench.outcomes(2).count == 2 && bench.session.quotaUsed == 0)
    }

    @Test("a slow drip costs no more than the packet: nothing is taken until it is whole, and nothing is copied")
    func drip() throws {
        var bench = try SessionBench.connected()
        var bytes: [UInt8] = []
        let payload = String(repeating: "x", count: 3_000)
        try PacketEncoder(role: .server, version: .v5_0).encode(delivery("a", payload), into: &bytes)
        for count in 1..<bytes.count {
            let used = bytes[..<count].withUnsafeBytes { bench.session.receive($0, at: bench.now) }
            #expect(used == 0)
        }
        #expect(bench.session.batch.bytes.capacity < 1 << 20)
        try bench.receive(bytes)
        #expect(bench.messages == ["a=" + payload])
    }

    @Test("a PUBLISH of every size announced and never sent takes no memory ahead")
    func announced() throws {
        var bench = try SessionBench.connected()
        try bench.receive([0x30, 0xFF, 0xFF, 0xFF, 0x7F, 0, 1, 0x61])
        #expect(bench.output.ending == nil && bench.session.batch.bytes.capacity < 1 << 20)
    }
}
