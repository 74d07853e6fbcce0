import Foundation
import TestSupport
import Testing

/// What was published is what is counted, and where the broker loses messages that is said.
@Suite("Counting", .serialized)
struct CountingTests {
    /// A broker that drops nothing, and tells its statistics every second or two.
    private static func patientBroker() throws -> Mosquitto {
        try Mosquitto(["max_queued_messages 0", "sys_interval 1", "log_dest topic"])
    }

    /// Publishes retained messages of `size` bytes to `count` topics below `kept`.
    private static func retain(_ count: Int, size: Int, on broker: Mosquitto) throws {
        let feeder = try Feeder(port: broker.port)
        let payload = [UInt8](repeating: UInt8(ascii: "x"), count: size)
        for number in 0..<count {
            try feeder.publish("kept/\(number / 100)/\(number % 100)", payload, isRetained: true)
        }
        try feeder.finish()
    }

    @Test("100,000 numbered messages published are 100,000 counted", arguments: [("5", 0), ("311", 1)])
    func numbered(version: String, qos: Int) throws {
        let broker = try Self.patientBroker()
        let terminal = try PseudoTerminal.mqscope(port: broker.port, ["-V", version, "-q", "\(qos)"])
        try terminal.waitUntilSubscribed()
        let feeder = try Feeder(port: broker.port)
        for number in 1...100_000 { try feeder.publish("count/\(number % 10)", "\(number)".utf8, qos: qos) }
        try feeder.finish()
        try terminal.waitFor("branch · 10 topics · 100,000 messages", seconds: 60)
        try terminal.waitFor("✓ complete")
        #expect(!terminal.screen.shows("see 4"))
    }

    @Test("20,000 retained topics arrive completely, and keys are answered meanwhile", arguments: [40, 400])
    func retained(size: Int) throws {
        let broker = try Self.patientBroker()
        try Self.retain(20_000, size: size, on: broker)
        let terminal = try PseudoTerminal.mqscope(port: broker.port)
        try terminal.waitFor("● live")
        terminal.type("?")
        try terminal.waitFor("scroll, any other key closes", seconds: 1)
        terminal.type("q")
        try terminal.waitForNo("scroll, any other key closes", seconds: 1)
        try terminal.waitFor("branch · 20,000 topics · 20,000 messages", seconds: 30)
        try terminal.waitFor("✓ complete")
        #expect(terminal.lines[0].contains("20,000 topics"))
    }

    // Our reading can be so fast that this broker drops nothing: it is stopped until the broker is through with them.
    @Test(
        "A broker that drops most of 200,000 retained messages: never complete, and view 4 says so",
        arguments: [40, 400])
    func dropped(size: Int) throws {
        let broker = try Mosquitto(["sys_interval 1", "log_dest topic"])
        try Self.retain(200_000, size: size, on: broker)
        let terminal = try PseudoTerminal.mqscope(port: broker.port)
        try terminal.waitFor("● live")
        terminal.signal(SIGSTOP)
        try Mosquittos.publish(broker, "lab/through", "yes", ["-q", "1"])
        terminal.signal(SIGCONT)
        var lies: [String] = []
        try terminal.waitUntil("the status line tells of the loss", seconds: 30) { screen in
            if screen.shows("✓") { lies.append(screen.lines[0]) }
            return screen.shows("! broker dropped")
        }
        #expect(lies.isEmpty, "\(lies)")
        terminal.type("4")
        try terminal.waitFor("The broker dropped messages")
        #expect(!terminal.screen.shows("✓"))
        #expect(!terminal.screen.shows("200,000 topics"), "the broker dropped nothing: this test shows nothing")
    }
}
