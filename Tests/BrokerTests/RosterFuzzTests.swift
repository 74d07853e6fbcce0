import MQTT
import Testing

@testable import Broker

@Suite("No line can break the roster")
struct RosterFuzzTests {
    private static let lines: [(suffix: String, text: String)] = [
        RosterSessions.version13, RosterSessions.version14, RecordedSession.lines, RosterSessions.version21,
    ].flatMap { $0.split(separator: "\n") }.map { row in
        let cells = row.split(separator: " | ", maxSplits: 3)
        let text = cells[1].split(separator: ": ", maxSplits: 1)
        return (String(cells[0]), String(text.count == 2 && text[0].allSatisfy(\.isNumber) ? text[1] : cells[1]))
    }
    private static let names = [
        "uav1", "user", "a b", "x [1.2.3.4:5]", "r\u{F6}", "ro\u{308}", "127.0.0.1", "", "<unknown>",
    ]

    /// Every number and every order must agree with every other, whatever came.
    private func check(_ roster: Roster) {
        let clients = roster.clients(by: .name)
        #expect(clients.count == roster.count)
        #expect(clients.filter { $0.state == .connected }.count == roster.connectedCount)
        #expect(clients.filter(\.isUs).count == 1)
        #expect(clients.allSatisfy { $0.subscriptions.count <= RosterClient.subscriptionCapacity })
        for order in Roster.Order.allCases {
            #expect(roster.clients(by: order).count == clients.count)
        }
        #expect(roster.alarms.allSatisfy { !$0.isOver && $0.count >= $0.kind.rule.count && !$0.words.isEmpty })
        #expect(roster.pastAlarms.allSatisfy { $0.isOver })
        #expect(roster.alarms.map(\.serial) == roster.alarms.map(\.serial).sorted())
        #expect(RosterExport(clients).csv.count >= clients.count * 50)
        #expect(RosterExport(clients).json.last == UInt8(ascii: "\n"))
    }

    @Test("the lines of all versions in any order, about any client, with any clock", arguments: 0..<4)
    func shuffled(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var log = BrokerLog(capacity: 10)
        log.connected(as: "uav1", at: .zero)
        var (time, broker) = (0.0, 1_795_478_240)
        for step in 0..<3_000 {
            let line = Self.lines.randomElement(using: &random)!
            var text = line.text
            if Bool.random(using: &random) {
                text.replace("uav1", with: Self.names.randomElement(using: &random)!)
            }
            time += Double.random(in: 0...20, using: &random)
            broker += Int.random(in: -10...60, using: &random)
            let stamp = ["", "\(broker): ", "99999999999: ", "2026-11-24T00:13:38: "].randomElement(using: &random)!
            log.take(line.suffix, text, at: time, stamp: stamp)
            switch Int.random(in: 0..<400, using: &random) {
            case 0: log.connected(as: Self.names.randomElement(using: &random)!, at: second(time))
            case 1: log.take("I", "mosquitto version 2.0.11 starting", at: time)
            case 2: log.take("I", "mosquitto version 2.0.11 terminating", at: time)
            case 3: log.advance(to: second(time + 1_000))
            default: break
            }
            if step % 300 == 0 { check(log.roster) }
        }
        check(log.roster)
    }

    @Test("time may stand still, run back or end")
    func times() {
        var random = SeededGenerator(seed: 5)
        var log = BrokerLog(capacity: 10)
        log.connected(as: "us", at: Instant(nanoseconds: .max))
        for _ in 0..<2_000 {
            let line = Self.lines.randomElement(using: &random)!
            let arrival = Instant(nanoseconds: Int64.random(in: .min ... .max, using: &random))
            let stamp = "\(Int.random(in: 0...99_999_999_999, using: &random)): "
            _ = log.ingest(
                topic: "$SYS/broker/log/\(line.suffix)".utf8, payload: (stamp + line.text).utf8, arrival: arrival)
            log.advance(to: Instant(nanoseconds: Int64.random(in: .min ... .max, using: &random)))
            _ =
                RosterExport(log.roster.clients(by: .since), clockOffset: .random(in: .min ... .max, using: &random))
                .csv
        }
        check(log.roster)
    }
}
