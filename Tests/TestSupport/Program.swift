internal import CTestSupport
internal import Foundation

/// A program that runs beside mqscope: mosquitto's own or a Python script.
///
/// It ends with `stop`, with the last reference, and also when the test process dies: a shell between us waits for that.
package final class Program {
    /// What did not happen in time, or what keeps the program from running.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String

        /// A failure in these words.
        package init(description: String) { self.description = description }
    }

    /// What it has written so far, errors too. Only waiting makes it longer.
    package private(set) var output: [UInt8] = []
    private let name: String
    private let shell: pid_t
    private var lifeline: Int32
    private let descriptor: Int32
    private var isAtEnd = false
    private var exitCode: Int32?

    /// Runs `name`, found by the search path, with a line at a time as its output.
    package init(_ name: String, _ arguments: [String]) throws {
        // The shell ends the program when its own input ends, which the kernel sees to even when we are killed.
        let script = #"""
            stdbuf -oL "$@" </dev/null 2>&1 & pid=$!
            exec >/dev/null 2>&1
            read -r end
            kill "$pid"
            wait "$pid"
            """#
        self.name = name
        var input: [Int32] = [-1, -1]
        var output: [Int32] = [-1, -1]
        guard ctestsupport_pipe(&input) == 0, ctestsupport_pipe(&output) == 0 else {
            throw Failure(description: "no pipe: errno \(errno)")
        }
        lifeline = input[1]
        descriptor = output[0]
        shell = try Self.spawn(["/bin/sh", "-c", script, "sh", name] + arguments, input: input[0], output: output[1])
        close(input[0])
        close(output[1])
    }

    deinit {
        stop()
        close(descriptor)
    }

    /// What it has written so far, as text.
    package var text: String { String(decoding: output, as: UTF8.self) }

    /// What it has written so far, line by line.
    package var lines: [String] { text.split(separator: "\n").map(String.init) }

    /// Waits until it has written `text`.
    package func waitFor(_ text: String, seconds: Double = 20) throws {
        try waitUntil("“\(text)” from \(name)", seconds: seconds) { $0.contains(text) }
    }

    /// Waits until what it has written fulfils a condition; `what` names it when it does not.
    package func waitUntil(_ what: String, seconds: Double = 20, _ condition: (String) -> Bool) throws {
        let end = Date() + seconds
        while !condition(text) {
            guard Date() < end, !isAtEnd else {
                throw Failure(description: "not within \(seconds) s: \(what). It wrote:\n\(text)")
            }
            read(milliseconds: 50)
        }
    }

    /// Waits until it has ended by itself and returns its exit code, or 128 + the signal that ended it.
    @discardableResult
    package func waitForExit(seconds: Double = 20) throws -> Int32 {
        let end = Date() + seconds
        while !isAtEnd {
            guard Date() < end else {
                throw Failure(description: "not within \(seconds) s: the end of \(name). It wrote:\n\(text)")
            }
            read(milliseconds: 50)
        }
        stop()
        return exitCode ?? -1
    }

    /// Ends it without giving it time for anything (SIGKILL).
    package func crash() throws {
        for process in try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap(pid_t.init) {
            let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
            let fields = status?.split(separator: ")").last?.split(separator: " ") ?? []
            if fields.count > 1, fields[1] == "\(shell)" { kill(process, SIGKILL) }
        }
        stop()
    }

    /// Ends it as the system does (SIGTERM), waits until it is gone and reads what it still wrote.
    package func stop() {
        guard lifeline >= 0 else { return }
        close(lifeline)
        lifeline = -1
        while !isAtEnd { read(milliseconds: 1_000) }
        var status: Int32 = 0
        while waitpid(shell, &status, 0) < 0, errno == EINTR {}
        exitCode = status >> 8 & 0xFF
    }

    private func read(milliseconds: Int32) {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, milliseconds) > 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = Foundation.read(descriptor, &buffer, buffer.count)
        if count > 0 { output += buffer[..<count] }
        if count == 0 { isAtEnd = true }
    }

    /// Starts a program with an empty signal mask and default handlers; its errors go to /dev/null.
    private static func spawn(_ arguments: [String], input: Int32, output: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_RDWR, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var strings: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        strings.append(nil)
        defer { for string in strings { free(string) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, arguments[0], &actions, &attributes, strings, environ)
        guard code == 0 else { throw Failure(description: "\(arguments[0]) does not start: errno \(code)") }
        return process
    }
}
