import Foundation
import TestSupport
import Testing

@Suite("The passphrase of a private key")
struct PassphraseTests {
    private let lab: SecureLab
    private let options: [String]
    private static let secret = "formosa"

    init() throws {
        lab = try SecureLab(lines: ["require_certificate true"]) {
            try $0.issue("localhost")
            try $0.issue("ev3")
            try $0.encrypt("ev3", to: "ev3.enc", passphrase: Self.secret)
        }
        options = ["--cert", lab.path("ev3.crt"), "--key", lab.path("ev3.enc")]
    }

    @Test("It is asked for before the dashboard comes, is not seen, and what is typed wrong can be taken back")
    func asked() throws {
        let terminal = try lab.dashboard(options)
        try terminal.waitFor("Passphrase of \(lab.path("ev3.enc")):")
        #expect(!terminal.screen.isAlternate)
        terminal.type("wrong")
        terminal.send([21])
        terminal.type("formosb<Backspace>a<Enter>")
        try terminal.waitFor("● live")
        terminal.type("4")
        try terminal.waitFor("certificate checked")
        terminal.type("q")
        #expect(try terminal.waitForExit() == 0)
        let all = String(decoding: terminal.received, as: UTF8.self)
        #expect(!all.contains("formos") && !all.contains("wrong"))
    }

    @Test("It comes from the first line of a file")
    func fromFile() throws {
        let file = lab.path("passphrase")
        try "formosa\nanother line\n".write(toFile: file, atomically: true, encoding: .utf8)
        let terminal = try lab.dashboard(options + ["--key-passphrase-file", file])
        try terminal.waitFor("● live")
    }

    @Test("A wrong one is said in one line, and the terminal is as before")
    func wrong() throws {
        let terminal = try lab.dashboard(options)
        try terminal.waitFor("Passphrase of ")
        terminal.type("taiwan<Enter>")
        #expect(try terminal.waitForExit() == 64)
        #expect(terminal.screen.running.contains("The passphrase does not open the private key \(lab.path("ev3.enc"))"))
        #expect(!terminal.screen.shows("taiwan"))
    }

    @Test("Ctrl-C leaves at once, and so does a signal", arguments: [true, false])
    func leaves(byKey: Bool) throws {
        let terminal = try lab.dashboard(options)
        try terminal.waitFor("Passphrase of ")
        if byKey { terminal.type("for<Ctrl-c>") } else { terminal.signal(SIGTERM) }
        #expect(try terminal.waitForExit() == (byKey ? 130 : 143))
    }

    @Test("Without a terminal there is one clear line")
    func noTerminal() throws {
        let words = ["-h", "localhost", "-p", "\(lab.port)", "--cafile", lab.path("ca.crt")] + options
        // A session of its own has no terminal to ask on.
        let program = try Program("setsid", ["-w", PseudoTerminal.builtProduct("mqscope")] + words)
        #expect(try program.waitForExit() == 64)
        let text = program.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
            text.contains(
                "The private key \(lab.path("ev3.enc")) is encrypted. Give its passphrase: --key-passphrase-file FILE.")
        )
    }
}
