import Broker
import MQTT
import Screen

/// What the broker says of itself: its log, one event a line.
struct BrokerLogPane {
    /// The lines kept.
    var log = BrokerLog()
    /// Which of them are shown.
    var selection = LogSelection()
    private var state = ListState()
    private var strip: (total: UInt64, minute: Int64, text: String) = (0, 0, "")

    /// Minutes that the strip of events shows.
    static let stripMinutes = 20

    /// The selected line; `nil` while following.
    var selected: LogLine? {
        guard !state.isFollowing, state.selected >= log.dropped else { return nil }
        let index = Int(state.selected - log.dropped)
        return index < log.count ? log[index] : nil
    }

    // MARK: Actions

    /// Does `action`; `false` when it means nothing here.
    mutating func perform(_ action: Action, height: Int, moment: Moment) -> Bool {
        switch action {
        case .up, .down, .pageUp, .pageDown, .first, .last:
            let (log, selection) = (self.log, self.selection)
            state.move(
                action, count: count(moment), height: height, index: index,
                identifier: { selection.number(at: $0, in: log) })
        case .gravity: selection.filter.gravity = selection.filter.gravity.next
        case .events: selection.filter.topic = selection.filter.topic.next
        default: return false
        }
        return true
    }

    /// Where the selected line stands now, or the next one after it.
    private var index: Int { selection.index(of: state.selected, in: log) }

    // MARK: Drawing

    /// Takes up what came; once a frame.
    mutating func prepare(moment: Moment) {
        selection.update(log)
        let minute = moment.now.nanoseconds / Self.minute
        let total = log.dropped + UInt64(log.count)
        guard strip.total != total || strip.minute != minute else { return }
        strip = (total, minute, stripText(endingAt: minute))
    }

    private static let minute: Int64 = 60_000_000_000

    /// How many lines came in each of the latest minutes.
    private func stripText(endingAt minute: Int64) -> String {
        var counts = [Double?](repeating: 0, count: Self.stripMinutes)
        var index = log.count - 1
        while index >= 0 {
            let age = minute - log[index].arrival.nanoseconds / Self.minute
            guard age < Self.stripMinutes else { break }
            if age >= 0 { counts[Self.stripMinutes - 1 - Int(age)]? += 1 }
            index -= 1
        }
        return Sparkline.text(counts)
    }

    /// Draws the log. `showsStrip` adds how many lines came in each minute.
    func draw(
        in rect: Rect, on surface: inout Surface, isFocused: Bool, moment: Moment, notes: [String],
        emptyText: [String], showsStrip: Bool = false
    ) {
        let strip = showsStrip && log.count > 0 && rect.columns >= 60 ? ["\(strip.text) a minute"] : []
        surface.title(
            "Broker log", notes: selection.filter.words + notes + strip, in: rect, isFocused: isFocused,
            columns: [(state.words(moment), rect.columns - 1)])
        let content = rect.content
        let count = count(moment)
        guard count > 0 else {
            let isHidden = log.count > 0 && !selection.filter.isEmpty
            surface.put(
                paragraphs: isHidden ? ["No line is shown; Esc shows all \(log.count)."] : emptyText, in: content)
            return
        }
        let window = state.window(count: count, height: content.rows, index: index)
        for (offset, index) in window.range.enumerated() {
            let row = content.row + offset
            draw(line(at: index), row: row, in: content, on: &surface, moment: moment)
            if index == window.selected {
                let look: Role = isFocused ? .selection : .selectionUnfocused
                surface.paint(Rect(row: row, column: content.column, rows: 1, columns: content.columns), role: look)
            }
        }
    }

    private func line(at index: Int) -> LogLine { log[Int(selection.number(at: index, in: log) - log.dropped)] }

    /// Lines shown: all, or those before the pause.
    private func count(_ moment: Moment) -> Int {
        var count = selection.count(in: log)
        guard moment.frozenAt != nil else { return count }
        while count > 0, line(at: count - 1).arrival > moment.now { count -= 1 }
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

extension CaseIterable where Self: Equatable {
    /// The case after this one, the first after the last.
    var next: Self {
        let all = Array(Self.allCases)
        return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
    }
}
