import TestSupport
import Testing

/// The terminal that tests use must itself be right.
@Suite struct TestTerminalTests {
    @Test("The compiled terminal entry is that of its source (needs tic and infocmp of ncurses-bin)")
    func entry() throws {
        let script = """
            d=$(mktemp -d) && printf %s "$ENTRY" >"$d/entry" && tic -x -o "$d" "$d/entry" \
            && infocmp -A "$d" -Q2 -x \(TestTerminal.name) | grep -v '^#' | tr -d '\\n'; rm -rf "$d"
            """
        let shell = try PseudoTerminal(
            run: "/bin/sh", ["-c", script], environment: ["ENTRY": TestTerminal.source, "TERMINFO": ""])
        #expect(try shell.waitForExit() == 0)
        #expect(String(decoding: shell.received, as: UTF8.self) == TestTerminal.compiled)
    }

    @Test("A program on a pseudo-terminal is typed to, seen, resized and waited for")
    func program() throws {
        let script = "stty -echo; echo ready; read line; echo got:$line; read more; stty size; exit 3"
        let shell = try PseudoTerminal(run: "/bin/sh", ["-c", script], rows: 10, columns: 30)
        try shell.waitFor("ready")
        shell.type("one<Space>two<lt>\n")
        try shell.waitFor("got:one two<")
        shell.resize(rows: 12, columns: 50)
        shell.type("\n")
        try shell.waitFor("12 50")
        #expect(try shell.waitForExit() == 3)
        #expect(shell.screen.unknown.isEmpty)
    }

    @Test("What does not happen in time says what was on the screen")
    func timeOut() throws {
        let shell = try PseudoTerminal(run: "/bin/sh", ["-c", "echo something else; exec sleep 60"])
        try shell.waitFor("something")
        do {
            try shell.waitFor("nothing of the kind", seconds: 0.05)
            Issue.record("it was not there")
        } catch let error as PseudoTerminal.TimedOut {
            #expect(error.description.contains("something else") && error.description.contains("nothing of the kind"))
        }
        shell.signal(15)
        #expect(try shell.waitForExit() == 128 + 15)
    }

    @Test("A program that is not there is named")
    func missing() {
        #expect(throws: PseudoTerminal.Unavailable.self) { try PseudoTerminal(run: "/nowhere/mqscope") }
    }

    @Test(
        "What programs may not send is listed",
        arguments: [
            "\u{7}", "\u{1b}[6n", "\u{1b}c", "\u{1b}]0;x\u{7}", "\u{1b}(0", "a\u{200b}b", "\u{9b}m", "\u{1b}[?1003h",
            "\u{e}", "\u{202e}",
            "\u{301}",
        ])
    func unknown(text: String) {
        var screen = MiniScreen(rows: 2, columns: 10)
        screen.feed(text.utf8)
        #expect(!screen.unknown.isEmpty)
    }

    @Test("Broken UTF-8 is listed, too")
    func broken() {
        var screen = MiniScreen(rows: 2, columns: 10)
        screen.feed([0xff, 0xc3, 0x41])
        #expect(screen.unknown.count == 2)
    }
}
