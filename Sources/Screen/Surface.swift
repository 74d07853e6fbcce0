/// A grid of cells that views draw into. `put` is the only way for text to become cells.
///
/// A wide character fills two cells: its glyph and a continuation. Never does half of one stand alone.
package struct Surface: Sendable {
    /// The extent of the grid.
    package private(set) var size: Size
    /// Where the terminal's cursor stands; nil when it is hidden.
    package var cursor: (row: Int, column: Int)?
    /// Row by row, `size.rows * size.columns` cells.
    var cells: [Cell]

    /// A blank surface.
    package init(size: Size) {
        self.size = size
        cells = Array(repeating: .blank, count: size.rows * size.columns)
    }

    /// The cell at `row`, `column`; blank outside of the grid.
    package subscript(row: Int, column: Int) -> Cell {
        guard holds(row: row, column: column) else { return .blank }
        return cells[row * size.columns + column]
    }

    /// Makes the surface blank, of this size and without a cursor; the storage is kept.
    package mutating func reset(to size: Size) {
        self.size = size
        cursor = nil
        cells.removeAll(keepingCapacity: true)
        cells.append(contentsOf: repeatElement(.blank, count: size.rows * size.columns))
    }

    /// The glyphs of one row as text, without the blanks at its end; empty outside of the grid.
    package func line(_ row: Int) -> String {
        var text = ""
        for column in 0..<size.columns { text += self[row, column].text }
        while text.utf8.last == UInt8(ascii: " ") { text.removeLast() }
        return text
    }

    /// The cells of one row of the grid, left to right.
    package func withRow<Result>(_ row: Int, _ body: (UnsafeBufferPointer<Cell>) -> Result) -> Result {
        precondition((0..<size.rows).contains(row), "withRow needs a row of the grid")
        return cells.withUnsafeBufferPointer { all in
            body(UnsafeBufferPointer(rebasing: all[(row * size.columns)..<((row + 1) * size.columns)]))
        }
    }

    /// True for cells of the grid.
    func holds(row: Int, column: Int) -> Bool {
        row >= 0 && row < size.rows && column >= 0 && column < size.columns
    }

    /// Blanks the halves that are left of wide characters when the cells of `columns` in `row` are about to be
    /// overwritten.
    mutating func cutWideCharacters(row: Int, columns: Range<Int>) {
        let start = row * size.columns
        guard !columns.isEmpty else { return }
        if cells[start + columns.lowerBound].isContinuation { blank(start + columns.lowerBound - 1) }
        if columns.upperBound < size.columns, cells[start + columns.upperBound].isContinuation {
            blank(start + columns.upperBound)
        }
    }

    /// Takes the glyph away from the cell at `index` and keeps its look.
    private mutating func blank(_ index: Int) {
        cells[index].base = " "
        cells[index].combining = Combining()
        cells[index].isContinuation = false
    }
}
