import Testing

@testable import Broker

/// Configurations and password files as bytes, well-formed or not.
@Suite("The text of a configuration")
struct ConfigurationTextTests {
    private func lines(_ text: String) -> [ConfigurationLine] { lines(Array(text.utf8)) }
    private func lines(_ bytes: [UInt8]) -> [ConfigurationLine] { ConfigurationLine.all(in: bytes, file: "f") }
    private func findings(_ bytes: [UInt8]) -> [ConfigurationFinding] {
        BrokerConfiguration(file: "f", lines: lines(bytes)).findings(passwordFiles: [])
    }

    @Test("Name and value are taken apart as mosquitto does it; lines keep their numbers")
    func splitting() {
        let read = lines("# c\r\nlog_dest topic\r\n\n   \n  a   b c  \npersistence_file \t x \t\nuser\nlast 1")
        #expect(read.map(\.number) == [2, 5, 6, 7, 8])
        #expect(read.map(\.key) == ["log_dest", "a", "persistence_file", "user", "last"])
        #expect(read.map(\.value) == ["topic", "b c", "x", "", "1"])
        #expect(read.map(\.word) == ["topic", "b", "x", "", "1"])
        #expect(lines("") == [] && lines("\n\n#\n") == [])
    }

    @Test("Nothing from the file gets into the words as a control character, however long or malformed it is")
    func hostile() {
        let escape = "\u{1B}]0;x\u{7}\u{9B}31m\u{0}"
        let samples: [[UInt8]] = [
            Array(
                "\(escape) \(escape)\nallow_anonymous \(escape)\nacl_file /\(escape)\nlistener \(escape) \(escape)".utf8
            ),
            Array(
                "listener 1\(escape) 10.0.0.1\(escape)\nallow_anonymous true\nport \(escape)\nbind_address \(escape)"
                    .utf8),
            [0xFF, 0xFE, 0x20, 0xC3, 0x28, 0x0A, 0xED, 0xA0, 0x80], Array("\t\n\t\t \ta\n\u{FEFF}\n \t#\r\r\n".utf8),
            [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20),
            Array(("log_dest " + String(repeating: "y", count: 1 << 20)).utf8),
            Array(
                "listener 99999999999999999999999\nmax_qos -\nsys_interval 9223372036854775808\nmax_connections".utf8),
        ]
        for sample in samples {
            for finding in findings(sample) {
                let text = finding.what + finding.todo
                #expect(!text.unicodeScalars.contains { $0.properties.generalCategory == .control }, "\(finding)")
                #expect(text.utf8.count < 600, "\(finding)")
            }
        }
    }

    @Test("A hundred thousand lines of nonsense are read to the end, and few of them are named") func many() {
        let kinds = [
            "nonsense_%d 1", "persistence_location /%d", "log_dest x%d", "listener %d", "\tx%d",
            "listener 1 10.0.0.%d", "password_file /%d", "allow_anonymous true",
        ]
        let text = (0..<100_000).map { index in
            kinds[index % kinds.count].split(separator: "%d", omittingEmptySubsequences: false)
                .joined(separator: "\(index)")
        }.joined(separator: "\n")
        let all = findings(Array(("per_listener_settings true\n" + text).utf8))
        #expect(all.count < 300)
        #expect(all.contains { $0.what == "12480 more of this kind." })
    }

    @Test("Random bytes never trap") func random() {
        var generator = SeededGenerator(seed: 7)
        let words = [
            "listener", "log_dest", "per_listener_settings", "port", " ", "\n", "\t", "topic", "1", "#", "\0", "é",
        ]
        for _ in 0..<2_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0..<40, using: &generator) {
                if Bool.random(using: &generator) {
                    bytes += Array(words.randomElement(using: &generator)!.utf8)
                } else {
                    bytes.append(.random(in: 0...255, using: &generator))
                }
            }
            _ = findings(bytes)
            _ = PasswordFile(path: "p", content: .bytes(bytes), permissions: 0o777).users
        }
    }

    // MARK: Password files

    private func passwords(_ content: PasswordFile.Content, _ permissions: UInt32 = 0o600) -> [ConfigurationFinding] {
        let file = PasswordFile(path: "/p", content: content, permissions: permissions)
        let text = BrokerConfigurationTests.fine.joined(separator: "\n")
        return BrokerConfiguration(file: "f", lines: lines(text)).findings(passwordFiles: [file])
    }

    private func passwords(_ text: String, _ permissions: UInt32 = 0o600) -> [ConfigurationFinding] {
        passwords(.bytes(Array(text.utf8)), permissions)
    }

    @Test("Hashed passwords that only the broker can read are fine") func hashed() {
        #expect(passwords("\nev3:$7$101$a$b\n# c\ntest:$6$c$d\r\nnew:$argon2id$v=19$x") == [])
    }

    @Test("Clear-text passwords are named by user and line, and never shown") func clear() {
        let findings = passwords("ev3:$7$101$a$b\nrobot:geheim\nempty:\n")
        #expect(findings.map(\.severity) == [.danger] && findings[0].file == "/p" && findings[0].line == 2)
        #expect(findings[0].what.contains("The password of robot and of 1 more is clear text"))
        #expect(findings[0].todo == "Run: mosquitto_passwd -U /p")
        #expect(!"\(findings)".contains("geheim"))
    }

    @Test(
        "A password file that others can read, that is empty, absent or not readable", arguments: [0o644, 0o604, 0o602])
    func files(permissions: UInt32) {
        let open = passwords("ev3:$7$101$a$b", permissions)
        #expect(open.map(\.severity) == [.danger])
        #expect(open.map(\.todo) == ["Run: chmod 0600 /p && chown mosquitto: /p"])
        #expect(passwords("ev3:$7$101$a$b", 0o640) == [])
        #expect(passwords("# nobody\n").map(\.severity) == [.missing])
        #expect(passwords(.absent).map(\.severity) == [.danger])
        #expect(passwords(.absent)[0].line == 3 && passwords(.absent)[0].file == "f")
        #expect(passwords(.unreadable("Permission denied")).map(\.severity) == [.note])
    }
}
