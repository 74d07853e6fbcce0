import ArgumentParser
import Commands
import Glibc

// The dashboard is the command without a name; a parser cannot give it a positional argument and subcommands both.
// The stand-ins for mosquitto's commands read their words as bytes, by a table of their own.
let words = Array(CommandLine.arguments.dropFirst())
let commands: [any ParsableCommand.Type] = [CleanCommand.self, DemoCommand.self, DoctorCommand.self]
if let command = words.first.flatMap({ Command(rawValue: $0) }) {
    let bytes = (2..<Int(CommandLine.argc)).compactMap { CommandLine.unsafeArgv[$0] }.map { word in
        UnsafeRawBufferPointer(start: word, count: strlen(word)).map(\.self)
    }
    exit(CommandLaunch.run(command, bytes))
} else if let command = commands.first(where: { $0.configuration.commandName == words.first }) {
    command.main(Array(words.dropFirst()))
} else {
    WatchCommand.main(words)
}
