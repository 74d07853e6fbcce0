import Foundation
import TestSupport
import Testing

/// Whatever stands on the screen, the terminal gets nothing that its entry does not have.
@Suite("Hostile text and poor terminals")
struct HostileTests {
    /// What a misbehaving device sends: escapes, C1, bells, text direction, zero width, broken UTF-8, wide characters.
    static let strings: [[UInt8]] = [
        Array("\u{1B}[2J\u{1B}]0;owned\u{7}\u{1B}[31mred".utf8), Array("\u{9B}31m\u{90}q\u{9C}".utf8),
        Array("a\u{202E}b\u{2066}c\u{200B}d\u{FEFF}e".utf8), [0x61, 0xFF, 0xC0, 0x80, 0xED, 0xA0, 0x80, 0x62],
        Array("温度センサー 👨‍👩‍👧 é ộ ❤️ 🇬🇧".utf8), Array("line\r\nnext\tTab\u{7F}\u{2028}\u{85}".utf8),
    ]

    @Test(
        "No hostile string in topic or payload reaches the terminal as it is",
        arguments: ["1", "2", "4"])
    func hostile(view: String) throws {
        let broker = try TeamBroker.start()
        let terminal = try PseudoTerminal.mqscope(port: broker.port)
        try terminal.waitUntilSubscribed()
        let feeder = try Feeder(port: broker.port)
        for (index, bytes) in Self.strings.enumerated() {
            let text = String(decoding: bytes, as: UTF8.self).filter { $0 != "\0" }
            try feeder.publish("evil/\(index)", bytes)
            // mosquitto refuses control characters in topics; what it lets pass is published to.
            let topic = text.unicodeScalars.filter { $0.value >= 0xA0 || (0x20..<0x7F).contains($0.value) }.map(
                String.init)
            try feeder.publish("evil/\(index)/" + topic.joined().filter { $0 != "#" && $0 != "+" }, bytes)
        }
        try feeder.finish()
        try terminal.waitFor("12 topics")
        terminal.type(view)
        for _ in 0..<14 {
            terminal.type("<Down>")
            terminal.settle(milliseconds: 50)
        }
        #expect(terminal.screen.unknown.isEmpty, "\(terminal.screen.unknown)")
        terminal.type("q")
        #expect(try terminal.waitForExit() == 0)
        #expect(terminal.screen.unknown.isEmpty)
    }

    @Test("A client whose identifier is hostile stands in the broker log as what it is, in stand-ins")
    func identifier() throws {
        let broker = try TeamBroker.start()
        let terminal = try PseudoTerminal.mqscope(port: broker.port)
        try terminal.waitUntilSubscribed()
        // mosquitto refuses control characters in an identifier; everything else it lets pass, and logs.
        for identifier in ["a\u{202E}b\u{2066}c\u{200B}d\u{FEFF}e", "f\u{2028}g\u{AD}h\u{2029}i"] {
            try Feeder(port: broker.port, identifier: identifier).finish()
        }
        terminal.type("<Shift-Tab>z")
        try terminal.waitForBrokerLog("a\u{FFFD}b\u{FFFD}c\u{FFFD}d\u{FFFD}e", "connected from")
        try terminal.waitForBrokerLog("f\u{2424}g\u{FFFD}h¶i", "connected from")
        terminal.expectNothingHostile()
        try terminal.leave()
    }

    /// Every control character but the zero, which no topic and no line can hold.
    static let controls = (Array(0x01...0x1F) + Array(0x7F...0x9F)).compactMap { Unicode.Scalar(UInt32($0)) }

    @Test("No control character in a topic, a client identifier or a log line reaches the terminal, and none hides")
    func controls() throws {
        // A broker that refuses nothing, as mosquitto does.
        let all = Self.controls
        let broker = FakeBroker(
            FakeBroker.working(afterSubscribe: { version in
                var packets: [UInt8] = []
                func log(_ text: String) {
                    packets += FakeBroker.publish(
                        "$SYS/broker/log/N", Array("1795521605: \(text)".utf8), version: version)
                }
                for (number, scalar) in all.enumerated() {
                    packets += FakeBroker.publish("t\(number)[\(scalar)]", Array("value".utf8), version: version)
                    log("New client connected from 127.0.0.1:1 as c\(number)[\(scalar)] (p2, c1, k60).")
                    log("word\(number)[\(scalar)]")
                }
                return packets
            }))
        let terminal = try PseudoTerminal.mqscope(port: broker.port, rows: 300, columns: 132)
        try terminal.waitFor("● live")
        for (keys, name) in [("2z", "t"), ("1<Shift-Tab>z", "c"), ("", "word")] {
            terminal.type(keys)
            for (number, scalar) in all.enumerated() {
                guard name == "word", scalar == "\n" else {
                    try terminal.waitFor("\(name)\(number)[\(Self.standIn(scalar))]")
                    continue
                }
                // A break within a line of a log is one, below its first row, and can stand for no line of its own.
                try terminal.waitUntil("two rows") { screen in
                    zip(screen.lines, screen.lines.dropFirst()).contains { first, second in
                        first.contains(" word\(number)[") && second.hasPrefix("              ")
                            && second.trimmingCharacters(in: .whitespaces) == "]"
                    }
                }
            }
        }
        terminal.type("1<Home>")
        try terminal.waitFor("t0[\u{2401}]")
        terminal.settle()
        terminal.expectNothingHostile()
        try terminal.leave()
    }

    /// What stands on the screen for a control character: its picture, a line's end for NEL, and a mark for the others.
    private static func standIn(_ control: Unicode.Scalar) -> Unicode.Scalar {
        switch control.value {
        case ..<0x20: Unicode.Scalar(0x2400 + control.value) ?? "?"
        case 0x7F: "\u{2421}"
        case 0x85: "\u{2424}"
        default: "\u{FFFD}"
        }
    }

    @Test(
        "It works with 256, 16, 8 and no colours, and where the terminal is unknown",
        arguments: [
            ("xterm-256color", "", ""), ("xterm-16color", "", ""), ("linux", "", ""), ("vt100", "", ""),
            ("no-such-terminal", "", "no-such-terminal"),
            ("xterm-256color", "1", ""),
        ])
    func colours(name: String, noColor: String, notice: String) throws {
        let broker = try TeamBroker.start()
        var environment = [
            "TERM": name, "TERMINFO": "", "TERMINFO_DIRS": "/etc/terminfo:/lib/terminfo:/usr/share/terminfo",
        ]
        if !noColor.isEmpty { environment["NO_COLOR"] = noColor }
        let terminal = try PseudoTerminal.mqscope(port: broker.port, environment: environment)
        try terminal.waitUntil("the first frame", seconds: 10) { _ in terminal.byteCount > 500 }
        terminal.settle()
        let text = String(decoding: terminal.received, as: UTF8.self)
        #expect(text.contains("Topics"))
        if !notice.isEmpty { #expect(text.contains(notice), "the notice names the terminal") }
        if name == "vt100" || !noColor.isEmpty {
            #expect(
                !text.contains("[38;5;") && !text.contains("[31m") && !text.contains("[32m") && !text.contains("[36m"))
        }
        terminal.type("q")
        #expect(try terminal.waitForExit() == 0)
        #expect(terminal.isCooked)
    }
}

extension PseudoTerminal {
    /// Fails where the terminal got a sequence that its entry does not have.
    fileprivate func expectNothingHostile() { #expect(screen.unknown.isEmpty, "\(screen.unknown)") }

    /// Quits by key; fails where the program does not end well.
    fileprivate func leave() throws {
        type("q")
        #expect(try waitForExit() == 0)
        expectNothingHostile()
    }
}
