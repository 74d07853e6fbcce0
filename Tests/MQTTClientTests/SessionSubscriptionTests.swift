import MQTT
import MQTTCodec
import Testing

@testable import MQTTClient

@Suite("Session: subscribing")
struct SessionSubscriptionTests {
    private let both = [Subscription(.everything), Subscription(.system, qos: .atLeastOnce)]

    @Test("every filter of the configuration goes out in one SUBSCRIBE after CONNACK, in the order given")
    func configured() throws {
        var bench = SessionBench { [both] in $0.subscriptions = both }
        #expect(try bench.connect() == [.subscribe(Subscribe(1, both))])
        #expect(bench.states("#") == [.requested] && bench.states("$SYS/#") == [.requested])
        try bench.receive(.suback(SubAck(1, [.success, ReasonCode(rawValue: 1)])))
        #expect(bench.states("#") == [.requested, .granted(.atMostOnce)])
        #expect(bench.states("$SYS/#") == [.requested, .granted(.atLeastOnce)])
        #expect(bench.session.lastSubscribed == bench.now)
    }

    @Test("a refused filter says why, and the others stay [MQTT-3.8.4-6]", arguments: [ProtocolVersion.v3_1_1, .v5_0])
    func refused(version: ProtocolVersion) throws {
        var bench = SessionBench(version: version) { [both] in $0.subscriptions = both }
        try bench.connect()
        let (code, reason): (ReasonCode, String?) = version == .v5_0 ? (.notAuthorized, "no") : (.unspecifiedError, nil)
        try bench.receive(.suback(SubAck(1, [.success, code], properties: properties { $0.reasonString = reason })))
        #expect(bench.states("$SYS/#").last == .refused(code, reasonString: reason))
        #expect(bench.states("#").last == .granted(.atMostOnce))
        #expect(bench.output.ending == nil)
    }

    // Each filter that was looked for among all others would take some ten minutes.
    @Test("ten thousand filters in one SUBSCRIBE are no burden", .timeLimit(.minutes(2)))
    func many() throws {
        let subscriptions = (0..<10_000).map { Subscription(filter("robots/\($0)/state")) }
        var bench = SessionBench { $0.subscriptions = subscriptions }
        #expect(try bench.connect() == [.subscribe(Subscribe(1, subscriptions))])
        try bench.receive(.suback(SubAck(1, subscriptions.map { _ in .success })))
        #expect(bench.states("robots/9999/state") == [.requested, .granted(.atMostOnce)])
        bench.session.unsubscribe(subscriptions.dropLast().map(\.filter), at: bench.now)
        try bench.lose()
        #expect(try bench.connect() == [.subscribe(Subscribe(3, Array(subscriptions.suffix(1))))])
    }

    @Test("a SUBACK with another number of codes, or for nothing, is a violation [MQTT-3.8.4-6, MQTT-2.2.1-6]")
    func wrongSuback() throws {
        for answer in [
            SubAck(1, [.success]), SubAck(1, [.success, .success, .success]), SubAck(2, [.success, .success]),
        ] {
            var bench = SessionBench { [both] in $0.subscriptions = both }
            try bench.connect()
            #expect(try bench.receive(.suback(answer)) == [.disconnect(Disconnect(.protocolError))])
        }
    }

    @Test("subscribing and unsubscribing while connected", arguments: [ProtocolVersion.v3_1_1, .v5_0])
    func connected(version: ProtocolVersion) throws {
        var bench = try SessionBench.connected(version: version)
        let wanted = Subscription(filter("a/+"), qos: .exactlyOnce, retainAsPublished: version == .v5_0)
        bench.session.subscribe([wanted], at: bench.now)
        #expect(try bench.sent() == [.subscribe(Subscribe(1, [wanted]))])
        try bench.receive(.suback(SubAck(1, [ReasonCode(rawValue: 2)])))
        bench.session.unsubscribe([filter("a/+")], at: bench.now)
        #expect(try bench.sent() == [.unsubscribe(Unsubscribe(2, [filter("a/+")]))])
        try bench.receive(.unsuback(SubAck(2, version == .v5_0 ? [.success] : [])))
        #expect(bench.states("a/+") == [.requested, .granted(.exactlyOnce), .removed])
        try bench.lose()
        #expect(try bench.connect().isEmpty)
    }

    @Test("a refused removal says so, one of a subscription that was not there is a removal")
    func unsuback() throws {
        var bench = try SessionBench.connected()
        bench.session.unsubscribe([filter("a"), filter("b")], at: bench.now)
        try bench.sent()
        try bench.receive(.unsuback(SubAck(1, [.notAuthorized, .noSubscriptionExisted])))
        #expect(bench.states("a") == [.notRemoved(.notAuthorized)])
        #expect(bench.states("b") == [.removed])
        bench.session.unsubscribe([filter("a"), filter("b")], at: bench.now)
        try bench.sent()
        #expect(try bench.receive(.unsuback(SubAck(1, [.success]))) == [.disconnect(Disconnect(.protocolError))])
    }

    @Test("subscriptions are made again after each CONNACK without a session, refused ones too")
    func again() throws {
        var bench = SessionBench { [both] in $0.subscriptions = both }
        try bench.connect()
        try bench.receive(.suback(SubAck(1, [.success, .notAuthorized])))
        bench.session.subscribe([Subscription(filter("x"))], at: bench.now)
        try bench.sent()
        try bench.receive(.suback(SubAck(2, [.success])))
        try bench.lose()
        #expect(try bench.connect() == [.subscribe(Subscribe(3, both + [Subscription(filter("x"))]))])
    }

    @Test("with a session the server still has only what it has not confirmed is asked for")
    func sessionPresent() throws {
        var bench = SessionBench { [both] in
            $0.subscriptions = both
            $0.cleanStart = false
        }
        #expect(try bench.connect(isSessionPresent: true) == [.subscribe(Subscribe(1, both))])
        try bench.receive(.suback(SubAck(1, [.success, .success])))
        bench.session.subscribe([Subscription(filter("x"))], at: bench.now)
        try bench.sent()
        try bench.lose()
        #expect(try bench.connect(isSessionPresent: true) == [.subscribe(Subscribe(3, [Subscription(filter("x"))]))])
        try bench.receive(.suback(SubAck(3, [.success])))
        try bench.lose()
        #expect(try bench.connect(isSessionPresent: true).isEmpty)
        try bench.lose()
        #expect(try bench.connect().map(\.type) == [.subscribe])
    }

    @Test("what is changed while there is no connection is done after it is there")
    func offline() throws {
        var bench = SessionBench { [both] in $0.subscriptions = both }
        bench.session.unsubscribe([.everything], at: bench.now)
        bench.session.subscribe([Subscription(filter("x")), Subscription(.system, qos: .exactlyOnce)], at: bench.now)
        try bench.sent()
        #expect(bench.states("#") == [.requested, .removed])
        // The same filter again replaces the subscription.
        let wanted = [Subscription(.system, qos: .exactlyOnce), Subscription(filter("x"))]
        #expect(try bench.connect() == [.subscribe(Subscribe(1, wanted))])
    }

    @Test("what is subscribed to is told before there is a connection, and again when the server has lost it")
    func asked() throws {
        var bench = SessionBench { [both] in $0.subscriptions = both }
        try bench.sent()
        #expect(bench.states("#") == [.requested] && bench.states("$SYS/#") == [.requested])
        bench.session.subscribe([Subscription(filter("x"))], at: bench.now)
        try bench.sent()
        #expect(bench.states("x") == [.requested])
        try bench.connect()
        try bench.receive(.suback(SubAck(1, [.success, .success, .success])))
        try bench.lose()
        try bench.connect()
        #expect(bench.states("x") == [.requested, .granted(.atMostOnce), .requested])
    }

    @Test("a subscription ended while offline is ended in the session the server kept")
    func offlineRemoval() throws {
        for isSessionPresent in [true, false] {
            var bench = try SessionBench.connected { $0.cleanStart = false }
            bench.session.subscribe([Subscription(filter("a"))], at: bench.now)
            try bench.sent()
            try bench.receive(.suback(SubAck(1, [.success])))
            try bench.lose()
            bench.session.unsubscribe([filter("a")], at: bench.now)
            let sent = try bench.connect(isSessionPresent: isSessionPresent)
            #expect(sent == (isSessionPresent ? [.unsubscribe(Unsubscribe(2, [filter("a")]))] : []))
            if isSessionPresent { try bench.receive(.unsuback(SubAck(2, [.success]))) }
            #expect(bench.states("a").last == .removed)
        }
    }

    @Test("of two SUBSCRIBEs for one filter only the answer to the latter counts")
    func overtaken() throws {
        var bench = try SessionBench.connected {
            $0.cleanStart = false
            $0.sessionExpiryInterval = 60
        }
        bench.session.subscribe([Subscription(filter("a"))], at: bench.now)
        bench.session.subscribe([Subscription(filter("a"), qos: .exactlyOnce)], at: bench.now)
        #expect(try bench.sent().count == 2)
        try bench.receive(.suback(SubAck(1, [.success])))
        #expect(bench.states("a") == [.requested, .requested])
        try bench.lose()
        let again = try bench.connect(isSessionPresent: true)
        guard case .subscribe(let packet)? = again.first else { throw Unexpected() }
        #expect(packet.subscriptions.map(\.qos) == [.exactlyOnce])
        try bench.receive(.suback(SubAck(packet.identifier, [ReasonCode(rawValue: 2)])))
        #expect(bench.states("a").last == .granted(.exactlyOnce))
    }

    @Test("an UNSUBSCRIBE that a later SUBSCRIBE overrules is not sent, and has its answer all the same")
    func overruled() throws {
        var bench = try SessionBench.connected {
            $0.cleanStart = false
            $0.sessionExpiryInterval = 60
            $0.subscriptions = [Subscription(filter("a"))]
        }
        try bench.receive(.suback(SubAck(1, [.success])))
        // Asked for while there is no connection, and taken back.
        try bench.lose()
        bench.session.unsubscribe([filter("a")], at: bench.now)
        bench.session.subscribe([Subscription(filter("a"))], at: bench.now)
        try bench.sent()
        #expect(bench.states("a").suffix(2) == [.removed, .requested])
        let sent = try bench.connect(isSessionPresent: true)
        guard sent.count == 1, case .subscribe(let packet)? = sent.first else { throw Unexpected() }
        try bench.receive(.suback(SubAck(packet.identifier, [.success])))
        // Under way when the connection is lost, and taken back by then.
        bench.session.unsubscribe([filter("a")], at: bench.now)
        bench.session.subscribe([Subscription(filter("a"))], at: bench.now)
        try bench.sent()
        try bench.lose()
        #expect(bench.states("a").last == .removed)
        let last = try bench.connect(isSessionPresent: true)
        #expect(last.map(\.type) == [.subscribe])
    }

    @Test("filters that the server does not offer are refused here (3.2.2.3)")
    func unavailable() throws {
        var bench = SessionBench {
            $0.subscriptions = [
                Subscription(.everything), Subscription(filter("$share/g/a")), Subscription(filter("a")),
            ]
        }
        let sent = try bench.connect(
            properties: properties {
                $0.wildcardSubscriptionAvailable = 0
                $0.sharedSubscriptionAvailable = 0
            })
        #expect(sent == [.subscribe(Subscribe(1, [Subscription(filter("a"))]))])
        #expect(bench.states("#") == [.requested, .refused(ReasonCode(rawValue: 0xA2), reasonString: nil)])
        #expect(bench.states("$share/g/a") == [.requested, .refused(ReasonCode(rawValue: 0x9E), reasonString: nil)])
    }

    @Test(
        "many filters are spread over as many SUBSCRIBEs as the server's Maximum Packet Size asks for [MQTT-3.2.2-15]")
    func parts() throws {
        let filters = (0..<10).map { Subscription(filter("topic/\($0)")) }
        var bench = SessionBench {
            $0.subscriptions = filters + [Subscription(filter(String(repeating: "x", count: 90)))]
        }
        let sent = try bench.connect(properties: properties { $0.maximumPacketSize = 60 })
        var asked: [Subscription] = []
        for packet in sent {
            guard case .subscribe(let subscribe) = packet else { throw Unexpected() }
            var bytes: [UInt8] = []
            try PacketEncoder(role: .client, version: .v5_0).encode(packet, into: &bytes)
            #expect(bytes.count <= 60)
            asked += subscribe.subscriptions
        }
        #expect(asked == filters && sent.count == 2)
        #expect(
            bench.states(String(repeating: "x", count: 90)) == [
                .requested, .refused(.packetTooLarge, reasonString: nil),
            ])
    }

    @Test("what is asked for stands in the trace with its first filter")
    func trace() throws {
        var bench = SessionBench { [both] in $0.subscriptions = both }
        try bench.connect()
        let record = try #require(bench.output.trace.last)
        #expect(record.type == .subscribe && record.identifier == 1 && record.topic == "#" && record.flags == 2)
        try bench.receive(.suback(SubAck(1, [.notAuthorized, .success])))
        #expect(bench.output.trace.last?.reasonCode == 0x87)
    }
}
