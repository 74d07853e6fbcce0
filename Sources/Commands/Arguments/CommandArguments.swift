/// What the arguments of a command ask for.
package enum CommandArguments: Sendable {
    /// A run with these settings.
    case run(CommandSettings)
    /// This is printed on the standard output, exit code 0.
    case print(String)

    /// What `words` ask `command` for, after the options in `file`, which the words override.
    ///
    /// Of the environment `MQSCOPE_PASSWORD` and `SSLKEYLOGFILE` count. `width` is that of the terminal, for help.
    package init(
        _ command: Command, words: [[UInt8]], file: OptionFile? = nil, environment: [String: String] = [:],
        version: String, width: Int = 80
    ) throws(UsageError) {
        var settings = CommandSettings(command)
        var printout = try file.map { file throws(UsageError) in try Self.read(file, into: &settings) } ?? nil
        if printout == nil { printout = try Self.read(words, into: &settings) }
        switch printout {
        case .help: self = .print(HelpText(command, width: width).text)
        case .version: self = .print(version + "\n")
        case .manual: self = .print(ManualPage(command, version: version).text)
        case .completions(let shell): self = .print(shell.script)
        case nil:
            try settings.complete(environment: environment)
            self = .run(settings)
        }
    }

    /// The same for words that are text.
    package init(
        _ command: Command, _ words: [String], file: OptionFile? = nil, environment: [String: String] = [:],
        version: String = "mqscope", width: Int = 80
    ) throws(UsageError) {
        try self.init(
            command, words: words.map { Array($0.utf8) }, file: file, environment: environment, version: version,
            width: width)
    }

    /// What is printed in place of a run.
    private enum Printout {
        case help, version, manual
        case completions(CompletionScript)
    }

    private static func read(_ file: OptionFile, into settings: inout CommandSettings) throws(UsageError) -> Printout? {
        for (number, words) in file.lines(for: settings.command) {
            do throws(UsageError) {
                if let printout = try read(words, into: &settings) { return printout }
            } catch {
                var error = error
                error.place = "line \(number) of \(file.path)"
                throw error
            }
        }
        return nil
    }

    /// Reads options from left to right; stops at one that prints something.
    private static func read(
        _ words: [[UInt8]], into settings: inout CommandSettings
    ) throws(UsageError) -> Printout? {
        var rest = OptionWords(words, of: settings.command)
        while let use = try rest.next() {
            switch use.option.effect {
            case .sets(let change): try change(&settings, use)
            case .namesFile: break  // It is read already.
            case .prints(.help): return .help
            case .prints(.version): return .version
            case .prints(.manual): return .manual
            case .prints(.completions):
                guard let script = CompletionScript(rawValue: use.shown) else {
                    throw UsageError("Error: Unknown shell '\(use.shown.shortened)'.", "bash, zsh and fish are known.")
                }
                return .completions(script)
            }
        }
        return nil
    }
}
