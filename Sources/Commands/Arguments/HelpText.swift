/// What `--help` prints: usage, options by group, exit codes.
package struct HelpText {
    /// All of it.
    package let text: String

    /// Columns of the names of options, where there is room for more beside them.
    private static let namesWidth = 24
    /// Below so many columns help stands under the names.
    private static let leastWidth = 60

    /// The help of `command`, on lines of at most `width` columns, from 40 on.
    package init(_ command: Command, width: Int) {
        let width = max(40, width)
        var lines = TextFill.lines(command.abstract, width: width) + [""]
        for (index, usage) in command.usage.enumerated() {
            let filled = TextFill.lines(usage, width: width - 11)
            lines += filled.enumerated().map { number, line in
                (number > 0 ? "           " : index == 0 ? "Usage: " : "       ") + line
            }
        }
        let options = OptionTable.options(of: command)
        for group in CommandOption.Group.allCases {
            let members = options.filter { $0.group == group }
            guard !members.isEmpty else { continue }
            lines += ["", group.rawValue + ":"]
            for option in members { lines += Self.entry(option.usage, option.help, width: width) }
        }
        lines += ["", "Exit codes:"]
        for row in ExitStatus.list(of: command) { lines += Self.entry(row.codes, row.meaning, width: width, names: 10) }
        lines += [""] + TextFill.lines("All there is to know: \(command.name) --manual | man -l -", width: width)
        text = lines.joined(separator: "\n") + "\n"
    }

    private static func entry(_ name: String, _ help: String, width: Int, names: Int = namesWidth) -> [String] {
        let indent = width < leastWidth ? 6 : names + 2
        let filled = TextFill.lines(help, width: width - indent)
        let margin = String(repeating: " ", count: indent)
        guard width >= leastWidth || names < namesWidth, name.count + 3 <= indent else {
            return ["  " + name] + filled.map { margin + $0 }
        }
        let first = "  " + name + String(repeating: " ", count: indent - 2 - name.count) + filled[0]
        return [first] + filled.dropFirst().map { margin + $0 }
    }
}

extension CommandOption {
    /// Its names and arguments: `-h, --host HOST`.
    var usage: String { (["\(names.joined(separator: ", "))"] + arguments.map(\.name)).joined(separator: " ") }
}

extension Command {
    /// What it does, a sentence.
    var abstract: String {
        switch self {
        case .sub: "Subscribes to topics and prints the messages that come, as mosquitto_sub does."
        case .pub: "Publishes messages, as mosquitto_pub does."
        case .rr: "Publishes a request and prints the answer to it, as mosquitto_rr does."
        }
    }

    /// How it is typed.
    var usage: [String] {
        switch self {
        case .sub:
            [
                "mqscope sub [-h HOST] [-p PORT] [-u NAME] -t FILTER [OPTIONS]",
                "mqscope sub -L mqtt://HOST[:PORT]/FILTER [OPTIONS]",
            ]
        case .pub:
            [
                "mqscope pub [-h HOST] [-p PORT] [-u NAME] -t TOPIC {-m TEXT|-n|-f FILE|-s|-l} [OPTIONS]",
                "mqscope pub -L mqtt://HOST[:PORT]/TOPIC {-m TEXT|-n|-f FILE|-s|-l} [OPTIONS]",
            ]
        case .rr:
            [
                "mqscope rr [-h HOST] [-p PORT] [-u NAME] -t TOPIC -e TOPIC {-m TEXT|-n|-f FILE|-s} [OPTIONS]",
                "mqscope rr -L mqtt://HOST[:PORT]/TOPIC -e TOPIC {-m TEXT|-n|-f FILE|-s} [OPTIONS]",
            ]
        }
    }
}
