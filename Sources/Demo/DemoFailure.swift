/// Why there is no demo.
package enum DemoFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// A program of the package `mosquitto` was not found.
    case notInstalled(program: String)
    /// A program could not be started, or failed: why.
    case cannotRun(program: String, why: String)
    /// The temporary folder could not be made or written to: why.
    case noFolder(path: String, why: String)
    /// mosquitto ended before it was ready: its own last lines.
    case brokerEnded(lines: [String])
    /// mosquitto was not ready in time: its own last lines.
    case notReady(milliseconds: Int, lines: [String])

    /// What happened and what to do, one line.
    package var description: String {
        switch self {
        case .notInstalled(let program):
            "the demo needs the broker mosquitto, and \(program) is not installed: apt install mosquitto"
        case .cannotRun(let program, let why): "cannot run \(program): \(why)"
        case .noFolder(let path, let why): "cannot write to \(path): \(why) (TMPDIR chooses another place)"
        case .brokerEnded(let lines): "mosquitto ended at once\(Self.quoting(lines))"
        case .notReady(let milliseconds, let lines):
            "mosquitto was not ready within \(milliseconds / 1_000) s\(Self.quoting(lines))"
        }
    }

    private static func quoting(_ lines: [String]) -> String {
        lines.isEmpty ? " without a word" : ": " + lines.joined(separator: " / ")
    }
}
