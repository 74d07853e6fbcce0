import Foundation
import TestSupport
import Testing

/// Messages composed in the dashboard, by typed keys and by pasting, as other programs receive them.
@Suite("Publishing from the dashboard")
struct PublishingTests {
    /// Several lines, in several scripts, with everything that shells and formats like to change.
    static let text = "{\n  \"größe\": 1.50,  \"名前\": \"東京\"\n}\n\n🤖 e\u{301} \\n 'a' \"b\" %d $HOME <b> \u{202E}x "

    /// What stands behind QoS and RETAIN of a publish.
    struct Manner: CustomTestStringConvertible {
        let qos: Int
        let isRetained: Bool
        var testDescription: String { "QoS \(qos)\(isRetained ? ", retained" : "")" }

        static let all = [0, 1, 2].flatMap { qos in [false, true].map { Manner(qos: qos, isRetained: $0) } }
    }

    @Test("What is composed arrives at mosquitto_sub and at paho byte for byte", arguments: Manner.all)
    func arrivesByteForByte(manner: Manner) throws {
        let broker = try TeamBroker.start()
        let paho = try Paho.subscriber(broker, topic: "lab/#")
        let subscriber = try Mosquittos.hexSubscriber(broker, ["-t", "lab/#", "-q", "2"])
        let terminal = try PseudoTerminal.mqscope(port: broker.port)
        try terminal.waitUntilSubscribed()

        // Once typed, once pasted, with what no key can type.
        let typed = Self.text
        let pasted = Self.text + "\n\tpasted \u{1}\u{7f}\n\n"
        try terminal.compose(topic: "lab/typed", qos: manner.qos, isRetained: manner.isRetained)
        terminal.type(typed.replacingOccurrences(of: "<", with: "<lt>").replacingOccurrences(of: "\n", with: "<Enter>"))
        terminal.type("<Ctrl-s>")
        try terminal.waitForFate("lab/typed", manner)
        try terminal.compose(topic: "lab/pasted", qos: manner.qos, isRetained: manner.isRetained)
        terminal.paste(pasted)
        terminal.type("<Ctrl-s>")
        try terminal.waitForFate("lab/pasted", manner)
        #expect(!terminal.screen.pane("Publish").contains { $0.split(separator: " ").contains("sent") })

        for (topic, payload) in [("lab/typed", typed), ("lab/pasted", pasted)] {
            let hex = payload.utf8.map { String(format: "%02x", $0) }.joined()
            // Who is subscribed when it comes gets it without RETAIN.
            let line = "\(topic) \(manner.qos) 0 \(hex)"
            try subscriber.waitFor("\n\(line)\n")
            try paho.waitFor("\n\(line)\n")
            let stored = try Mosquittos.retained(broker, topic)
            #expect(stored == (manner.isRetained ? "\(topic) \(manner.qos) 1 \(hex)" : nil))
        }
        for program in [subscriber, paho] { #expect(program.lines.count { $0.hasPrefix("lab/") } == 2) }
    }

    @Test("A long text is pasted and published whole")
    func longText() throws {
        let broker = try TeamBroker.start()
        let subscriber = try Mosquittos.hexSubscriber(broker, ["-t", "lab/#", "-q", "1"])
        let terminal = try PseudoTerminal.mqscope(port: broker.port)
        try terminal.waitUntilSubscribed()
        let text = (1...2_000).map { "line \($0) of a long description, größer als der Puffer" }.joined(separator: "\n")
        try terminal.compose(topic: "lab/long", qos: 1)
        terminal.paste(text)
        terminal.type("<Ctrl-s>")
        try terminal.waitForFate("lab/long", Manner(qos: 1, isRetained: false))
        let hex = text.utf8.map { String(format: "%02x", $0) }.joined()
        try subscriber.waitFor("\nlab/long 1 0 \(hex)\n")
    }

    @Test("What the broker's ACL forbids is refused, and says so", arguments: [1, 2])
    func refused(qos: Int) throws {
        let broker = try Self.brokerWithRights()
        let terminal = try PseudoTerminal.mqscope(port: broker.port)
        try terminal.waitUntilSubscribed()
        try terminal.compose(topic: "secret/door", qos: qos)
        terminal.type("open<Ctrl-s>")
        try terminal.waitForPublication("secret/door", "q\(qos)", "refused after", "0x87")
        #expect(!terminal.screen.pane("Publish").contains { $0.contains("acknowledged") || $0.contains("echoed") })
        // The connection goes on, and what is allowed still goes through.
        try terminal.compose(topic: "lab/door", qos: qos)
        terminal.type("<Ctrl-s>")
        try terminal.waitForFate("lab/door", Manner(qos: qos, isRetained: false))
    }

    @Test("MQTT 3.1.1 cannot tell a refusal, and that is said")
    func refusedIn311() throws {
        let broker = try Self.brokerWithRights()
        let terminal = try PseudoTerminal.mqscope(port: broker.port, ["-V", "311"])
        try terminal.waitUntilSubscribed()
        try terminal.compose(topic: "secret/door", qos: 1)
        terminal.type("open<Ctrl-s>")
        try terminal.waitForPublication("secret/door", "acknowledged after", "MQTT 3.1.1 cannot report a refusal")
    }

    @Test("A message that nobody is subscribed to says so")
    func withoutSubscribers() throws {
        let broker = try TeamBroker.start()
        let terminal = try PseudoTerminal.mqscope(port: broker.port, ["-t", "other/#", "--no-sys"])
        try terminal.waitUntilSubscribed(count: 1)
        try terminal.compose(topic: "lab/nobody", qos: 1)
        terminal.type("is there<Ctrl-s>")
        try terminal.waitForPublication("lab/nobody", "q1", "acknowledged after", "nobody is subscribed (0x10)")
        #expect(!terminal.screen.pane("Publish").contains { $0.contains("echoed") })
    }

    @Test("At QoS 2, too, where a broker tells it")
    func withoutSubscribersAtQoS2() throws {
        // mosquitto does not.
        let broker = FakeBroker { connection in
            connection.readPacket()
            connection.send([0x20, 3, 0, 0, 0])
            while let packet = connection.readPacket() {
                let answer = FakeBroker.answer(to: packet, 5)
                connection.send(answer.first == 0x50 ? [0x50, 3] + answer[2...] + [0x10] : answer)
            }
        }
        let terminal = try PseudoTerminal.mqscope(port: broker.port, ["-t", "other/#", "--no-sys"])
        try terminal.waitUntilSubscribed(count: 1)
        try terminal.compose(topic: "lab/nobody", qos: 2)
        terminal.type("is there<Ctrl-s>")
        try terminal.waitForPublication("lab/nobody", "q2", "acknowledged after", "nobody is subscribed (0x10)")
    }

    @Test("Without a connection a message waits, and arrives when the broker is back", arguments: [0, 1, 2])
    func queued(qos: Int) throws {
        let broker = try TeamBroker.start()
        let terminal = try PseudoTerminal.mqscope(port: broker.port)
        try terminal.waitUntilSubscribed()
        broker.stop()
        try terminal.waitFor("Nothing listens on 127.0.0.1:\(broker.port).")
        try terminal.compose(topic: "lab/late", qos: qos)
        terminal.type("later<Ctrl-s>")
        try terminal.waitForPublication("lab/late q\(qos) ", "queued")
        try broker.start()
        try terminal.waitForFate("lab/late", Manner(qos: qos, isRetained: false))
    }

    @Test("The composer begins with the selected topic")
    func selectedTopic() throws {
        let broker = try TeamBroker.start()
        let subscriber = try Mosquittos.hexSubscriber(broker, ["-t", "lab/#"])
        let terminal = try PseudoTerminal.mqscope(port: broker.port)
        try terminal.waitUntilSubscribed()
        // What the broker says of itself is selected, but not for publishing.
        try terminal.waitFor("▸ $SYS")
        terminal.type("p")
        try terminal.waitFor("Ctrl-S publish it")
        #expect(terminal.screen.pane("Publish").contains(" topic"))
        terminal.type("<Esc>")
        try terminal.waitForNo("Ctrl-S publish it")
        try Mosquittos.publish(broker, "lab/lamp", "off")
        try terminal.select("lamp", below: "lab")
        terminal.type("p")
        try terminal.waitUntil("the selected topic in the composer") { screen in
            screen.pane("Publish").contains { $0.hasWords("topic lab/lamp") }
        }
        terminal.type("on<Ctrl-s>")
        try terminal.waitForFate("lab/lamp", Manner(qos: 0, isRetained: false))
        try subscriber.waitFor("\nlab/lamp 0 0 6f6e\n")
    }

    @Test("Del clears a retained message, but only after a question that names topic and broker")
    func clearing() throws {
        let broker = try TeamBroker.start()
        try Mosquittos.publish(broker, "lab/lamp", "old", ["-r"])
        let terminal = try PseudoTerminal.mqscope(port: broker.port)
        try terminal.waitUntilSubscribed()
        try terminal.select("lamp", below: "lab")
        for answer in ["n", "<Esc>", "x<Enter> n"] {
            terminal.type("<Del>")
            try terminal.waitFor("Clear the retained message of")
            #expect(terminal.screen.shows("lab/lamp"))
            #expect(terminal.screen.shows("on 127.0.0.1:\(broker.port)?"))
            terminal.type(answer)
            try terminal.waitForNo("Clear the retained message of")
        }
        #expect(try Mosquittos.retained(broker, "lab/lamp") == "lab/lamp 0 1 6f6c64")
        terminal.type("<Del>")
        try terminal.waitFor("Clear the retained message of")
        terminal.type("y")
        try terminal.waitFor("Clearing lab/lamp: acknowledged")
        #expect(try Mosquittos.retained(broker, "lab/lamp") == nil)
    }

    @Test("With --read-only nothing is published and nothing cleared")
    func readOnly() throws {
        let broker = try TeamBroker.start()
        let subscriber = try Mosquittos.hexSubscriber(broker, ["-t", "#"])
        try Mosquittos.publish(broker, "lab/lamp", "old", ["-r"])
        let terminal = try PseudoTerminal.mqscope(port: broker.port, ["--read-only"])
        try terminal.waitUntilSubscribed()
        try terminal.select("lamp", below: "lab")
        terminal.type("p")
        try terminal.waitFor("Not now: --read-only.")
        terminal.type("<Ctrl-s>")
        terminal.paste("pasted\n")
        terminal.type("<Ctrl-s><Del>y<Enter>")
        terminal.type(":clear")
        try terminal.waitFor("clear the retained message")
        terminal.type("<Enter>")
        try terminal.waitFor("Not now: --read-only.")
        #expect(!terminal.screen.lines.contains { $0.hasPrefix(" Publish ─") || $0.contains("Clear the retained") })
        terminal.type("q")
        #expect(try terminal.waitForExit() == 0)

        #expect(try Mosquittos.retained(broker, "lab/lamp") == "lab/lamp 0 1 6f6c64")
        try subscriber.waitFor("sentinel")
        let messages = subscriber.lines.filter { !$0.hasPrefix("Client ") && !$0.hasPrefix("Subscribed ") }
        #expect(Set(messages.filter { !$0.hasPrefix("sentinel ") }) == ["lab/lamp 0 0 6f6c64"])
    }

    /// A broker where everybody may read everything and write only to `lab`.
    private static func brokerWithRights() throws -> Mosquitto {
        try Mosquitto { port, directory in
            let rights = "topic readwrite lab/#\ntopic read #\ntopic read $SYS/#\n"
            try? rights.write(toFile: directory + "/acl", atomically: true, encoding: .utf8)
            return [
                "listener \(port) 127.0.0.1", "allow_anonymous true", "acl_file \(directory)/acl", "log_dest topic",
            ] + (getuid() == 0 ? ["user root"] : [])
        }
    }
}

extension Mosquittos {
    /// `mosquitto_sub` that writes topic, QoS, RETAIN and payload in hexadecimal; returns when it is subscribed.
    fileprivate static func hexSubscriber(_ broker: Mosquitto, _ options: [String]) throws -> Program {
        let program = try subscriber(broker, options + ["-d", "-V", "5", "-F", "%t %q %r %x"])
        try program.waitFor("Subscribed (mid: 1)")
        return program
    }

    /// The retained message of `topic`, as `hexSubscriber` writes it; `nil` when there is none.
    fileprivate static func retained(_ broker: Mosquitto, _ topic: String) throws -> String? {
        try publish(broker, "sentinel", "end", ["-r", "-q", "2"])
        // In the order of the subscriptions: what comes before the sentinel is all there is.
        let program = try subscriber(
            broker, ["-t", topic, "-t", "sentinel", "-q", "2", "--retained-only", "-F", "%t %q %r %x"])
        try program.waitFor("sentinel")
        return program.lines.first { $0.hasPrefix(topic) }
    }
}

/// A subscriber of another make.
private enum Paho {
    /// Writes topic, QoS, RETAIN and payload in hexadecimal of each message; returns when it is subscribed.
    static func subscriber(_ broker: Mosquitto, topic: String) throws -> Program {
        let script = """
            import sys
            import paho.mqtt.client as mqtt

            def on_connect(client, userdata, flags, code):
                client.subscribe(sys.argv[2], 2)

            def on_subscribe(client, userdata, identifier, granted):
                print("subscribed", flush=True)

            def on_message(client, userdata, message):
                retain = 1 if message.retain else 0
                print(message.topic, message.qos, retain, message.payload.hex(), flush=True)

            client = mqtt.Client()
            client.on_connect = on_connect
            client.on_subscribe = on_subscribe
            client.on_message = on_message
            client.connect("127.0.0.1", int(sys.argv[1]))
            client.loop_forever()
            """
        let program = try Program("/usr/bin/python3", ["-c", script, "\(broker.port)", topic])
        try program.waitFor("subscribed\n")
        return program
    }
}

extension PseudoTerminal {
    /// Opens the composer, or takes the open one, and fills in all but the payload, whose field has the keys afterwards
    /// and is empty.
    fileprivate func compose(topic: String, qos: Int, isRetained: Bool = false) throws {
        if screen.pane("Publish").isEmpty {
            type("p")
            // Screens are drawn from the top: with the last row the others are there.
            try waitFor("Ctrl-S publish it")
        }
        // Where there is a topic, the payload has the keys.
        if !screen.pane("Publish").contains(" topic") { type("<Tab>") }
        type("<Ctrl-u>\(topic)<Tab>\(qos)<Tab>")
        try waitUntil("topic \(topic), QoS \(qos)") { screen in
            let rows = screen.pane("Publish")
            return rows.contains { $0.hasWords("topic \(topic)") } && rows.contains { $0.contains("QoS       \(qos) ") }
        }
        let isSet = { (screen: MiniScreen) in screen.pane("Publish").contains { $0.contains("RETAIN  yes") } }
        if isSet(screen) != isRetained { type("<Space>") }
        try waitUntil("RETAIN") { isSet($0) == isRetained }
        // What was published before is kept as a draft.
        type("<Tab>" + String(repeating: "<Ctrl-u><Backspace>", count: 12))
        try waitUntil("an empty payload") { $0.pane("Publish").contains(" payload") }
    }

    /// Waits until the composer says what became of a publish to `topic`.
    fileprivate func waitForPublication(_ topic: String, _ words: String...) throws {
        try waitUntil("\(topic): \(words) in the composer") { screen in
            screen.pane("Publish").contains { row in row.contains(topic) && words.allSatisfy(row.contains) }
        }
    }

    /// Waits until the composer says that all is well with a publish.
    fileprivate func waitForFate(_ topic: String, _ manner: PublishingTests.Manner) throws {
        let flags = "\(topic) q\(manner.qos)\(manner.isRetained ? " r" : "") "
        let words = manner.qos == 0 ? "QoS 0 is not acknowledged" : "Success"
        try waitForPublication(flags, words, "echoed back after")
    }

    /// Moves the selection of the tree to `name` in the branch `branch`, which is the first.
    fileprivate func select(_ name: String, below branch: String) throws {
        try waitUntil("\(name) in the tree") { screen in
            let tree = screen.pane("Topics")
            return tree.count > 1 && tree[0].contains("▾ \(branch) ") && tree[1].contains(" \(name) ")
        }
        type("gj")
        try waitFor(" \(branch)/\(name) ─")
    }
}
