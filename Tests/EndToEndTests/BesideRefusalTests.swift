import Foundation
import TestSupport
import Testing

/// CONNACK that refuses, beside Debian's mosquitto programs: the exit code and what is said of it.
@Suite("Refused connections beside mosquitto's programs")
struct BesideRefusalTests {
    /// The words that let each command run.
    private static let words = ["sub": ["-E"], "pub": ["-m", "x"], "rr": ["-m", "x", "-e", "answer"]]

    /// The exit code and the first `count` lines on stderr of a program whose CONNECT is answered by `connack`, without
    /// mosquitto's full stops at the end of what has none in ours.
    private func run(
        _ program: String, _ version: String, _ connack: [UInt8], lines count: Int
    ) throws -> (code: Int32, lines: [String]) {
        let broker = FakeBroker(FakeBroker.answering(connack))
        let command = program.replacing("mosquitto_", with: "")
        let words =
            ["-h", "127.0.0.1", "-p", "\(broker.port)", "-t", "a", "-V", version] + (Self.words[command] ?? [])
        let ending =
            try program == command
            ? CommandProgram.run([command] + words)
            : CommandProgram(Mosquitto.find(program), words).waitForExit()
        let lines = ending.errors.split(separator: "\n").prefix(count).map(String.init)
        #expect(ending.text == "" && broker.connectionCount == 1)
        return (ending.code, lines.map { $0.hasSuffix(".") ? String($0.dropLast()) : $0 })
    }

    /// What is asked for, and the CONNACK that refuses it.
    struct Refusal {
        let command: String
        let version: String
        let connack: [UInt8]

        /// A return code of 3.1.1.
        static func old(_ command: String, _ code: UInt8) -> Refusal {
            Refusal(command: command, version: "311", connack: [0x20, 2, 0, code])
        }

        /// A Reason Code of 5.0.
        static func new(_ command: String, _ code: UInt8) -> Refusal {
            Refusal(command: command, version: "5", connack: [0x20, 3, 0, code, 0])
        }

        static let all: [Refusal] = [
            .old("sub", 1), .old("sub", 2), .old("sub", 3), .old("sub", 4), .old("sub", 5), .old("pub", 1),
            .old("pub", 4), .old("pub", 5), .new("sub", 0x80), .new("sub", 0x84), .new("sub", 0x86),
            .new("sub", 0x87), .new("sub", 0x8A), .new("pub", 0x80), .new("pub", 0x84), .new("pub", 0x86),
            .new("pub", 0x87), .new("pub", 0x8A), .new("rr", 0x87),
            // A broker of 3.1.1 answers 5.0.
            Refusal(command: "sub", version: "5", connack: [0x20, 2, 0, 1]),
        ]
    }

    @Test("the same words and the same exit code", arguments: Refusal.all)
    func beside(refusal: Refusal) throws {
        let (command, version, connack) = (refusal.command, refusal.version, refusal.connack)
        // Only pub has a second line.
        let count = command == "pub" ? 2 : 1
        let theirs = try run("mosquitto_" + command, version, connack, lines: count)
        let ours = try run(command, version, connack, lines: count)
        #expect(ours.code == theirs.code && ours.lines == theirs.lines, "\(ours)")
        #expect(ours.lines.count == count)
        // The last one is Unsupported Protocol Version.
        #expect(ours.code == (version == "5" && connack.count == 4 ? 0x84 : Int32(connack[3])))
    }

    @Test("rr has sub's words, where mosquitto_rr takes return codes of 3.1.1 for Reason Codes, and names itself")
    func requesting() throws {
        let refusals: [(String, [UInt8])] = [
            ("311", [0x20, 2, 0, 1]), ("311", [0x20, 2, 0, 4]), ("311", [0x20, 2, 0, 5]), ("5", [0x20, 3, 0, 0x84, 0]),
        ]
        for (version, connack) in refusals {
            let subscriber = try run("sub", version, connack, lines: 1)
            let ours = try run("rr", version, connack, lines: 1)
            #expect(ours.code == subscriber.code && ours.lines == subscriber.lines, "\(ours)")
            #expect(subscriber.code == Int32(connack[3]))
        }
    }
}
