import Payloads

/// The rows as text, two blanks for each step of depth.
func lines(_ outline: PayloadOutline) -> [String] {
    outline.rows.map { row in
        String(repeating: "  ", count: row.depth) + row.spans.map(\.text).joined()
    }
}

/// The lines of `text`, whatever it is.
func lines(_ text: String, _ format: PayloadFormat = .automatic, rowLimit: Int = 5_000) -> [String] {
    lines(PayloadOutline(Array(text.utf8), format: format, rowLimit: rowLimit))
}

/// A generator that gives the same numbers in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
