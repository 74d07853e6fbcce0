import Foundation
import TestSupport

/// Scripts of peers that fail, and of one that works.
enum Peer {
    /// What a working peer publishes behind each SUBACK.
    static let topic = "lab/peer"
    static let payload = "is back"

    /// A broker that works.
    static let recovered = FakeBroker.working { FakeBroker.publish(topic, Array(payload.utf8), version: $0) }

    /// A broker that grants all subscriptions but the one to `filter`, which it refuses with `code`.
    static func refusing(_ filter: String, _ code: UInt8) -> FakeBroker.Script {
        { connection in
            guard let connect = connection.readPacket() else { return }
            let version = FakeBroker.level(of: connect)
            connection.send(version >= 5 ? [0x20, 3, 0, 0, 0] : [0x20, 2, 0, 0])
            while let packet = connection.readPacket() {
                var answer = FakeBroker.answer(to: packet, version)
                if packet[0] >> 4 == 8 {
                    let filters = FakeBroker.filters(in: packet, version).map(\.filter)
                    let first = answer.count - filters.count
                    for (index, candidate) in filters.enumerated() where candidate == filter {
                        answer[first + index] = code
                    }
                    answer += FakeBroker.publish(topic, Array(payload.utf8), version: version)
                }
                connection.send(answer)
            }
        }
    }

    /// A broker that ends the connection after the first SUBSCRIBE, by DISCONNECT with `code`.
    static func ending(with code: UInt8) -> FakeBroker.Script {
        { connection in
            connection.readPacket()
            connection.send([0x20, 3, 0, 0, 0])
            guard let subscribe = connection.readPacket() else { return }
            connection.send(FakeBroker.answer(to: subscribe, 5) + [0xE0, 1, code])
        }
    }
}

extension PseudoTerminal {
    /// Waits at most 5 s until all of `words` stand on the screen, with the panes as ever.
    func waitForAdvice(_ words: String...) throws {
        try waitUntil("\(words), and the panes", seconds: 5) { screen in
            words.allSatisfy(screen.shows)
                && ["Topics", "Messages", "Broker log"].allSatisfy { title in
                    screen.lines.contains { $0.hasPrefix(" \(title) ─") }
                } && screen.shows("? help")
        }
        // And the keys are answered.
        type("?")
        try waitFor("compose and publish a message")
        type("<Esc>")
        try waitForNo("compose and publish a message")
    }

    /// Waits at most `seconds` until `words` stand on the screen as one text, wherever its lines are broken, with the hint
    /// line as ever.
    func waitForWords(_ words: String..., seconds: Double = 5) throws {
        try waitUntil("\(words)", seconds: seconds) { screen in
            words.allSatisfy(screen.running.contains) && screen.shows("? help")
        }
    }

    /// Waits until a message has come in the log.
    func waitForMessage(_ topic: String, _ payload: String) throws {
        try waitUntil("\(topic) \(payload) in the log") { screen in
            screen.pane("Messages").contains { $0.hasWords("\(topic) \(payload)") }
        }
    }

    /// Waits until the connection is up and the messages come again.
    func waitForRecovery(on peer: FakeBroker) throws {
        try waitFor("● live")
        try waitForMessage(Peer.topic, Peer.payload)
    }

    /// Waits until the connection is up, and both a message and the broker's log come again.
    func waitForRecovery(on broker: Mosquitto, as login: [String] = [], subscriptions: Int = 2) throws {
        try waitUntilSubscribed(count: subscriptions)
        try Mosquittos.publish(broker, "lab/recovered", "yes", ["-i", "witness"] + login)
        try waitForMessage("lab/recovered", "yes")
        try waitForBrokerLog("witness", "disconnected")
    }
}

extension MiniScreen {
    /// All that stands there as one line.
    var running: String {
        lines.map { $0.split(separator: " ").joined(separator: " ") }.filter { !$0.isEmpty }.joined(separator: " ")
    }
}
