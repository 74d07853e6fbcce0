import Foundation
import TestSupport
import Testing

/// The broker's log is read from its file, or by a command, besides its topics.
@Suite("The broker's log from elsewhere")
struct BrokerLogSourceTests {
    /// mqscope on `broker` with the options of a source, its broker log alone on the screen.
    private func watch(
        _ port: Int, _ options: [String], environment: [String: String] = ["SHELL": "/bin/sh"]
    ) throws -> PseudoTerminal {
        let terminal = try PseudoTerminal.mqscope(port: port, options, columns: 160, environment: environment)
        try terminal.waitFor("Broker log")
        terminal.type("<Shift-Tab>z")
        try terminal.waitForNo(" Topics ─")
        return terminal
    }

    /// A client that comes and goes before anybody watches.
    private func passBy(_ broker: Mosquitto, _ name: String = "early") throws {
        try Mosquittos.publish(broker, "hello/world", "hello", ["-i", name])
    }

    @Test("A file: back to the broker's start, and on; a line that comes by its topic, too, is there once")
    func file() throws {
        let broker = try Mosquitto(["log_dest topic"])
        try passBy(broker)
        let terminal = try watch(broker.port, ["--broker-log", broker.logFile])
        try terminal.waitFor("is starting")
        try terminal.waitFor("also from ")
        try terminal.waitForBrokerLog("early", "connected from 127.0.0.1:")
        try terminal.waitForBrokerLog("early", "disconnected")
        try terminal.waitFor("known since")
        try passBy(broker, "later")
        try passBy(broker, "sentinel")
        try terminal.waitForBrokerLog("sentinel", "disconnected")
        let lines = terminal.screen.pane("Broker log")
        #expect(lines.count { $0.contains(" later ") && $0.contains(" connected from ") } == 1, "\(lines)")
        #expect(lines.count { $0.contains("is starting") } == 1)
    }

    @Test("Why the broker does not start is seen while it is down, and so is what follows in a new file")
    func whileDown() throws {
        let folder = NSTemporaryDirectory() + "mqscope-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let log = folder + "/mosquitto.log"
        let terminal = try watch(try Mosquitto.freePort(), ["--broker-log", log])
        try terminal.waitFor("cannot be read: No such file or directory; again in")
        try "1795478240: Error: Address already in use\n".write(toFile: log, atomically: true, encoding: .utf8)
        try terminal.waitFor("Error: Address already in use")
        try terminal.waitUntil("the name of the file") { screen in
            screen.lines.contains { line in
                ["also from ", "still reading "].contains { line.contains($0 + log.prefix(12)) }
            }
        }
        // Rotated: another file, then the same one from its beginning.
        try "1795478241: Error: a new file\n".write(toFile: log, atomically: true, encoding: .utf8)
        try terminal.waitFor("Error: a new file")
        try "1795478242: Error: shorter\n".write(toFile: log, atomically: false, encoding: .utf8)
        try terminal.waitFor("Error: shorter")
    }

    @Test(
        "A command shows its lines, and is gone with all that it started when mqscope ends", arguments: ["q", "TERM"])
    func command(ending: String) throws {
        let broker = try Mosquitto(["log_dest topic"])
        try passBy(broker)
        let terminal = try watch(
            broker.port, ["--broker-log-command", "cat /dev/null; tail -n +1 -F \(broker.logFile) | cat"])
        try terminal.waitFor("is starting")
        try terminal.waitForBrokerLog("early", "disconnected")
        #expect(Processes.mentioning(broker.logFile).count > 1)
        if ending == "q" { terminal.type("q") } else { terminal.signal(SIGTERM) }
        #expect(try terminal.waitForExit() == (ending == "q" ? 0 : 128 + SIGTERM))
        #expect(Processes.mentioning("tail -n +1 -F \(broker.logFile)").isEmpty)
    }

    @Test("A command is gone when mqscope is killed; what it had started is with the next line")
    func killed() throws {
        let broker = try Mosquitto(["log_dest topic"])
        let terminal = try watch(broker.port, ["--broker-log-command", "tail -n +1 -F \(broker.logFile)"])
        try terminal.waitFor("is starting")
        terminal.signal(SIGKILL)
        _ = try terminal.waitForExit()
        try waitUntil("the command is gone") { Processes.mentioning("tail -n +1 -F \(broker.logFile)").isEmpty }

        let other = try watch(broker.port, ["--broker-log-command", "tail -n +1 -F \(broker.logFile) | cat"])
        try other.waitFor("is starting")
        other.signal(SIGKILL)
        _ = try other.waitForExit()
        try waitUntil("what it had started is gone") {
            try passBy(broker)
            return Processes.mentioning("tail -n +1 -F \(broker.logFile)").isEmpty
        }
    }

    @Test("While the connection is lost a command goes on telling, so that nobody's state gets unknown")
    func gapless() throws {
        let broker = try Mosquitto(["log_dest topic"])
        let stays = try Program(
            Mosquitto.find("mosquitto_sub"), ["-p", "\(broker.port)", "-i", "stays", "-t", "x", "-k", "5"])
        let terminal = try PseudoTerminal.mqscope(
            port: broker.port,
            ["-i", "monitor", "--broker-log-command", "exec tail -n +1 -F \(broker.logFile)"], columns: 160,
            environment: ["SHELL": "/bin/sh"])
        try terminal.waitFor("● live")
        terminal.type("3")
        try terminal.waitFor("● stays")
        // Another program takes our identifier, and with it our connection.
        try Mosquittos.publish(broker, "hello/world", "hello", ["-i", "monitor"])
        try terminal.waitFor("gap, see 4")
        try terminal.waitFor("● live")
        try passBy(broker, "sentinel")
        try terminal.waitUntil("the sentinel has left") { $0.shows("○ sentinel") }
        #expect(terminal.screen.shows("● stays"))
        #expect(terminal.screen.shows("since the broker's start at"))
        stays.stop()
    }

    @Test("A broker's log that floods is left, which is said, and is taken again by a key")
    func flood() throws {
        let broker = try Mosquitto(["log_dest topic", "sys_interval 1"])
        let terminal = try PseudoTerminal.mqscope(port: broker.port, columns: 160)
        try terminal.waitFor("● live")
        terminal.type("3")
        try terminal.waitFor(" Clients ")
        let isOff = "off, a takes it again"
        try waitUntil("the log is left") {
            // Each comes and goes, which makes three lines.
            for number in 0..<200 { _ = try Feeder(port: broker.port, identifier: "c\(number)") }
            while terminal.read(milliseconds: 20) {}
            return terminal.screen.shows(isOff)
        }
        try terminal.waitFor("over 200 lines a second, since")
        try terminal.waitFor("broker log off, see 4")
        try terminal.waitFor("not known since")
        // Its statistics still come: the interval of its uptime is learnt.
        try terminal.waitFor(", every ")
        terminal.type("<Shift-Tab>a")
        try terminal.waitUntil("the log is on again") { !$0.shows(isOff) && $0.shows("known since") }
        try passBy(broker, "sentinel")
        try terminal.waitFor("sentinel")
        #expect(terminal.screen.shows("! incomplete, see 4"))
        terminal.type("4<Tab>z")
        try terminal.waitFor("it came faster than 200 lines a second")
    }

    @Test(
        "A command that fails says how, and is tried again",
        arguments: [
            ("false", "failed (1); again in"), ("echo no >&2; exit 3", "failed (3): no; again in"),
            ("sh -c 'cat </dev/tty'", "No such device or address; again in"), ("kill -9 $$", "failed (137); again in"),
            ("read x; echo 1: got $x; exec cat", "ended; again in"),
        ])
    func failing(command: String, words: String) throws {
        let broker = try Mosquitto(["log_dest topic"])
        let terminal = try watch(broker.port, ["--broker-log-command", command])
        try terminal.waitFor(words)
        // Again, and after a longer pause.
        try terminal.waitFor("again in 2 s")
        #expect(terminal.screen.shows("● live"))
    }

    @Test("Over SSH: a real sshd runs the command; a password is not asked for")
    func ssh() throws {
        let broker = try Mosquitto(["log_dest topic"])
        try passBy(broker)
        let server = try SSHServer()
        let terminal = try watch(
            broker.port, ["--broker-log-command", server.command("tail -n +1 -f \(broker.logFile)")])
        try terminal.waitFor("is starting")
        try terminal.waitForBrokerLog("early", "disconnected")
        try passBy(broker, "later")
        try terminal.waitForBrokerLog("later", "disconnected")
        terminal.type("q")
        #expect(try terminal.waitForExit() == 0)

        let refused = try watch(
            broker.port, ["--broker-log-command", server.command("tail -f \(broker.logFile)", key: "/dev/null")])
        try refused.waitFor("failed (255)")
        try refused.waitFor("Permission denied")
    }
}

/// An sshd of our own on the loopback interface, for whoever runs the tests and the key that was made for it.
private final class SSHServer {
    private let directory: String
    private let port: Int
    private let program: Program

    init() throws {
        directory = NSTemporaryDirectory() + "mqscope-test-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        port = try Mosquitto.freePort()
        for name in ["host", "key"] {
            try ServerProcess.run(
                ServerProcess.find("ssh-keygen"), ["-q", "-t", "ed25519", "-N", "", "-f", "\(directory)/\(name)"])
        }
        try FileManager.default.copyItem(atPath: directory + "/key.pub", toPath: directory + "/authorized_keys")
        // sshd run by root wants its empty folder, which the system makes only when its service starts.
        if getuid() == 0 {
            try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
        }
        let configuration = [
            "Port \(port)", "ListenAddress 127.0.0.1", "HostKey \(directory)/host", "PidFile none",
            "AuthorizedKeysFile \(directory)/authorized_keys", "StrictModes no", "UsePAM no",
            "PasswordAuthentication no", "KbdInteractiveAuthentication no", "PermitRootLogin prohibit-password",
        ]
        try (configuration.joined(separator: "\n") + "\n").write(
            toFile: directory + "/sshd_config", atomically: true, encoding: .utf8)
        program = try Program(ServerProcess.find("sshd"), ["-D", "-e", "-f", directory + "/sshd_config"])
        try ServerProcess.waitUntilListening(port)
    }

    deinit {
        program.stop()
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// The ssh command that runs `line` there.
    func command(_ line: String, key: String? = nil) -> String {
        "ssh -F /dev/null -p \(port) -i \(key ?? directory + "/key") -o IdentitiesOnly=yes -o IdentityAgent=none"
            + " -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"
            + " \(NSUserName())@127.0.0.1 '\(line)'"
    }
}
