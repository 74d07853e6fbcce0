import Screen

extension Surface {
    /// `text` broken at spaces into lines of at most `width` columns; a word that is longer is left to be cut.
    static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            let longer = line.isEmpty ? String(word) : line + " " + word
            if !line.isEmpty, Surface.width(of: longer) > width {
                lines.append(line)
                line = "  " + word
            } else {
                line = longer
            }
        }
        return line.isEmpty ? lines : lines + [line]
    }

    /// Puts dim lines of text at the top of `rect`, broken to fit.
    mutating func put(paragraphs: [String], in rect: Rect) {
        let lines = paragraphs.flatMap { Self.wrapped($0, width: rect.columns - 2) }
        for (offset, line) in lines.prefix(rect.rows).enumerated() {
            put(line, row: rect.row + offset, column: rect.column + 1, width: rect.columns - 2, role: .textDim)
        }
    }
}
