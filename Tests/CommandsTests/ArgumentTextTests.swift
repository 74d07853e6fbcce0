import Foundation
import Testing

@testable import Commands

/// Help, completions and manual, made from the table of options.
@Suite struct ArgumentTextTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    private func printed(_ command: Command, _ words: [String], width: Int = 80) throws -> String {
        let arguments = try CommandArguments(command, words, version: "mqscope 0.1.0", width: width)
        guard case .print(let text) = arguments else { throw UsageError("\(words) runs") }
        return text
    }

    /// Fails when `text` is not as recorded in `name`. With UPDATE_GOLDEN=1 it is recorded, and fails too.
    private func expect(_ text: String, isRecordedIn name: String) throws {
        let file = Self.folder.appending(path: name)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
            Issue.record("\(name) was recorded; look at it, then run again without UPDATE_GOLDEN")
        } else {
            let recorded = try String(contentsOf: file, encoding: .utf8)
            #expect(text == recorded)
        }
    }

    @Test(arguments: Command.allCases) func helpIsAsRecorded(command: Command) throws {
        try expect(printed(command, ["--help"]), isRecordedIn: "help-\(command.rawValue)-80.txt")
    }

    @Test(arguments: [40, 50, 60, 80, 132, 200]) func helpKeepsToTheWidth(width: Int) throws {
        for command in Command.allCases {
            let text = try printed(command, ["--help"], width: width)
            // A word that is longer than its column stays whole.
            for line in text.split(separator: "\n") where line.contains(" ") {
                let longest = line.split(separator: " ").map(\.count).max() ?? 0
                #expect(line.count <= width || line.hasPrefix("  -") || longest > width / 3, "\(line)")
            }
            for option in OptionTable.options(of: command) { #expect(text.contains(option.usage)) }
            #expect(text.contains("Exit codes:") && text.contains("27") == (command != .pub))
            #expect(text.contains("\n  3  ") && text.contains("\n  129-131, 143\n"))
        }
    }

    @Test(arguments: Command.allCases) func helpSpeaksOfNoOptionThatTheCommandHasNot(command: Command) {
        let options = OptionTable.options(of: command)
        let names = Set(options.flatMap(\.names))
        // That of --manual is about another program.
        for option in options where option.long != "--manual" {
            for match in "\(option.help) \(option.details)".matches(of: /(?:^|[\s(])(--?[A-Za-z][A-Za-z-]*)/) {
                #expect(names.contains(String(match.1)), "\(option.usage)")
            }
        }
    }

    @Test func versionIsALine() throws {
        #expect(try printed(.pub, ["--version"]) == "mqscope 0.1.0\n")
    }

    /// Runs a program on `input`; its exit code and all it wrote.
    private func run(_ program: String, _ arguments: [String], on input: String) throws -> (code: Int32, text: String) {
        let file = URL(fileURLWithPath: NSTemporaryDirectory()).appending(path: "mqscope-\(UUID().uuidString)")
        try Data(input.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments + [file.path]
        process.environment = ProcessInfo.processInfo.environment.merging(["MANWIDTH": "80"]) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    @Test func bashReadsItsCompletions() throws {
        let script = try printed(.sub, ["--completions", "bash"])
        #expect(try run("bash", ["-n"], on: script) == (0, ""))
        for command in Command.allCases {
            for name in OptionTable.options(of: command).flatMap(\.names) { #expect(script.contains(name)) }
        }
    }

    @Test(arguments: [
        ("mqscope ''", "sub"), ("mqscope cl", "clean"), ("mqscope sub --ret", "--retained-only"),
        ("mqscope pub --rep", "--repeat-delay"), ("mqscope sub -q ''", "2"), ("mqscope rr -V mqttv5", "mqttv5"),
        ("mqscope sub -D pub", "publish"), ("mqscope sub -D publish content-", "content-type"),
    ]) func bashCompletes(line: String, word: String) throws {
        let words = line.split(separator: " ").map(String.init)
        let test = """
            COMP_WORDS=(\(line)); COMP_CWORD=\(words.count - 1)
            compopt() { :; }
            _mqscope
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let result = try run("bash", [], on: printed(.sub, ["--completions", "bash"]) + test)
        #expect(result.code == 0)
        #expect(result.text.split(separator: "\n").contains { $0 == word }, "\(result.text)")
    }

    @Test(arguments: CompletionScript.allCases) func completionsHoldEveryLongOption(shell: CompletionScript) throws {
        for command in Command.allCases {
            for option in OptionTable.options(of: command) {
                let name = option.long ?? option.short ?? ""
                let word = shell == .fish ? String(name.drop { $0 == "-" }) : name
                #expect(shell.script.contains(word))
            }
        }
        #expect(try printed(.rr, ["--completions", shell.rawValue]) == shell.script)
    }

    @Test(arguments: Command.allCases) func theManualIsWellFormedAndComplete(command: Command) throws {
        let page = try printed(command, ["--manual"])
        let result = try run("groff", ["-man", "-Tutf8", "-ww"], on: page)
        #expect(result.code == 0)
        let plain = result.text.replacing(/\u{1B}\[[0-9;]*m/, with: "").replacing(/.\u{8}/, with: "")
        #expect(!plain.contains("warning") && !plain.contains("error:"), "\(plain.prefix(2_000))")
        for option in OptionTable.options(of: command) { #expect(plain.contains(option.usage.prefix(40))) }
        for section in ["NAME", "SYNOPSIS", "OPTIONS", "PROPERTIES", "OPTIONS FILES", "EXIT STATUS", "DIFFERENCES"] {
            #expect(plain.contains("\n\(section)\n"), "\(section)")
        }
        #expect(plain.contains("∞") && plain.contains("'robots/#'") == (command == .sub))
    }

    @Test func roffIsWrittenAsText() {
        #expect(ManualPage.escaped(".x -y \\n 'a' ∞") == "\\&.x \\-y \\(rsn \\(aqa\\(aq \\[u221E]")
        #expect(ManualPage.escaped("'x") == "\\&\\(aqx")
    }
}
