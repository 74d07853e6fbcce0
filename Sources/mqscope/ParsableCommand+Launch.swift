import ArgumentParser
import Glibc
import Screen

extension ParsableCommand {
    /// Runs the command that `words` describe, and ends the program. What is wrong is one line on stderr: the usage, which
    /// the parser would print below it, is what `--help` is for.
    static func launch(_ words: [String]) -> Never {
        do {
            var command = try parseAsRoot(words)
            try command.run()
            exit()
        } catch {
            let code = exitCode(for: error)
            let lines = message(for: error).split(separator: "\n")
            guard !code.isSuccess, !lines.isEmpty else { exit(withError: error) }
            let text = "Error: " + lines.joined(separator: " ")
            StandardError.write(Array((SafeText.of(text) + "\n").utf8))
            Glibc.exit(code.rawValue)
        }
    }
}
