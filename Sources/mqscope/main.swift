import ArgumentParser

// The dashboard is the command without a name; a parser cannot give it a positional argument and subcommands both.
let words = Array(CommandLine.arguments.dropFirst())
let commands: [any ParsableCommand.Type] = [DemoCommand.self, DoctorCommand.self]
if let command = commands.first(where: { $0.configuration.commandName == words.first }) {
    command.main(Array(words.dropFirst()))
} else {
    WatchCommand.main(words)
}
