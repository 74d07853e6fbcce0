import Glibc
import MQTT
import NIOPosix
import TestSupport
import Testing

@testable import MQTTClient

@Suite("Client: peers that are broken, or mean harm", .serialized)
struct HostilePeerTests {
    private static let connack: [UInt8] = [0x20, 3, 0, 0, 0]

    /// A server of 5.0 that accepts and then does something.
    private static func accepting(_ rest: @escaping FakeBroker.Script) -> FakeBroker.Script {
        { connection in
            guard connection.readPacket() != nil else { return }
            connection.send(connack)
            rest(connection)
        }
    }

    @Test("byte by byte, CONNACK, SUBACK and a PUBLISH of every QoS come as if they came whole")
    func dripped() throws {
        let payload = [UInt8](repeating: 0x61, count: 300)
        let broker = FakeBroker({ connection in
            guard connection.readPacket() != nil else { return }
            connection.drip(Self.connack)
            while let packet = connection.readPacket() {
                connection.drip(FakeBroker.answer(to: packet, 5))
                guard packet[0] >> 4 == 8 else { continue }
                for qos in 0...2 as ClosedRange<UInt8> {
                    let identifier = qos == 0 ? 0 : 7 + UInt16(qos)
                    connection.drip(
                        FakeBroker.publish("t/\(qos)", payload, version: 5, qos: qos, identifier: identifier))
                }
            }
        })
        let bench = ClientBench(port: broker.port) { $0.subscriptions = [Subscription(.everything, qos: .exactlyOnce)] }
        bench.client.start()
        let text = String(repeating: "a", count: 300)
        #expect(try bench.messages(3) == (0...2).map { "t/\($0)=\(text)" })
        let connection = try #require(broker.connections.first)
        #expect(connection.waitForPacket { $0 == [0x40, 2, 0, 8] } != nil)
        #expect(connection.waitForPacket { $0 == [0x50, 2, 0, 9] } != nil)
    }

    @Test("a peer that half-closes has closed: it is told, and our side is closed too", arguments: [false, true])
    func halfClosed(isAccepted: Bool) throws {
        let broker = FakeBroker({ connection in
            connection.readPacket()
            if isAccepted { connection.send(Self.connack) }
            connection.finishSending()
            connection.readToEnd()
        })
        let bench = ClientBench(port: broker.port) {
            $0.version = .v5_0
            $0.reconnects = false
        }
        bench.client.start()
        switch try bench.failed().cause {
        case .closedBeforeAnswer(wasReset: false) where !isAccepted: break
        case .lost(nil, _) where isAccepted: break
        case let cause: Issue.record("\(cause)")
        }
        #expect(broker.waitUntilAllAreClosed())
    }

    @Test("one read that Topic Aliases make 1,000 times as large waits for the consumer, whole though the peer left")
    func amplified() throws {
        let topic = [UInt8](repeating: 0x74, count: 65_535)
        let first: [UInt8] = [0x30, 0x85, 0x80, 0x04, 0xFF, 0xFF] + topic + [3, 0x23, 0, 1]
        let count = 4_000
        let broker = FakeBroker(
            Self.accepting { connection in
                let burst = first + [[UInt8]](repeating: [0x30, 6, 0, 0, 3, 0x23, 0, 1], count: count).flatMap(\.self)
                connection.send(burst)
                connection.close()
            })
        let bench = ClientBench(port: broker.port) {
            $0.topicAliasMaximum = 1
            $0.version = .v5_0
            $0.reconnects = false
        }
        let bound = (16 << 20) + Batch.fullSize + 200_000
        bench.client.start()
        var taken = 0
        var isOver = false
        let limit = Client.now().advanced(milliseconds: 30_000)
        while !isOver, Client.now() < limit {
            // All that it does without us is done: the inbox holds as much as it ever will.
            for _ in 0..<50 { try bench.settle() }
            #expect(bench.inbox.byteCount < bound)
            bench.read()
            taken += bench.messageCount
            isOver = bench.deliveries.contains { if case .status(.failed) = $0 { true } else { false } }
            bench.forget()
        }
        #expect(isOver && taken == count + 1)
    }

    @Test("a reset is noticed while reading rests")
    func resetWhileResting() throws {
        let broker = FakeBroker(
            Self.accepting { connection in
                let flood = [[UInt8]](repeating: FakeBroker.publish("t", [1, 2, 3], version: 5), count: 1_000_000)
                connection.send(flood.flatMap(\.self))
                connection.idle()
            })
        let bench = ClientBench(port: broker.port, inboxCapacity: 1)
        bench.client.start()
        let limit = Client.now().advanced(milliseconds: 30_000)
        while bench.inbox.byteCount < 1_000, Client.now() < limit { try bench.settle() }
        try #require(broker.latest).reset()
        guard case .lost(.reset, _) = try bench.waiting().cause else { throw Unexpected() }
    }

    @Test("a peer that stops reading: what is published waits within its bound, and keep alive gives up")
    func stopsReading() throws {
        let broker = FakeBroker(Self.accepting { $0.idle() }, FakeBroker.working())
        let bench = ClientBench(port: broker.port) { $0.keepAlive = 1 }
        bench.client.start()
        try bench.connected()
        let payload = [UInt8](repeating: 0x61, count: 1 << 20)
        let ids = (0..<64).map { _ in bench.send("t", payload) }
        #expect(try bench.waiting().cause == .keepAliveTimeout(seconds: 1))
        try bench.connected()
        var ends: [RequestID: Outcome] = [:]
        let limit = Client.now().advanced(milliseconds: 30_000)
        while ends.count < ids.count, Client.now() < limit {
            bench.read()
            for case .outcome(let id, let outcome) in bench.deliveries where outcome != .queued { ends[id] = outcome }
        }
        #expect(ends.count == ids.count)
        // 16 MiB wait here, some more than 256 KiB with the channel, and a few with the operating system.
        #expect(ends.values.count { $0 == .unsendable(.queueFull) } >= 30)
        #expect(ends.values.contains(.written))
    }

    @Test("a peer that sends QoS 1 and reads no PUBACK: reading rests, and keep alive gives up")
    func readsNoAcknowledgement() throws {
        let broker = FakeBroker(
            Self.accepting { connection in
                let flood = (1...20_000).flatMap { number in
                    FakeBroker.publish("t", [0x61], version: 5, qos: 1, identifier: UInt16(number))
                }
                connection.narrow()
                while connection.send(flood) {}
            })
        let bench = ClientBench(port: broker.port) {
            $0.keepAlive = 1
            $0.reconnects = false
        }
        bench.client.start()
        let limit = Client.now().advanced(milliseconds: 60_000)
        var cause: ConnectionFailure.Cause?
        while cause == nil, Client.now() < limit {
            bench.read()
            for case .failed(let failure) in bench.statuses { cause = failure.cause }
            bench.forget()
        }
        #expect(cause == .keepAliveTimeout(seconds: 1))
    }

    @Test("a server that reads on only when we have read its answers gets all that waited, large messages among it")
    func readsInTurn() throws {
        let port = try Mosquitto.freePort()
        let bench = ClientBench(port: port)
        bench.client.start()
        try bench.waiting()
        let sizes = [8 << 20] + [Int](repeating: 1 << 20, count: 7)
        for size in sizes { bench.send("t", [UInt8](repeating: 0x61, count: size)) }
        let broker = FakeBroker(
            port: port,
            Self.accepting { connection in
                connection.narrow()
                connection.send(FakeBroker.publish("first", [UInt8](repeating: 0x61, count: 8 << 20), version: 5))
                while let packet = connection.readPacket() { connection.send(packet) }
            })
        bench.client.reconnect()
        try bench.connected()
        let lengths = try bench.messages(9).map { $0.utf8.count }
        #expect(lengths == [(8 << 20) + 6] + sizes.map { $0 + 2 })
        #expect(broker.connectionCount == 1)
    }

    @Test("a peer that floods waits when the inbox is full: nothing is lost, and no more than one read is above")
    func floods() throws {
        let capacity = 16 << 20
        let count = 65_536
        let broker = FakeBroker(
            Self.accepting { connection in
                let payload = [UInt8](repeating: 0x61, count: 1_024)
                let part = [[UInt8]](repeating: FakeBroker.publish("t", payload, version: 5), count: 64).flatMap(\.self)
                for _ in 0..<(count / 64) { connection.send(part) }
                connection.readToEnd()
            })
        let bench = ClientBench(port: broker.port, inboxCapacity: capacity)
        bench.client.start()
        let limit = Client.now().advanced(milliseconds: 60_000)
        while bench.inbox.byteCount < capacity, Client.now() < limit { try bench.settle() }
        for _ in 0..<100 { try bench.settle() }
        // A read brings its bytes and a record for each message.
        #expect((capacity...(capacity + 1 << 20)).contains(bench.inbox.byteCount))
        #expect(try bench.messages(count).count == count)
    }

    @Test("a peer that floods and closes is connected to again only when somebody has taken what it brought")
    func floodsAgain() throws {
        let flood = [[UInt8]](repeating: FakeBroker.publish("t", [1, 2, 3], version: 5), count: 1_000).flatMap(\.self)
        let broker = FakeBroker(Self.accepting { $0.send(flood) })
        let bench = ClientBench(port: broker.port, inboxCapacity: 1)
        bench.client.start()
        #expect(broker.waitForConnections(1) && broker.waitUntilAllAreClosed())
        for _ in 0..<1_000 { try bench.settle() }
        #expect(broker.connectionCount == 1)
        #expect(try bench.messages(1_000).count == 1_000)
        #expect(broker.waitForConnections(2))
    }

    @Test("a packet of 256 MiB that is announced and dripped takes the memory of what came, and holds nothing up")
    func announced() throws {
        let broker = FakeBroker(
            Self.accepting { connection in
                connection.alongside {
                    connection.send([0x30, 0xF8, 0xFF, 0xFF, 0x7F, 0, 1, 0x61, 0])
                    connection.drip([UInt8](repeating: 0x61, count: 100))
                }
                while let packet = connection.readPacket() {
                    if packet[0] >> 4 == 3 { connection.reset() }
                }
            })
        let bench = ClientBench(port: broker.port)
        bench.client.start()
        try bench.connected()
        // Publishing goes on meanwhile.
        #expect(try bench.publish("a") == .written)
        guard case .lost = try bench.waiting().cause else { throw Unexpected() }
        #expect(bench.messageCount == 0)
    }

    @Test("a PUBLISH before CONNACK is no CONNACK")
    func early() throws {
        let publish = FakeBroker.publish("a", [1], version: 5)
        let broker = FakeBroker({ connection in
            connection.readPacket()
            connection.send(publish + Self.connack)
            connection.readToEnd()
        })
        let bench = ClientBench(port: broker.port)
        bench.client.start()
        #expect(try bench.waiting().cause == .notMQTT(publish + Self.connack))
    }
}

@Suite("Client: a server that breaks the protocol is told so before we close")
struct ViolationTests {
    /// What a server sends after CONNACK, and the Reason Code that it gets for it.
    struct Violation: CustomTestStringConvertible {
        var testDescription: String
        var bytes: [UInt8]
        var code: ReasonCode

        init(_ description: String, _ bytes: [UInt8], _ code: ReasonCode) {
            testDescription = description
            self.bytes = bytes
            self.code = code
        }
    }

    private static let violations = [
        Violation("second CONNACK [MQTT-3.2.0-2]", [0x20, 3, 0, 0, 0], .protocolError),
        Violation("AUTH that nobody asked for", [0xF0, 0], .protocolError),
        Violation("SUBACK for nothing", [0x90, 4, 0, 99, 0, 0], .protocolError),
        Violation("UNSUBACK for nothing", [0xB0, 4, 0, 99, 0, 0], .protocolError),
        Violation("a packet that only clients send", [0xC0, 0], .protocolError),
        Violation("packet type 0", [0x00, 0], .malformedPacket),
        Violation("reserved flags [MQTT-2.1.3-1]", [0xD1, 0], .malformedPacket),
        Violation("QoS 3 [MQTT-3.3.1-4]", [0x36, 6, 0, 1, 0x61, 0, 1, 0], .malformedPacket),
        Violation("packet identifier 0", [0x32, 6, 0, 1, 0x61, 0, 0, 0], .malformedPacket),
        Violation("five bytes of Remaining Length", [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], .malformedPacket),
        Violation("a packet larger than we take, by its header", [0x30, 0xE9, 0x07], .packetTooLarge),
        Violation("wildcard in a Topic Name [MQTT-3.3.2-2]", [0x30, 5, 0, 2, 0x61, 0x23, 0], .topicNameInvalid),
        Violation("a Topic Alias above our maximum", [0x30, 7, 0, 1, 0x61, 3, 0x23, 0xFF, 0xFF], .topicAliasInvalid),
        Violation(
            "more under way than our Receive Maximum [MQTT-3.3.4-9]",
            [0x34, 6, 0, 1, 0x61, 0, 1, 0, 0x34, 6, 0, 1, 0x61, 0, 2, 0], .receiveMaximumExceeded),
    ]

    @Test("DISCONNECT with the Reason Code, even against a flood, and words for people", arguments: violations)
    func told(violation: Violation) throws {
        let broker = FakeBroker({ connection in
            guard connection.readPacket() != nil else { return }
            connection.send([0x20, 3, 0, 0, 0])
            connection.alongside {
                connection.send(violation.bytes + [UInt8](repeating: 0, count: 400_000))
            }
            connection.readToEnd()
        })
        let bench = ClientBench(port: broker.port) {
            $0.maximumPacketSize = 1_000
            $0.receiveMaximum = 1
            $0.reconnects = false
        }
        bench.client.start()
        try bench.connected()
        guard case .protocolViolation(let told) = try bench.failed().cause else { throw Unexpected() }
        #expect(told.reasonCode == violation.code && !told.detail.isEmpty)
        #expect(broker.waitUntilAllAreClosed())
        #expect(broker.latest?.packets.last == [0xE0, 1, violation.code.rawValue])
    }

    @Test("DISCONNECT comes behind a large message that is still on its way")
    func toldBehind() throws {
        let broker = FakeBroker({ connection in
            connection.narrow()
            guard connection.readPacket() != nil else { return }
            connection.send([0x20, 3, 0, 0, 0])
            connection.waitForBytes()
            connection.send([0xD1, 0])
            connection.readToEnd()
        })
        let bench = ClientBench(port: broker.port) { $0.reconnects = false }
        bench.client.start()
        try bench.connected()
        bench.send("t", [UInt8](repeating: 0x61, count: 2 << 20))
        guard case .protocolViolation = try bench.failed().cause else { throw Unexpected() }
        #expect(broker.waitUntilAllAreClosed())
        #expect(broker.latest?.packets.last == [0xE0, 1, 0x81])
    }
}
