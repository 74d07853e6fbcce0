import CLinux
import Commands
import Glibc
import MQTT
import Screen

/// Starts `sub`, `pub` and `rr`: from the words behind the command to its exit code.
enum CommandLaunch {
    /// Runs `command` with `words`; the exit code.
    static func run(_ command: Command, _ words: [[UInt8]]) -> Int32 {
        // Before the first thread starts.
        _ = Signals.descriptor
        do throws(UsageError) {
            let environment = environment()
            let file = try optionFile(for: command, words, environment)
            let arguments = try CommandArguments(
                command, words: words, file: file, environment: environment, version: Version.text, width: width())
            switch arguments {
            case .print(let text):
                print(text)
                return 0
            case .run(var settings):
                settings.takeInheritedKeyLog()
                return try run(settings)
            }
        } catch {
            StandardError.write(Array((error.description + "\n").utf8))
            return 1
        }
    }

    private static func run(_ settings: CommandSettings) throws(UsageError) -> Int32 {
        let configuration = try settings.configuration()
        switch settings.command {
        case .sub: return try SubCommand.execute(settings, configuration)
        case .pub: return try PubCommand.execute(settings, configuration)
        case .rr:
            var run = try RRCommand(settings, configuration)
            return run.execute()
        }
    }

    /// The file of options, where there is one.
    private static func optionFile(
        for command: Command, _ words: [[UInt8]], _ environment: [String: String]
    ) throws(UsageError) -> OptionFile? {
        let paths: [String]
        var isNamed = false
        switch try OptionFile.place(for: command, words: words, environment: environment) {
        case .usual(let usual): paths = usual
        case .named(let path):
            paths = [path]
            isNamed = true
        }
        for path in paths {
            do throws(File.Failure) {
                return OptionFile(path: path, bytes: try File.read(path, limit: 1 << 20))
            } catch  where isNamed || access(path, F_OK) == 0 {
                let line = "Warning: The options file \(path) cannot be read: \(error)."
                StandardError.write(Array((SafeText.of(line) + "\n").utf8))
            } catch {
                continue
            }
        }
        return nil
    }

    private static func environment() -> [String: String] {
        var result: [String: String] = [:]
        for name in ["HOME", "XDG_CONFIG_HOME", "MQSCOPE_PASSWORD", "SSLKEYLOGFILE"] {
            if let value = getenv(name) { result[name] = String(cString: value) }
        }
        return result
    }

    /// Columns of the terminal, for help.
    private static func width() -> Int {
        var (rows, columns): (Int32, Int32) = (0, 0)
        guard clinux_window_size(STDOUT_FILENO, &rows, &columns) == 0, columns > 40 else { return 80 }
        return Int(min(columns, 120))
    }

    private static func print(_ text: String) {
        var output = StandardOutput()
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count, !output.isClosed {
            let count = bytes.withUnsafeBytes { output.write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
            sent += count
            if count == 0 { clinux_wait_writable(output.descriptor, -1) }
        }
    }
}
