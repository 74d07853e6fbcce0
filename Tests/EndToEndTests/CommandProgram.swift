import Foundation
import TestSupport

/// A command without a terminal, with pipes of its own.
final class CommandProgram {
    /// How a command ended.
    struct Ending {
        /// Its exit code, or 128 + the signal that ended it.
        let code: Int32
        /// What it wrote to stdout.
        let output: [UInt8]
        /// What it wrote to stderr.
        let errors: String

        /// What it wrote to stdout, as text.
        var text: String { String(decoding: output, as: UTF8.self) }
    }

    private let process = Process()
    private let input = Pipe()
    private let folder: String

    /// What it has written to stdout so far.
    var output: [UInt8] { Self.bytes(folder + "/output") }
    /// What it has written to stderr so far.
    var errors: String { String(decoding: Self.bytes(folder + "/errors"), as: UTF8.self) }
    /// Its process.
    var processIdentifier: pid_t { process.processIdentifier }

    /// Starts `program` with `words`.
    init(_ program: String, _ words: [String], environment: [String: String] = [:]) throws {
        folder = NSTemporaryDirectory() + "mqscope-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = words
        // Neither options files of this machine nor a password count.
        process.environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "", "HOME": folder]
            .merging(environment) { $1 }
        process.standardInput = input
        var files: [FileHandle] = []
        for (name, isErrors) in [("output", false), ("errors", true)] {
            _ = FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: nil)
            guard let file = FileHandle(forWritingAtPath: "\(folder)/\(name)") else { continue }
            if isErrors { process.standardError = file } else { process.standardOutput = file }
            files.append(file)
        }
        try process.run()
        // Foundation leaves them open, and reads beyond its memory in `run` from about 1,360 descriptors on.
        for file in files { try? file.close() }
    }

    deinit {
        finishInput()
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Starts `mqscope` with `words`.
    static func mqscope(_ words: [String], environment: [String: String] = [:]) throws -> CommandProgram {
        try CommandProgram(PseudoTerminal.builtProduct("mqscope"), words, environment: environment)
    }

    /// Runs `mqscope` with `words` to its end.
    static func run(
        _ words: [String], input: [UInt8] = [], environment: [String: String] = [:]
    ) throws -> Ending {
        let program = try mqscope(words, environment: environment)
        program.type(input)
        program.finishInput()
        return try program.waitForExit()
    }

    /// Writes to its stdin, beside the test.
    func type(_ bytes: [UInt8]) {
        let handle = input.fileHandleForWriting
        try? handle.write(contentsOf: Data(bytes))
    }

    /// Ends its stdin.
    func finishInput() { try? input.fileHandleForWriting.close() }

    /// Sends it a signal.
    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits until it has written `text` to stdout.
    func waitFor(_ text: String) throws {
        try waitUntil("“\(text)” in “\(String(decoding: output, as: UTF8.self))”, errors: \(errors)") {
            String(decoding: output, as: UTF8.self).contains(text)
        }
    }

    /// Waits until it has ended.
    func waitForExit(seconds: Double = 60) throws -> Ending {
        try waitUntil(
            "the end; it wrote “\(String(decoding: output.suffix(500), as: UTF8.self))”, errors: \(errors)",
            seconds: seconds
        ) {
            !process.isRunning
        }
        let code = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
        return Ending(code: code, output: output, errors: errors)
    }

    private static func bytes(_ path: String) -> [UInt8] {
        FileManager.default.contents(atPath: path).map { Array($0) } ?? []
    }
}
