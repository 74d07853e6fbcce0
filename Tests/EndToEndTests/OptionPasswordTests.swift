import Foundation
import TestSupport
import Testing

/// The ways in which `sub`, `pub` and `rr` come by a password: CONNECT is that of mosquitto_pub with `-P`.
@Suite("Options of the password, as run")
struct OptionPasswordTests {
    /// The commands, and what ends each of them soon.
    static let commands = [["sub", "-E"], ["pub", "-m", "x"], ["rr", "-m", "x", "-e", "a", "-V", "311"]]

    /// What every run is given.
    private let words = ["-t", "a", "-i", "me", "-u", "ev3"]
    private let folder: Folder
    private let file: String

    init() throws {
        folder = try Folder()
        file = try folder.add("password", Array("for mosa\nanother line\n".utf8))
    }

    /// The CONNECT of mosquitto_pub with the password.
    private func expected() throws -> [UInt8] {
        let theirs = try Sending.of("mosquitto_pub", words + ["-m", "x", "-P", "for mosa"], FakeBroker.working())
        return try #require(theirs.packets.first)
    }

    /// A broker where a request comes back as its answer.
    private static let echoing: FakeBroker.Script = { connection in
        connection.readPacket()
        connection.send([0x20, 2, 0, 0])
        while let packet = connection.readPacket() {
            connection.send(FakeBroker.answer(to: packet, 4) + (packet[0] == 0x30 ? packet : []))
            if packet[0] >> 4 == 14 { return }
        }
    }

    @Test("from an option, a file, the environment or an options file", arguments: commands)
    func sources(command: [String]) throws {
        let expected = try expected()
        let options = try folder.add("options", Array("-P for mosa\n".utf8))
        let environment = ["MQSCOPE_PASSWORD": "for mosa"]
        let other = ["MQSCOPE_PASSWORD": "other"]
        let ways: [(words: [String], environment: [String: String])] = [
            (["-P", "for mosa"], [:]), (["--pw", "for mosa"], other), (["--password-file", file], [:]),
            (["--password-file", file], other), ([], environment), (["-o", options], other),
            (["-P", "other", "--password-file", file], [:]), (["--password-file", "/nowhere", "-P", "for mosa"], [:]),
        ]
        for (more, environment) in ways {
            let run = try Sending.of(
                command[0], words + command.dropFirst() + more, Self.echoing, environment: environment)
            #expect(run.packets.first == expected && run.code == 0, "\(more) \(environment)")
        }
    }

    @Test("asked for on the terminal, where it is not seen", arguments: commands)
    func asked(command: [String]) throws {
        let broker = FakeBroker(Self.echoing)
        let address = ["-h", "127.0.0.1", "-p", "\(broker.port)", "--ask-password"]
        let terminal = try PseudoTerminal(
            run: PseudoTerminal.builtProduct("mqscope"), [command[0]] + address + words + command.dropFirst())
        try terminal.waitFor("Password:")
        terminal.type("for mosb<Backspace>a<Enter>")
        #expect(try terminal.waitForExit() == 0)
        #expect(!String(decoding: terminal.received, as: UTF8.self).contains("mos"))
        #expect(terminal.isCooked)
        #expect(broker.latest?.packets.first == (try expected()))
    }

    @Test("Ctrl-C and signals leave it at once, with their code and without a word", arguments: commands)
    func left(command: [String]) throws {
        let broker = FakeBroker(Self.echoing)
        let address = ["-h", "127.0.0.1", "-p", "\(broker.port)", "--ask-password"]
        for (signal, code) in [(nil, 130), (SIGINT, 130), (SIGTERM, 143), (SIGHUP, 129)] as [(Int32?, Int)] {
            let terminal = try PseudoTerminal(
                run: PseudoTerminal.builtProduct("mqscope"), [command[0]] + address + words + command.dropFirst())
            try terminal.waitFor("Password:")
            if let signal { terminal.signal(signal) } else { terminal.type("for<Ctrl-c>") }
            #expect(try terminal.waitForExit() == code)
            #expect(terminal.isCooked && terminal.screen.running == "Password:")
        }
        #expect(broker.connectionCount == 0)
    }

    @Test("where there is none, that is one line, and nothing is sent", arguments: commands)
    func missing(command: [String]) throws {
        let broker = FakeBroker(Self.echoing)
        let all = [command[0], "-h", "127.0.0.1", "-p", "\(broker.port)"] + words + command.dropFirst()
        // A session of its own has no terminal to ask on.
        let alone = ["-w", PseudoTerminal.builtProduct("mqscope")] + all + ["--ask-password"]
        let asked = try CommandProgram("/usr/bin/setsid", alone).waitForExit()
        #expect(asked.code == 1 && asked.errors.hasPrefix("Error: --ask-password needs a terminal."))
        let read = try CommandProgram.run(all + ["--password-file", "/nowhere"])
        #expect(read.code == 1 && read.errors.hasPrefix("Error: ") && read.errors.contains("/nowhere"))
        for ending in [asked, read] { #expect(ending.errors.split(separator: "\n").count == 1 && ending.text == "") }
        #expect(broker.connectionCount == 0)
    }
}
