import MQTT
import Monitor
import Payloads
import Screen

/// The topic tree: every topic with its latest value, rate and age.
struct TreePane {
    /// The visible rows of the tree.
    var outline = Outline()
    /// The selected topic; it stays when topics come and rows move.
    private(set) var selected: TopicID?
    /// Whether the user chose the selection, so that nothing else moves it.
    private var isChosen = false
    private var top = 0
    private var lines: [Line] = []
    /// Whether the user has expanded or collapsed anything, so that nothing else does.
    private var isShaped = false
    private var hasFoldedSystem = false
    private var frozen: [TopicID: Line] = [:]
    /// Whether the first row is to be selected: another order is asked for to see what comes first.
    private var selectsFirst = false

    /// What is drawn of one row.
    private struct Line {
        var row: Outline.Row
        var name: String
        var value: String
        var valueRole: Role
        var isChanged: Bool
        var rate: String
        var age: String
    }

    /// Up to so many topics the tree begins unfolded.
    private static let unfoldedTopics = 1_000
    /// What stands for a level that is empty text.
    static let emptyLevel = "‹empty level›"
    /// Columns right of the value: rate and age.
    private static let rateWidth = 9
    private static let ageWidth = 6

    /// A tree that begins unfolded.
    init() { outline.expandAll() }

    // MARK: Actions

    /// Does `action`; `false` when it means nothing here.
    mutating func perform(_ action: Action, store: borrowing Store, height: Int) -> Bool {
        let rows = outline.rows
        let index = selected.flatMap { outline.index(of: $0) } ?? 0
        let page = max(1, height - 1)
        if [.expand, .collapse, .open, .expandAll, .collapseAll].contains(action) { isShaped = true }
        switch action {
        case .up: select(index - 1, in: rows)
        case .down: select(index + 1, in: rows)
        case .pageUp: select(index - page, in: rows)
        case .pageDown: select(index + page, in: rows)
        case .first: select(0, in: rows)
        case .last: select(rows.count - 1, in: rows)
        case .expand:
            guard let selected, store.hasChildren(selected) else { break }
            if outline.isExpanded(selected) { select(index + 1, in: rows) } else { outline.expand(selected) }
        case .collapse:
            guard let selected else { break }
            if outline.isExpanded(selected), store.hasChildren(selected) {
                outline.collapse(selected)
            } else if let parent = store.parent(selected) {
                select(parent)
            }
        case .open:
            guard let selected, store.hasChildren(selected) else { break }
            outline.toggle(selected)
        case .sort:
            let all = TopicOrder.allCases
            outline.order = all[((all.firstIndex(of: outline.order) ?? 0) + 1) % all.count]
            selectsFirst = true
        case .expandAll: outline.expandAll()
        case .collapseAll:
            outline.collapseAll()
            while let id = selected, let parent = store.parent(id) { select(parent) }
        case .nextMatch, .previousMatch: selectMatch(from: index, step: action == .nextMatch ? 1 : -1, store: store)
        default: return false
        }
        return true
    }

    /// Selects a topic, wherever it is.
    mutating func select(_ id: TopicID) {
        selected = id
        isChosen = true
    }

    /// Selects a topic and expands what hides it.
    mutating func reveal(_ id: TopicID, store: borrowing Store) {
        outline.reveal(id, in: store)
        select(id)
    }

    private mutating func select(_ index: Int, in rows: [Outline.Row]) {
        guard !rows.isEmpty else { return }
        select(rows[min(max(0, index), rows.count - 1)].id)
    }

    private mutating func selectMatch(from index: Int, step: Int, store: borrowing Store) {
        let rows = outline.rows
        guard !rows.isEmpty, !outline.filter.isEmpty else { return }
        for distance in 1...rows.count {
            let candidate = rows[((index + step * distance) % rows.count + rows.count) % rows.count].id
            guard store.summary(candidate).messageCount > 0 else { continue }
            if outline.filter.matches(topic: store.topic(candidate), payload: store.latestPayload(candidate)) {
                select(candidate)
                return
            }
        }
    }

    /// Begins or ends a pause: while paused, rows keep what they showed.
    mutating func setPaused(_ isPaused: Bool) {
        frozen = isPaused ? Dictionary(lines.map { ($0.row.id, $0) }, uniquingKeysWith: { first, _ in first }) : [:]
    }

    // MARK: Drawing

    /// Brings the rows in sight up to date; once a frame.
    mutating func prepare(store: borrowing Store, moment: Moment, height: Int) {
        shape(store: store)
        outline.update(store, now: moment.now, isPaused: moment.frozenAt != nil)
        let rows = outline.rows
        if selectsFirst, let first = rows.first {
            select(first.id)
            selectsFirst = false
        }
        if !isChosen, selected.map({ store.isSystem($0) || outline.index(of: $0) == nil }) ?? true {
            selected = rows.first?.id  // the robots' topics come before the broker's own
        }
        if let id = selected, outline.index(of: id) == nil {
            selected = nearestVisible(to: id, store: store) ?? rows.first?.id
        }
        let index = selected.flatMap { outline.index(of: $0) } ?? 0
        if index < top { top = index }
        if height > 0, index >= top + height { top = index - height + 1 }
        top = min(top, max(0, rows.count - height))
        lines = rows[min(top, rows.count)..<min(rows.count, top + max(0, height))].map { row in
            if moment.frozenAt != nil, var line = frozen[row.id] {
                line.row = row
                return line
            }
            let line = Self.line(row, store: store, moment: moment)
            if moment.frozenAt != nil { frozen[row.id] = line }
            return line
        }
    }

    /// Until the user does: all unfolded while topics are few, and what the broker says of itself folded.
    private mutating func shape(store: borrowing Store) {
        if !hasFoldedSystem, let system = store.find("$SYS".utf8) {
            outline.collapse(system)
            hasFoldedSystem = true
        }
        guard !isShaped, store.topicCount > Self.unfoldedTopics else { return }
        isShaped = true
        outline.collapseAll()
    }

    /// The selected topic's closest ancestor that is in sight.
    private func nearestVisible(to id: TopicID, store: borrowing Store) -> TopicID? {
        var id = id
        while let parent = store.parent(id) {
            if outline.index(of: parent) != nil { return parent }
            id = parent
        }
        return nil
    }

    private static func line(_ row: Outline.Row, store: borrowing Store, moment: Moment) -> Line {
        let summary = store.summary(row.id)
        var line = Line(
            row: row, name: String(decoding: store.name(row.id), as: UTF8.self), value: "", valueRole: .topicValue,
            isChanged: false, rate: "", age: "")
        if line.name.isEmpty { line.name = Self.emptyLevel }
        guard summary.messageCount > 0 || !row.isExpanded else { return rated(line, summary, moment) }
        if summary.messageCount > 0 {
            (line.value, line.valueRole, line.isChanged) = value(row.id, summary, store: store, moment: moment)
        }
        if row.hasChildren, !row.isExpanded {
            let count = Format.plural(summary.subtreeTopicCount, "topic")
            line.value = line.value.isEmpty ? count : line.value + "  (\(count))"
            if summary.messageCount == 0 { line.valueRole = .textDim }
        }
        return rated(line, summary, moment)
    }

    private static func value(
        _ id: TopicID, _ summary: TopicSummary, store: borrowing Store, moment: Moment
    ) -> (String, Role, Bool) {
        if let frozenAt = moment.frozenAt, let last = summary.lastSequence, last >= frozenAt {
            guard let record = store.latest(id, before: frozenAt) else { return ("–", .topicValueOld, false) }
            return (payloadPreview(store.payload(record, limit: 256), limit: 256), .topicValue, false)
        }
        let text = payloadPreview(store.latestPayload(id, limit: 256), limit: 256, length: summary.payloadLength)
        if moment.isOld(summary.lastArrival) { return (text, .topicValueOld, false) }
        if summary.isStored { return (text, .topicRetained, false) }
        let isChanged = summary.lastChange.map { moment.now.since($0) < 1_000_000_000 } ?? false
        return (text, isChanged ? .topicValueChanged : .topicValue, isChanged)
    }

    private static func rated(_ line: Line, _ summary: TopicSummary, _ moment: Moment) -> Line {
        var line = line
        guard moment.sessionStart != nil else {
            line.age = "old"
            return line
        }
        let hasOwn = summary.messageCount > 0
        let rate = hasOwn && !line.row.hasChildren ? summary.rate(at: moment.now) : summary.subtreeRate(at: moment.now)
        line.rate = Format.rate(rate)
        if hasOwn, summary.isStored {
            line.age = "kept"
        } else if hasOwn, moment.isOld(summary.lastArrival) {
            line.age = "old"
        } else if hasOwn, let last = summary.lastArrival {
            line.age = Format.age(nanoseconds: moment.now.since(last))
        }
        return line
    }

    /// Draws the tree. `title` tells the filter and what it hides.
    func draw(in rect: Rect, on surface: inout Surface, isFocused: Bool, moment: Moment, notes: [String]) {
        let end = rect.columns
        let showsRate = rect.columns >= 44
        var columns = [(label: outline.order == .age ? "age ▾" : "age", end: end - 1)]
        if showsRate {
            columns.append((outline.order == .rate ? "rate ▾" : "rate", end - 1 - Self.ageWidth))
        }
        surface.title("Topics", notes: notes, in: rect, isFocused: isFocused, columns: columns)
        let content = rect.content
        let right = Self.ageWidth + (showsRate ? Self.rateWidth : 0) + 1
        let available = max(8, rect.columns - right)
        let nameWidth = min(max(available * 9 / 20, 14), 48)
        for (offset, line) in lines.enumerated() where offset < content.rows {
            let row = content.row + offset
            draw(line, row: row, in: content, available: available, nameWidth: nameWidth, on: &surface)
            let rateEnd = content.column + end - 1 - Self.ageWidth
            if showsRate { surface.put(right: line.rate, row: row, end: rateEnd, role: .rate) }
            surface.put(right: line.age, row: row, end: content.column + end - 1, role: .age)
            if line.row.id == selected {
                let look: Role = isFocused ? .selection : .selectionUnfocused
                surface.paint(Rect(row: row, column: content.column, rows: 1, columns: content.columns), role: look)
            }
        }
    }

    private func draw(
        _ line: Line, row: Int, in content: Rect, available: Int, nameWidth: Int, on surface: inout Surface
    ) {
        let indent = min(line.row.depth * 2, max(0, nameWidth - 8))
        let marker = line.row.hasChildren ? (line.row.isExpanded ? "▾ " : "▸ ") : "  "
        let nameRole: Role = line.row.hasChildren ? .topicBranch : .topicName
        let column = content.column + 1 + indent
        surface.put(marker, row: row, column: column, role: .topicBranch)
        let space = line.value.isEmpty ? available - indent - 4 : nameWidth - indent - 3
        surface.put(line.name, row: row, column: column + 2, width: max(1, space), role: nameRole)
        guard !line.value.isEmpty else { return }
        let emphasis: Emphasis = line.isChanged ? [.bold] : []
        surface.put(
            line.value, row: row, column: content.column + nameWidth + 1, width: max(1, available - nameWidth - 2),
            role: line.valueRole, emphasis: emphasis)
    }
}

extension Surface {
    /// Puts `text` so that it ends before the column `end`.
    mutating func put(right text: String, row: Int, end: Int, role: Role) {
        put(text, row: row, column: end - Surface.width(of: text), role: role)
    }
}
