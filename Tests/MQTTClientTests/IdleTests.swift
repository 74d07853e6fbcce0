import MQTT
import MQTTClient
import NIOPosix
import TestSupport
import Testing

@Suite("Client: waiting costs nothing", .serialized)
struct IdleTests {
    /// What a second or more of waiting may take, milliseconds of processor time: a busy loop takes all of it.
    private static let bound = 200

    /// A client alone on its thread.
    private func bench(port: Int, inboxCapacity: Int = 16 << 20, keepAlive: UInt16 = 1) -> ClientBench {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        return ClientBench(port: port, inboxCapacity: inboxCapacity, group: group) {
            $0.version = .v5_0
            $0.keepAlive = keepAlive
            $0.answerTimeout = 1_500
            $0.reconnects = false
        }
    }

    @Test("for a CONNACK that never comes, and for one that is begun", arguments: [[], [0x20, 3, 0]] as [[UInt8]])
    func connack(beginning: [UInt8]) throws {
        let broker = FakeBroker({ connection in
            connection.readPacket()
            connection.send(beginning)
            connection.idle()
        })
        let bench = bench(port: broker.port)
        let before = try bench.processorTime()
        bench.client.start()
        #expect(try bench.failed().cause == .noAnswer(milliseconds: 1_500))
        #expect(try bench.processorTime() - before < Self.bound)
    }

    @Test("for a peer that fell silent, within a packet or between two", arguments: [[], [0x30, 100, 0]] as [[UInt8]])
    func silent(beginning: [UInt8]) throws {
        let broker = FakeBroker({ connection in
            connection.readPacket()
            connection.send([0x20, 3, 0, 0, 0] + beginning)
            connection.idle()
        })
        let bench = bench(port: broker.port)
        bench.client.start()
        try bench.connected()
        let before = try bench.processorTime()
        #expect(try bench.failed().cause == .keepAliveTimeout(seconds: 1))
        #expect(try bench.processorTime() - before < Self.bound)
    }

    @Test("for a consumer that is behind, while the peer has more to send")
    func behind() throws {
        let broker = FakeBroker({ connection in
            connection.readPacket()
            connection.send([0x20, 3, 0, 0, 0])
            connection.alongside {
                let flood = [[UInt8]](repeating: FakeBroker.publish("t", [1, 2, 3], version: 5), count: 1_000_000)
                connection.send(flood.flatMap(\.self))
            }
            connection.readToEnd()
        })
        let bench = bench(port: broker.port, inboxCapacity: 1)
        bench.client.start()
        #expect(broker.waitForConnections(1))
        let connection = try #require(broker.latest)
        // The first PINGREQ comes a keep alive after CONNECT.
        let before = try bench.processorTime()
        #expect(connection.waitForPacket { $0 == [0xC0, 0] } != nil)
        #expect(try bench.processorTime() - before < Self.bound)
        // What would have been said long since stands unread: silence proves nothing meanwhile.
        var pings = 0
        #expect(
            connection.waitForPacket { packet in
                if packet == [0xC0, 0] { pings += 1 }
                return pings == 3
            } != nil)
        bench.read(milliseconds: 0)
        #expect(!bench.deliveries.contains { if case .status(.failed) = $0 { true } else { false } })
    }

    @Test("for a peer that does not close after DISCONNECT")
    func goodbye() throws {
        let broker = FakeBroker({ connection in
            connection.readPacket()
            connection.send([0x20, 3, 0, 0, 0])
            connection.readToEnd()
            connection.idle()
        })
        let bench = bench(port: broker.port, keepAlive: 60)
        bench.client.start()
        try bench.connected()
        let before = try bench.processorTime()
        bench.client.stop(timeoutMilliseconds: 1_500)
        #expect(try bench.processorTime() - before < Self.bound)
    }
}
