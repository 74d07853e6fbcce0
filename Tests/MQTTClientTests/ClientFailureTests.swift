import MQTT
import MQTTClient
import TestSupport
import Testing

@Suite("Client: every failure is told for what it is")
struct ClientFailureTests {
    /// The first failure of a client on `port`.
    private func failure(
        port: Int, sourceLocation: SourceLocation = #_sourceLocation,
        _ change: (inout ClientConfiguration) -> Void = { _ in }
    ) throws -> ConnectionFailure {
        let bench = ClientBench(port: port, change)
        bench.client.start()
        return try bench.waiting(sourceLocation: sourceLocation)
    }

    @Test("nothing listens there: every address and what it said")
    func refused() throws {
        let port = try Mosquitto.freePort()
        let failure = try failure(port: port)
        let expected = AddressFailure(address: "127.0.0.1:\(port)", failure: .refused)
        #expect(failure.cause == .unreachable([expected]))
        #expect(failure.endpoint == Endpoint(host: "127.0.0.1", port: port) && failure.version == .v5_0)
    }

    @Test("a name with several addresses keeps the failure of each")
    func refusedName() throws {
        let port = try Mosquitto.freePort()
        let bench = ClientBench(port: port, host: "localhost")
        bench.client.start()
        guard case .unreachable(let failures) = try bench.waiting().cause else { throw Unexpected() }
        #expect(failures.contains(AddressFailure(address: "127.0.0.1:\(port)", failure: .refused)))
        #expect(Set(failures.map(\.address)).count == failures.count)
    }

    @Test("a name that is not known, or that no name server can be asked for")
    func unknownName() throws {
        let bench = ClientBench(port: 1883, host: "mqscope-test.invalid")
        bench.client.start()
        let cause = try bench.waiting().cause
        #expect(cause == .nameUnknown || cause == .nameServerUnavailable)
    }

    @Test("a port that is none", arguments: ["localhost", "127.0.0.1", "::1"], [-1, 0, 65_536, 70_000])
    func noPort(host: String, port: Int) throws {
        let bench = ClientBench(port: port, host: host)
        bench.client.start()
        guard case .unreachable = try bench.waiting().cause else { throw Unexpected() }
    }

    @Test("silence after CONNECT")
    func silence() throws {
        let broker = FakeBroker(FakeBroker.silence)
        let failure = try failure(port: broker.port) { $0.answerTimeout = 300 }
        #expect(failure.cause == .noAnswer(milliseconds: 300))
    }

    @Test("closed before any byte: 3.1.1 is tried once, then it is told")
    func closed() throws {
        let broker = FakeBroker(FakeBroker.closing)
        let failure = try failure(port: broker.port)
        #expect(failure.cause == .closedBeforeAnswer(wasReset: false))
        #expect(failure.version == .v3_1_1 && broker.connectionCount == 2)
    }

    @Test("reset before any byte")
    func reset() throws {
        let broker = FakeBroker(FakeBroker.resetting)
        #expect(try failure(port: broker.port).cause == .closedBeforeAnswer(wasReset: true))
    }

    @Test("a web server")
    func http() throws {
        let broker = FakeBroker(FakeBroker.http)
        guard case .notMQTT(let bytes) = try failure(port: broker.port).cause else { throw Unexpected() }
        #expect(bytes.count == 64 && String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.1 400"))
    }

    @Test("an SSH server, which greets before we have said a word")
    func ssh() throws {
        let broker = FakeBroker(FakeBroker.ssh)
        let expected = Array("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n".utf8)
        #expect(try failure(port: broker.port).cause == .notMQTT(expected))
    }

    @Test("a TLS alert")
    func tls() throws {
        let broker = FakeBroker(FakeBroker.tlsAlert)
        #expect(try failure(port: broker.port).cause == .notMQTT([0x15, 3, 3, 0, 2, 2, 10]))
    }

    @Test("a broker that breaks the protocol in its CONNACK")
    func violation() throws {
        let broker = FakeBroker(FakeBroker.answering([0x20, 5, 0, 0, 2, 0x24, 2]))
        guard case .protocolViolation = try failure(port: broker.port).cause else { throw Unexpected() }
    }

    @Test(
        "refused in a way that only the user can mend: no other attempt",
        arguments: [(0x86, 4), (0x87, 5), (0x8A, 5), (0x85, 2), (0x8C, 5)] as [(UInt8, UInt8)])
    func refusedForGood(code: UInt8, returnCode: UInt8) throws {
        let broker = FakeBroker(FakeBroker.refusing(code: code, returnCode: returnCode))
        let bench = ClientBench(port: broker.port) { $0.userName = "ev3" }
        bench.client.start()
        let failure = try bench.failed()
        #expect(failure.cause == .refused(ReasonCode(rawValue: code), reasonString: nil, serverReference: nil))
        #expect(failure.userName == "ev3" && broker.connectionCount == 1)
        // Publishing is not possible then, and says so.
        #expect(try bench.publish("a") == .unsendable(.notConnected))
    }

    @Test("refused for now: tried again")
    func refusedForNow() throws {
        let broker = FakeBroker(FakeBroker.refusing(code: 0x88, returnCode: 3), FakeBroker.working())
        let bench = ClientBench(port: broker.port)
        bench.client.start()
        #expect(
            try bench.waiting().cause == .refused(.serverUnavailable, reasonString: nil, serverReference: nil))
        try bench.connected()
    }

    @Test("refused by an old broker in 3.1.1")
    func refused311() throws {
        let broker = FakeBroker(FakeBroker.refusing(code: 0x87, returnCode: 5))
        let bench = ClientBench(port: broker.port) { $0.version = .v3_1_1 }
        bench.client.start()
        #expect(try bench.failed().cause == .refused(.notAuthorized, reasonString: nil, serverReference: nil))
    }

    @Test("without reconnecting, a failure is final at once")
    func noReconnect() throws {
        let bench = ClientBench(port: try Mosquitto.freePort()) { $0.reconnects = false }
        bench.client.start()
        guard case .unreachable = try bench.failed().cause else { throw Unexpected() }
    }

    @Test("a configuration that cannot be said in MQTT is a final failure")
    func misconfigured() throws {
        let broker = FakeBroker(FakeBroker.working())
        let bench = ClientBench(port: broker.port) { $0.userName = "a\0b" }
        bench.client.start()
        guard case .misconfigured = try bench.failed().cause else { throw Unexpected() }
    }

    @Test("lost without a word, closed or reset, and how long it stood")
    func lost() throws {
        for isReset in [false, true] {
            let broker = FakeBroker(FakeBroker.working())
            let bench = ClientBench(port: broker.port)
            bench.client.start()
            try bench.connected()
            let connection = try #require(broker.connections.first)
            if isReset { connection.reset() } else { connection.close() }
            guard case .lost(let failure, let milliseconds) = try bench.waiting().cause else { throw Unexpected() }
            #expect(failure == (isReset ? .reset : nil) && milliseconds >= 0)
            try bench.connected()
        }
    }

    @Test("the broker's DISCONNECT says why")
    func disconnected() throws {
        let broker = FakeBroker(FakeBroker.working())
        let bench = ClientBench(port: broker.port)
        bench.client.start()
        try bench.connected()
        broker.push([0xE0, 2, 0x8B, 0])
        #expect(
            try bench.waiting().cause == .disconnected(.serverShuttingDown, reasonString: nil, serverReference: nil))
        try bench.connected()
    }

    @Test("a violation later on is told, and told to the broker")
    func laterViolation() throws {
        let broker = FakeBroker(FakeBroker.working())
        let bench = ClientBench(port: broker.port)
        bench.client.start()
        try bench.connected()
        let connection = try #require(broker.connections.first)
        connection.send(FakeBroker.publish("a", [1], version: 5) + [0x36, 5, 0, 1, 0x61, 0, 1])
        guard case .protocolViolation(let violation) = try bench.waiting().cause else { throw Unexpected() }
        #expect(violation.reasonCode == .malformedPacket)
        #expect(connection.waitForPacket { $0 == [0xE0, 1, 0x81] } != nil)
        #expect(try bench.messages(1) == ["a=\u{1}"])
    }

    @Test("a broker that falls silent is found out by its keep alive")
    func keepAlive() throws {
        let broker = FakeBroker({ connection in
            connection.readPacket()
            connection.send([0x20, 3, 0, 0, 0])
            connection.readToEnd()
        })
        let bench = ClientBench(port: broker.port) { $0.keepAlive = 1 }
        bench.client.start()
        try bench.connected()
        #expect(try bench.waiting().cause == .keepAliveTimeout(seconds: 1))
        #expect(bench.packets.contains("sent PINGREQ"))
    }
}

@Suite("Client: falling back to an older version")
struct ClientFallBackTests {
    /// A broker of 3.1.1 that answers a CONNECT of 5.0 with `bytes`, or closes.
    private func older(_ bytes: [UInt8]) -> FakeBroker {
        FakeBroker({ connection in
            guard let connect = connection.readPacket() else { return }
            guard FakeBroker.level(of: connect) < 5 else {
                connection.send(bytes)
                return
            }
            connection.send([0x20, 2, 0, 0])
            connection.readToEnd()
        })
    }

    @Test(
        "on either form of refusal, on any answer of an older server, and on none",
        arguments: [[0x20, 2, 0, 1], [0x20, 3, 0, 0x84, 0], [0x20, 2, 0, 0], []] as [[UInt8]])
    func fallBack(answer: [UInt8]) throws {
        let broker = older(answer)
        let bench = ClientBench(port: broker.port)
        bench.client.start()
        let info = try bench.connected()
        #expect(info.version == .v3_1_1 && info.refusedVersion == .v5_0)
        #expect(info.address == "127.0.0.1:\(broker.port)" && info.clientIdentifier == "bench")
        #expect(!bench.statuses.contains { if case .waiting = $0 { true } else { false } })
    }

    @Test("a version that was refused in words is not tried again after a loss; silence is asked again")
    func remembered() throws {
        for (answer, attempts) in [([0x20, 2, 0, 1], 1), ([], 2)] as [([UInt8], Int)] {
            let broker = older(answer)
            let bench = ClientBench(port: broker.port)
            bench.client.start()
            try bench.connected()
            let before = broker.connectionCount
            broker.connections.last?.close()
            #expect(try bench.connected().version == .v3_1_1)
            #expect(broker.connectionCount - before == attempts)
        }
    }

    @Test("down to 3.1 when even 3.1.1 is refused")
    func oldest() throws {
        let broker = FakeBroker({ connection in
            guard let connect = connection.readPacket() else { return }
            guard FakeBroker.level(of: connect) <= 3 else {
                connection.send([0x20, 2, 0, 1])
                return
            }
            connection.send([0x20, 2, 0, 0])
            connection.readToEnd()
        })
        let bench = ClientBench(port: broker.port)
        bench.client.start()
        let info = try bench.connected()
        #expect(info.version == .v3_1 && info.refusedVersion == .v5_0)
    }

    @Test("all versions refused is told, and tried again later")
    func allRefused() throws {
        let broker = FakeBroker(FakeBroker.answering([0x20, 2, 0, 1]))
        let bench = ClientBench(port: broker.port)
        bench.client.start()
        let cause = try bench.waiting().cause
        #expect(cause == .refused(.unsupportedProtocolVersion, reasonString: nil, serverReference: nil))
        #expect(broker.connectionCount == 3)
    }

    @Test("a version the user demands is kept to", arguments: [ProtocolVersion.v5_0, .v3_1_1])
    func demanded(version: ProtocolVersion) throws {
        let broker = FakeBroker(FakeBroker.answering([0x20, 2, 0, 1]))
        let bench = ClientBench(port: broker.port) { $0.version = version }
        bench.client.start()
        let failure = try bench.waiting()
        #expect(failure.cause == .refused(.unsupportedProtocolVersion, reasonString: nil, serverReference: nil))
        #expect(failure.version == version && broker.connectionCount == 1)
    }
}
