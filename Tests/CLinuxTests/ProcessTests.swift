import CLinux
import Glibc
import Testing

/// Child processes.
@Suite struct ProcessTests {
    /// Runs a shell script to its end: what it printed and its exit code.
    private func run(_ script: String, environment: [String]? = nil) throws -> (output: String, code: Int32) {
        var ends: [Int32] = [-1, -1]
        #expect(clinux_pipe(&ends) == 0)
        var child: Int32 = 0
        let error = spawn(["sh", "-c", script], environment: environment, output: ends[1], &child)
        close(ends[1])
        try #require(error == 0)
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = read(ends[0], &buffer, buffer.count), count > 0 { output += buffer[..<count] }
        close(ends[0])
        var code: Int32 = -1
        #expect(clinux_wait(child, -1, &code) == 1)
        return (String(decoding: output, as: UTF8.self), code)
    }

    private func spawn(
        _ words: [String], environment variables: [String]? = nil, output: Int32 = -1, _ child: inout Int32
    )
        -> Int32
    {
        let argv = words.map { strdup($0) }
        let envp = (variables ?? []).map { strdup($0) }
        defer { for copy in argv + envp { free(copy) } }
        return (argv.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { argv in
            (envp.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { envp in
                clinux_spawn(argv.baseAddress, variables == nil ? nil : envp.baseAddress, -1, output, output, &child)
            }
        }
    }

    @Test("A program runs, prints and ends with its code")
    func runs() throws {
        #expect(try run("echo hello; exit 7") == ("hello\n", 7))
        #expect(try run("kill -TERM $$").code == 128 + SIGTERM)
    }

    @Test("A program that cannot run is an error at once, and leaves no process")
    func cannotRun() {
        var child: Int32 = -7
        #expect(spawn(["no-such-program-anywhere"], &child) == ENOENT)
        #expect(spawn(["/etc/passwd"], &child) == EACCES)
        #expect(child == -7)
    }

    @Test("A child has no signal blocked or ignored, no descriptor of ours, nothing to read, and a session of its own")
    func clean() throws {
        var blocked = sigset_t()
        var before = sigset_t()
        sigemptyset(&blocked)
        sigaddset(&blocked, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &blocked, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        // A descriptor that somebody forgot to close at exec.
        let leaked = dup(open("/dev/null", O_RDONLY))
        defer { close(leaked) }
        let result = try run(
            "exec 2>/dev/null; while read -r name value; do case $name in SigBlk:|SigIgn:) echo $name$value;; esac; done"
                + " </proc/self/status; for fd in /proc/$$/fd/*; do echo ${fd##*/}; done; read line || echo end;"
                + " read -r a b c d e sid rest </proc/$$/stat; [ $sid = $$ ] && echo own")
        let lines = Set(result.output.split(separator: "\n").map(String.init))
        #expect(lines.isSuperset(of: ["SigBlk:0000000000000000", "end", "own"]))
        // The C library keeps signals 32 and 33 to itself.
        let ignored = try #require(
            lines.first { $0.hasPrefix("SigIgn:") }.flatMap { UInt64($0.dropFirst(7), radix: 16) })
        #expect(ignored & 0x7fff_ffff == 0)
        #expect(!lines.contains("\(leaked)"))
        #expect(lines.isSuperset(of: ["0", "1", "2"]))
    }

    @Test("A child gets our environment, or the one that it is given")
    func environment() throws {
        #expect(try run("echo ${HOME:+home}").output == "home\n")
        #expect(try run("echo $A${HOME:+home}", environment: ["A=b"]).output == "b\n")
    }

    @Test("Waiting for a child is bounded")
    func waiting() {
        var child: Int32 = 0
        var code: Int32 = -1
        #expect(spawn(["sleep", "1000"], &child) == 0)
        #expect(clinux_wait(child, 0, &code) == 0)
        #expect(clinux_wait(child, 5, &code) == 0)
        kill(child, SIGKILL)
        #expect(clinux_wait(child, 20_000, &code) == 1)
        #expect(code == 128 + SIGKILL)
        #expect(clinux_wait(child, 0, &code) == -1)
    }

    @Test("Any number of threads may start children at the same time")
    func manyThreads() async throws {
        let codes = try await withThrowingTaskGroup(of: Int32.self) { group in
            for number in 0..<24 { group.addTask { try run("exit \(number)").code } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(codes) == Set(0..<24))
    }
}
