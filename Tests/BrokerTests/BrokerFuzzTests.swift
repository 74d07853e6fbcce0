import Broker
import MQTT
import Testing

@Suite("Any bytes can come as a log line")
struct BrokerFuzzTests {
    private static let suffixes = ["E", "W", "N", "I", "M/subscribe", "M/unsubscribe", "WS", "D"]
    private static let lines: [[UInt8]] = [LineTables.version1, LineTables.version20, LineTables.version21]
        .flatMap { $0.split(separator: "\n") }
        .map { Array("1795478240: ".utf8) + Array($0.split(separator: " | ")[1].utf8) }
    private static let pieces: [[UInt8]] =
        [
            " (p2, c1, k60", ").", " [", "]", ":", ": ", " as ", " disconnected", "Client ", " from ", " cipher ",
            "<unknown>", "\0",
            "::1", "1.2.3.4", "99999999999999999999", " 0 ", ".", "'", "u'", "New client connected from ",
            "Protocol error from ",
            "\n", "é", "p", "c", "k",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80]]

    private static func mutated(_ line: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var line = line
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let start = Int.random(in: 0...line.count, using: &random)
            let end = Int.random(in: start...min(line.count, start + 12), using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: line.insert(contentsOf: pieces.randomElement(using: &random)!, at: start)
            case 1: line.removeSubrange(start..<end)
            case 2: line.replaceSubrange(start..<end, with: pieces.randomElement(using: &random)!)
            default:
                let other = lines.randomElement(using: &random)!
                line.replaceSubrange(start..., with: other.suffix(Int.random(in: 0...other.count, using: &random)))
            }
        }
        return line
    }

    private static func check(_ log: inout BrokerLog, _ payload: [UInt8], _ random: inout SeededGenerator, at time: Int)
    {
        let topic = "$SYS/broker/log/" + suffixes.randomElement(using: &random)!
        let line = log.ingest(topic: topic.utf8, payload: payload, arrival: second(Double(time) / 50))
        #expect(line != nil)
        #expect(line?.client?.isEmpty != true || payload.count > 10)
        let words = log[log.count - 1].words
        #expect(words.utf8.count < 4_000)
        _ = log[0].words
    }

    @Test("mutated lines of all versions, on one log", arguments: 0..<4)
    func mutations(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var log = BrokerLog(capacity: 50)
        log.connected(as: "us", at: .zero)
        for time in 0..<4_000 {
            let line = Self.mutated(Self.lines.randomElement(using: &random)!, &random)
            Self.check(&log, line, &random, at: time)
        }
        #expect(log.count == 50)
        #expect(log.dropped == 3_950)
    }

    @Test("random bytes and pieces of lines")
    func random() {
        var random = SeededGenerator(seed: 7)
        var log = BrokerLog(capacity: 5)
        for time in 0..<4_000 {
            let count = Int.random(in: 0...40, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            Self.check(&log, bytes, &random, at: time)
            let mix = (0..<count / 4).flatMap { _ in Self.pieces.randomElement(using: &random)! }
            Self.check(&log, mix, &random, at: time)
        }
    }

    @Test("lines of every length up to 64 KiB")
    func lengths() {
        var log = BrokerLog(capacity: 5)
        var random = SeededGenerator(seed: 8)
        for line in [
            "Client ", "a 0 ", "New client connected from 1.2.3.4 as (", "Protocol error from : ", " 1 ", "]]]: ",
        ] {
            for count in [1, 100, 1_000, 1_024, 1_025, 65_536] {
                let bytes = Array(String(repeating: line, count: count / line.utf8.count + 1).utf8.prefix(count))
                for _ in 0..<4 { Self.check(&log, bytes, &random, at: 0) }
            }
        }
    }

    @Test("statistics of any topic and payload")
    func statistics() {
        var random = SeededGenerator(seed: 9)
        var slots = BrokerMetrics()
        let payloads = [
            "0", "7", "7.5", "1e9", "-3", "999999999999999", "9999999999999999",
            "7 seconds", "mosquitto version 2.0.11", "mosquitto version 99999999999999999999.é", ".", "", "é",
        ]
        let topics =
            MetricMappings.mosquitto.map { "$SYS/broker/" + $0.topic }
            + MetricMappings.emqx.map { "$SYS/brokers/a@b/" + $0.topic } + ["$SYS/", "$SYS/é/mqtt/x", "a"]
        for time in 0..<20_000 {
            let topic = topics.randomElement(using: &random)!
            _ = slots.ingest(
                topic: topic.utf8, payload: payloads.randomElement(using: &random)!.utf8,
                arrival: Instant(nanoseconds: Int64.random(in: .min ... .max, using: &random)),
                isStored: Bool.random(using: &random))
            if time % 1_000 == 0 {
                slots.connected(at: Instant(nanoseconds: .random(in: .min ... .max, using: &random)))
            }
            _ = slots.isStalled(at: second(Double(time)))
            if time % 16 == 0 { _ = slots.words + slots.rows.map(\.value).joined() }
            if let dropped = slots.dropped { #expect(dropped.atLeast <= dropped.atMost) }
        }
    }
}
