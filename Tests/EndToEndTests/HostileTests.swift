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
        "No hostile string in topic, payload, client identifier or log line reaches the terminal as it is",
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
            terminal.settle()
        }
        #expect(terminal.screen.unknown.isEmpty, "\(terminal.screen.unknown)")
        terminal.type("q")
        #expect(try terminal.waitForExit() == 0)
        #expect(terminal.screen.unknown.isEmpty)
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
