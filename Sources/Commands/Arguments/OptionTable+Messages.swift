import MQTT

extension OptionTable {
    /// What is subscribed to.
    static let subscribing: [CommandOption] = [
        CommandOption(
            "-t", "--topic", for: [.sub], in: .subscribing, takes: .init("FILTER"), "topic",
            help: "Subscribe to this; may be given several times."
        ) { settings, use throws(UsageError) in
            settings.receiving.filters.append(try use.filter("subscription topic"))
        },
        CommandOption(
            "-q", "--qos", for: [.sub], in: .subscribing, takes: .init("QOS", .words(["0", "1", "2"])), "QoS",
            help: "QoS of the subscriptions. (default: 0)", set: setQoS),
        CommandOption(
            "-T", "--filter-out", for: [.sub], in: .subscribing, takes: .init("FILTER"), "topic filter",
            help: "Drop messages to these topics before all else; may be given several times."
        ) { settings, use throws(UsageError) in
            settings.receiving.filteredOut.append(try use.filter("filter topic"))
        },
        CommandOption(
            "-U", "--unsubscribe", for: [.sub], in: .subscribing, takes: .init("FILTER"), "unsubscribe topic",
            help: "Unsubscribe from this, after subscribing; may be given several times."
        ) { settings, use throws(UsageError) in
            settings.receiving.unsubscribed.append(try use.filter("unsubscribe topic"))
        },
        CommandOption(
            "-R", for: .receiving, in: .subscribing,
            help: "Drop messages with the RETAIN flag; 5.0: do not ask for them.",
            details: "Of -R and --retain-handling the last one decides what is asked for."
        ) { settings, _ in
            settings.receiving.dropsRetained = true
            settings.receiving.retainHandling = .never
        },
        CommandOption(
            "--retained-only", for: [.sub], in: .subscribing,
            help: "Print retained messages, and end with the first live one."
        ) { settings, _ in
            settings.receiving.isRetainedOnly = true
        },
        CommandOption(
            "--remove-retained", for: [.sub], in: .subscribing,
            help: "Remove each retained message that is printed from the broker; 'mqscope clean' is safer."
        ) { settings, _ in
            settings.receiving.removesRetained = true
        },
        CommandOption(
            "--retain-as-published", for: .receiving, in: .subscribing,
            help: "5.0: the RETAIN flag arrives as it was published."
        ) { settings, _ in
            settings.receiving.retainAsPublished = true
        },
        CommandOption(
            "--retain-handling", for: .receiving, in: .subscribing,
            takes: .init("WHEN", .words(["always", "new", "never"])), "option",
            help: "5.0: always, new or never: when retained messages are sent. (default: always)"
        ) { settings, use throws(UsageError) in
            settings.receiving.retainHandling =
                switch use.shown {
                case "always": .always
                case "new": .whenNew
                case "never": .never
                default:
                    throw UsageError(
                        "Error: Unknown value '\(use.shown.shortened)' for --retain-handling.",
                        "It is always, new or never.")
                }
        },
    ]

    /// What is published.
    static let publishing: [CommandOption] = [
        CommandOption(
            "-t", "--topic", for: .sending, in: .publishing, takes: .init("TOPIC"), "topic",
            help: "Publish to this topic; the last one counts."
        ) { settings, use throws(UsageError) in
            settings.sending.topic = try use.topic("publish topic")
        },
        CommandOption(
            "-e", for: [.rr], in: .publishing, takes: .init("TOPIC"), "response topic",
            help: "The topic of the answer; the last one counts."
        ) { settings, use throws(UsageError) in
            settings.sending.responseTopic = try use.topic("response topic")
        },
        CommandOption(
            "-q", "--qos", for: .sending, in: .publishing, takes: .init("QOS", .words(["0", "1", "2"])), "QoS",
            help: "QoS of the message; rr: of the subscription, too. (default: 0)", set: setQoS),
        CommandOption(
            "-m", "--message", for: .sending, in: .publishing, takes: .init("TEXT"), "message",
            help: "The payload."
        ) { settings, use throws(UsageError) in
            try choose(.argument(use.bytes), &settings)
        },
        CommandOption(
            "-n", "--null-message", for: .sending, in: .publishing, help: "An empty payload."
        ) { settings, _ throws(UsageError) in
            try choose(.empty, &settings)
        },
        CommandOption(
            "-f", "--file", for: .sending, in: .publishing, takes: .init("FILE", .file), "file",
            help: "The payload is all of this file."
        ) { settings, use throws(UsageError) in
            try choose(.file(try nonEmpty(use)), &settings)
        },
        CommandOption(
            "-s", "--stdin-file", for: .sending, in: .publishing, help: "The payload is all of the standard input."
        ) { settings, _ throws(UsageError) in
            try choose(.standardInput, &settings)
        },
        CommandOption(
            "-l", "--stdin-line", for: [.pub], in: .publishing, help: "Each line of the standard input is a message.",
            details: "An empty line is an empty message."
        ) { settings, _ throws(UsageError) in
            try choose(.lines, &settings)
        },
        CommandOption(
            "-r", "--retain", for: [.pub], in: .publishing,
            help: "The broker keeps the message (RETAIN); an empty one, by -n, clears the topic."
        ) { settings, _ in
            settings.sending.isRetained = true
        },
        CommandOption(
            "--repeat", for: [.pub], in: .publishing, takes: .init("COUNT"), "count",
            help: "Publish the message so many times; not with -l. (default: 1)"
        ) { settings, use throws(UsageError) in
            settings.sending.count = try use.number(
                1...Int.max, UsageError("Error: --repeat argument must be >0.", "It is a number of messages."))
        },
        CommandOption(
            "--repeat-delay", for: [.pub], in: .publishing, takes: .init("SECONDS"), "time",
            help: "Wait so long between two of them; a fraction is possible. (default: 0)"
        ) { settings, use throws(UsageError) in
            guard let seconds = ArgumentNumber.fraction(use.bytes), seconds >= 0 else {
                throw UsageError("Error: --repeat-delay argument must be >=0.0.", "It is a number of seconds.")
            }
            settings.sending.delayMicroseconds = Int64(min(seconds, 1e9) * 1e6)
        },
    ]

    private static let setQoS: CommandOption.Setter = { settings, use throws(UsageError) in
        settings.qos = try use.qos("Error: Invalid QoS given: \(use.shown)")
    }

    private static func choose(
        _ source: SendingSettings.Source, _ settings: inout CommandSettings
    ) throws(UsageError) {
        guard settings.sending.source == nil else {
            throw UsageError(
                "Error: Only one type of message can be sent at once.",
                settings.command == .pub ? "Give one of -m -n -f -s -l." : "Give one of -m -n -f -s.")
        }
        settings.sending.source = source
    }
}
