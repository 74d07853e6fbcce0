import ArgumentParser
import Broker
import Doctor
import Glibc
import MQTT
import MQTTClient

/// `mqscope doctor`: says what is wrong between mqscope and a broker.
struct DoctorCommand: ParsableCommand {
    /// Name, usage and help.
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        _superCommandName: "mqscope",
        abstract: "Goes the way to a broker step by step and says of each how it went, and what to do.",
        usage: """
            mqscope doctor [-h HOST] [-p PORT] [-u USER] [OPTIONS]
            mqscope doctor mqtts://USER@HOST:PORT [OPTIONS]
            mqscope doctor --config FILE [--json]
            mqscope doctor --print-config
            """,
        discussion: """
            Name, addresses, TCP, proxy, TLS, WebSocket, CONNECT in MQTT 5.0, 3.1.1 and 3.1, the broker's limits, \
            subscriptions, its log, whether anything arrives within ten seconds, publishing (only with --publish), what \
            broker it is, and its clock.
            Exit codes: 0 nothing failed; else the first step that did: 10 name, 11 TCP, 12 proxy, 13 TLS, 14 WebSocket, \
            15 CONNECT or limits, 16 subscribing, 17 nothing arrives, 18 publishing. With --config: 20 something is \
            dangerous or missing, 21 the configuration cannot be read. 64 for wrong options; 129, 130, 131, 143 ended by a \
            signal: 128 and its number.
            """,
        helpNames: .long)

    /// Which broker, as whom.
    @OptionGroup(title: "Broker") var broker: BrokerOptions
    /// By what it is reached.
    @OptionGroup(title: "Connection") var transport: TransportOptions

    /// Where to publish to.
    @Option(
        name: .customLong("publish"), parsing: .unconditional,
        help: ArgumentHelp(
            "Publish a message to this topic at QoS 0, 1 and 2, and wait for it to come back.", valueName: "topic"))
    var topic: String?

    /// The configuration to look at.
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            """
            Look at this mosquitto.conf, the files of its include_dir and its password files: what is missing or \
            dangerous for watching robots, and the lines that mend it.
            """, valueName: "file"))
    var configurationFile: String?

    /// Whether to print a complete configuration.
    @Flag(
        name: .customLong("print-config"),
        help: "Print a complete configuration for watching robots, with comments, for mosquitto 2.0 and 2.1.")
    var isPrinting = false

    /// Whether programs read it.
    @Flag(name: .customLong("json"), help: "One JSON object a line instead of text.")
    var isJSON = false

    /// Checks that there is one thing to do.
    func validate() throws {
        guard configurationFile == nil || !isPrinting else {
            throw ValidationError("Give either --config FILE or --print-config.")
        }
        guard !isPrinting || !isJSON else { throw ValidationError("--json does not go with --print-config.") }
    }

    /// Whether the options say which broker: then the way to it is examined beside a configuration too.
    private var namesBroker: Bool {
        broker.isNamed || transport.isNamed || topic != nil
    }

    /// Runs it.
    func run() throws {
        guard !isPrinting else { return print(WatchingConfiguration().text, terminator: "") }
        let found = configurationFile.map(examine) ?? 0
        fflush(nil)
        guard configurationFile == nil || namesBroker else { throw ExitCode(found) }
        let failed = try examineWay()
        throw ExitCode(failed == 0 ? found : failed)
    }

    /// Examines the way to the broker; the exit code.
    private func examineWay() throws -> Int32 {
        var options = Examination.Options()
        options.topic = try topic.map { text in
            do {
                // Many brokers close the connection at one with control characters.
                guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
                    throw ValidationError("it holds control characters")
                }
                return try TopicName(text)
            } catch {
                throw ValidationError("'\(text)' is no topic to publish to: \(error).")
            }
        }
        let plan = try broker.plan(transport)
        Signals.release()  // asking for a passphrase has blocked them
        signal(SIGPIPE, SIG_IGN)
        var report = DoctorReport(isJSON: isJSON)
        report.begin(plan.configuration.endpoint, userName: plan.configuration.userName, notices: plan.notices)
        var examination = Examination(plan.configuration, options: options) { report.add($0) }
        let code = examination.run()
        report.end(code: code)
        return code
    }

    /// Prints what is to be said of a configuration; the exit code.
    private func examine(_ path: String) -> Int32 {
        let report: ConfigurationReport
        do {
            report = ConfigurationReport(try ConfigurationFiles(path: path))
        } catch {
            if isJSON {
                print((["kind": "error", "file": .string(path), "what": .string("\(error)")] as JSONText).text)
            }
            Launch.fail("\(error)")
            return ConfigurationReport.unreadableCode
        }
        print(isJSON ? report.json : report.text, terminator: "")
        return report.exitCode
    }
}
