import MQTT
import MQTTCodec
import Testing

@testable import MQTTClient

@Suite("Session: groups of publishes")
struct SessionGroupTests {
    /// A group of the lines of `text`.
    private func group(_ text: String, qos: QoS = .atMostOnce, id: UInt64 = 1, isRetained: Bool = false) -> PublishGroup
    {
        let bytes = Array((text + "\n").utf8)
        var ranges: [Range<Int>] = []
        var start = 0
        for (index, byte) in bytes.enumerated() where byte == 0x0A {
            ranges.append(start..<index)
            start = index + 1
        }
        return PublishGroup(
            id: RequestID(rawValue: id), template: Message(topic: name("a"), qos: qos, isRetained: isRetained),
            bytes: bytes, payloads: ranges)
    }

    /// The payloads of the PUBLISHes among `packets`, with their identifiers at QoS 1 and 2.
    private func payloads(_ packets: [Packet]) -> [String] {
        packets.compactMap { packet in
            guard case .publish(let publish) = packet else { return nil }
            let text = String(decoding: publish.message.payload, as: UTF8.self)
            return publish.message.qos == .atMostOnce ? text : "\(publish.identifier)\(text)"
        }
    }

    /// What was said of the group `id`: messages that remain, and failures.
    private func progress(_ bench: SessionBench, id: UInt64 = 1) -> [String] {
        bench.events.compactMap { event in
            guard case .progress(let group, let progress) = event, group.rawValue == id else { return nil }
            let failures = progress.failures.map { "\($0.messages) \($0.outcome)" }
            let first = progress.firstRemaining.map { " from \($0)" } ?? ""
            return (["\(progress.remaining)\(first)"] + failures).joined(separator: ": ")
        }
    }

    @Test("QoS 0: all of it as it would be one by one, empty ones too; done when it is written")
    func plain() throws {
        for version in ProtocolVersion.allCases {
            var bench = try SessionBench.connected(version: version) { $0.tracing = .none }
            var alone = try SessionBench.connected(version: version)
            bench.session.publish(group("one\n\nthree", isRetained: true), at: bench.now)
            let sent = try bench.sent()
            var single: [Packet] = []
            for text in ["one", "", "three"] { single += try alone.publish("a", Array(text.utf8), isRetained: true) }
            #expect(sent == single && sent.count == 3)
            #expect(bench.output.writtenParts == [GroupPart(id: RequestID(rawValue: 1), messages: 0..<3)])
            #expect(progress(bench).isEmpty)
            bench.session.settle(bench.output.writtenParts[0], .written)
            try bench.sent()
            #expect(progress(bench) == ["0"])
        }
    }

    @Test("QoS 0 with a trace says the same, and is traced")
    func traced() throws {
        var bench = try SessionBench.connected()
        bench.session.publish(group("one\ntwo"), at: bench.now)
        #expect(payloads(try bench.sent()) == ["one", "two"])
        #expect(bench.output.trace.map(\.length) == [3, 3])
        #expect(bench.output.writtenParts == [GroupPart(id: RequestID(rawValue: 1), messages: 0..<2)])
    }

    @Test(
        "QoS 1 and 2: the window is kept full; one word when all is acknowledged",
        arguments: [QoS.atLeastOnce, .exactlyOnce])
    func window(qos: QoS) throws {
        var bench = try SessionBench.connected(properties: properties { $0.receiveMaximum = 2 })
        bench.session.publish(group("a\nb\nc", qos: qos), at: bench.now)
        bench.session.publish(group("d", qos: qos, id: 2), at: bench.now)
        #expect(payloads(try bench.sent()) == ["1a", "2b"])
        func acknowledge(_ identifier: UInt16) throws -> [Packet] {
            guard qos == .exactlyOnce else { return try bench.receive(.puback(Acknowledgement(identifier))) }
            try bench.receive(.pubrec(Acknowledgement(identifier)))
            return try bench.receive(.pubcomp(Acknowledgement(identifier)))
        }
        #expect(payloads(try acknowledge(1)) == ["3c"])
        #expect(payloads(try acknowledge(2)) == ["4d"])
        #expect(progress(bench).isEmpty)
        _ = try acknowledge(3)
        #expect(progress(bench) == ["0"] && progress(bench, id: 2).isEmpty)
        _ = try acknowledge(4)
        #expect(progress(bench, id: 2) == ["0"])
        #expect(bench.session.heldBytes == 0)
    }

    @Test("the client's own limit of what is under way holds, with every version", arguments: ProtocolVersion.allCases)
    func inFlightMaximum(version: ProtocolVersion) throws {
        var bench = try SessionBench.connected(version: version) { $0.inFlightMaximum = 30 }
        bench.session.publish(group(String(repeating: "x\n", count: 50), qos: .atLeastOnce), at: bench.now)
        #expect(try bench.sent().count == 30)
    }

    @Test("refused and unsendable ones are told at once, by their place")
    func failures() throws {
        var bench = try SessionBench.connected(properties: properties { $0.maximumPacketSize = 20 }) {
            $0.tracing = .none
        }
        let long = String(repeating: "x", count: 30)
        bench.session.publish(group("a\n\(long)\nb", qos: .atMostOnce), at: bench.now)
        #expect(payloads(try bench.sent()) == ["a", "b"])
        #expect(progress(bench) == ["2: 1..<2 unsendable(MQTT.Outcome.Unsendable.packetTooLarge(size: 36, limit: 20))"])
        #expect(
            bench.output.writtenParts == [
                GroupPart(id: RequestID(rawValue: 1), messages: 0..<1),
                GroupPart(id: RequestID(rawValue: 1), messages: 2..<3),
            ])
        bench.session.publish(group("c\nd", qos: .atLeastOnce, id: 2), at: bench.now)
        try bench.sent()
        try bench.receive(.puback(Acknowledgement(2, .notAuthorized)))
        #expect(progress(bench, id: 2).first?.hasPrefix("1: 1..<2 acknowledged(Not authorized (0x87)") == true)
        try bench.receive(.puback(Acknowledgement(1, .noMatchingSubscribers)))
        #expect(progress(bench, id: 2).last == "0")
    }

    @Test("what the server does not take at all is not sent")
    func refusal() throws {
        var bench = try SessionBench.connected(properties: properties { $0.maximumQoS = 0 })
        bench.session.publish(group("a\nb", qos: .atLeastOnce), at: bench.now)
        #expect(try bench.sent().isEmpty)
        #expect(progress(bench).count == 2 && progress(bench).last?.hasPrefix("0: 1..<2 unsendable") == true)
    }

    @Test(
        "a lost connection loses nothing at QoS 1 and 2, in order, whether the session outlives it or not",
        arguments: [QoS.atLeastOnce, .exactlyOnce], [true, false])
    func lossless(qos: QoS, isKept: Bool) throws {
        var bench = try SessionBench.connected(properties: properties { $0.receiveMaximum = 2 }) {
            if isKept { $0.sessionExpiryInterval = 60 }
        }
        bench.session.publish(group("a\nb\nc", qos: qos), at: bench.now)
        #expect(payloads(try bench.sent()) == ["1a", "2b"])
        try bench.lose()
        #expect(progress(bench) == ["3 from 0"])
        let again = payloads(
            try bench.connect(properties: properties { $0.receiveMaximum = 2 }, isSessionPresent: isKept))
        #expect(again.map { $0.dropFirst() } == ["a", "b"])
        // A session that is gone takes its identifiers along.
        for identifier in (isKept ? [1, 2, 3] : [3, 4, 5]) as [UInt16] {
            if qos == .exactlyOnce { try bench.receive(.pubrec(Acknowledgement(identifier))) }
            try bench.receive(
                qos == .exactlyOnce ? .pubcomp(Acknowledgement(identifier)) : .puback(Acknowledgement(identifier)))
        }
        #expect(progress(bench).last == "0")
        #expect(bench.session.heldBytes == 0)
    }

    @Test(
        "a lost connection says how far each group has come",
        arguments: [QoS.atLeastOnce, .exactlyOnce], [true, false])
    func place(qos: QoS, isKept: Bool) throws {
        var bench = try SessionBench.connected(properties: properties { $0.receiveMaximum = 2 }) {
            if isKept { $0.sessionExpiryInterval = 60 }
        }
        bench.session.publish(group("a\nb\nc\nd", qos: qos), at: bench.now)
        bench.session.publish(group("e\nf", qos: qos, id: 2), at: bench.now)
        try bench.sent()
        // The second and the third are done, the first and the fourth under way.
        for identifier in [2, 3] as [UInt16] {
            if qos == .exactlyOnce { try bench.receive(.pubrec(Acknowledgement(identifier))) }
            try bench.receive(
                qos == .exactlyOnce ? .pubcomp(Acknowledgement(identifier)) : .puback(Acknowledgement(identifier)))
        }
        try bench.lose()
        #expect(progress(bench) == ["2 from 0"] && progress(bench, id: 2) == ["2 from 0"])
        // The first is answered at last, and it is lost again.
        let again = try bench.connect(properties: properties { $0.receiveMaximum = 1 }, isSessionPresent: isKept)
        guard case .publish(let first)? = again.first else { throw Missing(what: "the first again") }
        #expect(payloads(again) == ["\(first.identifier)a"])
        let answer = Acknowledgement(first.identifier)
        try bench.receive(qos == .exactlyOnce ? .pubrec(answer) : .puback(answer))
        try bench.lose()
        // A message that the server has taken is not done at QoS 2.
        #expect(progress(bench).last == (qos == .exactlyOnce ? "2 from 3" : "1 from 3"))
        #expect(progress(bench, id: 2).last == "2 from 0")
    }

    @Test("QoS 2: what a lost session had taken in part is published anew in the order of the group")
    func releasedInOrder() throws {
        var bench = try SessionBench.connected()
        bench.session.publish(group("a\nb\nc", qos: .exactlyOnce), at: bench.now)
        try bench.sent()
        for identifier in [1, 2] as [UInt16] { try bench.receive(.pubrec(Acknowledgement(identifier))) }
        try bench.lose()
        #expect(payloads(try bench.connect()) == ["4a", "5b", "6c"])
    }

    @Test("QoS 2: a session that is lost between PUBREC and PUBCOMP loses nothing")
    func releasedAndLost() throws {
        var bench = try SessionBench.connected()
        bench.session.publish(group("a", qos: .exactlyOnce), at: bench.now)
        try bench.sent()
        try bench.receive(.pubrec(Acknowledgement(1)))
        try bench.lose()
        #expect(payloads(try bench.connect()) == ["2a"])
    }

    @Test("before the connection they wait; with no connection coming all ends, once")
    func waiting() throws {
        var bench = SessionBench()
        bench.session.publish(group("a\nb\nc", qos: .atLeastOnce), at: bench.now)
        #expect(try bench.sent().isEmpty && progress(bench).isEmpty)
        #expect(payloads(try bench.connect(properties: properties { $0.receiveMaximum = 1 })) == ["1a"])
        try bench.lose()
        bench.session.finish()
        try bench.sent()
        #expect(progress(bench).last?.hasPrefix("0: ") == true)
        bench.session.publish(group("d", id: 2), at: bench.now)
        try bench.sent()
        #expect(progress(bench, id: 2) == ["0: 0..<1 unsendable(MQTT.Outcome.Unsendable.notConnected)"])
    }

    @Test("when the connection takes no more, the rest waits, and goes on where it was")
    func blocked() throws {
        var bench = try SessionBench.connected { $0.tracing = .none }
        bench.session.outputLimit = 12
        bench.session.publish(group("one\ntwo\nthree\nfour"), at: bench.now)
        #expect(payloads(try bench.sent()) == ["one", "two"])
        bench.session.blockWriting(true, at: bench.now)
        #expect(try bench.sent().isEmpty)
        bench.session.blockWriting(false, at: bench.now)
        #expect(payloads(try bench.sent()) == ["three", "four"])
    }

    @Test("aliases are given, expiry intervals shrink, as for single publishes")
    func properties50() throws {
        var bench = try SessionBench.connected(properties: properties { $0.topicAliasMaximum = 10 }) {
            $0.assignsTopicAliases = true
            $0.firstTopicAlias = 7
        }
        var some = group("a\nb")
        some.template.topic = name("long/topic")
        some.template.properties.messageExpiryInterval = 60
        bench.session.publish(some, at: bench.now)
        let bytes = try bench.sent()
        let aliases = bytes.compactMap { packet -> UInt16? in
            guard case .publish(let publish) = packet else { return nil }
            #expect(publish.message.topic == name("long/topic"))
            #expect(publish.message.properties.messageExpiryInterval == 60)
            return publish.message.properties.topicAlias
        }
        #expect(aliases == [7, 7])
    }
}
