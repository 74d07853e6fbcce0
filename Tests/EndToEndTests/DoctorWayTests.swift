import Foundation
import TestSupport
import Testing

/// `mqscope doctor` on the way to a broker, as typed by a user.
@Suite("The doctor of connections, as run", .serialized)
struct DoctorWayTests {
    /// What it wrote, its exit code, and how long it took.
    struct Run {
        var text: String
        var code: Int32
        var seconds: Double
        var lines: [String] { text.split(separator: "\n").map(String.init) }
    }

    private func doctor(_ arguments: String...) throws -> Run {
        let began = Date()
        let program = try Program(PseudoTerminal.builtProduct("mqscope"), ["doctor"] + arguments)
        let code = try program.waitForExit(seconds: 60)
        return Run(text: program.text, code: code, seconds: Date().timeIntervalSince(began))
    }

    @Test("All is well: each step on its line with its time, and 0")
    func allIsWell() throws {
        let broker = try Mosquitto(["log_dest topic", "log_type all", "sys_interval 1"], users: [("ev3", "formosa")])
        try Mosquittos.publish(broker, "robots/1", "here", ["-r", "-u", "ev3", "-P", "formosa"])
        let run = try doctor(
            "-h", "127.0.0.1", "-p", "\(broker.port)", "-u", "ev3", "-P", "formosa", "--publish", "doctor/echo")
        #expect(run.code == 0, "\(run.text)")
        for step in ["name", "reach", "connect", "limits", "subscribe", "log", "traffic", "publish", "broker", "clock"]
        {
            #expect(run.lines.contains { $0.hasPrefix("✓ \(step) ") }, "no \(step) in:\n\(run.text)")
        }
        #expect(run.lines.first == "Examining 127.0.0.1:\(broker.port) as ev3")
        #expect(run.lines.contains { $0.hasPrefix("✓ connect    MQTT 5.0: accepted, as user ev3.  (") })
        #expect(run.lines.last == "All is well.")
        #expect(!run.text.contains("formosa"))
    }

    @Test("For programs: an object a line, with stage, outcome, words, milliseconds and facts")
    func json() throws {
        let broker = try Mosquitto(["sys_interval 1"], users: [("ev3", "formosa")])
        let run = try doctor("-p", "\(broker.port)", "-u", "ev3", "-P", "wrong", "--json")
        #expect(run.code == 15)
        let objects = try run.lines.map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        #expect(objects.map { $0["stage"] as? String } == ["name", "reach", "connect", nil])
        #expect(objects.last?["exitCode"] as? Int == 15)
        let last = try #require(objects.dropLast().last)
        #expect(last["outcome"] as? String == "failed")
        #expect((last["what"] as? String)?.contains("ev3") == true)
        #expect((last["todo"] as? String)?.isEmpty == false)
        #expect((last["milliseconds"] as? Double).map { $0 > 0 } == true)
        #expect(last["facts"] as? [String: String] == [:])
        #expect(!run.text.contains("wrong\"") && !run.text.contains("formosa"))
    }

    @Test("Nothing listens: what to do, and 11")
    func refused() throws {
        let port = try ServerProcess.freePort()
        let run = try doctor("-p", "\(port)")
        #expect(run.code == 11)
        #expect(run.text.contains("✗ reach      Nothing listens on localhost:\(port)."))
        #expect(run.text.contains("→ Is mosquitto running there?"))
        #expect(run.lines.last?.hasPrefix("1 failed (✗), exit code 11.") == true)
    }

    @Test("A server that is silent: it ends after the four seconds that it says, once")
    func silent() throws {
        let broker = FakeBroker({ $0.idle() })
        let run = try doctor("-p", "\(broker.port)")
        #expect(run.code == 15)
        #expect(run.text.contains("does not answer MQTT (waited 4 s)"))
        #expect(run.seconds >= 4 && run.seconds < 12)
    }

    @Test("What answers is shown without its control characters")
    func hostile() throws {
        let broker = FakeBroker(FakeBroker.answering(Array("SSH-2.0-\u{1B}[2J\u{202E}evil\r\n".utf8)))
        let run = try doctor("-p", "\(broker.port)")
        #expect(run.code == 15)
        #expect(!run.text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" || $0 == "\r" })
    }

    @Test(
        "Wrong words on the command line: one clear line, and 64",
        arguments: [
            (["--publish", "a/#"], "'a/#' is no topic to publish to"),
            (["--config", "x", "--print-config"], "Give either --config FILE or --print-config."),
            (["-q", "3"], "QoS 3 does not exist"),
        ])
    func wrongWords(arguments: [String], words: String) throws {
        let program = try Program(PseudoTerminal.builtProduct("mqscope"), ["doctor"] + arguments)
        #expect(try program.waitForExit() == 64)
        #expect(program.text.contains(words))
    }

    @Test("A configuration and the way to a broker are both looked at where both are named")
    func both() throws {
        let port = try ServerProcess.freePort()
        let file = NSTemporaryDirectory() + "mqscope-test-\(UUID().uuidString).conf"
        try "listener 1883\n".write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let run = try doctor("--config", file, "-h", "127.0.0.1", "-p", "\(port)")
        #expect(run.text.contains("log_dest topic") && run.text.contains("Nothing listens on 127.0.0.1:\(port)."))
        #expect(run.code == 11)
    }

    @Test("Each step has its exit code; what arrives is waited for ten seconds, and no longer")
    func exitCodes() throws {
        #expect(try doctor("-h", "no-such-robot.invalid").code == 10)
        let port = try ServerProcess.freePort()
        #expect(try doctor("-h", "127.0.0.1", "--proxy", "socks5h://127.0.0.1:\(port)").code == 12)
        let broker = try Mosquitto(configuration: { port, directory in
            try? "topic read $SYS/broker/log/#\n".write(toFile: directory + "/acl", atomically: true, encoding: .utf8)
            return [
                "listener \(port) 127.0.0.1", "allow_anonymous true", "acl_file \(directory)/acl", "user root",
                "log_dest file \(directory)/mosquitto.log",
            ]
        })
        // The ACL hides everything else: granted, and nothing comes.
        let hidden = try doctor("-h", "127.0.0.1", "-p", "\(broker.port)", "--no-sys")
        #expect(hidden.code == 17 && hidden.text.contains("Subscribed, but nothing arrives."), "\(hidden.text)")
        #expect(hidden.seconds >= 10 && hidden.seconds < 30)
        let closing = FakeBroker({ connection in
            guard connection.readPacket() != nil else { return }
            connection.send([0x20, 3, 0, 0, 0])
            connection.readPacket()
        })
        #expect(try doctor("-p", "\(closing.port)").code == 16)
    }

    @Test("On a terminal nothing is wider than it, and what is broken stands below where it begins")
    func wrapped() throws {
        let terminal = try PseudoTerminal(
            run: PseudoTerminal.builtProduct("mqscope"), ["doctor", "-h", "10.255.255.255", "-p", "1"])
        try terminal.waitFor("exit code")
        #expect(!terminal.lines.contains { $0.first.map { !" ✓!✗–E1".contains($0) } ?? false }, "\(terminal.lines)")
    }

    @Test("A file that is never written to does not keep Ctrl-C away")
    func endlessFile() throws {
        let pipe = NSTemporaryDirectory() + "mqscope-test-\(UUID().uuidString)"
        #expect(mkfifo(pipe, 0o600) == 0)
        defer { unlink(pipe) }
        let terminal = try PseudoTerminal(
            run: PseudoTerminal.builtProduct("mqscope"), ["-h", "127.0.0.1", "--password-file", pipe, "-u", "a"])
        terminal.settle()
        terminal.type("\u{3}")
        #expect(try terminal.waitForExit(seconds: 5) != 0)
    }

    @Test("Ctrl-C ends it at once")
    func interrupted() throws {
        let broker = FakeBroker({ $0.idle() })
        let terminal = try PseudoTerminal(
            run: PseudoTerminal.builtProduct("mqscope"), ["doctor", "-p", "\(broker.port)"])
        try terminal.waitFor("accepts connections")
        terminal.type("\u{3}")
        #expect(try terminal.waitForExit(seconds: 3) != 0)
    }
}
