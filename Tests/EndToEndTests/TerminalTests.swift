import Foundation
import TestSupport
import Testing

/// What mqscope does to the terminal, and how it gives it back.
@Suite("The terminal")
struct TerminalTests {
    // MARK: Size

    @Test("The layout follows the window; below 40×10 it asks for room and comes back by itself")
    func resize() throws {
        let broker = try TeamBroker.start()
        let terminal = try PseudoTerminal.mqscope(port: broker.port)
        try terminal.waitUntilSubscribed()
        try Mosquittos.publish(broker, "lab/lamp", "on")
        for (rows, columns) in [(24, 80), (50, 200), (10, 40), (43, 132), (200, 60)] {
            terminal.resize(rows: rows, columns: columns)
            try terminal.waitForOverview()
        }
        for (rows, columns) in [(9, 80), (24, 39), (2, 20), (1, 300)] {
            terminal.resize(rows: rows, columns: columns)
            try terminal.waitUntil("one line that asks for room, at \(rows)×\(columns)") { screen in
                screen.lines.filter { !$0.isEmpty }.map { $0.drop { $0 == " " } } == ["mqscope needs 40×10"]
            }
        }
        for (rows, columns) in [(1, 1), (3, 7)] {
            terminal.resize(rows: rows, columns: columns)
            terminal.resize(rows: 24, columns: 80)
            try terminal.waitForOverview()
        }
        // As somebody drags the window's corner.
        for step in 0..<60 { terminal.resize(rows: 5 + step * 7 % 41, columns: 20 + step * 13 % 170) }
        terminal.resize(rows: 24, columns: 80)
        try terminal.waitForOverview()
        #expect(terminal.screen.unknown.isEmpty)
    }

    // MARK: Suspending

    /// Who suspends mqscope.
    enum Stop: String, CaseIterable {
        case key, signal
    }

    @Test(
        "Suspended, the terminal is the shell's; fg draws everything again and the connection recovers",
        arguments: Stop.allCases)
    func suspend(stop: Stop) throws {
        let broker = try TeamBroker.start()
        let shell = try Shell()
        let terminal = shell.terminal
        let process = try shell.startMqscope(port: broker.port)
        try terminal.waitUntilSubscribed()
        try Mosquittos.publish(broker, "lab/lamp", "on")
        try terminal.waitUntilLogged("lab/lamp", "on")
        for round in 1...2 {
            switch stop {
            case .key: terminal.type("<Ctrl-z>")
            case .signal: terminal.signal(SIGTSTP, to: process)
            }
            try terminal.waitUntil("the shell's screen") { !$0.isAlternate && $0.shows("Stopped") }
            try waitUntil("mqscope is stopped") { Processes.isStopped(process) }
            #expect(shell.isAsBefore && shell.keepsItsText)
            terminal.type("echo shell works $((20+\(round)))<Enter>")
            try terminal.waitFor("shell works \(20 + round)")
            // While it is stopped its connection is lost, and the window gets another size.
            try broker.restart()
            terminal.resize(rows: 24 + round, columns: 80)
            // In the background it may not have the terminal: it stays stopped.
            if round == 2 {
                try shell.waitForPrompt()
                terminal.type("bg<Enter>")
                for _ in 1...100 where !terminal.screen.shows("Stopped (tty") {
                    terminal.type("jobs<Enter>")
                    try shell.waitForPrompt()
                }
                try terminal.waitFor("Stopped (tty")
                #expect(terminal.isCooked)
            }
            terminal.type("fg<Enter>")
            try terminal.waitFor("● live")
            try terminal.waitForOverview()
            try terminal.waitFor("\(round) gap\(round > 1 ? "s" : ""), see 4")
            try terminal.waitUntilSubscribed()
            try Mosquittos.publish(broker, "lab/lamp", "round \(round)")
            try terminal.waitUntilLogged("lab/lamp", "round \(round)")
            terminal.resize(rows: 43, columns: 132)
            try terminal.waitForOverview()
        }
        terminal.type("q")
        #expect(try shell.waitForExit() == 0)
        #expect(shell.isAsBefore)
    }

    @Test("Stopped by force and continued, it repairs what was done to the terminal meanwhile")
    func stoppedByForce() throws {
        let broker = try TeamBroker.start()
        let shell = try Shell()
        let terminal = shell.terminal
        let process = try shell.startMqscope(port: broker.port)
        try terminal.waitUntilSubscribed()
        terminal.signal(SIGSTOP, to: process)
        try terminal.waitFor("shell>")
        terminal.type("<Ctrl-j>stty sane<Ctrl-j>")
        try waitUntil("a cooked terminal") {
            terminal.read(milliseconds: 10)
            return terminal.isCooked
        }
        terminal.type("fg<Enter>")
        try terminal.waitForNo("shell>")
        try terminal.waitForOverview()
        terminal.type("?")
        try terminal.waitFor("compose and publish a message")
        terminal.type("<Esc>")
        try terminal.waitForNo("compose and publish a message")
        terminal.type("q")
        #expect(try shell.waitForExit() == 0)
        #expect(shell.isAsBefore)
    }

    @Test("Where no shell could wake it again, Ctrl-Z does not stop it")
    func orphan() throws {
        let broker = try TeamBroker.start()
        let terminal = try PseudoTerminal.mqscope(port: broker.port)
        try terminal.waitUntilSubscribed()
        terminal.type("<Ctrl-z>4")
        try terminal.waitFor(" Wire trace ─")
        #expect(terminal.screen.isAlternate && !terminal.isCooked)
        #expect(!Processes.isStopped(terminal.processIdentifier))
    }

    // MARK: Leaving

    /// A way to leave, and the exit code it has.
    struct Way: CustomTestStringConvertible {
        let name: String
        let key: String?
        let signal: Int32
        let code: Int
        var testDescription: String { name }

        static func key(_ key: String) -> Way { Way(name: key, key: key, signal: 0, code: 0) }
        static func signal(_ name: String, _ signal: Int32) -> Way {
            Way(name: name, key: nil, signal: signal, code: 128 + Int(signal))
        }

        static let orderly = [
            key("q"), key("<Ctrl-c>"), key("p<Ctrl-c>"), signal("SIGTERM", SIGTERM), signal("SIGINT", SIGINT),
            signal("SIGHUP", SIGHUP),
        ]
        static let crashes = [
            signal("SIGSEGV", SIGSEGV), signal("SIGABRT", SIGABRT), signal("SIGILL", SIGILL),
            signal("SIGTRAP", SIGTRAP),
            signal("SIGBUS", SIGBUS), signal("SIGFPE", SIGFPE), signal("SIGQUIT", SIGQUIT),
        ]
    }

    @Test("However one leaves, the terminal is as before and the broker is told", arguments: Way.orderly)
    func leaving(way: Way) throws {
        let broker = try Mosquitto()
        let shell = try Shell()
        let process = try shell.startMqscope(port: broker.port, "-i scope")
        if let key = way.key { shell.terminal.type(key) } else { shell.terminal.signal(way.signal, to: process) }
        #expect(try shell.waitForExit() == way.code)
        #expect(shell.isAsBefore && shell.keepsItsText)
        try waitUntil("DISCONNECT in the broker's log:\n\(broker.log)") {
            broker.log.contains("Client scope disconnected.")
        }
    }

    @Test("After a crash the terminal is as before", arguments: Way.crashes)
    func crash(way: Way) throws {
        let broker = try Mosquitto()
        let shell = try Shell()
        let process = try shell.startMqscope(port: broker.port)
        shell.terminal.signal(way.signal, to: process)
        #expect(try shell.waitForExit() == way.code)
        #expect(shell.isAsBefore && shell.keepsItsText)
        #expect(!Processes.isRunning(process))
    }

    @Test("After a trap of the program itself the terminal is as before, and its last words stand there")
    func trap() throws {
        let broker = try Mosquitto()
        let shell = try Shell(rows: 120)
        let process = try shell.startMqscope(port: broker.port)
        // It may have no more memory than now, and a large message comes.
        let used = try #require(Processes.number("VmSize", of: process)) << 10
        #expect(try Program("prlimit", ["--pid", "\(process)", "--as=\(used)"]).waitForExit() == 0)
        let feeder = try Feeder(port: broker.port)
        try feeder.publish("lab/map", [UInt8](repeating: 0x6D, count: 64 << 20))
        let code = try shell.waitForExit()
        #expect([SIGILL, SIGTRAP, SIGABRT, SIGSEGV].map { 128 + Int($0) }.contains(code))
        #expect(shell.isAsBefore && shell.keepsItsText)
        #expect(shell.terminal.screen.shows("Fatal error"))
    }

    @Test("When the terminal goes away mqscope ends, and tells the broker")
    func hangUp() throws {
        let broker = try Mosquitto()
        let terminal = try PseudoTerminal.mqscope(port: broker.port, ["-i", "scope"])
        try terminal.waitFor("● live")
        terminal.hangUp()
        #expect(try terminal.waitForExit() == 129)
        try waitUntil("DISCONNECT in the broker's log") { broker.log.contains("Client scope disconnected.") }
    }

    @Test("When the shell's terminal goes away mqscope ends with the shell")
    func hangUpOfShell() throws {
        let broker = try Mosquitto()
        let shell = try Shell()
        let process = try shell.startMqscope(port: broker.port)
        shell.terminal.hangUp()
        try waitUntil("the end of mqscope") { !Processes.isRunning(process) }
    }
}

extension PseudoTerminal {
    /// Sends a signal to a process that runs on this terminal.
    func signal(_ number: Int32, to process: pid_t) { kill(process, number) }

    /// Waits until the overview fills the window, laid out for its size.
    func waitForOverview() throws {
        try waitUntil("the overview, as large as the window") { screen in
            let titles = screen.lines.filter { $0.hasPrefix(" Messages ─") || $0.hasPrefix(" Topics ─") }
            return screen.lines[0].contains("● live") && screen.lines[screen.rows - 1].hasPrefix(" ? help")
                && titles.count == 2
                && titles.allSatisfy { $0.count >= screen.columns - 1 && $0.count <= screen.columns }
                && (titles[0].contains("┬") == (screen.columns >= 100))
                && screen.lines.contains { $0.hasPrefix(" Broker log ─") } == (screen.rows >= 14)
        }
    }

    /// Waits until a message has come in the log.
    func waitUntilLogged(_ topic: String, _ payload: String) throws {
        try waitUntil("\(topic) \(payload) in the log") { screen in
            screen.pane("Messages").contains { $0.hasWords("\(topic) \(payload)") }
        }
    }
}
