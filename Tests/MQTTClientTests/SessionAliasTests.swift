import MQTT
import MQTTCodec
import Testing

@testable import MQTTClient

@Suite("Session: Topic Aliases")
struct SessionAliasTests {
    /// The bytes of a PUBLISH of 5.0 from the server to `topic` with `alias`.
    private func publish(
        _ topic: String, alias: UInt16, _ payload: String = "", first: UInt8 = 0x30, identifier: UInt16 = 0
    ) -> [UInt8] {
        var body: [UInt8] = []
        body.append(twoByteInteger: UInt16(topic.utf8.count))
        body += Array(topic.utf8)
        if identifier > 0 { body.append(twoByteInteger: identifier) }
        body += [3, 0x23]
        body.append(twoByteInteger: alias)
        body += Array(payload.utf8)
        var bytes = [first]
        bytes.append(variableByteInteger: body.count)
        return bytes + body
    }

    @Test("CONNECT says how many the server may use, in 5.0")
    func announced() throws {
        for (version, maximum) in [(ProtocolVersion.v5_0, 7), (.v3_1_1, nil)] as [(ProtocolVersion, UInt16?)] {
            var bench = SessionBench(version: version) { $0.topicAliasMaximum = 7 }
            bench.session.open(version: version, at: bench.now)
            guard case .connect(let connect)? = try bench.sent().first else { throw Unexpected() }
            #expect(connect.properties.topicAliasMaximum == maximum)
        }
    }

    @Test("an alias stands for the topic it came with, at every QoS, until it comes with another [MQTT-3.3.2-10]")
    func received() throws {
        var bench = try SessionBench.connected { $0.topicAliasMaximum = 2 }
        try bench.receive(publish("a/b", alias: 1, "1") + publish("", alias: 1, "2") + publish("c", alias: 2, "3"))
        #expect(bench.messages == ["a/b=1", "a/b=2", "c=3"])
        var sent = try bench.receive(publish("", alias: 1, "4", first: 0x32, identifier: 7))
        #expect(bench.messages == ["a/b=4"] && sent == [.puback(Acknowledgement(7))])
        sent = try bench.receive(publish("longer/than/before", alias: 1, "5", first: 0x34, identifier: 8))
        #expect(bench.messages == ["longer/than/before=5"] && sent == [.pubrec(Acknowledgement(8))])
        try bench.receive(publish("", alias: 1, "6") + publish("d", alias: 1, "7") + publish("", alias: 1, "8"))
        #expect(bench.messages == ["longer/than/before=6", "d=7", "d=8"])
        try bench.receive(publish("", alias: 2, "9") + publish("", alias: 1, "10"))
        #expect(bench.messages == ["c=9", "d=10"])
    }

    @Test("a message delivered before teaches its alias all the same, and stands in the trace under its topic")
    func duplicate() throws {
        var bench = try SessionBench.connected { $0.topicAliasMaximum = 1 }
        try bench.receive(publish("a/b", alias: 1, "1", first: 0x34, identifier: 8))
        try bench.receive(publish("c/d", alias: 1, "1", first: 0x3C, identifier: 8))
        #expect(bench.messages.isEmpty)
        try bench.receive(publish("", alias: 1, "2") + publish("", alias: 1, "1", first: 0x3C, identifier: 8))
        #expect(bench.messages == ["c/d=2"])
        #expect(bench.output.trace.filter { $0.type == .publish }.map(\.topic) == ["c/d", "c/d"])
    }

    @Test("none above what we said, none at all where we said nothing [MQTT-3.1.2-26, MQTT-3.1.2-27, MQTT-3.3.2-11]")
    func range() throws {
        for (maximum, alias) in [(0, 1), (2, 3), (65_534, 65_535), (2, 0)] as [(UInt16, UInt16)] {
            for topic in ["", "a"] {
                var bench = try SessionBench.connected { $0.topicAliasMaximum = maximum }
                let sent = try bench.receive(publish(topic, alias: alias))
                #expect(sent == [.disconnect(Disconnect(.topicAliasInvalid))])
            }
        }
        var bench = try SessionBench.connected { $0.topicAliasMaximum = .max }
        try bench.receive(publish("a", alias: .max, "1") + publish("", alias: .max, "2"))
        #expect(bench.messages == ["a=1", "a=2"])
    }

    @Test("an alias that no topic came with is a Protocol Error; what came before it is delivered (3.3.4)")
    func unknown() throws {
        var bench = try SessionBench.connected { $0.topicAliasMaximum = 5 }
        let sent = try bench.receive(publish("a", alias: 3, "1") + publish("", alias: 2))
        #expect(bench.messages == ["a=1"])
        #expect(sent == [.disconnect(Disconnect(.protocolError))])
        var other = try SessionBench.connected { $0.topicAliasMaximum = 5 }
        #expect(
            try other.receive(publish("", alias: 2, first: 0x32, identifier: 1))
                == [.disconnect(Disconnect(.protocolError))])
    }

    @Test("what short packets make of a long topic comes in batches that are bounded, all of it and in order")
    func amplified() throws {
        let topic = String(repeating: "t", count: 65_535)
        for (first, identifier) in [(0x30, 0), (0x32, 7)] as [(UInt8, UInt16)] {
            var bench = try SessionBench.connected { $0.topicAliasMaximum = 1 }
            try bench.receive(publish(topic, alias: 1))
            var bytes: [UInt8] = []
            for number in 0..<1_000 {
                bytes += publish("", alias: 1, "\(number)", first: first, identifier: identifier)
            }
            var payloads: [String] = []
            while !bytes.isEmpty {
                let used = bytes.withUnsafeBytes { bench.session.receive($0, at: bench.now) }
                bytes.removeFirst(used)
                try bench.sent()
                let batch = try #require(bench.output.messages)
                #expect(batch.bytes.count < Batch.fullSize + 66_000)
                payloads += batch.records.map { String(decoding: batch.payload($0), as: UTF8.self) }
            }
            #expect(payloads == (0..<1_000).map(String.init))
        }
    }

    @Test("a batch that is full takes nothing more until it was handed over")
    func full() throws {
        var bench = try SessionBench.connected()
        var large: [UInt8] = []
        let message = Message(topic: name("a"), payload: [UInt8](repeating: 0, count: Batch.fullSize))
        try PacketEncoder(role: .server, version: .v5_0).encode(.publish(Publish(message)), into: &large)
        #expect(large.withUnsafeBytes { bench.session.receive($0, at: bench.now) } == large.count)
        let next: [UInt8] = [0x30, 4, 0, 1, 0x62, 0]
        #expect(next.withUnsafeBytes { bench.session.receive($0, at: bench.now) } == 0)
        try bench.sent()
        #expect(next.withUnsafeBytes { bench.session.receive($0, at: bench.now) } == next.count)
    }

    @Test("aliases end with their connection, in both directions [MQTT-3.3.2-7]")
    func reset() throws {
        var bench = try SessionBench.connected(properties: properties { $0.topicAliasMaximum = 5 }) {
            $0.topicAliasMaximum = 5
            $0.assignsTopicAliases = true
            $0.sessionExpiryInterval = 60
        }
        try bench.receive(publish("a", alias: 1))
        try bench.publish("long/topic")
        try bench.lose()
        try bench.connect(properties: properties { $0.topicAliasMaximum = 5 }, isSessionPresent: true)
        // The bench's server knows none either: it would refuse an alias without a topic.
        #expect(try bench.publish("long/topic").count == 1)
        #expect(try bench.receive(publish("", alias: 1)) == [.disconnect(Disconnect(.protocolError))])
    }

    @Test(
        "topics published to again are replaced by numbers, as many as the server takes [MQTT-3.2.2-17, MQTT-3.3.2-9]")
    func assigned() throws {
        var bench = try SessionBench.connected(properties: properties { $0.topicAliasMaximum = 2 }) {
            $0.assignsTopicAliases = true
        }
        var sizes: [Int] = []
        for topic in ["robots/1", "robots/2", "robots/3", "robots/1", "robots/2", "robots/3", "r/4"] {
            guard case .publish(let publish)? = try bench.publish(topic).first else { throw Unexpected() }
            #expect(publish.message.topic.string == topic)
            #expect(bench.output.trace.last?.topic == topic)
            sizes.append(bench.output.bytes.count)
        }
        #expect(sizes == [16, 16, 13, 8, 8, 13, 8])
    }

    @Test("no alias without the server's leave or our wish, nor for a topic that is short [MQTT-3.2.2-18]")
    func notAssigned() throws {
        for (maximum, isWanted, topic) in [(nil, true, "robots"), (9, false, "robots"), (9, true, "abc")]
            as [(UInt16?, Bool, String)]
        {
            var bench = try SessionBench.connected(properties: properties { $0.topicAliasMaximum = maximum }) {
                $0.assignsTopicAliases = isWanted
            }
            for _ in 0..<2 {
                let sent = try bench.publish(topic, properties: properties { $0.topicAlias = 4 })
                // An alias that the message brings is of another connection.
                #expect(sent == [.publish(Publish(Message(topic: name(topic))))])
            }
        }
    }

    @Test("what is sent again is sent with the aliases of its own connection")
    func resent() throws {
        let limits = properties {
            $0.topicAliasMaximum = 5
            $0.receiveMaximum = 2
        }
        var bench = try SessionBench.connected(properties: limits) {
            $0.assignsTopicAliases = true
            $0.cleanStart = false
        }
        for id in 1...3 as ClosedRange<UInt64> { try bench.publish("robots/1", qos: .atLeastOnce, id: id) }
        try bench.lose()
        let sent = try bench.connect(properties: limits, isSessionPresent: true)
        func again(_ identifier: UInt16, isDuplicate: Bool) -> Packet {
            .publish(
                Publish(
                    Message(
                        topic: name("robots/1"), qos: .atLeastOnce, properties: properties { $0.topicAlias = 1 }),
                    identifier: identifier, isDuplicate: isDuplicate))
        }
        #expect(sent == [again(1, isDuplicate: true), again(2, isDuplicate: true)])
        #expect(try bench.receive(.puback(Acknowledgement(1))) == [again(3, isDuplicate: false)])
    }

    @Test("what an alias would make too large goes without it, and teaches none")
    func tooLarge() throws {
        // 2 + 2 + 8 + 1 bytes without an alias, 3 more with it.
        var bench = try SessionBench.connected(
            properties: properties {
                $0.topicAliasMaximum = 5
                $0.maximumPacketSize = 15
            }
        ) { $0.assignsTopicAliases = true }
        #expect(try bench.publish("robots/1", id: 1) == [.publish(Publish(Message(topic: name("robots/1"))))])
        #expect(try bench.publish("robots/1", [1, 2], id: 2).count == 1)
        #expect(try bench.publish("robots/1", [1, 2, 3], id: 3).isEmpty)
        #expect(bench.outcomes(3) == [.unsendable(.packetTooLarge(size: 16, limit: 15))])
    }

    @Test("a publish that cannot be written leaves no alias behind that the server does not know")
    func unwritable() throws {
        var bench = try SessionBench.connected(properties: properties { $0.topicAliasMaximum = 5 }) {
            $0.assignsTopicAliases = true
        }
        #expect(try bench.publish("robots/1", properties: properties { $0.responseTopic = "#" }).isEmpty)
        guard case .publish(let publish)? = try bench.publish("robots/1").first else { throw Unexpected() }
        #expect(publish.message.topic == name("robots/1") && bench.output.bytes.count == 16)
    }

    @Test("topics that only Unicode normalisation makes equal have different aliases [MQTT-4.7.3-4]")
    func noNormalisation() throws {
        var bench = try SessionBench.connected(properties: properties { $0.topicAliasMaximum = 5 }) {
            $0.assignsTopicAliases = true
        }
        for topic in ["gr\u{F6}\u{DF}e", "gro\u{308}\u{DF}e", "gr\u{F6}\u{DF}e"] {
            guard case .publish(let publish)? = try bench.publish(topic).first else { throw Unexpected() }
            #expect(publish.message.topic == name(topic))
        }
    }
}
