import Foundation
import TestSupport
import Testing

/// `mqscope pub`, but for `-l`, and `mqscope rr`: what they send, byte by byte, and how they end.
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
        "a file larger than the broker takes is refused before it is sent, with both numbers", arguments: ["-s", "-f"])
    func tooLarge(source: String) throws {
        let broker = FakeBroker(FakeBroker.working(connack: [0x27, 0, 0, 0x03, 0xE8]))
        let payload = [UInt8](repeating: 1, count: 5_000)
        let folder = try Folder()
        let words = source == "-f" ? ["-f", try folder.add("file", payload)] : ["-s"]
        let ending = try CommandProgram.run(
            ["pub"] + address(broker.port) + ["-t", "a", "-V", "5", "-i", "me"] + words,
            input: source == "-f" ? [] : payload)
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

    @Test(
        "that nobody is subscribed (Reason Code 0x10) is no news",
        arguments: [["-m", "x"], ["-m", "x", "--strict"], ["-l"]], [("1", 0x40), ("2", 0x50)] as [(String, UInt8)])
    func withoutSubscribers(words: [String], answer: (qos: String, type: UInt8)) throws {
        let broker = FakeBroker { connection in
            connection.readPacket()
            connection.send([0x20, 3, 0, 0, 0])
            while let packet = connection.readPacket(), packet[0] >> 4 != 14 {
                connection.send(
                    packet[0] >> 4 == 3
                        ? [answer.type, 3, packet[5], packet[6], 0x10] : FakeBroker.answer(to: packet, 5))
            }
        }
        let ending = try CommandProgram.run(
            ["pub"] + address(broker.port) + ["-t", "a", "-q", answer.qos, "-V", "5", "-i", "me"] + words,
            input: Array("x\n".utf8))
        #expect(ending.code == 0 && ending.text == "" && ending.errors == "")
        #expect(broker.latest?.packets.map { $0[0] >> 4 } == (answer.qos == "1" ? [1, 3, 14] : [1, 3, 6, 14]))
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
