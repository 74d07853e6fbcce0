/// Why there is no screen.
package enum TerminalFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// Input or output is a file or a pipe.
    case notATerminal
    /// The terminfo database holds none of these entries.
    case noEntry([String])
    /// The terminal refused the settings, with this errno.
    case refused(Int32)

    /// The failure as a sentence for the user.
    package var description: String {
        switch self {
        case .notATerminal:
            "this needs a terminal for its input and output (with ssh: ssh -t)"
        case .noEntry(let names):
            "no terminal description found for \(names.joined(separator: ", ")): install the package ncurses-base"
        case .refused(let error):
            "the terminal refuses its settings (errno \(error))"
        }
    }
}
