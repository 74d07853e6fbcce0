import Foundation
import TestSupport
import Testing

/// Memory has a bound that the user sets, and what left the history is counted.
@Suite("Bounds", .serialized)
struct BoundTests {
    @Test("Ten times the history is fed: memory stays within the budget and a fifth, and each message is accounted for")
    func history() throws {
        let budget = 8 << 20
        let broker = try Mosquitto(["max_queued_messages 0", "sys_interval 1", "log_dest topic"])
        let terminal = try PseudoTerminal.mqscope(
            port: broker.port, ["--history", "8MiB", "-q", "1"], rows: 50, columns: 132)
        try terminal.waitUntilSubscribed()
        let payload = [UInt8](repeating: UInt8(ascii: "x"), count: 1_000)
        // The first half fills the history, and all that grows with the rate; from then on nothing may grow.
        try feed(1...45_000, payload, to: broker)
        try terminal.waitFor("branch · 10 topics · 45,000 messages", seconds: 60)
        terminal.settle()
        let full = try #require(Processes.number("RssAnon", of: terminal.processIdentifier))
        try feed(45_001...90_000, payload, to: broker)
        try terminal.waitFor("branch · 10 topics · 90,000 messages", seconds: 60)
        terminal.settle()
        let after = try #require(Processes.number("RssAnon", of: terminal.processIdentifier))
        #expect((after - full) << 10 < budget / 5, "\(full) KiB when full, \(after) KiB after as much again")

        // Everything that is not in the history left it: the log tells the first message that is still there.
        terminal.type("4")
        try terminal.waitFor("left the history")
        let losses = terminal.lines.joined(separator: " ")
        let gone = try #require(Self.number(before: "messages left", in: losses))
        terminal.type("2")
        try terminal.waitFor("older ones gone")
        terminal.type("g")
        try terminal.waitFor("held")
        let first = terminal.lines[2].split(separator: " ")  // time, topic, number, the x
        let number = try #require(first.count > 3 ? Int(first[2]) : nil)
        let system = gone - (number - 1)
        #expect(system >= 0 && system < 500, "\(gone) gone, but message \(number) is the first one left")
    }

    /// Publishes numbered messages, the number leading the payload.
    private func feed(_ numbers: ClosedRange<Int>, _ payload: [UInt8], to broker: Mosquitto) throws {
        let feeder = try Feeder(port: broker.port)
        for number in numbers {
            try feeder.publish("bulk/\(number % 10)", Array("\(number) ".utf8) + payload, qos: 1)
        }
        try feeder.finish()
    }

    /// The number that stands before `words`.
    private static func number(before words: String, in text: String) -> Int? {
        guard let range = text.range(of: words) else { return nil }
        return text[..<range.lowerBound].split(separator: " ").last.flatMap {
            Int($0.replacingOccurrences(of: ",", with: ""))
        }
    }
}
