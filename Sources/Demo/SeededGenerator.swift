/// Random numbers that are the same in every run with the same seed (SplitMix64).
struct SeededGenerator: Sendable {
    private var state: UInt64

    /// The sequence that belongs to `seed`; neighbouring seeds give unrelated sequences.
    init(seed: UInt64) { state = seed }

    /// The next 64 random bits.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// A number in -`amplitude`…`amplitude`, evenly spread.
    mutating func spread(_ amplitude: Double) -> Double {
        (Double(next() >> 11) / Double(1 << 53) * 2 - 1) * amplitude
    }
}
