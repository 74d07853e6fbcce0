/// One option of `sub`, `pub` and `rr`: what the parser, `--help`, the completions and the manual know of it.
package struct CommandOption: Sendable {
    /// `-h`; `nil` where there is only a long name.
    package let short: String?
    /// `--host`; `nil` where there is only a short name.
    package let long: String?
    /// Whose option it is.
    package let commands: Set<Command>
    /// Below which heading it stands.
    package let group: Group
    /// What follows it.
    package let arguments: [Argument]
    /// One line of help.
    package let help: String
    /// What the manual says besides.
    package let details: String
    /// What mosquitto says when the argument is missing, behind `Error: `.
    package let missing: String
    /// What it does.
    package let effect: Effect

    /// What an option does.
    package enum Effect: Sendable {
        /// It changes the settings.
        case sets(Setter)
        /// It ends the reading of arguments; something is printed.
        case prints(Printout)
        /// It names the file of options.
        case namesFile
    }

    /// Changes settings by one use of an option.
    package typealias Setter = @Sendable (inout CommandSettings, OptionUse) throws(UsageError) -> Void

    /// What is printed in place of a run.
    package enum Printout: Sendable {
        /// How to use the command.
        case help
        /// The version.
        case version
        /// The manual page.
        case manual
        /// The completions for the shell that the argument names.
        case completions
    }

    /// A heading of `--help` and of the manual.
    package enum Group: String, Sendable, CaseIterable {
        /// What is subscribed to.
        case subscribing = "Subscribing"
        /// What is published.
        case publishing = "Publishing"
        /// How messages are printed, and when it ends.
        case printing = "Printing"
        /// Which broker, and by what.
        case broker = "Broker"
        /// As whom.
        case session = "Session"
        /// TLS.
        case tls = "TLS"
        /// Everything else.
        case other = "Other"
    }

    /// What follows an option.
    package struct Argument: Sendable {
        /// What stands for it in help: `HOST`.
        package let name: String
        /// What a shell can complete it with.
        package let completion: Completion

        /// An argument called `name`.
        package init(_ name: String, _ completion: Completion = .nothing) {
            self.name = name
            self.completion = completion
        }
    }

    /// What a shell can complete an argument with.
    package enum Completion: Sendable, Hashable {
        /// Nothing.
        case nothing
        /// Names of files.
        case file
        /// Names of folders.
        case folder
        /// Names of hosts.
        case host
        /// One of these words.
        case words([String])
    }

    /// How it is named in errors, as mosquitto does: by its short name where it has one.
    package var name: String { short ?? long ?? "" }
    /// Its names, the short one first.
    package var names: [String] { [short, long].compactMap(\.self) }
    /// Whether it is `-D`, which takes a packet, a property and one or two values.
    package var isProperty: Bool { short == "-D" }

    /// An option without an argument that does `effect`.
    package init(
        _ names: String..., for commands: Set<Command> = .all, in group: Group, help: String, details: String = "",
        set: @escaping Setter
    ) {
        self.init(
            names: names, commands: commands, group: group, arguments: [], missing: "", help: help, details: details,
            effect: .sets(set))
    }

    /// An option with one argument; mosquitto says that no `noun` is specified where it is missing.
    package init(
        _ names: String..., for commands: Set<Command> = .all, in group: Group, takes argument: Argument,
        _ noun: String,
        help: String, details: String = "", set: @escaping Setter
    ) {
        let name = names.first ?? ""
        self.init(
            names: names, commands: commands, group: group, arguments: [argument],
            missing: "\(name) argument given but no \(noun) specified.", help: help, details: details,
            effect: .sets(set))
    }

    /// An option with everything given.
    package init(
        names: [String], commands: Set<Command> = .all, group: Group, arguments: [Argument], missing: String,
        help: String, details: String = "", effect: Effect
    ) {
        short = names.first { !$0.hasPrefix("--") }
        long = names.first { $0.hasPrefix("--") }
        self.commands = commands
        self.group = group
        self.arguments = arguments
        self.missing = missing
        self.help = help
        self.details = details
        self.effect = effect
    }
}

extension Set<Command> {
    /// All three.
    package static let all = Set(Command.allCases)
    /// Those that print messages.
    package static let receiving: Set = [.sub, .rr]
    /// Those that publish a message of ours.
    package static let sending: Set = [.pub, .rr]
}
