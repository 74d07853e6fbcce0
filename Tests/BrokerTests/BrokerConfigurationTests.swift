import Testing

@testable import Broker

/// What a mosquitto.conf is told it lacks for watching robots.
@Suite("The broker's configuration")
struct BrokerConfigurationTests {
    /// Lines that are fine, so that a test can add the one that is not.
    static let fine = [
        "listener 1883", "allow_anonymous false", "password_file /p", "log_dest topic", "log_type error",
        "log_type warning", "log_type notice", "log_type information", "log_type subscribe", "log_type unsubscribe",
    ]

    private static func findings(_ lines: [String], passwords: [PasswordFile] = []) -> [ConfigurationFinding] {
        let bytes = Array(lines.joined(separator: "\n").utf8)
        return BrokerConfiguration(file: "m.conf", lines: ConfigurationLine.all(in: bytes, file: "m.conf"))
            .findings(passwordFiles: passwords)
    }

    /// Findings as `severity line: todo`.
    private static func short(_ lines: [String]) -> [String] {
        findings(lines).map { "\($0.severity) \($0.line ?? 0): \($0.todo)" }
    }

    @Test("A configuration that is fine has no findings, nor has the one that is printed")
    func nothing() {
        #expect(Self.findings(Self.fine) == [])
        #expect(Self.findings([WatchingConfiguration().text]) == [])
    }

    @Test("A team's configuration: strangers come in, the roster has no subscriptions, the journal has all twice")
    func team() {
        let lines = [
            "listener 1883 *", "", "persistence true", "persistence_location /var/lib/mosquitto/",
            "persistence_file mosquitto.db", "", "log_dest syslog", "log_dest stdout", "log_dest topic", "",
            "log_type error", "log_type warning", "log_type notice", "log_type information", "",
            "connection_messages true", "log_timestamp true", "", "allow_anonymous true",
            "password_file /etc/mosquitto/pwfile",
        ]
        let passwords = PasswordFile(
            path: "/etc/mosquitto/pwfile", content: .bytes(Array("\nev3:$7$101$a$b\ntest:$6$c$d\n".utf8)),
            permissions: 0o600)
        let expected: [ConfigurationFinding] = [
            ConfigurationFinding(
                .danger, file: "m.conf", line: 19,
                "Anybody who reaches port 1883 on any interface comes in without a password.",
                todo: "Change to: allow_anonymous false"),
            ConfigurationFinding(
                .missing, file: "m.conf", line: nil, "Without log_type subscribe the roster has no subscriptions.",
                todo: "Add: log_type subscribe"),
            ConfigurationFinding(
                .missing, file: "m.conf", line: nil,
                "Without log_type unsubscribe ended subscriptions stay in the roster.",
                todo: "Add: log_type unsubscribe"),
            ConfigurationFinding(
                .note, file: "m.conf", line: 8,
                "Both syslog and stdout: under systemd each line stands in the journal twice.", todo: "Remove the line."
            ),
        ]
        #expect(Self.findings(lines, passwords: [passwords]) == expected)
    }

    @Test("Nothing at all: only the machine itself gets in, and nothing of the log is seen") func empty() {
        #expect(
            Self.short([]) == [
                "missing 0: Add: log_dest topic",
                "missing 0: Add: one log_type line each of error, warning, notice, information, subscribe, unsubscribe",
                "missing 0: Add: listener 1883",
            ])
    }

    @Test(
        "A line that is added to a fine configuration",
        arguments: [
            // The log.
            ("log_dest none", ["danger 11: Remove the line."]),
            ("log_dest stderr", []),
            (
                "log_type none",
                [
                    "danger 11: Remove the line, and add one log_type line each of error, warning, "
                        + "notice, information, subscribe, unsubscribe"
                ]
            ),
            ("log_type debug", ["note 11: Remove the line."]),
            (
                "log_type all",
                [
                    "note 11: Change to one log_type line each of error, warning, notice, information, "
                        + "subscribe, unsubscribe"
                ]
            ),
            ("connection_messages false", ["danger 11: Change to: connection_messages true"]),
            ("connection_messages true", []),
            ("log_timestamp false", ["missing 11: Change to: log_timestamp true"]),
            ("log_timestamp 0 # not needed", ["missing 11: Change to: log_timestamp true"]),
            ("log_timestamp_format %H:%M", ["note 11: Change to: log_timestamp_format %Y-%m-%dT%H:%M:%S%z"]),
            ("log_timestamp_format %Y-%m-%dT%H:%M:%S%z", []),
            ("sys_interval 0", ["missing 11: Change to: sys_interval 10"]),
            ("sys_interval 1", []),
            ("max_queued_messages 0", ["note 11: Change to: max_queued_messages 10000"]),
            ("max_queued_messages 200", ["note 11: Change to: max_queued_messages 1000"]),
            ("max_queued_messages 1000", []),
            ("message_size_limit 5000", ["note 11: Change to: max_packet_size 5000"]),
            // Access.
            ("allow_anonymous true", ["danger 11: Change to: allow_anonymous false"]),
            ("acl_file /a", ["note 11: Allow the watching user in /a: topic read # and topic read $SYS/#"]),
            ("per_listener_settings false", ["note 11: Remove the line."]),
            // Lines that mosquitto 2.0.11 refuses, each tried there.
            ("allow_anonymous yes", ["danger 11: Change to: allow_anonymous with true or false"]),
            ("log_dest", ["danger 11: Change to: log_dest with a value"]),
            (
                "log_dest topics",
                ["danger 11: Change to: log_dest with topic, syslog, stdout, stderr, file FILE or none"]
            ),
            ("protocol websocket", ["danger 11: Change to: protocol with mqtt or websockets"]),
            ("sys_interval -1", ["danger 11: Change to: sys_interval with 0 to 65535"]),
            (" # indented", ["danger 11: Remove the blanks before #."]),
            ("log_dest\ttopic", ["danger 11: Change to: log_dest topic"]),
            ("\u{FEFF}log_dest topic", ["danger 11: Save the file as UTF-8 without a byte order mark."]),
            ("log_dset topic", ["danger 11: Change to: log_dest topic"]),
            ("Log_Dest topic", ["danger 11: Change to: log_dest topic"]),
            ("remote_pasword geheim", ["danger 11: Change to: remote_password …"]),
            ("password\tgeheim", ["danger 11: Change to: password …"]),
            ("frobnicate yes", ["danger 11: Remove the line."]),
            ("listener abc", ["danger 11: Change to: listener with a port"]),
            ("listener\t1884\t127.0.0.1", ["danger 11: Change to: listener 1884 127.0.0.1"]),
            ("global_max_clients 5", ["note 11: Remove the line on 2.0."]),
            ("plugin_opt_anything 5", []),
        ] as [(String, [String])])
    func oneLine(line: String, expected: [String]) {
        #expect(Self.short(Self.fine + [line]) == expected)
    }

    @Test("log_dest none above log_dest topic takes nothing back; a type that is taken out is missed") func order() {
        #expect(Self.findings(["log_dest none"] + Self.fine) == [])
        #expect(Self.short(["log_type none"] + Self.fine) == [])
        #expect(Self.short(Self.fine.filter { $0 != "log_type notice" }) == ["missing 0: Add: log_type notice"])
        #expect(
            Self.short(Self.fine.filter { $0 != "log_dest topic" } + ["log_dest none"]) == [
                "danger 10: Change to: log_dest topic"
            ])
    }

    @Test(
        "Options that mosquitto 2.0.11 accepts only once, each tried there",
        arguments: [
            "persistence_location /a", "persistence_file a", "pid_file /a", "user a", "log_timestamp_format %s",
            "log_dest file /a", "cafile /a", "capath /a", "certfile /a", "keyfile /a", "ciphers a", "crlfile /a",
            "ciphers_tls1.3 a", "dhparamfile /a", "http_dir /tmp", "mount_point a", "bind_interface eth0",
            "tls_engine a", "tls_version tlsv1.2", "auto_id_prefix a", "psk_file /a",
        ])
    func twice(line: String) {
        let once = Self.findings(Self.fine + [line])
        #expect(!once.contains { $0.what.contains("second") })
        let two = Self.findings(Self.fine + [line, "", line]).filter { $0.what.contains("second") }
        #expect(two.map(\.severity) == [.danger] && two.map(\.line) == [13])
        #expect(two.first?.what.contains("after that of line 11: mosquitto 2.0 does not start.") == true)
    }

    @Test("What may stand once for each listener or bridge may stand in two of them") func scopes() {
        let listeners = ["listener 1", "cafile /a", "mount_point a", "listener 2", "cafile /a", "mount_point b"]
        let bridges = ["connection a", "username u", "connection b", "remote_username v"]
        let doors = ["per_listener_settings true"] + Self.fine + ["listener 2", "password_file /q"]
        for lines in [Self.fine + listeners, Self.fine + bridges, doors] {
            #expect(!Self.findings(lines).contains { $0.what.contains("second") })
        }
        let same = Self.findings(Self.fine + ["connection a", "username u", "remote_username v"])
        #expect(same.map(\.what) == ["A second remote_username, after that of line 12: mosquitto 2.0 does not start."])
        let flag = Self.findings(
            Self.fine + ["persistence true", "persistence true", "max_keepalive 5", "max_keepalive 5"])
        #expect(flag == [], "these are accepted twice")
    }

    @Test("A second persistence_location in an included file names the file of the first") func included() {
        let lines =
            ConfigurationLine.all(in: Array("persistence_location /a\ninclude_dir /d\n".utf8), file: "m.conf")
            + ConfigurationLine.all(in: Array("persistence_location /b\ninclude_dir /e".utf8), file: "/d/x.conf")
            + ConfigurationLine.all(in: Array(Self.fine.joined(separator: "\n").utf8), file: "/d/y.conf")
        let findings = BrokerConfiguration(file: "m.conf", lines: lines).findings(passwordFiles: [])
        #expect(findings.map(\.file) == ["/d/x.conf", "/d/x.conf"])
        #expect(findings.map(\.line) == [1, 2])
        #expect(findings[0].what.contains("after that of m.conf:1"))
        #expect(findings[1].todo == "Move the line to m.conf.")
    }

    // MARK: Listeners

    private static let log = fine.filter { $0.hasPrefix("log") }

    @Test(
        "Who comes in without a password",
        arguments: [
            (["listener 1883"], "danger"), (["listener 1883 *"], "danger"), (["listener 1883 0.0.0.0"], "danger"),
            (["listener 1883 ::"], "danger"), (["listener 1883 # all"], "danger"), (["port 1883"], "danger note"),
            (["bind_interface lo", "port 1883"], "note"), (["max_connections 9", "port 1883"], "danger note"),
            (["bind_address 127.0.0.1"], "note"), (["bind_address 10.0.0.1", "port 1883"], "note note"),
            (["listener 1883 127.0.0.1"], ""), (["listener 1883 ::1"], ""), (["listener 1883 localhost"], ""),
            (["listener 0 /run/mqtt.sock"], ""), (["listener 1883", "bind_interface lo"], ""),
            (["listener 1883 10.0.0.1"], "note"), (["listener 1883", "bind_interface eth0"], "note"),
            (["listener 1883 127.0.0.1", "listener 1884"], "danger"),
            (["listener 8883", "require_certificate true"], ""),
        ])
    func anonymous(listeners: [String], expected: String) {
        let findings = Self.findings(Self.log + listeners + ["allow_anonymous true"])
        #expect(findings.map(\.severity.rawValue).joined(separator: " ") == expected)
    }

    @Test("With per_listener_settings each listener has its own allow_anonymous and password_file") func perListener() {
        let lines = [
            "per_listener_settings true", "listener 1883 127.0.0.1", "allow_anonymous true", "listener 1884",
            "password_file /p", "listener 1885", "listener 1886", "allow_anonymous true",
        ]
        #expect(
            Self.short(lines + Self.log) == [
                "danger 8: Change to: allow_anonymous false", "missing 6: Add: password_file /etc/mosquitto/passwd",
                "note 1: Keep it on 2.0; on 2.1 see listener_allow_anonymous.",
            ])
        // Without it the last line counts for all.
        #expect(
            Self.short(Array(lines.dropFirst()) + Self.log) == ["danger 7: Change to: allow_anonymous false"])
        let override = Self.findings(Self.fine + ["listener_allow_anonymous true"])
        #expect(override.map(\.todo) == ["Change to: listener_allow_anonymous false", "Remove the line on 2.0."])
    }

    @Test(
        "Without users and without allow_anonymous nobody comes in; a certificate's name is a user, a plugin knows some"
    )
    func closed() {
        #expect(Self.short(["listener 1883"] + Self.log) == ["missing 1: Add: password_file /etc/mosquitto/passwd"])
        #expect(Self.findings(["listener 8883", "use_identity_as_username true"] + Self.log) == [])
        #expect(Self.findings(["listener 1883", "plugin /usr/lib/mosquitto_dynamic_security.so"] + Self.log) == [])
    }

    @Test(
        "An option of a listener that stands above all of them opens port 1883 to everybody",
        arguments: [
            ("max_connections 5", true), ("max_connections -1", false), ("max_qos 1", true), ("max_qos 2", false),
            ("socket_domain ipv4", true), ("ciphers x", true), ("cafile /x", true),
            ("use_username_as_clientid true", true), ("use_username_as_clientid false", false),
            ("protocol mqtt", false), ("max_topic_alias 3", false),
        ])
    func stray(line: String, opens: Bool) {
        let above = Self.findings([line] + Self.fine)
        #expect(above.map(\.todo) == (opens ? ["Move the line below a listener."] : []))
        #expect(Self.findings(Self.fine + [line]) == [])
        let alone = Self.findings([line] + Self.log)
        #expect(alone.map(\.todo) == [opens ? "Add above it: listener 1883" : "Add: listener 1883"])
    }

    @Test(
        "A WebSocket listener of 2.0 ignores its address unless socket_domain says ipv4",
        arguments: [
            ("listener 9001 127.0.0.1", "", true), ("listener 9001 127.0.0.1", "socket_domain ipv4", false),
            ("listener 9001 ::1", "", false), ("listener 9001", "", false), ("listener 9001 *", "", false),
        ])
    func webSocket(listener: String, domain: String, ignores: Bool) {
        let findings = Self.findings(Self.fine + [listener, "protocol websockets", domain])
        #expect(findings.map(\.todo) == (ignores ? ["Add below it: socket_domain ipv4"] : []))
        let open = Self.findings(Self.fine + ["allow_anonymous true", listener, "protocol websockets", domain])
        let ports =
            listener == "listener 9001 127.0.0.1" && !ignores || listener.hasSuffix("::1") ? "1883 " : "1883, 9001 "
        #expect(open.contains { $0.what.contains("port \(ports)on any interface") })
    }

    @Test("WebSocket log lines on topics make a loop") func loop() {
        let lines = Self.fine + ["listener 9001", "protocol websockets", "log_type websockets"]
        #expect(Self.findings(lines) == [])
        #expect(Self.findings(lines + ["websockets_log_level 7"]) == [])
        #expect(Self.short(lines + ["websockets_log_level 15"]) == ["danger 14: Change to: websockets_log_level 0"])
    }
}
