import MQTT
import TestSupport
import Testing

@testable import MQTTClient

@Suite("Client: where the specification says so it closes the connection, though the server does not")
struct ClosingTests {
    /// A server that says `bytes` and waits for the client to close.
    private func waiting(_ bytes: [UInt8]) -> FakeBroker {
        FakeBroker({ connection in
            guard connection.readPacket() != nil else { return }
            connection.send(bytes)
            connection.readToEnd()
        })
    }

    @Test(
        "after its DISCONNECT, which is the last it sends [MQTT-3.14.4-1, MQTT-3.14.4-2]",
        arguments: [ProtocolVersion.v3_1_1, .v5_0])
    func afterDisconnect(version: ProtocolVersion) throws {
        let broker = waiting(version == .v5_0 ? [0x20, 3, 0, 0, 0] : [0x20, 2, 0, 0])
        let bench = ClientBench(port: broker.port) { $0.version = version }
        bench.client.start()
        try bench.connected()
        bench.client.stop(timeoutMilliseconds: 200)
        #expect(broker.waitUntilAllAreClosed())
        #expect(broker.latest?.packets.map { $0[0] } == [0x10, 0xE0])
    }

    @Test(
        "after a CONNACK that refuses, or a DISCONNECT of the server [MQTT-4.13.2-1]",
        arguments: [
            (.v5_0, [0x20, 3, 0, 0x87, 0]), (.v5_0, [0x20, 3, 0, 0, 0, 0xE0, 1, 0x8B]), (.v3_1_1, [0x20, 2, 0, 5]),
        ] as [(ProtocolVersion, [UInt8])])
    func afterFailure(version: ProtocolVersion, bytes: [UInt8]) throws {
        let broker = waiting(bytes)
        let bench = ClientBench(port: broker.port) {
            $0.version = version
            $0.reconnects = false
        }
        bench.client.start()
        _ = try bench.failed()
        #expect(broker.waitUntilAllAreClosed())
        #expect(broker.latest?.packets.map { $0[0] } == [0x10])
    }
}
