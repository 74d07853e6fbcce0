import MQTT
import MQTTCodec
import Testing

@testable import MQTTClient

@Suite("Session: what is asked for, and what the server may say to it")
struct SessionAskingTests {
    @Test("CONNECT of 5.0 says everything, an older one what it can")
    func everything() throws {
        func change(_ configuration: inout ClientConfiguration) {
            configuration.cleanStart = false
            configuration.sessionExpiryInterval = .max
            configuration.topicAliasMaximum = 3
            configuration.requestsResponseInformation = true
            configuration.requestsProblemInformation = false
            configuration.userProperties = [UserProperty("k", "v"), UserProperty("k", "w")]
            configuration.will = Will(
                message: Message(
                    topic: name("w"), payload: [1, 0], qos: .exactlyOnce, isRetained: true,
                    properties: properties {
                        $0.payloadFormatIndicator = 0
                        $0.messageExpiryInterval = 9
                        $0.contentType = "t"
                        $0.responseTopic = "r"
                        $0.correlationData = [0]
                        $0.userProperties = [UserProperty("a", "b")]
                    }), delayInterval: 30)
        }
        var bench = SessionBench(change)
        bench.session.open(version: .v5_0, at: bench.now)
        guard case .connect(let connect)? = try bench.sent().first else { throw Unexpected() }
        #expect(connect.will == bench.session.configuration.will)
        let expected = properties {
            $0.sessionExpiryInterval = .max
            $0.topicAliasMaximum = 3
            $0.requestResponseInformation = 1
            $0.requestProblemInformation = 0
            $0.userProperties = [UserProperty("k", "v"), UserProperty("k", "w")]
        }
        #expect(connect.properties == expected && !connect.cleanStart)
        var older = SessionBench(version: .v3_1_1, change)
        older.session.open(version: .v3_1_1, at: older.now)
        guard case .connect(let connect)? = try older.sent().first else { throw Unexpected() }
        #expect(connect.properties == Properties() && connect.will?.message.properties == Properties())
        #expect(connect.will?.message.qos == .exactlyOnce && connect.will?.message.payload == [1, 0])
    }

    @Test("everything that CONNACK says is handed up")
    func connack() throws {
        let said = properties {
            $0.sessionExpiryInterval = 7
            $0.responseInformation = "r"
            $0.serverReference = "other:1883"
            $0.reasonString = "welcome"
            $0.userProperties = [UserProperty("k", "v")]
            $0.topicAliasMaximum = 3
            $0.subscriptionIdentifierAvailable = 0
        }
        var bench = SessionBench { $0.requestsResponseInformation = true }
        try bench.connect(properties: said)
        #expect(bench.output.accepted?.properties == said)
    }

    @Test("Response Information that was not asked for is a Protocol Error [MQTT-3.1.2-28]")
    func responseInformation() throws {
        var bench = SessionBench()
        try bench.connect(properties: properties { $0.responseInformation = "r" })
        guard case .failed(.protocolViolation(let violation)) = bench.output.ending else { throw Unexpected() }
        #expect(violation.reasonCode == .protocolError)
    }

    @Test(
        "who has no name is given one in 5.0 [MQTT-3.1.3-7, MQTT-3.2.2-16]; a server that gives none is taken nevertheless",
        arguments: [nil, "", "given"])
    func assigned(given: String?) throws {
        var bench = SessionBench(name: "")
        try bench.connect(properties: properties { $0.assignedClientIdentifier = given })
        let name = given ?? ""
        #expect(bench.output.accepted != nil && bench.session.clientIdentifier == name)
    }

    @Test("an empty name needs a clean start before 5.0, and 3.1 has none [MQTT-3.1.3-7] of 3.1.1")
    func noName() throws {
        for (version, isClean, isSent) in [
            (.v3_1_1, true, true), (.v3_1_1, false, false), (.v3_1, true, false), (.v5_0, false, true),
        ] as [(ProtocolVersion, Bool, Bool)] {
            var bench = SessionBench(version: version, name: "") { $0.cleanStart = isClean }
            bench.session.open(version: version, at: bench.now)
            #expect(try bench.sent().isEmpty != isSent)
            let isWrong = if case .misconfigured? = bench.output.ending { true } else { false }
            #expect(isWrong != isSent)
        }
    }

    @Test(
        "filters with an identifier or User Properties of their own go out in SUBSCRIBEs of their own, again after a loss"
    )
    func identifiers() throws {
        let one = Subscription(filter("a"), retainHandling: .whenNew, identifier: 1)
        let two = Subscription(filter("b"), identifier: 2, userProperties: [UserProperty("k", "v")])
        let plain = Subscription(filter("c"), noLocal: true)
        let other = Subscription(filter("d"), qos: .exactlyOnce, identifier: 1)
        var bench = SessionBench { $0.subscriptions = [one, two, plain, other] }
        func bare(_ subscription: Subscription) -> Subscription {
            var subscription = subscription
            subscription.identifier = nil
            subscription.userProperties = []
            return subscription
        }
        let expected: [Packet] = [
            .subscribe(
                Subscribe(1, [bare(one), bare(other)], properties: properties { $0.subscriptionIdentifiers = [1] })),
            .subscribe(
                Subscribe(
                    2, [bare(two)],
                    properties: properties {
                        $0.subscriptionIdentifiers = [2]
                        $0.userProperties = [UserProperty("k", "v")]
                    })),
            .subscribe(Subscribe(3, [plain])),
        ]
        #expect(try bench.connect() == expected)
        try bench.lose()
        #expect(try bench.connect().count == 3)
        var older = SessionBench(version: .v3_1_1) { $0.subscriptions = [one, two] }
        #expect(try older.connect().count == 1)
    }

    @Test("identifiers that the server does not offer are refused here, wrong ones too (3.2.2.3.12)")
    func refusedIdentifiers() throws {
        var bench = SessionBench {
            $0.subscriptions = [Subscription(filter("a"), identifier: 1), Subscription(filter("b"))]
        }
        let sent = try bench.connect(properties: properties { $0.subscriptionIdentifierAvailable = 0 })
        #expect(sent == [.subscribe(Subscribe(1, [Subscription(filter("b"))]))])
        #expect(bench.states("a") == [.requested, .refused(.subscriptionIdentifiersNotSupported, reasonString: nil)])
        for identifier in [0, 268_435_456] as [UInt32] {
            var bench = try SessionBench.connected()
            bench.session.subscribe([Subscription(filter("a"), identifier: identifier)], at: bench.now)
            #expect(try bench.sent().isEmpty)
            guard case .refused(_, .some)? = bench.states("a").last else { throw Unexpected() }
            #expect(bench.session.requests.count == 0)
        }
    }

    @Test("UNSUBSCRIBE takes User Properties, now and when it has to wait; one that is too large is not sent")
    func unsubscribe() throws {
        var bench = try SessionBench.connected(properties: properties { $0.maximumPacketSize = 20 }) {
            $0.cleanStart = false
        }
        let pair = [UserProperty("k", "v")]
        func expected(_ identifier: UInt16) -> Packet {
            .unsubscribe(Unsubscribe(identifier, [filter("a")], properties: properties { $0.userProperties = pair }))
        }
        bench.session.unsubscribe([filter("a")], userProperties: pair, at: bench.now)
        #expect(try bench.sent() == [expected(1)])
        try bench.lose()
        // It was not answered: it is asked for again.
        #expect(
            try bench.connect(properties: properties { $0.maximumPacketSize = 20 }, isSessionPresent: true) == [
                expected(2)
            ])
        let long = String(repeating: "x", count: 20)
        bench.session.unsubscribe([filter(long)], at: bench.now)
        #expect(try bench.sent().isEmpty)
        #expect(bench.states(long) == [.notRemoved(.packetTooLarge)])
        bench.session.unsubscribe([filter("b")], userProperties: [UserProperty("\0", "")], at: bench.now)
        #expect(try bench.sent().isEmpty && bench.states("b") == [.notRemoved(.malformedPacket)])
    }

    @Test("shared subscriptions are asked for and match without their group [MQTT-4.8.2-1]")
    func shared() throws {
        var bench = SessionBench { $0.subscriptions = [Subscription(filter("$share/g/a/+"), qos: .atLeastOnce)] }
        #expect(
            try bench.connect() == [.subscribe(Subscribe(1, [Subscription(filter("$share/g/a/+"), qos: .atLeastOnce)]))]
        )
        try bench.receive(.suback(SubAck(1, [ReasonCode(rawValue: 1)])), delivery("a/b", "1"))
        #expect(bench.states("$share/g/a/+").last == .granted(.atLeastOnce) && bench.messages == ["a/b=1"])
    }

    @Test("a publish that waits grows older: what remains of its expiry is sent, or nothing")
    func expiry() throws {
        var bench = SessionBench()
        for (id, interval) in [(1, 10), (2, 3), (3, 0), (4, nil)] as [(UInt64, UInt32?)] {
            try bench.publish(
                "t/\(id)", qos: .exactlyOnce, id: id, properties: properties { $0.messageExpiryInterval = interval })
        }
        try bench.wait(milliseconds: 3_500)
        let sent = try bench.connect()
        let intervals = sent.map { packet -> UInt32? in
            if case .publish(let publish) = packet { publish.message.properties.messageExpiryInterval } else { 99 }
        }
        #expect(intervals == [7, nil])
        #expect(bench.outcomes(2).last == .unsendable(.expired) && bench.outcomes(3).last == .unsendable(.expired))
        // At once, an interval of 0 is sent as it is.
        #expect(try bench.publish("a", id: 5, properties: properties { $0.messageExpiryInterval = 0 }).count == 1)
    }

    @Test("what was sent once does not grow older [MQTT-4.3.3-7]; before 5.0 nothing does")
    func noExpiry() throws {
        var bench = try SessionBench.connected { $0.cleanStart = false }
        let interval = properties { $0.messageExpiryInterval = 5 }
        try bench.publish("a", qos: .exactlyOnce, properties: interval)
        try bench.lose()
        try bench.wait(milliseconds: 60_000)
        guard case .publish(let publish)? = try bench.connect(isSessionPresent: true).first else { throw Unexpected() }
        #expect(publish.message.properties == interval && publish.isDuplicate)
        var older = SessionBench(version: .v3_1_1)
        try older.publish("a", qos: .exactlyOnce, properties: interval)
        try older.wait(milliseconds: 60_000)
        #expect(try older.connect().count == 1)
    }
}
