internal import CLinux
internal import CTerminal
internal import Glibc
package import Screen

/// A `Terminal` on ncurses. ncurses compares screens and spells the difference; bytes go out without anybody waiting
/// for them, and come in through `KeyDecoder`. Nothing is ever asked of the terminal that it would have to answer.
package struct CursesTerminal: ~Copyable, Terminal {
    /// How to use the terminal.
    package struct Options: Sendable {
        /// How many colours to use.
        package var colors = ColorChoice.automatic
        /// Whether the mouse is reported; the terminal's own selection of text then needs Shift.
        package var mouse = false
        /// Whether a crash gives the terminal back first. For the process's own terminal only.
        package var guardsCrashes = true
        /// Where keys come from.
        package var inputDescriptor: Int32 = 0
        /// Where the screen goes to.
        package var outputDescriptor: Int32 = 1
        /// What is known about the terminal.
        package var environment = TerminalEnvironment.process

        /// The usual options.
        package init() {}
    }

    /// What the user should know about this terminal, once; nil when all is well.
    package let notice: String?
    /// The colours in use.
    package let colorDepth: ColorDepth
    /// False when glyphs beyond ASCII are replaced by ASCII ones.
    package let showsUnicode: Bool
    /// Readable when `nextInput` may have something.
    package let inputDescriptor: Int32
    /// Writable when `flush` can do something.
    package let outputDescriptor: Int32
    /// The extent of the window, at least one cell.
    package internal(set) var size: Size
    /// True when the terminal went away.
    package internal(set) var isClosed = false

    /// What was known about the terminal at the start.
    let environment: TerminalEnvironment
    /// The sequences for what is not on the screen.
    let modes: TerminalModes
    /// True when a crash gives the terminal back.
    let guardsCrashes: Bool
    /// The settings to give back; freed by `close`.
    let saved: OpaquePointer
    /// Bytes that came in, on their way to being keys.
    var decoder: KeyDecoder
    /// Bytes that go out.
    var output: OutputQueue
    /// Roles as ncurses knows them.
    var palette: Palette
    /// Whose the terminal is now.
    var state = State.suspended
    /// The row that is being handed over.
    var line: [cterminal_cell] = []
    /// True when the modes have to be set after the next frame.
    var sendsModes = false
    /// True when the mouse is wanted.
    var reportsMouse: Bool

    /// Whose the terminal is: ours, for a while the shell's, or the shell's for good.
    enum State {
        case shown, suspended, closed
    }

    /// Takes the terminal: raw keys at once, and the screen with the first `present`. `close` gives it back.
    package init(theme: Theme, options: Options = Options()) throws(TerminalFailure) {
        let opened = try Opened(options)
        environment = options.environment
        size = opened.size
        saved = opened.saved
        inputDescriptor = opened.input
        outputDescriptor = opened.output
        output = OutputQueue(descriptor: opened.output, isNonBlocking: opened.isNonBlocking)
        notice = environment.notice(using: opened.name)
        showsUnicode = environment.showsUnicode
        colorDepth = options.colors.depth(count: cterminal_colors(), refused: environment.refusesColor)
        palette = Palette(theme: theme, depth: colorDepth)
        modes = TerminalModes()
        reportsMouse = options.mouse
        decoder = KeyDecoder(known: TerminalModes.keys())
        guardsCrashes = options.guardsCrashes
        if guardsCrashes {
            clinux_crash_guard_install(outputDescriptor, saved, modes.reset, modes.reset.count)
        }
        enter()
    }

    /// What has to succeed before there is a terminal.
    private struct Opened {
        let name: String
        let size: Size
        let saved: OpaquePointer
        let input: Int32
        let output: Int32
        let isNonBlocking: Bool

        init(_ options: Options) throws(TerminalFailure) {
            let (input, output) = (options.inputDescriptor, options.outputDescriptor)
            guard isatty(output) == 1, let saved = clinux_terminal_save(input) else { throw .notATerminal }
            let size = CursesTerminal.windowSize(output, options.environment)
            let names = options.environment.candidates
            guard let name = names.first(where: { cterminal_open($0, Int32(size.rows), Int32(size.columns)) != 0 })
            else {
                clinux_terminal_free(saved)
                throw .noEntry(names)
            }
            let error = clinux_terminal_raw(input, saved)
            guard error == 0 else {
                cterminal_close()
                clinux_terminal_free(saved)
                throw .refused(error)
            }
            // Opened again, so that their flags are ours: a shell that shares ours must not find them non-blocking.
            let (ownInput, ownOutput) = (clinux_terminal_reopen(input), clinux_terminal_reopen(output))
            self.name = name
            self.size = size
            self.saved = saved
            self.input = ownInput >= 0 ? ownInput : dup(input)
            self.output = ownOutput >= 0 ? ownOutput : dup(output)
            isNonBlocking = ownOutput >= 0
        }
    }
}
