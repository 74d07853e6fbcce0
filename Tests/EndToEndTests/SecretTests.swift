import Foundation
import TestSupport
import Testing

/// What is secret is on no screen, in no file and in no last words.
@Suite("Secrets")
struct SecretTests {
    /// The secrets of the test, none of them part of anything else; `hexadecimal` is a pre-shared key.
    private static let secrets = ["formosa-1", "formosa-2", "Zm9ybW9zYS0z", "formosa-4", "formosa-5", "0badc0de66"]
    private static var all: [String] { secrets + secrets.map { Data($0.utf8).base64EncodedString() } }

    private func expectNone(in text: String, _ place: String) {
        for secret in Self.all { #expect(!text.localizedStandardContains(secret), "\(secret) in \(place)") }
    }

    @Test(
        "Of password, proxy, web server, private key and pre-shared key nothing is seen, connected or not, and at a crash",
        arguments: [0, 1, 2])
    func secrets(way: Int) throws {
        let files = try Certificates()
        try files.issue("localhost")
        try files.encrypt("localhost", to: "key.enc", passphrase: Self.secrets[3])
        try (Self.secrets[3] + "\n").write(toFile: files.path("passphrase"), atomically: true, encoding: .utf8)
        try "ev3:\(Self.secrets[5])\n".write(toFile: files.path("psk"), atomically: true, encoding: .utf8)
        let (web, psk, proxy) = (try Mosquitto.freePort(), try Mosquitto.freePort(), try Mosquitto.freePort())
        let broker = try Mosquitto(
            files.listener("localhost", port: web) + [
                "protocol websockets", "socket_domain ipv4", "listener \(psk) 127.0.0.1", "psk_hint x",
                "psk_file \(files.path("psk"))",
            ], users: [("ev3", Self.secrets[0])])
        let program = try Program(
            "microsocks", ["-u", "p", "-P", Self.secrets[1], "-i", "127.0.0.1", "-p", "\(proxy)"])
        try ServerProcess.waitUntilListening(proxy)
        try ServerProcess.waitUntilListening(web)
        let log = files.path("mqscope.log")
        let words = [
            "'wss://ev3:\(Self.secrets[0])@localhost:\(web)/mqtt' --cafile \(files.path("ca.crt")) --cert "
                + "\(files.path("localhost.crt")) --key \(files.path("key.enc")) --key-passphrase-file "
                + "\(files.path("passphrase")) --proxy socks5h://p:\(Self.secrets[1])@127.0.0.1:\(proxy) --ws-header "
                + "'Authorization: Basic \(Self.secrets[2])'",
            "-h localhost -p \(psk) -u ev3 -P \(Self.secrets[0]) --psk \(Self.secrets[5]) --psk-identity ev3",
            "'wss://ev3:\(Self.secrets[4])@localhost:\(web)/mqtt' --cafile \(files.path("ca.crt")) --ws-header "
                + "'Authorization: Basic \(Self.secrets[2])'",
        ][way]
        // From a file, so that the shell does not echo it.
        let script = "exec \(PseudoTerminal.builtProduct("mqscope")) \(words) --log-file \(log)\n"
        try script.write(toFile: files.path("run"), atomically: true, encoding: .utf8)
        let shell = try Shell()
        shell.terminal.type("sh \(files.path("run"))<Enter>")
        try shell.terminal.waitFor(way == 2 ? "Wrong user or password" : "● live")
        for key in ["1", "2", "3", "4"] {
            shell.terminal.type(key)
            shell.terminal.settle()
        }
        // The trace, filled by a second connection.
        shell.terminal.type("R")
        try shell.terminal.waitFor(way == 2 ? "Wrong user or password" : "● live")
        shell.terminal.settle()
        let process = try #require(Processes.children(of: shell.terminal.processIdentifier).first)
        shell.terminal.signal(SIGSEGV, to: process)
        #expect(try shell.waitForExit() == 128 + Int(SIGSEGV))
        expectNone(in: String(decoding: shell.terminal.received, as: UTF8.self), "what the terminal got")
        let diagnostics = try String(contentsOfFile: log, encoding: .utf8)
        #expect(!diagnostics.isEmpty)
        expectNone(in: diagnostics, "the log file")
        program.stop()
        broker.stop()
    }

    @Test("The doctor says nothing of them, neither to people nor to programs", arguments: [[], ["--json"]])
    func doctor(form: [String]) throws {
        let files = try Certificates()
        try files.issue("localhost")
        try files.encrypt("localhost", to: "key.enc", passphrase: Self.secrets[3])
        try (Self.secrets[3] + "\n").write(toFile: files.path("passphrase"), atomically: true, encoding: .utf8)
        let (web, proxy) = (try Mosquitto.freePort(), try Mosquitto.freePort())
        let broker = try Mosquitto(
            files.listener("localhost", port: web) + ["protocol websockets", "socket_domain ipv4", "log_dest topic"],
            users: [("ev3", Self.secrets[0])])
        // What the doctor waits for.
        try Mosquittos.publish(broker, "robots/1", "here", ["-r", "-u", "ev3", "-P", Self.secrets[0]])
        let socks = try Program(
            "microsocks", ["-u", "p", "-P", Self.secrets[1], "-i", "127.0.0.1", "-p", "\(proxy)"])
        try ServerProcess.waitUntilListening(proxy)
        try ServerProcess.waitUntilListening(web)
        // It sends back the path that was asked for, as web servers do.
        let moved = FakeBroker { connection in
            connection.waitForBytes()
            let answer =
                "HTTP/1.1 301 Moved\r\nLocation: https://robot/x?token=\(Self.secrets[4])\r\nContent-Length: 0\r\n\r\n"
            connection.send(Array(answer.utf8))
        }
        let header = "Authorization: Basic \(Self.secrets[2])"
        let ways = [
            [
                "wss://ev3:\(Self.secrets[0])@localhost:\(web)/mqtt?token=\(Self.secrets[4])", "--cafile",
                files.path("ca.crt"), "--cert", files.path("localhost.crt"), "--key", files.path("key.enc"),
                "--key-passphrase-file", files.path("passphrase"), "--proxy",
                "socks5h://p:\(Self.secrets[1])@127.0.0.1:\(proxy)", "--ws-header", header,
            ],
            ["mqtt://ev3:\(Self.secrets[4])@127.0.0.1:\(broker.port)"],
            ["ws://127.0.0.1:\(moved.port)?token=\(Self.secrets[4])", "--ws-header", header],
            [
                "-h", "localhost", "-p", "\(web)", "-u", "ev3", "-P", Self.secrets[0], "--psk", Self.secrets[5],
                "--psk-identity", "ev3",
            ],
        ]
        for (way, code) in zip(ways, [0, 15, 14, 13]) {
            let program = try Program(PseudoTerminal.builtProduct("mqscope"), ["doctor"] + form + way)
            #expect(try program.waitForExit(seconds: 60) == code, "\(program.text)")
            expectNone(in: program.text, "what the doctor says of way \(way.first ?? "")")
        }
        socks.stop()
        broker.stop()
    }

    @Test("A key log that the environment names and nobody can write is told, and no obstacle")
    func leftOverKeyLog() throws {
        let files = try Certificates()
        try files.issue("localhost")
        let port = try Mosquitto.freePort()
        let broker = try Mosquitto(files.listener("localhost", port: port) + ["log_dest topic"])
        try ServerProcess.waitUntilListening(port)
        try Mosquittos.publish(broker, "robots/1", "here", ["-r"])
        for (path, words) in [("/nonexistent/keys", "are not written"), (files.path("keys"), "go to")] {
            let program = try Program(
                "env",
                [
                    "SSLKEYLOGFILE=\(path)", PseudoTerminal.builtProduct("mqscope"), "doctor", "-h", "localhost", "-p",
                    "\(port)", "--cafile", files.path("ca.crt"),
                ])
            #expect(try program.waitForExit(seconds: 60) == 0, "\(program.text)")
            #expect(program.text.contains("The keys of TLS \(words)") && program.text.contains(path))
        }
        #expect(try String(contentsOfFile: files.path("keys"), encoding: .utf8).contains("TRAFFIC_SECRET_0 "))
        broker.stop()
    }

    @Test("No mistake in the options makes one of them be printed")
    func mistakes() throws {
        let secret = Self.secrets[0]
        let mistakes = [
            ["mqtt://ev3:\(secret)@robot:x"], ["mqtt://ev3:\(secret)"], ["mqtt:/ev3:\(secret)@robot"],
            ["mqtt://robot", "mqtt://ev3:\(secret)@robot"], ["mqtts://ev3:\(secret)/x@robot"],
            ["-h", "ev3:\(secret)@robot"], ["-h", "mqtt://ev3:\(secret)@robot"], ["-P", secret],
            ["-P\(secret)", "-q", "9"],
            ["-u", "ev3", "-P", secret, "--nonsense"], ["--pw=\(secret)", "--qos", "x"], ["--password", secret],
            ["--proxy", "socks5://p:\(secret)@robot"], ["--proxy", "p:\(secret)@robot"],
            ["--proxy", "socks5h://p:\(secret)@robot:x"], ["--ws-header", "Authorization \(secret)"],
            ["--psk", secret, "--psk-identity", "ev3"], ["--psk", Self.secrets[5]],
            ["ev3://\(secret)@robot"], ["wss://ev3:\(secret)@"], ["ev3:\(secret)@robot"],
        ]
        for words in mistakes {
            let program = try Program(PseudoTerminal.builtProduct("mqscope"), words)
            #expect(try program.waitForExit() != 0, "\(words)")
            #expect(!program.text.isEmpty)
            expectNone(in: program.text, "what \(words) prints")
        }
        let help = try Program("env", ["MQSCOPE_PASSWORD=\(secret)", PseudoTerminal.builtProduct("mqscope"), "--help"])
        try help.waitForExit()
        expectNone(in: help.text, "--help")
    }
}
