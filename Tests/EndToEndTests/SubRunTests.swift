import Foundation
import TestSupport
import Testing

/// `mqscope sub` beside `mosquitto_sub`: the same words, the same output.
@Suite("mqscope sub")
struct SubRunTests {
    private func address(_ port: Int) -> [String] { ["-h", "127.0.0.1", "-p", "\(port)"] }

    /// A broker with retained messages at QoS 0, 1 and 2, one of them empty-ish, one binary.
    private func brokerWithMessages() throws -> Mosquitto {
        let broker = try Mosquitto(["log_type all"])
        for (topic, payload, qos) in [("x/a", "Hello", "0"), ("x/b", "{\"v\": 1}", "1"), ("x/c/d", "äöü", "2")] {
            try Mosquittos.publish(broker, topic, payload, ["-r", "-q", qos])
        }
        return broker
    }

    /// Options that mosquitto_sub 2.0.11 knows, and after how many messages it is over.
    static let options: [(words: [String], count: Int)] = [
        (["-t", "x/#"], 3), (["-t", "x/#", "-v"], 3), (["-t", "x/#", "-N", "-v"], 3),
        (["-t", "x/+", "-v", "-q", "2"], 2),
        (["-t", "x/#", "-T", "x/b", "-v"], 2), (["-t", "x/a", "-t", "x/c/#", "-v"], 2),
        (["-t", "x/#", "-F", "%t|%10t|%-10t|%p|%3p|%07p|%x|%X|%l|%3l|%q|%r|%%|\\t@@"], 3),
        (["-t", "x/#", "-q", "1", "-F", "%m %q %r"], 3), (["-t", "x/#", "-F", "%A|%3E|%05F|%S|%C|%R|%D|%P"], 3),
        (["-t", "x/#", "-d", "-v", "-i", "same"], 3), (["-t", "x/#", "-d", "-q", "1", "-i", "same"], 3),
        (["-t", "x/#", "-d", "-q", "2", "-i", "same", "-k", "30"], 3),
        (["-t", "x/#", "-d", "-i", "same", "--quiet"], 3),
        (["-t", "x/#", "-V", "mqttv5", "-d", "-q", "2", "-i", "same", "-v", "--retain-as-published"], 3),
        (["-t", "x/#", "-t", "x/a/b", "-d", "-V", "mqttv31", "-i", "same", "-v"], 3),
        (["-t", "x/#", "--retained-only", "-v"], 3), (["-L", "mqtt://127.0.0.1:PORT/x/#", "-v"], 3),
    ]

    @Test("prints what mosquitto_sub prints", arguments: options)
    func beside(words: [String], count: Int) throws {
        let broker = try brokerWithMessages()
        let words = words.map { $0.replacingOccurrences(of: "PORT", with: "\(broker.port)") } + ["-C", "\(count)"]
        let arguments = (words.contains("-L") ? [] : address(broker.port)) + words
        let theirs = try CommandProgram(Mosquitto.find("mosquitto_sub"), arguments).waitForExit()
        let ours = try CommandProgram.run(["sub"] + arguments)
        #expect(ours.text == theirs.text)
        #expect(ours.code == theirs.code && ours.errors == "", "\(ours.errors)")
        #expect(broker.hasLogged("disconnected"))
    }

    @Test("prints into a pipe, on its way from the socket, what it prints into a file", arguments: options)
    func piped(words: [String], count: Int) throws {
        let broker = try brokerWithMessages()
        let words = words.map { $0.replacingOccurrences(of: "PORT", with: "\(broker.port)") } + ["-C", "\(count)"]
        let arguments = ["sub"] + (words.contains("-L") ? [] : address(broker.port)) + words
        let script = "(\"$0\" \"$@\"; echo code $? >&2) | cat"
        let piped = try CommandProgram("/bin/sh", ["-c", script, PseudoTerminal.builtProduct("mqscope")] + arguments)
        let ending = try piped.waitForExit()
        #expect(ending.text == (try CommandProgram.run(arguments).text))
        #expect(ending.errors == "code 0\n")
    }

    @Test("the team's own command, as it stands in their notes")
    func team() throws {
        let broker = try TeamBroker.start()
        let login = ["-d", "-u", "ev3", "-P", "formosa"]
        let subscriber = try CommandProgram.mqscope(["sub"] + address(broker.port) + ["-t", "hello/world"] + login)
        try subscriber.waitFor("Subscribed (mid: 1): 0\n")
        let publisher = try CommandProgram.run(
            ["pub"] + address(broker.port) + ["-t", "hello/world", "-m", "hello"] + login)
        #expect(publisher.code == 0)
        #expect(
            publisher.text == """
                Client null sending CONNECT
                Client (null) received CONNACK (0)
                Client null sending PUBLISH (d0, q0, r0, m1, 'hello/world', ... (5 bytes))
                Client null sending DISCONNECT

                """)
        try subscriber.waitFor("\nhello\n")
        subscriber.send(SIGINT)
        let ending = try subscriber.waitForExit()
        #expect(ending.code == 0 && ending.errors == "")
        #expect(
            ending.text == """
                Client null sending CONNECT
                Client (null) received CONNACK (0)
                Client null sending SUBSCRIBE (Mid: 1, Topic: hello/world, QoS: 0, Options: 0x00)
                Client null received SUBACK
                Subscribed (mid: 1): 0
                Client null received PUBLISH (d0, q0, r0, m0, 'hello/world', ... (5 bytes))
                hello
                Client null sending DISCONNECT

                """)
        let refused = try CommandProgram.run(
            ["sub"] + address(broker.port) + ["-t", "hello/world", "-u", "ev3", "-P", "taiwan"])
        #expect(refused.code == 5 && refused.text == "")
        #expect(refused.errors.hasPrefix("Connection error: Connection Refused: not authorised\n"))
        #expect(refused.errors.contains("Wrong user or password"))
    }

    @Test("a signal says good-bye, ten times of ten", arguments: [SIGINT, SIGTERM])
    func signals(signal: Int32) throws {
        for _ in 0..<10 {
            let broker = FakeBroker(FakeBroker.working())
            let program = try CommandProgram.mqscope(["sub"] + address(broker.port) + ["-t", "a", "-d"])
            try program.waitFor("Subscribed")
            program.send(signal)
            let ending = try program.waitForExit()
            #expect(ending.code == 0 && ending.errors == "")
            #expect(broker.latest?.packets.last == [0xE0, 0])
        }
    }

    @Test("-W: Timed out, 27, with a good-bye; 255 where nothing answered yet")
    func timeout() throws {
        let broker = FakeBroker(FakeBroker.working())
        let ending = try CommandProgram.run(["sub"] + address(broker.port) + ["-t", "a", "-W", "1"])
        #expect(ending.code == 27 && ending.errors == "Timed out\n" && ending.text == "")
        #expect(broker.latest?.packets.last == [0xE0, 0])
        let silent = FakeBroker(FakeBroker.silence)
        let quiet = try CommandProgram.run(["sub"] + address(silent.port) + ["-t", "a", "-W", "1", "--quiet"])
        #expect(quiet.code == 255 && quiet.errors == "")
    }

    @Test("-E ends at the answer; a denied subscription is told")
    func endsAfterSubscribing() throws {
        let broker = FakeBroker(FakeBroker.working())
        #expect(try CommandProgram.run(["sub"] + address(broker.port) + ["-t", "a", "-E"]).code == 0)
        let denying = FakeBroker(Peer.refusing("a", 0x80))
        let denied = try CommandProgram.run(["sub"] + address(denying.port) + ["-t", "a"])
        #expect(denied.code == 0 && denied.errors.hasSuffix("All subscription requests were denied.\n"))
        let strict = FakeBroker(Peer.refusing("a", 0x87))
        let ending = try CommandProgram.run(
            ["sub"] + address(strict.port) + ["-t", "a", "-V", "5", "-i", "me", "--strict"])
        #expect(ending.code == 0x87)
    }

    @Test("-E prints nothing of QoS 0 that comes with the answer, as mosquitto_sub; what is acknowledged is printed")
    func endsWithMessages() throws {
        let broker = FakeBroker { connection in
            connection.readPacket()
            connection.send([0x20, 2, 0, 0])
            guard let subscribe = connection.readPacket() else { return }
            connection.send(
                FakeBroker.answer(to: subscribe, 4) + FakeBroker.publish("a", Array("zero".utf8), version: 4)
                    + [0x32, 8, 0, 1, 0x61, 0, 7] + Array("one".utf8))
            connection.readToEnd()
        }
        let ending = try CommandProgram.run(["sub"] + address(broker.port) + ["-t", "a", "-q", "1", "-E"])
        #expect(ending.code == 0 && ending.text == "one\n" && ending.errors == "")
        let real = try brokerWithMessages()
        for _ in 0..<10 {
            #expect(try CommandProgram.run(["sub"] + address(real.port) + ["-t", "x/#", "-E"]).text == "")
        }
    }

    @Test("nothing listens: the true reason and what to do, exit code 1")
    func nobody() throws {
        let ending = try CommandProgram.run(["sub"] + address(try Mosquitto.freePort()) + ["-t", "a"])
        #expect(ending.code == 1 && ending.errors.hasPrefix("Error: Connection refused\n"))
        #expect(ending.errors.contains("Is mosquitto running there?"))
    }

    @Test("what closes before it answers, as a tunnel does whose broker is yet to start, is tried again")
    func tunnel() throws {
        let broker = FakeBroker(
            { $0.readPacket() }, { $0.readPacket() },
            FakeBroker.working { FakeBroker.publish("a", Array("here".utf8), version: $0) })
        let ending = try CommandProgram.run(["sub"] + address(broker.port) + ["-t", "a", "-C", "1"])
        #expect(ending.code == 0 && ending.text == "here\n")
        let lines = ending.errors.split(separator: "\n")
        #expect(lines.count == 2 && lines[0].hasSuffix(" Trying again.") && lines[1] == "Connected.")
    }

    @Test(
        "where the standard input, output or error is closed nothing else takes its place",
        arguments: [
            ("sub --version >&-", 0, ""), ("sub --help >&-", 0, ""), ("pub --manual >&-", 0, ""),
            ("pub -t a -s <&-", 1, "Error: Unable to read the standard input: Bad file descriptor.\n"),
            ("pub -t a -l <&-", 1, "Error: The standard input cannot be read: Bad file descriptor\n"),
            ("sub -t a -C 1 >&- 2>&- <&-", 0, ""),
        ])
    func closed(words: String, code: Int32, errors: String) throws {
        let broker = FakeBroker(FakeBroker.working { FakeBroker.publish("a", Array("here".utf8), version: $0) })
        let place = words.contains(" -t ") ? " -h 127.0.0.1 -p \(broker.port)" : ""
        let program = PseudoTerminal.builtProduct("mqscope")
        let shell = try CommandProgram("/bin/sh", ["-c", "exec '\(program)' \(words)\(place)"])
        let ending = try shell.waitForExit()
        #expect(ending.code == code && ending.errors == errors && ending.text == "")
    }

    @Test("SIGQUIT ends it at once, without a report of a crash")
    func quit() throws {
        let broker = FakeBroker(FakeBroker.working())
        // By Ctrl-\\, as a process that Foundation starts has signals blocked.
        let words = ["sub"] + address(broker.port) + ["-t", "a"]
        let terminal = try PseudoTerminal(run: PseudoTerminal.builtProduct("mqscope"), words, rows: 24, columns: 80)
        try #require(broker.waitForConnections(1))
        terminal.send([0x1C])
        #expect(try terminal.waitForExit() == 128 + SIGQUIT)
        #expect(String(decoding: terminal.received, as: UTF8.self) == "^\\")
    }

    @Test(
        "-C: what is not printed is not acknowledged, and comes the next time",
        arguments: [("1", "mqttv311"), ("2", "mqttv311"), ("1", "mqttv5"), ("2", "mqttv5")])
    func eachOnce(qos: String, version: String) throws {
        let broker = try Mosquitto()
        let expiry = version == "mqttv5" ? ["-x", "60"] : []
        let words =
            ["sub"] + address(broker.port) + ["-i", "worker", "-c", "-t", "job/#", "-q", qos, "-V", version] + expiry
        #expect(try CommandProgram.run(words + ["-E"]).code == 0)
        for number in 1...5 {
            for topic in ["job/other", "job/mine"] {
                try Mosquittos.publish(broker, topic, "\(topic) \(number)", ["-q", qos])
            }
        }
        for number in 1...5 {
            let ending = try CommandProgram.run(words + ["-T", "job/other", "-C", "1"])
            #expect(ending.text == "job/mine \(number)\n")
        }
        for number in 6...9 { try Mosquittos.publish(broker, "job/mine", "\(number)", ["-q", qos]) }
        #expect(try CommandProgram.run(words + ["-C", "3"]).text == "6\n7\n8\n")
        #expect(try CommandProgram.run(words + ["-C", "1"]).text == "9\n")
    }

    @Test("what a slow reader has not read is not acknowledged for long: the next run of a kept session has the rest")
    func interrupted() throws {
        let broker = try Mosquitto(["max_queued_messages 0"])
        let words = ["sub"] + address(broker.port) + ["-i", "kept", "-c", "-t", "job", "-q", "1"]
        #expect(try CommandProgram.run(words + ["-E"]).code == 0)
        let lines = (0..<2_000).map { "\($0) " + String(repeating: "x", count: 1_000) }
        let all = try CommandProgram.run(
            ["pub"] + address(broker.port) + ["-t", "job", "-q", "1", "-l"],
            input: Array(lines.joined(separator: "\n").utf8))
        #expect(all.code == 0)
        // It is stopped while its reader sleeps, which then reads all that is there.
        let script = "\"$0\" \"$@\" | (sleep 2; cat)"
        let first = try CommandProgram(
            "/bin/sh", ["-c", script, PseudoTerminal.builtProduct("mqscope")] + words + ["-W", "1"]
        ).waitForExit()
        let rest = try CommandProgram.run(words + ["-W", "3"])
        let numbers = (first.text + rest.text).split(separator: "\n").compactMap { Int($0.prefix { $0 != " " }) }
        #expect(numbers.count >= 2_000 - 100 && Set(numbers).count == numbers.count)
        #expect(!first.text.isEmpty && !rest.text.isEmpty)
    }

    @Test("what was acknowledged is printed, whatever ends a run in a flood")
    func endedInFlood() throws {
        let broker = try Mosquitto(["max_queued_messages 0", "max_inflight_messages 0"])
        let words = ["sub"] + address(broker.port) + ["-i", "kept", "-c", "-t", "job", "-q", "1"]
        #expect(try CommandProgram.run(words + ["-E"]).code == 0)
        let all = (0..<40_000).map(String.init)
        let sent = try CommandProgram.run(
            ["pub"] + address(broker.port) + ["-t", "job", "-q", "1", "-l"],
            input: Array(all.joined(separator: "\n").utf8))
        #expect(sent.code == 0)
        var printed: Set<Substring> = []
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGINT, SIGTERM] {
            let program = try CommandProgram.mqscope(words)
            try program.waitFor("0")
            program.send(signal)
            printed.formUnion(try program.waitForExit().text.split(separator: "\n"))
        }
        let rest = all.count - printed.count
        if rest > 0 {
            printed.formUnion(
                try CommandProgram.run(words + ["-C", "\(rest)", "-W", "20"]).text.split(separator: "\n"))
        }
        #expect(printed.count == all.count)
    }

    @Test("an output that takes no more is an error, unlike a reader that has left")
    func fullDisk() throws {
        let broker = try brokerWithMessages()
        let words = [PseudoTerminal.builtProduct("mqscope"), "sub"] + address(broker.port) + ["-t", "x/#"]
        let ending = try CommandProgram("/bin/sh", ["-c", "exec \"$0\" \"$@\" > /dev/full"] + words).waitForExit()
        #expect(ending.code == 1)
        #expect(ending.errors == "Error: The output cannot be written: No space left on device.\n")
    }

    @Test("a lost connection is told and made again, and subscribed anew")
    func reconnect() throws {
        let broker = FakeBroker(
            { connection in
                connection.readPacket()
                connection.send([0x20, 2, 0, 0])
                guard let subscribe = connection.readPacket() else { return }
                connection.send(FakeBroker.answer(to: subscribe, 4))
            }, FakeBroker.working { FakeBroker.publish("a", Array("back".utf8), version: $0) })
        let ending = try CommandProgram.run(["sub"] + address(broker.port) + ["-t", "a", "-C", "1"])
        #expect(ending.code == 0 && ending.text == "back\n")
        #expect(ending.errors.hasPrefix("Warning: 127.0.0.1:") && ending.errors.hasSuffix("Connected again.\n"))
    }

    @Test("--remove-retained removes what it prints, waits until that is acknowledged, and ends with -C")
    func removeRetained() throws {
        let broker = try brokerWithMessages()
        let arguments = address(broker.port) + ["-t", "x/#", "-v"]
        let ending = try CommandProgram.run(["sub"] + arguments + ["--remove-retained", "-C", "3"])
        #expect(ending.code == 0 && ending.text == "x/a Hello\nx/b {\"v\": 1}\nx/c/d äöü\n")
        #expect(try CommandProgram.run(["sub"] + arguments + ["-W", "1"]).text == "")
    }

    @Test("-U sends one UNSUBSCRIBE for each, behind SUBSCRIBE")
    func unsubscribe() throws {
        let broker = FakeBroker(FakeBroker.working())
        let program = try CommandProgram.mqscope(
            ["sub"] + address(broker.port) + ["-t", "a", "-U", "b", "-U", "c", "-d", "-i", "me"])
        try waitUntil("two UNSUBACKs") {
            String(decoding: program.output, as: UTF8.self).components(separatedBy: "received UNSUBACK").count == 3
        }
        program.send(SIGTERM)
        _ = try program.waitForExit()
        let types = broker.latest?.packets.map { $0[0] >> 4 }
        #expect(types == [1, 8, 10, 10, 14])
    }

    @Test("-U without -t unsubscribes, and goes on with what the session brings", arguments: ["311", "5"])
    func unsubscribeAlone(version: String) throws {
        let broker = FakeBroker { connection in
            guard let connect = connection.readPacket() else { return }
            let version = FakeBroker.level(of: connect)
            connection.send(version >= 5 ? [0x20, 3, 1, 0, 0] : [0x20, 2, 1, 0])
            while let packet = connection.readPacket(), packet[0] >> 4 != 14 {
                connection.send(FakeBroker.answer(to: packet, version))
                connection.send(FakeBroker.publish("still", Array("one".utf8), version: version))
            }
        }
        let program = try CommandProgram.mqscope(
            ["sub"] + address(broker.port) + ["-U", "x", "-c", "-i", "me", "-V", version])
        try program.waitFor("one\n")
        broker.push(FakeBroker.publish("still", Array("two".utf8), version: version == "5" ? 5 : 4))
        try program.waitFor("two\n")
        program.send(SIGTERM)
        #expect(try program.waitForExit().code == 0 && program.errors == "")
        let packets = broker.latest?.packets ?? []
        #expect(packets.map { $0[0] >> 4 } == [1, 10, 14])
        #expect(packets.count == 3 && packets[1].suffix(3) == [0, 1, 0x78])
    }

    @Test("a reader that ends, as head does, ends it quietly, with a good-bye")
    func head() throws {
        let broker = try brokerWithMessages()
        let program = PseudoTerminal.builtProduct("mqscope")
        let script = "\"$0\" sub -h 127.0.0.1 -p \(broker.port) -t 'x/#' -v -i piped | head -n 1"
        let shell = try CommandProgram("/bin/sh", ["-c", script, program])
        let ending = try shell.waitForExit()
        #expect(ending.text == "x/a Hello\n" && ending.errors == "")
        #expect(broker.hasLogged("Client piped disconnected."))
    }

    @Test("a slow reader loses nothing, and keys are not kept waiting by it")
    func slowReader() throws {
        let payload = Array(repeating: UInt8(ascii: "x"), count: 10_000)
        let broker = FakeBroker { connection in
            connection.readPacket()
            connection.send([0x20, 2, 0, 0])
            guard let subscribe = connection.readPacket() else { return }
            connection.send(FakeBroker.answer(to: subscribe, 4))
            for _ in 0..<2_000 { connection.send(FakeBroker.publish("a", payload, version: 4)) }
            connection.readToEnd()
        }
        let program = PseudoTerminal.builtProduct("mqscope")
        let words = "sub -h 127.0.0.1 -p \(broker.port) -t a"
        let slow = try CommandProgram(
            "/bin/sh", ["-c", "\"$0\" \(words) -C 2000 | (sleep 1; wc -c)", program])
        #expect(try slow.waitForExit().text.contains("\(2_000 * 10_001)"))
        let stuck = try CommandProgram(
            "/bin/sh",
            [
                "-c",
                "(\"$0\" \(words); echo code $? >&2) | (sleep 1; kill -INT $(pgrep -f -- '-p \(broker.port) -t a$'); sleep 2)",
                program,
            ])
        #expect(try stuck.waitForExit().errors == "code 0\n")
    }

    @Test("on a terminal, what could move its cursor is shown, unless --raw")
    func sanitised() throws {
        let broker = try Mosquitto()
        try Mosquittos.publish(broker, "x", "\u{1b}[2Jevil\u{202e}", ["-r"])
        let words = ["sub"] + address(broker.port) + ["-t", "x", "-C", "1"]
        let terminal = try PseudoTerminal(run: PseudoTerminal.builtProduct("mqscope"), words, rows: 24, columns: 80)
        #expect(try terminal.waitForExit() == 0)
        let shown = String(decoding: terminal.received, as: UTF8.self)
        #expect(shown.contains("␛[2Jevil\u{fffd}") && !shown.contains("\u{1b}[2J"))
        let raw = try PseudoTerminal(
            run: PseudoTerminal.builtProduct("mqscope"), words + ["--raw"], rows: 24, columns: 80)
        #expect(try raw.waitForExit() == 0)
        #expect(String(decoding: raw.received, as: UTF8.self).contains("\u{1b}[2Jevil"))
        let piped = try CommandProgram.run(words)
        #expect(piped.text == "\u{1b}[2Jevil\u{202e}\n")
        #expect(try CommandProgram.run(words + ["--safe"]).text == "␛[2Jevil\u{fffd}\n")
    }

    @Test("a bad format is one line, and nothing is sent")
    func badFormat() throws {
        let broker = FakeBroker(FakeBroker.working())
        let ending = try CommandProgram.run(["sub"] + address(broker.port) + ["-t", "a", "-F", "%z"])
        #expect(ending.code == 1 && ending.errors.hasPrefix("Error: Invalid format specifier 'z'."))
        #expect(ending.errors.split(separator: "\n").count == 1 && broker.connectionCount == 0)
    }

    @Test("--message-rate prints one line a second, and -C does not end it", arguments: [[], ["-C", "1"]])
    func rate(more: [String]) throws {
        let broker = FakeBroker(
            FakeBroker.working { version in
                (0..<100).flatMap { _ in FakeBroker.publish("a", [1], version: version) }
            })
        let program = try CommandProgram.mqscope(["sub"] + address(broker.port) + ["-t", "a", "--message-rate"] + more)
        try program.waitFor("100 msgs/s\n")
        program.send(SIGTERM)
        #expect(try program.waitForExit().code == 0)
    }
}
