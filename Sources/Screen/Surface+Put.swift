extension Surface {
    /// Writes `text` from `row`, `column` to the right and returns the number of columns used.
    ///
    /// Never writes beyond `width` columns or the grid: what does not fit is cut, and the cut text ends in `…`.
    /// Nothing in `text` reaches the terminal unseen or unchanged that is not a harmless glyph (see `Glyph`).
    @discardableResult
    package mutating func put(
        _ text: String, row: Int, column: Int, width: Int = .max, role: Role, emphasis: Emphasis = []
    ) -> Int {
        put(bytes: text.utf8, row: row, column: column, width: width, role: role, emphasis: emphasis)
    }

    /// Writes any bytes as text, as `put(_:)` does; what is not UTF-8 becomes U+FFFD.
    ///
    /// The cost is bound by the columns, not by the number of bytes.
    @discardableResult
    package mutating func put(
        bytes: some Collection<UInt8>, row: Int, column: Int, width: Int = .max, role: Role, emphasis: Emphasis = []
    ) -> Int {
        guard holds(row: row, column: column), width > 0 else { return 0 }
        let limit = min(width, size.columns - column)
        var writer = Writer(start: row * size.columns + column, limit: limit, role: role, emphasis: emphasis)
        let contiguous: Void? = bytes.withContiguousStorageIfAvailable { writer.write($0, into: &self) }
        if contiguous == nil {
            Array(bytes.prefix(Surface.byteLimit(columns: limit))).withUnsafeBufferPointer {
                writer.write($0, into: &self)
            }
        }
        return writer.used
    }

    /// The number of columns that `text` takes when nothing cuts it.
    package static func width(of text: String) -> Int {
        width(of: text.utf8)
    }

    /// The number of columns that these bytes take as text, or a number of at least `limit` when they take more.
    package static func width(of bytes: some Collection<UInt8>, limit: Int = .max) -> Int {
        let measured = bytes.withContiguousStorageIfAvailable { measure($0, limit: limit) }
        if let measured { return measured }
        return Array(bytes.prefix(byteLimit(columns: limit))).withUnsafeBufferPointer { measure($0, limit: limit) }
    }

    /// More bytes than text of `columns` columns can hold: a glyph, its marks and a selector for each, four bytes each.
    private static func byteLimit(columns: Int) -> Int {
        let perColumn = 4 * (2 + Combining.limit)
        return columns < Int.max / perColumn - 1 ? (columns + 1) * perColumn : .max
    }

    private static func measure(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int) -> Int {
        var cursor = UTF8Cursor(bytes)
        var shaper = Shaper()
        var columns = 0
        while columns < limit, let scalar = cursor.next() {
            if case .glyph(_, let width, _) = shaper.shape(scalar) { columns += width }
        }
        return columns
    }
}

/// Decides for each scalar whether it starts a cell, joins the one before it or says nothing.
private struct Shaper {
    enum Shape {
        /// A new glyph, and the mark it carries when it is there only for that.
        case glyph(Unicode.Scalar, width: Int, mark: Unicode.Scalar?)
        case mark(Unicode.Scalar)
        case nothing
    }

    /// Marks that still find room on the last glyph; none before the first one.
    private var room = 0
    /// A selector has been taken, or there is nothing that it could select.
    private var sawSelector = true

    /// What becomes of `scalar` after those before it. Within six scalars at least one takes a column.
    mutating func shape(_ scalar: Unicode.Scalar) -> Shape {
        switch Glyph(scalar) {
        case .spacing(let base, let width):
            room = Combining.limit
            sawSelector = false
            return .glyph(base, width: width, mark: nil)
        case .mark(let mark):
            if room > 0 {
                room -= 1
                return .mark(mark)
            }
            room = Combining.limit - 1
            sawSelector = false
            return .glyph(Glyph.markCarrier, width: 1, mark: mark)
        case .selector:
            if !sawSelector {
                sawSelector = true
                return .nothing
            }
            // A selector that selects nothing is somebody hiding something.
            room = Combining.limit
            return .glyph(Glyph.replacement, width: 1, mark: nil)
        }
    }
}

/// Writes one text into one row.
private struct Writer {
    let start: Int
    let limit: Int
    let role: Role
    let emphasis: Emphasis
    /// Columns written so far.
    var used = 0
    /// The offset of the last glyph from `start`.
    private var last = 0

    init(start: Int, limit: Int, role: Role, emphasis: Emphasis) {
        self.start = start
        self.limit = limit
        self.role = role
        self.emphasis = emphasis
    }

    mutating func write(_ bytes: UnsafeBufferPointer<UInt8>, into surface: inout Surface) {
        guard !bytes.isEmpty else { return }
        let columns = surface.size.columns
        // Only the two edges of what is overwritten can cut a wide character; the right one is known at the end.
        surface.cutWideCharacters(row: start / columns, columns: (start % columns)..<(start % columns + 1))
        surface.cells.withUnsafeMutableBufferPointer { cells in
            fill(bytes, UnsafeMutableBufferPointer(rebasing: cells[start..<(start + limit)]))
        }
        let end = start % columns + used
        guard end < columns, surface.cells[start + used].isContinuation else { return }
        surface.cells[start + used] = Cell(
            base: " ", role: surface.cells[start + used].role, emphasis: surface.cells[start + used].emphasis)
    }

    private mutating func fill(_ bytes: UnsafeBufferPointer<UInt8>, _ cells: UnsafeMutableBufferPointer<Cell>) {
        var cursor = UTF8Cursor(bytes)
        var shaper = Shaper()
        while let scalar = cursor.next() {
            switch shaper.shape(scalar) {
            case .glyph(let base, let width, let mark):
                guard used + width <= limit else {
                    cut(cells)
                    return
                }
                last = used
                cells[used] = Cell(base: base, role: role, emphasis: emphasis)
                if let mark { _ = cells[used].combining.append(mark) }
                if width == 2 {
                    cells[used + 1] = Cell(base: " ", isContinuation: true, role: role, emphasis: emphasis)
                }
                used += width
            case .mark(let mark):
                _ = cells[last].combining.append(mark)
            case .nothing:
                break
            }
        }
    }

    /// Ends the text in `…`; a wide character gives way as a whole.
    private mutating func cut(_ cells: UnsafeMutableBufferPointer<Cell>) {
        let place = used < limit ? used : last
        for index in place..<limit { cells[index] = Cell(base: " ", role: role, emphasis: emphasis) }
        cells[place].base = Glyph.ellipsis
        used = limit
    }
}
