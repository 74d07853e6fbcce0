extension ManualTexts {
    /// A difference to mosquitto's commands.
    struct Difference {
        /// Which commands it concerns.
        let commands: Set<Command>
        /// What it is, a few sentences.
        let text: String

        /// The difference `text` of `commands`.
        init(_ commands: Set<Command> = .all, _ text: String) {
            self.commands = commands
            self.text = text
        }
    }

    /// Every difference to mosquitto's commands.
    static let differences: [Difference] = arguments + values + running + additions

    private static let arguments: [Difference] = [
        Difference(.all, "--help and --version end with code 0, not 1."),
        Difference(
            .all,
            "An error is one line on the standard error that says what to do, too; the usage text is not printed with it."
        ),
        Difference(
            .all,
            "-p1884, --port=1884, --message= and flags that stand together are understood; they were unknown options."),
        Difference(
            .all,
            "-o is an option only where an option can stand: -m -o is the message -o. A file of -o that is missing is said."
        ),
        Difference(
            .all,
            """
            Lines of an options file may be of any length and may hold -D. An error in it names the line. Before \
            mosquitto's file $XDG_CONFIG_HOME/mqscope is looked at.
            """
        ),
    ]

    private static let values: [Difference] = [
        Difference(
            .all,
            "Numbers have to be numbers: -p abc is an error, not port 0, which is a unix domain socket; so is -q 1x."),
        Difference(
            .receiving,
            """
            -W takes fractions of seconds, and covers the whole run, name and connection included, which is said by \
            "Timed out".
            """
        ),
        Difference(
            [.sub], "--random-filter is the percentage that its name says: 100 prints all messages, not a tenth."),
        Difference(
            .receiving, "Of -R and --retain-handling the last one counts; in one order nothing was subscribed to."),
        Difference(
            .all,
            """
            In the URL of -L an IPv6 address may stand in brackets and a password may hold @; a host has to be there, and \
            the port has to be one. A mqtt:// after a mqtts:// takes TLS back.
            """
        ),
        Difference(.all, "-A takes an IP address, no name."),
        Difference(
            .all,
            """
            With MQTT 5.0 the broker is told of no receive maximum of 20: -D connect receive-maximum says one. A topic alias \
            is only used where the broker takes it, and by the number that -D says.
            """
        ),
        Difference(
            .all,
            """
            Properties are sent in an order of our own, user properties last, however the -D stand. Those of CONNECT that \
            say what is so anyway are left out: a session expiry interval or a topic alias maximum of 0, a receive maximum of \
            65535, a maximum packet size that no packet has, request problem information 1, request response information 0.
            """
        ),
        Difference(
            .sending, "A topic alias is not used for a topic of up to three bytes: the topic itself is shorter."),
        Difference(.all, "--unix wins over -h and -p before it, and is taken back by those behind it."),
        Difference(
            .all,
            """
            Properties are checked before the connection: a property twice, a number out of its range, a payload format \
            indicator above 1, a subscription identifier of 0, properties with MQTT 3.1.1. -D will reason-string and -D \
            disconnect server-reference are refused: no client may send them; so is a -D disconnect \
            session-expiry-interval above 0 without one in CONNECT (-x, -c), at which a broker publishes the will as after \
            an error. -D connect session-expiry-interval goes with -c.
            """
        ),
        Difference(
            .all,
            "A topic may have more than 200 slashes and control characters, if the broker takes it; an empty one is an error at once."
        ),
        Difference(.all, "Control characters in user names and Client Identifiers are refused: brokers close at them."),
        Difference(.all, "Errors do not repeat the URL of --proxy or -L, which may hold a password."),
        Difference(
            .all,
            """
            --tls-engine, --tls-engine-kpass-sha1, --keyform engine and -S are refused: there are no engines and no \
            look-up of SRV records. --psk is for TLS 1.2 only. --ciphers names suites of TLS 1.2 only.
            """
        ),
        Difference(.all, "--cert and --insecure without TLS are said: they alone do not turn it on."),
        Difference(.all, "--insecure with --fingerprint is refused; --no-tls leaves all options of TLS unchecked."),
        Difference(.all, "Small packets are always sent at once, with or without --nodelay."),
    ]

    private static let running: [Difference] = [
        Difference(
            [.pub],
            """
            -l waits for the last acknowledgement before it ends, also where the connection is lost meanwhile, takes lines \
            with NUL bytes, says which lines the broker refused, and then does not end with 0.
            """
        ),
        Difference(
            [.pub],
            """
            -l ends with 1 when the broker closes five connections in a row without taking a line, as some do that deny \
            a message of QoS 2. Without -c a line of QoS 2 may come twice, rather than not at all, when the connection is \
            lost in the middle of it.
            """
        ),
        Difference(
            [.sub, .pub],
            """
            A DISCONNECT of a broker of MQTT 5.0 is a lost connection like others: it is said, and the connection is made \
            again. mosquitto's commands end with 0, 2 or 4, and mosquitto_pub -l loses the lines that are left. Without -l \
            pub ends with 7.
            """
        ),
        Difference([.rr], "A DISCONNECT of a broker of MQTT 5.0 is a lost connection: it ends with 7, not 0."),
        Difference(
            .all, "With MQTT 5.0 a PUBREC for an unknown identifier is answered with Reason Code 146, not 0."),
        Difference(
            [.sub],
            """
            UNSUBSCRIBE of -U goes out as soon as the broker has accepted the connection; whether the answer to SUBSCRIBE \
            comes before it is left open.
            """
        ),
        Difference(
            [.sub],
            """
            A message of QoS 2 is printed when it comes, not when the broker releases it (PUBREL), and counts for -C then: \
            the run may end before that. With -d it is printed as mosquitto_sub prints it.
            """
        ),
        Difference(.sending, "The trace of -d names the topic of a message that goes by its alias."),
        Difference([.pub], "-f takes files, no folders; a closed standard input is an error."),
        Difference(
            [.sub], "A first connection that is closed before the broker answered is said, and tried again as before."),
        Difference([.sub], "A filter that is given twice is asked for once."),
        Difference(
            .all, "What is wrong with TLS ends the run with 8; with 1 where it can be seen without a connection."),
        Difference(
            [.sub],
            """
            -E prints messages of QoS 1 and 2 that came with the answer, as they are acknowledged; those of QoS 0 it does not.
            """
        ),
        Difference(
            [.sub],
            "With --remove-retained the run ends by -C and --retained-only as without, once the removals are acknowledged."
        ),
        Difference(
            [.rr],
            """
            A DISCONNECT is sent at the end, so that no will is published; at -W, SIGINT and SIGTERM it asks for the will \
            (MQTT 5.0).
            """
        ),
        Difference(.receiving, "All messages that came in one read from the connection have one time of arrival."),
        Difference([.rr], "--latency says seconds with their unit, too."),
        Difference([.sub], "With -U alone -E ends it at the answer to UNSUBSCRIBE."),
        Difference(
            [.sub, .rr],
            """
            A refused subscription is told with the broker's reason; the codes of MQTT 3.1.1 are told in their own words.
            """
        ),
        Difference(
            .all,
            """
            A CONNACK that breaks the protocol (unknown flags, a session where none was asked for, a second one) ends the \
            connection; a return code of MQTT 3.1.1 that has no meaning ends the run with 3.
            """
        ),
        Difference(
            .all,
            "That a connection was lost, and that it is back, is said on the standard error; --quiet silences it."),
        Difference([.pub], "SIGINT and SIGTERM end it with a DISCONNECT, and with 128 and the signal's number."),
        Difference(.all, "When the first connection fails the true reason is printed, and what to do."),
        Difference(
            .receiving,
            "On a terminal what could harm it is replaced by visible characters; --raw prints bytes as they are."),
        Difference(
            [.sub],
            """
            --watch leaves nothing of a longer message behind, draws anew when the window changes, and says how many topics \
            do not fit. Where the output is no terminal, and with -d, messages are printed as without it.
            """
        ),
        Difference(
            .receiving,
            """
            %j takes payloads with NUL bytes and empty properties, and prints UTF-8 only: bytes that are none are replaced. \
            Empty strings are printed as such by %C and %P.
            """
        ),
    ]

    private static let additions: [Difference] = [
        Difference(
            .all,
            """
            Added: --password-file, --ask-password, MQSCOPE_PASSWORD, --tls, --fingerprint, --key-passphrase-file, \
            --ws-path, --ws-header, --strict, --manual, --completions.
            """
        ),
        Difference(.receiving, "Added: --json, --raw, --safe."),
    ]
}
