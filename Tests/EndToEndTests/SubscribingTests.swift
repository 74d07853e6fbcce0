import Foundation
import TestSupport
import Testing

/// Subscriptions are added and removed while connected, and the broker delivers accordingly.
@Suite("Subscribing")
struct SubscribingTests {
    @Test("What is below a removed filter does not arrive any more, what is below another one does")
    func removing() throws {
        let broker = try Mosquitto()
        let terminal = try PseudoTerminal.mqscope(port: broker.port, ["-t", "robots/#"])
        try terminal.waitUntilSubscribed()
        terminal.type("4")
        try terminal.waitUntil("the keys that add and remove") { screen in
            screen.lines.last.map { $0.contains("a add") && $0.contains("d remove") } ?? false
        }
        terminal.type("aother/#<Enter>")
        try terminal.waitUntil("the third subscription") { $0.isGranted("other/#") }
        try publish(broker, "other/before", "arrives")
        terminal.type("2")
        try terminal.waitUntil("what is below the new filter") { $0.pane("Messages").hasRow("other/before arrives") }

        terminal.type("4")
        try terminal.waitUntil("the subscriptions") { $0.isGranted("other/#") }
        terminal.type("<End>d")
        // What was removed stands in the last line for some seconds.
        try terminal.waitUntil("one subscription less") { !$0.isListed("other/#") }
        #expect(terminal.screen.isGranted("robots/#"))
        // The broker has taken the first before the second is sent: were the filter still there, both would come.
        try publish(broker, "other/after", "unseen")
        try publish(broker, "robots/after", "seen")
        terminal.type("2")
        try terminal.waitUntil("what is below the filter that stayed") { screen in
            screen.pane("Messages").hasRow("robots/after seen")
        }
        #expect(!terminal.screen.shows("other/after") && !terminal.screen.shows("unseen"))
        terminal.type("q")
        #expect(try terminal.waitForExit() == 0)
    }

    /// Publishes, and waits until the broker has acknowledged it.
    private func publish(_ broker: Mosquitto, _ topic: String, _ payload: String) throws {
        try Mosquittos.publish(broker, topic, payload, ["-q", "1"])
    }
}

extension MiniScreen {
    /// Whether view 4 says that the broker has granted `filter`.
    fileprivate func isGranted(_ filter: String) -> Bool {
        lines.contains { $0.contains(" \(filter) ") && $0.contains("granted, QoS") }
    }

    /// Whether view 4 lists `filter`, granted or not.
    fileprivate func isListed(_ filter: String) -> Bool { lines.dropLast().contains { $0.contains(" \(filter) ") } }
}

extension [String] {
    /// Whether a row ends in the words of `text`.
    fileprivate func hasRow(_ text: String) -> Bool { contains { $0.hasWords(text) } }
}
