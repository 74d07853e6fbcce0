import ArgumentParser
import CLinux
import Demo
import MQTT
import MQTTClient
import Themes

/// `mqscope demo`: a private mosquitto, six robots, and the dashboard on them.
struct DemoCommand: ParsableCommand {
    /// Name, usage and help.
    static let configuration = CommandConfiguration(
        commandName: "demo",
        _superCommandName: "mqscope",
        abstract: "Starts a private mosquitto with six robots and their faults, and opens the dashboard on it.",
        usage: "mqscope demo [OPTIONS]",
        discussion: """
            The broker listens on 127.0.0.1 only, on a free port, and is gone with its folder when mqscope ends. \
            Its users are monitor and operator (passwords demo-monitor and demo-operator); the status line shows the \
            port, so that mosquitto_sub and mosquitto_pub can join in. The port after it is for TLS (where openssl is \
            installed), and there is a unix domain socket: the folder /tmp/mqscope-demo-* has ca.crt for --cafile and \
            mqtt.sock for --unix. \
            Try: select robots/ev3-1/cmd with p and publish {"cmd":"stop"}; the answer comes on robots/ev3-1/ack.
            Exit codes: 0 left with q; 1 it cannot begin; 64 wrong options; 129, 130, 131, 143 ended by a signal: 128 and \
            its number.
            """,
        helpNames: .long)

    /// Whether the robots are well.
    @Flag(name: .customLong("no-faults"), help: "Robots without their scripted faults.")
    var isWithoutFaults = false

    /// Seed of everything random.
    @Option(name: .customLong("seed"), help: "Seed of everything random.")
    var seed: UInt64 = 1

    /// How it looks.
    @OptionGroup(title: "Dashboard") var screen: ScreenOptions

    /// Runs it.
    func run() throws {
        _ = Signals.descriptor  // before the demo's threads
        let theme = try Themes.load(screen.theme)
        let history = try ByteCount(screen.history)
        let log = try DiagnosticLog(path: screen.logFile)
        let demo: Demo
        do {
            demo = try Demo(options: DemoOptions(seed: seed, faults: !isWithoutFaults))
        } catch {
            Launch.fail("\(error)")
            throw ExitCode.failure
        }
        var configuration = ClientConfiguration(
            endpoint: demo.endpoint, clientIdentifier: AccessOptions.madeIdentifier())
        configuration.userName = Demo.userName
        configuration.password = Array(Demo.password.utf8)
        configuration.subscriptions = [
            Subscription(.system, retainAsPublished: false), Subscription(.everything),
        ]
        let plan = ConnectionPlan(configuration: configuration, qos: .atMostOnce, watchesSystem: true, notices: [])
        demo.start()
        let code = Launch.dashboard(
            plan: plan, theme: theme, historyBytes: history.bytes, isReadOnly: screen.isReadOnly, log: log,
            colors: screen.colors)
        demo.stop()
        throw ExitCode(code)
    }
}
