import Broker
import MQTT
import Testing

@Suite("A session recorded from mosquitto 2.0.11")
struct RecordedSessionTests {
    private struct Row {
        var suffix, line, client, words: String

        init(_ row: Substring) {
            let cells = row.split(separator: " | ", maxSplits: 3).map(String.init)
            (suffix, line, client, words) = (cells[0], cells[1], cells[2], cells[3])
        }
    }

    private let rows = RecordedSession.lines.split(separator: "\n").map(Row.init)

    @Test("every line is understood, in the light of those before and after it")
    func words() {
        var log = BrokerLog()
        log.connected(as: "monitor", at: .zero)
        for (index, row) in rows.enumerated() { log.take(row.suffix, row.line, at: Double(index) / 10, stamp: "") }
        #expect(log.count == rows.count)
        for (index, row) in rows.enumerated() {
            let line = log[index]
            #expect(line.kind != .unknown, "\(row.line)")
            #expect((line.isAlarm ? "! " : "") + (line.client ?? "–") == row.client, "\(row.line)")
            #expect(line.words == row.words, "\(row.line)")
            #expect(line.epochSeconds.map { (1_795_492_503...1_795_492_521).contains($0) } == true)
        }
    }

    @Test(
        "it means the same whatever form the broker's times have",
        arguments: ["", "[24.11.26 03:57:23]: ", "2026-11-24T03:56:00: "])
    func stamps(stamp: String) {
        var log = BrokerLog()
        log.connected(as: "monitor", at: .zero)
        for (index, row) in rows.enumerated() {
            let text = row.line.split(separator: ": ", maxSplits: 1)[1]
            log.take(row.suffix, String(text), at: Double(index) / 10, stamp: stamp)
        }
        #expect((0..<log.count).map { log[$0].words } == rows.map(\.words))
        #expect((0..<log.count).allSatisfy { log[$0].epochSeconds == nil })
    }

    @Test(
        "it means the same from a file, from syslog and from the journal",
        arguments: ["file", "syslog", "journal", "journal as JSON"])
    func sources(form: String) {
        var log = BrokerLog()
        log.connected(as: "monitor", at: .zero)
        for row in rows {
            let line =
                switch form {
                case "syslog": "Nov 24 03:55:03 lab mosquitto[812]: \(row.line)"
                case "journal": "2026-11-24T03:55:03+0000 lab mosquitto[812]: \(row.line)"
                case "journal as JSON":
                    #"{"MESSAGE":"\#(row.line.replacing("\"", with: "\\\""))","SYSLOG_IDENTIFIER":"mosquitto"}"#
                default: row.line
                }
            #expect(log.ingest(line: line.utf8, arrival: .zero) != nil, "\(line)")
        }
        log.settle()
        #expect((0..<log.count).map { log[$0].words } == rows.map(\.words))
        for (index, row) in rows.enumerated() {
            #expect((log[index].isAlarm ? "! " : "") + (log[index].client ?? "–") == row.client, "\(row.line)")
            #expect(log[index].severity == Severity(topic: "$SYS/broker/log/\(row.suffix)".utf8), "\(row.line)")
        }
    }

    @Test("each connecting client makes exactly one line of each kind")
    func oneLineEach() {
        var log = BrokerLog()
        for row in rows { log.take(row.suffix, row.line, stamp: "") }
        for client in ["plain", "user", "v31", "five", "six"] {
            let words = (0..<log.count).filter { log[$0].client == client }.map { log[$0].words }
            #expect(words.count == 2)
            #expect(words.first?.hasPrefix("connected from ") == true)
            #expect(words.last == "disconnected")
        }
    }
}
