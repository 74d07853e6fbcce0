import Foundation
import TestSupport
import Testing

/// The options of `mqscope`, as typed by a user.
@Suite("Options, as typed")
struct OptionRunTests {
    /// Runs mqscope without a terminal; what it printed, and its exit code.
    private func run(_ arguments: [String]) throws -> (text: String, code: Int32) {
        let program = try Program(PseudoTerminal.builtProduct("mqscope"), arguments)
        let code = try program.waitForExit()
        return (program.text, code)
    }

    @Test("--help and --version print and end well; the commands that have codes of their own say which")
    func printing() throws {
        let help = try run(["--help"])
        #expect(help.code == 0 && help.text.contains("-h, --host") && help.text.contains("mqscope demo"))
        let version = try run(["--version"])
        #expect(version.code == 0 && version.text.hasPrefix("mqscope "))
        let demo = try run(["demo", "--help"])
        #expect(demo.code == 0 && demo.text.contains("--no-faults"))
        for command in [[], ["demo"], ["doctor"], ["clean"]] {
            let words = try run(command + ["--help"]).text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(words.contains("129, 130, 131, 143 ended by a signal"), "\(command)")
        }
    }

    @Test(
        "A mistake is one clear line on stderr, and a code of its own",
        arguments: [
            (["-q", "7"], "QoS 7 does not exist: it is 0, 1 or 2.", 64),
            (["-t", "a/#/b"], "'a/#/b' is no topic filter: ", 64), (["--theme", "nonsense"], "", nil),
            (["--history", "1"], "", nil), (["mqtt://"], "", 64), (["--nonsense"], "Unknown option '--nonsense'", 64),
            (["--port"], "Missing value for '--port <port>'", 64), (["-p", "\u{1B}[2J"], "", 64),
            (["demo", "--seed", "x"], "The value 'x' is invalid for '--seed <seed>'", 64),
            (["doctor", "--config", "x", "--print-config"], "Give either --config FILE or --print-config.", 64),
            (["doctor", "--publish", "a/#"], "'a/#' is no topic to publish to: ", 64),
            (["clean"], "Give the topics to clear: mqscope clean 'robots/#'.", 64),
            (["clean", "a", "--nonsense"], "Unknown option '--nonsense'", 64),
            (["clean", "a/#/b"], "'a/#/b' is no topic filter: ", 64), (["clean", "a", "--limit", "x"], "", 64),
        ] as [([String], String, Int32?)])
    func mistakes(words: [String], message: String, code: Int32?) throws {
        let ending = try CommandProgram.run(words)
        #expect(code == nil ? ending.code != 0 : ending.code == code, "\(words): \(ending.code)")
        #expect(ending.text == "")
        #expect(ending.errors.hasPrefix("Error: \(message)") && ending.errors.hasSuffix("\n"), "\(ending.errors)")
        #expect(ending.errors.split(separator: "\n").count == 1, "\(ending.errors)")
        #expect(!ending.errors.contains("\u{1B}"))
    }

    @Test("Without a terminal it says that it needs one") func noTerminal() throws {
        #expect(try run(["-p", "1"]).code == 1)
    }

    @Test(
        "The password comes from -P, a file, the environment, or the URL; the log file never holds it",
        arguments: [0, 1, 2, 3])
    func password(way: Int) throws {
        let broker = try TeamBroker.start()
        let secret = "formosa"
        let file = broker.directory + "/secret"
        try Data((secret + "\n").utf8).write(to: URL(fileURLWithPath: file))
        let log = broker.directory + "/mqscope.log"
        let options = [["-u", "ev3", "-P", secret], ["-u", "ev3", "--password-file", file], ["-u", "ev3"], []][way]
        let address =
            way == 3 ? ["mqtt://ev3:\(secret)@127.0.0.1:\(broker.port)"] : ["-h", "127.0.0.1", "-p", "\(broker.port)"]
        let terminal = try PseudoTerminal(
            run: PseudoTerminal.builtProduct("mqscope"), address + options + ["--log-file", log],
            environment: way == 2 ? ["MQSCOPE_PASSWORD": secret] : [:], rows: 24, columns: 100)
        try terminal.waitFor("● live")
        #expect(terminal.lines[0].contains("ev3@127.0.0.1:\(broker.port)"))
        #expect(!terminal.screen.shows(secret))
        terminal.type("q")
        #expect(try terminal.waitForExit() == 0)
        let text = try String(contentsOfFile: log, encoding: .utf8)
        #expect(text.contains("connected to 127.0.0.1:\(broker.port) with MQTT 5.0 as mqscope-"))
        #expect(!text.contains(secret))
    }

    @Test("The broker is told the keep-alive of -k, and 60 s without it", arguments: [("-k30", 30), ("", 60)])
    func keepAlive(option: String, seconds: Int) throws {
        let broker = try Mosquitto(["log_dest topic"])
        let options = option.isEmpty ? [] : [option]
        let terminal = try PseudoTerminal.mqscope(port: broker.port, options + ["-i", "watch"])
        try terminal.waitUntilSubscribed()
        try waitUntil("the broker's word of who connected: \(broker.log)") {
            broker.log.contains(" as watch (p5, c1, k\(seconds))")
        }
        terminal.type("q")
        #expect(try terminal.waitForExit() == 0)
    }

    @Test("-t replaces #, $SYS stays unless --no-sys, and a theme can be chosen")
    func filters() throws {
        let broker = try TeamBroker.start()
        let terminal = try PseudoTerminal.mqscope(port: broker.port, ["-t", "robots/#", "--no-sys", "--theme", "mono"])
        try terminal.waitUntilSubscribed(count: 1)
        try Mosquittos.publish(broker, "other/x", "unseen")
        try Mosquittos.publish(broker, "robots/x", "seen")
        try terminal.waitFor("robots/x")
        #expect(!terminal.screen.shows("unseen") && !terminal.screen.shows("$SYS"))
        terminal.type("4")
        try terminal.waitFor("granted, QoS 0")
        #expect(terminal.screen.shows("robots/#"))
        #expect(!String(decoding: terminal.received, as: UTF8.self).contains("38;5;"), "mono has no colours")
    }
}
