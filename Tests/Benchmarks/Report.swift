import Foundation

/// What was measured of one case.
struct Finding: Encodable {
    /// The case's name.
    let name: String
    /// What the figures are: µs of processor time, or instructions.
    let unit: String
    /// The median per message.
    let figure: Double
    /// The smallest and the largest figure.
    let range: [Double]
    /// The median of the ratios to the peer in the same round.
    let ratio: Double?
    /// What it is compared with.
    let peer: String?
    /// What must not be passed.
    let must: Double?
    /// Where we want to be.
    let aim: Double?

    /// What `figures` and, round by round, those of the peer say of `subject`.
    init(_ subject: Case, figures: [Double], peers: [Double]?) {
        name = subject.name
        if case .instructions = subject.measure { unit = "instructions" } else { unit = "µs" }
        figure = Self.median(figures)
        range = [figures.min() ?? 0, figures.max() ?? 0]
        ratio = peers.map { peers in Self.median(zip(figures, peers).map { $0 / $1 }) }
        peer = subject.peer
        must = subject.bar?.must
        aim = subject.bar?.aim
    }

    /// What is held against the bar.
    var result: Double { ratio ?? figure }

    /// Whether the bar is passed.
    var isMissed: Bool { must.map { result > $0 } ?? false }

    /// One line of the table.
    var line: String {
        let verdict =
            if let must, let aim { result > must ? "MISS" : result > aim ? "pass" : "pass, aim reached" } else { "" }
        return Self.row([
            name, "\(Self.text(figure)) \(unit)", ratio.map(Self.text) ?? "–", must.map(Self.text) ?? "–",
            aim.map(Self.text) ?? "–", verdict,
        ])
    }

    /// The first line of the table.
    static var title: String { row(["case", "per message", "ratio", "must", "aim", ""]) }

    private static func row(_ cells: [String]) -> String {
        let widths = [24, 20, 8, 8, 8, 0]
        let padded = zip(cells, widths).map { $0 + String(repeating: " ", count: max(1, $1 - $0.count)) }
        return String(padded.joined().reversed().drop { $0 == " " }.reversed())
    }

    private static func text(_ value: Double) -> String {
        String(format: value >= 100 ? "%.0f" : value >= 1 ? "%.2f" : "%.4f", value)
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
