import ArgumentParser
import Broker

/// `mqscope doctor`: says what is wrong between mqscope and a broker.
struct DoctorCommand: ParsableCommand {
    /// Name, usage and help.
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        _superCommandName: "mqscope",
        abstract: "Says what a mosquitto.conf lacks for watching robots, or prints one that is complete.",
        usage: """
            mqscope doctor --config FILE [--json]
            mqscope doctor --print-config
            """,
        discussion: """
            Exit codes: 0 nothing dangerous or missing, 20 something is, 21 the configuration cannot be read.
            """,
        helpNames: .long)

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
        guard (configurationFile != nil) != isPrinting else {
            throw ValidationError("Give either --config FILE or --print-config.")
        }
    }

    /// Runs it.
    func run() throws {
        if isPrinting { print(WatchingConfiguration().text, terminator: "") }
        if let configurationFile { throw ExitCode(examine(configurationFile)) }
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
