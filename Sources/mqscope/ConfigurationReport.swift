import Broker
import Screen

/// What `mqscope doctor --config` says of a configuration.
struct ConfigurationReport {
    /// The main file, as it was named.
    let file: String
    /// How many options were read.
    let optionCount: Int
    /// What was found, the gravest first.
    let findings: [ConfigurationFinding]

    /// The report on files that were read.
    init(_ files: ConfigurationFiles) {
        file = files.configuration.file
        optionCount = files.configuration.lines.count
        findings = files.configuration.findings(
            passwordFiles: files.passwordFiles, absent: files.absentFiles)
    }

    /// The exit code when something dangerous or missing was found.
    static let foundCode: Int32 = 20
    /// The exit code when the configuration cannot be read.
    static let unreadableCode: Int32 = 21

    /// 0 when nothing is dangerous or missing.
    var exitCode: Int32 { findings.contains { $0.severity != .note } ? Self.foundCode : 0 }

    private func count(_ severity: ConfigurationFinding.Severity) -> Int {
        findings.count { $0.severity == severity }
    }

    /// For people: each finding with its place, what it is and what to do, and a line that sums up.
    var text: String {
        let margin = String(repeating: " ", count: 9)
        let paragraphs = Paragraphs()
        var rows: [String] = []
        for finding in findings {
            let word = finding.severity.rawValue
            rows.append(word + margin.dropFirst(word.count) + Self.place(finding))
            rows += paragraphs.rows(SafeText.of(finding.what), behind: margin)
            // Lines and commands to be copied: whole.
            rows += [margin + SafeText.of(finding.todo), ""]
        }
        return (rows + paragraphs.rows(summary, behind: "")).map { $0 + "\n" }.joined()
    }

    private static func place(_ finding: ConfigurationFinding) -> String {
        SafeText.of(finding.file) + (finding.line.map { ":\($0)" } ?? "")
    }

    private var summary: String {
        let (dangers, missing, notes) = (count(.danger), count(.missing), count(.note))
        let noted = notes == 0 ? "" : notes == 1 ? ", 1 note" : ", \(notes) notes"
        if dangers + missing == 0 {
            let place = "\(SafeText.of(file)) (\(optionCount) \(optionCount == 1 ? "option" : "options"))"
            return notes == 0
                ? "\(place) is fine for watching robots." : "Nothing dangerous or missing in \(place)\(noted)."
        }
        return "\(dangers) \(dangers == 1 ? "danger" : "dangers"), \(missing) missing\(noted)."
    }

    /// For programs: an object a line, one for each finding and one that sums up.
    var json: String {
        var lines = findings.map { finding -> JSONText in
            [
                "kind": "finding", "severity": .string(finding.severity.rawValue), "file": .string(finding.file),
                "line": finding.line.map { .integer($0) } ?? .null, "what": .string(finding.what),
                "todo": .string(finding.todo),
            ]
        }
        lines.append([
            "kind": "summary", "file": .string(file), "options": .integer(optionCount),
            "danger": .integer(count(.danger)), "missing": .integer(count(.missing)), "note": .integer(count(.note)),
        ])
        return lines.map { $0.text + "\n" }.joined()
    }
}
