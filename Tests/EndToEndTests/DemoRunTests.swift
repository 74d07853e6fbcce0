import Foundation
import TestSupport
import Testing

/// `mqscope demo` as a newcomer runs it.
@Suite("The demo, as run", .serialized)
struct DemoRunTests {
    /// Messages a second of the streams of the lab, as measured of the real robots it stands for.
    static let rates: [(topic: String, perSecond: Double)] = [
        ("robots/ev3-1/motor/A/position", 8.91), ("robots/ev3-1/motor/B/position", 8.91),
        ("robots/ev3-1/sensor/gyro", 4.47), ("robots/ev3-1/sensor/us", 4.47), ("robots/quad/foot", 8.91),
        ("robots/quad/imu", 44.44), ("robots/quad/joints", 17.79), ("robots/tb3/camera/jpeg", 1.69),
        ("robots/tb3/cmd_vel_cdr", 8.29), ("robots/tb3/odom", 16.58), ("robots/tb3/scan", 4.15),
        ("robots/uav1/ATTITUDE", 20.73), ("robots/uav1/GLOBAL_POSITION_INT", 4.17),
        ("spBv1.0/demo/NDATA/arm6", 3.58), ("vda5050/v2/demo/agv-0001/visualization", 8.91),
    ]

    private func demo(_ arguments: [String] = []) throws -> (terminal: PseudoTerminal, port: Int) {
        let terminal = try PseudoTerminal(
            run: PseudoTerminal.builtProduct("mqscope"), ["demo"] + arguments,
            environment: ["PATH": "/usr/sbin:/usr/bin:/bin"],
            rows: 60, columns: 160)
        try terminal.waitFor("● live")
        let start = try #require(terminal.lines[0].range(of: "127.0.0.1:"))
        let port = try #require(Int(terminal.lines[0][start.upperBound...].prefix { $0.isNumber }))
        return (terminal, port)
    }

    @Test(
        """
        Half a minute: view 3 shows the faults of the lab among clients, alarms and lines of the log, and the broker's \
        statistics; the broker log says each fault in words; the rates of the robots are those of real ones
        """)
    func halfAMinute() throws {
        let (terminal, port) = try demo()
        // Into a file, as nobody reads it meanwhile.
        let folder = try Folder()
        let topics = folder.path + "/topics"
        let watcher = try Program(
            "/bin/sh",
            [
                "-c", #"topics=$1; shift; exec "$0" "$@" >"$topics""#, Mosquitto.find("mosquitto_sub"), topics, "-h",
                "127.0.0.1", "-p", "\(port)", "-u", "monitor", "-P", "demo-monitor", "-t", "#", "-F", "%t", "-R", "-W",
                "30",
            ])
        try expectFaults(inViewOfTheBrokerOn: terminal)
        terminal.type("1<Shift-Tab>z")
        try terminal.waitForNo(" Topics ─")
        var awaited = ["login refused", "taken over by", "larger than max_packet_size", "keep-alive"]
        try terminal.waitUntil("all scripted faults", seconds: 60) { screen in
            awaited.removeAll { words in
                screen.lines.contains { $0.contains(words) && (words != "keep-alive" || $0.contains("silent")) }
            }
            return awaited.isEmpty
        }
        #expect(try watcher.waitForExit(seconds: 40) == 27, "27: its 30 s are over")
        terminal.type("q")
        #expect(try terminal.waitForExit() == 0)
        let lines = try String(contentsOfFile: topics, encoding: .utf8).split(separator: "\n").map(String.init)
        let counts = Dictionary(lines.map { ($0, 1) }, uniquingKeysWith: +)
        for (topic, perSecond) in Self.rates {
            let measured = Double(counts[topic] ?? 0) / 30
            #expect(abs(measured - perSecond) <= perSecond * 0.2, "\(topic): \(measured)/s")
        }
    }

    private func expectFaults(inViewOfTheBrokerOn terminal: PseudoTerminal) throws {
        terminal.type("3")
        try terminal.waitFor(" Metrics ─")
        var awaited: [(pane: String, words: [String])] = [
            ("Clients", ["● tb3", "127.0.0.1:", "v3.1.1"]), ("Clients", ["uav1", "taken over"]),
            ("Clients", ["tb3", "larger than max_packet_size"]), ("Clients", ["quad", "silent for longer"]),
            ("Alarms", ["uav1", "two devices use this client identifier"]),
            ("Alarms", ["login refused", "user name and password are wrong or missing"]),
            ("Alarms", ["tb3", "larger than max_packet_size"]), ("Alarms", ["tb3", "came back"]),
            ("Broker log", ["login refused"]), ("Broker log", ["uav1", "taken over by"]),
            ("Metrics", ["messages in", "/s", "low before 2.1"]), ("Metrics", ["bytes in", "KiB/s"]),
            ("Metrics", ["clients", "█"]), ("Metrics", ["dropped", "0"]),
        ]
        try terminal.waitUntil("all of it", seconds: 90) { screen in
            awaited.removeAll { entry in
                screen.pane(entry.pane).contains { line in entry.words.allSatisfy(line.contains) }
            }
            return awaited.isEmpty
        }
        #expect(terminal.screen.shows(", every 2 s"))
        // From a client to its lines, and back to all.
        terminal.type("/tb3<Enter>l")
        try terminal.waitFor("client tb3")
        terminal.type("<Esc>")
        try terminal.waitForNo("client tb3")
    }

    @Test("A command to a robot is answered")
    func command() throws {
        let (terminal, _) = try demo(["--no-faults"])
        try terminal.waitFor("heartbeat")
        terminal.type("/ev3-1/battery<Enter><End>p<Tab><Ctrl-U>robots/ev3-1/cmd<Tab><Tab><Tab>{\"cmd\":\"stop\"}<F5>")
        try terminal.waitFor("echoed back")
        terminal.type("<Esc>")
        try terminal.waitForNo(" Publish ")
        terminal.type("/<Ctrl-U>ack<Enter>")
        try terminal.waitFor("robots/ev3-1/ack")
        terminal.type("q")
        #expect(try terminal.waitForExit() == 0)
    }

    @Test("Without mosquitto one line on stderr says what to install, and the terminal is left alone")
    func notInstalled() throws {
        // A search path that names a folder for system programs is taken at its word: here is no mosquitto.
        let folder = NSTemporaryDirectory() + "/mqscope-tests-" + UUID().uuidString
        let programs = folder + "/sbin"
        try FileManager.default.createDirectory(atPath: programs, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let errors = folder + "/errors"
        let terminal = try PseudoTerminal(
            run: "/bin/sh", ["-c", #"exec "$0" demo 2>"$1""#, PseudoTerminal.builtProduct("mqscope"), errors],
            environment: ["PATH": programs])
        #expect(try terminal.waitForExit() == 1)
        #expect(terminal.received.isEmpty, "\(String(decoding: terminal.received, as: UTF8.self))")
        #expect(terminal.isSane)
        let text = try String(contentsOfFile: errors, encoding: .utf8)
        #expect(
            text
                == "mqscope: the demo needs the broker mosquitto, and mosquitto is not installed: apt install mosquitto\n"
        )
    }

    @Test("Nothing is left behind, however it ends", arguments: ["q", "TERM", "KILL"])
    func nothingLeft(end: String) throws {
        let (terminal, port) = try demo()
        let brokers = Processes.mentioning("/mqscope-demo-").filter { process in
            let path = "/proc/\(process)/cmdline"
            let words = (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\0") ?? []
            guard words.count == 3, words[1] == "-c" else { return false }
            return (try? String(contentsOfFile: String(words[2]), encoding: .utf8))?.contains("listener \(port) ")
                ?? false
        }
        let broker = try #require(brokers.first)
        let words = try String(contentsOfFile: "/proc/\(broker)/cmdline", encoding: .utf8).split(separator: "\0")
        let folder = (String(words[2]) as NSString).deletingLastPathComponent
        #expect(FileManager.default.fileExists(atPath: folder))
        #expect(folder.hasPrefix((ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp") + "/mqscope-demo-"))
        switch end {
        case "q": terminal.type("q")
        case "TERM": terminal.signal(SIGTERM)
        default: terminal.signal(SIGKILL)
        }
        _ = try terminal.waitForExit()
        try waitUntil("the broker and its folder are gone") {
            !Processes.isRunning(broker) && !FileManager.default.fileExists(atPath: folder)
        }
    }
}
