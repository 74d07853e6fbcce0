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
            """,
        discussion: """
            Subscribes to # and $SYS/# and shows what comes. Press ? for the keys, p to publish, q to quit. \
            The password may also come from --password-file or the environment variable MQSCOPE_PASSWORD. \
            'mqscope demo' starts a private mosquitto with six robots and shows it; see 'mqscope demo --help'. \
            'mqscope doctor' goes the way to a broker step by step and says what is wrong.
            """,
        version: Version.text,
        helpNames: .long)

    /// Which broker, as whom.
    @OptionGroup(title: "Broker") var broker: BrokerOptions
    /// By what it is reached.
    @OptionGroup(title: "Connection") var transport: TransportOptions
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
            colors: screen.colors)
        throw ExitCode(code)
    }
}

/// The version of mqscope.
enum Version {
    /// What `--version` prints.
    static let text = "mqscope 0.1.0"
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
