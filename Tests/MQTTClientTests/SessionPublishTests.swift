import MQTT
import MQTTCodec
import Testing

@testable import MQTTClient

@Suite("Session: publishing")
struct SessionPublishTests {
    private let success = Outcome.acknowledged(.success, reasonString: nil, microseconds: 2_000)

    @Test("QoS 0 is sent once and named, so that it can be called written")
    func qos0() throws {
        var bench = try SessionBench.connected()
        let sent = try bench.publish("a", [1], isRetained: true, id: 4)
        #expect(sent == [.publish(Publish(Message(topic: name("a"), payload: [1], isRetained: true)))])
        #expect(bench.output.written == [RequestID(rawValue: 4)])
        #expect(bench.outcomes(4).isEmpty)
    }

    @Test(
        "QoS 1: PUBLISH, then PUBACK is the outcome [MQTT-4.3.2-1, MQTT-4.3.2-2]", arguments: ProtocolVersion.allCases)
    func qos1(version: ProtocolVersion) throws {
        var bench = try SessionBench.connected(version: version)
        let message = Message(topic: name("a"), payload: [1], qos: .atLeastOnce)
        #expect(try bench.publish("a", [1], qos: .atLeastOnce) == [.publish(Publish(message, identifier: 1))])
        #expect(bench.outcomes().isEmpty && bench.output.written.isEmpty)
        try bench.wait(milliseconds: 2)
        try bench.receive(.puback(Acknowledgement(1)))
        #expect(bench.outcomes() == [success])
    }

    @Test("QoS 2: PUBLISH, PUBREC, PUBREL, PUBCOMP is the outcome [MQTT-4.3.3-4]", arguments: ProtocolVersion.allCases)
    func qos2(version: ProtocolVersion) throws {
        var bench = try SessionBench.connected(version: version)
        let message = Message(topic: name("a"), payload: [1], qos: .exactlyOnce)
        #expect(try bench.publish("a", [1], qos: .exactlyOnce) == [.publish(Publish(message, identifier: 1))])
        #expect(try bench.receive(.pubrec(Acknowledgement(1))) == [.pubrel(Acknowledgement(1))])
        #expect(bench.outcomes().isEmpty)
        #expect(try bench.receive(.pubrec(Acknowledgement(1))) == [.pubrel(Acknowledgement(1))])
        try bench.wait(milliseconds: 2)
        #expect(try bench.receive(.pubcomp(Acknowledgement(1))).isEmpty)
        #expect(bench.outcomes() == [success])
    }

    @Test("the Reason Code of the answer is the outcome: refused, or nobody subscribed")
    func reasons() throws {
        var bench = try SessionBench.connected()
        try bench.publish("a", qos: .atLeastOnce, id: 1)
        try bench.receive(
            .puback(Acknowledgement(1, .notAuthorized, properties: properties { $0.reasonString = "acl" })))
        #expect(bench.outcomes(1) == [.acknowledged(.notAuthorized, reasonString: "acl", microseconds: 0)])
        try bench.publish("a", qos: .atLeastOnce, id: 2)
        try bench.receive(.puback(Acknowledgement(2, .noMatchingSubscribers)))
        #expect(bench.outcomes(2) == [.acknowledged(.noMatchingSubscribers, reasonString: nil, microseconds: 0)])
        // PUBREC says that nobody subscribed, PUBCOMP does not say it again.
        try bench.publish("a", qos: .exactlyOnce, id: 3)
        try bench.receive(.pubrec(Acknowledgement(3, .noMatchingSubscribers)))
        try bench.receive(.pubcomp(Acknowledgement(3)))
        #expect(bench.outcomes(3) == [.acknowledged(.noMatchingSubscribers, reasonString: nil, microseconds: 0)])
    }

    @Test("PUBREC from 0x80 ends the flow: no PUBREL, the identifier is free [MQTT-4.4.0-2]")
    func refusedPubrec() throws {
        var bench = try SessionBench.connected(properties: properties { $0.receiveMaximum = 1 })
        try bench.publish("a", qos: .exactlyOnce, id: 1)
        try bench.publish("b", qos: .exactlyOnce, id: 2)
        let sent = try bench.receive(.pubrec(Acknowledgement(1, .quotaExceeded)))
        #expect(bench.outcomes(1) == [.acknowledged(.quotaExceeded, reasonString: nil, microseconds: 0)])
        #expect(sent == [.publish(Publish(Message(topic: name("b"), qos: .exactlyOnce), identifier: 2))])
    }

    @Test("at most the server's Receive Maximum is under way; the rest waits in order [MQTT-3.3.4-7, MQTT-4.9.0-2]")
    func window() throws {
        var bench = try SessionBench.connected(properties: properties { $0.receiveMaximum = 2 })
        for id in 1...5 as ClosedRange<UInt64> { try bench.publish("t/\(id)", qos: .atLeastOnce, id: id) }
        #expect(bench.outcomes(2).isEmpty && bench.outcomes(3) == [.queued])
        // What is asked for at QoS 0 keeps its place behind them.
        #expect(try bench.publish("t/6", id: 6).isEmpty)
        #expect(bench.outcomes(6) == [.queued])
        var sent = try bench.receive(.puback(Acknowledgement(2)))
        #expect(sent.map(topic) == ["t/3"])
        sent = try bench.receive(.puback(Acknowledgement(1)), .puback(Acknowledgement(3)))
        #expect(sent.map(topic) == ["t/4", "t/5", "t/6"])
        #expect(bench.output.written == [RequestID(rawValue: 6)])
    }

    @Test("before 5.0, where a server cannot say it, at most 20 are under way")
    func window311() throws {
        var bench = try SessionBench.connected(version: .v3_1_1)
        for id in 1...21 as ClosedRange<UInt64> { try bench.publish("a", qos: .exactlyOnce, id: id) }
        #expect(bench.outcomes(20).isEmpty && bench.outcomes(21) == [.queued])
    }

    @Test("a full window holds back nothing but PUBLISH [MQTT-3.3.4-8, MQTT-4.9.0-3]")
    func fullWindow() throws {
        var bench = try SessionBench.connected(properties: properties { $0.receiveMaximum = 1 })
        try bench.publish("a", qos: .exactlyOnce, id: 1)
        try bench.publish("a", qos: .exactlyOnce, id: 2)
        #expect(try bench.receive(delivery("x", qos: .atLeastOnce, identifier: 1)) == [.puback(Acknowledgement(1))])
        bench.session.subscribe([Subscription(filter("#"))], at: bench.now)
        #expect(try bench.sent().map(\.type) == [.subscribe])
        #expect(try bench.receive(.pubrec(Acknowledgement(1))) == [.pubrel(Acknowledgement(1))])
    }

    @Test("identifiers count up, are not 0, not in use twice, and free after the answer [MQTT-2.2.1-3]")
    func identifiers() throws {
        var bench = try SessionBench.connected()
        var used: Set<UInt16> = []
        func next(_ id: UInt64) throws -> UInt16 {
            guard case .publish(let publish)? = try bench.publish("a", qos: .atLeastOnce, id: id).first else {
                throw Unexpected()
            }
            return publish.identifier
        }
        for id in 0..<1_000 as Range<UInt64> {
            #expect(try next(id) == UInt16(id) + 1)
            used.insert(UInt16(id) + 1)
        }
        for identifier in used where identifier != 17 { try bench.receive(.puback(Acknowledgement(identifier))) }
        for id in 1_000..<65_535 as Range<UInt64> {
            let identifier = try next(id)
            #expect(identifier == UInt16(id) + 1)
            try bench.receive(.puback(Acknowledgement(identifier)))
        }
        let again = try next(65_535)
        #expect(used.contains(again) && again != 17)
    }

    @Test("what the server does not take is not sent, and says why [MQTT-3.2.2-11, MQTT-3.2.2-14, MQTT-3.2.2-15]")
    func limits() throws {
        var bench = try SessionBench.connected(
            properties: properties {
                $0.maximumQoS = 1
                $0.retainAvailable = 0
                $0.maximumPacketSize = 20
            })
        #expect(try bench.publish("a", qos: .exactlyOnce, id: 1).isEmpty)
        #expect(bench.outcomes(1) == [.unsendable(.qosNotSupported(maximum: .atLeastOnce))])
        #expect(try bench.publish("a", isRetained: true, id: 2).isEmpty)
        #expect(bench.outcomes(2) == [.unsendable(.retainNotSupported)])
        #expect(try bench.publish("a", [UInt8](repeating: 0, count: 15), id: 3).isEmpty)
        #expect(bench.outcomes(3) == [.unsendable(.packetTooLarge(size: 21, limit: 20))])
        #expect(try bench.publish("a", [UInt8](repeating: 0, count: 14), id: 4).count == 1)
        #expect(try bench.publish("a", [UInt8](repeating: 0, count: 13), qos: .atLeastOnce, id: 5).isEmpty)
        #expect(bench.outcomes(5) == [.unsendable(.packetTooLarge(size: 21, limit: 20))])
        #expect(bench.session.requests.count == 0 && bench.session.quotaUsed == 0)
    }

    @Test("properties that no PUBLISH can carry are the sender's mistake, and said so; before 5.0 there are none")
    func malformed() throws {
        var bench = try SessionBench.connected()
        let wrong = properties { $0.responseTopic = "a/+" }
        #expect(try bench.publish("a", id: 1, properties: wrong).isEmpty)
        #expect(bench.outcomes(1) == [.unsendable(.malformed("response topic with a wildcard"))])
        var older = try SessionBench.connected(version: .v3_1_1)
        #expect(try older.publish("a", id: 1, properties: wrong).count == 1)
    }

    @Test("what is published while there is no connection waits and goes out after CONNACK, in order")
    func waiting() throws {
        var bench = SessionBench { $0.subscriptions = [Subscription(.everything)] }
        for id in 1...3 as ClosedRange<UInt64> {
            try bench.publish("t/\(id)", qos: id == 2 ? .atLeastOnce : .atMostOnce, id: id)
        }
        #expect((1...3).allSatisfy { bench.outcomes($0) == [.queued] })
        // The subscription goes first, so that our own publishes come back.
        #expect(try bench.connect().map(topic) == ["SUBSCRIBE", "t/1", "t/2", "t/3"])
    }

    @Test("too many waiting are refused, and the next ones taken again when there is room")
    func bounded() throws {
        var bench = SessionBench()
        let payload = [UInt8](repeating: 0, count: 1 << 20)
        for id in 0..<20 as Range<UInt64> { try bench.publish("a", payload, id: id) }
        #expect(bench.outcomes(0) == [.queued])
        #expect(bench.outcomes(19) == [.unsendable(.queueFull)])
        try bench.connect()
        #expect(bench.session.heldBytes == 0)
        try bench.lose()
        try bench.publish("a", payload, id: 21)
        #expect(bench.outcomes(21) == [.queued])
    }

    @Test("what is kept to be sent again to a server that never answers is bounded too", arguments: [true, false])
    func boundedUnderWay(keepsSession: Bool) throws {
        var bench = try SessionBench.connected { $0.cleanStart = !keepsSession }
        let payload = [UInt8](repeating: 0, count: 1 << 20)
        for id in 0..<20 as Range<UInt64> { try bench.publish("a", payload, qos: .atLeastOnce, id: id) }
        #expect(bench.session.heldBytes <= Session.heldLimit)
        #expect(bench.outcomes(19) == (keepsSession ? [.unsendable(.queueFull)] : []))
        try bench.receive(.puback(Acknowledgement(1)))
        #expect(try bench.publish("b", qos: .atLeastOnce, id: 20).count == 1)
    }

    @Test("with a clean start, what is under way when the connection is lost is lost, and what waits goes on waiting")
    func lostClean() throws {
        var bench = try SessionBench.connected(properties: properties { $0.receiveMaximum = 2 })
        try bench.publish("a", qos: .atLeastOnce, id: 1)
        try bench.publish("b", qos: .exactlyOnce, id: 2)
        try bench.publish("c", qos: .atLeastOnce, id: 3)
        try bench.lose()
        #expect(bench.outcomes(1) == [.unsendable(.connectionLost)])
        #expect(bench.outcomes(2) == [.unsendable(.connectionLost)])
        #expect(bench.outcomes(3) == [.queued])
        #expect(try bench.connect().map(topic) == ["c"])
    }

    @Test(
        "a resumed session sends again what was not answered: same identifiers, DUP, in order [MQTT-4.4.0-1, MQTT-4.6.0-1, MQTT-3.3.1-1]",
        arguments: [ProtocolVersion.v3_1_1, .v5_0])
    func resumed(version: ProtocolVersion) throws {
        var bench = try SessionBench.connected(version: version) { $0.cleanStart = false }
        for id in 1...5 as ClosedRange<UInt64> {
            try bench.publish("t/\(id)", [UInt8(id)], qos: id == 3 || id == 4 ? .exactlyOnce : .atLeastOnce, id: id)
        }
        try bench.receive(.pubrec(Acknowledgement(4)), .puback(Acknowledgement(1)))
        try bench.lose()
        let sent = try bench.connect(isSessionPresent: true)
        func again(_ id: UInt16, _ qos: QoS) -> Packet {
            .publish(
                Publish(
                    Message(topic: name("t/\(id)"), payload: [UInt8(id)], qos: qos), identifier: id, isDuplicate: true))
        }
        // The released one is not published again. [MQTT-4.3.3-6]
        #expect(
            sent == [
                .pubrel(Acknowledgement(4)), again(2, .atLeastOnce), again(3, .exactlyOnce), again(5, .atLeastOnce),
            ])
        #expect(
            try bench.receive(.pubcomp(Acknowledgement(4)), .puback(Acknowledgement(2)), .puback(Acknowledgement(5)))
                .isEmpty)
        #expect(try bench.receive(.pubrec(Acknowledgement(3))) == [.pubrel(Acknowledgement(3))])
        try bench.receive(.pubcomp(Acknowledgement(3)))
        for id in 1...5 as ClosedRange<UInt64> { #expect(bench.outcomes(id).count == 1, "\(id)") }
        #expect(bench.session.requests.count == 0 && bench.session.quotaUsed == 0 && bench.session.heldBytes == 0)
    }

    @Test("PUBRELs are repeated in the order of the PUBRECs [MQTT-4.6.0-4]")
    func releaseOrder() throws {
        var bench = try SessionBench.connected { $0.cleanStart = false }
        for id in 1...3 as ClosedRange<UInt64> { try bench.publish("a", qos: .exactlyOnce, id: id) }
        try bench.receive(.pubrec(Acknowledgement(3)), .pubrec(Acknowledgement(1)), .pubrec(Acknowledgement(2)))
        try bench.lose()
        let sent = try bench.connect(isSessionPresent: true)
        #expect(sent == [.pubrel(Acknowledgement(3)), .pubrel(Acknowledgement(1)), .pubrel(Acknowledgement(2))])
    }

    @Test("sending again keeps to the Receive Maximum of the new connection [MQTT-4.9.0-1]")
    func resumedWindow() throws {
        var bench = try SessionBench.connected { $0.cleanStart = false }
        for id in 1...4 as ClosedRange<UInt64> { try bench.publish("t/\(id)", qos: .atLeastOnce, id: id) }
        try bench.lose()
        let sent = try bench.connect(properties: properties { $0.receiveMaximum = 2 }, isSessionPresent: true)
        #expect(sent.map(topic) == ["t/1", "t/2"])
        #expect(try bench.receive(.puback(Acknowledgement(1))).map(topic) == ["t/3"])
        // A new one waits behind the old ones.
        #expect(try bench.publish("t/5", qos: .atLeastOnce, id: 5).isEmpty)
        #expect(
            try bench.receive(.puback(Acknowledgement(2)), .puback(Acknowledgement(3))).map(topic) == ["t/4", "t/5"])
    }

    @Test("an answer that comes before its turn to be sent again counts, and the identifier is not confused")
    func answeredBeforeResending() throws {
        var bench = try SessionBench.connected { $0.cleanStart = false }
        for id in 1...3 as ClosedRange<UInt64> { try bench.publish("t/\(id)", qos: .atLeastOnce, id: id) }
        try bench.lose()
        try bench.connect(properties: properties { $0.receiveMaximum = 1 }, isSessionPresent: true)
        try bench.receive(.puback(Acknowledgement(2)))
        #expect(bench.outcomes(2).count == 1)
        #expect(try bench.receive(.puback(Acknowledgement(1))).map(topic) == ["t/3"])
    }

    @Test("a server without our session ends what was under way [MQTT-3.2.2-5]")
    func sessionGone() throws {
        var bench = try SessionBench.connected { $0.cleanStart = false }
        try bench.publish("a", qos: .atLeastOnce, id: 1)
        try bench.lose()
        #expect(bench.outcomes(1).isEmpty)
        #expect(try bench.connect(isSessionPresent: false).isEmpty)
        #expect(bench.outcomes(1) == [.unsendable(.connectionLost)])
        #expect(bench.session.heldBytes == 0)
    }

    @Test("answers nobody waits for are borne, answers to something else are not [MQTT-2.2.1-5]")
    func strayAnswers() throws {
        var bench = try SessionBench.connected()
        #expect(try bench.receive(.puback(Acknowledgement(9)), .pubcomp(Acknowledgement(9))).isEmpty)
        #expect(
            try bench.receive(.pubrec(Acknowledgement(9)))
                == [.pubrel(Acknowledgement(9, .packetIdentifierNotFound))])
        #expect(bench.output.ending == nil)
        for packet in [Packet.pubrec(Acknowledgement(1)), .pubcomp(Acknowledgement(1))] {
            var bench = try SessionBench.connected()
            try bench.publish("a", qos: .atLeastOnce)
            #expect(try bench.receive(packet) == [.disconnect(Disconnect(.protocolError))])
        }
        for packet in [Packet.puback(Acknowledgement(1)), .pubcomp(Acknowledgement(1))] {
            var bench = try SessionBench.connected()
            try bench.publish("a", qos: .exactlyOnce)
            #expect(try bench.receive(packet) == [.disconnect(Disconnect(.protocolError))])
        }
    }

    @Test("when the connection takes no more, publishes wait until it does")
    func blocked() throws {
        var bench = try SessionBench.connected()
        bench.session.blockWriting(true, at: bench.now)
        #expect(try bench.publish("a", id: 1).isEmpty)
        #expect(bench.outcomes(1) == [.queued])
        bench.session.blockWriting(false, at: bench.now)
        #expect(try bench.sent().map(topic) == ["a"])
    }

    @Test("when no connection is coming, everything ends and nothing is taken")
    func finished() throws {
        var bench = try SessionBench.connected(properties: properties { $0.receiveMaximum = 1 })
        try bench.publish("a", qos: .atLeastOnce, id: 1)
        try bench.publish("a", qos: .atLeastOnce, id: 2)
        bench.session.disconnect(at: bench.now)
        try bench.lose()
        bench.session.finish()
        try bench.publish("a", id: 3)
        #expect(bench.outcomes(1) == [.unsendable(.connectionLost)])
        #expect(bench.outcomes(2) == [.queued, .unsendable(.notConnected)])
        #expect(bench.outcomes(3) == [.unsendable(.notConnected)])
        bench.session.restart()
        try bench.publish("a", id: 4)
        #expect(bench.outcomes(4) == [.queued])
    }

    @Test("what is sent stands in the trace")
    func trace() throws {
        var bench = try SessionBench.connected()
        try bench.publish("a/b", [1, 2, 3], qos: .atLeastOnce, isRetained: true)
        let record = try #require(bench.output.trace.first)
        #expect(record.direction == .sent && record.type == .publish && record.flags == 0b0011)
        #expect(record.identifier == 1 && record.length == 3 && record.topic == "a/b")
    }
}

/// The topic of a PUBLISH, the name of any other packet.
private func topic(_ packet: Packet) -> String {
    if case .publish(let publish) = packet { publish.message.topic.string } else { packet.type.name }
}
