import MQTT
import MQTTCodec
import Testing

@testable import MQTTClient

@Suite("Session: beginning and end of a connection")
struct SessionConnectTests {
    @Test("CONNECT is the first packet and says the configuration [MQTT-3.1.0-1]")
    func connect() throws {
        var bench = SessionBench {
            $0.userName = "u"
            $0.password = [1]
            $0.keepAlive = 7
            $0.cleanStart = false
            $0.sessionExpiryInterval = 9
            $0.receiveMaximum = 20
            $0.maximumPacketSize = 1_000
            $0.will = Will(message: Message(topic: name("w")))
        }
        bench.session.open(version: .v5_0, at: bench.now)
        let expected = Connect(
            version: .v5_0, clientIdentifier: "bench", cleanStart: false, keepAlive: 7,
            will: Will(message: Message(topic: name("w"))), userName: "u", password: [1],
            properties: properties {
                $0.sessionExpiryInterval = 9
                $0.receiveMaximum = 20
                $0.maximumPacketSize = 1_000
            })
        #expect(try bench.sent() == [.connect(expected)])
    }

    @Test("CONNECT of 3.1.1 has no properties")
    func connect311() throws {
        var bench = SessionBench(version: .v3_1_1) { $0.receiveMaximum = 20 }
        bench.session.open(version: .v3_1_1, at: bench.now)
        #expect(try bench.sent() == [.connect(Connect(version: .v3_1_1, clientIdentifier: "bench"))])
    }

    @Test("the server's word on how long it keeps the session counts (3.2.2.3.2)", arguments: [0, 60] as [UInt32])
    func sessionExpiry(interval: UInt32) throws {
        var bench = try SessionBench.connected(properties: properties { $0.sessionExpiryInterval = interval }) {
            $0.sessionExpiryInterval = 30
        }
        try bench.publish("a", qos: .atLeastOnce, id: 1)
        try bench.lose()
        #expect(bench.outcomes(1) == (interval == 0 ? [.unsendable(.connectionLost)] : []))
    }

    @Test("the good-bye is said even where its properties are too large for the server", arguments: [5, 9] as [UInt32])
    func smallGoodbye(maximum: UInt32) throws {
        var bench = try SessionBench.connected(properties: properties { $0.maximumPacketSize = maximum }) {
            $0.sessionExpiryInterval = 30
        }
        bench.session.disconnect(Disconnection(sessionExpiryInterval: 7), at: bench.now)
        let said = properties { if maximum == 9 { $0.sessionExpiryInterval = 7 } }
        #expect(try bench.sent() == [.disconnect(Disconnect(properties: said))])
        #expect(bench.session.sessionExpiryInterval == (maximum == 9 ? 7 : 30))
    }

    @Test("the trace has the Remaining Length, also where it takes another byte", arguments: 115..<135)
    func tracedLength(size: Int) throws {
        var bench = SessionBench { $0.subscriptions = [Subscription(filter(String(repeating: "x", count: size)))] }
        try bench.connect()
        let record = try #require(bench.output.trace.last)
        #expect(record.type == .subscribe && Int(record.length) == 2 + 1 + 2 + size + 1)
    }

    @Test("a server that takes no packet as large as an acknowledgement cannot be talked to [MQTT-3.2.2-15]")
    func tinyPackets() throws {
        for (maximum, isUsable) in [(1, false), (4, false), (5, true)] as [(UInt32, Bool)] {
            var bench = SessionBench()
            try bench.connect(properties: properties { $0.maximumPacketSize = maximum })
            #expect((bench.output.accepted != nil) == isUsable && bench.session.isEstablished == isUsable)
            guard !isUsable else { continue }
            guard case .failed(.protocolViolation(let violation)) = bench.output.ending else { throw Unexpected() }
            #expect(violation.reasonCode == .packetTooLarge && violation.detail.contains("5 bytes"))
        }
    }

    @Test("CONNACK accepts; the server's limits and its name for us are kept")
    func accepted() throws {
        var bench = SessionBench()
        try bench.connect(
            properties: properties {
                $0.serverKeepAlive = 30
                $0.assignedClientIdentifier = "given"
                $0.receiveMaximum = 3
            })
        #expect(bench.output.accepted?.reasonCode == .success)
        #expect(bench.session.clientIdentifier == "given")
        #expect(bench.session.keepAlive.seconds == 30)
        #expect(bench.session.limits.receiveMaximum == 3)
        try bench.lose()
        bench.session.open(version: .v5_0, at: bench.now)
        guard case .connect(let connect)? = try bench.sent().first else { throw Unexpected() }
        #expect(connect.clientIdentifier == "given")
    }

    @Test("a refusal ends the connection and says why", arguments: ProtocolVersion.allCases)
    func refused(version: ProtocolVersion) throws {
        var bench = SessionBench(version: version)
        bench.session.open(version: version, at: bench.now)
        try bench.sent()
        let reason = version == .v5_0 ? "because" : nil
        try bench.receive(
            .connack(
                ConnAck(
                    .notAuthorized, properties: properties { $0.reasonString = reason },
                    isShortForm: version < .v5_0)))
        #expect(bench.output.accepted == nil)
        #expect(bench.output.ending == .failed(.refused(.notAuthorized, reasonString: reason, serverReference: nil)))
    }

    @Test(
        "an answer of an older server to a CONNECT of 5.0 is known for what it is",
        arguments: [[0x20, 2, 0, 1], [0x20, 3, 0, 0x84, 0], [0x20, 2, 0, 0], [0x20, 2, 0, 5]] as [[UInt8]])
    func olderServer(bytes: [UInt8]) throws {
        var bench = SessionBench()
        bench.session.open(version: .v5_0, at: bench.now)
        try bench.receive(bytes)
        guard case .olderServer = bench.output.ending else { throw Unexpected() }
    }

    @Test("first bytes that are no CONNACK are kept, at most 64 of them [MQTT-3.2.0-1]")
    func notMQTT() throws {
        var bench = SessionBench()
        bench.session.open(version: .v5_0, at: bench.now)
        let text = [UInt8](("HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Type: text/html\r\n").utf8)
        try bench.receive(text)
        #expect(bench.output.ending == .failed(.notMQTT(Array(text.prefix(64)))))
    }

    @Test("a short greeting is waited for a moment, then it is what came")
    func greeting() throws {
        var bench = SessionBench()
        bench.session.open(version: .v5_0, at: bench.now)
        try bench.receive(Array("SSH-".utf8))
        #expect(bench.output.ending == nil)
        try bench.wait(milliseconds: 100)
        try bench.receive(Array("2.0".utf8))
        #expect(bench.output.ending == nil)
        try bench.wait(milliseconds: 200)
        #expect(bench.output.ending == .failed(.notMQTT(Array("SSH-2.0".utf8))))
    }

    @Test("what is closed after a few bytes that are no CONNACK is not MQTT either")
    func alert() throws {
        var bench = SessionBench()
        bench.session.open(version: .v5_0, at: bench.now)
        try bench.receive([0x15, 3, 3, 0, 2, 2, 10])
        #expect(try bench.lose(.reset) == .failed(.notMQTT([0x15, 3, 3, 0, 2, 2, 10])))
    }

    @Test("the beginning of something that might have become a CONNACK is no silence")
    func fragment() throws {
        var bench = SessionBench()
        bench.session.open(version: .v5_0, at: bench.now)
        try bench.receive(Array(" welcome".utf8))
        #expect(bench.output.ending == nil)
        #expect(try bench.lose() == .failed(.notMQTT(Array(" welcome".utf8))))
        bench.session.open(version: .v5_0, at: bench.now)
        #expect(try bench.lose() == .failed(.closedBeforeAnswer(wasReset: false)))
    }

    @Test("no CONNACK in time")
    func noAnswer() throws {
        var bench = SessionBench { $0.answerTimeout = 3_000 }
        bench.session.open(version: .v5_0, at: bench.now)
        try bench.wait(milliseconds: 2_999)
        #expect(bench.output.ending == nil)
        try bench.wait(milliseconds: 1)
        #expect(bench.output.ending == .failed(.noAnswer(milliseconds: 3_000)))
    }

    @Test("closed before any byte, by end or reset")
    func closedBeforeAnswer() throws {
        for (failure, wasReset) in [(nil, false), (.reset, true)] as [(SocketFailure?, Bool)] {
            var bench = SessionBench()
            bench.session.open(version: .v5_0, at: bench.now)
            #expect(try bench.lose(failure) == .failed(.closedBeforeAnswer(wasReset: wasReset)))
        }
    }

    @Test("a loss says what the system said and how long the connection stood")
    func lost() throws {
        var bench = try SessionBench.connected()
        try bench.wait(milliseconds: 1_500)
        #expect(try bench.lose(.reset) == .failed(.lost(.reset, milliseconds: 1_500)))
    }

    @Test("the server's DISCONNECT ends the connection with its reason")
    func disconnected() throws {
        var bench = try SessionBench.connected()
        try bench.receive(
            delivery("a"),
            .disconnect(Disconnect(.serverShuttingDown, properties: properties { $0.serverReference = "other" })))
        #expect(bench.messages == ["a="])
        #expect(
            bench.output.ending
                == .failed(.disconnected(.serverShuttingDown, reasonString: nil, serverReference: "other")))
        #expect(
            try bench.lose()
                == .failed(.disconnected(.serverShuttingDown, reasonString: nil, serverReference: "other")))
    }

    @Test("after DISCONNECT nothing more is sent or listened to [MQTT-3.14.4-2]")
    func disconnect() throws {
        var bench = try SessionBench.connected()
        bench.session.disconnect(at: bench.now)
        #expect(try bench.sent() == [.disconnect(Disconnect())])
        #expect(bench.output.ending == .closed)
        #expect(try bench.receive(delivery("a", qos: .atLeastOnce, identifier: 1)).isEmpty)
        #expect(bench.messages.isEmpty)
        #expect(try bench.publish("a", id: 5).isEmpty)
        #expect(bench.outcomes(5) == [.queued])
    }

    @Test("DISCONNECT goes out although CONNACK has not come yet")
    func disconnectEarly() throws {
        var bench = SessionBench()
        bench.session.open(version: .v5_0, at: bench.now)
        bench.session.disconnect(at: bench.now)
        #expect(try bench.sent().map(\.type) == [.connect, .disconnect])
    }

    @Test("a violation is answered by DISCONNECT with its code in 5.0, by closing before (4.13)")
    func violation() throws {
        var bench = try SessionBench.connected()
        #expect(try bench.receive([0x36, 5, 0, 1, 0x61, 0, 1]) == [.disconnect(Disconnect(.malformedPacket))])
        #expect(bench.output.ending == .failed(.protocolViolation(.malformed("QoS 3"))))
        var older = try SessionBench.connected(version: .v3_1_1)
        #expect(try older.receive([0x36, 5, 0, 1, 0x61, 0, 1]).isEmpty)
        #expect(older.output.ending == .failed(.protocolViolation(.malformed("QoS 3"))))
    }

    @Test("what came before a violation in the same read is delivered")
    func beforeViolation() throws {
        var bench = try SessionBench.connected()
        try bench.receive([0x30, 4, 0, 1, 0x61, 0, 0x30, 4, 0, 1, 0x62, 0, 0x00])
        #expect(bench.messages == ["a=", "b="])
        guard case .failed(.protocolViolation) = bench.output.ending else { throw Unexpected() }
    }

    @Test("a second CONNACK [MQTT-3.2.0-2]; AUTH nobody asked for [MQTT-4.12.0-6]")
    func unexpectedPackets() throws {
        for packet in [
            Packet.connack(ConnAck()),
            .auth(Auth(.continueAuthentication, properties: properties { $0.authenticationMethod = "m" })),
        ] {
            var bench = try SessionBench.connected()
            #expect(try bench.receive(packet) == [.disconnect(Disconnect(.protocolError))])
        }
    }

    @Test(
        "session present after a clean start [MQTT-3.2.2-2], [MQTT-3.2.2-1] of 3.1.1",
        arguments: ProtocolVersion.allCases)
    func sessionPresent(version: ProtocolVersion) throws {
        guard version != .v3_1 else { return }
        var bench = SessionBench(version: version)
        try bench.connect(isSessionPresent: true)
        guard case .failed(.protocolViolation) = bench.output.ending else { throw Unexpected() }
        #expect(bench.output.accepted == nil)
    }

    @Test("a name or password that cannot be written is a failure before anything is sent")
    func misconfigured() throws {
        var bench = SessionBench { $0.userName = "a\0" }
        bench.session.open(version: .v5_0, at: bench.now)
        #expect(try bench.sent().isEmpty)
        guard case .misconfigured = bench.output.ending else { throw Unexpected() }
        var older = SessionBench(version: .v3_1_1) { $0.password = [1] }
        older.session.open(version: .v3_1_1, at: older.now)
        try older.sent()
        guard case .misconfigured = older.output.ending else { throw Unexpected() }
    }

    @Test("every byte may come alone")
    func dripped() throws {
        var bench = SessionBench()
        bench.session.open(version: .v5_0, at: bench.now)
        try bench.sent()
        var bytes: [UInt8] = []
        let encoder = PacketEncoder(role: .server, version: .v5_0)
        for packet in [.connack(ConnAck()), delivery("a", "1"), delivery("b", "2", qos: .exactlyOnce, identifier: 3)] {
            try encoder.encode(packet, into: &bytes)
        }
        var messages: [String] = []
        var sent: [Packet] = []
        for byte in bytes {
            sent += try bench.receive([byte])
            messages += bench.messages
        }
        #expect(messages == ["a=1", "b=2"])
        #expect(sent == [.pubrec(Acknowledgement(3))])
    }
}

/// Something else happened.
struct Unexpected: Error {}
