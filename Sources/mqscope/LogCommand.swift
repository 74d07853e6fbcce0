import CLinux
import Dashboard
import Glibc
import MQTT

/// A command of the user's shell whose output is the broker's log. It has no terminal and nothing to read, so that one
/// that would ask for a password fails; it is begun again after a pause when it ends, and ends with us.
struct LogCommand: ~Copyable {
    /// Most bytes read in one look.
    private static let slice = 65_536
    /// Seconds of the longest pause.
    private static let longestPause: Int64 = 60
    /// Milliseconds in which a command that closed its output may end by itself.
    private static let patience: Int32 = 200

    private var child: Int32 = 0
    private var output: Int32 = -1
    private var errors: Int32 = -1
    private var outputLines = LineSplitter()
    private var errorLines = LineSplitter()
    /// The last line on the standard error.
    private var complaint: [UInt8] = []
    private var begun = Instant.zero
    /// When to begin (again).
    private var due = Instant.zero
    /// Seconds of the next pause.
    private var pause: Int64 = 1

    /// Its output and its standard error, -1 while it does not run.
    var descriptors: [Int32] { [output, errors] }

    /// What is new at `now` of the command `line`.
    mutating func look(_ line: String, at now: Instant) -> LogNews {
        var news = LogNews(nextLook: Instant(nanoseconds: .max))
        if child == 0 {
            guard now >= due else {
                news.nextLook = due
                return news
            }
            if let error = begin(line, at: now) {
                news.ending = failed("cannot be run: \(error)", at: now)
                news.nextLook = due
                return news
            }
            news.state = .reading
            news.hasBegun = true
        }
        readErrors()
        guard let bytes = Self.read(output, upTo: Self.slice) else {
            news.lines = [outputLines.rest()].filter { !$0.isEmpty }
            news.ending = failed(ended(), at: now)
            news.nextLook = due
            return news
        }
        news.lines = outputLines.lines(bytes)
        return news
    }

    /// Ends it with all that it started, and waits until it is gone.
    mutating func stop() {
        end(signal: SIGTERM)
        due = Instant(nanoseconds: .max)
    }

    // MARK: Its life

    /// Starts it by the user's shell; why that cannot be done.
    private mutating func begin(_ line: String, at now: Instant) -> File.Failure? {
        var (outputs, complaints): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
        var error = clinux_pipe(&outputs)
        if error == 0 { error = clinux_pipe(&complaints) }
        if error == 0 { error = Self.spawn([Self.shell, "-c", line], outputs[1], complaints[1], &child) }
        for end in [outputs[1], complaints[1]] where end >= 0 { close(end) }
        (output, errors) = (outputs[0], complaints[0])
        guard error == 0 else {
            closeAll()
            return File.Failure(errno: error)
        }
        for end in [output, errors] { clinux_set_nonblocking(end, 1) }
        (outputLines, errorLines, complaint, begun) = (LineSplitter(), LineSplitter(), [], now)
        return nil
    }

    private static func spawn(_ words: [String], _ output: Int32, _ errors: Int32, _ child: inout Int32) -> Int32 {
        let copies = words.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return clinux_spawn(copies.map { UnsafePointer($0) } + [nil], nil, -1, output, errors, &child)
    }

    /// The user's shell.
    private static var shell: String {
        guard let shell = getenv("SHELL").map({ String(cString: $0) }), shell.hasPrefix("/"), access(shell, X_OK) == 0
        else {
            return "/bin/sh"
        }
        return shell
    }

    /// Its output is at its end: takes it away, and says how it ended.
    private mutating func ended() -> String {
        var code: Int32 = 0
        if clinux_wait(child, Self.patience, &code) == 1 {
            // What it left behind goes, too.
            kill(-child, SIGKILL)
            child = 0
        } else {
            end(signal: SIGTERM)
        }
        readErrors()
        let rest = errorLines.rest()
        if !rest.isEmpty { complaint = rest }
        closeAll()
        let words = complaint.isEmpty ? "" : ": " + String(decoding: complaint.prefix(1_024), as: UTF8.self)
        return (code == 0 ? "ended" : "failed (\(code))") + words
    }

    /// Keeps the last line of what it complains.
    private mutating func readErrors() {
        guard errors >= 0 else { return }
        guard let bytes = Self.read(errors, upTo: Self.slice) else {
            close(errors)
            errors = -1
            return
        }
        complaint = errorLines.lines(bytes).last { !$0.isEmpty } ?? complaint
    }

    private mutating func failed(_ reason: String, at now: Instant) -> BrokerLogSource.State {
        if now.since(begun) >= Self.longestPause * 1_000_000_000 { pause = 1 }
        due = now.advanced(milliseconds: pause * 1_000)
        pause = min(pause * 2, Self.longestPause)
        return .failed(reason, retryAt: due)
    }

    private mutating func end(signal: Int32) {
        closeAll()
        guard child > 0 else { return }
        var code: Int32 = 0
        kill(-child, signal)
        if clinux_wait(child, Self.patience, &code) == 0 {
            kill(-child, SIGKILL)
            clinux_wait(child, -1, &code)
        }
        kill(-child, SIGKILL)
        child = 0
    }

    private mutating func closeAll() {
        for descriptor in [output, errors] where descriptor >= 0 { close(descriptor) }
        (output, errors) = (-1, -1)
    }

    /// What can be read now, at most `limit` bytes; `nil` at the end.
    private static func read(_ descriptor: Int32, upTo limit: Int) -> ArraySlice<UInt8>? {
        var buffer = [UInt8](repeating: 0, count: limit)
        while true {
            let count = Glibc.read(descriptor, &buffer, limit)
            if count > 0 { return buffer[..<count] }
            guard count < 0, errno == EINTR else { return count < 0 && errno == EAGAIN ? [] : nil }
        }
    }
}
