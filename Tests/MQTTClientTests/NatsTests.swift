import MQTT
import MQTTClient
import TestSupport
import Testing

@Suite("Client and a real NATS server: 3.1.1 alone, and no QoS 2", .serialized)
struct NatsTests {
    @Test("the fall-back from 5.0 is real, and QoS 0 and 1 work")
    func works() throws {
        let server = try NatsServer()
        let bench = ClientBench(port: server.port) {
            $0.subscriptions = [Subscription(filter("robots/#"), qos: .exactlyOnce)]
        }
        bench.client.start()
        let info = try bench.connected()
        #expect(info.version == .v3_1_1 && info.refusedVersion == .v5_0)
        #expect(try bench.granted(filter("robots/#")) == .atLeastOnce)
        #expect(try bench.publish("robots/a", [0x30]) == .written)
        guard case .acknowledged(.success, _, _) = try bench.publish("robots/b", [0x31], qos: .atLeastOnce) else {
            throw Unexpected()
        }
        #expect(try bench.messages(2).sorted() == ["robots/a=0", "robots/b=1"])
    }

    @Test("it closes at a QoS 2 publish, which the failure tells; the next connection works")
    func closes() throws {
        let server = try NatsServer()
        let bench = ClientBench(port: server.port)
        bench.client.start()
        try bench.connected()
        #expect(try bench.publish("a", qos: .exactlyOnce) == .unsendable(.connectionLost))
        let failure = try bench.waiting()
        guard case .lost = failure.cause else { throw Unexpected() }
        #expect(failure.unansweredQoS == .exactlyOnce && failure.version == .v3_1_1)
        try bench.connected()
        guard case .acknowledged = try bench.publish("a", qos: .atLeastOnce) else { throw Unexpected() }
    }

    @Test("with a session that is kept, a QoS 2 publish is sent a few times and not for ever")
    func givesUp() throws {
        let server = try NatsServer()
        let bench = ClientBench(port: server.port) { $0.cleanStart = false }
        bench.client.start()
        try bench.connected()
        let hopeless = bench.send("a", qos: .exactlyOnce)
        let behind = bench.send("a", [0x31], qos: .atLeastOnce)
        try bench.wait(for: "end of the publish") {
            if case .outcome(hopeless, .unsendable(.connectionLost)) = $0 { true } else { nil }
        }
        let failures = bench.statuses.compactMap { status -> ConnectionFailure? in
            if case .waiting(let failure, _) = status { failure } else { nil }
        }
        #expect(failures.allSatisfy { $0.unansweredQoS == .exactlyOnce })
        // What stood behind it goes on.
        try bench.wait(for: "answer") { if case .outcome(behind, .acknowledged) = $0 { true } else { nil } }
    }
}
