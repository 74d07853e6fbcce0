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
        #expect(log.count == 4)
        #expect(log.roster["ev3"]?.state == .away)
        #expect(log.roster["tb3"]?.state == .connected)
        #expect(log.roster["mqscope"]?.state == .connected)
        #expect(log.roster.reachesBrokerStart)
    }

    @Test("A flood of the same line is bounded work, and nothing of it is lost")
    func flood() {
        var log = BrokerLog(capacity: 5_000)
        for _ in 0..<5_000 { log.source(Self.left) }
        #expect(log.count == 5_000)
    }
}

extension BrokerLog {
    /// Takes `text` as a line of its file.
    fileprivate mutating func source(_ text: String, at time: Double = 0, stamp: String = "1795478240: ") {
        _ = ingest(line: (stamp + text).utf8, arrival: second(time))
        settle()
    }

    /// Takes `text` as a line of its topics that may be a copy.
    fileprivate mutating func topic(_ suffix: String, _ text: String, at time: Double) {
        _ = ingest(
            topic: "$SYS/broker/log/\(suffix)".utf8, payload: ("1795478240: " + text).utf8, arrival: second(time))
    }
}
