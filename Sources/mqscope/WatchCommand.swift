import ArgumentParser
import CLinux
import CursesTerminal
import Dashboard
import MQTT
import MQTTClient
import Monitor
import Screen
import Themes

/// `mqscope`: opens the dashboard on a broker.
struct WatchCommand: ParsableCommand {
    /// Name, usage and help.
    static let configuration = CommandConfiguration(
        commandName: "mqscope",
        abstract: "An oscilloscope for MQTT: topics, messages and the broker's log, live in the terminal.",
        usage: """
            mqscope [-h HOST] [-p PORT] [-u USER] [OPTIONS]
            mqscope mqtt://USER@HOST:PORT [OPTIONS]
            mqscope demo [OPTIONS]
            mqscope doctor [OPTIONS]
            mqscope sub|pub|rr [OPTIONS]
            mqscope clean FILTER... [OPTIONS]
            """,
        discussion: """
            Subscribes to # and $SYS/# and shows what comes. Press ? for the keys, p to publish, q to quit. \
            The password may also come from --password-file or the environment variable MQSCOPE_PASSWORD. \
            'mqscope demo' starts a private mosquitto with six robots and shows it; see 'mqscope demo --help'. \
            'mqscope doctor' goes the way to a broker step by step and says what is wrong. \
            'mqscope sub', 'pub' and 'rr' do what mosquitto_sub, _pub and _rr do, with the same options.
            'mqscope clean' removes retained messages.
            Exit codes: 0 left with q; 1 it cannot begin; 64 wrong options; 129, 130, 131, 143 ended by a signal: 128 and \
            its number.
            """,
        version: Version.text,
        helpNames: .long)

    /// Which broker, as whom.
    @OptionGroup(title: "Broker") var broker: BrokerOptions
    /// By what it is reached.
    @OptionGroup(title: "Connection") var transport: TransportOptions
    /// Where the broker's log is read from besides its topics.
    @OptionGroup(title: "Broker log") var brokerLog: BrokerLogOptions
    /// How it looks.
    @OptionGroup(title: "Dashboard") var screen: ScreenOptions

    /// Everything that is needed to connect, checked.
    func plan() throws -> ConnectionPlan { try broker.plan(transport) }

    /// Runs it.
    func run() throws {
        let plan = try plan()
        let theme = try Themes.load(screen.theme)
        let history = try ByteCount(screen.history)
        let log = try DiagnosticLog(path: screen.logFile)
        let code = Launch.dashboard(
            plan: plan, theme: theme, historyBytes: history.bytes, isReadOnly: screen.isReadOnly, log: log,
            colors: screen.colors, source: brokerLog.source)
        throw ExitCode(code)
    }
}

/// The version of mqscope.
enum Version {
    /// What `--version` prints.
    static let text = "mqscope 0.1.0"
}

/// Options that say where the broker's log is read from besides its topics.
struct BrokerLogOptions: ParsableArguments {
    /// The broker's log file.
    @Option(
        name: .customLong("broker-log"),
        help: ArgumentHelp(
            "Read the broker's log from this file, too: what happened before, and while the broker is down.",
            valueName: "file"))
    var file: String?

    /// The command that prints the broker's log.
    @Option(
        name: .customLong("broker-log-command"),
        help: ArgumentHelp(
            "Or from a command of the shell, e.g. 'ssh pi@10.42.0.3 journalctl -u mosquitto -o cat -b --no-tail -f'; it cannot ask for a password.",
            valueName: "command"))
    var command: String?

    func validate() throws {
        guard file == nil || command == nil else {
            throw ValidationError("Give either --broker-log or --broker-log-command.")
        }
        guard file != "", command != "" else {
            throw ValidationError("--broker-log wants a file, --broker-log-command a command.")
        }
    }

    /// The file or the command; `nil` for neither.
    var source: LogSource.Kind? { file.map(LogSource.Kind.file) ?? command.map(LogSource.Kind.command) }
}

/// Options that say how the dashboard looks and what it may do.
struct ScreenOptions: ParsableArguments {
    /// Memory for past messages.
    @Option(
        name: .customLong("history"),
        help: ArgumentHelp("Memory for past messages, e.g. 8MiB.", valueName: "size"))
    var history = "64MiB"

    /// The theme.
    @Option(
        name: .customLong("theme"),
        help: ArgumentHelp(
            "default, light, high-contrast, mono, or a theme of yours in ~/.config/mqscope/themes.", valueName: "name"))
    var theme = "default"

    /// How many colours.
    @Option(
        name: .customLong("color"),
        help: ArgumentHelp("auto, never, 8, 16 or 256. NO_COLOR in the environment means never.", valueName: "depth"))
    var colors = ColorChoice.automatic

    /// Whether publishing is impossible.
    @Flag(name: .customLong("read-only"), help: "Publishing and clearing are impossible.")
    var isReadOnly = false

    /// Where diagnostics go.
    @Option(
        name: .customLong("log-file"),
        help: ArgumentHelp("Write diagnostics of mqscope itself to this file.", valueName: "file"))
    var logFile: String?
}

extension ColorChoice: ExpressibleByArgument {
    init?(argument: String) { self.init(spelled: argument) }
    var defaultValueDescription: String { "auto" }
}
