import Testing

@testable import CursesTerminal

/// The spelling of clipboard sequences.
@Suite struct ClipboardTests {
    @Test("tmux gets it plain and wrapped, with doubled escapes")
    func tmux() throws {
        let sequence = try #require(Clipboard.sequence(for: Array("hi".utf8), through: .tmux))
        let text = String(decoding: sequence, as: UTF8.self)
        #expect(text == "\u{1b}]52;c;aGk=\u{7}\u{1b}Ptmux;\u{1b}\u{1b}]52;c;aGk=\u{7}\u{1b}\\")
    }

    @Test("GNU screen gets it in pieces that it can hold")
    func screen() throws {
        let sequence = try #require(Clipboard.sequence(for: [UInt8](repeating: 7, count: 600), through: .screen))
        let text = String(decoding: sequence, as: UTF8.self)
        let pieces = text.components(between: "\u{1b}P", and: "\u{1b}\\")
        #expect(pieces.count == 4)
        #expect(pieces.allSatisfy { $0.utf8.count <= 240 })
        #expect(text.hasPrefix(pieces.joined()))
    }

    @Test("The longest text that goes out is not longer than terminals take")
    func limit() throws {
        let longest = try #require(Clipboard.sequence(for: [UInt8](repeating: 0, count: 56_244), through: .none))
        #expect(longest.count <= 74_994 + 8)
        #expect(Clipboard.sequence(for: [UInt8](repeating: 0, count: 56_245), through: .none) == nil)
    }

    @Test(
        "What stands between is read from the environment",
        arguments: [
            ([:], Multiplexer.none), (["TERM": "xterm-256color"], .none), (["TERM": "tmux-256color"], .tmux),
            (["TMUX": "/tmp/x,1,0", "TERM": "screen-256color"], .tmux), (["TERM": "screen-256color"], .screen),
            (["STY": "1234.pts", "TERM": "xterm"], .screen),
        ] as [([String: String], Multiplexer)])
    func multiplexers(variables: [String: String], expected: Multiplexer) {
        #expect(TerminalEnvironment(variables).multiplexer == expected)
    }
}

extension String {
    /// The pieces that stand between two marks.
    fileprivate func components(between start: String, and end: String) -> [String] {
        var result: [String] = []
        var rest = self[...]
        while let first = rest.firstRange(of: start), let last = rest[first.upperBound...].firstRange(of: end) {
            result.append(String(rest[first.upperBound..<last.lowerBound]))
            rest = rest[last.upperBound...]
        }
        return result
    }
}
