internal import CTestSupport

/// What a user of `TestTerminal` sees. Understands the sequences of its entry, bracketed paste, mouse reports and OSC
/// 52; everything else, and everything that text must not hold, is listed in `unknown`.
package struct MiniScreen: Sendable {
    /// How a glyph looks.
    package struct Look: Hashable, Sendable {
        /// Heavier strokes.
        package var bold = false
        /// Fainter than usual.
        package var dim = false
        /// Slanted.
        package var italic = false
        /// A line below.
        package var underline = false
        /// Foreground and background exchanged.
        package var reverse = false
        /// The foreground of the 256-colour palette; nil: the terminal's own.
        package var foreground: Int?
        /// The background of the 256-colour palette; nil: the terminal's own.
        package var background: Int?

        /// Plain text.
        package init() {}
    }

    /// One cell: a glyph with its marks, empty in the right half of a wide one, and its look.
    package struct Cell: Hashable, Sendable {
        /// The glyph.
        package var text = " "
        /// The look.
        package var look = Look()
    }

    /// Rows of the window.
    package private(set) var rows: Int
    /// Columns of the window.
    package private(set) var columns: Int
    /// Where the cursor stands, from 0.
    package internal(set) var cursor = (row: 0, column: 0)
    /// The private modes that are on: 1 application keys, 7 wrapping, 25 cursor visible, 1000 and 1006 mouse, 1049
    /// second screen, 2004 bracketed paste.
    package internal(set) var modes: Set<Int> = [7, 25]
    /// What no program may send to this terminal, in words.
    package internal(set) var unknown: [String] = []
    /// The texts that came for the clipboard, as they came (base64).
    package internal(set) var clipboard: [String] = []
    /// The cells, row by row.
    var cells: [[Cell]]
    /// The first screen while the second one shows.
    var behind: [[Cell]]?
    var cursorBehind = (row: 0, column: 0)
    var look = Look()
    /// The rows that scroll.
    var region: Range<Int>
    /// The last column has been written; the next glyph goes to the next row.
    var isWrapDue = false
    var state = State.ground

    enum State: Sendable {
        case ground, escape
        case sequence([UInt8])
        case string([UInt8])
        case stringEscape([UInt8])
        case character([UInt8], missing: Int)
    }

    /// An empty screen.
    package init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        cells = MiniScreen.blank(rows, columns)
        region = 0..<rows
    }

    /// True while the second screen shows.
    package var isAlternate: Bool { modes.contains(1049) }
    /// True when the cursor can be seen.
    package var isCursorVisible: Bool { modes.contains(25) }

    /// The text of a row without the blanks at its end.
    package func line(_ row: Int) -> String {
        guard cells.indices.contains(row) else { return "" }
        var text = cells[row].map(\.text).joined()
        while text.utf8.last == UInt8(ascii: " ") { text.removeLast() }
        return text
    }

    /// All rows.
    package var lines: [String] { (0..<rows).map(line) }

    /// True when `text` stands in one of the rows.
    package func shows(_ text: String) -> Bool { row(of: text) != nil }

    /// The first row that holds `text`.
    package func row(of text: String) -> Int? { (0..<rows).first { line($0).contains(text) } }

    /// The cell at `row`, `column`.
    package subscript(row: Int, column: Int) -> Cell { cells[row][column] }

    /// The look of the first cell of `text` where it stands first; nil when it does not.
    package func look(of text: String) -> Look? {
        guard let row = row(of: text) else { return nil }
        let column = (0..<columns).first { start in
            cells[row][start...].map(\.text).joined().hasPrefix(text) && !cells[row][start].text.isEmpty
        }
        return column.map { cells[row][$0].look }
    }

    /// Gives the window another size, as terminals do: rows and columns are cut or blank ones added.
    package mutating func resize(rows: Int, columns: Int) {
        func fitted(_ old: [[Cell]]) -> [[Cell]] {
            let wide = old.prefix(rows).map { row in
                Array(row.prefix(columns)) + Array(repeating: Cell(), count: max(0, columns - row.count))
            }
            return wide + MiniScreen.blank(max(0, rows - old.count), columns)
        }
        cells = fitted(cells)
        behind = behind.map(fitted)
        self.rows = rows
        self.columns = columns
        region = 0..<rows
        cursor = (min(cursor.row, rows - 1), min(cursor.column, columns - 1))
        isWrapDue = false
    }

    static func blank(_ rows: Int, _ columns: Int) -> [[Cell]] {
        Array(repeating: Array(repeating: Cell(), count: columns), count: rows)
    }
}
