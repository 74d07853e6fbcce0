import Screen

/// Text being typed: a line or several, with a cursor.
struct TextInput {
    /// The text as scalars, so that the cursor is an index.
    private(set) var scalars: [Unicode.Scalar]
    /// Where the next scalar goes.
    private(set) var cursor: Int
    /// Whether Enter makes a new line.
    let isMultiline: Bool
    /// Longest text, in scalars.
    static let capacity = 1 << 20

    /// Text with the cursor at its end.
    init(_ text: String = "", isMultiline: Bool = false) {
        scalars = Array(text.unicodeScalars)
        cursor = scalars.count
        self.isMultiline = isMultiline
    }

    /// The text.
    var text: String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    /// Takes a key; `false` when the key means nothing here.
    mutating func handle(_ key: Key) -> Bool {
        switch key {
        case .character(let scalar): insert(CollectionOfOne(scalar))
        case .enter where isMultiline: insert(CollectionOfOne("\n"))
        case .backspace, .control("h"):
            guard cursor > 0 else { break }
            cursor -= 1
            scalars.remove(at: cursor)
        case .delete where cursor < scalars.count: scalars.remove(at: cursor)
        case .left: cursor = max(0, cursor - 1)
        case .right: cursor = min(scalars.count, cursor + 1)
        case .home, .control("a"): cursor = lineStart(cursor)
        case .end, .control("e"): cursor = lineEnd(cursor)
        case .up where isMultiline: moveLine(to: lineStart(cursor) - 1)
        case .down where isMultiline: moveLine(to: lineEnd(cursor) + 1)
        case .control("u"):
            let start = lineStart(cursor)
            scalars.removeSubrange(start..<cursor)
            cursor = start
        case .control("w"): removeWord()
        case .delete: break
        default: return false
        }
        return true
    }

    /// Inserts pasted text; line ends become `\n`, in a single line a space.
    mutating func paste(_ text: String) {
        var result: [Unicode.Scalar] = []
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            if scalar == "\n", previous == "\r" {
                previous = scalar
                continue
            }
            let isBreak = scalar == "\n" || scalar == "\r"
            result.append(isBreak ? (isMultiline ? "\n" : " ") : scalar)
            previous = scalar
        }
        insert(result)
    }

    private mutating func insert(_ new: some Collection<Unicode.Scalar>) {
        guard scalars.count + new.count <= Self.capacity else { return }
        scalars.insert(contentsOf: new, at: cursor)
        cursor += new.count
    }

    private mutating func removeWord() {
        var start = cursor
        while start > 0, scalars[start - 1] == " " { start -= 1 }
        while start > 0, scalars[start - 1] != " ", scalars[start - 1] != "/", scalars[start - 1] != "\n" { start -= 1 }
        if start == cursor, start > 0 { start -= 1 }
        scalars.removeSubrange(start..<cursor)
        cursor = start
    }

    private func lineStart(_ index: Int) -> Int {
        var index = index
        while index > 0, scalars[index - 1] != "\n" { index -= 1 }
        return index
    }

    private func lineEnd(_ index: Int) -> Int {
        var index = index
        while index < scalars.count, scalars[index] != "\n" { index += 1 }
        return index
    }

    /// Moves to the line that holds `target`, keeping the column.
    private mutating func moveLine(to target: Int) {
        guard target >= 0, target <= scalars.count else { return }
        let column = cursor - lineStart(cursor)
        let start = lineStart(target)
        cursor = min(start + column, lineEnd(start))
    }

    /// Draws the text in `rect` so that the cursor is in sight; places the cursor when focused.
    func draw(in rect: Rect, on surface: inout Surface, isFocused: Bool) {
        let role: Role = isFocused ? .fieldFocused : .field
        surface.fill(rect, role: role)
        let lines = scalars.split(separator: "\n", omittingEmptySubsequences: false)
        let cursorLine = scalars[..<cursor].reduce(0) { $1 == "\n" ? $0 + 1 : $0 }
        let top = max(0, cursorLine - rect.rows + 1)
        for row in 0..<rect.rows where top + row < lines.count {
            let line = lines[top + row]
            let isCursorLine = top + row == cursorLine
            let before = isCursorLine ? line[..<cursor].map(String.init).joined() : ""
            let width = Surface.width(of: before)
            var start = line.startIndex
            var hidden = 0
            while isCursorLine, width - hidden >= rect.columns, start < line.endIndex {
                hidden += Surface.width(of: String(line[start]))
                start += 1
            }
            let shown = line[start...].map(String.init).joined()
            surface.put(shown, row: rect.row + row, column: rect.column, width: rect.columns, role: role)
            if isCursorLine, isFocused { surface.cursor = (rect.row + row, rect.column + width - hidden) }
        }
    }
}
