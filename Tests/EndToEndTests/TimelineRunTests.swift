import Foundation
import TestSupport
import Testing

/// Messages, what the broker says, our connection and own publishes in one log, against a real mosquitto.
@Suite("The message log with events")
struct TimelineRunTests {
    private static let topic = "robots/ev3-2/motor/A/position"

    /// mqscope on `broker`, its message log with events alone on the screen.
    private func watch(_ broker: Mosquitto) throws -> PseudoTerminal {
        let terminal = try PseudoTerminal.mqscope(port: broker.port)
        try terminal.waitUntilSubscribed()
        terminal.type("2t")
        try terminal.waitFor("and events")
        return terminal
    }

    /// The process of mosquitto's publisher, without the shell that watches over it.
    private func publisher() throws -> pid_t {
        let processes = Processes.mentioning(Self.topic).filter { process in
            (try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)) == "mosquitto_pub\n"
        }
        return try #require(processes.first)
    }

    @Test("A motor's topic falls silent, and below its last message stands why: its client exceeded its keep-alive")
    func frozenClient() throws {
        let broker = try Mosquitto(["log_dest topic"])
        let terminal = try watch(broker)
        let battery = try Mosquittos.publisher(
            broker, ["-i", "tb3", "-t", "robots/tb3/battery", "-m", "11.4", "--repeat", "600", "--repeat-delay", "1"])
        let motor = try Mosquittos.publisher(
            broker,
            ["-i", "ev3-2", "-k", "5", "-t", Self.topic, "-m", "42", "--repeat", "6000", "--repeat-delay", "0.2"])
        try terminal.waitUntil("messages of the motor") { screen in
            screen.lines.count { $0.contains(Self.topic) } > 3
        }
        try terminal.waitFor(" B ev3-2 ")
        let process = try publisher()
        kill(process, SIGSTOP)
        // Stopped, it would not end with the test.
        defer { kill(process, SIGCONT) }
        try terminal.waitFor("silent for longer than its keep-alive", seconds: 30)
        try terminal.waitUntil("messages of others below") { screen in
            screen.lines.lastIndex { $0.contains("tb3/battery") } ?? 0
                > screen.lines.firstIndex { $0.contains("silent for longer") } ?? .max
        }
        let rows = terminal.screen.pane("Messages")
        let event = try #require(rows.firstIndex { $0.contains("silent for longer than its keep-alive") })
        let last = try #require(rows.lastIndex { $0.contains(Self.topic) })
        #expect(rows[event].contains(" B ev3-2 "))
        #expect(last < event, "\(rows)")
        #expect(rows[last..<event].contains { $0.contains("tb3/battery") }, "seconds of silence lie between")
        withExtendedLifetime((battery, motor)) {}
    }

    @Test("An own publish with its Reason Code and its echo, a broker that stops and comes back")
    func publishesAndReturns() throws {
        let broker = try Mosquitto(["log_dest topic"])
        let terminal = try watch(broker)
        terminal.type("probots/ev3-2/cmd<Tab>1<Tab><Tab>stop<F5><Esc>")
        try terminal.waitUntil("the publish, its fate and its echo") { screen in
            let rows = screen.pane("Messages")
            guard let own = rows.firstIndex(where: { $0.contains(" P robots/ev3-2/cmd") }) else { return false }
            return rows[own].contains("acknowledged after") && rows[own].contains(": Success")
                && rows[own].contains("stop")
                && rows[(own + 1)...].contains { $0.contains("robots/ev3-2/cmd") && $0.contains("stop") }
        }
        try broker.restart()
        try terminal.waitUntil("the loss and the return") { screen in
            let rows = screen.pane("Messages")
            guard let loss = rows.firstIndex(where: { $0.contains(" C lost the connection: ") }) else { return false }
            return rows[loss...].contains { $0.contains(" C connected to 127.0.0.1:\(broker.port)") }
                && rows[loss...].count { $0.contains(" C subscribed to ") } == 2
        }
    }
}
