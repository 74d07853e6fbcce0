import MQTT
import MQTTCodec
import Testing

@testable import MQTTClient

@Suite("Session: lost connections, and what is taken up again")
struct SessionResumeTests {
    /// The CONNECT that goes out next.
    private func connect(_ bench: inout SessionBench) throws -> Connect {
        bench.session.open(version: bench.version, at: bench.now)
        guard case .connect(let connect)? = try bench.sent().first else { throw Unexpected() }
        return connect
    }

    private func kept(_ version: ProtocolVersion) throws -> SessionBench {
        try SessionBench.connected(version: version) {
            $0.cleanStart = false
            $0.sessionExpiryInterval = 60
        }
    }

    // Each step of a flow: lost before it, resumed, finished.

    @Test("QoS 1 out, lost before PUBLISH was read, or before PUBACK was", arguments: ProtocolVersion.allCases)
    func qos1Out(version: ProtocolVersion) throws {
        var bench = try kept(version)
        let message = Message(topic: name("a"), payload: [1], qos: .atLeastOnce)
        #expect(try bench.publish("a", [1], qos: .atLeastOnce) == [.publish(Publish(message, identifier: 1))])
        for _ in 0..<3 {
            // Lost: the server may have it or not, it gets it again. [MQTT-4.4.0-1]
            try bench.lose()
            #expect(bench.outcomes().isEmpty)
            #expect(
                try bench.connect(isSessionPresent: version != .v3_1)
                    == [.publish(Publish(message, identifier: 1, isDuplicate: true))])
        }
        try bench.receive(.puback(Acknowledgement(1)))
        #expect(bench.outcomes() == [.acknowledged(.success, reasonString: nil, microseconds: 0)])
        try bench.lose()
        #expect(try bench.connect(isSessionPresent: version != .v3_1).isEmpty)
    }

    @Test("QoS 2 out, lost before PUBREC, before PUBREL was read, before PUBCOMP", arguments: ProtocolVersion.allCases)
    func qos2Out(version: ProtocolVersion) throws {
        var bench = try kept(version)
        let isPresent = version != .v3_1
        let message = Message(topic: name("a"), payload: [1], qos: .exactlyOnce)
        let again = Packet.publish(Publish(message, identifier: 1, isDuplicate: true))
        try bench.publish("a", [1], qos: .exactlyOnce)
        try bench.lose()
        #expect(try bench.connect(isSessionPresent: isPresent) == [again])
        // PUBREC was sent and lost: the server answers the duplicate by the same.
        try bench.lose()
        #expect(try bench.connect(isSessionPresent: isPresent) == [again])
        let release = Packet.pubrel(Acknowledgement(1))
        #expect(try bench.receive(.pubrec(Acknowledgement(1))) == [release])
        for _ in 0..<2 {
            // PUBREL or PUBCOMP was lost: PUBREL again, never PUBLISH. [MQTT-4.3.3-6]
            try bench.lose()
            #expect(try bench.connect(isSessionPresent: isPresent) == [release])
        }
        #expect(bench.outcomes().isEmpty)
        // The server has ended it before and says so.
        let code: ReasonCode = version == .v5_0 ? .packetIdentifierNotFound : .success
        try bench.receive(.pubcomp(Acknowledgement(1, code)))
        #expect(bench.outcomes() == [.acknowledged(code, reasonString: nil, microseconds: 0)])
        try bench.lose()
        #expect(try bench.connect(isSessionPresent: isPresent).isEmpty)
    }

    @Test(
        "QoS 1 in, lost before PUBACK was read: it comes again, and is delivered again",
        arguments: ProtocolVersion.allCases)
    func qos1In(version: ProtocolVersion) throws {
        var bench = try kept(version)
        try bench.receive(delivery("a", "1", qos: .atLeastOnce, identifier: 5))
        #expect(bench.messages == ["a=1"])
        try bench.lose()
        try bench.connect(isSessionPresent: version != .v3_1)
        let sent = try bench.receive(delivery("a", "1", qos: .atLeastOnce, identifier: 5, isDuplicate: true))
        #expect(bench.messages == ["a=1"] && sent == [.puback(Acknowledgement(5))])
    }

    @Test(
        "QoS 2 in, lost before PUBREC, before PUBREL, before PUBCOMP was read: delivered once [MQTT-4.3.3-10]",
        arguments: ProtocolVersion.allCases)
    func qos2In(version: ProtocolVersion) throws {
        var bench = try kept(version)
        let isPresent = version != .v3_1
        try bench.receive(delivery("a", "1", qos: .exactlyOnce, identifier: 5))
        #expect(bench.messages == ["a=1"])
        for _ in 0..<2 {
            try bench.lose()
            try bench.connect(isSessionPresent: isPresent)
            let sent = try bench.receive(delivery("a", "1", qos: .exactlyOnce, identifier: 5, isDuplicate: true))
            #expect(bench.messages.isEmpty && sent == [.pubrec(Acknowledgement(5))])
        }
        try bench.lose()
        try bench.connect(isSessionPresent: isPresent)
        #expect(try bench.receive(.pubrel(Acknowledgement(5))) == [.pubcomp(Acknowledgement(5))])
        try bench.lose()
        try bench.connect(isSessionPresent: isPresent)
        // PUBCOMP was lost: in 5.0 the second one says that it was ended before (3.7.2.1).
        let code: ReasonCode = version == .v5_0 ? .packetIdentifierNotFound : .success
        #expect(try bench.receive(.pubrel(Acknowledgement(5))) == [.pubcomp(Acknowledgement(5, code))])
        try bench.receive(delivery("a", "2", qos: .exactlyOnce, identifier: 5))
        #expect(bench.messages == ["a=2"])
    }

    @Test("3.1 cannot say that it has the session: subscriptions are made again, publishes sent again")
    func unknownSession() throws {
        var bench = SessionBench(version: .v3_1) {
            $0.cleanStart = false
            $0.subscriptions = [Subscription(.everything, retainAsPublished: false)]
        }
        try bench.connect()
        try bench.receive(.suback(SubAck(1, [.success])))
        try bench.publish("a", qos: .atLeastOnce)
        try bench.lose()
        #expect(try bench.connect().map(\.type) == [.subscribe, .publish])
    }

    // When a session is taken up, and when a new one is asked for.

    @Test("a clean start without an expiry, or before 5.0, begins anew on each connection [MQTT-3.1.2-4]")
    func alwaysAnew() throws {
        for (version, expiry) in [(ProtocolVersion.v5_0, 0), (.v3_1_1, 60)] as [(ProtocolVersion, UInt32)] {
            var bench = SessionBench(version: version) { $0.sessionExpiryInterval = expiry }
            for _ in 0..<3 {
                try bench.connect()
                try bench.publish("a", qos: .atLeastOnce)
                try bench.lose()
                #expect(bench.outcomes().last == .unsendable(.connectionLost))
                #expect(try connect(&bench).cleanStart)
                try bench.lose()
            }
        }
    }

    @Test("a clean start with an expiry is the first connection's alone; the others resume [MQTT-3.1.2-23]")
    func firstAnew() throws {
        var bench = SessionBench { $0.sessionExpiryInterval = 60 }
        let first = try connect(&bench)
        #expect(first.cleanStart && first.properties.sessionExpiryInterval == 60)
        // No CONNACK: there may be a session or not, none of ours is in it.
        try bench.lose()
        #expect(try connect(&bench).cleanStart)
        try bench.receive(.connack(ConnAck()))
        try bench.publish("a", qos: .exactlyOnce)
        try bench.lose()
        let second = try connect(&bench)
        #expect(!second.cleanStart && second.properties.sessionExpiryInterval == 60)
        try bench.lose()
        #expect(try !connect(&bench).cleanStart)
        let sent = try bench.receive(.connack(ConnAck(isSessionPresent: true)))
        #expect(sent.map(\.type) == [.publish])
        #expect(bench.outcomes().isEmpty)
    }

    @Test("a session that the server forgot: what was under way ends, subscriptions are made again [MQTT-3.2.2-5]")
    func forgotten() throws {
        var bench = SessionBench {
            $0.sessionExpiryInterval = 60
            $0.subscriptions = [Subscription(.everything)]
        }
        try bench.connect()
        try bench.receive(.suback(SubAck(1, [.success])), delivery("x", qos: .exactlyOnce, identifier: 3))
        try bench.publish("a", qos: .atLeastOnce)
        try bench.lose()
        #expect(try bench.connect(isSessionPresent: false).map(\.type) == [.subscribe])
        #expect(bench.outcomes() == [.unsendable(.connectionLost)])
        try bench.receive(delivery("x", "new", qos: .exactlyOnce, identifier: 3))
        #expect(bench.messages == ["x=new"])
    }

    @Test("an older version in between does not know the session: what was under way is lost, and 5.0 begins anew")
    func olderBetween() throws {
        var bench = SessionBench { $0.sessionExpiryInterval = 60 }
        try bench.connect()
        try bench.publish("a", qos: .exactlyOnce)
        try bench.lose()
        bench.session.open(version: .v3_1_1, at: bench.now)
        bench.version = .v3_1_1
        guard case .connect(let older)? = try bench.sent().first else { throw Unexpected() }
        #expect(older.cleanStart)
        try bench.lose()
        #expect(bench.outcomes() == [.unsendable(.connectionLost)])
        bench.version = .v5_0
        #expect(try connect(&bench).cleanStart)
    }

    @Test("after the end of everything, publishes that were under way make the next start a clean one")
    func finished() throws {
        for (isUnderWay, isClean) in [(true, true), (false, false)] {
            var bench = try kept(.v5_0)
            try bench.receive(delivery("x", "1", qos: .exactlyOnce, identifier: 3))
            if isUnderWay { try bench.publish("a", qos: .exactlyOnce) }
            bench.session.disconnect(at: bench.now)
            try bench.sent()
            try bench.lose()
            bench.session.finish()
            try bench.sent()
            #expect(bench.outcomes() == (isUnderWay ? [.unsendable(.connectionLost)] : []))
            bench.session.restart()
            // Its identifier would be used again, for something that the server would take for the old message.
            #expect(try connect(&bench).cleanStart == isClean)
            try bench.receive(.connack(ConnAck(isSessionPresent: !isClean)))
            try bench.receive(delivery("x", "1", qos: .exactlyOnce, identifier: 3, isDuplicate: true))
            #expect(bench.messages == (isClean ? ["x=1"] : []))
        }
    }

    @Test("after the end of everything, publishes of QoS 1 that were under way keep nobody from the stored session")
    func finishedQoS1() throws {
        var bench = try kept(.v5_0)
        try bench.publish("a", qos: .atLeastOnce)
        bench.session.disconnect(at: bench.now)
        try bench.sent()
        try bench.lose()
        bench.session.finish()
        try bench.sent()
        #expect(bench.outcomes() == [.unsendable(.connectionLost)])
        bench.session.restart()
        #expect(try connect(&bench).cleanStart == false)
        #expect(try bench.receive(.connack(ConnAck(isSessionPresent: true))).isEmpty)
        #expect(bench.session.requests.count == 0 && bench.session.heldBytes == 0)
    }

    @Test("an identifier of QoS 2 stays taken when its message may not be sent again: the server may still hold it")
    func uncertainIdentifier() throws {
        var bench = try kept(.v5_0)
        try bench.publish("a", [1, 2, 3], qos: .exactlyOnce, id: 1)
        try bench.lose()
        let small = properties { $0.maximumPacketSize = 9 }
        #expect(try bench.connect(properties: small, isSessionPresent: true).isEmpty)
        #expect(bench.outcomes() == [.unsendable(.packetTooLarge(size: 11, limit: 9))])
        guard case .publish(let next)? = try bench.publish("b", qos: .exactlyOnce, id: 2).first else {
            throw Unexpected()
        }
        #expect(next.identifier == 2)
        // It had it: the exchange is ended, nobody is told twice, and the identifier is free again.
        #expect(try bench.receive(.pubrec(Acknowledgement(1))) == [.pubrel(Acknowledgement(1))])
        try bench.receive(.pubcomp(Acknowledgement(1)))
        #expect(bench.outcomes().count == 1)
        #expect(bench.session.requests.count == 1)
    }

    @Test("in 3.1, which cannot say that the session is gone, a message without DUP is a new one")
    func newIn31() throws {
        var bench = try kept(.v3_1)
        try bench.receive(delivery("x", "1", qos: .exactlyOnce, identifier: 3))
        try bench.lose()
        try bench.connect()
        try bench.receive(delivery("x", "1", qos: .exactlyOnce, identifier: 3, isDuplicate: true))
        #expect(bench.messages.isEmpty)
        try bench.receive(delivery("x", "2", qos: .exactlyOnce, identifier: 3))
        #expect(bench.messages == ["x=2"])
    }

    @Test("each connection begins with the whole Receive Maximum, whatever is not released yet (4.9)")
    func quota() throws {
        var bench = try SessionBench.connected {
            $0.sessionExpiryInterval = 60
            $0.receiveMaximum = 2
        }
        func publish(_ identifier: UInt16) -> Packet { delivery("a", qos: .exactlyOnce, identifier: identifier) }
        try bench.receive(publish(1), publish(2))
        try bench.lose()
        try bench.connect(isSessionPresent: true)
        // A server that repeats PUBREL may begin two new ones besides, and one more with each PUBCOMP it has.
        try bench.receive(.pubrel(Acknowledgement(1)), publish(3), publish(4))
        try bench.receive(publish(5), .pubrel(Acknowledgement(2)))
        try bench.receive(publish(6))
        #expect(bench.output.ending == nil && bench.session.unreleased.count == 4)
        #expect(try bench.receive(publish(7)).last == .disconnect(Disconnect(.receiveMaximumExceeded)))
    }

    // What is said at the end.

    @Test("DISCONNECT says the caller's reason, expiry and properties [MQTT-3.14.2-1]")
    func reason() throws {
        var bench = try SessionBench.connected { $0.sessionExpiryInterval = 60 }
        let reason = Disconnection(
            .disconnectWithWill, sessionExpiryInterval: 5, reasonString: "bye", userProperties: [UserProperty("k", "v")]
        )
        bench.session.disconnect(reason, at: bench.now)
        let expected = properties {
            $0.sessionExpiryInterval = 5
            $0.reasonString = "bye"
            $0.userProperties = [UserProperty("k", "v")]
        }
        #expect(try bench.sent() == [.disconnect(Disconnect(.disconnectWithWill, properties: expected))])
        #expect(bench.output.ending == .closed)
    }

    @Test(
        "an expiry but 0 is not said where CONNECT said 0, words not where they do not fit (3.14.2.2.2) [MQTT-3.14.2-3]"
    )
    func leftOut() throws {
        var bench = try SessionBench.connected(properties: properties { $0.maximumPacketSize = 10 })
        let reason = Disconnection(.administrativeAction, sessionExpiryInterval: 5, reasonString: "much too long")
        bench.session.disconnect(reason, at: bench.now)
        #expect(try bench.sent() == [.disconnect(Disconnect(.administrativeAction))])
        var other = try SessionBench.connected()
        other.session.disconnect(Disconnection(sessionExpiryInterval: 0), at: other.now)
        let zero = properties { $0.sessionExpiryInterval = 0 }
        #expect(try other.sent() == [.disconnect(Disconnect(.success, properties: zero))])
    }

    @Test("before 5.0 DISCONNECT takes the will back: who wants it published leaves without [MQTT-3.14.4-3]")
    func willBefore5() throws {
        var bench = try SessionBench.connected(version: .v3_1_1)
        bench.session.disconnect(Disconnection(.disconnectWithWill, reasonString: "x"), at: bench.now)
        #expect(try bench.sent().isEmpty)
        #expect(bench.output.ending == .closed)
        var other = try SessionBench.connected(version: .v3_1_1)
        other.session.disconnect(Disconnection(reasonString: "x"), at: other.now)
        #expect(try other.sent() == [.disconnect(Disconnect())])
    }

    @Test("an expiry of 0 at the end ends the session with the connection")
    func endedSession() throws {
        var bench = try SessionBench.connected { $0.sessionExpiryInterval = 60 }
        try bench.publish("a", qos: .atLeastOnce)
        bench.session.disconnect(Disconnection(sessionExpiryInterval: 0), at: bench.now)
        try bench.sent()
        try bench.lose()
        #expect(bench.outcomes() == [.unsendable(.connectionLost)])
        #expect(try connect(&bench).cleanStart)
    }
}
