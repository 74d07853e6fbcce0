import MQTT
import Monitor
import Payloads
import Screen

/// The selected topic in full: its payload as an outline, its numbers, its recent history.
struct DetailPane {
    /// How the payload is shown.
    private(set) var format = PayloadFormat.automatic
    /// The message held on to; `nil` follows the latest.
    private(set) var pinned: UInt64?
    private var topic: TopicID?
    private var scroll = 0
    private var content: Content?
    private var branch: Branch?
    /// The topic's rate and how it varies; empty when nothing comes.
    private var rate: String?

    /// What is known of a branch without messages of its own.
    private struct Branch {
        var text: String
        var children: [(name: String, count: String, rate: String)]
    }

    /// What was made of one message.
    private struct Content {
        var sequence: UInt64
        var format: PayloadFormat
        var columns: Int
        var outline: PayloadOutline
        var properties: [(name: String, value: String)]
    }

    /// Most rows made of one payload.
    private static let rowLimit = 5_000
    /// Payloads are read up to here for display; the rest is said to be omitted.
    private static let byteLimit = 8 << 20

    // MARK: Actions

    /// Shows another topic.
    mutating func show(_ topic: TopicID?) {
        guard topic != self.topic else { return }
        self.topic = topic
        pinned = nil
        scroll = 0
        content = nil
        branch = nil
        rate = nil
    }

    /// Does `action`; `false` when it means nothing here.
    mutating func perform(_ action: Action, store: borrowing Store, height: Int) -> Bool {
        let page = max(1, height - 2)
        switch action {
        case .up: scroll -= 1
        case .down: scroll += 1
        case .pageUp: scroll -= page
        case .pageDown: scroll += page
        case .first: scroll = 0
        case .last: scroll = content?.outline.rows.count ?? 0
        case .nextFormat: nextFormat(store)
        case .older: step(older: true, store: store)
        case .newer: step(older: false, store: store)
        default: return false
        }
        scroll = max(0, scroll)
        return true
    }

    /// Goes to the next format that shows the payload another way: what it was taken for comes only once.
    private mutating func nextFormat(_ store: borrowing Store) {
        guard let topic, let content else { return }
        let isLatest = store.summary(topic).lastSequence == content.sequence
        let payload =
            isLatest
            ? store.latestPayload(topic, limit: Self.byteLimit)
            : store.record(content.sequence).map { store.payload($0, limit: Self.byteLimit) } ?? []
        let all = PayloadFormat.allCases
        var index = all.firstIndex(of: content.format) ?? 0
        repeat {
            index = (index + 1) % all.count
            format = all[index]
        } while format != content.format
            && PayloadOutline(payload, format: format, rowLimit: 1).formatName == content.outline.formatName
        scroll = 0
    }

    private mutating func step(older: Bool, store: borrowing Store) {
        guard let topic, let latest = store.summary(topic).lastSequence else { return }
        if older {
            guard let record = store.record(pinned ?? latest), let previous = store.previous(record) else { return }
            pinned = previous.sequence
        } else {
            guard let pinned, var record = store.record(latest) else { return }
            while let previous = store.previous(record), previous.sequence > pinned { record = previous }
            self.pinned = record.sequence == latest ? nil : record.sequence
        }
        scroll = 0
    }

    // MARK: Drawing

    /// Makes what is shown in `size`: numbers unless paused, and rows when the message is another one than before.
    mutating func prepare(store: borrowing Store, moment: Moment, size: Size) {
        guard let topic else { return }
        let summary = store.summary(topic)
        prepareContent(of: topic, summary, store: store, moment: moment, columns: size.columns - 2)
        if moment.frozenAt == nil || rate == nil { rate = Self.rate(summary, moment) }
        if content == nil, moment.frozenAt == nil || branch == nil {
            branch = Self.branch(topic, summary, store: store, moment: moment, limit: max(0, size.rows - 2))
        }
    }

    private static func rate(_ summary: TopicSummary, _ moment: Moment) -> String {
        guard moment.sessionStart != nil, let rate = summary.rate(at: moment.now), rate > 0 else { return "" }
        return Format.rate(rate) + (summary.jitter.map { " ±" + Format.duration(seconds: $0) } ?? "")
    }

    /// What comes from each level below a branch.
    private static func branch(
        _ topic: TopicID, _ summary: TopicSummary, store: borrowing Store, moment: Moment, limit: Int
    ) -> Branch {
        let parts = [
            "branch", Format.plural(summary.subtreeTopicCount, "topic"),
            Format.plural(summary.subtreeMessageCount, "message"), Format.rate(summary.subtreeRate(at: moment.now)),
        ]
        let children = store.children(topic, limit: limit).map { child in
            let below = store.summary(child)
            let name = String(decoding: store.name(child), as: UTF8.self)
            return (
                name: name.isEmpty ? TreePane.emptyLevel : name,
                count: Format.plural(below.subtreeMessageCount, "message"),
                rate: Format.rate(below.subtreeRate(at: moment.now))
            )
        }
        return Branch(text: parts.joined(separator: " · "), children: children)
    }

    private mutating func prepareContent(
        of topic: TopicID, _ summary: TopicSummary, store: borrowing Store, moment: Moment, columns: Int
    ) {
        guard let latest = summary.lastSequence else {
            content = nil
            return
        }
        if let pinned, store.record(pinned) == nil { self.pinned = nil }
        var sequence = pinned ?? latest
        if pinned == nil, let frozenAt = moment.frozenAt, sequence >= frozenAt {
            guard let record = store.latest(topic, before: frozenAt) else { return }
            sequence = record.sequence
        }
        if let content, content.sequence == sequence, content.format == format, content.columns == columns { return }
        let isLatest = sequence == latest
        guard let record = store.record(sequence) else {
            guard isLatest else { return }
            make(sequence, store.latestPayload(topic, limit: Self.byteLimit), store.latestProperties(topic), columns)
            return
        }
        let payload =
            isLatest ? store.latestPayload(topic, limit: Self.byteLimit) : store.payload(record, limit: Self.byteLimit)
        make(sequence, payload, store.properties(record), columns)
    }

    private mutating func make(_ sequence: UInt64, _ payload: [UInt8], _ properties: [UInt8], _ columns: Int) {
        content = Content(
            sequence: sequence, format: format, columns: columns,
            outline: PayloadOutline(payload, format: format, rowLimit: Self.rowLimit, columns: columns),
            properties: PropertyText.lines(encoded: properties))
    }

    /// Draws topic, numbers, payload and history.
    func draw(in rect: Rect, on surface: inout Surface, isFocused: Bool, store: borrowing Store, moment: Moment) {
        guard let topic else {
            surface.title("Detail", notes: [], in: rect, isFocused: isFocused)
            return
        }
        let name = String(decoding: store.topic(topic), as: UTF8.self)
        surface.title(name.isEmpty ? TreePane.emptyLevel : name, notes: [], in: rect, isFocused: isFocused)
        let summary = store.summary(topic)
        var area = rect.content
        guard summary.messageCount > 0, let content else {
            drawBranch(in: area, on: &surface)
            return
        }
        let historyRows = area.rows >= 14 ? min(8, area.rows / 3) : 0
        let history = Rect(
            row: area.row + area.rows - historyRows, column: area.column, rows: historyRows, columns: area.columns)
        area.rows -= historyRows
        drawFacts(summary, content, in: &area, on: &surface, store: store, moment: moment)
        drawPayload(content, in: area, on: &surface)
        if historyRows > 1 { drawHistory(topic, content, in: history, on: &surface, store: store, moment: moment) }
    }

    /// Draws what is known of a branch without messages of its own.
    private func drawBranch(in area: Rect, on surface: inout Surface) {
        guard let branch else { return }
        surface.put(branch.text, row: area.row, column: area.column + 1, width: area.columns - 2, role: .text)
        for (offset, child) in branch.children.prefix(max(0, area.rows - 2)).enumerated() {
            let row = area.row + 2 + offset
            let end = area.column + area.columns - 1
            surface.put(
                child.name, row: row, column: area.column + 1, width: max(8, area.columns - 34), role: .topicName)
            surface.put(right: child.count, row: row, end: end - 10, role: .textDim)
            surface.put(right: child.rate, row: row, end: end, role: .rate)
        }
    }

    private func drawFacts(
        _ summary: TopicSummary, _ content: Content, in area: inout Rect, on surface: inout Surface,
        store: borrowing Store, moment: Moment
    ) {
        let record = store.record(content.sequence)
        let length = record?.payloadLength ?? summary.payloadLength
        let flags = record?.flags ?? summary.flags
        let isStored = record?.isStored ?? summary.isStored
        var facts = [content.outline.formatName, Format.bytes(length), "QoS \(flags.qos.rawValue)"]
        if flags.isRetained { facts.append("RETAIN") }
        if flags.isDuplicate { facts.append("DUP") }
        if let rate, !rate.isEmpty { facts.append(rate) }
        let line = facts.joined(separator: " · ")
        surface.put(line, row: area.row, column: area.column + 1, width: area.columns - 2, role: .text)
        area.row += 1
        area.rows -= 1
        let arrival = record?.arrival ?? summary.lastArrival ?? moment.now
        var when = "arrived \(moment.clock.milliseconds(arrival))"
        if isStored {
            when = "retained by the broker, unknown age"
        } else if moment.isOld(arrival) {
            when += ", before the connection was lost: an old value"
        }
        if pinned != nil { when = "older message, " + when }
        let role: Role = isStored || moment.isOld(arrival) || pinned != nil ? .topicValueOld : .textDim
        surface.put(when, row: area.row, column: area.column + 1, width: area.columns - 2, role: role)
        area.row += 1
        area.rows -= 1
        for (name, value) in content.properties where area.rows > 3 {
            let used = surface.put(
                name + " ", row: area.row, column: area.column + 1, width: area.columns - 2, role: .textDim)
            surface.put(
                value, row: area.row, column: area.column + 1 + used, width: area.columns - 2 - used, role: .text)
            area.row += 1
            area.rows -= 1
        }
    }

    private func drawPayload(_ content: Content, in area: Rect, on surface: inout Surface) {
        let rows = content.outline.rows
        let omitted = content.outline.omission
        let total = rows.count + (omitted == nil ? 0 : 1)
        let top = min(scroll, max(0, total - area.rows))
        let below = total - top - area.rows
        // What goes on below is said in a row of its own.
        let count = below > 0 && area.rows > 1 ? area.rows - 1 : area.rows
        for offset in 0..<max(0, min(count, total - top)) {
            let row = area.row + offset
            guard top + offset < rows.count else {
                surface.put(omitted ?? "", row: row, column: area.column + 1, width: area.columns - 2, role: .textDim)
                break
            }
            let line = rows[top + offset]
            var column = area.column + 1 + min(line.depth * 2, area.columns / 2)
            let end = area.column + area.columns - 1
            for span in line.spans where column < end {
                column += surface.put(span.text, row: row, column: column, width: end - column, role: span.kind.role)
            }
        }
        if below > 0, area.rows > 1 {
            let more = Format.plural(below + 1, "more row")
            surface.put(right: more, row: area.row + area.rows - 1, end: area.column + area.columns - 1, role: .textDim)
        }
    }

    private func drawHistory(
        _ topic: TopicID, _ content: Content, in area: Rect, on surface: inout Surface, store: borrowing Store,
        moment: Moment
    ) {
        let summary = store.summary(topic)
        surface.title(
            "History", notes: ["of \(Format.plural(summary.messageCount, "message"))"], in: area, isFocused: false)
        let limit = area.rows - 1
        // From the message shown on: never a walk through all that came since.
        var record = store.record(content.sequence)
        var lines: [MessageRecord] = []
        while let current = record, lines.count < limit {
            lines.append(current)
            record = store.previous(current)
        }
        for (offset, line) in lines.enumerated() {
            let row = area.row + 1 + offset
            let isCurrent = line.sequence == content.sequence
            let time = line.isStored ? "retained    " : moment.clock.milliseconds(line.arrival)
            var column = area.column + 1
            column += surface.put(isCurrent ? "▸ " : "  ", row: row, column: column, role: .topicBranch)
            column += surface.put(time + "  ", row: row, column: column, role: .time)
            surface.put(
                payloadPreview(store.payload(line, limit: 256), limit: 256, length: line.payloadLength), row: row,
                column: column, width: area.column + area.columns - 1 - column, role: isCurrent ? .text : .textDim)
        }
    }
}

extension PayloadOutline.Span.Kind {
    /// How the span looks.
    var role: Role {
        switch self {
        case .key: .jsonKey
        case .string: .jsonString
        case .number: .jsonNumber
        case .literal: .jsonLiteral
        case .punctuation: .jsonPunctuation
        case .text: .text
        case .offset: .hexOffset
        case .bytes: .hexBytes
        case .note: .textDim
        }
    }
}
