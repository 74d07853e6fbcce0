import CursesTerminal
import Screen
import TestSupport
import Testing

extension OneScreenAtATime {
    /// Frames on their way to the terminal.
    @Suite struct PresentTests {
        /// A surface with something of everything on it.
        private func sample(_ size: Size, value: String = "42") -> Surface {
            var surface = Surface(size: size)
            surface.put("mqscope 温度 e\u{301} ▾ ●", row: 0, column: 0, role: .header)
            surface.rule(row: 1, columns: 0..<size.columns, role: .rule)
            surface.rule(column: size.columns - 1, rows: 2..<size.rows, role: .rule)
            surface.put("value \(value)", row: 2, column: 0, role: .topicValue, emphasis: .bold)
            surface.put("changed", row: 3, column: 0, role: .topicValueChanged)
            surface.put("x", row: size.rows - 1, column: size.columns - 1, role: .text)
            return surface
        }

        @Test("What is drawn stands on the screen, cell by cell, up to the last corner")
        func picture() throws {
            let bench = try Bench()
            let terminal = try bench.open([.topicValueChanged: "bold 221 on 24", .rule: "240"])
            let surface = sample(terminal.size)
            terminal.show(surface)
            #expect(terminal.size == Size(rows: 10, columns: 40))
            #expect(bench.user.lines == (0..<10).map(surface.line))
            let look = try #require(bench.user.screen.look(of: "changed"))
            #expect(look.bold && look.foreground == 221 && look.background == 24)
            #expect(bench.user.screen.look(of: "value 42")?.bold == true)
            #expect(bench.user.screen.isAlternate)
            #expect(!bench.user.screen.isCursorVisible)
            #expect(bench.user.screen.unknown.isEmpty)
            terminal.close()
        }

        @Test(
            "The same frame again writes nothing, on any terminal",
            arguments: [
                TestTerminal.name, "xterm-256color", "xterm", "vt100", "linux", "screen", "tmux-256color",
            ])
        func nothingNew(term: String) throws {
            let bench = try Bench(["TERM": term])
            let terminal = try bench.open([.topicValueChanged: "bold 221 on 24", .rule: "240"])
            var surface = sample(terminal.size)
            for cursor in [nil, (row: 2, column: 3)] {
                surface.cursor = cursor
                terminal.show(surface)
                let before = terminal.bytesSent
                for _ in 0..<3 { terminal.show(surface) }
                #expect(terminal.bytesSent == before)
                #expect(bench.user.byteCount == before)
            }
            terminal.close()
        }

        @Test("One changed digit costs less than 50 bytes", arguments: [TestTerminal.name, "xterm-256color", "vt100"])
        func oneDigit(term: String) throws {
            let bench = try Bench(rows: 50, columns: 200, ["TERM": term])
            let terminal = try bench.open([.topicValue: "bold 221"])
            terminal.show(sample(terminal.size, value: "42"))
            let before = terminal.bytesSent
            terminal.show(sample(terminal.size, value: "43"))
            #expect((1..<50).contains(terminal.bytesSent - before))
            terminal.close()
        }

        @Test("Any frame after any other shows as it was drawn", arguments: 0..<6 as Range<UInt64>)
        func anything(seed: UInt64) throws {
            var random = Seeded(seed)
            let bench = try Bench(rows: 12, columns: 30)
            let terminal = try bench.open([.match: "bold 16 on 221", .selection: "reverse", .rule: "240"])
            for _ in 0..<60 {
                var surface = Surface(size: terminal.size)
                let shift = Int.random(in: 0...3, using: &random)
                for row in 0..<12 {
                    let text =
                        "\((row + shift) * 7919) 温度 é e\u{301}\u{302} \(String(repeating: "ab漢", count: row + shift))"
                    let column = Int.random(in: 0..<4, using: &random)
                    let role: Role = [.text, .match, .selection, .rule][Int.random(in: 0..<4, using: &random)]
                    surface.put(text, row: row, column: column, role: role)
                }
                if Bool.random(using: &random) { surface.cursor = (Int.random(in: 0..<12, using: &random), 5) }
                terminal.show(surface)
                #expect(bench.user.lines == (0..<12).map(surface.line))
                #expect(bench.user.screen.isCursorVisible == (surface.cursor != nil))
                if let cursor = surface.cursor { #expect(bench.user.screen.cursor == cursor) }
            }
            #expect(bench.user.screen.unknown.isEmpty)
            terminal.close()
        }

        @Test("Nothing that a message holds reaches the terminal but glyphs", arguments: 0..<4 as Range<UInt64>)
        func hostile(seed: UInt64) throws {
            var random = Seeded(seed)
            let strings = [
                "\u{1b}]0;title\u{7}", "\u{1b}[2J\u{1b}[H", "\u{9b}2J", "\u{1b}[?1049l", "\u{1b}P+q544e\u{1b}\\",
                "\u{1b}c",
                "a\u{8}\u{8}b", "\u{e}\u{f}", "\u{202e}gnp.exe", "x\u{200b}y\u{200d}z", "\u{feff}",
                "a\u{301}\u{301}\u{301}",
                "\u{301}", "👨\u{200d}👩\u{200d}👧", "👍🏽", "❤\u{fe0f}", "🇬🇧", "\u{e0041}", "\u{600}12", "\u{2028}", "\r\n\t",
                "\u{85}",
            ]
            let bench = try Bench(rows: 24, columns: 60)
            let terminal = try bench.open([.match: "bold 16 on 221"])
            for _ in 0..<20 {
                var surface = Surface(size: terminal.size)
                for row in 0..<24 {
                    let bytes = (0..<20).flatMap { _ -> [UInt8] in
                        Bool.random(using: &random)
                            ? Array(strings[Int.random(in: 0..<strings.count, using: &random)].utf8)
                            : [UInt8.random(in: 0...255, using: &random)]
                    }
                    surface.put(bytes: bytes, row: row, column: Int.random(in: 0..<50, using: &random), role: .match)
                }
                terminal.show(surface)
                #expect(bench.user.lines == (0..<24).map(surface.line))
            }
            terminal.close()
            bench.user.settle(milliseconds: 0)
            #expect(bench.user.screen.unknown.isEmpty)
        }

        @Test("A surface that is larger or smaller than the window shows what fits")
        func otherSizes() throws {
            let bench = try Bench(rows: 3, columns: 5)
            let terminal = try bench.open()
            var large = Surface(size: Size(rows: 5, columns: 8))
            for row in 0..<5 { large.put("温度計測", row: row, column: 0, role: .text) }
            terminal.show(large)
            #expect(bench.user.lines == ["温度", "温度", "温度"])
            var small = Surface(size: Size(rows: 1, columns: 2))
            small.put("ab", row: 0, column: 0, role: .text)
            small.cursor = (9, 9)
            terminal.show(small)
            #expect(bench.user.lines == ["ab", "", ""])
            terminal.close()
        }

        @Test("After a repaint everything is drawn, whatever the screen shows")
        func repaint() throws {
            let bench = try Bench()
            let terminal = try bench.open()
            let surface = sample(terminal.size)
            terminal.show(surface)
            let before = terminal.bytesSent
            terminal.repaint()
            terminal.show(surface)
            #expect(terminal.bytesSent - before > 80)
            #expect(bench.user.lines == (0..<10).map(surface.line))
            terminal.close()
        }

        @Test("Another theme changes the look of what is on the screen")
        func theme() throws {
            let bench = try Bench()
            let terminal = try bench.open([.header: "1"])
            let surface = sample(terminal.size)
            terminal.show(surface)
            #expect(bench.user.screen.look(of: "mqscope")?.foreground == 1)
            terminal.setTheme(try Bench.theme([.header: "underline 2"]))
            terminal.show(surface)
            #expect(bench.user.screen.look(of: "mqscope")?.foreground == 2)
            #expect(bench.user.screen.look(of: "mqscope")?.underline == true)
            #expect(bench.user.lines == (0..<10).map(surface.line))
            terminal.close()
        }

        @Test("A terminal that takes nothing holds up neither frames nor keys")
        func backlog() throws {
            let bench = try Bench(rows: 60, columns: 200)
            let terminal = try bench.open([.match: "1", .text: "2"])
            var frames = 0
            while !terminal.isBacklogged, frames < 100 {
                var surface = Surface(size: terminal.size)
                for row in 0..<60 {
                    for column in 0..<200 {
                        surface.put(
                            "\((row + column + frames) % 10)", row: row, column: column,
                            role: column % 2 == 0 ? .match : .text)
                    }
                }
                terminal.present(surface)
                frames += 1
            }
            #expect(terminal.isBacklogged)
            bench.user.send("q".utf8)
            #expect(terminal.nextInput() == .key(.character("q")))
            // When the terminal takes bytes again, the frame arrives whole.
            while terminal.isBacklogged {
                bench.user.read(milliseconds: 0)
                terminal.flush()
            }
            while bench.user.read(milliseconds: 0) {}
            #expect(bench.user.byteCount == terminal.bytesSent)
            #expect(bench.user.screen.unknown.isEmpty)
            terminal.close()
        }
    }
}

/// The same numbers for the same seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    /// Starts the numbers of `seed`.
    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
