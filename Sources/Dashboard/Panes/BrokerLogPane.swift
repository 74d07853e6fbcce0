import Broker
import MQTT
import Screen

/// What the broker says of itself: its log, one event a line.
struct BrokerLogPane {
    /// The lines kept.
    @Boxed var log = BrokerLog()
    /// Which of them are shown.
    var selection = LogSelection()
    private var state = ListState()
    private var strip: (total: UInt64, minute: Int64, text: String) = (0, 0, "")

    /// Minutes that the strip of events shows.
    static let stripMinutes = 20

    /// The selected line; `nil` while following.
    var selected: LogLine? {
        state.isFollowing ? nil : log.line(state.selected)
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

    /// Holds on to the line with this number, and shows all lines where it is not among those shown.
    mutating func select(_ number: UInt64) {
        if let line = log.line(number), !selection.filter.matches(line) { selection.filter = LogFilter() }
        state.select(number)
    }

    /// Where the selected line stands now, or the next one after it.
    private var index: Int { selection.index(of: state.selected, in: log) }

    // MARK: Drawing

    /// Takes up what came; once a frame.
    mutating func prepare(moment: Moment) {
        selection.update(log)
        let minute = moment.now.nanoseconds / Self.minute
        let total = log.nextNumber
        guard strip.total != total || strip.minute != minute else { return }
        strip = (total, minute, stripText(moment))
    }

    private static let minute: Int64 = 60_000_000_000

    /// How many lines were written in each of the latest minutes, by the broker's clock where lines tell of it.
    private func stripText(_ moment: Moment) -> String {
        var counts = [Double?](repeating: 0, count: Self.stripMinutes)
        let ours = moment.clock.epochSeconds(moment.now)
        let theirs = moment.brokerSeconds ?? ours
        for index in (0..<log.count).reversed() {
            let line = log[index]
            let arrived = moment.clock.epochSeconds(line.arrival)
            let age = line.epochSeconds.map { theirs / 60 &- $0 / 60 } ?? (ours / 60 - arrived / 60)
            // Lines stand in the order of their times: all before this one are older.
            guard age < Self.stripMinutes else { break }
            if age >= 0 { counts[Self.stripMinutes - 1 - Int(age)]? += 1 }
        }
        return Sparkline.text(counts)
    }

    /// Draws the log. `showsStrip` adds how many lines came in each minute; `complaint` stands above the lines.
    func draw(
        in rect: Rect, on surface: inout Surface, isFocused: Bool, moment: Moment, notes: [String],
        emptyText: [String], showsStrip: Bool = false, complaint: String? = nil
    ) {
        let strip = showsStrip && log.count > 0 && rect.columns >= 60 ? ["\(strip.text) a minute"] : []
        surface.title(
            "Broker log", notes: selection.filter.words + notes + strip, in: rect, isFocused: isFocused,
            columns: [(state.words(moment), rect.columns - 1)])
        let content = put(complaint, in: rect.content, on: &surface)
        let count = count(moment)
        guard count > 0 else {
            let isHidden = log.count > 0 && !selection.filter.isEmpty
            surface.put(
                paragraphs: isHidden ? ["No line is shown; Esc shows all \(log.count)."] : emptyText, in: content)
            return
        }
        let window = state.window(count: count, height: content.rows, index: index)
        var rows = window.range.flatMap { index in
            (line(at: index)?.rows ?? []).enumerated().map { (index: index, isFirst: $0 == 0, words: $1) }
        }
        // Lines of two rows push others out: the newest stay in sight, or the selected one.
        let isSelectedAbove = window.selected.map { $0 - window.range.lowerBound < content.rows / 2 } ?? false
        rows = isSelectedAbove ? Array(rows.prefix(content.rows)) : rows.suffix(content.rows)
        for (offset, part) in rows.enumerated() {
            let row = content.row + offset
            guard let line = line(at: part.index) else { continue }
            draw(line, part.words, isFirst: part.isFirst, row: row, in: content, on: &surface, moment: moment)
            if part.index == window.selected {
                let look: Role = isFocused ? .selection : .selectionUnfocused
                surface.paint(Rect(row: row, column: content.column, rows: 1, columns: content.columns), role: look)
            }
        }
    }

    /// Draws what somebody should know above the lines; what is left for them, at least one row.
    private func put(_ complaint: String?, in content: Rect, on surface: inout Surface) -> Rect {
        guard let complaint, content.rows > 1 else { return content }
        let whole = Surface.wrapped(complaint, width: content.columns - 2)
        var rows = whole.prefix(max(1, min(content.rows - 1, max(3, content.rows / 2))))
        if rows.count < whole.count, let last = rows.popLast() { rows.append(last + " …") }
        for (offset, text) in rows.enumerated() {
            surface.put(
                text, row: content.row + offset, column: content.column + 1, width: content.columns - 2,
                role: .logWarning)
        }
        return Rect(
            row: content.row + rows.count, column: content.column, rows: content.rows - rows.count,
            columns: content.columns)
    }

    private func line(at index: Int) -> LogLine? { log.line(selection.number(at: index, in: log)) }

    /// Lines shown: all, or those before the pause.
    private func count(_ moment: Moment) -> Int {
        var count = selection.count(in: log)
        guard moment.frozenAt != nil else { return count }
        while count > 0, let line = line(at: count - 1), line.arrival > moment.now { count -= 1 }
        return count
    }

    /// Draws a row of a line; the time and the client stand in its first row.
    private func draw(
        _ line: LogLine, _ words: String, isFirst: Bool, row: Int, in content: Rect, on surface: inout Surface,
        moment: Moment
    ) {
        let role = line.severity.role
        var column = content.column + 1
        let end = content.column + content.columns - 1
        if isFirst { surface.put(moment.time(of: line.moment), row: row, column: column, role: .time) }
        column += 10
        // Of a file the text tells how grave it is; where that says nothing, nobody knows.
        let letter = line.isSeverityInferred && line.kind == .unknown ? "?" : line.severity.letter
        if isFirst { surface.put(letter, row: row, column: column, role: role) }
        column += 3
        if let client = line.client {
            let width = min(24, max(10, content.columns / 6))
            surface.put(client, row: row, column: column, width: width, role: .topicName)
            column += width + 2
        }
        let emphasis: Emphasis = line.isAlarm ? [.bold] : []
        surface.put(words, row: row, column: column, width: end - column, role: role, emphasis: emphasis)
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
