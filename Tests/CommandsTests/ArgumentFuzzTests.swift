import Testing

@testable import Commands

/// Whatever is typed, the answer is settings, text, or one line that says what is wrong.
@Suite struct ArgumentFuzzTests {
    /// Numbers that are the same in each run.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static let pieces: [[UInt8]] =
        (OptionTable.all.flatMap(\.names) + PropertyName.allCases.map(\.rawValue) + PropertyArgument.packets + [
            "", "-", "--", "=", "a", "a/b", "#", "+", "a/#/b", "0", "-1", "1", "2", "3", "65535", "65536", "4294967296",
            "9223372036854775807", "9223372036854775808", "-9223372036854775808", "0x", "0x10", "-0x1", "∞", "1e400",
            "nan", "mqtt://", "mqtt://u:p@h:1/t", "mqtt://@:/", "socks5h://", "socks5h://%:@[", "[", "]", ":", "@", "%",
            "é", "user-property", "A: b", "\u{0}", "\n", "$share/g/a", "tlsv1.2", "bash",
        ]).map { Array($0.utf8) } + [[0xFF], [0xC3], [0x80, 0x2D]]

    private static func word(_ generator: inout Generator) -> [UInt8] {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0:
            (0..<Int.random(in: 0..<12, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
        case 1: (pieces.randomElement(using: &generator) ?? []) + (pieces.randomElement(using: &generator) ?? [])
        case 2:
            [UInt8(ascii: "-")]
                + (0..<Int.random(in: 1..<6, using: &generator)).map { _ in
                    UInt8.random(in: 65...122, using: &generator)
                }
        default: pieces.randomElement(using: &generator) ?? []
        }
    }

    @Test(arguments: Command.allCases) func randomWordsNeverTrap(command: Command) {
        var generator = Generator(state: UInt64(command.rawValue.utf8.reduce(7) { $0 * 31 + Int($1) }))
        var runs = 0
        for _ in 0..<5_000 {
            let words = (0..<Int.random(in: 0..<8, using: &generator)).map { _ in Self.word(&generator) }
            let text = (0..<Int.random(in: 0..<4, using: &generator)).map { _ in
                Array(Self.word(&generator).map { [$0] }.joined(separator: [])) + [32] + Self.word(&generator) + [10]
            }
            let file = OptionFile(path: "f", bytes: Array(text.joined()))
            _ = try? OptionFile.place(for: command, words: words, environment: [:])
            do {
                let least = CommandSettings.least(command).map { Array($0.utf8) }
                let arguments = try CommandArguments(command, words: least + words, file: file, version: "")
                guard case .run(let settings) = arguments else { continue }
                _ = (settings.will, settings.subscriptions, settings.message, settings.connection.endpoint)
                _ = (settings.receiveMaximum, settings.sessionExpiryInterval)
                runs += 1
            } catch {
                #expect(!error.description.unicodeScalars.contains { $0.value < 32 })
            }
        }
        #expect(runs > 100)
    }
}
