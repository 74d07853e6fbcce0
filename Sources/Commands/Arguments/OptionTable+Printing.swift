extension OptionTable {
    /// How messages are printed, and when it ends.
    static let printing: [CommandOption] = [
        CommandOption("-v", "--verbose", for: .receiving, in: .printing, help: "Print the topic before the payload.") {
            settings, _ in settings.output.isVerbose = true
        },
        CommandOption(
            "-F", for: .receiving, in: .printing, takes: .init("FORMAT"), "format",
            help: "Print messages in this format, e.g. '%I %t %p'; it wins over -v.",
            details: "The list stands in FORMAT. Of -F and --json the last one counts."
        ) { settings, use in
            settings.output.form = .format(use.bytes)
        },
        CommandOption(
            "--json", for: .receiving, in: .printing, help: "Print each message as a JSON object on a line of its own."
        ) { settings, _ in
            settings.output.form = .json
        },
        CommandOption("-N", for: .receiving, in: .printing, help: "Print no newline behind a message.") { settings, _ in
            settings.output.omitsNewline = true
        },
        CommandOption("--pretty", for: .receiving, in: .printing, help: "Indent the JSON of -F %j and %J.") {
            settings, _ in settings.output.isPretty = true
        },
        CommandOption(
            "--raw", for: .receiving, in: .printing,
            help: "Print bytes as they are on a terminal, too: they can do anything with it."
        ) { settings, _ in
            settings.output.safety = .never
        },
        CommandOption(
            "--safe", for: .receiving, in: .printing,
            help: "Replace what could harm a terminal in a file or pipe, too."
        ) { settings, _ in
            settings.output.safety = .always
        },
        CommandOption(
            "--random-filter", for: [.sub], in: .printing, takes: .init("PERCENT"), "chance",
            help: "Print so many of a hundred messages, by chance, 0.1 to 100. (default: 100)"
        ) { settings, use throws(UsageError) in
            guard let percentage = ArgumentNumber.fraction(use.bytes), (0.1...100).contains(percentage) else {
                throw UsageError("Error: --random-filter chance must be between 0.1-100.0", "100 prints all.")
            }
            settings.receiving.percentage = percentage
        },
        CommandOption(
            "-w", "--watch", for: [.sub], in: .printing,
            help: "Give each topic a line of the terminal, which shows its latest message.",
            details: """
                What is too wide is cut, and how many topics find no line is said in the first one. Not with -d, \
                --message-rate, and where the output is no terminal: there messages are printed as without it.
                """
        ) { settings, _ in
            settings.output.isWatching = true
        },
        CommandOption(
            "--message-rate", for: [.sub], in: .printing, help: "Print messages per second in place of messages."
        ) { settings, _ in
            settings.receiving.printsRate = true
        },
        CommandOption(
            "--latency", for: [.rr], in: .printing, help: "Print the time between request and answer, too."
        ) { settings, _ in
            settings.sending.measuresLatency = true
        },
        CommandOption(
            "-C", for: [.sub], in: .printing, takes: .init("COUNT"), "count", help: "End after so many messages."
        ) { settings, use throws(UsageError) in
            settings.receiving.count = try use.number(
                1...Int.max,
                UsageError("Error: Invalid message count \"\(use.shown.shortened)\".", "It is a number above 0."))
        },
        CommandOption("-E", for: [.sub], in: .printing, help: "End when the broker has answered to the subscriptions.")
        {
            settings, _ in settings.receiving.endsAfterSubscribing = true
        },
        CommandOption(
            "-W", for: .receiving, in: .printing, takes: .init("SECONDS"), "timeout",
            help: "End after so many seconds with exit code 27."
        ) { settings, use throws(UsageError) in
            guard let seconds = ArgumentNumber.fraction(use.bytes), seconds > 0, Int64(min(seconds, 1e9) * 1e3) > 0
            else {
                throw UsageError(
                    "Error: Invalid timeout \"\(use.shown.shortened)\".", "It is a number of seconds above 0.")
            }
            settings.timeoutMilliseconds = Int64(min(seconds, 1e9) * 1e3)
        },
    ]

    /// Everything else.
    static let other: [CommandOption] = [
        CommandOption("-d", "--debug", in: .other, help: "Print the packets that come and go, too.") { settings, _ in
            settings.isTracing = true
        },
        CommandOption("--quiet", in: .other, help: "Print no errors of the run; exit codes stay.") { settings, _ in
            settings.isQuiet = true
        },
        CommandOption(
            "--strict", in: .other,
            help: "Exit with the Reason Code when the broker denies a subscription or a message."
        ) { settings, _ in
            settings.isStrict = true
        },
        CommandOption(
            names: ["-o"], group: .other, arguments: [.init("FILE", .file)],
            missing: "-o argument given but no options file specified.",
            help: "Read options from this file first, in place of the usual one.", effect: .namesFile),
        CommandOption(
            names: ["--help"], group: .other, arguments: [], missing: "", help: "Print this.", effect: .prints(.help)),
        CommandOption(
            names: ["--version"], group: .other, arguments: [], missing: "", help: "Print the version.",
            effect: .prints(.version)),
        CommandOption(
            names: ["--manual"], group: .other, arguments: [], missing: "",
            help: "Print the manual page, for man -l -.", effect: .prints(.manual)),
        CommandOption(
            names: ["--completions"], group: .other, arguments: [.init("SHELL", .words(["bash", "zsh", "fish"]))],
            missing: "--completions argument given but no shell specified.",
            help: "Print completions for bash, zsh or fish.", effect: .prints(.completions)),
    ]
}
