import MQTT
import MQTTClient
import TestSupport
import Testing

@Suite("Client: keep alive on the wire")
struct PingTests {
    @Test("it counts from the last packet sent: who publishes sends no PINGREQ, who is silent does [MQTT-3.1.2-20]")
    func fromLastSent() throws {
        let broker = FakeBroker(FakeBroker.working())
        let bench = ClientBench(port: broker.port) { $0.keepAlive = 1 }
        bench.client.start()
        try bench.connected()
        let limit = Client.now().advanced(milliseconds: 2_500)
        while Client.now() < limit {
            guard case .acknowledged = try bench.publish("t", qos: .atLeastOnce) else { throw Unexpected() }
            bench.read(milliseconds: 50)
        }
        try bench.wait(for: "PINGREQ") { delivery -> Bool? in
            guard case .trace(let records) = delivery else { return nil }
            return records.contains { $0.type == .pingreq } ? true : nil
        }
        // Each PINGREQ has nearly a whole keep alive of silence before it, in one direction.
        var silentSince: [TraceRecord.Direction: Instant] = [:]
        for case .trace(let records) in bench.deliveries {
            for record in records {
                if record.type == .pingreq {
                    let last = try #require(silentSince.values.min())
                    #expect(record.time.since(last) >= 900_000_000)
                }
                silentSince[record.direction] = record.time
            }
        }
    }
}
