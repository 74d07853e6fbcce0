import MQTT
import Testing

@testable import Broker

@Suite("Every line that mosquitto writes is understood")
struct ExactLineTests {
    /// Checks `table` line by line, each on a log that knows nothing.
    private func check(_ table: String) {
        for row in table.split(separator: "\n") {
            let cells = row.split(separator: " | ", maxSplits: 3).map(String.init)
            var log = BrokerLog()
            let line = log.take(cells[0], cells[1].replacing("⏎", with: "\n"))
            #expect(line.kind != .unknown, "\(row)")
            #expect((line.isAlarm ? "! " : "") + (line.client ?? "–") == cells[2], "\(row)")
            #expect(line.words == cells[3], "\(row)")
            #expect(line.epochSeconds == 1_795_478_240, "\(row)")
            #expect(line.severity == Severity(topic: "$SYS/broker/log/\(cells[0])".utf8))
        }
    }

    @Test("mosquitto 1.3.4 and 1.4") func version1() { check(LineTables.version1) }
    @Test("mosquitto 2.0") func version20() { check(LineTables.version20) }
    @Test("mosquitto 2.1") func version21() { check(LineTables.version21) }

    @Test("the facts of a connection are kept apart")
    func facts() {
        var log = BrokerLog()
        let line = log.take("N", "New client connected from 10.0.0.7:4000 as ev3 (p5, c0, k15, u'robot').")
        let expected = LogLine.Arrival(
            client: "ev3", peer: Peer(address: "10.0.0.7", port: 4_000), userName: "robot", version: .v5_0,
            cleanStart: false, keepAlive: 15, isBridge: false)
        #expect(line.kind == .connected(expected))
    }

    @Test("the letter and the severity come from the topic")
    func severities() {
        let letters = ["E", "W", "N", "I", "M/subscribe", "M/unsubscribe", "WS", "D", ""].map { suffix in
            Severity(topic: "$SYS/broker/log/\(suffix)".utf8)?.letter
        }
        #expect(letters == ["E", "W", "N", "I", "S", "U", "X", "E", "E"])
        #expect(Severity(topic: "$SYS/broker/uptime".utf8) == nil)
        #expect(Severity(topic: "robots/$SYS/broker/log/N".utf8) == nil)
    }

    @Test(
        "a line of an unknown kind is shown as it is", arguments: ["", " ", "anything at all", "Client", ": ", "12: "])
    func unknown(text: String) {
        var log = BrokerLog()
        let line = log.take("N", text)
        #expect(line.kind == .unknown)
        #expect(line.client == nil)
        #expect(line.words == text)
        #expect(!line.isAlarm)
        #expect(log.take("E", text).isAlarm)
    }

    @Test("a message of another topic is none of the log's")
    func otherTopic() {
        var log = BrokerLog()
        #expect(log.ingest(topic: "$SYS/broker/uptime".utf8, payload: "3 seconds".utf8, arrival: .zero) == nil)
        #expect(log.count == 0)
    }
}
