import Broker
import MQTT
import Screen

/// What the broker says of itself: its log, one event a line.
struct BrokerLogPane {
    /// The lines kept.
    var log = BrokerLog()
    private var state = ListState()

    // MARK: Actions

    /// Does `action`; `false` when it means nothing here.
    mutating func perform(_ action: Action, height: Int, moment: Moment) -> Bool {
        switch action {
        case .up, .down, .pageUp, .pageDown, .first, .last:
            let dropped = log.dropped
            state.move(
                action, count: count(moment), height: height, index: index, identifier: { dropped + UInt64($0) })
        default: return false
        }
        return true
    }

    /// Where the selected line stands now; 0 when it is gone.
    private var index: Int { Int(clamping: Int64(clamping: state.selected) - Int64(clamping: log.dropped)) }

    // MARK: Drawing

    /// Draws the log.
    func draw(
        in rect: Rect, on surface: inout Surface, isFocused: Bool, moment: Moment, notes: [String], emptyText: [String]
    ) {
        surface.title(
            "Broker log", notes: notes, in: rect, isFocused: isFocused,
            columns: [(state.words(moment), rect.columns - 1)])
        let content = rect.content
        let count = count(moment)
        guard count > 0 else {
            surface.put(paragraphs: emptyText, in: content)
            return
        }
        let window = state.window(count: count, height: content.rows, index: index)
        for (offset, index) in window.range.enumerated() {
            let row = content.row + offset
            draw(log[index], row: row, in: content, on: &surface, moment: moment)
            if index == window.selected {
                let look: Role = isFocused ? .selection : .selectionUnfocused
                surface.paint(Rect(row: row, column: content.column, rows: 1, columns: content.columns), role: look)
            }
        }
    }

    /// Lines shown: all, or those before the pause.
    private func count(_ moment: Moment) -> Int {
        guard moment.frozenAt != nil else { return log.count }
        var count = log.count
        while count > 0, log[count - 1].arrival > moment.now { count -= 1 }
        return count
    }

    private func draw(_ line: LogLine, row: Int, in content: Rect, on surface: inout Surface, moment: Moment) {
        let role = line.severity.role
        var column = content.column + 1
        let end = content.column + content.columns - 1
        let time =
            line.epochSeconds.map { moment.clock.timeOfDay(epochSeconds: $0) } ?? moment.clock.seconds(line.arrival)
        column += surface.put(time, row: row, column: column, role: .time) + 2
        column += surface.put(line.severity.letter, row: row, column: column, role: role) + 2
        if let client = line.client {
            let width = min(24, max(10, content.columns / 6))
            surface.put(client, row: row, column: column, width: width, role: .topicName)
            column += width + 2
        }
        let emphasis: Emphasis = line.isAlarm ? [.bold] : []
        surface.put(line.words, row: row, column: column, width: end - column, role: role, emphasis: emphasis)
    }
}

extension Severity {
    /// How lines of the severity look.
    var role: Role {
        switch self {
        case .error: .logError
        case .warning: .logWarning
        case .notice: .logNotice
        case .information, .websockets: .logInformation
        case .subscribe, .unsubscribe: .logSubscribe
        }
    }
}
