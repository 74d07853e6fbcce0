internal import Glibc
internal import Screen

/// What the environment says about the terminal: its name, its characters, its colours and what stands between us and
/// it.
package struct TerminalEnvironment: Sendable {
    private let variables: [String: String]

    /// The variables that matter here.
    private static let names = [
        "TERM", "COLORTERM", "NO_COLOR", "LC_ALL", "LC_CTYPE", "LANG", "TMUX", "STY", "ESCDELAY", "LINES", "COLUMNS",
    ]

    /// An environment that holds just these variables.
    package init(_ variables: [String: String]) { self.variables = variables }

    /// The environment of this process.
    package static var process: TerminalEnvironment {
        var variables: [String: String] = [:]
        for name in names {
            if let value = getenv(name) { variables[name] = String(cString: value) }
        }
        return TerminalEnvironment(variables)
    }

    /// The variable's value; nil when it is not set or empty.
    subscript(name: String) -> String? {
        guard let value = variables[name], !value.isEmpty else { return nil }
        return value
    }

    /// The terminal's name; empty when there is none.
    var term: String { self["TERM"] ?? "" }

    /// The entries to try, best first. A name that says “nothing can be moved here” is as good as none.
    var candidates: [String] {
        let fallbacks = ["xterm-256color", "xterm", "vt100"]
        guard !term.isEmpty, term != "dumb", term != "unknown" else { return fallbacks }
        return [term] + fallbacks.filter { $0 != term }
    }

    /// What the user should know when the entry `name` is used; nil when it is the right one.
    func notice(using name: String) -> String? {
        guard name != term else { return nil }
        guard !term.isEmpty, term != "dumb", term != "unknown" else {
            return "TERM does not say which terminal this is; it is driven as \(name)."
        }
        return "The terminal “\(term)” is not known on this machine; it is driven as \(name). "
            + "To make it known, on your own machine: infocmp -x | ssh HOST tic -x -"
    }

    /// True when the terminal shows UTF-8. The first of LC_ALL, LC_CTYPE and LANG that is set decides by its codeset;
    /// without one ("C", "POSIX") it is ASCII. When none is set nobody has said anything, and UTF-8 is what terminals
    /// do.
    var showsUnicode: Bool {
        guard let locale = self["LC_ALL"] ?? self["LC_CTYPE"] ?? self["LANG"] else { return true }
        let lowered = locale.lowercased()
        return lowered.contains("utf-8") || lowered.contains("utf8")
    }

    /// True when the user wants no colours in any program (https://no-color.org).
    var refusesColor: Bool { self["NO_COLOR"] != nil }

    /// What stands between this program and the terminal that the user sees.
    var multiplexer: Multiplexer {
        if self["TMUX"] != nil || term.hasPrefix("tmux") { return .tmux }
        if self["STY"] != nil || term.hasPrefix("screen") { return .screen }
        return .none
    }

    /// How long an escape character waits for the rest of a sequence, in milliseconds.
    var escapeDelay: Int32 {
        guard let text = self["ESCDELAY"], let delay = Int32(text), (0...1000).contains(delay) else { return 25 }
        return delay
    }

    /// The size to assume when the terminal does not know it.
    var assumedSize: Size {
        Size(rows: positive("LINES") ?? 24, columns: positive("COLUMNS") ?? 80)
    }

    private func positive(_ name: String) -> Int? {
        guard let text = self[name], let number = Int(text), (1...1000).contains(number) else { return nil }
        return number
    }
}

/// A program that shows terminals inside of a terminal.
enum Multiplexer: Equatable {
    case none, tmux, screen
}
