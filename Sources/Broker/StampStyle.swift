/// How the broker writes the time at the beginning of its lines, learnt from the lines themselves.
struct StampStyle: Sendable {
    /// Most bytes of a time in a form of the broker's own.
    private static let longestStamp = 64
    /// How often `: ` stands inside such a time; `nil` until a line showed it.
    private var separatorCount: Int?

    /// The time and the text of `line`; a form of its own is known by a text that makes sense after it.
    mutating func split(_ line: Piece, severity: Severity, grammar: LogGrammar) -> (time: LogTime, text: Piece) {
        if let known = LogTime.split(line) { return known }
        if grammar.isCertain(line, severity: severity) { return (.unknown, line) }
        let readings = line.splits(last: ": ").reversed().filter { Self.isPlausible($0.before) }
        let certain = readings.firstIndex { grammar.isCertain($0.after, severity: severity) }
        if let certain { separatorCount = readings[certain].before.splits(last: ": ").count }
        let learnt = readings.firstIndex { $0.before.splits(last: ": ").count == separatorCount }
        guard let index = certain ?? learnt else { return (.unknown, line) }
        return (.stamp(readings[index].before.text), readings[index].after)
    }

    /// Whether it can be a time: short, and with digits.
    private static func isPlausible(_ stamp: Piece) -> Bool {
        stamp.bytes.count <= longestStamp && stamp.bytes.count { $0.decimalDigit != nil } >= 2
    }
}
