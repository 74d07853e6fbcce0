import Foundation
import TestSupport
import Testing

/// Options of `sub` and `rr` beside Debian's mosquitto programs: what is sent, byte by byte, what is printed, and the exit
/// code.
@Suite("Options of sub and rr beside mosquitto's programs")
struct BesideReceivingTests {
    // MARK: sub

    /// Options of mosquitto_sub besides `-t a -i me`, which end it at the answer to the subscription.
    static let subscribing: [[String]] = [
        [], ["-q", "1"], ["-q", "2"], ["-t", "b/#", "-t", "+/c"], ["-k", "30"], ["-u", "ev3", "-P", "p"], ["-c"],
        ["-c", "-q", "1"], ["-V", "31"], ["-R"], ["--retain-as-published"], ["--quiet", "-d"], ["-d", "-q", "1"],
        ["--nodelay", "-A", "127.0.0.1", "-M", "3"],
        ["--will-topic", "w", "--will-payload", "x", "--will-qos", "1", "--will-retain"],
        ["--topic", "b", "--qos", "1", "--id", "you", "--keepalive", "9", "--username", "u", "--pw", "p", "--debug"],
        ["-V", "5"], ["-V", "5", "-q", "1", "-d"], ["-V", "5", "-q", "2", "-t", "b/#"], ["-V", "5", "-x", "60"],
        ["-V", "5", "-c"], ["-V", "5", "-c", "-x", "60"], ["-V", "5", "-R"], ["-V", "5", "--retain-as-published"],
        ["-V", "5", "-R", "--retain-as-published", "-q", "2"],
    ]

    /// Properties of each packet that `sub` sends.
    static let subscriberProperties: [[String]] = [
        ["subscribe subscription-identifier 7"], ["subscribe user-property k v"],
        [
            "subscribe subscription-identifier 268435455", "subscribe user-property k v", "subscribe user-property k w",
        ], ["connect user-property k v"], ["connect topic-alias-maximum 9"], ["connect receive-maximum 9"],
        ["connect session-expiry-interval 9", "connect user-property k v"], ["disconnect user-property k v"],
        ["disconnect reason-string r"], ["will content-type x"], ["publish content-type x"],
        ["unsubscribe user-property k v"],
    ]

    @Test(
        "sub sends and prints what mosquitto_sub does",
        arguments: subscribing + subscriberProperties.map(Sending.words))
    func subscribes(words: [String]) throws {
        try Sending.expectSame("sub", ["-t", "a", "-i", "me"] + words + ["-E"], FakeBroker.working())
    }

    /// Retained, empty, acknowledged and binary messages.
    @Sendable private static func messages(_ version: UInt8) -> [UInt8] {
        FakeBroker.publish("a", Array("old".utf8), version: version, isRetained: true)
            + FakeBroker.publish("a", [], version: version)
            + FakeBroker.publish("a", Array("new".utf8), version: version, qos: 1, identifier: 3)
            + FakeBroker.publish("b/c", [], version: version)
            + FakeBroker.publish("b/c", [0, 0xFF, 10], version: version)
    }

    /// Options of mosquitto_sub besides `-t a -i me`, which end it with the last of the messages.
    static let receiving: [[String]] = [
        ["-C", "5"], ["-C", "5", "-v"], ["-C", "5", "-N"], ["-C", "5", "-v", "-N"], ["-R", "-C", "4"],
        ["-C", "5", "-F", "%t|%10t|%p|%x|%X|%l|%q|%r|%m|\\t@@%%"], ["-R", "-C", "4", "-v", "-V", "5"],
        ["-T", "a", "-C", "2", "-v"], ["-T", "x/#", "-T", "a", "-C", "2"],
        ["-C", "5", "-d", "-q", "1"], ["-C", "5", "-d", "--quiet", "-V", "5"], ["-W", "1", "-v"],
    ]

    @Test("sub -d says what PUBREC is for nothing that was sent, as mosquitto_sub does")
    func unknownIdentifier() throws {
        try Sending.expectSame("sub", ["-t", "a", "-i", "me", "-d", "-C", "1"]) { connection in
            connection.readPacket()
            connection.send([0x20, 2, 0, 0])
            guard let subscribe = connection.readPacket() else { return }
            connection.send(FakeBroker.answer(to: subscribe, 4) + [0x50, 2, 0, 77])
            guard connection.readPacket() == [0x62, 2, 0, 77] else { return }
            connection.send(FakeBroker.publish("a", [0x78], version: 4))
            connection.readToEnd()
        }
    }

    @Test("sub acknowledges, prints and ends as mosquitto_sub does", arguments: receiving)
    func receives(words: [String]) throws {
        let broker = FakeBroker.working(afterSubscribe: Self.messages)
        try Sending.expectSame("sub", ["-t", "a", "-i", "me"] + words, broker)
    }

    @Test(
        "sub unsubscribes behind its subscription as mosquitto_sub does",
        arguments: [
            ["-U", "v/#"], ["-U", "u", "-q", "1", "-U", "v"],
            ["-U", "u", "-U", "v"]
                + Sending.words(["unsubscribe user-property k v", "disconnect user-property k v"]),
        ])
    func unsubscribes(words: [String]) throws {
        try Sending.expectSame("sub", ["-t", "a", "-i", "me", "-W", "1"] + words, FakeBroker.working())
    }

    @Test("sub takes part in QoS 2 as mosquitto_sub does", arguments: ["311", "5"])
    func exactlyOnce(version: String) throws {
        let broker = FakeBroker.working { version in
            (1...3).flatMap { FakeBroker.publish("a", [0x41], version: version, qos: 2, identifier: $0) }
        }
        try Sending.expectSame("sub", ["-t", "a", "-i", "me", "-q", "2", "-d", "-V", version, "-W", "1"], broker)
    }

    @Test("sub --retained-only ends as mosquitto_sub does")
    func retainedOnly() throws {
        let broker = FakeBroker.working { version in
            FakeBroker.publish("a", [0x41], version: version, isRetained: true)
                + FakeBroker.publish("a", [0x42], version: version)
        }
        for words in [[], ["-v"], ["-v", "-V", "5", "--retain-as-published"]] {
            try Sending.expectSame("sub", ["-t", "a", "-i", "me", "--retained-only"] + words, broker)
        }
    }

    @Test("sub --remove-retained publishes what mosquitto_sub publishes", arguments: ["311", "5"])
    func removeRetained(version: String) throws {
        let broker = FakeBroker.working { version in
            FakeBroker.publish("a/b", [0x41], version: version, isRetained: true)
        }
        let words = ["-t", "#", "-i", "me", "-V", version, "--remove-retained", "-v", "-W", "1"]
        try Sending.expectSame("sub", words, broker)
    }

    @Test("--retain-handling and -R: the last one decides what is asked for, with MQTT 5.0")
    func retainHandling() throws {
        let ways: [([String], UInt8)] = [
            (["--retain-handling", "always"], 0), (["--retain-handling", "new"], 0x10),
            (["--retain-handling", "never"], 0x20), (["-R"], 0x20), (["-R", "--retain-handling", "new"], 0x10),
            (["--retain-handling", "new", "-R"], 0x20), (["--retain-handling", "new", "-q", "2"], 0x12),
            (["--retain-handling", "never", "--retain-as-published", "-q", "1"], 0x29),
        ]
        for (words, options) in ways {
            let run = { try Sending.of("sub", ["-t", "a", "-E"] + words + ["-V", $0], FakeBroker.working()) }
            #expect(try run("5").packets[1].last == options, "\(words)")
            #expect(try run("311").packets[1].last == options & 3, "\(words)")
        }
    }

    @Test("--pretty indents the JSON of -F, and --json prints an object a line")
    func json() throws {
        let broker = FakeBroker.working { version in
            FakeBroker.publish("a", Array(#"{"v":[1,2]}"#.utf8), version: version, qos: 1, identifier: 3)
        }
        func run(_ words: [String]) throws -> String {
            let text = try Sending.of("sub", ["-t", "a", "-q", "1", "-C", "1"] + words, broker).text
            return text.replacing(/"tst":(\t?)"[^"]+"/) { "\"tst\":\($0.1)\"now\"" }
        }
        let head = #"{"tst":"now","topic":"a","qos":1,"retain":false,"payloadlen":11,"mid":3,"payload":"#
        #expect(try run(["-F", "%j"]) == head + "\"{\\\"v\\\":[1,2]}\"}\n")
        #expect(try run(["-F", "%J"]) == head + "{\"v\":[1,2]}}\n")
        let lines = [
            "{", "\t\"tst\":\t\"now\",", "\t\"topic\":\t\"a\",", "\t\"qos\":\t1,", "\t\"retain\":\tfalse,",
            "\t\"payloadlen\":\t11,", "\t\"mid\":\t3,", "\t\"payload\":\t{", "\t\t\"v\":\t[1, 2]", "\t}", "}", "",
        ]
        #expect(try run(["-F", "%J", "--pretty"]) == lines.joined(separator: "\n"))
        let text = try run(["--json"])
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(text.hasSuffix("}\n") && text.count { $0 == "\n" } == 1)
        #expect(object["topic"] as? String == "a" && object["payload"] as? String == #"{"v":[1,2]}"#)
        #expect(object["qos"] as? Int == 1 && object["retain"] as? Bool == false)
    }

    @Test("--random-filter prints about so many of a hundred, and -C counts all")
    func random() throws {
        let broker = FakeBroker.working { version in
            (0..<2_000).flatMap { _ in FakeBroker.publish("a", [0x41], version: version) }
        }
        func count(_ percentage: String) throws -> Int {
            let words = ["-t", "a", "-C", "2000", "--random-filter", percentage]
            return try Sending.of("sub", words, broker).text.split(separator: "\n").count
        }
        #expect(try count("100") == 2_000)
        // Ten standard deviations to each side.
        #expect(try (776...1_224).contains(count("50")))
        #expect(try count("0.1") < 40)
    }

    // MARK: rr

    /// Options of mosquitto_rr besides `-t ask -e answer -i me`.
    static let requesting: [[String]] = [
        ["-m", "ping"], ["-m", "ping", "-v"], ["-m", "ping", "-q", "1"], ["-m", "ping", "-q", "2"],
        ["-m", "ping", "-V", "311"], ["-m", "ping", "-V", "31", "-q", "1", "-v"], ["-n"],
        ["-m", "ping", "-F", "%t %p %q %r %x"], ["-m", "ping", "-N"], ["-m", "ping", "-R", "-V", "311"],
        ["-m", "ping", "-u", "ev3", "-P", "p"], ["-m", "ping", "-c"], ["-m", "ping", "-x", "60"],
        ["-m", "ping", "-k", "30", "-M", "4", "--nodelay", "-A", "127.0.0.1"], ["-m", "first", "-t", "other"],
        ["-m", "ping", "--will-topic", "w", "--will-payload", "x", "--will-qos", "1", "--will-retain"],
        ["-m", "ping"] + Sending.words(["will content-type t"]),
        ["-m", "ping"] + Sending.words(["publish content-type t"]),
        ["-m", "ping"] + Sending.words(["publish payload-format-indicator 1", "publish message-expiry-interval 9"]),
        ["-m", "ping"] + Sending.words(["subscribe subscription-identifier 4", "subscribe user-property k v"]),
        ["-m", "ping"] + Sending.words(["connect request-response-information 1"]),
    ]

    @Test("rr sends and prints what mosquitto_rr does, and says good-bye besides", arguments: requesting)
    func requests(words: [String]) throws {
        let all = ["-t", "ask", "-e", "answer", "-i", "me"] + words
        var theirs = try Sending.of("mosquitto_rr", all, FakeBroker.answering)
        theirs.packets.append([0xE0, 0])
        #expect(try Sending.of("rr", all, FakeBroker.answering) == theirs)
    }

    @Test("rr: what mosquitto_rr 2.0.11 does not do, or not well")
    func requestingBetter() throws {
        let folder = try Folder()
        let file = try folder.add("file", Array("from a file".utf8))
        func run(_ words: [String], input: String = "") throws -> Sending {
            try .of(
                "rr", ["-t", "ask", "-e", "answer", "-i", "me"] + words, FakeBroker.answering, input: Array(input.utf8))
        }
        let publish: [UInt8] = [0, 3] + Array("ask".utf8) + [9, 0x08, 0, 6] + Array("answer".utf8)
        for (words, payload) in [(["-f", file], "from a file"), (["-s"], "from the input")] {
            let request = publish + Array(payload.utf8)
            #expect(try run(words, input: payload).packets[2] == [0x30, UInt8(request.count)] + request)
        }
        let ways: [([String], UInt8)] = [
            (["-R"], 0x20), (["--retain-as-published"], 8), (["--retain-handling", "new"], 0x10),
            (["--retain-handling", "never", "-q", "1"], 0x21), (["-R", "--retain-handling", "always"], 0),
        ]
        for (words, options) in ways { #expect(try run(words + ["-m", "x"]).packets[1].last == options, "\(words)") }
        let goodbye = try run(["-m", "x"] + Sending.words(["disconnect user-property k v"])).packets.last
        #expect(goodbye == [0xE0, 9, 0, 7, 0x26, 0, 1, 0x6B, 0, 1, 0x76])
        let data = try run(["-m", "x"] + Sending.words(["publish correlation-data c"])).packets[2]
        let head: [UInt8] = [0x30, 20, 0, 3] + Array("ask".utf8) + [13, 0x08, 0, 6] + Array("answer".utf8)
        #expect(data == head + [0x09, 0, 1, 0x63, 0x78])
        let timed = try run(["-m", "x", "--latency"]).text
        #expect(timed.wholeMatch(of: /pong\nLatency: [0-9]+(\.[0-9]+)?(ns|µs|ms)?\n/) != nil, "\(timed)")
        #expect(try run(["-m", "x", "--json"]).text.contains(#""payload":"pong""#))
    }
}
