internal import CLinux
import Glibc
package import MQTT

/// A real mosquitto of our own: on the loopback interface, on a free port, in a temporary folder that only we can read.
///
/// Nothing of it outlives this process, however that ends: a small shell holds the reading end of a pipe, and when our end
/// is closed, which the kernel does for the dead too, it ends the broker and removes the folder.
package final class DemoBroker {
    /// Where it listens.
    package let endpoint: Endpoint
    /// Where it listens with TLS: at the port after that. `nil` where openssl is not installed, which makes its certificate.
    package let secureEndpoint: Endpoint?
    /// The certificate of the authority to trust there.
    package let authorityFile: String
    /// Its unix domain socket; `nil` where the path of its folder is too long for one.
    package let unixEndpoint: Endpoint?
    /// Its temporary folder.
    package let folder: String
    /// The process identifier of mosquitto.
    package let processIdentifier: Int32

    /// Readable while mosquitto writes to stderr: to be drained, so that it never blocks.
    let errors: Int32
    /// The end of the pipe that keeps it alive; -1 when it has been stopped.
    package var lifeline: Int32
    private let gone: Int32
    private let supervisor: Int32

    /// The shell's whole work. It leaves a child in charge, because the kernel kills the shell itself together with us.
    /// `$1` is mosquitto, `$2` the folder. The standard output stays open until everything is cleaned up.
    private static let script = """
        exec 3<&0
        (
        cd /
        read go <&3 || go=
        if [ "$go" = go ]; then
            "$1" -c "$2/mosquitto.conf" >/dev/null 3<&- &
            trap '' HUP INT QUIT TERM TSTP
            exec 2>/dev/null
            echo $!
            read end <&3
            kill $!
            for pause in 0.02 0.05 0.1 0.2 0.4 0.8 1; do
                kill -0 $! || break
                sleep $pause
            done
            kill -9 $!
        fi
        rm -rf "$2"
        wait
        ) </dev/null &
        exec 3<&- 2>/dev/null
        wait
        """

    /// How long mosquitto may take to start.
    private static let patience = 5_000

    /// Starts it and waits until it listens.
    package convenience init() throws(DemoFailure) {
        try self.init(searching: Self.places(path: getenv("PATH").map { String(cString: $0) } ?? ""))
    }

    /// Where mosquitto is looked for: the folders of the search path, and where that has none for system programs, as a
    /// user's has not everywhere, the usual two besides.
    package static func places(path: String) -> [String] {
        let places = path.split(separator: ":").map(String.init)
        return places.contains { $0.hasSuffix("/sbin") } ? places : places + ["/usr/sbin", "/usr/local/sbin"]
    }

    /// Starts the mosquitto that is found first in the folders `places`, and waits until it listens.
    package init(searching places: [String]) throws(DemoFailure) {
        let mosquitto = try Self.find("mosquitto", in: places)
        let passwords = try Self.find("mosquitto_passwd", in: places)
        let openSSL = try? Self.find("openssl", in: places)
        var attempts = 5
        while true {
            attempts -= 1
            let start = try Start(
                mosquitto: mosquitto, passwords: passwords, openSSL: openSSL, script: Self.script)
            do {
                processIdentifier = try start.waitUntilReady(milliseconds: Self.patience)
            } catch {
                start.end()
                // Between choosing the port and listening on it, somebody else took it.
                if case .brokerEnded(let lines) = error, attempts > 0,
                    lines.contains(where: { $0.contains("Address already in use") })
                {
                    continue
                }
                throw error
            }
            endpoint = Endpoint(host: "127.0.0.1", port: start.files.port)
            secureEndpoint =
                start.files.isSecure
                ? Endpoint(host: "127.0.0.1", port: start.files.port + 1, transport: .tls) : nil
            authorityFile = start.files.authority
            unixEndpoint = start.files.socket.map { Endpoint(unixPath: $0) }
            folder = start.files.folder
            (errors, lifeline, gone, supervisor) = (start.errors, start.lifeline, start.gone, start.supervisor)
            return
        }
    }

    deinit { stop() }

    /// Ends mosquitto and removes its folder; returns when both are gone, after 4 s at the latest. Idempotent.
    package func stop() {
        guard lifeline >= 0 else { return }
        close(lifeline)
        lifeline = -1
        Start.waitUntilClosed(gone, milliseconds: 4_000)
        var code: Int32 = 0
        clinux_wait(supervisor, 500, &code)
        close(gone)
        close(errors)
    }

    /// Reads and forgets what mosquitto wrote to stderr, all of which is in `$SYS/broker/log` too; whether more can come.
    static func drain(_ errors: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(errors, &buffer, buffer.count)
            guard count > 0 else { return count < 0 }
        }
    }

    /// The path of an executable file called `program` in one of `places`.
    package static func find(_ program: String, in places: [String]) throws(DemoFailure) -> String {
        let paths = places.filter { $0.hasPrefix("/") }.map { $0 + "/" + program }
        guard let path = paths.first(where: { access($0, X_OK) == 0 }) else {
            throw .notInstalled(program: program)
        }
        return path
    }
}

/// One attempt to start a broker.
private struct Start {
    let files: DemoBrokerFiles
    let errors: Int32
    let lifeline: Int32
    let gone: Int32
    let supervisor: Int32

    /// Starts the supervising shell first, so that there is no moment in which a folder could be left behind.
    init(mosquitto: String, passwords: String, openSSL: String?, script: String) throws(DemoFailure) {
        let folder = Self.temporaryFolder() + "/mqscope-demo-" + String(clinux_random(), radix: 36)
        files = DemoBrokerFiles(folder: folder, port: try Self.freePorts(), isSecure: openSSL != nil)
        let (commands, results, messages) = (try Self.pipe(), try Self.pipe(), try Self.pipe())
        clinux_set_nonblocking(messages.read, 1)
        (lifeline, gone, errors) = (commands.write, results.read, messages.read)
        defer { for end in [commands.read, results.write, messages.write] { close(end) } }
        supervisor = try Self.spawn(
            ["/bin/sh", "-c", script, "mqscope-demo", mosquitto, folder], input: commands.read, output: results.write,
            error: messages.write)
        do {
            try files.write()
            try Self.run([passwords, "-U", folder + "/passwd"])
            if let openSSL { for arguments in files.certificates { try Self.run([openSSL] + arguments) } }
        } catch {
            end()
            throw error
        }
        let go = Array("go\n".utf8)
        _ = write(lifeline, go, go.count)
    }

    /// Waits for the broker's word that it runs; its process identifier.
    func waitUntilReady(milliseconds: Int) throws(DemoFailure) -> Int32 {
        let deadline = clinux_now() + Int64(milliseconds) * 1_000_000
        let impatience = clinux_now() + 1_000_000_000
        var text: [UInt8] = []
        var hasEnded = false
        while true {
            clinux_wait_readable(errors, 50)
            hasEnded = Self.read(errors, into: &text)
            let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
            if hasEnded { throw .brokerEnded(lines: lines.suffix(3).map(Self.withoutTime)) }
            // Old versions do not say that they run.
            let isReady = lines.contains { $0.hasSuffix(" running") } || clinux_now() > impatience && accepts()
            if isReady, let identifier = brokerIdentifier() { return identifier }
            guard clinux_now() < deadline else {
                throw .notReady(milliseconds: milliseconds, lines: lines.suffix(3).map(Self.withoutTime))
            }
        }
    }

    /// Ends the attempt and cleans up.
    func end() {
        close(lifeline)
        Self.waitUntilClosed(gone, milliseconds: 4_000)
        var code: Int32 = 0
        clinux_wait(supervisor, 500, &code)
        close(gone)
        close(errors)
    }

    /// The shell's only line: the process identifier of mosquitto.
    private func brokerIdentifier() -> Int32? {
        guard clinux_wait_readable(gone, 1_000) == 1 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = Glibc.read(gone, &buffer, buffer.count)
        return count > 1 ? Int32(String(decoding: buffer[..<(count - 1)], as: UTF8.self)) : nil
    }

    /// Whether something accepts connections on the port.
    private func accepts() -> Bool {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return false }
        defer { close(socket) }
        return Self.withLoopback(port: files.port) { connect(socket, $0, $1) } == 0
    }

    /// Appends what can be read from `file`; whether its other end is closed.
    private static func read(_ file: Int32, into text: inout [UInt8]) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            guard count > 0 else { return count == 0 }
            text.append(contentsOf: buffer[..<count])
        }
    }

    /// Waits until nobody holds the other end of `file` any more.
    static func waitUntilClosed(_ file: Int32, milliseconds: Int32) {
        let deadline = clinux_now() + Int64(milliseconds) * 1_000_000
        var buffer = [UInt8](repeating: 0, count: 64)
        while clinux_now() < deadline {
            guard clinux_wait_readable(file, 100) == 1 else { continue }
            guard Glibc.read(file, &buffer, buffer.count) > 0 else { return }
        }
    }

    private static func withoutTime(_ line: String) -> String {
        guard let end = line.firstRange(of: ": ")?.lowerBound, line[..<end].allSatisfy(\.isNumber) else { return line }
        return String(line[end...].dropFirst(2))
    }

    private static func temporaryFolder() -> String {
        guard let folder = getenv("TMPDIR").map({ String(cString: $0) }), folder.hasPrefix("/") else { return "/tmp" }
        return folder
    }

    /// Runs a program to its end.
    private static func run(_ arguments: [String]) throws(DemoFailure) {
        let child = try spawn(arguments, input: -1, output: -1, error: -1)
        var code: Int32 = -1
        guard clinux_wait(child, 10_000, &code) == 1, code == 0 else {
            throw .cannotRun(program: arguments[0], why: "exit code \(code)")
        }
    }

    private static func pipe() throws(DemoFailure) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        let error = clinux_pipe(&ends)
        guard error == 0 else { throw .cannotRun(program: "mosquitto", why: reason(error)) }
        return (ends[0], ends[1])
    }

    private static func spawn(
        _ arguments: [String], input: Int32, output: Int32, error: Int32
    ) throws(DemoFailure) -> Int32 {
        let copies = arguments.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        var child: Int32 = -1
        let failure = clinux_spawn(copies.map { UnsafePointer($0) } + [nil], nil, input, output, error, &child)
        guard failure == 0 else { throw .cannotRun(program: arguments[0], why: reason(failure)) }
        return child
    }

    /// A port of the loopback interface that is free at this moment, as is the one after it.
    private static func freePorts() throws(DemoFailure) -> Int {
        for _ in 0..<20 {
            let port = try freePort(0)
            if port < 65_535, (try? freePort(port + 1)) != nil { return port }
        }
        throw .cannotRun(program: "mosquitto", why: "no two ports side by side are free")
    }

    /// `port` when it is free at this moment; 0 is any.
    private static func freePort(_ port: Int) throws(DemoFailure) -> Int {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(socket) }
        guard socket >= 0, withLoopback(port: port, { bind(socket, $0, $1) }) == 0 else {
            throw .cannotRun(program: "mosquitto", why: reason(errno))
        }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
        }
        guard result == 0 else { throw .cannotRun(program: "mosquitto", why: reason(errno)) }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func withLoopback(port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
