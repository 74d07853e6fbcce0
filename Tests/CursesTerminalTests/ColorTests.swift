import CursesTerminal
import Screen
import TestSupport
import Testing

extension OneScreenAtATime {
    /// Colours and glyphs on terminals that have fewer of them.
    @Suite struct ColorTests {
        private static let styles: [Role: String] = [
            .match: "bold 221 on 24", .jsonKey: "#5fafff", .age: "8", .text: "default",
        ]

        /// The bytes of a frame on a terminal.
        private func bytes(
            _ variables: [String: String], colors: ColorChoice = .automatic
        ) throws -> (text: String, depth: ColorDepth) {
            var bench = try Bench(variables)
            bench.options.colors = colors
            let terminal = try bench.open(ColorTests.styles)
            var surface = Surface(size: terminal.size)
            surface.put("match", row: 0, column: 0, role: .match)
            surface.put("key", row: 1, column: 0, role: .jsonKey)
            surface.put("age", row: 2, column: 0, role: .age)
            terminal.show(surface)
            let depth = terminal.colorDepth
            terminal.close()
            return (String(decoding: bench.user.received, as: UTF8.self), depth)
        }

        @Test(
            "Each terminal gets the colours that it has",
            arguments: [
                ("xterm-256color", ColorDepth.colors256), (TestTerminal.name, .colors256), ("xterm-16color", .colors16),
                ("xterm", .colors8), ("linux", .colors8), ("vt100", .monochrome), ("xterm-direct", .direct),
            ])
        func depths(term: String, depth: ColorDepth) throws {
            let frame = try bytes(["TERM": term])
            #expect(frame.depth == depth)
            #expect(frame.text.contains("match"))
            switch depth {
            case .colors256: #expect(frame.text.contains("38;5;221") && frame.text.contains("48;5;24"))
            case .colors16, .colors8: #expect(frame.text.contains("\u{1b}[3") && !frame.text.contains("38;5"))
            case .monochrome: #expect(!frame.text.contains("\u{1b}[3"))
            case .direct: #expect(frame.text.contains("38:2::95:175:255") || frame.text.contains("38;2;95;175;255"))
            }
        }

        @Test("NO_COLOR and --color never leave emphasis alone")
        func noColor() throws {
            for frame in [
                try bytes(["TERM": "xterm-256color", "NO_COLOR": "1"]),
                try bytes(["TERM": "xterm-256color"], colors: .never),
            ] {
                #expect(frame.depth == .monochrome)
                #expect(!frame.text.contains("38;5") && !frame.text.contains("[33"))
                #expect(
                    frame.text.contains("\u{1b}[7m") || frame.text.contains("\u{1b}[1;7m")
                        || frame.text.contains("[0;1;7"))
            }
            #expect(try bytes(["TERM": "xterm-256color", "NO_COLOR": ""]).depth == .colors256)
        }

        @Test("The user may ask for fewer colours, and against NO_COLOR")
        func asked() throws {
            #expect(try bytes(["TERM": "xterm-256color"], colors: .limited(.colors8)).depth == .colors8)
            #expect(
                try bytes(["TERM": "xterm-256color", "NO_COLOR": "1"], colors: .limited(.colors16)).depth == .colors16)
            #expect(try bytes(["TERM": "xterm"], colors: .limited(.colors256)).depth == .colors8)
            #expect(ColorChoice(spelled: "auto") == .automatic)
            #expect(ColorChoice(spelled: "never") == .never)
            #expect(ColorChoice(spelled: "16") == .limited(.colors16))
            #expect(ColorChoice(spelled: "purple") == nil)
        }

        @Test(
            "An unknown or missing TERM is driven as another one, and the user is told once",
            arguments: [
                "xterm-ghostty", "no-such-terminal", "dumb", "", "../etc/passwd", "a/b", "%n%n",
            ])
        func unknown(term: String) throws {
            let bench = try Bench(["TERM": term])
            let terminal = try bench.open()
            let notice = try #require(terminal.notice)
            #expect(notice.contains("xterm-256color"))
            var surface = Surface(size: terminal.size)
            surface.put("here", row: 0, column: 0, role: .text)
            terminal.show(surface)
            #expect(String(decoding: bench.user.received, as: UTF8.self).contains("here"))
            terminal.close()
        }

        @Test("A known TERM needs no notice")
        func known() throws {
            let bench = try Bench(["TERM": "xterm-256color"])
            let terminal = try bench.open()
            #expect(terminal.notice == nil)
            terminal.close()
        }

        @Test(
            "The locale's codeset decides between Unicode and ASCII",
            arguments: [
                ([:], true), (["LANG": "C.UTF-8"], true), (["LANG": "de_DE.utf8"], true), (["LANG": "C"], false),
                (["LANG": "POSIX"], false), (["LANG": "de_DE.ISO-8859-1"], false),
                (["LC_ALL": "C", "LANG": "en_US.UTF-8"], false),
                (["LC_CTYPE": "en_US.UTF-8", "LANG": "C"], true), (["LC_ALL": "", "LANG": "C"], false),
            ] as [([String: String], Bool)])
        func charset(variables: [String: String], showsUnicode: Bool) throws {
            let bench = try Bench(["LANG": ""].merging(variables) { $1 })
            let terminal = try bench.open()
            #expect(terminal.showsUnicode == showsUnicode)
            var surface = Surface(size: terminal.size)
            surface.put("▾ robots 温度 … é \u{1b}", row: 0, column: 0, role: .text)
            surface.box(Rect(row: 1, column: 0, rows: 3, columns: 4), role: .rule)
            terminal.show(surface)
            if showsUnicode {
                #expect(bench.user.lines[0] == "▾ robots 温度 … é ␛")
            } else {
                #expect(bench.user.lines[0] == "v robots ???? ~ ? ?")
                #expect(Array(bench.user.lines[1...3]) == ["+--+", "|  |", "+--+"])
                #expect(bench.user.received.allSatisfy { $0 < 0x80 })
            }
            terminal.close()
        }
    }
}
