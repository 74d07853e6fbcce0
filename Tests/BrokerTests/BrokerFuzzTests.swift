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

    /// How a file, syslog and the journal hold a line.
    private static func held(_ line: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        let text = String(decoding: line, as: UTF8.self)
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return Array("Nov 26 09:00:00 host mosquitto[812]: ".utf8) + line
        case 1:
            return Array("2026-11-26T09:00:0\(Int.random(in: 0...9, using: &random))+0100 host mosquitto[812]: ".utf8)
                + line
        case 2:
            return Array(#"{"PRIORITY":"5","__REALTIME_TIMESTAMP":"1795478240123456","MESSAGE":"\#(escaped)"}"#.utf8)
        case 3:
            return Array("\(Int.random(in: 1_795_478_000...1_795_479_000, using: &random)): ".utf8) + line.dropFirst(12)
        default: return line
        }
    }

    @Test("mutated lines of files, syslog and the journal, sorted in among those of topics", arguments: 0..<4)
    func sourceLines(seed: Int) {
        var random = SeededGenerator(seed: UInt64(100 + seed))
        var log = BrokerLog(capacity: 60)
        log.connected(as: "us", at: .zero)
        for time in 0..<6_000 {
            let line = Self.lines.randomElement(using: &random)!
            let arrival = second(Double(time) / 50)
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                let topic = "$SYS/broker/log/" + Self.suffixes.randomElement(using: &random)!
                _ = log.ingest(topic: topic.utf8, payload: Self.mutated(line, &random), arrival: arrival)
            case 1: _ = log.ingest(line: Self.mutated(Self.held(line, &random), &random), arrival: arrival)
            case 2:
                _ = log.ingest(line: (0..<40).map { _ in UInt8.random(in: 0...255, using: &random) }, arrival: arrival)
            default: _ = log.ingest(line: Self.held(line, &random), arrival: arrival)
            }
            switch Int.random(in: 0..<300, using: &random) {
            case 0: log.sourceBegins()
            case 1: log.connected(as: "us", at: arrival, isLogGapless: Bool.random(using: &random))
            case 2: log.lostSight(at: arrival)
            case 3...20: log.settle()
            default: break
            }
            guard time % 500 == 0, log.count > 0 else { continue }
            log.settle()
            #expect(log.count <= 60)
            #expect(log.nextNumber == log.dropped + UInt64(log.count))
            let numbers = (0..<log.count).map { log.number(at: $0) }
            #expect(Set(numbers).count == log.count)
            #expect(numbers.indices.allSatisfy { log.index(of: numbers[$0]) == $0 && log.line(numbers[$0]) != nil })
            let connected = log.roster.clients(by: .name).filter { $0.state == .connected }
            #expect(connected.count == log.roster.connectedCount)
            #expect((0..<log.count).allSatisfy { log[$0].words.utf8.count < 4_000 && log[$0].rows.count <= 2 })
        }
        #expect(log.dropped > 0)
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
