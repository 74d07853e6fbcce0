/// One character cell: what stands there, what it means and how it is emphasised. Plain old data.
package struct Cell: Equatable, Sendable {
    /// The spacing scalar; always harmless (see `Surface.put`). A space in the right half of a wide character.
    package internal(set) var base: Unicode.Scalar
    /// The marks on top of `base`.
    package internal(set) var combining: Combining
    /// True for the right half of a wide character.
    package internal(set) var isContinuation: Bool
    /// What the cell means.
    package internal(set) var role: Role
    /// Emphasis on top of the role's own.
    package internal(set) var emphasis: Emphasis

    /// A cell with `base` alone.
    init(base: Unicode.Scalar, isContinuation: Bool = false, role: Role, emphasis: Emphasis) {
        self.base = base
        self.combining = Combining()
        self.isContinuation = isContinuation
        self.role = role
        self.emphasis = emphasis
    }

    /// An empty cell of plain text.
    package static let blank = Cell(base: " ", role: .text, emphasis: [])

    /// The cell's glyph as text; empty for the right half of a wide character.
    package var text: String {
        guard !isContinuation else { return "" }
        var scalars = String.UnicodeScalarView()
        scalars.append(base)
        for index in 0..<combining.count { scalars.append(combining[index]) }
        return String(scalars)
    }
}

/// Up to four zero-width marks, as many as a terminal cell takes.
package struct Combining: Equatable, Sendable {
    private var first: UInt32 = 0
    private var second: UInt32 = 0
    private var third: UInt32 = 0
    private var fourth: UInt32 = 0

    /// The most marks that a cell takes.
    package static let limit = 4

    /// No marks.
    init() {}

    /// The number of marks, 0…4.
    package var count: Int {
        if first == 0 { return 0 }
        if second == 0 { return 1 }
        if third == 0 { return 2 }
        return fourth == 0 ? 3 : 4
    }

    /// The mark at `index`, which must be below `count`.
    package subscript(index: Int) -> Unicode.Scalar {
        let value =
            switch index {
            case 0: first
            case 1: second
            case 2: third
            default: fourth
            }
        return Unicode.Scalar(value) ?? "\u{fffd}"
    }

    /// Adds a mark; false when there is no room.
    mutating func append(_ mark: Unicode.Scalar) -> Bool {
        switch count {
        case 0: first = mark.value
        case 1: second = mark.value
        case 2: third = mark.value
        case 3: fourth = mark.value
        default: return false
        }
        return true
    }
}
