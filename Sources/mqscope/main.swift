import ArgumentParser
import CLinux

// Signals are taken from a descriptor; they are blocked before the first thread starts, so that all threads inherit it.
let signals = clinux_signals_open()

// The dashboard is the command without a name; a parser cannot give it a positional argument and subcommands both.
let words = Array(CommandLine.arguments.dropFirst())
let commands: [any ParsableCommand.Type] = [DemoCommand.self, DoctorCommand.self]
if let command = commands.first(where: { $0.configuration.commandName == words.first }) {
    command.main(Array(words.dropFirst()))
} else {
    WatchCommand.main(words)
}
