import Glibc
import MQTT
import TestSupport
import Testing

@testable import MQTTClient

@Suite("Client: DISCONNECT before closing on purpose, ten times of ten", .serialized)
struct GoodbyeTests {
    /// A way to end a connection on purpose.
    enum Way: CaseIterable { case stop, reconnect, forget }

    /// A server that sends all the time and reads to the end.
    private static let flooding: FakeBroker.Script = { connection in
        guard connection.readPacket() != nil else { return }
        let part = [[UInt8]](repeating: FakeBroker.publish("t", [1, 2, 3], version: 5), count: 1_000).flatMap(\.self)
        // In one write, so that the first read brings messages: with a full inbox there is no second one.
        connection.send([0x20, 3, 0, 0, 0] + part)
        connection.alongside { while connection.send(part) {} }
        connection.readToEnd()
    }

    /// A connected client that nobody else holds.
    private func connect(port: Int, inbox: Inbox) throws -> Client {
        let endpoint = Endpoint(host: "127.0.0.1", port: port)
        let client = Client(
            configuration: ClientConfiguration(endpoint: endpoint, clientIdentifier: "bench"), inbox: inbox)
        client.start()
        let limit = Client.now().advanced(milliseconds: 30_000)
        while Client.now() < limit {
            var descriptor = pollfd(fd: inbox.fileDescriptor, events: Int16(POLLIN), revents: 0)
            poll(&descriptor, 1, 1_000)
            for case .status(.connected) in inbox.take() { return client }
        }
        throw Missing(what: "connection")
    }

    @Test(
        "stopped, reconnected, let go: with nothing else under way, and in a flood", arguments: Way.allCases,
        [false, true])
    func said(way: Way, isFlooded: Bool) throws {
        for _ in 0..<10 {
            let broker = FakeBroker(isFlooded ? Self.flooding : FakeBroker.working(), FakeBroker.working())
            let inbox = Inbox(capacity: 100_000)
            var client: Client? = try connect(port: broker.port, inbox: inbox)
            let connection = try #require(broker.connections.first)
            let message = Message(topic: name("last"), payload: [UInt8](repeating: 0x61, count: 200_000))
            for id in 0..<3 as Range<UInt64> { client?.publish(message, id: RequestID(rawValue: id)) }
            switch way {
            case .stop: client?.stop(timeoutMilliseconds: 10_000)
            case .reconnect: client?.reconnect()
            case .forget: client = nil
            }
            #expect(connection.waitForPacket { $0 == [0xE0, 0] } != nil)
            #expect(connection.packets.last == [0xE0, 0])
            if way == .reconnect { #expect(broker.waitForConnections(2)) }
        }
    }

    @Test("a new connection comes behind the end of the old one, so that no broker publishes our Will")
    func noWill() throws {
        let broker = try Mosquitto()
        let watcher = ClientBench(port: broker.port) {
            $0.clientIdentifier = "watcher"
            $0.subscriptions = [Subscription(.everything)]
        }
        watcher.client.start()
        try watcher.granted(.everything)
        let bench = ClientBench(port: broker.port) {
            $0.will = Will(message: Message(topic: name("will"), payload: [0x30]))
        }
        bench.client.start()
        try bench.connected()
        for _ in 0..<10 {
            bench.client.reconnect()
            try bench.connected()
        }
        guard case .written = try bench.publish("end", [0x31]) else { throw Unexpected() }
        #expect(try watcher.messages(1) == ["end=1"])
    }

    @Test("after stop in a flood, start reads again")
    func startsAgain() throws {
        let broker = FakeBroker(Self.flooding, FakeBroker.working())
        let bench = ClientBench(port: broker.port, inboxCapacity: 1)
        bench.client.start()
        let limit = Client.now().advanced(milliseconds: 30_000)
        while bench.inbox.byteCount < 10_000, Client.now() < limit { try bench.settle() }
        bench.client.stop(timeoutMilliseconds: 10_000)
        bench.read()
        bench.forget()
        bench.client.start()
        try bench.connected()
        broker.push(FakeBroker.publish("t", [0x31], version: 5))
        #expect(try bench.messages(1) == ["t=1"])
    }
}
