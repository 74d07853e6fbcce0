import MQTT
import MQTTCodec
import Testing

@testable import MQTTClient

@Suite("Session: what is sent when, and what never")
struct SessionOrderTests {
    @Test("one CONNECT for each connection, its first packet and no other [MQTT-3.1.0-2]")
    func oneConnect() throws {
        var bench = SessionBench {
            $0.keepAlive = 10
            $0.sessionExpiryInterval = 60
            $0.subscriptions = [Subscription(.everything)]
        }
        for _ in 0..<3 {
            bench.session.open(version: .v5_0, at: bench.now)
            var sent = try bench.sent()
            sent += try bench.receive(.connack(ConnAck()))
            sent += try bench.publish("a", qos: .atLeastOnce)
            bench.session.reauthenticate(at: bench.now)
            sent += try bench.wait(milliseconds: 14_000)
            sent += try bench.receive(.pingresp, delivery("a", qos: .exactlyOnce, identifier: 1))
            bench.session.disconnect(at: bench.now)
            sent += try bench.sent()
            #expect(sent.map(\.type) == [.connect, .subscribe, .publish, .pingreq, .pubrec, .disconnect])
            try bench.lose()
        }
    }

    @Test(
        "PUBACKs and PUBRECs go out in the order of the PUBLISHes [MQTT-4.6.0-2, MQTT-4.6.0-3]",
        arguments: [ProtocolVersion.v3_1_1, .v5_0])
    func answers(version: ProtocolVersion) throws {
        var bench = try SessionBench.connected(version: version)
        let sent = try bench.receive(
            delivery("a", qos: .exactlyOnce, identifier: 9), delivery("b", qos: .atLeastOnce, identifier: 3),
            delivery("c"), delivery("d", qos: .exactlyOnce, identifier: 2),
            delivery("e", qos: .atLeastOnce, identifier: 1), delivery("f", qos: .exactlyOnce, identifier: 7))
        #expect(
            sent == [
                .pubrec(Acknowledgement(9)), .puback(Acknowledgement(3)), .pubrec(Acknowledgement(2)),
                .puback(Acknowledgement(1)), .pubrec(Acknowledgement(7)),
            ])
    }

    @Test(
        "PUBRELs go out in the order of the PUBRECs, whatever that of the PUBLISHes was [MQTT-4.6.0-4]",
        arguments: [ProtocolVersion.v3_1_1, .v5_0])
    func releases(version: ProtocolVersion) throws {
        var bench = try SessionBench.connected(version: version)
        for id in 1...3 as ClosedRange<UInt64> { try bench.publish("a", qos: .exactlyOnce, id: id) }
        let sent = try bench.receive(
            .pubrec(Acknowledgement(3)), .pubrec(Acknowledgement(1)), .pubrec(Acknowledgement(2)))
        #expect(sent == [.pubrel(Acknowledgement(3)), .pubrel(Acknowledgement(1)), .pubrel(Acknowledgement(2))])
    }

    @Test(
        "while the connection stands nothing is sent twice, however long the answer takes [MQTT-4.4.0-1]",
        arguments: [ProtocolVersion.v3_1_1, .v5_0])
    func onceEach(version: ProtocolVersion) throws {
        var bench = try SessionBench.connected(version: version) {
            $0.keepAlive = 0
            $0.cleanStart = false
            $0.sessionExpiryInterval = 60
        }
        try bench.publish("a", qos: .atLeastOnce, id: 1)
        try bench.publish("b", qos: .exactlyOnce, id: 2)
        try bench.publish("c", qos: .exactlyOnce, id: 3)
        #expect(try bench.receive(.pubrec(Acknowledgement(3))) == [.pubrel(Acknowledgement(3))])
        #expect(try bench.wait(milliseconds: 3_600_000).isEmpty)
        bench.session.blockWriting(true, at: bench.now)
        bench.session.blockWriting(false, at: bench.now)
        #expect(try bench.sent().isEmpty)
    }

    @Test("what was refused, or was QoS 0, is not sent again when the session is taken up [MQTT-4.4.0-2]")
    func refused() throws {
        var bench = try SessionBench.connected { $0.sessionExpiryInterval = 60 }
        try bench.publish("a", qos: .atLeastOnce, id: 1)
        try bench.publish("b", qos: .exactlyOnce, id: 2)
        try bench.publish("c", id: 3)
        try bench.receive(.puback(Acknowledgement(1, .notAuthorized)), .pubrec(Acknowledgement(2, .quotaExceeded)))
        try bench.lose()
        #expect(try bench.connect(isSessionPresent: true).isEmpty)
    }

    @Test(
        "what waited for a connection goes out for the first time then, so without DUP [MQTT-4.3.2-2, MQTT-4.3.3-2]",
        arguments: [ProtocolVersion.v3_1_1, .v5_0])
    func waited(version: ProtocolVersion) throws {
        var bench = try SessionBench.connected(version: version) { $0.cleanStart = false }
        try bench.lose()
        for (id, qos) in QoS.allCases.enumerated() { try bench.publish("a", qos: qos, id: UInt64(id)) }
        let sent = try bench.connect(isSessionPresent: true)
        #expect(
            sent == [
                .publish(Publish(Message(topic: name("a")))),
                .publish(Publish(Message(topic: name("a"), qos: .atLeastOnce), identifier: 1)),
                .publish(Publish(Message(topic: name("a"), qos: .exactlyOnce), identifier: 2)),
            ])
    }

    @Test("a QoS 2 delivery is completed although its message has expired [MQTT-4.3.3-13]")
    func expiredDelivery() throws {
        var bench = try SessionBench.connected()
        let message = Message(
            topic: name("a"), qos: .exactlyOnce, properties: properties { $0.messageExpiryInterval = 1 })
        #expect(
            try bench.receive(.publish(Publish(message, identifier: 5))) == [.pubrec(Acknowledgement(5))])
        bench.now = bench.now.advanced(milliseconds: 30_000)
        #expect(try bench.receive(.pubrel(Acknowledgement(5))) == [.pubcomp(Acknowledgement(5))])
    }

    @Test(
        "deliveries under way when a subscription ends are completed [MQTT-3.10.4-3]",
        arguments: [ProtocolVersion.v3_1_1, .v5_0])
    func completed(version: ProtocolVersion) throws {
        var bench = try SessionBench.connected(version: version)
        bench.session.subscribe([Subscription(filter("a"), qos: .exactlyOnce)], at: bench.now)
        try bench.sent()
        try bench.receive(.suback(SubAck(1, [ReasonCode(rawValue: 2)])))
        try bench.receive(delivery("a", "1", qos: .exactlyOnce, identifier: 5))
        bench.session.unsubscribe([filter("a")], at: bench.now)
        #expect(try bench.sent().map(\.type) == [.unsubscribe])
        try bench.receive(.unsuback(SubAck(2, version == .v5_0 ? [.success] : [])))
        let sent = try bench.receive(
            delivery("a", "1", qos: .exactlyOnce, identifier: 5, isDuplicate: true), .pubrel(Acknowledgement(5)),
            delivery("a", "2", qos: .atLeastOnce, identifier: 6))
        #expect(sent == [.pubrec(Acknowledgement(5)), .pubcomp(Acknowledgement(5)), .puback(Acknowledgement(6))])
        #expect(bench.messages == ["a=2"])
    }

    @Test("our PUBLISH has no Subscription Identifier [MQTT-3.3.4-6]")
    func noSubscriptionIdentifier() throws {
        var bench = try SessionBench.connected()
        #expect(try bench.publish("a", properties: properties { $0.subscriptionIdentifiers = [1] }).isEmpty)
        guard case .unsendable(.malformed)? = bench.outcomes().last else { throw Unexpected() }
    }

    @Test("a Receive Maximum of 0 is none: we do not say it, and do not take it [MQTT-4.9.0-1]")
    func noQuota() throws {
        var bench = SessionBench { $0.receiveMaximum = 0 }
        bench.session.open(version: .v5_0, at: bench.now)
        #expect(try bench.sent().isEmpty)
        guard case .misconfigured = bench.output.ending else { throw Unexpected() }
        var other = SessionBench()
        other.session.open(version: .v5_0, at: other.now)
        try other.sent()
        try other.receive([0x20, 6, 0, 0, 3, 0x21, 0, 0])
        guard case .failed(.protocolViolation(let violation)) = other.output.ending else { throw Unexpected() }
        #expect(violation.reasonCode == .protocolError)
    }
}
