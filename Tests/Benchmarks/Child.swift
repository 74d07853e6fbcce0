import CLinux
import Foundation

/// What is wrong, in words.
struct Trouble: Error, CustomStringConvertible {
    /// The words.
    let description: String

    /// Trouble in these words.
    init(_ description: String) { self.description = description }
}

/// A program that was run to its end.
struct Child {
    /// Processor time that it used, user and system, seconds.
    let processorTime: Double
    /// What it wrote to stderr.
    let errors: String

    /// Longest time that a program may run, seconds.
    static let patience = 300

    /// Runs `words`, found in PATH, with `input` as stdin and nothing as stdout; throws when it fails.
    init(_ words: [String], input: Int32 = -1) throws {
        let errors = try Self.temporaryFile()
        defer { close(errors) }
        let strings = words.map { strdup($0) }
        defer { for string in strings { free(string) } }
        var arguments = strings.map { UnsafePointer($0) }
        arguments.append(nil)
        var pid: Int32 = 0
        let error = clinux_spawn(&arguments, nil, input, -1, errors, &pid)
        guard error == 0 else { throw Trouble("\(words[0]) cannot be started: \(String(cString: strerror(error)))") }
        var status: Int32 = 0
        var usage = rusage()
        // Asked now and then rather than waited for, so that a program that hangs does not hang the benchmark.
        for _ in 0..<Self.patience * 200 {
            if wait4(pid, &status, WNOHANG, &usage) == pid {
                self.errors = Self.text(of: errors)
                guard status == 0 else { throw Trouble("\(words[0]) ended with status \(status): \(self.errors)") }
                processorTime = Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime)
                return
            }
            usleep(5_000)
        }
        kill(pid, SIGKILL)
        wait4(pid, &status, 0, &usage)
        throw Trouble("\(words[0]) did not end within \(Self.patience) s")
    }

    /// The built mqscope, which stands beside this program.
    static func mqscope() throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path =
            own.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            + "/mqscope"
        guard access(path, X_OK) == 0 else { throw Trouble("mqscope is not built: swift build -c release") }
        return path
    }

    /// Whether `instructions` can count.
    static var countsInstructions: Bool { (try? Child(["valgrind", "--version"])) != nil }

    /// The user instructions that `words` take, counted by callgrind.
    static func instructions(_ words: [String], input: Int32 = -1) throws -> Double {
        // Debian's valgrind cannot read the debug information of Swift programs and gives up: it gets a copy without.
        let program = NSTemporaryDirectory() + "/mqscope-benchmarks-\(getpid())"
        defer { unlink(program) }
        _ = try Child(["strip", "--strip-debug", "-o", program, words[0]])
        // Its memcpy is to copy by loads and stores: callgrind counts an instruction for each byte of the string instruction
        // that it would use for long parts, which no processor does.
        let tunables = "GLIBC_TUNABLES=glibc.cpu.x86_rep_movsb_threshold=1073741824"
        let valgrind = ["env", tunables, "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program]
        let errors = try Child(valgrind + words.dropFirst(), input: input).errors
        guard let line = errors.split(separator: "\n").first(where: { $0.contains("Collected :") }),
            let count = line.split(separator: " ").last.flatMap({ Double($0) })
        else { throw Trouble("callgrind did not say how many instructions it counted") }
        return count
    }

    /// A file that is gone when it is closed.
    static func temporaryFile() throws -> Int32 {
        var name = Array((NSTemporaryDirectory() + "/mqscope-benchmarks-XXXXXX").utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw Trouble("no temporary file: errno \(errno)") }
        unlink(name)
        return descriptor
    }

    private static func text(of descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}
