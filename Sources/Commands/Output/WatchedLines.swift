/// A line of the screen for each topic (`--watch`), which holds the latest message of that topic. A value: what a terminal
/// has to be sent is asked for. Row 1 says which broker, and how many topics have no line; the two rows at the bottom are left
/// to what goes to stderr.
package struct WatchedLines: Sendable {
    /// Most topics that are kept; no screen has more rows.
    private static let topicLimit = 1_000
    /// Most bytes of a line that are kept; no screen is wider.
    private static let byteLimit = 4_096

    /// The latest message of one topic.
    private struct Line: Sendable {
        var text: [UInt8]
        var isChanged = true
    }

    private let title: [UInt8]
    private var rows: Int
    private var lines: [Line] = []
    private var places: [[UInt8]: Int] = [:]
    private var isCleared = false
    private var isHeadChanged = true
    private var hasMore = false

    /// The screen of `rows` rows, below `title`, which a terminal can be shown.
    package init(title: String, rows: Int) {
        self.title = Array(title.utf8)
        self.rows = max(rows, 1)
    }

    /// How many topics have a line that is seen.
    private var visibleCount: Int { min(lines.count, max(rows - 3, 1)) }

    /// Takes the latest message of `topic` as it is printed, without an end of line.
    package mutating func set(_ text: UnsafeRawBufferPointer, topic: UnsafeRawBufferPointer) {
        let topic = Array(topic)
        guard let place = places[topic] else {
            isHeadChanged = isHeadChanged || !hasMore
            guard lines.count < Self.topicLimit else {
                hasMore = true
                return
            }
            places[topic] = lines.count
            return lines.append(Line(text: Self.line(text)))
        }
        lines[place] = Line(text: Self.line(text))
    }

    /// The screen has `rows` rows now, and may show anything.
    package mutating func clear(rows: Int) {
        self.rows = max(rows, 1)
        isCleared = false
    }

    /// The screen may have moved: all is drawn anew.
    package mutating func redraw() {
        isHeadChanged = true
        for place in lines.indices { lines[place].isChanged = true }
    }

    /// Appends what changes the screen into what it has to be; the cursor ends in the last row.
    package mutating func draw(to output: inout OutputBuffer) {
        if !isCleared {
            output.append("\u{1b}[2J")
            isCleared = true
            redraw()
        }
        guard isHeadChanged || lines[..<visibleCount].contains(where: \.isChanged) else { return }
        // Without wrapping the terminal cuts what is too wide.
        output.append("\u{1b}[?7l")
        if isHeadChanged { append(head, row: 1, to: &output) }
        isHeadChanged = false
        for place in 0..<visibleCount where lines[place].isChanged {
            append(lines[place].text, row: place + 2, to: &output)
            lines[place].isChanged = false
        }
        output.append("\u{1b}[?7h")
        append([], row: rows, to: &output)
    }

    private var head: [UInt8] {
        let count = lines.count - visibleCount
        guard count > 0 else { return title }
        return title + Array(" (\(hasMore ? "more than " : "")\(count) more topics have no line)".utf8)
    }

    private func append(_ text: [UInt8], row: Int, to output: inout OutputBuffer) {
        output.append("\u{1b}[")
        output.append(decimal: Int64(min(row, rows)))
        output.append(";1H\u{1b}[K")
        output.append(text)
    }

    /// The beginning of `text`, on one line.
    private static func line(_ text: UnsafeRawBufferPointer) -> [UInt8] {
        var end = min(text.count, byteLimit)
        // Not within a scalar.
        while end < text.count, end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
        return text[..<end].map { (0x0A...0x0D).contains($0) ? 0x20 : $0 }
    }
}
