import MQTT
import MQTTCodec
import Testing

@testable import MQTTClient

/// Agrees with all that the server says, without data of its own.
private struct Agreeing: Authentication {
    var method = "AGREE"
    mutating func begin() -> [UInt8]? { nil }
    mutating func answer(_ data: [UInt8]?) throws(AuthenticationFailure) -> [UInt8]? { nil }
    mutating func finish(_ data: [UInt8]?) throws(AuthenticationFailure) {}
}

@Suite("Session: answers that were not asked for, or say more than they may")
struct SessionAnswerTests {
    private let violation = [Packet.disconnect(Disconnect(.protocolError))]

    /// A session with a request of each kind under way: identifiers 1 to 4 are publishes at QoS 1 and 2, SUBSCRIBE and
    /// UNSUBSCRIBE, and authentication has begun anew.
    private func busy(wantsReasons: Bool) throws -> SessionBench {
        var bench = try SessionBench.connected(properties: properties { $0.authenticationMethod = "AGREE" }) {
            $0.requestsProblemInformation = wantsReasons
            $0.authentication = Agreeing()
        }
        try bench.publish("a", qos: .atLeastOnce)
        try bench.publish("a", qos: .exactlyOnce, id: 2)
        bench.session.subscribe([Subscription(filter("a"))], at: bench.now)
        bench.session.unsubscribe([filter("b")], at: bench.now)
        bench.session.reauthenticate(at: bench.now)
        #expect(try bench.sent().map(\.type) == [.subscribe, .unsubscribe, .auth])
        return bench
    }

    @Test(
        "where we want no reasons, only PUBLISH, CONNACK and DISCONNECT bring Reason String or User Property [MQTT-3.1.2-29]",
        arguments: [
            properties { $0.reasonString = "because" },
            properties { $0.userProperties = [UserProperty("why", "because")] },
        ])
    func problemInformation(reason: Properties) throws {
        var auth = reason
        auth.authenticationMethod = "AGREE"
        let answers: [Packet] = [
            .puback(Acknowledgement(1, .notAuthorized, properties: reason)),
            .pubrec(Acknowledgement(2, .notAuthorized, properties: reason)),
            .pubrel(Acknowledgement(9, properties: reason)), .pubcomp(Acknowledgement(9, properties: reason)),
            .suback(SubAck(3, [.notAuthorized], properties: reason)),
            .unsuback(SubAck(4, [.notAuthorized], properties: reason)),
            .auth(Auth(.continueAuthentication, properties: auth)),
        ]
        for answer in answers {
            var bench = try busy(wantsReasons: false)
            #expect(try bench.receive(answer) == violation, "\(answer.type)")
            var willing = try busy(wantsReasons: true)
            try willing.receive(answer)
            #expect(willing.output.ending == nil, "\(answer.type)")
        }
        var bench = SessionBench { $0.requestsProblemInformation = false }
        bench.session.open(version: .v5_0, at: bench.now)
        guard case .connect(let connect)? = try bench.sent().first else { throw Unexpected() }
        #expect(connect.properties.requestProblemInformation == 0)
        try bench.receive(.connack(ConnAck(properties: reason)))
        #expect(bench.output.accepted != nil)
        if reason.reasonString == nil {
            try bench.receive(.publish(Publish(Message(topic: name("a"), properties: reason))))
            #expect(bench.messages == ["a="])
        }
        try bench.receive(.disconnect(Disconnect(.serverBusy, properties: reason)))
        guard case .failed(.disconnected(.serverBusy, _, _)) = bench.output.ending else { throw Unexpected() }
    }

    @Test("the server's DISCONNECT does not come before CONNACK [MQTT-3.14.0-1]")
    func earlyDisconnect() throws {
        var bench = SessionBench()
        bench.session.open(version: .v5_0, at: bench.now)
        try bench.receive(.disconnect(Disconnect(.serverBusy)))
        try bench.wait(milliseconds: Session.strangerPatience)
        #expect(bench.output.ending == .failed(.notMQTT([0xE0, 1, 0x89])))
        // Nor after one that refuses: nothing is listened to any more.
        var refused = SessionBench()
        refused.session.open(version: .v5_0, at: refused.now)
        try refused.receive(.connack(ConnAck(.notAuthorized)), .disconnect(Disconnect(.serverBusy)))
        #expect(
            refused.output.ending == .failed(.refused(.notAuthorized, reasonString: nil, serverReference: nil)))
    }

    @Test("authentication does not begin anew before CONNACK [MQTT-4.12.1-1]")
    func earlyAuthentication() throws {
        var bench = SessionBench { $0.authentication = Agreeing() }
        bench.session.open(version: .v5_0, at: bench.now)
        bench.session.reauthenticate(at: bench.now)
        #expect(try bench.sent().map(\.type) == [.connect])
        try bench.receive(.connack(ConnAck(properties: properties { $0.authenticationMethod = "AGREE" })))
        bench.session.reauthenticate(at: bench.now)
        let method = properties { $0.authenticationMethod = "AGREE" }
        #expect(try bench.sent() == [.auth(Auth(.reAuthenticate, properties: method))])
    }

    @Test(
        "SUBSCRIBE and UNSUBSCRIBE have one answer each, of their kind and with their identifier [MQTT-2.2.1-6]",
        arguments: [ProtocolVersion.v3_1_1, .v5_0])
    func identifiers(version: ProtocolVersion) throws {
        let codes: [ReasonCode] = version == .v5_0 ? [.success] : []
        let (suback, unsuback) = (Packet.suback(SubAck(1, [.success])), Packet.unsuback(SubAck(2, codes)))
        for wrong in [
            [Packet.suback(SubAck(2, [.success]))], [.unsuback(SubAck(1, codes))], [.unsuback(SubAck(3, codes))],
            [.puback(Acknowledgement(1))], [.pubrec(Acknowledgement(2))], [suback, suback], [unsuback, unsuback],
        ] {
            var bench = try SessionBench.connected(version: version)
            bench.session.subscribe([Subscription(filter("a"))], at: bench.now)
            bench.session.unsubscribe([filter("c")], at: bench.now)
            #expect(try bench.sent().map(\.type) == [.subscribe, .unsubscribe])
            var answers: [Packet] = []
            for packet in wrong { answers += try bench.receive(packet) }
            #expect(answers == (version == .v5_0 ? violation : []), "\(wrong)")
            guard case .failed(.protocolViolation(let violation)) = bench.output.ending else { throw Unexpected() }
            #expect(violation.reasonCode == .protocolError)
        }
        var bench = try SessionBench.connected(version: version)
        bench.session.subscribe([Subscription(filter("a"))], at: bench.now)
        bench.session.unsubscribe([filter("c")], at: bench.now)
        try bench.sent()
        try bench.receive(unsuback, suback)
        #expect(bench.output.ending == nil)
        #expect(bench.states("a").last == .granted(.atMostOnce) && bench.states("c").last == .removed)
    }

    @Test(
        "several filters have one answer, whose codes stand in their order [MQTT-3.9.3-1, MQTT-3.11.3-1]",
        arguments: [ProtocolVersion.v3_1_1, .v5_0])
    func order(version: ProtocolVersion) throws {
        var bench = try SessionBench.connected(version: version)
        let filters = ["a", "b", "c", "d"].map { filter($0) }
        bench.session.subscribe(filters.map { Subscription($0, qos: .exactlyOnce) }, at: bench.now)
        #expect(try bench.sent().count == 1)
        try bench.receive(
            .suback(SubAck(1, [ReasonCode(rawValue: 2), .unspecifiedError, .success, ReasonCode(rawValue: 1)])))
        #expect(
            filters.map { bench.states($0.string).last } == [
                .granted(.exactlyOnce), .refused(.unspecifiedError, reasonString: nil), .granted(.atMostOnce),
                .granted(.atLeastOnce),
            ])
        bench.session.unsubscribe(filters, at: bench.now)
        #expect(try bench.sent().count == 1)
        try bench.receive(
            .unsuback(SubAck(2, version == .v5_0 ? [.success, .noSubscriptionExisted, .notAuthorized, .success] : [])))
        let third: SubscriptionState = version == .v5_0 ? .notRemoved(.notAuthorized) : .removed
        #expect(filters.map { bench.states($0.string).last } == [.removed, .removed, third, .removed])
    }
}
