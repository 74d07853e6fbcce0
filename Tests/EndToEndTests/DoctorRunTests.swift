import Foundation
import TestSupport
import Testing

/// `mqscope doctor` with configurations, as typed by a user.
@Suite("The doctor of configurations, as run")
final class DoctorRunTests {
    private let folder = NSTemporaryDirectory() + "mqscope-test-" + UUID().uuidString

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: folder) }

    @discardableResult
    private func write(_ name: String, _ text: String, permissions: Int = 0o600) throws -> String {
        let path = folder + "/" + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
        return path
    }

    private func doctor(_ arguments: String...) throws -> (text: String, code: Int32) {
        let program = try Program(PseudoTerminal.builtProduct("mqscope"), ["doctor"] + arguments)
        let code = try program.waitForExit()
        return (program.text, code)
    }

    private static let team = """
        listener 1883 *

        persistence true
        persistence_location /var/lib/mosquitto/
        persistence_file mosquitto.db

        log_dest syslog
        log_dest stdout
        log_dest topic

        log_type error
        log_type warning
        log_type notice
        log_type information

        connection_messages true
        log_timestamp true

        allow_anonymous true

        """

    @Test("A team's configuration: what is dangerous, what is missing, what is to be known, and 20")
    func team() throws {
        let passwords = try write("pwfile", "\nev3:$7$101$a$b\nrobot:geheim\n", permissions: 0o644)
        let path = try write("m.conf", Self.team + "password_file \(passwords)\n")
        let (text, code) = try doctor("--config", path)
        #expect(code == 20)
        #expect(
            text == """
                danger   \(path):19
                         Anybody who reaches port 1883 on any interface comes in without a password.
                         Change to: allow_anonymous false

                danger   \(passwords):3
                         The password of robot is clear text: 2.0 refuses the user, 2.1 does not start.
                         Run: mosquitto_passwd -U \(passwords)

                danger   \(passwords)
                         Every user of the machine can read the password file (mode 644).
                         Run: chmod 0600 \(passwords) && chown mosquitto: \(passwords)

                missing  \(path)
                         Without log_type subscribe the roster has no subscriptions.
                         Add: log_type subscribe

                missing  \(path)
                         Without log_type unsubscribe ended subscriptions stay in the roster.
                         Add: log_type unsubscribe

                note     \(path):8
                         Both syslog and stdout: under systemd each line stands in the journal twice.
                         Remove the line.

                3 dangers, 2 missing, 1 note.

                """)
        #expect(!text.contains("geheim"))
    }

    @Test("--json gives an object a line, with the same findings") func json() throws {
        let path = try write("m.conf", Self.team)
        let (text, code) = try doctor("--config", path, "--json")
        #expect(code == 20)
        let objects = try text.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        #expect(objects.map { $0["kind"] as? String } == ["finding", "finding", "finding", "finding", "summary"])
        #expect(objects[0]["severity"] as? String == "danger" && objects[0]["line"] as? Int == 19)
        #expect(objects[0]["todo"] as? String == "Change to: allow_anonymous false")
        #expect(objects[0]["file"] as? String == path && objects[1]["line"] is NSNull)
        #expect(objects[4]["danger"] as? Int == 1 && objects[4]["missing"] as? Int == 2)
        let none = try doctor("--json", "--config", folder + "/none")
        #expect(none.code == 21)
        #expect(none.text.contains(#"{"kind":"error","file":"\#(folder)/none","what":"The configuration"#))
    }

    @Test(
        "A persistence_location beside that of the main file, as in Debian's conf.d, is a danger in the included file")
    func included() throws {
        try FileManager.default.createDirectory(atPath: folder + "/conf.d", withIntermediateDirectories: true)
        let seed = try write("conf.d/seed.conf", Self.team)
        let path = try write("m.conf", "persistence_location /var/lib/mosquitto/\ninclude_dir \(folder)/conf.d\n")
        let (text, code) = try doctor("--config", path)
        #expect(code == 20)
        #expect(text.contains("danger   \(seed):4\n         A second persistence_location, after that of \(path):1"))
    }

    @Test("A configuration that cannot be read: one line, and 21") func unreadable() throws {
        let none = try doctor("--config", folder + "/none")
        #expect(none.text == "mqscope: The configuration \(folder)/none cannot be read: No such file or directory.\n")
        #expect(none.code == 21)
        // Root may read everything, so somebody else asks.
        let path = try write("m.conf", Self.team, permissions: 0o000)
        let other = ["--reuid=65534", "--regid=65534", "--clear-groups", PseudoTerminal.builtProduct("mqscope")]
        let program =
            getuid() == 0
            ? try Program("setpriv", other + ["doctor", "--config", path])
            : try Program(other[3], ["doctor", "--config", path])
        #expect(try program.waitForExit() == 21)
        #expect(program.text == "mqscope: The configuration \(path) cannot be read: Permission denied.\n")
    }

    @Test("Nothing from a file gets to the terminal as it is") func sanitised() throws {
        let path = try write(
            "m.conf", "\u{1B}]0;x\u{7} 1\nacl_file \u{202E}\u{1B}[31m\u{9B}2J\nlistener 1\u{1B}c\nport \u{1B}c\n")
        for arguments in [["--config", path], ["--config", path, "--json"]] {
            let program = try Program(PseudoTerminal.builtProduct("mqscope"), ["doctor"] + arguments)
            #expect(try program.waitForExit() == 20)
            let controls = program.text.unicodeScalars.filter {
                [.control, .format].contains($0.properties.generalCategory)
            }
            #expect(Set(controls) == ["\n"])
        }
    }

    @Test("One thing at a time; --help says the exit codes") func usage() throws {
        #expect(try doctor("--config", "x", "--print-config").code == 64)
        #expect(try doctor("--json", "--print-config").code == 64)
        let help = try doctor("--help")
        #expect(help.code == 0 && help.text.contains("--print-config") && help.text.contains("20 something"))
    }

    @Test("mosquitto starts with the configuration that is printed, its users come in, and the doctor finds nothing")
    func printed() throws {
        let text = try doctor("--print-config")
        #expect(text.code == 0)
        // The users are those of the commands in its comments.
        let users = ["ev3", "test"]
        #expect(text.text.contains("mosquitto_passwd -c /etc/mosquitto/passwd ev3\n"))
        #expect(text.text.contains("mosquitto_passwd /etc/mosquitto/passwd test\n"))
        let broker = try Mosquitto(users: users.map { ($0, "formosa") }) { port, directory in
            // Only the places are another's: a test has neither port 1883 nor /etc.
            _ = chmod(directory + "/passwords", 0o600)
            let places = [
                ("\nlistener 1883\n", "\nlistener \(port) 127.0.0.1\n"),
                ("\npassword_file /etc/mosquitto/passwd\n", "\npassword_file \(directory)/passwords\n"),
                ("\npersistence_location /var/lib/mosquitto/\n", "\npersistence_location \(directory)/\n"),
            ]
            let mine = places.reduce(text.text) { text, place in
                #expect(text.components(separatedBy: place.0).count == 2, "\(place.0)")
                return text.replacingOccurrences(of: place.0, with: place.1)
            }
            return [mine] + (getuid() == 0 ? ["user root"] : [])
        }
        let (words, code) = try doctor("--config", broker.confFile)
        #expect(words.hasSuffix(" options) is fine for watching robots.\n") && code == 0, "\(words)")
        try (String(contentsOfFile: broker.confFile, encoding: .utf8) + "acl_file \(folder)/acl\n")
            .write(toFile: folder + "/m.conf", atomically: true, encoding: .utf8)
        let (absent, found) = try doctor("--config", folder + "/m.conf")
        #expect(absent.contains("There is no file \(folder)/acl: mosquitto does not start.") && found == 20)
        try write("acl", "topic read #\n")
        let (notes, noted) = try doctor("--config", folder + "/m.conf")
        #expect(notes.hasPrefix("note     ") && notes.contains("Nothing dangerous or missing in ") && noted == 0)
        // What the log says of others gets to a watcher: connections, and who subscribes to what.
        let watcher = try Mosquittos.subscriber(
            broker, ["-u", "test", "-P", "formosa", "-i", "watch", "-t", "$SYS/#", "-v"])
        try watcher.waitFor("$SYS/broker/version mosquitto")
        let robot = try Mosquittos.subscriber(
            broker, ["-u", "ev3", "-P", "formosa", "-i", "robot", "-t", "cmd/#", "-v"])
        try watcher.waitUntil("a connection and a subscription") {
            $0.contains(" as robot (") && $0.contains("$SYS/broker/log/M/subscribe ") && $0.contains("robot 0 cmd/#")
        }
        try Mosquittos.publish(broker, "cmd/go", "1", ["-u", "test", "-P", "formosa"])
        try robot.waitFor("cmd/go 1")
        // Nobody else comes in.
        for stranger in [[], ["-u", "ev3", "-P", "wrong"]] as [[String]] {
            #expect(try Mosquittos.publisher(broker, stranger + ["-t", "a", "-m", "b"]).waitForExit() != 0)
        }
    }
}
