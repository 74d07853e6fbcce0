import Broker
import MQTT
import Screen

/// What goes wrong with clients again and again: what goes on first, then what is over.
struct AlarmsPane {
    private var scroll = 0

    /// Does `action`; `false` when it means nothing here.
    mutating func perform(_ action: Action, count: Int, height: Int) -> Bool {
        switch action {
        case .up: scroll -= 1
        case .down: scroll += 1
        case .pageUp: scroll -= max(1, height - 1)
        case .pageDown: scroll += max(1, height - 1)
        case .first: scroll = 0
        case .last: scroll = count
        default: return false
        }
        scroll = min(max(0, scroll), max(0, count - height))
        return true
    }

    /// The alarms in the order in which they are listed.
    static func alarms(_ roster: borrowing Roster) -> [RosterAlarm] {
        roster.alarms.reversed() + roster.pastAlarms.reversed()
    }

    /// Draws the alarms.
    func draw(
        in rect: Rect, on surface: inout Surface, isFocused: Bool, alarms: [RosterAlarm], moment: Moment,
        emptyText: [String]
    ) {
        let active = alarms.count { !$0.isOver }
        let notes = alarms.isEmpty ? [] : active == 0 ? ["all over"] : ["\(active) going on"]
        let content = rect.content
        let top = min(scroll, max(0, alarms.count - content.rows))
        let below = alarms.count - top - content.rows
        surface.title(
            "Alarms", notes: notes, in: rect, isFocused: isFocused,
            columns: below > 0 ? [("\(Format.count(below)) more below", rect.columns - 1)] : [])
        guard !alarms.isEmpty else { return surface.put(paragraphs: emptyText, in: content) }
        for (offset, alarm) in alarms.dropFirst(top).prefix(content.rows).enumerated() {
            draw(alarm, row: content.row + offset, in: content, on: &surface, moment: moment)
        }
    }

    private func draw(
        _ alarm: RosterAlarm, row: Int, in content: Rect, on surface: inout Surface, moment: Moment
    ) {
        let end = content.column + content.columns - 1
        var column = content.column + 1
        column +=
            surface.put(alarm.isOver ? " " : "!", row: row, column: column, role: .stateBad, emphasis: [.bold]) + 1
        column += surface.put(moment.time(of: alarm.last), row: row, column: column, role: .time) + 2
        let width = min(24, max(10, content.columns / 6))
        surface.put(alarm.subject, row: row, column: column, width: width, role: .topicName)
        column += width + 2
        let words = alarm.isOver ? "over: \(alarm.words)" : alarm.words
        surface.put(
            words, row: row, column: column, width: end - column, role: alarm.isOver ? .textDim : .logError)
    }
}
