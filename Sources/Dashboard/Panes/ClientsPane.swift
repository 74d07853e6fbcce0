import Broker
import MQTT
import Screen

/// The clients of the broker, as its log tells of them.
struct ClientsPane {
    /// What the list is sorted by.
    private(set) var order = Roster.Order.state
    /// Text that a client's name, address or user must hold.
    var text = ""
    /// The client that is selected, by its identifier; `nil` before there is one.
    private(set) var selected: String?
    private var rows: [RosterClient] = []
    private var shown: (revision: UInt64, order: Roster.Order, text: String)?
    private var top = 0
    /// Whether the log tells who connects.
    private var seesConnections = true

    /// The selected client.
    var client: RosterClient? { rows.first { $0.identifier == selected } }

    /// The clients shown, in their order.
    var clients: [RosterClient] { rows }

    // MARK: Actions

    /// Does `action`; `false` when it means nothing here.
    mutating func perform(_ action: Action, height: Int) -> Bool {
        switch action {
        case .up: move(to: index - 1)
        case .down: move(to: index + 1)
        case .pageUp: move(to: index - max(1, height - 2))
        case .pageDown: move(to: index + max(1, height - 2))
        case .first: move(to: 0)
        case .last: move(to: rows.count - 1)
        case .sort:
            let all = Roster.Order.allCases
            order = all[((all.firstIndex(of: order) ?? 0) + 1) % all.count]
        default: return false
        }
        return true
    }

    /// Selects a client.
    mutating func select(_ identifier: String) { selected = identifier }

    private var index: Int { rows.firstIndex { $0.identifier == selected } ?? 0 }

    private mutating func move(to index: Int) {
        guard !rows.isEmpty else { return }
        selected = rows[min(max(0, index), rows.count - 1)].identifier
    }

    // MARK: Drawing

    /// Brings the list up to date; once a frame. While paused it stays as it is.
    mutating func prepare(_ roster: borrowing Roster, moment: Moment, height: Int) {
        let isShown = shown.map { $0 == (roster.revision, order, text) } ?? false
        if !isShown, moment.frozenAt == nil || shown == nil || shown?.order != order || shown?.text != text {
            rows = roster.clients(by: order, matching: text)
            shown = (roster.revision, order, text)
            seesConnections = roster.hasSeenConnections
        }
        // What is selected is in sight: keys act upon it.
        if !rows.contains(where: { $0.identifier == selected }) { selected = rows.first?.identifier }
        let visible = max(1, height - 1)
        top = min(max(0, rows.count - visible), index < top ? index : max(top, index - visible + 1))
    }

    /// Draws the list.
    func draw(
        in rect: Rect, on surface: inout Surface, isFocused: Bool, moment: Moment, notes: [String], emptyText: [String]
    ) {
        let content = rect.content
        let below = rows.count - top - max(0, content.rows - 1)
        surface.title(
            "Clients", notes: ["by \(orderWords)"] + notes, in: rect, isFocused: isFocused,
            columns: below > 0 ? [("\(Format.count(below)) more below", rect.columns - 1)] : [])
        guard !rows.isEmpty else { return surface.put(paragraphs: emptyText, in: content) }
        let columns = Columns(width: content.columns)
        drawHead(columns, in: content, on: &surface)
        for (offset, client) in rows.dropFirst(top).prefix(max(0, content.rows - 1)).enumerated() {
            let row = content.row + 1 + offset
            draw(client, columns, row: row, in: content, on: &surface, moment: moment)
            if client.identifier == selected {
                let look: Role = isFocused ? .selection : .selectionUnfocused
                surface.paint(Rect(row: row, column: content.column, rows: 1, columns: content.columns), role: look)
            }
        }
    }

    private var orderWords: String {
        switch order {
        case .name: "name"
        case .state: "state"
        case .since: "connected since"
        case .lastEnd: "last end"
        case .reconnects: "reconnects"
        }
    }

    /// Where the columns begin, and how wide they are; 0 is left out.
    private struct Columns {
        let name: Int
        let address: Int
        let user: Int
        let version: Int
        let keepAlive: Int
        let back: Int

        /// The columns of a list of `width` columns.
        init(width: Int) {
            name = width < 100 ? min(max(12, width * 3 / 10), 24) : min(width / 5, 28)
            // Why it left is worth more than where it came from.
            address = width >= 100 ? 21 : 0
            user = width >= 110 ? 10 : 0
            version = width >= 90 ? 6 : 0
            keepAlive = width >= 120 ? 5 : 0
            back = width >= 50 ? 5 : 0
        }
    }

    private func drawHead(_ columns: Columns, in content: Rect, on surface: inout Surface) {
        var column = content.column + 3
        for (label, width) in [
            ("client", columns.name), ("address", columns.address), ("user", columns.user),
            ("MQTT", columns.version), ("alive", columns.keepAlive), ("since", 8), ("back", columns.back),
        ] where width > 0 {
            surface.put(label, row: content.row, column: column, width: width, role: .textDim)
            column += width + 2
        }
        let width = content.column + content.columns - 1 - column
        surface.put("last end", row: content.row, column: column, width: width, role: .textDim)
    }

    private func draw(
        _ client: RosterClient, _ columns: Columns, row: Int, in content: Rect, on surface: inout Surface,
        moment: Moment
    ) {
        let (mark, role) = Self.mark(client)
        var column = content.column + 1
        column += surface.put(mark, row: row, column: column, role: role) + 1
        let name = client.identifier + (client.isUs ? " (mqscope)" : client.isBridge ? " (bridge)" : "")
        surface.put(name, row: row, column: column, width: columns.name, role: .topicName)
        column += columns.name + 2
        func put(_ text: String, _ width: Int, _ role: Role = .text) {
            guard width > 0 else { return }
            surface.put(text, row: row, column: column, width: width, role: role)
            column += width + 2
        }
        put(client.peer?.description ?? "–", columns.address)
        put(client.userName ?? "–", columns.user)
        put(client.version.map { "v\($0)" } ?? "–", columns.version)
        put(client.keepAlive.map { $0 == 0 ? "off" : "\($0) s" } ?? "–", columns.keepAlive)
        let isHere = client.state == .connected
        put(isHere ? client.since.map { moment.time(of: $0) } ?? (seesConnections ? "before" : "?") : "–", 8, .time)
        let back = client.reconnects
        put(back == 0 ? "–" : back < 10_000 ? "×\(back)" : "×\(min(999, back / 1_000))k", columns.back)
        let width = content.column + content.columns - 1 - column
        guard width > 0, let end = client.lastEnd, let words = client.lastEndWords else {
            if let refused = client.lastRefusalWords {
                surface.put("refused: \(refused)", row: row, column: column, width: width, role: .logWarning)
            }
            return
        }
        let text = "\(moment.time(of: end.moment)) \(words)"
        surface.put(text, row: row, column: column, width: width, role: isHere ? .textDim : .logNotice)
    }

    private static func mark(_ client: RosterClient) -> (String, Role) {
        switch client.state {
        case .connected: client.isInferred ? ("◐", .stateBusy) : ("●", .stateGood)
        case .away: ("○", .textDim)
        case .unknown: ("?", .stateBusy)
        }
    }
}
