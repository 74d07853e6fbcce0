import Foundation
import TestSupport
import Testing

/// `mqscope pub` and `mqscope rr`: what they send, byte by byte, and how they end.
@Suite("mqscope pub and rr")
struct PubRunTests {
    private func address(_ port: Int) -> [String] { ["-h", "127.0.0.1", "-p", "\(port)"] }

    /// Options of mosquitto_pub 2.0.11, before 5.0.
    static let options: [[String]] = [
        ["-t", "a", "-m", "hi"], ["-t", "a", "-m", "hi", "-i", "me", "-q", "1"],
        ["-t", "a", "-n", "-r", "-i", "me", "-q", "2"], ["-t", "a/b", "-m", "-d", "-i", "me", "-k", "30"],
        ["-t", "a", "-m", "hi", "-i", "me", "-u", "ev3", "-P", "formosa", "-c"],
        ["-t", "a", "-m", "hi", "-i", "me", "-V", "mqttv31"],
        ["-t", "a", "-m", "x", "-i", "me", "--repeat", "3"],
        ["-t", "a", "-m", "x", "-i", "me", "--repeat", "3", "-q", "1"],
        ["-t", "a", "-m", "x", "-i", "me", "--repeat", "3", "-q", "2"],
        [
            "-t", "a", "-m", "hi", "-i", "me", "--will-topic", "w", "--will-payload", "bye", "--will-qos", "1",
            "--will-retain",
        ],
        ["-t", "a", "-m", "first", "-t", "b", "-i", "me"],
    ]

    @Test("sends, byte by byte, what mosquitto_pub sends", arguments: options)
    func beside(words: [String]) throws {
        func packets(_ body: ([String]) throws -> Int32) throws -> [[UInt8]] {
            let broker = FakeBroker(FakeBroker.working())
            #expect(try body(address(broker.port) + words) == 0)
            #expect(broker.waitUntilAllAreClosed())
            return broker.latest?.packets ?? []
        }
        let theirs = try packets { try CommandProgram(Mosquitto.find("mosquitto_pub"), $0).waitForExit().code }
        let ours = try packets { try CommandProgram.run(["pub"] + $0).code }
        #expect(ours == theirs)
    }

    @Test("5.0: properties, and a topic alias from the second message on")
    func properties() throws {
        let broker = FakeBroker(FakeBroker.working(connack: [0x22, 0, 10]))
        let ending = try CommandProgram.run(
            ["pub"] + address(broker.port) + [
                "-t", "topic", "-m", "x", "-i", "me", "--repeat", "2", "-D", "publish", "topic-alias", "4", "-D",
                "publish", "content-type", "t", "-D", "publish", "user-property", "k", "v",
            ])
        #expect(ending.code == 0, "\(ending.errors)")
        let publishes = (broker.latest?.packets ?? []).filter { $0[0] >> 4 == 3 }
        let properties: [UInt8] = [0x23, 0, 4, 0x03, 0, 1, 0x74, 0x26, 0, 1, 0x6B, 0, 1, 0x76]
        let body = [UInt8(properties.count)] + properties + [0x78]
        let first: [UInt8] = [0x30, UInt8(7 + body.count), 0, 5] + Array("topic".utf8) + body
        let second: [UInt8] = [0x30, UInt8(2 + body.count), 0, 0] + body
        #expect(publishes == [first, second])
    }

    @Test("-f and -s send all of it; what cannot be read is one line, and nothing is sent")
    func files() throws {
        let payload = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        let path = NSTemporaryDirectory() + "mqscope-payload-" + UUID().uuidString
        try Data(payload).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        for (words, input) in [(["-f", path], []), (["-s"], payload)] {
            let broker = FakeBroker(FakeBroker.working())
            #expect(
                try CommandProgram.run(["pub"] + address(broker.port) + ["-t", "a"] + words, input: input).code == 0)
            #expect(broker.waitUntilAllAreClosed())
            #expect(
                broker.latest?.packets.contains { $0[0] == 0x30 && $0.suffix(payload.count) == payload[...] } == true)
        }
        let broker = FakeBroker(FakeBroker.working())
        for (words, message) in [
            (["-f", "/nowhere"], "Error: Unable to read file \"/nowhere\": No such file or directory."),
            (["-f", "/tmp"], "Error: /tmp is not a file."), (["-s"], "Error: Zero length input."),
        ] {
            let ending = try CommandProgram.run(["pub"] + address(broker.port) + ["-t", "a"] + words)
            #expect(ending.code == 1 && ending.errors.hasPrefix(message), "\(ending.errors)")
        }
        #expect(broker.connectionCount == 0)
    }

    @Test(
        "-l: a line longer than a packet can be is told with its number and both sizes, and the others go on",
        arguments: ["0", "1"])
    func longestLine(qos: String) throws {
        let broker = FakeBroker(FakeBroker.working())
        let command = "\"$0\" pub -h 127.0.0.1 -p \(broker.port) -t a -l -q \(qos)"
        let lines = "echo before; head -c 268435455 /dev/zero; echo; head -c 268435460 /dev/zero; echo; echo after"
        let ending = try CommandProgram(
            "/bin/sh", ["-c", "(\(lines)) | \(command)", PseudoTerminal.builtProduct("mqscope")]
        ).waitForExit()
        let length = 268_435_455 + (qos == "0" ? 3 : 5)
        #expect(
            Set(ending.errors.split(separator: "\n")) == [
                "Warning: line 2: not handed over: its packet has a Remaining Length of \(length), MQTT has at most 268435455.",
                "Warning: line 3: not published: 268,435,460 bytes, a packet has at most 268,435,455.",
            ])
        #expect(ending.code == 1)
        let sent = (broker.latest?.packets ?? []).filter { $0[0] >> 4 == 3 }
        #expect(sent.map { String(decoding: $0.suffix(5), as: UTF8.self) } == ["efore", "after"])
    }

    @Test("a file larger than the broker takes is refused before it is sent, with both numbers")
    func tooLarge() throws {
        let broker = FakeBroker(FakeBroker.working(connack: [0x27, 0, 0, 0x03, 0xE8]))
        let ending = try CommandProgram.run(
            ["pub"] + address(broker.port) + ["-t", "a", "-V", "5", "-s", "-i", "me"],
            input: Array(repeating: 1, count: 5_000))
        #expect(ending.code == 25 && ending.errors.contains("5,007 bytes") && ending.errors.contains("at most 1,000"))
        #expect(broker.latest?.packets.contains { $0[0] >> 4 == 3 } == false)
        #expect(broker.latest?.packets.last == [0xE0, 0])
    }

    @Test("a refused publish is told: exit code 0 as with mosquitto, the Reason Code with --strict")
    func refused() throws {
        for (more, code) in [([], 0), (["--strict"], 0x87)] as [([String], Int32)] {
            let broker = FakeBroker { connection in
                connection.readPacket()
                connection.send([0x20, 3, 0, 0, 0])
                connection.readPacket()
                connection.send([0x40, 3, 0, 1, 0x87])
                connection.readToEnd()
            }
            let words = ["-t", "a", "-m", "x", "-q", "1", "-V", "5", "-i", "me"] + more
            let ending = try CommandProgram.run(["pub"] + address(broker.port) + words)
            #expect(ending.code == code && ending.errors == "Warning: Publish 1 failed: Not authorized.\n")
        }
    }

    @Test("a connection that is lost before the answer is exit code 7")
    func lost() throws {
        let broker = FakeBroker { connection in
            connection.readPacket()
            connection.send([0x20, 2, 0, 0])
            connection.readPacket()
        }
        let ending = try CommandProgram.run(["pub"] + address(broker.port) + ["-t", "a", "-m", "x", "-q", "1"])
        #expect(ending.code == 7 && ending.errors.hasPrefix("Error: The connection was lost\n"))
    }

    // MARK: -l

    @Test("-l: every line is a message, empty ones and one without its end too", arguments: ["0", "1", "2"])
    func lines(qos: String) throws {
        let broker = FakeBroker(FakeBroker.working())
        let input = Array("one\n\ntwo\r\nth\0ree".utf8)
        let ending = try CommandProgram.run(
            ["pub"] + address(broker.port) + ["-t", "a", "-l", "-q", qos], input: input)
        #expect(ending.code == 0 && ending.errors == "")
        let header = qos == "0" ? 5 : 7
        let payloads = broker.latest?.packets.filter { $0[0] >> 4 == 3 }
            .map { String(decoding: $0.dropFirst(header), as: UTF8.self) }
        #expect(payloads == ["one", "", "two\r", "th\0ree"])
        #expect(broker.latest?.packets.last == [0xE0, 0])
    }

    @Test("-l gives up where the broker closes whenever a line comes; a broker that is away is waited for")
    func neverTaken() throws {
        let closing: FakeBroker.Script = { connection in
            connection.readPacket()
            connection.send([0x20, 2, 0, 0])
            connection.readPacket()
        }
        let broker = FakeBroker(closing)
        let words = ["-t", "secret/x", "-u", "ev3", "-l", "-q", "2"]
        let ending = try CommandProgram.run(["pub"] + address(broker.port) + words, input: Array("a\nb\n".utf8))
        #expect(ending.code == 1)
        let error =
            "Error: The broker closed 5 connections in a row without taking line 1. "
            + "Is publishing to secret/x as user ev3 allowed?\n"
        #expect(ending.errors.contains(error))
        // Four times are no proof, and connections that cannot be made are none.
        let late = FakeBroker(
            { $0.readPacket() }, closing, closing, { $0.readPacket() }, closing, closing, FakeBroker.working())
        let good = try CommandProgram.run(["pub"] + address(late.port) + words, input: Array("a\nb\n".utf8))
        #expect(good.code == 0)
    }

    @Test("-l with an empty stdin connects, says good-bye, and is well")
    func noLines() throws {
        let broker = FakeBroker(FakeBroker.working())
        #expect(try CommandProgram.run(["pub"] + address(broker.port) + ["-t", "a", "-l"]).code == 0)
        #expect(broker.latest?.packets.map { $0[0] >> 4 } == [1, 14])
    }

    @Test("-l sends a line as soon as it is there")
    func lineByLine() throws {
        let broker = FakeBroker(FakeBroker.working())
        let program = try CommandProgram.mqscope(["pub"] + address(broker.port) + ["-t", "a", "-l"])
        for text in ["one", "two"] {
            program.type(Array((text + "\n").utf8))
            try waitUntil("\(text) at the broker") {
                broker.latest?.packets.contains { $0[0] == 0x30 && $0.suffix(3) == Array(text.utf8)[...] } == true
            }
        }
        program.finishInput()
        #expect(try program.waitForExit().code == 0)
    }

    /// Lines of which each holds its number.
    private func numbered(_ count: Int) -> [UInt8] { Array((1...count).map { "\($0)\n" }.joined().utf8) }

    /// The number in a PUBLISH of QoS 1 or 2 to a topic of one letter, without properties.
    private static func number(in packet: [UInt8], _ version: UInt8) -> Int? {
        Int(String(decoding: packet.dropFirst(version >= 5 ? 8 : 7), as: UTF8.self))
    }

    /// A broker of `version` that takes messages as long as `takes` says so of their numbers, and then closes.
    private static func taking(
        _ version: UInt8, _ takes: @escaping @Sendable (_ number: Int, _ count: Int) -> Bool
    ) -> FakeBroker.Script {
        { connection in
            connection.readPacket()
            connection.send(version >= 5 ? [0x20, 3, 0, 0, 0] : [0x20, 2, 0, 0])
            var count = 0
            while let packet = connection.readPacket(), packet[0] >> 4 != 14 {
                if packet[0] >> 4 == 3 {
                    count += 1
                    guard takes(number(in: packet, version) ?? 0, count) else {
                        // What was answered has to arrive: a reset would take it along.
                        connection.finishSending()
                        return connection.readToEnd()
                    }
                }
                connection.send(FakeBroker.answer(to: packet, version))
            }
        }
    }

    @Test(
        "-l: refused lines are told by number and reason, the others are sent, and the exit code is not 0",
        arguments: ["1", "2"])
    func refusedLines(qos: String) throws {
        let refused = [1, 2, 30, 777, 19_000]
        let broker = FakeBroker { connection in
            connection.readPacket()
            connection.send([0x20, 3, 0, 0, 0])
            while let packet = connection.readPacket(), packet[0] >> 4 != 14 {
                let isRefused = packet[0] >> 4 == 3 && refused.contains(Self.number(in: packet, 5) ?? 0)
                let type: UInt8 = qos == "1" ? 0x40 : 0x50
                connection.send(
                    isRefused ? [type, 3, packet[5], packet[6], 0x87] : FakeBroker.answer(to: packet, 5))
            }
        }
        let ending = try CommandProgram.run(
            ["pub"] + address(broker.port) + ["-t", "a", "-l", "-q", qos, "-V", "5", "-i", "me"],
            input: numbered(20_000))
        #expect(ending.code == 1)
        let warnings = refused.map { "Warning: line \($0): Publish failed: Not authorized.\n" }
        #expect(ending.errors == warnings.joined())
        #expect(broker.latest?.packets.count { $0[0] >> 4 == 3 } == 20_000)
    }

    @Test(
        "-l: the line at which the broker closes whenever it comes is named",
        arguments: [("1", "311"), ("2", "5")])
    func closingAtOne(qos: String, version: String) throws {
        let broker = FakeBroker(Self.taking(version == "5" ? 5 : 4) { number, _ in number != 150 })
        let ending = try CommandProgram.run(
            ["pub"] + address(broker.port) + ["-t", "a", "-l", "-q", qos, "-V", version, "-i", "me", "-c"],
            input: numbered(1_000))
        #expect(ending.code == 1 && ending.errors.contains("5 connections in a row without taking line 150. "))
        // At QoS 2 the lines before it were taken, but not released yet.
        #expect(ending.errors.contains("Not all lines from \(qos == "1" ? 150 : 141) on are acknowledged\n"))
        #expect(!ending.errors.contains("lines 1"))
    }

    @Test("-l: a broker that takes a few lines of each connection is not given up")
    func fewAtOnce() throws {
        let broker = FakeBroker(Self.taking(4) { _, count in count <= 20 })
        let ending = try CommandProgram.run(
            ["pub"] + address(broker.port) + ["-t", "a", "-l", "-q", "1", "-i", "me", "-c"], input: numbered(110))
        #expect(ending.code == 0, "\(ending.errors)")
        #expect(broker.connectionCount > 5)
    }

    @Test("-l: a signal ends it with the first line that is not acknowledged")
    func interrupted() throws {
        let broker = FakeBroker { connection in
            connection.readPacket()
            connection.send([0x20, 2, 0, 0])
            while let packet = connection.readPacket(), packet[0] >> 4 != 14 {
                if Self.number(in: packet, 4) ?? 0 <= 500 { connection.send(FakeBroker.answer(to: packet, 4)) }
            }
        }
        let program = try CommandProgram.mqscope(
            ["pub"] + address(broker.port) + ["-t", "a", "-l", "-q", "1", "-i", "me"])
        program.type(numbered(1_000))
        #expect(broker.waitForConnections(1))
        _ = broker.latest?.waitForPacket { Self.number(in: $0, 4) == 520 }
        program.send(SIGTERM)
        let ending = try program.waitForExit()
        #expect(ending.code == 143)
        #expect(ending.errors == "Error: Not all lines from 501 on are acknowledged\n")
    }

    @Test("-l: connections that break again and again lose no line", arguments: ["1", "2"])
    func breaking(qos: String) throws {
        // Takes some messages, answers part of them, and breaks; from the fourth on it works.
        let breaking: FakeBroker.Script = { connection in
            connection.readPacket()
            connection.send([0x20, 2, 0, 0])
            for number in 0..<15 {
                guard let packet = connection.readPacket() else { return }
                if number < 10 { connection.send(FakeBroker.answer(to: packet, 4)) }
            }
            connection.reset()
        }
        let broker = FakeBroker(breaking, breaking, breaking, FakeBroker.working())
        let lines = (1...200).map { "line \($0)" }
        let ending = try CommandProgram.run(
            ["pub"] + address(broker.port) + ["-t", "a", "-l", "-q", qos],
            input: Array((lines.joined(separator: "\n") + "\n").utf8))
        #expect(ending.code == 0 && ending.errors.contains("Connected again."))
        #expect(broker.connectionCount == 4)
    }

    @Test("20,000 lines through pub -l -q 1 and sub -q 1 arrive, each once and in order", arguments: ["311", "5"])
    func chain(version: String) throws {
        let broker = try Mosquitto(["max_queued_messages 0", "max_inflight_messages 100"])
        let count = 20_000
        let options = address(broker.port) + ["-t", "chain", "-q", "1", "-V", version]
        let subscriber = try CommandProgram.mqscope(["sub"] + options + ["-C", "\(count)", "-i", "end"])
        #expect(broker.hasLogged(" as end "))
        try Mosquittos.publish(broker, "other", "x")
        let lines = (1...count).map { "line \($0) of \(count)" }.joined(separator: "\n") + "\n"
        // The subscription is there when a message to it comes back.
        let witness = try CommandProgram.mqscope(["sub"] + options + ["-E"])
        #expect(try witness.waitForExit().code == 0)
        let publisher = try CommandProgram.run(["pub"] + options + ["-l"], input: Array(lines.utf8))
        #expect(publisher.code == 0 && publisher.errors == "")
        let ending = try subscriber.waitForExit()
        #expect(ending.code == 0 && ending.text == lines)
    }

    // MARK: rr

    @Test("rr: subscribes, publishes with the response topic, prints the answer, and says good-bye")
    func request() throws {
        let broker = FakeBroker { connection in
            connection.readPacket()
            connection.send([0x20, 3, 0, 0, 0])
            while let packet = connection.readPacket() {
                connection.send(FakeBroker.answer(to: packet, 5))
                if packet[0] >> 4 == 3 { connection.send(FakeBroker.publish("answer", Array("pong".utf8), version: 5)) }
                if packet[0] >> 4 == 14 { return }
            }
        }
        let ending = try CommandProgram.run(
            ["rr"] + address(broker.port) + ["-t", "ask", "-e", "answer", "-m", "ping", "-v", "-i", "me"])
        #expect(ending.code == 0 && ending.text == "answer pong\n" && ending.errors == "")
        let packets = broker.latest?.packets ?? []
        #expect(packets.map { $0[0] >> 4 } == [1, 8, 3, 14])
        let properties: [UInt8] = [0x08, 0, 6] + Array("answer".utf8)
        let head: [UInt8] = [0x30, UInt8(10 + properties.count), 0, 3]
        let body: [UInt8] = Array("ask".utf8) + [UInt8(properties.count)] + properties + Array("ping".utf8)
        #expect(packets.dropFirst(2).first == head + body)
        let waiting = FakeBroker(FakeBroker.working())
        let late = try CommandProgram.run(
            ["rr"] + address(waiting.port) + ["-t", "ask", "-e", "answer", "-m", "ping", "-W", "1", "-i", "me"])
        #expect(late.code == 27 && late.errors == "Timed out\n")
    }

    @Test("--help and --version print and end well; an unknown option is one line")
    func help() throws {
        for command in ["sub", "pub", "rr"] {
            let help = try CommandProgram.run([command, "--help"])
            #expect(help.code == 0 && help.text.contains("--keepalive"))
            #expect(try CommandProgram.run(["help", command]).text == help.text)
            #expect(try CommandProgram.run([command, "--version"]).text.hasPrefix("mqscope "))
            let mistake = try CommandProgram.run([command, "--nonsense"])
            #expect(mistake.code == 1 && mistake.errors.contains("Unknown option '--nonsense'"))
        }
        for command in [[], ["clean"], ["doctor"]] {
            #expect(try CommandProgram.run(["help"] + command).text == CommandProgram.run(command + ["--help"]).text)
        }
    }
}
