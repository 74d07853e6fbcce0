import MQTT
import MQTTCodec

/// PUBLISH packets made once and sent round and round: every topic the same number of times, in an order without locality.
struct PacketStream: Sendable {
    /// The packets, one behind the other.
    let bytes: [UInt8]
    /// Index in `bytes` behind each packet.
    let ends: [Int]

    /// At least 4,096 QoS 0 packets of `version` on `topicCount` topics of four levels, with JSON of 40 to 120 bytes.
    init(version: ProtocolVersion, topicCount: Int) throws {
        let encoder = PacketEncoder(role: .server, version: version)
        let rounds = max(1, 4_096 / topicCount)
        var bytes: [UInt8] = []
        var ends: [Int] = []
        for number in 0..<rounds * topicCount {
            // The step is a prime that divides no usual number of topics: all of them come, far from their neighbours.
            let message = try Message(
                topic: Self.topic(number * 7_919 % topicCount), payload: Self.payload(byteCount: 40 + number * 37 % 81))
            try encoder.encode(.publish(Publish(message)), into: &bytes)
            ends.append(bytes.count)
        }
        self.bytes = bytes
        self.ends = ends
    }

    /// How many packets there are.
    var count: Int { ends.count }

    /// Where packet `number` begins.
    func start(of number: Int) -> Int { number == 0 ? 0 : ends[number - 1] }

    /// Topic number `number`: ten halls, lines and cells, and as many motors as it takes.
    static func topic(_ number: Int) throws -> TopicName {
        try TopicName("hall\(number % 10)/line\(number / 10 % 10)/cell\(number / 100 % 10)/motor\(number)")
    }

    /// A JSON object of `byteCount` bytes, at least 40.
    static func payload(byteCount: Int) -> [UInt8] {
        let head = "{\"seq\":\(1_000 + byteCount),\"value\":21.75,\"note\":\""
        return Array((head + String(repeating: "x", count: byteCount - head.utf8.count - 2) + "\"}").utf8)
    }
}
