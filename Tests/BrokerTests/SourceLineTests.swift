import MQTT
import Testing

@testable import Broker

/// Lines of the broker's log as files, syslog and the journal hold them.
@Suite struct SourceLineTests {
    @Test(
        "What syslog and the journal put before a line is taken off, and the broker's own time counts",
        arguments: [
            ("1795478240: Client ev3 closed its connection.", LogTime.epoch(1_795_478_240)),
            ("2026-11-24T00:13:38Z: Client ev3 closed its connection.", .epoch(1_795_479_218)),
            (
                "Nov 26 09:00:00 host mosquitto[812]: 1795478240: Client ev3 closed its connection.",
                .epoch(1_795_478_240)
            ),
            ("Nov  6 09:00:00 host mosquitto[812]: Client ev3 closed its connection.", .stamp("Nov  6 09:00:00")),
            ("2026-11-24T01:13:38+0100 host mosquitto[812]: Client ev3 closed its connection.", .epoch(1_795_479_218)),
            (
                "2026-11-24T00:13:38.123456+00:00 host mosquitto: Client ev3 closed its connection.",
                .epoch(1_795_479_218)
            ),
            ("Client ev3 closed its connection.", .unknown),
            (#"{"MESSAGE":"1795478240: Client ev3 closed its connection.","PRIORITY":"5"}"#, .epoch(1_795_478_240)),
            (
                #"{ "_PID" : "812", "__REALTIME_TIMESTAMP":"1795478240123456", "MESSAGE" : "Client ev3 closed its connection." }"#,
                .epoch(1_795_478_240)
            ),
        ])
    func prefixes(line: String, time: LogTime) throws {
        var log = BrokerLog()
        let ingested = log.ingest(line: line.utf8, arrival: .zero)
        let taken = try #require(ingested)
        #expect(String(decoding: taken.raw, as: UTF8.self) == "Client ev3 closed its connection.")
        #expect(taken.time == time)
        #expect(taken.client == "ev3")
        #expect(taken.severity == .notice)
        #expect(taken.isSeverityInferred == !line.contains("PRIORITY"))
    }

    @Test(
        "A file does not say how grave a line is: its text does",
        arguments: [
            ("Error: Address already in use", Severity.error),
            ("OpenSSL Error[0]: error:0A000418:SSL routines::tlsv1 alert unknown ca", .error),
            ("Client ev3 already connected, closing old connection.", .error),
            ("Warning: Mosquitto should not be run as root/administrator.", .warning),
            (
                "Starting in local only mode. Connections will only be possible from clients running on this machine.",
                .warning
            ),
            ("mosquitto version 2.0.11 starting", .information),
            ("Opening ipv4 listen socket on port 1883.", .information),
            ("New connection from 127.0.0.1:57028 on port 1883.", .notice),
        ])
    func severities(text: String, severity: Severity) throws {
        var log = BrokerLog()
        let ingested = log.ingest(line: ("1795478240: " + text).utf8, arrival: .zero)
        let line = try #require(ingested)
        #expect(line.severity == severity)
        #expect(line.isSeverityInferred)
    }

    @Test("The journal says how grave a line is, but for what a service writes to its standard output")
    func journalPriorities() {
        var log = BrokerLog()
        for (priority, severity) in [("3", Severity.error), ("4", .warning), ("5", .notice), ("6", .information)] {
            let line = log.ingest(
                line: #"{"PRIORITY":"\#(priority)","MESSAGE":"Reloading config."}"#.utf8, arrival: .zero)
            #expect(line?.severity == severity)
            #expect(line?.isSeverityInferred == (priority == "6"))
        }
        #expect(log.ingest(line: #"{"PRIORITY":"7","MESSAGE":"Anything"}"#.utf8, arrival: .zero) == nil)
        #expect(log.leftOutCount == 1)
    }

    @Test(
        "Text of the journal may be escaped, or be a list of bytes",
        arguments: [
            (#"{"MESSAGE":"a \"b\" \\ \u00f6 \ud83e\udd16"}"#, "a \"b\" \\ ö 🤖"), (#"{"MESSAGE":[114,195,182]}"#, "rö"),
            (#"{"MESSAGE":["first","second"]}"#, "second"),
            (#"{"PRIORITY":6,"OTHER":null,"MESSAGE":"x"}"#, "x"),
            // What is no such object is the broker's own text.
            (#"{"MESSAGE":"never ends"#, #"{"MESSAGE":"never ends"#), ("{}", "{}"), (#"{"A":"b"}"#, #"{"A":"b"}"#),
            (#"{"MESSAGE":"x"} }"#, #"{"MESSAGE":"x"} }"#), (#"{"MESSAGE":[256]}"#, #"{"MESSAGE":[256]}"#),
        ])
    func journalText(line: String, text: String) {
        var log = BrokerLog()
        let taken = log.ingest(line: line.utf8, arrival: .zero)
        #expect(taken.map { String(decoding: $0.raw, as: UTF8.self) } == text)
    }

    @Test(
        "Lines for who debugs the broker, and other programs' lines, are left out and counted",
        arguments: [
            "1795478240: Sending PUBLISH to ev3 (d0, q0, r0, m0, 'a', ... (1 bytes))",
            "1795478240: Received PINGREQ from ev3", "1795478240: No will message specified.",
            "1795478240: Denied PUBLISH from ev3 (d0, q1, r0, m1, 'secret/x', ... (1 bytes))",
            "1795478240: \ta/b (QoS 0)", "Nov 26 09:00:00 host sshd[1]: Accepted publickey for root",
            "-- Journal begins at Mon 2026-11-23 --",
        ])
    func leftOut(line: String) {
        var log = BrokerLog()
        #expect(log.ingest(line: line.utf8, arrival: .zero) == nil)
        #expect(log.leftOutCount == 1)
        #expect(log.count == 0)
    }

    @Test("What the system says of the broker's service is kept")
    func service() throws {
        var log = BrokerLog()
        let text = "mosquitto.service: Main process exited, code=exited, status=1/FAILURE"
        let ingested = log.ingest(line: "Nov 26 09:00:00 host systemd[1]: \(text)".utf8, arrival: .zero)
        let line = try #require(ingested)
        #expect(String(decoding: line.raw, as: UTF8.self) == text)
    }

    @Test("Who subscribes is known by a client that the log named before")
    func subscriptions() {
        var log = BrokerLog()
        log.source("New client connected from 10.0.0.7:4000 as ev3 (p2, c1, k60).")
        log.source("ev3 0 robots/#")
        log.source("ev3 robots/#")
        log.source("nobody 0 robots/#")
        #expect((1..<4).map { log[$0].severity } == [.subscribe, .unsubscribe, .notice])
    }
}

/// A line comes by the broker's topics and from its file: it is there once.
@Suite struct LineCopyTests {
    private static let left = "Client ev3 closed its connection."

    @Test("Whichever copy comes first, one is left, and how grave it is is known", arguments: [true, false])
    func eitherFirst(isTopicFirst: Bool) {
        var log = BrokerLog()
        if isTopicFirst { log.take("N", Self.left, at: 1) }
        log.source(Self.left, at: 2)
        if !isTopicFirst { log.topic("N", Self.left, at: 3) }
        #expect(log.count == 1)
        #expect(!log[0].isSeverityInferred)
    }

    @Test("What happened twice is there twice")
    func repetitions() {
        var log = BrokerLog()
        for _ in 0..<2 { log.take("N", "Client <unknown> disconnected, not authorised.", at: 1) }
        for _ in 0..<3 { log.source("Client <unknown> disconnected, not authorised.", at: 2) }
        #expect(log.count == 3)
        log.topic("N", "Client <unknown> disconnected, not authorised.", at: 3)
        #expect(log.count == 3)
    }

    @Test("The same text at another time is another line")
    func otherTimes() {
        var log = BrokerLog()
        log.take("N", Self.left, at: 1)
        log.source(Self.left, stamp: "1795478300: ")
        #expect(log.count == 2)
    }

    @Test("Where syslog's time says nothing, lines that come together are copies")
    func withoutYear() {
        var log = BrokerLog()
        log.take("N", Self.left, at: 1)
        log.source(Self.left, at: 2, stamp: "Nov 26 09:00:00 host mosquitto[812]: ")
        #expect(log.count == 1)
        log.source(Self.left, at: 20, stamp: "Nov 26 09:00:19 host mosquitto[812]: ")
        #expect(log.count == 2)
    }

    @Test("A broker that logs to syslog and to its standard output is seen to: each line is there once")
    func doubled() {
        var log = BrokerLog()
        let lines = ["mosquitto version 2.0.11 starting", "Config loaded from x.", Self.left, Self.left]
        for text in lines { log.source(text) }
        for text in lines { log.source(text) }  // late, in one piece
        #expect(log.count == lines.count)
        log.topic("N", Self.left, at: 1)
        #expect(log.count == lines.count)
    }

    @Test("A command that begins again may bring everything again")
    func beginsAgain() {
        var log = BrokerLog()
        let lines = ["mosquitto version 2.0.11 starting", Self.left, Self.left]
        for _ in 0..<3 {
            log.sourceBegins()
            for text in lines { log.source(text) }
        }
        #expect(log.count == 3)
        log.source("Client tb3 closed its connection.")
        #expect(log.count == 4)
    }

    @Test("A past that comes late, after lines by topic, leaves the roster as it is now")
    func latePast() {
        var log = BrokerLog()
        log.connected(as: "mqscope", at: second(1))
        log.take("N", Self.left, at: 2, stamp: "1795478250: ")
        log.sourceBegins()
        log.source("mosquitto version 2.0.11 starting", at: 3, stamp: "1795478000: ")
        for (name, port) in [("ev3", 1), ("tb3", 2)] {
            log.source(
                "New client connected from 10.0.0.7:\(port) as \(name) (p2, c1, k60).", at: 3, stamp: "1795478100: ")
        }
        #expect(log.roster["ev3"]?.state == .away, "what came by topic is newer")
        log.source(Self.left, at: 3, stamp: "1795478250: ")
        log.advance(to: second(5))
        #expect(log.count == 4)
        #expect(log.roster["ev3"]?.state == .away)
        #expect(log.roster["tb3"]?.state == .connected)
        #expect(log.roster["mqscope"]?.state == .connected)
        #expect(log.roster.reachesBrokerStart)
    }

    @Test(
        "However late a past with restarts in it comes, nothing of it happened to us",
        arguments: [(topic: 0, own: 0), (topic: 2, own: 0), (topic: 0, own: 1), (topic: 4, own: 1)])
    func lateRestarts(of ways: (topic: Double, own: Int)) {
        var log = BrokerLog()
        log.connected(as: "mqscope", at: second(1))
        // Before the past, or after its first part; or never.
        if ways.topic == 2 { log.take("N", Self.left, at: 2, stamp: "1795478250: ") }
        log.sourceBegins()
        let past = [
            "100: mosquitto version 2.0.11 starting", "110: New client connected from 10.0.0.7:1 as ev3 (p2, c1, k60).",
            "120: mosquitto version 2.0.11 terminating", "130: mosquitto version 2.0.11 starting",
            "140: New client connected from 10.0.0.7:2 as tb3 (p2, c1, k60).",
        ]
        for line in past { log.source("", at: 3, stamp: "1795478" + line) }
        if ways.topic == 4 { log.take("N", Self.left, at: 4, stamp: "1795478250: ") }
        if ways.own == 1 {
            log.source("New client connected from 10.0.0.9:3 as mqscope (p2, c1, k60).", at: 5, stamp: "1795478200: ")
        }
        log.advance(to: second(10))
        let us = log.roster["mqscope"]
        #expect(us?.state == .connected && us?.isUs == true)
        #expect(us?.lastEnd == nil)
        #expect(us?.reconnects == 0)
        #expect((us?.peer != nil) == (ways.own == 1))
        #expect(log.roster["tb3"]?.state == .connected)
        #expect(log.roster["ev3"]?.state != .connected)
        #expect(log.roster.reachesBrokerStart)
        #expect(log.roster.alarms.isEmpty)
    }

    @Test("What a broker without a stamp in its file tells late is older than that we connected")
    func lateWithoutStamps() {
        var log = BrokerLog()
        log.connected(as: "mqscope", at: second(1))
        log.sourceBegins()
        for text in ["mosquitto version 2.0.11 starting", "mosquitto version 2.0.11 terminating"] {
            log.source(text, at: 3, stamp: "")
        }
        log.source("mosquitto version 2.0.11 starting", at: 4, stamp: "")
        log.advance(to: second(6))
        #expect(log.roster["mqscope"]?.lastEnd == nil)
        #expect(log.roster["mqscope"]?.state == .connected)
    }

    @Test("After we connected a restart that the topics tell is one of now")
    func laterRestart() {
        var log = BrokerLog()
        log.connected(as: "mqscope", at: second(1))
        log.take("N", Self.left, at: 2, stamp: "1795478250: ")
        log.sourceBegins()
        log.source("mosquitto version 2.0.11 terminating", at: 3, stamp: "1795478260: ")
        #expect(log.roster["mqscope"]?.lastEnd?.reason == .brokerStopped)
    }

    @Test("A gap of the log stays one, though its file tells what was before it")
    func gapBeforeThePast() {
        var log = BrokerLog()
        log.connected(as: "mqscope", at: second(1))
        log.take("N", "New client connected from 10.0.0.7:1 as ev3 (p2, c1, k60).", at: 2, stamp: "1795478250: ")
        log.connected(as: "mqscope", at: second(60))
        log.sourceBegins()
        log.source("mosquitto version 2.0.11 starting", at: 61, stamp: "1795478000: ")
        #expect(log.roster["ev3"]?.state == .unknown, "it may have left meanwhile")
        #expect(!log.roster.reachesBrokerStart)
    }

    @Test("A flood of the same line is bounded work, and nothing of it is lost")
    func flood() {
        var log = BrokerLog(capacity: 5_000)
        for _ in 0..<5_000 { log.source(Self.left) }
        #expect(log.count == 5_000)
    }
}

/// What a file tells of the past is told from what happens now.
@Suite struct CatchUpTests {
    private static let clock: Int64 = 1_795_480_000

    /// A log whose file is read since the instant 0, when our clock says `clock`.
    private static func begun() -> BrokerLog {
        var log = BrokerLog()
        log.advance(to: .zero, epochSeconds: clock)
        log.sourceBegins()
        return log
    }

    @Test("Lines of a file are the past until they are of the last minutes")
    func recency() {
        var log = Self.begun()
        for age in [90_000, 80_000, 700, 650] as [Int64] {
            log.source("Client ev3 disconnected.", at: 0.1, stamp: "\(Self.clock - age): ")
            #expect(log.isCatchingUp)
            #expect(log.isPast(log[log.count - 1]))
        }
        log.source("Client ev3 disconnected.", at: 0.2, stamp: "\(Self.clock - 100): ")
        #expect(!log.isCatchingUp)
        log.source("Client tb3 disconnected.", at: 0.3, stamp: "\(Self.clock - 1): ")
        #expect(!log.isPast(log[log.count - 1]))
        #expect(log.epochSeconds(at: second(10.3)) == Self.clock + 9)
    }

    @Test(
        "A file that rested for long tells of now, whatever the broker's clock says",
        arguments: [10_000, 1_795_000_000])
    func wrongClock(theirs: Int64) {
        var log = Self.begun()
        log.source("Client ev3 disconnected.", at: 0.1, stamp: "\(theirs): ")
        log.advance(to: second(9))
        #expect(log.isPastComing)
        log.source("Client tb3 disconnected.", at: 10.2, stamp: "\(theirs + 10): ")
        #expect(!log.isCatchingUp)
        #expect(!log.isPast(log[1]))
        #expect(log.epochSeconds(at: second(15.2)) == theirs + 15)
        // The clock is set back.
        log.source("Client tb3 disconnected.", at: 30, stamp: "\(theirs - 3_000): ")
        #expect(log.epochSeconds(at: second(30)) == theirs - 3_000)
    }

    @Test("A past that comes slowly stays the past, as topics tell the broker's time", arguments: [3.5, 60])
    func slowPast(pause: Double) {
        var log = Self.begun()
        log.connected(as: "mqscope", at: .zero)
        for number in 0..<5 {
            let time = Double(number) * pause + 0.1
            log.source("mosquitto version 2.0.11 starting", at: time, stamp: "\(Self.clock - 90_000 + Int64(number)): ")
            #expect(log.isCatchingUp && log.isPast(log[number]))
            #expect(log.roster["mqscope"]?.state == .connected)
            if number == 0 { log.take("N", "Client live disconnected.", at: 0.2, stamp: "\(Self.clock): ") }
        }
        #expect(log.roster["mqscope"]?.reconnects == 0)
        log.source("Client tb3 disconnected.", at: 6 * pause, stamp: "\(Self.clock + Int64(6 * pause)): ")
        #expect(!log.isCatchingUp)
    }

    @Test("A file of days ago is read to its end when nothing more comes")
    func oldFile() {
        var log = Self.begun()
        #expect(!log.isPastComing, "nothing came yet")
        log.source("Client ev3 disconnected.", at: 0.1, stamp: "\(Self.clock - 90_000): ")
        log.advance(to: second(9), epochSeconds: Self.clock + 9)
        #expect(log.isPastComing)
        log.advance(to: second(11), epochSeconds: Self.clock + 11)
        #expect(!log.isPastComing)
    }

    @Test("The broker's restart is one reconnect of ours, in whatever order its lines come", arguments: [true, false])
    func restart(isTopicFirst: Bool) {
        var log = Self.begun()
        let us = "New client connected from 10.0.0.9:3 as mqscope (p5, c1, k60)."
        log.source(us, at: 0.1, stamp: "\(Self.clock): ")
        log.connected(as: "mqscope", at: second(0.2), isLogGapless: true)
        for restart in 1...3 as ClosedRange<Int64> {
            let (time, seconds) = (Self.clock + restart * 10, Double(restart) * 10)
            log.source("mosquitto version 2.0.11 terminating", at: seconds, stamp: "\(time): ")
            log.source("mosquitto version 2.0.11 starting", at: seconds + 1, stamp: "\(time + 1): ")
            log.connected(as: "mqscope", at: second(seconds + 2), isLogGapless: true)
            let other = "New client connected from 10.0.0.8:3 as other (p5, c1, k60)."
            if isTopicFirst { log.topicLine(other, at: seconds + 2.1, stamp: "\(time + 2): ") }
            log.source(us, at: seconds + 2.2, stamp: "\(time + 2): ")
            log.advance(to: second(seconds + 3), epochSeconds: time + 3)
            #expect(log.roster["mqscope"]?.reconnects == Int(restart))
            #expect(log.roster["mqscope"]?.lastEnd?.reason == .brokerStopped)
            #expect(log.roster["mqscope"]?.state == .connected)
        }
        #expect(log.roster.alarms.isEmpty, "that the broker restarts is not our fault")
    }

    @Test("An alarm of days ago does not go on because its file was read now")
    func oldAlarms() {
        var log = Self.begun()
        for number in 0..<20 {
            log.source(
                "Client <unknown> disconnected, not authorised.", at: 0.1,
                stamp: "\(Self.clock - 200_000 + Int64(number)): ")
        }
        #expect(!log.roster.alarms.isEmpty)
        log.advance(to: second(1), epochSeconds: Self.clock + 1)
        #expect(log.roster.alarms.isEmpty)
        #expect(!log.roster.pastAlarms.isEmpty)
    }
}

extension BrokerLog {
    /// Takes `text` as a line of its file.
    fileprivate mutating func source(_ text: String, at time: Double = 0, stamp: String = "1795478240: ") {
        _ = ingest(line: (stamp + text).utf8, arrival: second(time))
        settle()
    }

    /// Takes `text` as a line of its topics.
    fileprivate mutating func topicLine(_ text: String, at time: Double, stamp: String) {
        _ = ingest(topic: "$SYS/broker/log/N".utf8, payload: (stamp + text).utf8, arrival: second(time))
    }

    /// Takes `text` as a line of its topics that may be a copy.
    fileprivate mutating func topic(_ suffix: String, _ text: String, at time: Double) {
        _ = ingest(
            topic: "$SYS/broker/log/\(suffix)".utf8, payload: ("1795478240: " + text).utf8, arrival: second(time))
    }
}
