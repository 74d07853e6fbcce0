/// The options of `sub`, `pub` and `rr`: the only list of them.
package enum OptionTable {
    /// All of them, in the order of help.
    package static let all = subscribing + publishing + printing + broker + session + will + tls + other

    /// Those of `command`, in the order of help.
    package static func options(of command: Command) -> [CommandOption] {
        all.filter { $0.commands.contains(command) }
    }

    /// What mosquitto has and cannot be had here.
    static let unavailable: UsageError = UsageError(
        "Error: --tls-engine and --keyform engine are not possible here.", "Give --key a file in PEM.")
}
