import MQTT
import Testing

@testable import Commands

extension CommandSettings {
    /// The settings that `words` make.
    init(_ command: Command, _ words: [String], file: OptionFile? = nil, environment: [String: String] = [:]) throws {
        guard case .run(let settings) = try CommandArguments(command, words, file: file, environment: environment)
        else {
            throw UsageError("something is printed")
        }
        self = settings
    }

    /// The least that each command needs, and `words` behind it.
    init(least command: Command, _ words: [String], environment: [String: String] = [:]) throws {
        try self.init(command, Self.least(command) + words, environment: environment)
    }

    /// The least that each command needs.
    static func least(_ command: Command) -> [String] {
        switch command {
        case .sub: ["-t", "a"]
        case .pub: ["-t", "a", "-m", "x"]
        case .rr: ["-t", "a", "-m", "x", "-e", "b"]
        }
    }
}

/// What is said of `words`; empty when nothing is wrong.
func complaint(_ command: Command, _ words: [String], file: OptionFile? = nil) -> String {
    do {
        _ = try CommandArguments(command, words, file: file)
        return ""
    } catch {
        return error.description
    }
}

/// What is said of `words` behind the least that `command` needs.
func complaint(least command: Command, _ words: String...) -> String {
    complaint(command, CommandSettings.least(command) + words)
}
