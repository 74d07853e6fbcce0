// Where the broker's log goes and what is in it: what the roster and the broker log of mqscope live on.
extension BrokerConfiguration {
    /// The destinations of the log at the end: `none` takes back all above it.
    private var destinations: Set<String> {
        lines.filter { $0.key == "log_dest" }.reduce(into: []) { result, line in
            if line.word == "none" { result = [] } else { result.insert(line.word) }
        }
    }

    /// The types that are logged at the end: the first line replaces the standard, `none` takes back all above it.
    private var types: Set<String> {
        let standard: Set = ["error", "warning", "notice", "information"]
        let lines = lines.filter { $0.key == "log_type" }
        guard !lines.isEmpty else { return standard }
        return lines.reduce(into: []) { result, line in
            switch line.word {
            case "none": result = []
            case "all": result = ConfigurationOptions.types.subtracting(["none", "all"])
            case let type: result.insert(type)
            }
        }
    }

    /// Whether the log goes where a watcher sees it.
    var logDestinations: [ConfigurationFinding] {
        var findings: [ConfigurationFinding] = []
        let destinations = destinations
        if !destinations.contains("topic") {
            let isTakenBack = lines.contains { $0.key == "log_dest" && $0.word == "topic" }
            if let none = lines.last(where: { $0.key == "log_dest" && $0.word == "none" }) {
                findings.append(
                    ConfigurationFinding(
                        .danger, none,
                        isTakenBack
                            ? "log_dest none takes back the log_dest topic above it: a watcher sees nothing of the log."
                            : "log_dest none: a watcher sees nothing of the broker's log.",
                        todo: isTakenBack ? "Remove the line." : "Change to: log_dest topic"))
            } else {
                findings.append(
                    missing(
                        "The log goes to no topic: a watcher sees no connections, refusals and failures.",
                        add: "log_dest topic"))
            }
        }
        if destinations.isSuperset(of: ["syslog", "stdout"]),
            let line = lines.last(where: { $0.key == "log_dest" && $0.word == "stdout" })
        {
            findings.append(
                ConfigurationFinding(
                    .note, line, "Both syslog and stdout: under systemd each line stands in the journal twice.",
                    todo: "Remove the line."))
        }
        return findings
    }

    /// What each type of log line is needed for.
    private static let needs = [
        ("error", "the broker's failures and taken-over client identifiers are not seen"),
        ("warning", "the broker's warnings are not seen"),
        ("notice", "no connection, refusal or disconnection is seen"),
        ("information", "starts, stops and faults in detail are not seen"),
        ("subscribe", "the roster has no subscriptions"),
        ("unsubscribe", "ended subscriptions stay in the roster"),
    ]

    /// Whether everything that a watcher needs is logged.
    var logTypes: [ConfigurationFinding] {
        let types = types
        let last = last("log_type")
        if types.isEmpty, let last, last.word == "none" {
            return [
                ConfigurationFinding(
                    .danger, last, "log_type none: nothing is logged.",
                    todo: "Remove the line, and add one log_type line each of "
                        + Self.needs.map(\.0).joined(separator: ", "))
            ]
        }
        var findings = Self.needs.filter { !types.contains($0.0) }.map { type, loss in
            missing("Without log_type \(type) \(loss).", add: "log_type \(type)")
        }
        if last == nil {
            // One line alone would switch off the four that are standard.
            findings = [
                missing(
                    "Without log_type subscribe and unsubscribe the roster has no subscriptions.",
                    add: "one log_type line each of " + Self.needs.map(\.0).joined(separator: ", "))
            ]
        }
        if types.contains("debug"),
            let line = lines.last(where: { $0.key == "log_type" && ["debug", "all"].contains($0.word) })
        {
            findings.append(
                ConfigurationFinding(
                    .note, line,
                    "log_type \(line.word): debug lines go to no topic, but up to four a message fill the other logs.",
                    todo: line.word == "debug"
                        ? "Remove the line."
                        : "Change to one log_type line each of " + Self.needs.map(\.0).joined(separator: ", ")))
        }
        return findings
    }

    /// Whether log lines say who connected, and when.
    var logForm: [ConfigurationFinding] {
        var findings: [ConfigurationFinding] = []
        if let line = last("connection_messages"), line.flag == false {
            findings.append(
                ConfigurationFinding(
                    .danger, line, "The log has no connections, refusals and disconnections.",
                    todo: "Change to: connection_messages true"))
        }
        if let line = last("log_timestamp"), line.flag == false {
            findings.append(
                ConfigurationFinding(
                    .missing, line, "Log lines say no time: the difference of the clocks stays unknown.",
                    todo: "Change to: log_timestamp true"))
        } else if let line = last("log_timestamp_format"), !line.value.contains("%z"), !line.value.contains("%s") {
            findings.append(
                ConfigurationFinding(
                    .note, line, "Log lines say the broker's local time without its zone.",
                    todo: "Change to: log_timestamp_format %Y-%m-%dT%H:%M:%S%z"))
        }
        return findings
    }

    /// Whether log lines of WebSocket connections make log lines of WebSocket connections.
    func webSocketLoop(_ listeners: ConfiguredListeners) -> [ConfigurationFinding] {
        guard let level = last("websockets_log_level"), level.integer >= 15, destinations.contains("topic"),
            types.contains("websockets"), listeners.all.contains(where: \.isWebSocket)
        else { return [] }
        return [
            ConfigurationFinding(
                .danger, level,
                "A watcher that comes by WebSocket makes a loop of log lines; from level 31 on 2.0.11 aborts.",
                todo: "Change to: websockets_log_level 0")
        ]
    }

    /// Whether the broker publishes its statistics.
    var system: [ConfigurationFinding] {
        guard let line = last("sys_interval"), line.integer == 0 else { return [] }
        return [
            ConfigurationFinding(
                .missing, line, "The broker publishes no statistics ($SYS).", todo: "Change to: sys_interval 10")
        ]
    }

    /// Limits that drop messages where nobody sees it.
    var limits: [ConfigurationFinding] {
        var findings: [ConfigurationFinding] = []
        if let line = last("max_queued_messages") {
            if line.integer <= 0 {
                findings.append(
                    ConfigurationFinding(
                        .note, line, "Without a limit a watcher that stalls fills the broker's memory.",
                        todo: "Change to: max_queued_messages 10000"))
            } else if line.integer < 1_000 {
                findings.append(
                    ConfigurationFinding(
                        .note, line, "With a queue this short a watcher loses messages when many are retained.",
                        todo: "Change to: max_queued_messages 1000"))
            }
        }
        if let line = last("message_size_limit"), line.integer > 0 {
            findings.append(
                ConfigurationFinding(
                    .note, line, "Messages that are too large are dropped without a log line.",
                    todo: "Change to: max_packet_size \(line.integer)"))
        }
        return findings
    }
}
