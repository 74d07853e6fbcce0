import MQTT

extension OptionTable {
    /// As whom we connect.
    static let session: [CommandOption] = [
        CommandOption(
            "-u", "--username", in: .session, takes: .init("NAME"), "username", help: "User name."
        ) { settings, use throws(UsageError) in
            settings.session.userName = try use.field()
        },
        CommandOption(
            "-P", "--pw", in: .session, takes: .init("PASSWORD"), "password",
            help: "Password. Other users of this computer can see it; --password-file is safer."
        ) { settings, use throws(UsageError) in
            settings.session.password = .given(Secret(try data(use)))
        },
        CommandOption(
            "--password-file", in: .session, takes: .init("FILE", .file), "file",
            help: "A file whose first line is the password.",
            details: """
                Without an option for the password and with a user name it is taken from the environment variable \
                MQSCOPE_PASSWORD.
                """
        ) { settings, use throws(UsageError) in
            settings.session.password = .file(try nonEmpty(use))
        },
        CommandOption(
            "--ask-password", in: .session, help: "Ask for the password on the terminal, unseen."
        ) { settings, _ in
            settings.session.password = .prompt
        },
        CommandOption(
            "-i", "--id", in: .session, takes: .init("ID"), "id",
            help: "Client Identifier. (default: the broker chooses one)"
        ) { settings, use throws(UsageError) in
            if case .prefix = settings.session.identifier { throw bothIdentifiers }
            settings.session.identifier = .given(try use.field())
        },
        CommandOption(
            "-I", "--id-prefix", in: .session, takes: .init("PREFIX"), "id prefix",
            help: "Client Identifier made of this and the number of the process."
        ) { settings, use throws(UsageError) in
            if case .given = settings.session.identifier { throw bothIdentifiers }
            settings.session.identifier = .prefix(try use.field())
        },
        CommandOption(
            names: ["-V", "--protocol-version"], group: .session,
            arguments: [.init("VERSION", .words(["mqttv5", "mqttv311", "mqttv31", "5", "311", "31"]))],
            missing: "--protocol-version argument given but no version specified.",
            help: "mqttv31, mqttv311 or mqttv5. (default: mqttv311; rr: mqttv5)",
            details: "Of -V, -x and -D, the last one decides: -x and -D mean 5.",
            effect: .sets { settings, use throws(UsageError) in
                settings.session.version =
                    switch use.shown {
                    case "mqttv31", "31": .v3_1
                    case "mqttv311", "311": .v3_1_1
                    case "mqttv5", "5": .v5_0
                    default:
                        throw UsageError(
                            "Error: Invalid protocol version argument given.", "It is mqttv31, mqttv311 or mqttv5.")
                    }
            }),
        CommandOption(
            "-k", "--keepalive", in: .session, takes: .init("SECONDS"), "keepalive",
            help: "Keep alive in seconds, 5 to 65535. (default: 60)"
        ) { settings, use throws(UsageError) in
            settings.session.keepAlive = UInt16(
                try use.number(
                    5...65_535,
                    UsageError("Error: Invalid keepalive given, it must be between 5 and 65535 inclusive.")))
        },
        CommandOption(
            "-c", "--disable-clean-session", in: .session,
            help: "Keep the session, so that the broker stores what comes while we are away; needs -i.",
            details: "With MQTT 5.0 the session expires as -x says, without it never."
        ) { settings, _ in
            settings.session.cleanStart = false
        },
        CommandOption(
            "-x", in: .session, takes: .init("SECONDS"), "session expiry interval",
            help: "How long the broker keeps the session afterwards; -1 or ∞ is for ever. Means MQTT 5.0.",
            details: "0 to 4294967295, also in hexadecimal as 0x10. (default: 0, with -c for ever)"
        ) { settings, use throws(UsageError) in
            settings.session.expiry = try expiry(use)
            settings.session.version = .v5_0
        },
        CommandOption(
            names: ["-D", "--property"], group: .session,
            arguments: [
                .init("PACKET", .words(PropertyArgument.packets)), .init("PROPERTY", .words(PropertyArgument.names)),
                .init("VALUE"),
            ],
            missing: "--property argument given but not enough arguments specified.",
            help: "Add a property to a packet, e.g. -D publish content-type text/csv. Means MQTT 5.0.",
            details:
                "A user-property has two values: -D publish user-property KEY VALUE. The list stands in PROPERTIES.",
            effect: .sets { settings, use throws(UsageError) in
                try PropertyArgument(use).apply(to: &settings, use)
                settings.session.version = .v5_0
            }),
        CommandOption(
            names: ["-M"], group: .session, arguments: [.init("COUNT")],
            missing: "-M argument given but max_inflight not specified.",
            help: "Most messages of QoS 1 and 2 under way to the broker. (default: 20)",
            effect: .sets { settings, use throws(UsageError) in
                settings.session.maximumInFlight = min(
                    65_535,
                    try use.number(
                        1...Int.max, UsageError("Error: Maximum inflight messages must be greater than 0.")))
            }),
    ]

    /// The will.
    static let will: [CommandOption] = [
        CommandOption(
            "--will-topic", in: .session, takes: .init("TOPIC"), "will topic",
            help: "Where the broker publishes our will, when we are gone without a good-bye."
        ) { settings, use throws(UsageError) in
            settings.session.will.topic = try use.topic("will topic")
        },
        CommandOption(
            "--will-payload", in: .session, takes: .init("TEXT"), "will payload",
            help: "The payload of the will. (default: empty)"
        ) { settings, use in
            settings.session.will.payload = use.bytes
        },
        CommandOption(
            "--will-qos", in: .session, takes: .init("QOS", .words(["0", "1", "2"])), "will QoS",
            help: "QoS of the will. (default: 0)"
        ) { settings, use throws(UsageError) in
            settings.session.will.qos = try use.qos("Error: Invalid will QoS \(use.shown).")
        },
        CommandOption("--will-retain", in: .session, help: "The broker keeps the will.") { settings, _ in
            settings.session.will.isRetained = true
        },
    ]

    private static let bothIdentifiers = UsageError(
        "Error: -i and -I argument cannot be used together.", "Leave one of them out.")

    /// The first argument as binary data of CONNECT.
    private static func data(_ use: OptionUse) throws(UsageError) -> [UInt8] {
        guard use.bytes.count <= 65_535 else {
            throw UsageError("Error: Invalid \(use.option.name) argument.", "It takes at most 65535 bytes.")
        }
        return use.bytes
    }

    private static func expiry(_ use: OptionUse) throws(UsageError) -> UInt32 {
        if use.shown == "∞" { return .max }
        guard let number = ArgumentNumber.anyBase(use.bytes) else {
            throw UsageError("Error: session-expiry-interval not a number.", "It is 0 to 4294967295, -1 or ∞.")
        }
        guard (-1...Int(UInt32.max)).contains(number) else {
            throw UsageError("Error: session-expiry-interval out of range.", "It is 0 to 4294967295, -1 or ∞.")
        }
        return number == -1 ? .max : UInt32(number)
    }
}
