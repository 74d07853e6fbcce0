import MQTT
import Testing

@testable import Broker

/// The past comes late: from a file that is long, or a command that takes its time, when topics have told newer lines.
@Suite("History is sorted in")
struct SortedHistoryTests {
    /// A recorded session as its topics and its file tell it.
    private static let session: [(suffix: String, line: String)] = RecordedSession.lines.split(separator: "\n").map {
        let cells = $0.split(separator: " | ", maxSplits: 3)
        return (String(cells[0]), String(cells[1]))
    }

    private static func topic(_ log: inout BrokerLog, _ entry: (suffix: String, line: String)) {
        _ = log.ingest(topic: "$SYS/broker/log/\(entry.suffix)".utf8, payload: entry.line.utf8, arrival: second(5))
    }

    private static func source(_ log: inout BrokerLog, _ lines: [String]) {
        for line in lines { _ = log.ingest(line: line.utf8, arrival: second(5)) }
        log.settle()
    }

    private static func raw(_ log: BrokerLog) -> [String] {
        (0..<log.count).map { String(decoding: log[$0].raw, as: UTF8.self) }
    }

    @Test(
        "whatever came by topic before its history, the log, the clients and the alarms are the same in the end",
        arguments: 0..<20)
    func sameAsInOrder(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let all = ["1795492500: mosquitto version 2.0.11 starting"] + Self.session.map(\.line)
        var expected = BrokerLog()
        expected.connected(as: "monitor", at: second(1))
        Self.source(&expected, all)

        var log = BrokerLog()
        log.connected(as: "monitor", at: second(1))
        log.sourceBegins()
        var rest = all[...]
        for index in Int.random(in: 0..<Self.session.count, using: &random)..<Self.session.count {
            Self.topic(&log, Self.session[index])
            guard Int.random(in: 0..<4, using: &random) == 0 else { continue }
            // The file holds no more than what happened.
            let portion = all[..<(index + 2)].dropFirst(rest.startIndex).prefix(Int.random(in: 0...30, using: &random))
            rest = rest.dropFirst(portion.count)
            Self.source(&log, Array(portion))
        }
        Self.source(&log, Array(rest))

        #expect(log.count == all.count)
        // Of lines with the same text, within two seconds, one may pass for the other: the text is there as often.
        #expect(Self.raw(log).sorted() == Self.raw(expected).sorted())
        func clients(_ log: BrokerLog) -> [String] {
            log.roster.clients(by: .name).map {
                "\($0.identifier) \($0.state) \($0.lastEndWords ?? "–") \($0.reconnects) \($0.subscriptions.map(\.filter))"
            }
        }
        #expect(clients(log) == clients(expected))
        #expect(log.roster.alarms.map(\.words) == expected.roster.alarms.map(\.words))
        #expect(log.roster.reachesBrokerStart)
    }

    @Test("what topics told is told once: a takeover that its file repeats is no second one")
    func onceOnly() {
        var log = BrokerLog()
        log.connected(as: "monitor", at: .zero)
        log.take("E", "Client uav1 already connected, closing old connection.", stamp: "1795478240: ")
        log.take("N", "Outgoing messages are being dropped for client monitor.", stamp: "1795478240: ")
        Self.source(
            &log,
            [
                "1795478000: mosquitto version 2.0.11 starting",
                "1795478100: New client connected from 10.0.0.1:1 as uav1 (p2, c1, k60).",
                "1795478240: Client uav1 already connected, closing old connection.",
                "1795478240: Outgoing messages are being dropped for client monitor.",
            ])
        #expect(log.count == 4)
        #expect(log.roster.alarms.map(\.kind) == [.dropping])
        #expect(log.droppedForUs == 1)
        #expect(log.roster["uav1"]?.lastEnd?.reason == .takenOver)
        #expect(log[2].words.hasPrefix("taken over"))
    }

    @Test("a history that is longer than the log leaves the newest lines, and clients back to the broker's start")
    func bounded() {
        var log = BrokerLog(capacity: 100)
        log.connected(as: "monitor", at: .zero)
        log.take("N", "Client c7 closed its connection.", stamp: "1795479999: ")
        var history = ["1795470000: mosquitto version 2.0.11 starting"]
        for number in 0..<3_000 {
            history.append(
                "\(1_795_470_001 + number): New client connected from 10.0.0.1:\(number) as c\(number) (p2, c1, k60).")
        }
        for start in stride(from: 0, to: history.count, by: 64) {
            Self.source(&log, Array(history[start..<min(start + 64, history.count)]))
        }
        #expect(log.count == 100)
        #expect(log.dropped == 2_902)
        #expect(log[99].client == "c7" && log[98].client == "c2999")
        #expect(log.roster.connectedCount == 3_000)
        #expect(log.roster["c7"]?.state == .away)
        #expect(log.roster.reachesBrokerStart)
    }

    @Test("lines that were missed while there was no connection stand between those before and after")
    func missedMinute() {
        var log = BrokerLog()
        log.connected(as: "monitor", at: second(0))
        log.take("N", "New client connected from 10.0.0.1:1 as ev3 (p2, c1, k60).", stamp: "1795478000: ")
        log.connected(as: "monitor", at: second(60))
        log.take("N", "Client tb3 closed its connection.", at: 61, stamp: "1795478061: ")
        log.sourceBegins()
        Self.source(
            &log,
            [
                "1795478000: New client connected from 10.0.0.1:1 as ev3 (p2, c1, k60).",
                "1795478030: Client ev3 closed its connection.",
                "1795478031: New client connected from 10.0.0.2:1 as tb3 (p2, c1, k60).",
                "1795478061: Client tb3 closed its connection.",
            ])
        #expect(log.all.map { $0.split(separator: " ")[0] } == ["ev3", "ev3", "tb3", "tb3"])
        #expect(log.roster["ev3"]?.state == .away)
        #expect(log.roster["tb3"]?.state == .away)
    }

    @Test("a file's own order holds when the broker's clock was set back; without any times it stands first")
    func clocks() {
        var log = BrokerLog()
        Self.source(&log, ["1795478000: first", "100: second", "101: third", "1795478001: fourth"])
        #expect(Self.raw(log) == ["first", "second", "third", "fourth"])

        var other = BrokerLog()
        other.take("N", "now", stamp: "1795478240: ")
        other.sourceBegins()
        Self.source(
            &other, ["Nov 26 09:00:00 host mosquitto[812]: early", "Nov 26 09:00:01 host mosquitto[812]: later"])
        #expect(Self.raw(other) == ["early", "later", "now"])
        // The file has come to what the topics tell: what follows is no history any more.
        Self.source(&other, ["Nov 26 09:10:00 host mosquitto[812]: now", "Nov 26 09:10:01 host mosquitto[812]: last"])
        #expect(Self.raw(other) == ["early", "later", "now", "last"])
    }
}

/// Lines stand where they belong even if a clock is wrong, or says nothing.
@Suite("Lines of wrong clocks")
struct WrongClockTests {
    private static let now: Int64 = 1_795_480_000

    /// A log whose file is read, when our clock says `now`.
    private static func begun() -> BrokerLog {
        var log = BrokerLog()
        log.advance(to: .zero, epochSeconds: now)
        log.sourceBegins()
        return log
    }

    private static func source(_ log: inout BrokerLog, _ line: String, at time: Double) {
        _ = log.ingest(line: line.utf8, arrival: second(time))
        log.settle()
    }

    private static func raw(_ log: BrokerLog) -> [String] {
        (0..<log.count).map { String(decoding: log[$0].raw, as: UTF8.self) }
    }

    @Test("one line of the future moves no other one")
    func future() {
        var log = Self.begun()
        Self.source(&log, "\(Self.now - 5): old", at: 0.1)
        Self.source(&log, "\(Self.now + 7_200): wild", at: 0.2)
        log.take("N", "topic", at: 1, stamp: "\(Self.now + 1): ")
        Self.source(&log, "\(Self.now + 2): file", at: 2)
        log.take("N", "last", at: 3, stamp: "\(Self.now + 3): ")
        Self.source(&log, "\(Self.now + 4): end", at: 4)
        #expect(Self.raw(log) == ["old", "wild", "topic", "file", "last", "end"])
    }

    @Test("lines without a time that come now stand behind those of the topics; the past before them stands first")
    func withoutTime() {
        var log = Self.begun()
        log.take("N", "topic", at: 0.1, stamp: "\(Self.now): ")
        Self.source(&log, "past", at: 0.2)
        Self.source(&log, "also past", at: 0.3)
        Self.source(&log, "now", at: 1.4)
        log.take("N", "next", at: 2, stamp: "\(Self.now + 2): ")
        Self.source(&log, "last", at: 3)
        #expect(Self.raw(log) == ["past", "also past", "topic", "now", "next", "last"])
    }

    @Test("when a broker's clock is set back, what its file brings stands behind what was before")
    func setBack() {
        var log = Self.begun()
        Self.source(&log, "\(Self.now): before", at: 0.1)
        log.take("N", "topic", at: 1, stamp: "\(Self.now + 1): ")
        Self.source(&log, "\(Self.now - 3_600): after", at: 2.2)
        log.take("N", "later", at: 3, stamp: "\(Self.now - 3_599): ")
        Self.source(&log, "\(Self.now - 3_598): latest", at: 4.5)
        #expect(Self.raw(log) == ["before", "topic", "after", "later", "latest"])
    }
}

/// mosquitto 2.1 warns in messages of two lines, which are two lines in its file.
@Suite("Messages of two lines")
struct TwoLineTests {
    private static let warning =
        "Warning: File /etc/mosquitto/pwfile has world readable permissions. Future versions will refuse to load this file."
    private static let remedy = "To fix this, use `chmod 0700 /etc/mosquitto/pwfile`."

    @Test("one message by topic is one line of two rows")
    func topic() {
        var log = BrokerLog()
        log.take("W", Self.warning + "\n" + Self.remedy)
        #expect(log.count == 1)
        #expect(log[0].rows == [Self.warning, Self.remedy])
        #expect(log[0].words == Self.warning + " " + Self.remedy)
    }

    @Test("two lines of a file are one of the log, in whatever order the copies come", arguments: [true, false])
    func file(isTopicFirst: Bool) {
        var log = BrokerLog()
        if isTopicFirst { log.take("W", Self.warning + "\n" + Self.remedy, stamp: "1795478240: ") }
        for line in ["1795478240: " + Self.warning, "   " + Self.remedy, "1795478241: another"] {
            _ = log.ingest(line: line.utf8, arrival: .zero)
        }
        log.settle()
        if !isTopicFirst {
            let payload = "1795478240: " + Self.warning + "\n" + Self.remedy
            #expect(log.ingest(topic: "$SYS/broker/log/W".utf8, payload: payload.utf8, arrival: .zero) == nil)
        }
        #expect(log.count == 2)
        #expect(log[0].rows == [Self.warning, Self.remedy])
        #expect(log[0].severity == .warning)
    }

    @Test("a remedy without its warning is a line of its own; however many lines a message has, it has two rows")
    func others() {
        var log = BrokerLog()
        _ = log.ingest(line: Self.remedy.utf8, arrival: .zero)
        log.take("N", "a\nb\nc\n\nd")
        #expect(log[0].rows == [Self.remedy])
        #expect(log[1].rows == ["a", "b c  d"])
    }
}
