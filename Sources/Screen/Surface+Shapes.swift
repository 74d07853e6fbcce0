extension Surface {
    /// Blanks the cells of `rect` and gives them this look.
    package mutating func fill(_ rect: Rect, role: Role, emphasis: Emphasis = []) {
        let inside = rect.intersection(Rect(size))
        guard !inside.isEmpty else { return }
        let blank = Cell(base: " ", role: role, emphasis: emphasis)
        for row in inside.rowRange {
            cutWideCharacters(row: row, columns: inside.columnRange)
            for column in inside.columnRange { cells[row * size.columns + column] = blank }
        }
    }

    /// Gives the cells of `rect` this look and keeps their glyphs. Both halves of a wide character look like its left
    /// one.
    package mutating func paint(_ rect: Rect, role: Role, emphasis: Emphasis = []) {
        let inside = rect.intersection(Rect(size))
        for row in inside.rowRange {
            let start = row * size.columns
            for column in inside.columnRange {
                let index = start + column
                if cells[index].isContinuation && column == inside.column { continue }
                cells[index].role = role
                cells[index].emphasis = emphasis
            }
            guard !inside.isEmpty, inside.endColumn < size.columns, cells[start + inside.endColumn].isContinuation
            else { continue }
            cells[start + inside.endColumn].role = role
            cells[start + inside.endColumn].emphasis = emphasis
        }
    }

    /// Draws `─` over `columns` of `row`.
    package mutating func rule(row: Int, columns: Range<Int>, role: Role) {
        stroke("─", Rect(row: row, column: columns.lowerBound, rows: 1, columns: columns.count), role)
    }

    /// Draws `│` over `rows` of `column`.
    package mutating func rule(column: Int, rows: Range<Int>, role: Role) {
        stroke("│", Rect(row: rows.lowerBound, column: column, rows: rows.count, columns: 1), role)
    }

    /// Draws a frame along the inner edge of `rect`, which must have at least two rows and columns to be seen.
    package mutating func box(_ rect: Rect, role: Role) {
        guard rect.rows > 1, rect.columns > 1 else { return }
        let bottom = rect.endRow - 1
        let right = rect.endColumn - 1
        rule(row: rect.row, columns: rect.columnRange, role: role)
        rule(row: bottom, columns: rect.columnRange, role: role)
        rule(column: rect.column, rows: rect.rowRange, role: role)
        rule(column: right, rows: rect.rowRange, role: role)
        put("┌", row: rect.row, column: rect.column, role: role)
        put("┐", row: rect.row, column: right, role: role)
        put("└", row: bottom, column: rect.column, role: role)
        put("┘", row: bottom, column: right, role: role)
    }

    private mutating func stroke(_ glyph: Unicode.Scalar, _ rect: Rect, _ role: Role) {
        fill(rect, role: role)
        let inside = rect.intersection(Rect(size))
        for row in inside.rowRange {
            for column in inside.columnRange { cells[row * size.columns + column].base = glyph }
        }
    }
}
