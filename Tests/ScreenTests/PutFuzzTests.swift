import Screen
import Testing

/// `Surface.put` under text that somebody made to break it.
@Suite struct PutFuzzTests {
    /// What must hold of every row, whatever was put into it.
    private func check(_ surface: Surface, _ context: String) {
        for row in 0..<surface.size.rows {
            var column = 0
            while column < surface.size.columns {
                let cell = surface[row, column]
                #expect(!cell.isContinuation, "half of a wide character at \(row), \(column): \(context)")
                let width = Surface.width(of: String(cell.base))
                #expect(width == 1 || width == 2, "no glyph at \(row), \(column): \(context)")
                #expect(isHarmless(cell), "U+\(String(cell.base.value, radix: 16)) on the screen: \(context)")
                if width == 2 { #expect(surface[row, column + 1].isContinuation, "a wide character cut: \(context)") }
                column += max(1, width)
            }
            #expect(column == surface.size.columns)
        }
    }

    private func isHarmless(_ cell: Cell) -> Bool {
        let scalars = [cell.base] + (0..<cell.combining.count).map { cell.combining[$0] }
        return scalars.allSatisfy { scalar in
            let category = scalar.properties.generalCategory
            return category != .control && category != .format && category != .surrogate && category != .unassigned
                && category != .lineSeparator && category != .paragraphSeparator
                && !scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    @Test(
        "Random bytes never leave anything on the screen but whole, harmless glyphs", arguments: 0..<8 as Range<UInt64>)
    func bytes(seed: UInt64) {
        var random = Seeded(seed)
        var surface = Surface(size: Size(rows: 4, columns: 30))
        for _ in 0..<300 {
            let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random)
                    : [0xe2, 0x80, 0xf0, 0x9f, 0x61][
                        Int.random(in: 0..<5, using: &random)]
            }
            let row = Int.random(in: -1...4, using: &random)
            let column = Int.random(in: -1...30, using: &random)
            let width = Int.random(in: -1...35, using: &random)
            let used = surface.put(bytes: bytes, row: row, column: column, width: width, role: .text)
            #expect(used >= 0 && used <= max(0, width) && used <= max(0, 30 - column))
            disturb(&surface, &random)
            check(surface, "\(bytes) at \(row), \(column) in \(width) columns, seed \(seed)")
        }
    }

    @Test(
        "Random scalars, chosen from the nasty ones, are as wide as they are said to be",
        arguments: 0..<8 as Range<UInt64>)
    func scalars(seed: UInt64) {
        var random = Seeded(seed)
        for _ in 0..<300 {
            var text = ""
            for _ in 0..<Int.random(in: 0...20, using: &random) { text.unicodeScalars.append(nasty(&random)) }
            let width = Surface.width(of: text)
            var surface = Surface(size: Size(rows: 1, columns: 50))
            let used = surface.put(text, row: 0, column: 0, role: .text)
            #expect(used == min(50, width))
            #expect(width <= 50 || surface.line(0).contains("…"))
            check(surface, "\(text.unicodeScalars.map { String($0.value, radix: 16) })")
        }
    }

    /// Draws something else over it.
    private func disturb(_ surface: inout Surface, _ random: inout Seeded) {
        let rect = Rect(
            row: Int.random(in: -2...4, using: &random), column: Int.random(in: -5...30, using: &random),
            rows: Int.random(in: 0...3, using: &random), columns: Int.random(in: 0...6, using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0: surface.fill(rect, role: .selection)
        case 1: surface.paint(rect, role: .match)
        case 2: surface.box(rect, role: .rule)
        case 3: surface.rule(row: rect.row, columns: rect.columnRange, role: .rule)
        default: break
        }
    }

    private func nasty(_ random: inout Seeded) -> Unicode.Scalar {
        let ranges: [ClosedRange<UInt32>] = [
            0...0xff, 0x300...0x36f, 0x600...0x6ff, 0x900...0x97f, 0x1100...0x11ff, 0x2000...0x206f, 0x20d0...0x20ff,
            0x2500...0x27bf, 0x3000...0x30ff, 0xac00...0xac80, 0xfe00...0xfe0f, 0xff00...0xffef, 0x1f1e6...0x1f1ff,
            0x1f300...0x1fae8, 0xe0000...0xe01ef, 0...0x10ffff,
        ]
        let range = ranges[Int.random(in: 0..<ranges.count, using: &random)]
        return Unicode.Scalar(UInt32.random(in: range, using: &random)) ?? "\u{fffd}"
    }
}

/// The same numbers for the same seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    /// Starts the numbers of `seed`.
    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
