import Broker
import MQTT
import Screen

/// What the broker's statistics say: a table of its slots, or its topics as they are where nobody explains them.
struct MetricsPane {
    /// What stands above the table because somebody should know it: that the statistics have stalled, that there are none.
    private(set) var remarks: [String] = []
    /// Beside the title: whose statistics they are and how often they come.
    private(set) var note = ""
    private var table: [BrokerMetrics.Row] = []
    private var topics: [(topic: String, payload: String)] = []
    private var hasContent = false
    private var scroll = 0

    /// The narrowest column of the table that still says something of each value.
    private static let columnWidth = 62
    /// As many numbers as are kept.
    private static let longestSpark = 60

    // MARK: Actions

    /// Does `action`; `false` when it means nothing here.
    mutating func perform(_ action: Action, height: Int, width: Int) -> Bool {
        let count = remarks.count + Self.rowCount(entryCount, in: Self.columnCount(entryCount, height: height, width))
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

    private var entryCount: Int { table.isEmpty ? topics.count : table.count }

    /// Columns beside each other: one, unless there is room for more and a need of it.
    private static func columnCount(_ entries: Int, height: Int, _ width: Int) -> Int {
        let most = max(1, width / columnWidth)
        return (1...most).first { rowCount(entries, in: $0) <= height } ?? most
    }

    private static func rowCount(_ entries: Int, in columns: Int) -> Int { (entries + columns - 1) / columns }

    // MARK: Drawing

    /// Brings the table up to date; once a frame. While paused it stays as it is. `refusal` is what to do when the broker
    /// does not let us subscribe, `isOff` whether nobody asked it to.
    mutating func prepare(_ metrics: borrowing BrokerMetrics, moment: Moment, refusal: String?, isOff: Bool) {
        guard moment.frozenAt == nil || !hasContent else { return }
        hasContent = true
        table = metrics.rows
        let showsTopics = table.isEmpty && metrics.state != .waiting
        topics = showsTopics ? metrics.rawTopics.map(\.texts) : []
        // Without a connection nothing is known of now, whatever came last.
        if let lostAt = moment.lostAt {
            (note, remarks) = ("", ["No connection: as it was at \(moment.clock.seconds(lostAt))."])
            return
        }
        let isCalm = metrics.state == .speaking && metrics.kind.isMapped && !isOff
        let off = "Not subscribed to (--no-sys, or removed in view 4)."
        note = isCalm ? metrics.words : ""
        remarks = isCalm ? [] : [isOff ? off : metrics.words]
        if let todo = metrics.state == .refused ? refusal : metrics.todo, !isOff { remarks.append(todo) }
        if let words = metrics.resetWords {
            remarks.append(words + (metrics.lastReset.map { " Last seen at \(moment.clock.seconds($0))." } ?? ""))
        }
        if showsTopics, metrics.rawLeftOut > 0 {
            remarks.append("\(Format.plural(metrics.rawLeftOut, "message")) of more topics are not listed.")
        }
    }

    /// Draws the table.
    func draw(in rect: Rect, on surface: inout Surface, isFocused: Bool) {
        let content = rect.content
        let remarks = self.remarks.flatMap { Surface.wrapped($0, width: content.columns - 2) }
        let columns = Self.columnCount(entryCount, height: content.rows - remarks.count, content.columns)
        let rows = Self.rowCount(entryCount, in: columns)
        let top = min(scroll, max(0, remarks.count + rows - content.rows))
        let below = remarks.count + rows - top - content.rows
        let more = below > 0 ? ["\(Format.count(below * columns)) more below"] : []
        surface.title(
            "Metrics", notes: (note.isEmpty ? [] : [note]) + more, in: rect, isFocused: isFocused)
        for offset in 0..<content.rows {
            let line = top + offset
            let row = content.row + offset
            guard line >= remarks.count else {
                let role: Role = entryCount == 0 ? .textDim : .logWarning
                surface.put(
                    remarks[line], row: row, column: content.column + 1, width: content.columns - 2, role: role)
                continue
            }
            for column in 0..<columns {
                // Read downwards: what belongs together stays together.
                let index = column * rows + line - remarks.count
                guard line - remarks.count < rows, index < entryCount else { continue }
                let width = content.columns / columns
                let cell = Rect(row: row, column: content.column + column * width, rows: 1, columns: width)
                if table.isEmpty {
                    draw(topics[index], in: cell, on: &surface)
                } else {
                    draw(table[index], in: cell, on: &surface)
                }
            }
        }
    }

    private func draw(_ entry: (topic: String, payload: String), in cell: Rect, on surface: inout Surface) {
        let width = cell.columns * 2 / 3
        surface.put(entry.topic, row: cell.row, column: cell.column + 1, width: width - 2, role: .topicName)
        surface.put(
            entry.payload, row: cell.row, column: cell.column + width + 1, width: cell.columns - width - 2,
            role: .topicValue)
    }

    /// Name, value, sparkline and remark, the last two as far as there is room.
    private func draw(_ row: BrokerMetrics.Row, in cell: Rect, on surface: inout Surface) {
        let (nameWidth, valueWidth) = (19, 12)
        var column = cell.column + 1
        let end = cell.column + cell.columns - 1
        surface.put(row.name, row: cell.row, column: column, width: min(nameWidth, end - column), role: .text)
        column += nameWidth
        let value = row.value.count > valueWidth ? String(row.value.prefix(valueWidth - 1)) + "…" : row.value
        surface.put(
            right: value, row: cell.row, end: min(end, column + valueWidth),
            role: row.isOld ? .topicValueOld : row.value == "–" ? .textDim : .topicValue)
        column += valueWidth + 2
        let room = end - column
        guard room >= 6 else { return }
        // The longest remark has 35 columns, most have 20.
        let sparkWidth = room >= 44 ? min(MetricsPane.longestSpark, room - 36) : max(8, room - 21)
        if row.metric != .uptime, !row.series.isEmpty {
            // The newest stands at the right, as on an oscilloscope.
            let values: [Double?] = row.series.suffix(sparkWidth)
            surface.put(
                right: Sparkline.text(values), row: cell.row, end: column + min(sparkWidth, room),
                role: row.isOld ? .topicValueOld : .rate)
        }
        column += sparkWidth + 1
        guard column < end, let remark = row.remark else { return }
        surface.put(remark, row: cell.row, column: column, width: end - column, role: .textDim)
    }
}
