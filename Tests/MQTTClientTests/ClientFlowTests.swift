import Glibc
import MQTT
import MQTTClient
import TestSupport
import Testing

@Suite("Client: flow, back-pressure and good-bye")
struct ClientFlowTests {
    @Test(
        "with a tiny inbox reading rests and nothing is lost: 100,000 messages, counted exactly",
        arguments: [QoS.atMostOnce, .atLeastOnce])
    func withheld(qos: QoS) throws {
        let count = 100_000
        let broker = FakeBroker(
            FakeBroker.working(afterSubscribe: { version in
                (1...count).flatMap { number in
                    FakeBroker.publish(
                        "t", Array("\(number)".utf8), version: version, qos: qos.rawValue,
                        identifier: qos == .atMostOnce ? 0 : UInt16(number % 65_535 + 1))
                }
            }))
        let bench = ClientBench(port: broker.port, inboxCapacity: 1) {
            $0.version = .v3_1_1
            $0.subscriptions = [Subscription(.everything)]
        }
        bench.client.start()
        // Nothing is taken until the first read has found the inbox full.
        #expect(broker.waitForConnections(1))
        #expect(broker.connections.first?.waitForPacket { $0[0] == 0x82 } != nil)
        try bench.settle()
        var expected = 1
        var behind = 0
        let limit = Client.now().advanced(milliseconds: 60_000)
        while expected <= count, Client.now() < limit {
            bench.read()
            for delivery in bench.deliveries {
                switch delivery {
                case .messages(let batch):
                    for record in batch.records {
                        let number = Int(String(decoding: batch.payload(record), as: UTF8.self))
                        #expect(number == expected)
                        expected += 1
                    }
                case .behind(let isBehind): behind += isBehind ? 1 : 0
                default: break
                }
            }
            bench.forget()
        }
        #expect(expected == count + 1)
        #expect(behind > 0)
    }

    @Test("a consumer that is behind is told so, and told when it is not any more")
    func behind() throws {
        let broker = FakeBroker(FakeBroker.working())
        let bench = ClientBench(port: broker.port, inboxCapacity: 1) { $0.subscriptions = [Subscription(.everything)] }
        bench.client.start()
        #expect(broker.waitForConnections(1))
        let connection = try #require(broker.connections.first)
        #expect(connection.waitForPacket { $0[0] == 0x82 } != nil)
        try bench.settle()
        try bench.wait(for: "behind") { if case .behind(true) = $0 { true } else { nil } }
        try bench.wait(for: "not behind") { if case .behind(false) = $0 { true } else { nil } }
        connection.send(FakeBroker.publish("t", [1], version: 5))
        _ = try bench.messages(1)
    }

    @Test("a message larger than the inbox is taken")
    func large() throws {
        let broker = FakeBroker(FakeBroker.working())
        let bench = ClientBench(port: broker.port, inboxCapacity: 10_000)
        bench.client.start()
        try bench.connected()
        var payload = [UInt8](repeating: 0x61, count: 3_000_000)
        payload[2_999_999] = 0x7A
        broker.push(FakeBroker.publish("t", payload, version: 5) + FakeBroker.publish("u", [0x31], version: 5))
        let messages = try bench.messages(2)
        #expect(messages[0].utf8.count == 3_000_002 && messages[0].hasSuffix("az") && messages[1] == "u=1")
    }

    @Test("every cut of the stream into reads gives the same messages")
    func cuts() throws {
        let broker = FakeBroker(FakeBroker.working())
        let bench = ClientBench(port: broker.port)
        bench.client.start()
        try bench.connected()
        let connection = try #require(broker.connections.first)
        var random = SeededGenerator(seed: 9)
        var expected: [String] = []
        var stream: [UInt8] = []
        for number in 0..<300 {
            let payload = String(repeating: "x", count: Int.random(in: 0...300, using: &random)) + "\(number)"
            expected.append("t/\(number)=\(payload)")
            stream += FakeBroker.publish("t/\(number)", Array(payload.utf8), version: 5)
        }
        var index = 0
        while index < stream.count {
            let end = min(stream.count, index + Int.random(in: 1...700, using: &random))
            connection.send(Array(stream[index..<end]))
            index = end
        }
        #expect(try bench.messages(300) == expected)
    }

    @Test("publishes asked for before there is a connection go out in order when it comes")
    func queued() throws {
        let port = try Mosquitto.freePort()
        let bench = ClientBench(port: port)
        bench.client.start()
        try bench.waiting()
        let ids = (0..<5).map { bench.send("t/\($0)", qos: QoS(rawValue: UInt8($0 % 3)) ?? .atMostOnce) }
        try bench.wait(for: "queued") { if case .outcome(ids[4], .queued) = $0 { true } else { nil } }
        let broker = FakeBroker(port: port, FakeBroker.working())
        bench.client.reconnect()
        for id in [ids[0], ids[3]] {
            try bench.wait(for: "written") { if case .outcome(id, .written) = $0 { true } else { nil } }
        }
        try bench.wait(for: "answer") { if case .outcome(ids[4], .acknowledged) = $0 { true } else { nil } }
        let publishes = try #require(broker.connections.first).packets.filter { $0[0] >> 4 == 3 }
        #expect(publishes.map { $0[6] } == Array("01234".utf8))
    }

    @Test("a broker that comes later is found, and one that comes back is subscribed to again")
    func comesBack() throws {
        let port = try Mosquitto.freePort()
        let bench = ClientBench(port: port) { $0.subscriptions = [Subscription(.everything), Subscription(.system)] }
        bench.client.start()
        try bench.waiting()
        let first = FakeBroker(port: port, FakeBroker.working())
        try bench.connected()
        try bench.granted(.system)
        bench.client.subscribe([Subscription(filter("x/y"))])
        try bench.granted(filter("x/y"))
        first.stop()
        try bench.waiting()
        let second = FakeBroker(port: port, FakeBroker.working())
        try bench.connected()
        try bench.granted(filter("x/y"))
        let subscribe = try #require(second.connections.first?.packets.first { $0[0] >> 4 == 8 })
        #expect(FakeBroker.filters(in: subscribe, 5).map(\.filter) == ["#", "$SYS/#", "x/y"])
    }

    @Test("stop says DISCONNECT, waits for the broker to close, and may be called again")
    func stop() throws {
        let broker = FakeBroker(FakeBroker.working())
        let bench = ClientBench(port: broker.port)
        bench.client.start()
        try bench.connected()
        let connection = try #require(broker.connections.first)
        bench.send("last", qos: .atLeastOnce)
        bench.client.stop(timeoutMilliseconds: 5_000)
        #expect(connection.packets.last?[0] == 0xE0)
        #expect(connection.packets.dropLast().last?[0] == 0x32)
        bench.read()
        #expect(bench.statuses.last == .closed)
        bench.client.stop(timeoutMilliseconds: 5_000)
        #expect(try bench.publish("a") == .unsendable(.notConnected))
    }

    @Test("stop writes what is on its way before DISCONNECT")
    func stopWithBacklog() throws {
        let broker = FakeBroker(FakeBroker.working())
        let bench = ClientBench(port: broker.port)
        bench.client.start()
        try bench.connected()
        let connection = try #require(broker.connections.first)
        for number in 0..<200 { bench.send("t", [UInt8](repeating: UInt8(number), count: 50_000)) }
        bench.client.stop(timeoutMilliseconds: 10_000)
        let types = connection.packets.map { $0[0] >> 4 }
        #expect(types.last == 14)
        // What did not fit is not said to have been written.
        bench.read()
        let written = bench.deliveries.filter { if case .outcome(_, .written) = $0 { true } else { false } }.count
        let unsent = bench.deliveries.filter {
            if case .outcome(_, .unsendable(.notConnected)) = $0 { true } else { false }
        }
        #expect(types.filter { $0 == 3 }.count == written && written + unsent.count == 200)
    }

    @Test("stop says DISCONNECT also when the broker floods us, and loses nothing of it to a reset")
    func stopInFlood() throws {
        let broker = FakeBroker({ connection in
            guard connection.readPacket() != nil else { return }
            connection.send([0x20, 3, 0, 0, 0])
            let flood = [[UInt8]](repeating: FakeBroker.publish("t", [1, 2, 3], version: 5), count: 1_000).flatMap(
                \.self)
            connection.alongside {
                while connection.send(flood) {}
            }
            connection.readToEnd()
        })
        let bench = ClientBench(port: broker.port, inboxCapacity: 10_000)
        bench.client.start()
        try bench.connected()
        try bench.wait(for: "flood") { if case .behind(true) = $0 { true } else { nil } }
        let connection = try #require(broker.connections.first)
        bench.client.stop(timeoutMilliseconds: 3_000)
        #expect(connection.waitForPacket { $0[0] == 0xE0 } != nil)
    }

    @Test("stop does not wait longer than it was told to")
    func stopAtSilence() throws {
        let broker = FakeBroker({ connection in
            connection.readPacket()
            connection.send([0x20, 3, 0, 0, 0])
            while connection.readPacket() != nil {}
            _ = connection.waitForPacket { _ in false }
        })
        let bench = ClientBench(port: broker.port)
        bench.client.start()
        try bench.connected()
        // It would never return otherwise.
        bench.client.stop(timeoutMilliseconds: 200)
        try bench.wait(for: "close") { if case .status(.closed) = $0 { true } else { nil } }
    }

    @Test("stop ends an attempt and a wait at once, and start begins again")
    func stopWithoutConnection() throws {
        let port = try Mosquitto.freePort()
        let bench = ClientBench(port: port)
        bench.client.stop(timeoutMilliseconds: 5_000)
        bench.client.start()
        try bench.waiting()
        bench.client.stop(timeoutMilliseconds: 5_000)
        bench.read()
        #expect(bench.statuses.last == .closed)
        let broker = FakeBroker(port: port, FakeBroker.working())
        bench.client.start()
        try bench.connected()
        #expect(broker.connectionCount == 1)
    }

    @Test("reconnect drops the present connection with DISCONNECT and makes a new one")
    func reconnect() throws {
        let broker = FakeBroker(FakeBroker.working())
        let bench = ClientBench(port: broker.port)
        bench.client.start()
        try bench.connected()
        let connection = try #require(broker.connections.first)
        bench.client.reconnect()
        try bench.connected()
        #expect(connection.waitForPacket { $0[0] == 0xE0 } != nil)
        #expect(broker.connectionCount == 2)
    }

    @Test("a dropped connection ends without DISCONNECT and is made again")
    func drop() throws {
        let broker = FakeBroker(FakeBroker.working())
        let bench = ClientBench(port: broker.port)
        bench.client.start()
        try bench.connected()
        let connection = try #require(broker.connections.first)
        bench.client.drop()
        try bench.connected()
        #expect(!connection.packets.contains { $0[0] == 0xE0 })
    }

    @Test("a frozen client reads, writes and pings nothing, and its connection stays")
    func freeze() throws {
        let broker = FakeBroker(FakeBroker.working())
        let bench = ClientBench(port: broker.port) { $0.keepAlive = 1 }
        bench.client.start()
        try bench.connected()
        bench.client.freeze()
        let connection = try #require(broker.connections.first)
        bench.send("a")
        try bench.wait(for: "queued") { if case .outcome(_, .queued) = $0 { true } else { nil } }
        broker.push(FakeBroker.publish("t", [1], version: 5))
        // Longer than its keep alive: with PINGREQ there would be one by now.
        #expect(connection.waitForPacket(seconds: 2) { $0[0] >> 4 != 1 } == nil)
        #expect(bench.messageCount == 0)
        bench.client.reconnect()
        try bench.connected()
    }

    @Test("a client that nobody holds any more says good-bye")
    func forgotten() throws {
        let broker = FakeBroker(FakeBroker.working())
        var bench: ClientBench? = ClientBench(port: broker.port)
        bench?.client.start()
        try bench?.connected()
        let connection = try #require(broker.connections.first)
        bench = nil
        #expect(connection.waitForPacket { $0[0] == 0xE0 } != nil)
    }

    @Test("10,000 QoS 0 messages published at once are all written, in order")
    func burst() throws {
        let broker = FakeBroker(FakeBroker.working())
        let bench = ClientBench(port: broker.port)
        bench.client.start()
        try bench.connected()
        let ids = (0..<10_000).map { bench.send("t", Array("\($0)".utf8)) }
        try bench.wait(for: "all written") { if case .outcome(ids[9_999], .written) = $0 { true } else { nil } }
        let connection = try #require(broker.connections.first)
        #expect(connection.waitForPacket { $0.suffix(4) == Array("9999".utf8)[...] } != nil)
        let numbers = connection.packets.filter { $0[0] == 0x30 }.map {
            String(decoding: $0.dropFirst(6), as: UTF8.self)
        }
        #expect(numbers == (0..<10_000).map(String.init))
    }
}
