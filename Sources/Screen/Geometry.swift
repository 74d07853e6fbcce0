/// A number of rows and columns of character cells.
package struct Size: Hashable, Sendable {
    /// Rows, never negative.
    package var rows: Int
    /// Columns, never negative.
    package var columns: Int

    /// A size of `rows` × `columns`; negative numbers count as 0.
    package init(rows: Int, columns: Int) {
        self.rows = max(0, rows)
        self.columns = max(0, columns)
    }
}

/// A rectangle of cells; rows count downwards and columns to the right, both from 0.
package struct Rect: Hashable, Sendable {
    /// The topmost row.
    package var row: Int
    /// The leftmost column.
    package var column: Int
    /// The number of rows, never negative.
    package var rows: Int
    /// The number of columns, never negative.
    package var columns: Int

    /// The rectangle of `rows` × `columns` cells at `row`, `column`; negative extents count as 0.
    package init(row: Int, column: Int, rows: Int, columns: Int) {
        self.row = row
        self.column = column
        self.rows = max(0, rows)
        self.columns = max(0, columns)
    }

    /// The rectangle at 0, 0 that covers `size`.
    package init(_ size: Size) { self.init(row: 0, column: 0, rows: size.rows, columns: size.columns) }

    /// The first row below the rectangle.
    package var endRow: Int { row + rows }
    /// The first column right of the rectangle.
    package var endColumn: Int { column + columns }
    /// The rows as a range.
    package var rowRange: Range<Int> { row..<endRow }
    /// The columns as a range.
    package var columnRange: Range<Int> { column..<endColumn }
    /// The extent without the position.
    package var size: Size { Size(rows: rows, columns: columns) }
    /// True when it holds no cell.
    package var isEmpty: Bool { rows == 0 || columns == 0 }

    /// True when the cell at `row`, `column` lies inside.
    package func contains(row: Int, column: Int) -> Bool {
        rowRange.contains(row) && columnRange.contains(column)
    }

    /// What is left after taking off `rows` at top and bottom and `columns` at both sides; empty when nothing is left.
    package func inset(rows: Int = 0, columns: Int = 0) -> Rect {
        Rect(
            row: row + rows, column: column + columns, rows: self.rows - 2 * rows, columns: self.columns - 2 * columns)
    }

    /// The cells that both rectangles cover; empty when there are none.
    package func intersection(_ other: Rect) -> Rect {
        let top = max(row, other.row)
        let left = max(column, other.column)
        return Rect(
            row: top, column: left, rows: min(endRow, other.endRow) - top,
            columns: min(endColumn, other.endColumn) - left)
    }

    /// The `count` topmost rows (fewer when there are fewer), and the rest.
    package func split(top count: Int) -> (top: Rect, rest: Rect) {
        let taken = max(0, min(count, rows))
        return (
            Rect(row: row, column: column, rows: taken, columns: columns),
            Rect(row: row + taken, column: column, rows: rows - taken, columns: columns)
        )
    }

    /// The `count` lowest rows (fewer when there are fewer), and the rest.
    package func split(bottom count: Int) -> (bottom: Rect, rest: Rect) {
        let taken = max(0, min(count, rows))
        let halves = split(top: rows - taken)
        return (halves.rest, halves.top)
    }

    /// The `count` leftmost columns (fewer when there are fewer), and the rest.
    package func split(left count: Int) -> (left: Rect, rest: Rect) {
        let taken = max(0, min(count, columns))
        return (
            Rect(row: row, column: column, rows: rows, columns: taken),
            Rect(row: row, column: column + taken, rows: rows, columns: columns - taken)
        )
    }

    /// The `count` rightmost columns (fewer when there are fewer), and the rest.
    package func split(right count: Int) -> (right: Rect, rest: Rect) {
        let taken = max(0, min(count, columns))
        let halves = split(left: columns - taken)
        return (halves.rest, halves.left)
    }

    /// A rectangle of at most `size` in the middle of this one.
    package func centered(_ size: Size) -> Rect {
        let inner = Size(rows: min(size.rows, rows), columns: min(size.columns, columns))
        return Rect(
            row: row + (rows - inner.rows) / 2, column: column + (columns - inner.columns) / 2, rows: inner.rows,
            columns: inner.columns)
    }
}
