import CursesTerminal
import Screen
import TestSupport
import Testing

/// The suites that open a screen: there is one at a time in a process.
@Suite(.serialized) struct OneScreenAtATime {}

/// A pseudo-terminal of this process, and how to put a `CursesTerminal` on it.
struct Bench {
    /// The user's side.
    let user: PseudoTerminal
    /// Options for the program's side.
    var options: CursesTerminal.Options

    /// A terminal of this size in an environment: TERM is `TestTerminal` unless `variables` says otherwise.
    init(rows: Int = 10, columns: Int = 40, _ variables: [String: String] = [:]) throws {
        TestTerminal.install()
        user = try PseudoTerminal(rows: rows, columns: columns)
        options = CursesTerminal.Options()
        options.guardsCrashes = false
        options.inputDescriptor = user.programDescriptor
        options.outputDescriptor = user.programDescriptor
        let usual = ["TERM": TestTerminal.name, "LANG": "C.UTF-8"]
        options.environment = TerminalEnvironment(usual.merging(variables) { $1 })
    }

    /// A theme in which some roles have these styles and all others are plain.
    static func theme(_ styles: [Role: String] = [:]) throws -> Theme {
        try Theme(name: "test", styles: Role.allCases.map { ($0.name, styles[$0] ?? "default") })
    }

    /// Takes the terminal with the given styles.
    func open(_ styles: [Role: String] = [:]) throws -> Program {
        try Program(CursesTerminal(theme: Bench.theme(styles), options: options), user)
    }
}

/// A program on a terminal: a `CursesTerminal` that #expect can ask, closed at the end of the test.
final class Program {
    private var terminal: CursesTerminal
    private let user: PseudoTerminal

    /// A program on this terminal, seen by `user`.
    init(_ terminal: consuming CursesTerminal, _ user: PseudoTerminal) {
        self.terminal = terminal
        self.user = user
    }

    deinit { terminal.close() }

    var size: Size { terminal.size }
    var notice: String? { terminal.notice }
    var colorDepth: ColorDepth { terminal.colorDepth }
    var showsUnicode: Bool { terminal.showsUnicode }
    var isClosed: Bool { terminal.isClosed }
    var isBacklogged: Bool { terminal.isBacklogged }
    var bytesSent: Int { terminal.bytesSent }
    var mouse: Bool {
        get { terminal.mouse }
        set { terminal.mouse = newValue }
    }

    func present(_ surface: Surface) { terminal.present(surface) }
    func flush() { terminal.flush() }
    func nextInput() -> Input? { terminal.nextInput() }
    func resize() { terminal.resize() }
    func suspend() { terminal.suspend() }
    func resume() { terminal.resume() }
    func repaint() { terminal.repaint() }
    func copy(_ text: [UInt8]) -> Bool { terminal.copy(text) }
    func setTheme(_ theme: Theme) { terminal.setTheme(theme) }
    func close() { terminal.close() }

    /// Presents, and has the user see it.
    func show(_ surface: Surface) {
        present(surface)
        repeat {
            user.read(milliseconds: 0)
            flush()
        } while isBacklogged
        while user.read(milliseconds: 0) {}
    }
}
