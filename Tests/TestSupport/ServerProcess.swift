internal import CTestSupport
package import Foundation

/// What keeps a test from having a real server or program.
package struct ServerFailure: Error, CustomStringConvertible {
    /// What is missing or went wrong, and what to do.
    package let description: String
}

/// A server of another make for one test: on a free port of the loopback interface, with a folder of its own.
///
/// It ends with `stop`, with the last reference, and also when the test process dies: a shell between us waits for that.
package final class ServerProcess {
    /// Where it listens, on 127.0.0.1.
    package let port: Int
    /// Its folder, which goes when it does.
    package let directory: String
    /// The process; 0 while it is stopped.
    package private(set) var processIdentifier: pid_t = 0

    private let name: String
    private var shell: pid_t = 0
    private var lifeline: Int32 = -1

    /// A place for the program `name`, which is not started yet.
    package init(_ name: String) throws {
        self.name = name
        directory = NSTemporaryDirectory() + "mqscope-test-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        port = try Self.freePort()
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// Starts it with the configuration `file`, again after `stop`; returns when it listens.
    package func start(configuration file: String) throws {
        guard lifeline < 0 else { return }
        let program = try Self.find(name)
        // The shell ends the server when its input does, which the kernel sees to even when we are killed.
        let script = #""$1" -c "$2" </dev/null & pid=$!; echo $pid; read -r end; kill $pid 2>/dev/null; wait $pid"#
        var input: [Int32] = [-1, -1]
        var output: [Int32] = [-1, -1]
        guard ctestsupport_pipe(&input) == 0, ctestsupport_pipe(&output) == 0 else {
            throw ServerFailure(description: "no pipe: errno \(errno)")
        }
        let errors = open(directory + "/stderr", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        shell = try Self.spawn(
            ["/bin/sh", "-c", script, "sh", program, file], input: input[0], output: output[1], errors: errors)
        close(input[0])
        close(output[1])
        close(errors)
        lifeline = input[1]
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(output[0], &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
        close(output[0])
        processIdentifier = pid_t(String(decoding: line, as: UTF8.self)) ?? 0
        try waitUntilListening()
    }

    /// Ends it as the system does (SIGTERM) and waits until it is gone. Does nothing when it is stopped.
    package func stop() {
        guard lifeline >= 0 else { return }
        kill(processIdentifier, SIGCONT)
        close(lifeline)
        lifeline = -1
        var status: Int32 = 0
        var rounds = 0
        while true {
            let ended = waitpid(shell, &status, WNOHANG)
            if ended > 0 || ended < 0 && errno != EINTR { break }
            usleep(2_000)
            rounds += 1
            // mosquitto forgets a SIGTERM that comes between its handlers and its main loop.
            if rounds.isMultiple(of: 100) { kill(processIdentifier, SIGTERM) }
        }
        processIdentifier = 0
    }

    /// Ends it without giving it time for anything (SIGKILL) and waits until it is gone.
    package func crash() {
        guard lifeline >= 0 else { return }
        kill(processIdentifier, SIGKILL)
        stop()
    }

    /// Stops the process without ending it: connections stay open and nothing answers.
    package func freeze() { kill(processIdentifier, SIGSTOP) }

    /// Lets it go on after `freeze`.
    package func thaw() { kill(processIdentifier, SIGCONT) }

    /// Waits at most 10 s until the kernel says that it listens: asking by a connection would stand in its log.
    private func waitUntilListening() throws {
        let deadline = Date() + 10
        while Date() < deadline {
            if Self.isListening(port) { return }
            guard Self.isRunning(processIdentifier) else { break }
            usleep(2_000)
        }
        let words = (try? String(contentsOfFile: directory + "/stderr", encoding: .utf8)) ?? ""
        stop()
        throw ServerFailure(description: "\(name) does not listen on port \(port): \(words)")
    }

    /// Waits at most 10 s until something listens on `port`.
    package static func waitUntilListening(_ port: Int) throws {
        let deadline = Date() + 10
        while Date() < deadline {
            if isListening(port) { return }
            usleep(2_000)
        }
        throw ServerFailure(description: "nothing listens on port \(port)")
    }

    /// Whether a socket of this machine listens on `port`.
    private static func isListening(_ port: Int) -> Bool {
        let wanted = String(format: ":%04X", port)
        for path in ["/proc/net/tcp", "/proc/net/tcp6"] {
            guard let table = try? String(contentsOfFile: path, encoding: .utf8) else { continue }
            for line in table.split(separator: "\n") {
                let fields = line.split(separator: " ")
                if fields.count > 3, fields[1].hasSuffix(wanted), fields[3] == "0A" { return true }
            }
        }
        return false
    }

    /// Whether a process exists and is no zombie.
    private static func isRunning(_ process: pid_t) -> Bool {
        guard process > 0, let line = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else {
            return false
        }
        return !line.contains(") Z ")
    }

    /// A port of the loopback interface that nobody uses now.
    package static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard isBound else { throw ServerFailure(description: "no free port: errno \(errno)") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// The path of a program, or a failure that says what to install.
    package static func find(_ program: String) throws -> String {
        let folders = (getenv("PATH").map { String(cString: $0) } ?? "").split(separator: ":").map(String.init)
        for folder in folders + ["/usr/sbin", "/usr/local/sbin", "/usr/bin"] {
            let path = folder + "/" + program
            if access(path, X_OK) == 0 { return path }
        }
        throw ServerFailure(
            description:
                "\(program) is not installed; the tests need it: "
                + "apt-get install microsocks mosquitto mosquitto-clients nats-server openssl"
        )
    }

    /// Runs a program to its end; a failure when it does not succeed.
    package static func run(_ program: String, _ arguments: [String]) throws {
        let process = try spawn([program] + arguments, input: -1, output: -1, errors: -1)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else { throw ServerFailure(description: "\(program) failed with status \(status)") }
    }

    /// Starts a program with an empty signal mask and default handlers; -1 is /dev/null.
    private static func spawn(_ arguments: [String], input: Int32, output: Int32, errors: Int32) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in [(0, input), (1, output), (2, errors)] as [(Int32, Int32)] {
            if source >= 0 {
                posix_spawn_file_actions_adddup2(&actions, source, target)
            } else {
                posix_spawn_file_actions_addopen(&actions, target, "/dev/null", O_RDWR, 0)
            }
        }
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
        guard code == 0 else { throw ServerFailure(description: "\(arguments[0]) does not start: errno \(code)") }
        return process
    }
}
