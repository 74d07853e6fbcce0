import MQTT
import MQTTClient
import TestSupport
import Testing

@Suite("Client: packets that are legal and ugly are taken, both ways", .serialized)
struct LegalButUglyTests {
    /// A message that the specification allows.
    struct Ugly: CustomTestStringConvertible {
        var testDescription: String
        var message: Message
        /// Whether mosquitto takes it too: it refuses deep topics and control characters.
        var isTaken = true

        init(
            _ description: String, topic: String = "t", payload: [UInt8] = [0x61], properties: Properties = .init(),
            isTaken: Bool = true
        ) {
            testDescription = description
            message = Message(topic: name(topic), payload: payload, properties: properties)
            self.isTaken = isTaken
        }
    }

    private static let uglies = [
        Ugly("a payload of 8 MiB", payload: [UInt8](repeating: 0x7A, count: 8 << 20)),
        Ugly("a topic of 65,535 bytes", topic: String(repeating: "t", count: 65_535)),
        Ugly("a topic of 32,000 levels", topic: String(repeating: "/", count: 31_999), isTaken: false),
        Ugly(
            "3,000 user properties",
            properties: properties {
                $0.userProperties = (0..<3_000).map { UserProperty("name \($0 % 7)", "value \($0)") }
            }),
        Ugly(
            "empty names and values, many times",
            properties: properties {
                $0.userProperties = [UserProperty](repeating: UserProperty("", ""), count: 10)
                $0.contentType = ""
                $0.correlationData = []
            }),
        Ugly(
            "control characters in a topic",
            topic: String(
                String.UnicodeScalarView(
                    (0x01...0x9F).filter { $0 < 0x20 || $0 > 0x7E }.compactMap(Unicode.Scalar.init))),
            isTaken: false),
        Ugly("100,000 brackets in each other", payload: [UInt8](repeating: 0x5B, count: 100_000)),
        Ugly("a payload that is no text", payload: [0xFF, 0xC0, 0x80, 0xED, 0xA0, 0x80, 0]),
        Ugly("nothing at all", payload: []),
    ]

    /// The messages that came, whole.
    private func received(_ bench: ClientBench, _ count: Int) throws -> [Message] {
        _ = try bench.messages(count)
        return try bench.deliveries.flatMap { delivery -> [Message] in
            guard case .messages(let batch) = delivery else { return [] }
            return try batch.records.map { record in
                Message(
                    topic: try TopicName(String(decoding: batch.topic(record), as: UTF8.self)),
                    payload: Array(batch.payload(record)), qos: record.flags.qos, isRetained: record.flags.isRetained,
                    properties: try Properties(decoding: batch.properties(record), of: .publishToClient))
            }
        }
    }

    @Test("on the wire: what we publish comes back as it was", arguments: uglies)
    func echoed(ugly: Ugly) throws {
        // The server gives each PUBLISH back as it is: at QoS 0 it looks the same in both directions.
        let broker = FakeBroker({ connection in
            guard connection.readPacket() != nil else { return }
            connection.send([0x20, 3, 0, 0, 0])
            while let packet = connection.readPacket(), packet[0] >> 4 != 14 { connection.send(packet) }
        })
        let bench = ClientBench(port: broker.port)
        bench.client.start()
        try bench.connected()
        bench.client.publish(ugly.message, id: RequestID(rawValue: 1))
        #expect(try received(bench, 1) == [ugly.message])
    }

    @Test("through mosquitto, at every QoS", arguments: uglies.filter(\.isTaken))
    func through(ugly: Ugly) throws {
        let broker = try Mosquitto()
        let bench = ClientBench(port: broker.port) {
            $0.subscriptions = [Subscription(.everything, qos: .exactlyOnce)]
        }
        bench.client.start()
        try bench.granted(.everything)
        var expected: [Message] = []
        for qos in QoS.allCases {
            var message = ugly.message
            message.qos = qos
            expected.append(message)
            bench.client.publish(message, id: RequestID(rawValue: UInt64(qos.rawValue)))
            _ = try received(bench, expected.count)
        }
        #expect(try received(bench, 3) == expected)
    }
}
