/// What a broker's configuration lacks for watching robots, or what is dangerous in it.
package struct ConfigurationFinding: Sendable, Equatable {
    /// How much a finding matters, the gravest first.
    package enum Severity: String, Sendable, CaseIterable {
        /// Strangers come in, the broker does not start, or what is to be seen is switched off.
        case danger
        /// Something to be seen is not there, or nobody can connect.
        case missing
        /// Good to know.
        case note
    }

    /// How much it matters.
    package let severity: Severity
    /// The file it is in: a configuration or a password file.
    package let file: String
    /// The line it is about; `nil` when it is about one that is not there, or about the whole file.
    package let line: Int?
    /// What was found, in a sentence without control characters.
    package let what: String
    /// What to do: the line to add or to change, or a command.
    package let todo: String

    /// A finding about one line.
    init(_ severity: Severity, _ line: ConfigurationLine, _ what: String, todo: String) {
        self.init(severity, file: line.file, line: line.number, what, todo: todo)
    }

    /// A finding about a place.
    init(_ severity: Severity, file: String, line: Int?, _ what: String, todo: String) {
        self.severity = severity
        self.file = file
        self.line = line
        self.what = what
        self.todo = todo
    }

    /// Most findings of one kind; a file of nonsense shall not fill the screen.
    static let limit = 20

    /// The first findings of one kind, and how many more there are.
    static func capped(_ findings: [ConfigurationFinding]) -> [ConfigurationFinding] {
        guard findings.count > limit else { return findings }
        let rest = findings[limit...]
        let severity = Severity.allCases.first { severity in rest.contains { $0.severity == severity } } ?? .note
        let more = ConfigurationFinding(
            severity, file: findings[limit].file, line: findings[limit].line, "\(rest.count) more of this kind.",
            todo: "Mend the first ones and look again.")
        return findings[..<limit] + [more]
    }

    /// The same findings, the gravest first, each kind in the order of files and lines.
    static func sorted(_ findings: [ConfigurationFinding]) -> [ConfigurationFinding] {
        var files: [String: Int] = [:]
        for finding in findings where files[finding.file] == nil { files[finding.file] = files.count }
        return Severity.allCases.flatMap { severity in
            findings.enumerated().filter { $0.element.severity == severity }.sorted { one, other in
                let first = (files[one.element.file] ?? 0, one.element.line ?? .max, one.offset)
                return first < (files[other.element.file] ?? 0, other.element.line ?? .max, other.offset)
            }.map(\.element)
        }
    }
}
