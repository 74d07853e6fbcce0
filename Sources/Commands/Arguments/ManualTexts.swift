/// What the manual says besides the table of options.
enum ManualTexts {
    /// What `command` does, by paragraphs.
    static func description(of command: Command) -> [String] {
        let replaces = "It takes the options of \(command.original) 2.1, prints what that prints and ends as that ends."
        switch command {
        case .sub:
            return [
                "\(command.name) connects to a broker, subscribes, and prints the messages that come. " + replaces,
                """
                On a terminal what could harm it is replaced: control characters, escape sequences and characters that \
                change the direction of text. In a file or a pipe all bytes are as they came. --raw and --safe say otherwise.
                """,
                "A lost connection is made again until the command ends. SIGINT and SIGTERM end it with a DISCONNECT.",
            ]
        case .pub:
            return [
                "\(command.name) connects to a broker, publishes, waits until the broker has it, and ends. " + replaces,
                """
                With -l the standard input is read as it comes: as many lines are under way as -M and the broker allow. A \
                lost connection is made again, and lines of QoS 1 and 2 are not lost by it. What the broker refuses is \
                said with the number of its line.
                """,
            ]
        case .rr:
            return [
                """
                \(command.name) connects to a broker, subscribes to the topic of the answer, publishes a request, and \
                prints the first message to that topic.
                """ + " " + replaces,
                """
                With MQTT 5.0 the request names the topic of the answer. Correlation data is sent only where -D says so, \
                and not compared: use a topic of your own, or -R against retained messages.
                """,
            ]
        }
    }

    /// How words are read.
    static let words = [
        """
        An argument stands behind its option or is joined to it: -p 1884, -p1884, --port 1884 and --port=1884 are the same. \
        What stands behind an option that takes an argument is the argument, whatever it looks like: -m -42. Flags may \
        stand together, and the last one may take the next word: -dvt TOPIC.
        """,
        "Of an option that is repeated the last one counts; filters, headers, fingerprints and -D add up.",
    ]

    /// Where options are read from besides.
    static func files(of command: Command) -> [String] {
        [
            """
            Options are read first from $XDG_CONFIG_HOME/mqscope/\(command.rawValue), or where that is missing from \
            $XDG_CONFIG_HOME/\(command.original); without that variable from $HOME/.config. -o FILE names another one. \
            The command line overrides what they say; filters add up.
            """,
            """
            Each line is an option, one space, and its argument, which goes on to the end of the line: no quotes, no \
            escapes. Empty lines and lines that begin with # are left out. -D takes its words from the line, the last \
            one may hold spaces.
            """,
        ]
    }

    /// Variables of the environment, and what they do.
    static let environment: [(String, String)] = [
        ("MQSCOPE_PASSWORD", "The password, where there is a user name and no option says one."),
        ("SSLKEYLOGFILE", "As --tls-keylog."),
        ("XDG_CONFIG_HOME, HOME", "Where the options file is."),
        ("TZ", "The time zone of printed times."),
    ]

    /// How a command is used.
    static func examples(of command: Command) -> [(String, String)] {
        switch command {
        case .sub:
            [
                ("mqscope sub -h 10.42.0.3 -u ev3 --password-file secret -t 'robots/#' -v", "All of the robots, live."),
                ("mqscope sub -t '#' --retained-only -F %t -W 2", "The topics with a retained message."),
                ("mqscope sub -t 'robots/+/battery' --json | jq .payload", "For other programs."),
                ("mqscope sub -t '$SYS/broker/uptime' -C 1", "One message, then the end."),
            ]
        case .pub:
            [
                ("mqscope pub -h 10.42.0.3 -t robots/ev3-1/led -m on -q 1", "One message, acknowledged."),
                ("mqscope pub -t config -r -f config.json", "A file that the broker keeps."),
                ("mqscope pub -t config -r -n", "Removes it; see also 'mqscope clean'."),
                ("journalctl -f | mqscope pub -t log -l -q 1", "Each line is a message."),
            ]
        case .rr:
            [
                ("mqscope rr -t robots/ev3-1/get -e answer/me -m battery -W 2", "A request, and its answer."),
                ("mqscope rr -t echo -e echo/me -n --latency", "How long it takes."),
            ]
        }
    }
}
