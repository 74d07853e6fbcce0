internal import CLinux
internal import CTerminal
package import Screen

extension CursesTerminal {
    /// Shows `surface`; what lies outside of it is blank. While the terminal is not ours nothing happens.
    package mutating func present(_ surface: borrowing Surface) {
        guard state == .shown, !isClosed else { return }
        for row in 0..<size.rows { present(surface, row: row) }
        if let cursor = surface.cursor, cursor.row >= 0, cursor.row < size.rows, cursor.column >= 0 {
            cterminal_set_cursor(Int32(cursor.row), Int32(min(cursor.column, size.columns - 1)))
        } else {
            cterminal_set_cursor(-1, 0)
        }
        cterminal_update()
        queueScreen()
        if sendsModes {
            sendsModes = false
            output.append(modes.on)
            if reportsMouse { output.append(modes.mouseOn) }
        }
        flush()
    }

    private mutating func present(_ surface: borrowing Surface, row: Int) {
        line.removeAll(keepingCapacity: true)
        let drawn = row < surface.size.rows ? surface.withRow(row) { append($0) } : 0
        for _ in drawn..<size.columns { append(.blank, isWide: false) }
        cterminal_set_row(Int32(row), line, Int32(line.count))
    }

    /// Adds the cells that fit into the window; returns the number of columns that they take.
    private mutating func append(_ cells: UnsafeBufferPointer<Cell>) -> Int {
        let columns = min(cells.count, size.columns)
        var column = 0
        while column < columns {
            let isWide = column + 1 < cells.count && cells[column + 1].isContinuation
            // A wide character of which the window shows only half is not shown.
            let isWhole = !isWide || column + 1 < columns
            append(isWhole ? cells[column] : .blank, isWide: isWide && isWhole)
            column += isWide && isWhole ? 2 : 1
        }
        return column
    }

    private mutating func append(_ cell: Cell, isWide: Bool) {
        let look = palette.look(cell.role)
        let (own, style) = (cell.emphasis.rawValue, look.emphasis.rawValue)
        var out = cterminal_cell()
        out.base = cell.base.value
        // Both kinds of emphasis, but reversed twice is not reversed.
        out.emphasis = UInt32((own | style) & ~(own & style & Emphasis.reverse.rawValue))
        out.pair = look.pair
        if showsUnicode {
            if cell.combining.count > 0 { out.setMarks(cell.combining) }
        } else {
            out.base = AsciiGlyph.standIn(for: cell.base).value
            if isWide { line.append(out) }
        }
        line.append(out)
    }

    /// Moves what ncurses has spelled to the queue.
    mutating func queueScreen() {
        var count = 0
        guard let bytes = cterminal_take(&count), count > 0 else { return }
        output.append(UnsafeBufferPointer(start: bytes, count: count))
    }

    /// Changes how roles look; the next `present` shows it.
    package mutating func setTheme(_ theme: Theme) {
        if colorDepth > .monochrome { cterminal_reset_pairs() }
        palette = Palette(theme: theme, depth: colorDepth)
        cterminal_repaint()
    }

    /// True while the terminal has not taken the last frame.
    package var isBacklogged: Bool {
        !isClosed && (!output.isEmpty || clinux_wait_writable(outputDescriptor, 0) == 0)
    }

    /// Hands over what the terminal takes now; never blocks.
    package mutating func flush() {
        output.flush()
        if output.isBroken { isClosed = true }
    }

    /// The number of bytes sent to the terminal so far, with those that still wait.
    package var bytesSent: Int { output.total }

    /// Makes the next `present` draw everything and set all modes again.
    package mutating func repaint() {
        guard state == .shown else { return }
        clinux_terminal_raw(inputDescriptor, saved)
        cterminal_repaint()
        sendsModes = true
    }

    /// Takes the window's new size.
    package mutating func resize() {
        let now = CursesTerminal.windowSize(outputDescriptor, environment)
        guard now != size, state != .closed else { return }
        size = now
        cterminal_resize(Int32(now.rows), Int32(now.columns))
    }

    /// The most cells that are ever used. A size can come from afar, and memory is bounded.
    private static let largest = Size(rows: 1000, columns: 2000)

    /// The size of the window, or what the environment says where the terminal does not know.
    static func windowSize(_ descriptor: Int32, _ environment: TerminalEnvironment) -> Size {
        var rows: Int32 = 0
        var columns: Int32 = 0
        guard clinux_window_size(descriptor, &rows, &columns) == 0, rows > 0, columns > 0 else {
            return environment.assumedSize
        }
        return Size(rows: min(Int(rows), largest.rows), columns: min(Int(columns), largest.columns))
    }
}

extension cterminal_cell {
    /// Puts marks on the cell.
    fileprivate mutating func setMarks(_ combining: Combining) {
        let count = combining.count
        marks.0 = count > 0 ? combining[0].value : 0
        marks.1 = count > 1 ? combining[1].value : 0
        marks.2 = count > 2 ? combining[2].value : 0
        marks.3 = count > 3 ? combining[3].value : 0
    }
}
