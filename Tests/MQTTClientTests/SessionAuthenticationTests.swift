import MQTT
import MQTTCodec
import Testing

@testable import MQTTClient

/// Counts its steps: begins with 1, answers n with n + 1, and wants to be told "ok" at the end.
private struct Counting: Authentication {
    var method = "COUNT"
    var steps: UInt8 = 0

    mutating func begin() -> [UInt8]? {
        steps += 1
        return [steps]
    }

    mutating func answer(_ data: [UInt8]?) throws(AuthenticationFailure) -> [UInt8]? {
        steps += 1
        guard data == [steps] else { throw AuthenticationFailure("the server cannot count") }
        steps += 1
        return [steps]
    }

    mutating func finish(_ data: [UInt8]?) throws(AuthenticationFailure) {
        guard data == [UInt8]("ok".utf8) else { throw AuthenticationFailure("the server proves nothing") }
    }
}

@Suite("Session: enhanced authentication")
struct SessionAuthenticationTests {
    private func step(_ data: [UInt8]?, method: String? = "COUNT") -> Properties {
        properties {
            $0.authenticationMethod = method
            $0.authenticationData = data
        }
    }

    private let ok = [UInt8]("ok".utf8)

    private func opened() throws -> SessionBench {
        var bench = SessionBench { $0.authentication = Counting() }
        bench.session.open(version: .v5_0, at: bench.now)
        guard case .connect(let connect)? = try bench.sent().first else { throw Unexpected() }
        #expect(connect.properties == step([1]))
        return bench
    }

    private func connected() throws -> SessionBench {
        var bench = try opened()
        try bench.receive(.connack(ConnAck(properties: step(ok))))
        #expect(bench.output.accepted != nil)
        return bench
    }

    @Test("CONNECT begins it, AUTH 0x18 goes to and fro, CONNACK ends it [MQTT-4.12.0-2, MQTT-4.12.0-3, MQTT-4.12.0-5]")
    func exchange() throws {
        var bench = try opened()
        var sent = try bench.receive(.auth(Auth(.continueAuthentication, properties: step([2]))))
        #expect(sent == [.auth(Auth(.continueAuthentication, properties: step([3])))])
        sent = try bench.receive(.auth(Auth(.continueAuthentication, properties: step([4]))))
        #expect(sent == [.auth(Auth(.continueAuthentication, properties: step([5])))])
        #expect(bench.output.accepted == nil && bench.output.ending == nil)
        try bench.receive(.connack(ConnAck(properties: step(ok))))
        #expect(bench.output.accepted != nil)
        // Every connection begins anew.
        try bench.lose()
        bench.session.open(version: .v5_0, at: bench.now)
        guard case .connect(let connect)? = try bench.sent().first else { throw Unexpected() }
        #expect(connect.properties == step([1]))
    }

    @Test("until CONNACK nothing but AUTH goes out [MQTT-3.1.2-30]")
    func nothingElse() throws {
        var bench = SessionBench {
            $0.authentication = Counting()
            $0.subscriptions = [Subscription(.everything)]
        }
        #expect(try bench.publish("a", id: 1).isEmpty)
        bench.session.open(version: .v5_0, at: bench.now)
        #expect(try bench.sent().map(\.type) == [.connect])
        #expect(try bench.publish("a", id: 2).isEmpty)
        bench.session.subscribe([Subscription(filter("x"))], at: bench.now)
        #expect(try bench.sent().isEmpty)
        let sent = try bench.receive(.auth(Auth(.continueAuthentication, properties: step([2]))))
        #expect(sent.map(\.type) == [.auth])
        let rest = try bench.receive(.connack(ConnAck(properties: step(ok))))
        #expect(rest.map(\.type) == [.subscribe, .publish, .publish])
    }

    @Test("every byte of it may come alone")
    func dripped() throws {
        var bench = try opened()
        var bytes: [UInt8] = []
        let encoder = PacketEncoder(role: .server, version: .v5_0)
        try encoder.encode(.auth(Auth(.continueAuthentication, properties: step([2]))), into: &bytes)
        try encoder.encode(.connack(ConnAck(properties: step(ok))), into: &bytes)
        var sent: [Packet] = []
        var isAccepted = false
        for byte in bytes {
            sent += try bench.receive([byte])
            if bench.output.accepted != nil { isAccepted = true }
        }
        #expect(sent == [.auth(Auth(.continueAuthentication, properties: step([3])))] && isAccepted)
    }

    @Test("when our side gives up the connection ends, and says why", arguments: [true, false])
    func refusedByUs(isFirst: Bool) throws {
        var bench = try opened()
        if isFirst {
            let sent = try bench.receive(.auth(Auth(.continueAuthentication, properties: step([9]))))
            #expect(sent == [.disconnect(Disconnect(.unspecifiedError))])
            #expect(bench.output.ending == .failed(.authenticationFailed("the server cannot count")))
        } else {
            let sent = try bench.receive(.connack(ConnAck(properties: step([]))))
            #expect(sent == [.disconnect(Disconnect(.unspecifiedError))])
            #expect(bench.output.accepted == nil)
            #expect(bench.output.ending == .failed(.authenticationFailed("the server proves nothing")))
        }
    }

    @Test("a server that refuses, closes or falls silent on the way [MQTT-4.12.0-4]")
    func refusedByServer() throws {
        var bench = try opened()
        try bench.receive(.auth(Auth(.continueAuthentication, properties: step([2]))))
        var closing = bench
        #expect(try closing.lose() == .failed(.authenticationFailed("the server closed the connection")))
        var silent = bench
        try silent.wait(milliseconds: 5_000)
        #expect(silent.output.ending == .failed(.noAnswer(milliseconds: 4_000)))
        try bench.receive(.connack(ConnAck(.badAuthenticationMethod)))
        #expect(
            bench.output.ending
                == .failed(.refused(.badAuthenticationMethod, reasonString: nil, serverReference: nil)))
    }

    @Test("another method, none, or AUTH instead of CONNACK are Protocol Errors [MQTT-4.12.0-2, MQTT-4.12.0-5]")
    func wrongSteps() throws {
        for packet in [
            Packet.auth(Auth(.continueAuthentication, properties: step([2], method: "OTHER"))),
            .auth(Auth(.continueAuthentication, properties: step(nil, method: nil))),
            .auth(Auth(.success, properties: step(ok))),
            .connack(ConnAck(properties: step(nil, method: nil))),
            .connack(ConnAck(properties: step(ok, method: "OTHER"))),
        ] {
            var bench = try opened()
            try bench.receive(packet)
            guard case .failed(.protocolViolation(let violation)) = bench.output.ending else { throw Unexpected() }
            #expect(violation.reasonCode == .protocolError)
        }
    }

    @Test("a packet of another kind before CONNACK, behind AUTH in the same read or the next [MQTT-3.2.0-1]")
    func tooEarly() throws {
        for isTogether in [true, false] {
            var bench = try opened()
            let auth = Packet.auth(Auth(.continueAuthentication, properties: step([2])))
            if isTogether {
                try bench.receive(auth, delivery("a"))
            } else {
                try bench.receive(auth)
                try bench.receive(delivery("a"))
            }
            #expect(bench.messages.isEmpty)
            guard case .failed(.protocolViolation) = bench.output.ending else { throw Unexpected() }
        }
    }

    @Test("without a method in CONNECT neither AUTH nor CONNACK has one [MQTT-4.12.0-6]")
    func unasked() throws {
        var bench = SessionBench()
        try bench.connect(properties: step(nil))
        guard case .failed(.protocolViolation) = bench.output.ending else { throw Unexpected() }
        var other = try SessionBench.connected()
        #expect(
            try other.receive(.auth(Auth(.continueAuthentication, properties: step(nil))))
                == [.disconnect(Disconnect(.protocolError))])
    }

    @Test("re-authentication: AUTH 0x19, then as before, while messages go on [MQTT-4.12.1-1]")
    func again() throws {
        var bench = try connected()
        bench.session.reauthenticate(at: bench.now)
        #expect(try bench.sent() == [.auth(Auth(.reAuthenticate, properties: step([1])))])
        bench.session.reauthenticate(at: bench.now)
        #expect(try bench.sent().isEmpty)
        let sent = try bench.receive(
            delivery("a"), .auth(Auth(.continueAuthentication, properties: step([2]))))
        #expect(bench.messages == ["a="] && sent == [.auth(Auth(.continueAuthentication, properties: step([3])))])
        try bench.receive(.auth(Auth(.success, properties: step(ok))))
        #expect(bench.output.ending == nil)
        // It is over: another AUTH is not asked for.
        #expect(
            try bench.receive(.auth(Auth(.success, properties: step(ok)))) == [.disconnect(Disconnect(.protocolError))])
    }

    @Test("a re-authentication that fails ends the connection [MQTT-4.12.1-2]")
    func failedAgain() throws {
        var bench = try connected()
        bench.session.reauthenticate(at: bench.now)
        try bench.sent()
        #expect(
            try bench.receive(.auth(Auth(.success, properties: step([0]))))
                == [.disconnect(Disconnect(.unspecifiedError))])
        #expect(bench.output.ending == .failed(.authenticationFailed("the server proves nothing")))
    }

    @Test("without authentication there is nothing to do again; an older version is not spoken with it [MQTT-4.12.0-7]")
    func notPossible() throws {
        var bench = try SessionBench.connected()
        bench.session.reauthenticate(at: bench.now)
        #expect(try bench.sent().isEmpty)
        var older = SessionBench(version: .v3_1_1) { $0.authentication = Counting() }
        older.session.open(version: .v3_1_1, at: older.now)
        #expect(try older.sent().isEmpty)
        guard case .misconfigured = older.output.ending else { throw Unexpected() }
    }
}
