import ArgumentParser
import CLinux
import Commands
import Glibc

// The dashboard is the command without a name; a parser cannot give it a positional argument and subcommands both.
// The stand-ins for mosquitto's commands read their words as bytes, by a table of their own.
clinux_fill_standard()
// Who sends it wants an end, or a core, not the runtime's report of a crash.
signal(SIGQUIT, SIG_DFL)
var words = Array(CommandLine.arguments.dropFirst())
// `mqscope help sub` is `mqscope sub --help`.
let asksForHelp = words.first == "help"
if asksForHelp { words = words.dropFirst().prefix(1) + ["--help"] }
let commands: [any ParsableCommand.Type] = [CleanCommand.self, DemoCommand.self, DoctorCommand.self]
if let command = words.first.flatMap({ Command(rawValue: $0) }) {
    let bytes = (2..<Int(CommandLine.argc)).compactMap { CommandLine.unsafeArgv[$0] }.map { word in
        UnsafeRawBufferPointer(start: word, count: strlen(word)).map(\.self)
    }
    exit(CommandLaunch.run(command, asksForHelp ? [Array("--help".utf8)] : bytes))
} else if let command = commands.first(where: { $0.configuration.commandName == words.first }) {
    command.launch(Array(words.dropFirst()))
} else {
    WatchCommand.launch(words)
}
