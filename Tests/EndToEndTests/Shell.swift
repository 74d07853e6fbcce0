import Foundation
import TestSupport

/// A process as `/proc` tells of it.
enum Processes {
    /// The processes whose command line holds `text`, without zombies.
    static func mentioning(_ text: String) -> [pid_t] {
        all.filter { process in
            guard let line = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/cmdline")) else {
                return false
            }
            return String(decoding: line, as: UTF8.self).contains(text) && isRunning(process)
        }
    }

    /// The processes that `parent` has started.
    static func children(of parent: pid_t) -> [pid_t] {
        all.filter { process in
            guard let fields = status(process), fields.count > 1 else { return false }
            return fields[1] == String(parent)
        }
    }

    /// Whether a process exists and is no zombie.
    static func isRunning(_ process: pid_t) -> Bool {
        guard let state = status(process)?.first else { return false }
        return state != "Z" && state != "X"
    }

    /// Whether a process was stopped.
    static func isStopped(_ process: pid_t) -> Bool { status(process)?.first == "T" }

    /// A number of `/proc/PID/status`, such as `VmRSS` in KiB.
    static func number(_ name: String, of process: pid_t) -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
    }

    private static var all: [pid_t] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { pid_t($0) }
    }

    /// State, parent and what follows.
    private static func status(_ process: pid_t) -> [Substring]? {
        // The name, in parentheses, may hold anything.
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        return text[text.index(after: end)...].split(separator: " ")
    }
}

/// Waits until `condition` holds; fails with `what` when it does not in time.
func waitUntil(_ what: @autoclosure () -> String, seconds: Double = 20, _ condition: () throws -> Bool) throws {
    let end = Date() + seconds
    while try !condition() {
        guard Date() < end else { throw Program.Failure(description: "not within \(seconds) s: \(what())") }
        usleep(10_000)
    }
}

/// An interactive shell on a terminal, from which a user starts mqscope and to which the terminal is given back. It
/// does nothing to the terminal's settings itself.
final class Shell {
    /// The terminal.
    let terminal: PseudoTerminal
    /// The terminal's settings before any program ran.
    let settings: [UInt32]

    private static let prompt = "shell>"

    /// A shell at its prompt, below a line that was there before.
    init(environment: [String: String] = [:], rows: Int = 43, columns: Int = 132) throws {
        var variables = ["PS1": Self.prompt + " "]
        variables.merge(environment) { $1 }
        terminal = try PseudoTerminal(run: "/bin/sh", ["-i"], environment: variables, rows: rows, columns: columns)
        try terminal.waitFor(Self.prompt)
        settings = terminal.settings
        // What crashes shall leave no core file.
        terminal.type("ulimit -c 0; echo be''fore<Enter>")
        try terminal.waitUntil("the line before") { $0.lines.contains("before") }
    }

    /// Starts mqscope on the broker at `port` and waits until it is connected; its process.
    func startMqscope(port: Int, _ options: String = "") throws -> pid_t {
        terminal.type("\(PseudoTerminal.builtProduct("mqscope")) -h 127.0.0.1 -p \(port) \(options)<Enter>")
        try terminal.waitUntil("mqscope, connected") { $0.isAlternate && $0.shows("● live") }
        guard let process = Processes.children(of: terminal.processIdentifier).first else {
            throw Program.Failure(description: "the shell has no child")
        }
        return process
    }

    /// Whether the terminal is as it was before mqscope: settings, cursor, first screen, keys, mouse and paste modes.
    var isAsBefore: Bool {
        terminal.isSane && terminal.settings == settings && terminal.screen.unknown.isEmpty
    }

    /// Whether what stood on the screen before mqscope still does.
    var keepsItsText: Bool { terminal.lines.contains("before") }

    /// Waits until mqscope has ended and the prompt is back; its exit code, or 128 + the signal that ended it.
    func waitForExit() throws -> Int {
        try waitForPrompt()
        terminal.type("echo co''de $?<Enter>")
        var code: Int?
        try terminal.waitUntil("the exit code") { screen in
            code = screen.lines.last { $0.hasPrefix("code ") }.flatMap { Int($0.dropFirst(5)) }
            return code != nil
        }
        return code ?? -1
    }

    /// Waits until the shell's screen is there and the shell waits for a command.
    func waitForPrompt() throws {
        try terminal.waitUntil("the shell's prompt") { screen in
            !screen.isAlternate && screen.lines.last { !$0.isEmpty } == Self.prompt
        }
    }
}
