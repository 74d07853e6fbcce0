import MQTT
import Monitor
import Payloads
import Screen

extension LogPane {
    /// Draws the log.
    func draw(
        in rect: Rect, on surface: inout Surface, isFocused: Bool, store: borrowing Store, moment: Moment,
        notes: [String], emptyText: [String]
    ) {
        surface.title(
            "Messages", notes: notes, in: rect, isFocused: isFocused, columns: [(words(moment), rect.columns - 1)])
        let content = rect.content
        guard !lines.isEmpty else {
            surface.put(paragraphs: emptyText, in: content)
            return
        }
        let topicWidth = min(self.topicWidth, max(12, (content.columns - 18) * 2 / 5))
        for (offset, line) in lines.enumerated() where offset < content.rows {
            let row = Rect(row: content.row + offset, column: content.column, rows: 1, columns: content.columns)
            let time =
                switch line {
                case .message(let record): record.arrival
                case .event(let event): event.time
                }
            surface.put(moment.clock.milliseconds(time), row: row.row, column: row.column + 1, role: .time)
            switch line {
            case .message(let record): Self.draw(record, in: row, on: &surface, store: store, topicWidth: topicWidth)
            case .event(let event): Self.draw(event, in: row, on: &surface, topicWidth: topicWidth)
            }
            if offset == selectedLine {
                surface.paint(row, role: isFocused ? .selection : .selectionUnfocused)
            }
        }
    }

    /// Columns before the letter of a row: a blank, the time, a blank.
    private static let letterColumn = 14
    /// Columns before a row's topic.
    private static let topicColumn = 16

    private static func draw(
        _ line: MessageRecord, in row: Rect, on surface: inout Surface, store: borrowing Store, topicWidth: Int
    ) {
        if line.isStored {
            surface.put("r", row: row.row, column: row.column + letterColumn, role: .topicRetained)
        }
        var column = row.column + topicColumn
        let topic = shortened(store.topic(line.topic), to: topicWidth)
        surface.put(topic, row: row.row, column: column, width: topicWidth, role: .topicName)
        column += topicWidth + 2
        let width = row.column + row.columns - 1 - column
        let limit = max(16, width)
        surface.put(
            payloadPreview(store.payload(line, limit: limit * 4), limit: limit * 4, length: line.payloadLength),
            row: row.row, column: column, width: width, role: line.isStored ? .topicRetained : .topicValue)
    }

    private static func draw(_ line: EventLine, in row: Rect, on surface: inout Surface, topicWidth: Int) {
        // The letter tells the kind where there are no colours; bold tells what somebody should look at.
        surface.put(
            line.letter, row: row.row, column: row.column + letterColumn, role: line.role, emphasis: [.bold])
        var column = row.column + topicColumn
        if !line.subject.isEmpty {
            // A client's name takes as much as in the broker's log, so that there is room for what is said of it.
            let width = line.isTopic ? topicWidth : min(topicWidth, 24, max(10, row.columns / 6))
            let subject = line.isTopic ? shortened(Array(line.subject.utf8), to: width) : line.subject
            surface.put(subject, row: row.row, column: column, width: width, role: line.role)
            column += width + 2
        }
        surface.put(
            line.words, row: row.row, column: column, width: row.column + row.columns - 1 - column, role: line.role,
            emphasis: line.isAlarm ? [.bold] : [])
    }

    /// A topic in at most `width` columns: what is cut is its beginning, since the end tells more.
    static func shortened(_ topic: [UInt8], to width: Int) -> String {
        let text = String(decoding: topic.suffix(width * 4 + 8), as: UTF8.self)
        guard topic.count > width, Surface.width(of: text) > width else {
            return topic.count > width * 4 + 8 ? "…" + text : text
        }
        var scalars = Array(text.unicodeScalars)[...]
        var columns = Surface.width(of: text)
        while columns > width - 1, let first = scalars.first {
            columns -= Surface.width(of: String(first))
            scalars.removeFirst()
        }
        return "…" + scalars.map(String.init).joined()
    }
}
