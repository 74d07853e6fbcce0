import Foundation
import TestSupport

/// Programs that other people use on the same broker.
enum Mosquittos {
    /// `mosquitto_sub` with `options`.
    static func subscriber(_ broker: Mosquitto, _ options: [String]) throws -> Program {
        try Program(Mosquitto.find("mosquitto_sub"), address(of: broker) + options)
    }

    /// `mosquitto_pub` with `options`.
    static func publisher(_ broker: Mosquitto, _ options: [String]) throws -> Program {
        try Program(Mosquitto.find("mosquitto_pub"), address(of: broker) + options)
    }

    /// Publishes by `mosquitto_pub` and waits until it has ended well.
    static func publish(_ broker: Mosquitto, _ topic: String, _ payload: String, _ options: [String] = []) throws {
        let program = try publisher(broker, ["-t", topic, "-m", payload] + options)
        let code = try program.waitForExit()
        guard code == 0 else { throw Program.Failure(description: "mosquitto_pub: \(code), \(program.text)") }
    }

    private static func address(of broker: Mosquitto) -> [String] { ["-h", "127.0.0.1", "-p", "\(broker.port)"] }
}

extension MiniScreen {
    /// The rows of the pane that is titled `title`, of those that are as wide as the screen, and of the topic tree.
    func pane(_ title: String) -> [String] {
        guard let top = lines.firstIndex(where: { $0.hasPrefix(" \(title) ─") }) else { return [] }
        let rows = lines[(top + 1)...].prefix { row in
            !["Topics", "Messages", "Clients", "Metrics", "Alarms", "Broker log", "Publish"].contains {
                row.hasPrefix(" \($0) ─")
            }
        }
        return rows.map { row in String(row.prefix { $0 != "│" }) }
    }

    /// The row of the broker log that says `words` of `client`, which may be cut.
    func brokerLogLine(_ client: String, _ words: [String]) -> String? {
        pane("Broker log").first { row in
            let fields = row.split(separator: " ", maxSplits: 3).map(String.init)
            guard fields.count == 4, fields[2].hasPrefix(client) else { return false }
            var rest = fields[3][...].drop { $0 == " " }
            guard rest.hasPrefix(words[0]) else { return false }
            for word in words {
                guard let place = rest.range(of: word) else { return false }
                rest = rest[place.upperBound...]
            }
            return true
        }
    }
}

extension PseudoTerminal {
    /// Waits until the broker has granted both subscriptions of mqscope, as view 4 says, and goes to view 1.
    func waitUntilSubscribed(count: Int = 2) throws {
        try waitFor("● live")
        type("4")
        try waitUntil("\(count) subscriptions granted") { screen in
            screen.lines.count { $0.contains("granted, QoS") } == count
        }
        type("1")
        try waitUntil("the overview") { !$0.pane("Topics").isEmpty }
    }

    /// Waits until the broker log says `words`, in this order, of `client`.
    func waitForBrokerLog(_ client: String, _ words: String...) throws {
        try waitUntil("\(client): \(words) in the broker log") { $0.brokerLogLine(client, words) != nil }
    }
}

extension String {
    /// Whether it ends in the words of `text`, however far apart they stand.
    func hasWords(_ text: String) -> Bool {
        let wanted = text.split(separator: " ")
        return split(separator: " ").suffix(wanted.count) == wanted[...]
    }
}
