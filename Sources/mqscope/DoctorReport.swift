import Doctor
import Glibc
import MQTT
import Screen

/// Prints the findings of an examination as they come, for people or, one JSON object a line, for programs.
struct DoctorReport {
    /// Whether for programs.
    let isJSON: Bool
    private let paragraphs = Paragraphs()
    private var stage: Stage?
    private var counts: [Finding.Outcome: Int] = [:]

    /// A report that has printed nothing yet.
    init(isJSON: Bool) {
        self.isJSON = isJSON
    }

    /// Says what is examined.
    func begin(_ endpoint: Endpoint, userName: String?, notices: [String]) {
        guard !isJSON else {
            for notice in notices { line((["notice": .string(notice)] as JSONText).text) }
            return
        }
        line("Examining \(endpoint)" + (userName.map { " as \($0)" } ?? ""))
        for notice in notices { line(notice) }
        line("")
    }

    /// Prints one finding.
    mutating func add(_ finding: Finding) {
        counts[finding.outcome, default: 0] += 1
        guard !isJSON else { return line(Self.json(finding)) }
        let name = finding.stage == stage ? "" : finding.stage.rawValue
        stage = finding.stage
        let time = finding.duration.map { "  (\(Self.milliseconds($0)))" } ?? ""
        put("\(Self.mark(finding.outcome)) \(Self.padded(name, 10)) ", finding.what + time)
        let width = finding.facts.map(\.name.count).max() ?? 0
        for fact in finding.facts where !fact.value.isEmpty {
            put("\(Self.indent)\(Self.padded(fact.name, width))  ", Self.cut(fact.value))
        }
        if !finding.todo.isEmpty { put("\(Self.indent)→ ", finding.todo) }
    }

    /// Prints `text` behind `head`.
    private func put(_ head: String, _ text: String) {
        for row in paragraphs.rows(SafeText.of(text), behind: head) { line(row) }
    }

    /// Most characters of a fact for people.
    private static let longestFact = 200

    private static func cut(_ text: String) -> String {
        text.count > longestFact ? text.prefix(longestFact) + "…" : text
    }

    /// Says what it comes to.
    func end(code: Int32) {
        guard !isJSON else { return line((["exitCode": .integer(Int(code))] as JSONText).text) }
        let (failed, noted) = (counts[.failed] ?? 0, counts[.noted] ?? 0)
        let notes = noted == 0 ? "" : " \(noted) \(noted == 1 ? "thing" : "things") to note (!)."
        line("")
        line(
            failed == 0
                ? (noted == 0 ? "All is well." : "Nothing failed.\(notes)")
                : "\(failed) failed (✗), exit code \(code).\(notes)")
    }

    private static let indent = "             "

    private static func mark(_ outcome: Finding.Outcome) -> String {
        switch outcome {
        case .passed: "✓"
        case .noted: "!"
        case .failed: "✗"
        case .skipped: "–"
        }
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// `0.4 ms`, `5.0 s`.
    static func milliseconds(_ nanoseconds: Int64) -> String {
        let isLong = nanoseconds >= 1_000_000_000
        let tenths = (nanoseconds + (isLong ? 50_000_000 : 50_000)) / (isLong ? 100_000_000 : 100_000)
        return "\(tenths / 10).\(tenths % 10) \(isLong ? "s" : "ms")"
    }

    private static func json(_ finding: Finding) -> String {
        let facts = finding.facts.map { JSONText.Member(name: $0.name, value: .string($0.value)) }
        let json: JSONText = [
            "stage": .string(finding.stage.rawValue), "outcome": .string(finding.outcome.rawValue),
            "what": .string(finding.what), "todo": .string(finding.todo),
            "milliseconds": finding.duration.map { .number(Double($0 / 1_000) / 1_000) } ?? .null,
            "facts": .object(facts),
        ]
        return json.text
    }

    /// Written at once, so that each step is seen as it is over.
    private func line(_ text: String) {
        let bytes = Array((isJSON ? text : SafeText.of(text)).utf8) + [UInt8(ascii: "\n")]
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            // Nobody reads any more.
            guard count > 0 || errno == EINTR else { exit(1) }
            offset += max(0, count)
        }
    }
}
