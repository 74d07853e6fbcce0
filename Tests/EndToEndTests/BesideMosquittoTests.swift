import TestSupport
import Testing

/// mosquitto_sub and mosquitto_pub run beside mqscope, on a broker in the team's own configuration.
@Suite("Beside mosquitto's own programs")
struct BesideMosquittoTests {
    /// Who mosquitto's programs log in as.
    enum Login: String, CaseIterable {
        case anonymous, ev3, test

        /// Options of mosquitto's programs.
        var options: [String] { self == .anonymous ? [] : ["-u", rawValue, "-P", "formosa"] }
        /// What the broker log says of it.
        var words: String { self == .anonymous ? "" : " as user \(rawValue)" }
    }

    @Test(
        "The tree shows the topic, the log the message, the broker log both clients by name, coming and going",
        arguments: Login.allCases)
    func subscribeAndPublish(login: Login) throws {
        let broker = try TeamBroker.start()
        let terminal = try PseudoTerminal.mqscope(port: broker.port)
        try terminal.waitUntilSubscribed()

        let subscriber = try Mosquittos.subscriber(
            broker, ["-t", "hello/world", "-d", "-i", "listener"] + login.options)
        try subscriber.waitFor("Subscribed (mid: 1): 0")
        let publisher = try Mosquittos.publisher(
            broker, ["-t", "hello/world", "-m", "hello", "-i", "speaker"] + login.options)
        #expect(try publisher.waitForExit() == 0)
        try subscriber.waitFor("\nhello\n")

        try terminal.waitUntil("hello/world in the tree, with its value") { screen in
            let tree = screen.pane("Topics")
            guard let branch = tree.firstIndex(where: { $0.contains("▾ hello") }), branch + 1 < tree.count else {
                return false
            }
            return tree[branch + 1].split(separator: " ").prefix(2) == ["world", "hello"]
        }
        try terminal.waitUntil("the message in the log") { screen in
            screen.pane("Messages").contains { $0.hasWords("hello/world hello") }
        }
        for name in ["listener", "speaker"] {
            try terminal.waitForBrokerLog(
                name, "connected from 127.0.0.1:", "\(login.words) (3.1.1, clean, keep-alive 60 s)")
        }
        try terminal.waitForBrokerLog("speaker", "disconnected")
        subscriber.stop()
        try terminal.waitForBrokerLog("listener", "disconnected")
    }

    @Test("Clients without an identifier go by the one that the broker gave them")
    func identifiersOfTheBroker() throws {
        let broker = try TeamBroker.start()
        let witness = try Mosquittos.subscriber(broker, ["-t", "$SYS/broker/log/N", "-d"])
        try witness.waitFor("Subscribed (mid: 1): 0")
        let terminal = try PseudoTerminal.mqscope(port: broker.port, columns: 200)
        try terminal.waitUntilSubscribed()

        let subscriber = try Mosquittos.subscriber(broker, ["-t", "hello/world", "-d"])
        try subscriber.waitFor("Subscribed (mid: 1): 0")
        let publisher = try Mosquittos.publisher(broker, ["-t", "hello/world", "-m", "hello"])
        #expect(try publisher.waitForExit() == 0)
        try subscriber.waitFor("\nhello\n")
        subscriber.stop()

        func names(_ text: String) -> [String] {
            text.split(separator: "\n").filter { $0.contains("New client connected") }.compactMap { line in
                line.split(separator: " ").first { $0.hasPrefix("auto-") }.map(String.init)
            }
        }
        try witness.waitUntil("two clients with names of the broker's") { names($0).count == 2 }
        for name in names(witness.text) {
            // The column is narrower than such a name.
            let shown = String(name.prefix(20))
            try terminal.waitForBrokerLog(shown, "connected from 127.0.0.1:", "(3.1.1, clean, keep-alive 60 s)")
            try terminal.waitForBrokerLog(shown, "disconnected")
        }
    }

    @Test("A wrong password: the broker log says that a login was refused", arguments: [Login.ev3, .test])
    func wrongPassword(login: Login) throws {
        let broker = try TeamBroker.start()
        let terminal = try PseudoTerminal.mqscope(port: broker.port)
        try terminal.waitUntilSubscribed()
        let publisher = try Mosquittos.publisher(
            broker, ["-t", "hello/world", "-m", "hello", "-u", login.rawValue, "-P", "taiwan"])
        #expect(try publisher.waitForExit() == 5)
        try terminal.waitForBrokerLog("?", "login refused")
        #expect(!terminal.screen.shows("hello/world"))
    }

    @Test("One connecting client is one line of each kind", arguments: ["5", "311"])
    func oneLineOfEachKind(version: String) throws {
        let broker = try TeamBroker.start()
        let terminal = try PseudoTerminal.mqscope(port: broker.port, ["-V", version])
        try terminal.waitUntilSubscribed()
        for name in ["robot", "sentinel"] {
            let publisher = try Mosquittos.publisher(
                broker, ["-t", "hello/world", "-m", name, "-i", name, "-u", "ev3", "-P", "formosa"])
            #expect(try publisher.waitForExit() == 0)
        }
        terminal.type("<Shift-Tab>z")
        try terminal.waitForNo(" Topics ─")
        try terminal.waitForBrokerLog("sentinel", "disconnected")

        let lines = terminal.screen.pane("Broker log")
        let connected = try #require(lines.first { $0.contains(" robot ") && $0.contains(" connected from ") })
        let address = try #require(connected.split(separator: " ").first { $0.hasPrefix("127.0.0.1:") })
        let known = lines.filter { $0.contains(" robot ") || $0.split(separator: " ").contains(address) }
        let kinds = ["opened a connection from \(address)", "connected from \(address) as user ev3", "disconnected"]
        #expect(known.count == kinds.count, "\(known)")
        for (line, kind) in zip(known, kinds) { #expect(line.contains(kind)) }
        // What was published came once, too.
        terminal.type("2")
        try terminal.waitUntil("both messages, once each") { screen in
            let log = screen.pane("Messages")
            return ["robot", "sentinel"].allSatisfy { name in
                log.count { $0.hasWords("hello/world \(name)") } == 1
            }
        }
    }
}
