import Glibc

/// Breaks text for people at the width of the terminal that standard output is.
struct Paragraphs {
    /// The terminal's width; `nil` where there is none, or hardly any: then nothing is broken.
    private let columns: Int?

    /// Paragraphs for what standard output is now.
    init() {
        var size = winsize()
        let isTerminal = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col >= 30
        columns = isTerminal ? Int(size.ws_col) : nil
    }

    /// `text` behind `head`, broken at spaces to stand below where it begins.
    func rows(_ text: String, behind head: String) -> [String] {
        var rows: [String] = []
        var row = head
        var isFirst = true
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if !isFirst, let columns, row.count + 1 + word.count > columns {
                rows.append(row)
                row = String(repeating: " ", count: head.count) + word
            } else {
                row += (isFirst ? "" : " ") + word
            }
            isFirst = false
        }
        return rows + [row]
    }
}
