import Foundation
import TestSupport
import Testing

/// Options of `pub`, and some of all three commands, beside Debian's mosquitto programs: what is sent, byte by byte, what
/// is printed, and the exit code. Properties stand in the order of their identifiers, in which mqscope sends them.
@Suite("Options of pub beside mosquitto's programs, and those of all three")
struct BesideOptionsTests {
    // MARK: pub

    /// Options of mosquitto_pub besides `-t a/b -m hi -i me`.
    static let publishing: [[String]] = [
        ["-M", "5", "-q", "1"], ["-P", "x", "-V", "5"], ["-u", "ev3"], ["-u", "ev3", "-P", ""],
        ["-u", "ev3", "-P", "x y", "-V", "5"], ["-k", "5"], ["-k", "65535"], ["--nodelay", "-A", "127.0.0.1"],
        ["--quiet", "-d"], ["-d", "-q", "2", "-V", "5"], ["-V", "5", "-q", "2", "-r"], ["-x", "60", "-V", "5"],
        ["-x", "0x10", "-V", "mqttv5"], ["-x", "-1", "-V", "5"], ["-c", "-V", "5"], ["-c", "-x", "60", "-V", "5"],
        ["--repeat", "2", "--repeat-delay", "0.1"], ["--repeat", "2", "--repeat-delay", "0", "-q", "2"],
        ["--will-topic", "w"], ["--will-topic", "w", "--will-qos", "2"],
        ["--will-topic", "w/x", "--will-payload", "bye", "--will-retain", "-V", "5"],
        ["--will-topic", "w/x", "--will-payload", "bye", "--will-qos", "1", "-V", "31"],
        [
            "--topic", "c", "--qos", "1", "--retain", "--keepalive", "9", "--username", "u", "--pw", "p",
            "--protocol-version", "311", "--debug", "--disable-clean-session", "--id", "you",
        ],
    ]

    /// Properties of each packet that `pub` sends, as `-D` takes them.
    static let properties: [[String]] = [
        ["connect session-expiry-interval 60"], ["connect receive-maximum 9"], ["connect maximum-packet-size 1000"],
        ["connect topic-alias-maximum 4"], ["connect request-problem-information 0"],
        ["connect request-response-information 1"], ["connect user-property k v"],
        [
            "connect session-expiry-interval 60", "connect request-response-information 1",
            "connect receive-maximum 9", "connect topic-alias-maximum 4", "connect maximum-packet-size 1000",
            "connect user-property k v", "connect user-property k v",
        ],
        ["publish content-type t"], ["publish correlation-data c"], ["publish message-expiry-interval 60"],
        ["publish payload-format-indicator 0"], ["publish payload-format-indicator 1"],
        ["publish response-topic r/t"], ["publish user-property k v"], ["PUBLISH Content-Type t"],
        [
            "publish payload-format-indicator 1", "publish message-expiry-interval 60", "publish content-type t",
            "publish response-topic r/t", "publish correlation-data c", "publish user-property k v",
            "publish user-property k v2",
        ],
        ["will content-type t"], ["will correlation-data c"], ["will message-expiry-interval 60"],
        ["will payload-format-indicator 1"], ["will response-topic r/t"], ["will user-property k v"],
        ["will will-delay-interval 9"],
        [
            "will payload-format-indicator 1", "will message-expiry-interval 60", "will will-delay-interval 9",
            "will content-type t", "will response-topic r/t", "will correlation-data c", "will user-property k v",
        ],
        ["disconnect reason-string why"], ["disconnect user-property k v"],
        ["disconnect session-expiry-interval 0"],
        ["connect session-expiry-interval 60", "disconnect session-expiry-interval 0"],
        ["connect session-expiry-interval 60", "disconnect session-expiry-interval 99"],
        [
            "connect session-expiry-interval 60", "disconnect session-expiry-interval 10",
            "disconnect reason-string why", "disconnect user-property k v",
        ],
        // These are for packets that pub does not send.
        ["subscribe user-property k v"], ["subscribe subscription-identifier 7"], ["unsubscribe user-property k v"],
    ]

    @Test(
        "pub sends and prints what mosquitto_pub does",
        arguments: publishing + properties.map(Sending.words))
    func publishes(words: [String]) throws {
        try Sending.expectSame("pub", ["-t", "a/b", "-m", "hi", "-i", "me"] + words, FakeBroker.working())
    }

    @Test("pub -D connect says how it would be authenticated, as mosquitto_pub does")
    func authentication() throws {
        let broker = FakeBroker.working(connack: [0x15, 0, 1, 0x6D])
        for words in [["authentication-method m"], ["authentication-method m", "authentication-data d"]] {
            let properties = Sending.words(words.map { "connect " + $0 })
            try Sending.expectSame("pub", ["-t", "a", "-m", "hi", "-i", "me"] + properties, broker)
        }
    }

    @Test("pub uses the topic alias of -D publish as mosquitto_pub does", arguments: ["1", "4", "10"])
    func alias(number: String) throws {
        let words = ["-t", "topic", "-m", "x", "-i", "me", "--repeat", "3", "-D", "publish", "topic-alias", number]
        try Sending.expectSame("pub", words, FakeBroker.working(connack: [0x22, 0, 10]))
    }

    @Test("pub sends empty messages, files and the standard input as mosquitto_pub does")
    func sources() throws {
        let folder = try Folder()
        let bytes = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let (file, empty) = (try folder.add("file", bytes), try folder.add("empty", []))
        let lines = Array("one\n\ntwo\r\nthree".utf8)
        let sources: [(words: [String], input: [UInt8])] = [
            (["-n"], []), (["-n", "-r", "-V", "5"], []), (["-n", "--repeat", "2"], []), (["-f", file], []),
            (["-f", file, "-V", "5", "-q", "1"], []), (["-f", empty], []), (["-s"], bytes),
            (["-s", "-q", "2", "-r"], bytes), (["-l"], lines), (["-l", "-q", "2", "-r"], lines),
            (["-l", "-q", "1", "-D", "publish", "user-property", "k", "v"], lines), (["-l"], []),
        ]
        for (words, input) in sources {
            try Sending.expectSame("pub", ["-t", "a", "-i", "me"] + words, FakeBroker.working(), input: input)
        }
    }

    @Test("--repeat-delay is waited for between two messages")
    func delay() throws {
        let began = ContinuousClock.now
        let words = ["-t", "a", "-m", "x", "--repeat", "3", "--repeat-delay", "0.2"]
        let run = try Sending.of("pub", words, FakeBroker.working())
        #expect(run.packets.count == 5 && ContinuousClock.now - began >= .milliseconds(400))
    }

    @Test("-M: so many messages are under way and no more", arguments: [1, 3])
    func inFlight(count: Int) throws {
        // Each is 9 bytes: what is sent beyond the limit comes with what is within it.
        let run = try Sending.of(
            "pub", ["-t", "a", "-l", "-q", "1", "-M", "\(count)", "-i", "me"],
            { connection in
                connection.readPacket()
                connection.send([0x20, 2, 0, 0])
                for first in stride(from: 1, through: 6, by: count) {
                    var bytes: [UInt8] = []
                    while bytes.count < 9 * count, let more = connection.receive() { bytes += more }
                    guard bytes.count == 9 * count else { return }
                    for number in first..<(first + count) { connection.send([0x40, 2, 0, UInt8(number)]) }
                }
                connection.readToEnd()
            }, input: Array("11\n22\n33\n44\n55\n66\n".utf8))
        #expect(run.code == 0 && run.packets.last == [0xE0, 0])
    }

    // MARK: All three

    @Test("-I: the identifier is the prefix and the number of the process", arguments: ["sub", "pub", "rr"])
    func prefix(command: String) throws {
        let words = ["sub": ["-E"], "pub": ["-m", "x"], "rr": ["-m", "x", "-e", "answer"]][command] ?? []
        for program in [command, "mosquitto_" + command] {
            let run = try Sending.of(program, ["-t", "a", "-I", "lab-"] + words, FakeBroker.answering)
            let name = Array("lab-\(run.process)".utf8)
            let end: [UInt8] = [0, UInt8(name.count)] + name
            #expect(run.code == 0 && run.packets[0].suffix(end.count) == end[...])
        }
    }

    @Test(
        "an options file is read as mosquitto's programs read it, and so is that of -o",
        arguments: ["sub", "pub", "rr"])
    func files(command: String) throws {
        let folder = try Folder()
        let broker = command == "rr" ? FakeBroker.answering : FakeBroker.working()
        let text = "# a comment\n  -u ev3\n-P a pass # word \n\n-q 1\r\n--will-topic w\n-i file\n-k 77\n-d\n"
        let path = try folder.add("mosquitto_" + command, Array(text.utf8))
        let words = ["sub": ["-E"], "pub": ["-m", "x"], "rr": ["-m", "x", "-e", "answer"]][command] ?? []
        for more in [[], ["-k", "9", "-u", "other", "-q", "2"]] {
            let all = ["-t", "a"] + words + more
            let environment = ["XDG_CONFIG_HOME": folder.path]
            var theirs = try Sending.of("mosquitto_" + command, all, broker, environment: environment)
            theirs = theirs.withoutTwenty
            if command == "rr" {
                theirs.packets.append([0xE0, 0])
                theirs.text += "Client file sending DISCONNECT\n"
            }
            #expect(try Sending.of(command, all, broker, environment: environment) == theirs)
            #expect(try Sending.of(command, ["-o", path] + all, broker) == theirs)
            // That of the home is for where there is no XDG_CONFIG_HOME.
            let home = try Folder()
            _ = try home.add(".config/mosquitto_" + command, Array(text.utf8))
            #expect(try Sending.of(command, all, broker, environment: ["HOME": home.path]) == theirs)
        }
        // Our own goes before mosquitto's.
        _ = try folder.add("mqscope/" + command, Array("-i ours\n-u ev3\n".utf8))
        let ours = try Sending.of(
            command, ["-t", "a"] + words, broker, environment: ["XDG_CONFIG_HOME": folder.path])
        let end: [UInt8] = [0, 4] + Array("ours".utf8) + [0, 3] + Array("ev3".utf8)
        #expect(ours.packets[0].suffix(11) == end[...])
    }
}
