internal import CTestSupport
internal import Glibc

/// A terminal for a program under test: what it sends is drawn on a `MiniScreen`, what is typed here it reads.
///
/// All waiting has a deadline, and what runs out says what stood on the screen. For one thread at a time.
package final class PseudoTerminal {
    /// What did not happen in time.
    package struct TimedOut: Error, CustomStringConvertible {
        /// What was waited for, and the screen as it was.
        package let description: String
    }

    /// A program that could not be started, or a terminal that could not be opened.
    package struct Unavailable: Error, CustomStringConvertible {
        /// What failed, and errno.
        package let description: String
    }

    /// What the user sees now. Only reading (`waitUntil` and the like) makes it newer.
    package private(set) var screen: MiniScreen
    /// Everything that came, byte for byte.
    package private(set) var received: [UInt8] = []
    /// The program's process; 0 when there is none.
    package let processIdentifier: Int32
    /// The terminal's end for a program in this process, as its input and output; -1 with a program of its own.
    package let programDescriptor: Int32
    /// True after the last program has closed the terminal.
    package private(set) var isHungUp = false
    private let descriptor: Int32
    private var exitCode: Int32?

    /// How long to wait for anything, in seconds, unless told otherwise. Machines under test are busy.
    package static let patience = 20.0

    /// A terminal for use in this process: see `programDescriptor`.
    package init(rows: Int = 24, columns: Int = 80) throws {
        var master: Int32 = -1
        var slave: Int32 = -1
        let error = ctestsupport_open(Int32(rows), Int32(columns), &master, &slave)
        guard error == 0 else { throw Unavailable(description: "no pseudo-terminal: errno \(error)") }
        descriptor = master
        programDescriptor = slave
        processIdentifier = 0
        screen = MiniScreen(rows: rows, columns: columns)
    }

    /// Starts the program at `path` on a terminal of its own. Its environment is `TestTerminal.environment` with
    /// `environment` on top, and nothing else.
    package init(
        run path: String, _ arguments: [String] = [], environment: [String: String] = [:], rows: Int = 24,
        columns: Int = 80
    ) throws {
        let variables = TestTerminal.environment(environment).map { "\($0.key)=\($0.value)" }
        var master: Int32 = -1
        var child: Int32 = 0
        let error = withCStrings([path] + arguments) { argv in
            withCStrings(variables) { envp in
                ctestsupport_spawn(path, argv, envp, Int32(rows), Int32(columns), &master, &child)
            }
        }
        guard error == 0 else { throw Unavailable(description: "\(path) does not start: errno \(error)") }
        descriptor = master
        programDescriptor = -1
        processIdentifier = child
        screen = MiniScreen(rows: rows, columns: columns)
    }

    deinit {
        hangUp()
        guard processIdentifier > 0, exitCode == nil else { return }
        kill(processIdentifier, SIGKILL)
        var code: Int32 = 0
        while ctestsupport_ended(processIdentifier, &code) == 0 { usleep(1000) }
    }

    /// The path of a product of this package, beside the running tests.
    package static func builtProduct(_ name: String) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let tests = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return tests.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/"
            + name
    }

    private var isClosed = false

    /// Closes the terminal, as if its window were closed.
    package func hangUp() {
        guard !isClosed else { return }
        isClosed = true
        close(descriptor)
        if programDescriptor >= 0 { close(programDescriptor) }
    }
}

// MARK: - The user's hands

extension PseudoTerminal {
    /// Sends bytes as they are.
    package func send(_ bytes: some Collection<UInt8>) {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EAGAIN && errno != EINTR { return }
            // What does not fit waits until the program has read some, and reads what it says meanwhile.
            if count <= 0 { read(milliseconds: 10) }
        }
    }

    /// Types text; names in angle brackets are keys, as in `"/odom<Enter>jj<Tab>"`: Enter, Esc, Tab, Shift-Tab, Space,
    /// Backspace, Del, Ins, Up, Down, Left, Right, Home, End, PgUp, PgDn, F1…F12, Ctrl-c, Alt-x and lt for `<`.
    ///
    /// Traps on a name that is none of these.
    package func type(_ text: String) {
        var rest = Substring(text)
        while let first = rest.popFirst() {
            guard first == "<", let end = rest.firstIndex(of: ">") else {
                send(String(first).utf8)
                continue
            }
            let name = String(rest[..<end])
            rest = rest[rest.index(after: end)...]
            guard let sequence = TypedKeys.sequence(of: name) else { preconditionFailure("there is no key <\(name)>") }
            send(sequence.utf8)
            // What follows an escape character at once belongs to it.
            if name == "Esc" { read(milliseconds: 100) }
        }
    }

    /// Pastes text as terminals do where bracketed paste is on, and types it where it is off.
    package func paste(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r")
        send((screen.modes.contains(2004) ? "\u{1b}[200~\(lines)\u{1b}[201~" : lines).utf8)
    }

    /// Gives the window another size.
    package func resize(rows: Int, columns: Int) {
        screen.resize(rows: rows, columns: columns)
        ctestsupport_resize(descriptor, Int32(rows), Int32(columns))
    }

    /// Sends a signal to the program.
    package func signal(_ number: Int32) {
        guard processIdentifier > 0, exitCode == nil else { return }
        kill(processIdentifier, number)
    }
}

// MARK: - The user's eyes

extension PseudoTerminal {
    /// The rows of the screen.
    package var lines: [String] { screen.lines }
    /// The number of bytes that came so far.
    package var byteCount: Int { received.count }

    /// Waits until `text` stands on the screen.
    package func waitFor(_ text: String, seconds: Double = patience) throws {
        try waitUntil("“\(text)” on the screen", seconds: seconds) { $0.shows(text) }
    }

    /// Waits until `text` stands nowhere on the screen.
    package func waitForNo(_ text: String, seconds: Double = patience) throws {
        try waitUntil("no “\(text)” on the screen", seconds: seconds) { !$0.shows(text) }
    }

    /// Waits until the screen fulfils a condition; `what` names it when it does not.
    package func waitUntil(
        _ what: String, seconds: Double = patience, _ condition: (MiniScreen) throws -> Bool
    ) throws {
        let end = PseudoTerminal.now() + seconds
        while try !condition(screen) {
            guard PseudoTerminal.now() < end else { throw timedOut(what, seconds) }
            guard !isHungUp else { throw timedOut(what + " (the terminal was closed)", seconds) }
            read(milliseconds: 20)
        }
    }

    /// Waits until the program has ended and returns its exit code, or 128 + the signal that ended it.
    package func waitForExit(seconds: Double = patience) throws -> Int32 {
        let end = PseudoTerminal.now() + seconds
        while exitCode == nil {
            var code: Int32 = 0
            if ctestsupport_ended(processIdentifier, &code) != 0 {
                exitCode = code
                break
            }
            guard PseudoTerminal.now() < end else { throw timedOut("the end of the program", seconds) }
            read(milliseconds: 10)
        }
        while read(milliseconds: 0) {}
        return exitCode ?? -1
    }

    /// Reads until nothing has come for so long, at most `seconds`: for counting bytes, not for waiting for something.
    package func settle(milliseconds: Int32 = 200, seconds: Double = patience) {
        let end = PseudoTerminal.now() + seconds
        while PseudoTerminal.now() < end, read(milliseconds: milliseconds) {}
    }

    /// Reads what has come, waiting at most so long for the first byte; false when nothing came.
    @discardableResult
    package func read(milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, milliseconds) > 0 else { return false }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        guard count > 0 else {
            // EIO: nobody has the other end open.
            if count == 0 || errno == EIO {
                isHungUp = processIdentifier > 0
                usleep(1000)
            }
            return false
        }
        received.append(contentsOf: buffer[..<count])
        screen.feed(buffer[..<count])
        return true
    }

    /// The terminal's settings as numbers, to be compared.
    package var settings: [UInt32] {
        var values = [UInt32](repeating: 0, count: 5)
        ctestsupport_settings(descriptor, &values)
        return values
    }

    /// True when the terminal edits and echoes lines and its keys send signals, as in a shell.
    package var isCooked: Bool { ctestsupport_is_cooked(descriptor) == 1 }

    /// True when the terminal is as a shell expects it: cooked, first screen, wrapping, visible cursor, no mouse
    /// reports and no bracketed paste.
    package var isSane: Bool { isCooked && screen.modes == [7, 25] }

    private func timedOut(_ what: String, _ seconds: Double) -> TimedOut {
        let picture = screen.lines.map { "  |\($0)" }.joined(separator: "\n")
        return TimedOut(description: "not within \(seconds) s: \(what). The screen:\n\(picture)")
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

/// Calls `body` with the strings as C wants them: an array that ends in NULL.
private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
    let copies = strings.map { strdup($0) }
    defer {
        for copy in copies { free(copy) }
    }
    return (copies.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { body($0.baseAddress!) }
}
