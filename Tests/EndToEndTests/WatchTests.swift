import Foundation
import TestSupport
import Testing

/// `mqscope sub --watch` on a terminal.
@Suite("mqscope sub --watch")
struct WatchTests {
    /// What is watched: a broker that keeps some messages, and the terminal.
    private func watch(
        _ broker: Mosquitto, _ words: [String] = ["-v"], rows: Int = 10, columns: Int = 30
    ) throws -> PseudoTerminal {
        try PseudoTerminal(
            run: PseudoTerminal.builtProduct("mqscope"),
            ["sub", "-h", "127.0.0.1", "-p", "\(broker.port)", "-t", "#", "--watch"] + words, rows: rows,
            columns: columns)
    }

    @Test("each topic has a line, a shorter message leaves nothing of a longer one; Ctrl-C leaves a sane terminal")
    func lines() throws {
        let broker = try Mosquitto()
        try Mosquittos.publish(broker, "a", "long and longer", ["-r"])
        try Mosquittos.publish(broker, "b", "2", ["-r"])
        let terminal = try watch(broker)
        try terminal.waitFor("b 2")
        #expect(terminal.lines[0] == "Broker: 127.0.0.1" && terminal.lines[1...2] == ["a long and longer", "b 2"])
        try Mosquittos.publish(broker, "a", "short")
        try terminal.waitFor("a short")
        try Mosquittos.publish(broker, "c", "")
        try terminal.waitFor("c (null)")
        #expect(terminal.lines[1...4] == ["a short", "b 2", "c (null)", ""])
        terminal.type("<Ctrl-c>")
        #expect(try terminal.waitForExit() == 0)
        #expect(terminal.isSane && terminal.screen.unknown == [])
    }

    @Test("a hostile, a wide and a broken message stay on their lines")
    func hostile() throws {
        let broker = try Mosquitto()
        try Mosquittos.publish(broker, "a", "\u{1b}[2J\u{1b}[9;9Hevil\nnext\tx\r!", ["-r"])
        try Mosquittos.publish(broker, "b", String(repeating: "wide ", count: 2_000), ["-r"])
        try Mosquittos.publish(broker, "c", "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字", ["-r"])
        let terminal = try watch(broker)
        try terminal.waitFor("c 漢字")
        #expect(terminal.lines[1] == "a ␛[2J␛[9;9Hevil␊next␉x␍!")
        #expect(terminal.lines[2].hasPrefix("b wide wide") && terminal.lines[3].hasPrefix("c 漢字漢字"))
        #expect(terminal.lines[4...] == ["", "", "", "", "", ""] && terminal.screen.unknown == [])
        #expect(terminal.received.count < 6_000, "no more than a line can show")
    }

    @Test("topics that find no line are counted; with the window they get one")
    func overfull() throws {
        let broker = try Mosquitto()
        for number in 1...20 { try Mosquittos.publish(broker, "t/\(number)", "\(number)", ["-r"]) }
        let terminal = try watch(broker, rows: 8, columns: 60)
        try terminal.waitFor("(15 more topics have no line)")
        #expect(terminal.lines[6...] == ["", ""])
        terminal.resize(rows: 30, columns: 60)
        try terminal.waitFor("t/20 20")
        #expect(terminal.lines[0] == "Broker: 127.0.0.1")
    }

    @Test("one or two rows are enough, whatever comes", arguments: [1, 2])
    func tiny(rows: Int) throws {
        let broker = try Mosquitto()
        for number in 1...5 { try Mosquittos.publish(broker, "t/\(number)", "\(number)", ["-r"]) }
        let terminal = try watch(broker, ["-C", "5"], rows: rows, columns: 10)
        #expect(try terminal.waitForExit() == 0)
        #expect(terminal.isSane && terminal.screen.unknown == [])
    }

    @Test("into a pipe messages go as without it, and so they do with -d")
    func pipe() throws {
        let broker = try Mosquitto()
        try Mosquittos.publish(broker, "a", "1", ["-r"])
        let words = ["sub", "-h", "127.0.0.1", "-p", "\(broker.port)", "-t", "#", "-v", "-C", "1", "-w"]
        #expect(try CommandProgram.run(words).text == "a 1\n")
        let terminal = try PseudoTerminal(
            run: PseudoTerminal.builtProduct("mqscope"), words + ["-d"], rows: 24, columns: 80)
        #expect(try terminal.waitForExit() == 0)
        #expect(!terminal.received.contains(0x1B) && terminal.screen.shows("a 1"))
    }

    @Test("that the connection was lost is said below the lines, which stay")
    func lost() throws {
        let broker = FakeBroker(
            { connection in
                connection.readPacket()
                connection.send([0x20, 2, 0, 0])
                guard let subscribe = connection.readPacket() else { return }
                connection.send(FakeBroker.answer(to: subscribe, 4))
                connection.send(FakeBroker.publish("a", Array("1".utf8), version: 4))
            }, FakeBroker.silence)
        let terminal = try PseudoTerminal(
            run: PseudoTerminal.builtProduct("mqscope"),
            ["sub", "-h", "127.0.0.1", "-p", "\(broker.port)", "-t", "#", "-v", "-w"], rows: 10, columns: 100)
        try terminal.waitFor("Trying again.")
        try terminal.waitFor("Broker: 127.0.0.1")
        #expect(terminal.lines[1] == "a 1" && terminal.lines[8].contains("Warning: 127.0.0.1:"))
    }
}
