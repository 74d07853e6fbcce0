import MQTT
import Monitor
import Payloads
import Screen

/// The message log: every message in the order it came.
struct LogPane {
    /// Which messages are shown.
    var log = MessageLog()
    private var state = ListState()
    private var lines: [MessageRecord] = []
    private var selectedRow: Int?
    /// Columns for topics: as wide as the widest seen, so that payloads stay where they are.
    private var topicWidth = 16

    /// Whether the newest message is shown, whatever comes.
    var isFollowing: Bool { state.isFollowing }

    /// The selected message; `nil` while following.
    var selected: UInt64? { state.isFollowing ? nil : state.selected }

    // MARK: Actions

    /// Does `action`; `false` when it means nothing here.
    mutating func perform(_ action: Action, height: Int, frozenAt: UInt64?) -> Bool {
        switch action {
        case .up, .down, .pageUp, .pageDown, .first, .last:
            let log = self.log
            state.move(
                action, count: count(frozenAt), height: height, index: log.index(of: state.selected) ?? 0,
                identifier: { log[$0] })
        default: return false
        }
        return true
    }

    /// Messages shown: all, or those before the pause.
    private func count(_ frozenAt: UInt64?) -> Int {
        guard let frozenAt else { return log.count }
        return log.count(before: frozenAt)
    }

    // MARK: Drawing

    /// Finds the lines in sight; once a frame.
    mutating func prepare(store: borrowing Store, moment: Moment, height: Int) {
        log.update(store)
        let window = state.window(
            count: count(moment.frozenAt), height: height, index: log.index(of: state.selected) ?? 0)
        selectedRow = window.selected.map { $0 - window.range.lowerBound }
        lines = []
        for index in window.range {
            guard let record = store.record(log[index]) else { continue }
            lines.append(record)
            topicWidth = min(max(topicWidth, store.topic(record.topic).count), 64)
        }
    }

    /// Draws the log.
    func draw(
        in rect: Rect, on surface: inout Surface, isFocused: Bool, store: borrowing Store, moment: Moment,
        notes: [String], emptyText: [String]
    ) {
        surface.title(
            "Messages", notes: notes, in: rect, isFocused: isFocused,
            columns: [(state.words(moment), rect.columns - 1)])
        let content = rect.content
        guard !lines.isEmpty else {
            surface.put(paragraphs: emptyText, in: content)
            return
        }
        let topicWidth = min(self.topicWidth, max(12, (content.columns - 18) * 2 / 5))
        for (offset, line) in lines.enumerated() where offset < content.rows {
            let row = content.row + offset
            var column = content.column + 1
            surface.put(moment.clock.milliseconds(line.arrival), row: row, column: column, role: .time)
            column += 13
            if line.isStored { surface.put("r", row: row, column: column, role: .topicRetained) }
            column += 2
            let topic = Self.shortened(store.topic(line.topic), to: topicWidth)
            surface.put(topic, row: row, column: column, width: topicWidth, role: .topicName)
            column += topicWidth + 2
            let width = content.column + content.columns - 1 - column
            let limit = max(16, width)
            surface.put(
                payloadPreview(store.payload(line, limit: limit * 4), limit: limit * 4, length: line.payloadLength),
                row: row,
                column: column, width: width, role: line.isStored ? .topicRetained : .topicValue)
            if offset == selectedRow {
                let look: Role = isFocused ? .selection : .selectionUnfocused
                surface.paint(Rect(row: row, column: content.column, rows: 1, columns: content.columns), role: look)
            }
        }
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
