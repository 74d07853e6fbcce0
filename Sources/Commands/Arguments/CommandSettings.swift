package import MQTT

/// Everything that a run of `sub`, `pub` or `rr` needs, as its arguments say it; checked, nothing read and nothing sent.
package struct CommandSettings: Sendable, Hashable {
    /// The command.
    package let command: Command
    /// Which broker, and by what it is reached.
    package var connection = ConnectionSettings()
    /// As whom, and for how long the broker keeps what belongs to us.
    package var session: SessionSettings
    /// What is subscribed to.
    package var receiving = ReceivingSettings()
    /// What is published.
    package var sending = SendingSettings()
    /// How messages are printed.
    package var output = OutputSettings()
    /// QoS of the subscriptions and of what is published (`-q`).
    package var qos = QoS.atMostOnce
    /// What `-D` says, by packet.
    package var properties = PacketProperties()
    /// After so many milliseconds the run ends with code 27 (`-W`); `nil` for never.
    package var timeoutMilliseconds: Int64?
    /// Whether the packet trace is printed (`-d`).
    package var isTracing = false
    /// Whether errors of the run and the line `Subscribed` are not printed (`--quiet`).
    package var isQuiet = false
    /// Whether a denied subscription or publish gives the exit code, by its Reason Code (`--strict`).
    package var isStrict = false
    /// What the user should know before the run, one line each.
    package var notices: [String] = []

    /// The settings of `command` without an argument.
    package init(_ command: Command) {
        self.command = command
        session = SessionSettings(version: command == .rr ? .v5_0 : .v3_1_1)
    }
}

/// As whom we connect, and for how long the broker keeps what belongs to us.
package struct SessionSettings: Sendable, Hashable {
    /// The version to speak (`-V`; `-x` and `-D` make it 5.0).
    package var version: ProtocolVersion
    /// Our name.
    package var identifier = ClientIdentifier.assigned
    /// The user name (`-u`).
    package var userName: String?
    /// The password.
    package var password = PasswordSource.none
    /// Seconds of the longest silence towards the broker (`-k`).
    package var keepAlive: UInt16 = 60
    /// Whether a new session begins; `-c` keeps the one there is.
    package var cleanStart = true
    /// What `-x` says; `nil` without it.
    package var expiry: UInt32?
    /// Most messages of QoS 1 and 2 under way to the broker (`-M`).
    package var maximumInFlight = 20
    /// The will, without what `-D will` says.
    package var will = WillSettings()

    /// Who we are.
    package enum ClientIdentifier: Sendable, Hashable {
        /// The empty one: the broker gives us one.
        case assigned
        /// This one (`-i`).
        case given(String)
        /// This with the number of the process behind it (`-I`).
        case prefix(String)
    }
}

/// What the options say of the will.
package struct WillSettings: Sendable, Hashable {
    /// Its topic; without one there is no will.
    package var topic: TopicName?
    /// Its payload; `nil` where none is given.
    package var payload: [UInt8]?
    /// Its QoS.
    package var qos = QoS.atMostOnce
    /// Whether the broker keeps it.
    package var isRetained = false
}

/// What `-D` says, by the packet it belongs to; 5.0 only.
package struct PacketProperties: Sendable, Hashable {
    /// Of CONNECT.
    package var connect = Properties()
    /// Of every PUBLISH of our own. A Topic Alias among them asks for aliases; which one, is the client's matter.
    package var publish = Properties()
    /// Of SUBSCRIBE.
    package var subscribe = Properties()
    /// Of UNSUBSCRIBE.
    package var unsubscribe = Properties()
    /// Of DISCONNECT.
    package var disconnect = Properties()
    /// Of the will.
    package var will = Properties()
}

/// What is subscribed to, and what of it counts.
package struct ReceivingSettings: Sendable, Hashable {
    /// What is subscribed to, in one SUBSCRIBE (`-t`, `-L`).
    package var filters: [TopicFilter] = []
    /// Messages to these topics are dropped, before all else (`-T`).
    package var filteredOut: [TopicFilter] = []
    /// What is unsubscribed from, each in an UNSUBSCRIBE of its own (`-U`).
    package var unsubscribed: [TopicFilter] = []
    /// Whether messages with the RETAIN flag are dropped (`-R`).
    package var dropsRetained = false
    /// Whether the run ends with the first message without the RETAIN flag (`--retained-only`).
    package var isRetainedOnly = false
    /// Whether retained messages that come are removed from the broker (`--remove-retained`).
    package var removesRetained = false
    /// Whether RETAIN arrives as it was published; 5.0 only.
    package var retainAsPublished = false
    /// When the broker sends what it keeps; 5.0 only. Also set by `-R`, the last one counts.
    package var retainHandling = RetainHandling.always
    /// The run ends after so many messages (`-C`); `nil` for never.
    package var count: Int?
    /// Whether the run ends with SUBACK (`-E`).
    package var endsAfterSubscribing = false
    /// How many of a hundred messages are printed, by chance (`--random-filter`); 0.1 to 100.
    package var percentage = 100.0
    /// Whether messages per second are printed in place of messages (`--message-rate`).
    package var printsRate = false
}

/// What is published.
package struct SendingSettings: Sendable, Hashable {
    /// Where to (`-t`, `-L`); there is one when `command` is `pub` or `rr`.
    package var topic: TopicName?
    /// Where the payload comes from; there is one when `command` is `pub` or `rr`.
    package var source: Source?
    /// The RETAIN flag (`-r`).
    package var isRetained = false
    /// How many times the message is published (`--repeat`).
    package var count = 1
    /// Microseconds from the end of one publish to the next (`--repeat-delay`).
    package var delayMicroseconds: Int64 = 0
    /// Where the answer is to go (`-e`); there is one when `command` is `rr`.
    package var responseTopic: TopicName?
    /// Whether the time between request and answer is printed (`--latency`).
    package var measuresLatency = false

    /// Where a payload comes from.
    package enum Source: Sendable, Hashable {
        /// The argument of `-m`.
        case argument([UInt8])
        /// Nowhere: it is empty (`-n`).
        case empty
        /// The file at this path (`-f`).
        case file(String)
        /// All of the standard input (`-s`).
        case standardInput
        /// Each line of the standard input is one (`-l`).
        case lines
    }
}

/// How messages are printed.
package struct OutputSettings: Sendable, Hashable {
    /// What is printed of a message.
    package var form = Form.payload
    /// Whether the topic stands before the payload (`-v`); only with `Form.payload`.
    package var isVerbose = false
    /// Whether nothing is printed behind a message (`-N`).
    package var omitsNewline = false
    /// Whether JSON is indented (`--pretty`).
    package var isPretty = false
    /// Whether each topic has a line of the screen (`-w`).
    package var isWatching = false
    /// Whether what could harm a terminal is replaced.
    package var safety = Safety.onTerminal

    /// What is printed of a message.
    package enum Form: Sendable, Hashable {
        /// Its payload.
        case payload
        /// What this format says (`-F`), not compiled yet.
        case format([UInt8])
        /// All of it as JSON, on one line (`--json`).
        case json
    }

    /// Where control characters and the like are replaced by visible ones.
    package enum Safety: Sendable, Hashable {
        /// When the output is a terminal.
        case onTerminal
        /// Always (`--safe`).
        case always
        /// Never (`--raw`).
        case never
    }
}
