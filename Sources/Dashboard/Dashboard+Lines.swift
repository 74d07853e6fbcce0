import MQTT
import Monitor
import Screen

extension Dashboard {
    // MARK: Status line

    /// Draws the status line: connection, rates, and whether all is accounted for.
    func drawStatus(in rect: Rect, on surface: inout Surface) {
        let role: Role = isConnected || status == .idle ? .header : .headerAlert
        surface.fill(rect, role: role)
        let end = rect.column + rect.columns - 1
        let (truth, truthRole) = truthText
        let truthWidth = Surface.width(of: truth)
        surface.put(right: truth, row: rect.row, end: end, role: truthRole)
        var column = rect.column + 1
        if rect.columns >= Layout.wide {
            column += surface.put("mqscope", row: rect.row, column: column, role: role, emphasis: [.bold]) + 2
        }
        let (state, stateRole) = stateText
        let room = end - truthWidth - 2
        let stateWidth = Surface.width(of: state)
        let brokerWidth = max(8, min(Surface.width(of: brokerText), room - column - stateWidth - 2))
        column += surface.put(brokerText, row: rect.row, column: column, width: brokerWidth, role: role) + 2
        column += surface.put(state, row: rect.row, column: column, width: max(0, room - column), role: stateRole) + 2
        let isWide = rect.columns >= Layout.wide
        for (part, width) in zip(rateTexts, isWide ? [12, 12, 10] : [10, 9, 0]) {
            let width = max(width, Surface.width(of: part))
            guard column + width <= room else { break }
            surface.put(right: part, row: rect.row, end: column + width, role: role)
            column += width + (isWide ? 2 : 1)
        }
    }

    private var brokerText: String {
        (options.userName.map { $0 + "@" } ?? "") + options.endpoint.description
    }

    private var stateText: (String, Role) {
        switch status {
        case .idle: return ("starting", .stateBusy)
        case .connecting(let attempt):
            return (attempt > 1 ? "◌ connecting, attempt \(attempt)" : "◌ connecting", .stateBusy)
        case .connected(let info):
            let version = info.version == .v5_0 ? "v5" : "v\(info.version)"
            if pause != nil { return ("\(version)  ‖ paused", .stateBusy) }
            if accounting.isBehind { return ("\(version)  ● behind", .stateBusy) }
            if size.columns < 60 { return ("● live", .stateGood) }
            return ("\(version)  ● live \(Format.span(nanoseconds: now.since(info.since)))", .stateGood)
        case .waiting(_, let retryAt):
            let seconds = max(0, (retryAt.since(now) + 999_999_999) / 1_000_000_000)
            return (
                size.columns < 60 ? "○ retry in \(seconds) s" : "○ not connected, next try in \(seconds) s", .stateBad
            )
        case .failed: return ("○ not connected", .stateBad)
        case .closed: return ("○ closed", .stateBad)
        }
    }

    private var rateTexts: [String] {
        guard isConnected else { return ["– msg/s", "– B/s", Format.plural(store.topicCount, "topic")] }
        let rates = store.rates(at: now)
        return [
            "\(rates.messages < 0.05 ? "0" : Format.short(rates.messages)) msg/s", Format.bytes(rates.bytes) + "/s",
            Format.plural(store.topicCount, "topic"),
        ]
    }

    private var truthText: (String, Role) {
        switch verdict {
        case .notConnected: ("", .header)
        case .checking: ("… checking", .stateBusy)
        case .complete: ("✓ complete", .lossNone)
        case .noLossKnown: ("○ no loss known", .stateBusy)
        case .lost: (size.columns < 60 ? "! see 4" : lostText, .lossSome)
        }
    }

    private var lostText: String {
        if accounting.hasBrokerDropped { return "! broker dropped, see 4" }
        if accounting.gapCount > 0 { return "! \(Format.plural(accounting.gapCount, "gap")), see 4" }
        if !accounting.refused.isEmpty { return "! refused, see 4" }
        if accounting.isLogMissed { return "! broker log off, see 4" }
        return "! incomplete, see 4"
    }

    // MARK: Banner

    /// Draws the panel that says why there is no connection.
    func drawBanner(in rect: Rect, on surface: inout Surface) {
        guard rect.rows > 0 else { return }
        surface.fill(rect, role: .popup)
        for (offset, line) in banner.enumerated() where offset < rect.rows {
            let role: Role = offset == 0 ? .stateBad : .popup
            surface.put(line, row: rect.row + offset, column: rect.column + 2, width: rect.columns - 4, role: role)
        }
    }

    // MARK: Hint line

    /// Draws the keys that are useful here, or something just told.
    func drawHint(in rect: Rect, on surface: inout Surface) {
        surface.fill(rect, role: .hint)
        if let notice {
            surface.put(
                notice.text, row: rect.row, column: rect.column + 1, width: rect.columns - 2, role: .hint,
                emphasis: [.bold])
            return
        }
        var column = rect.column + 1
        let end = rect.column + rect.columns - 1
        for entry in hints {
            let key = entry.keys[0].name
            let label = word(for: entry)
            let width = Surface.width(of: key) + 1 + Surface.width(of: label)
            guard column + width <= end else { continue }
            column += surface.put(key, row: rect.row, column: column, role: .hintKey) + 1
            column += surface.put(label, row: rect.row, column: column, role: .hint) + 3
        }
    }

    /// The word of a hint: what the key does now.
    private func word(for entry: ActionEntry) -> String {
        switch entry.action {
        case .pause where pause != nil: "go on"
        case .metrics where focus == .metrics: "clients"
        default: entry.hint
        }
    }

    /// The hinted actions that can be done now and change something, those of the focused pane first.
    private var hints: [ActionEntry] {
        let hinted = ActionTable.entries.filter { !$0.hint.isEmpty }
        switch popup {
        case .question: return hinted.filter { $0.scope == .question }
        case .help, .client, .prompt: return []
        case nil: break
        }
        if isComposing { return hinted.filter { $0.scope == .composer } }
        let own: Scope? =
            switch focus {
            case .log: .log
            case .tree: .tree
            case .detail: .detail
            case .subscriptions: .subscriptions
            case .clients: .clients
            case .brokerLog: .brokerLog
            default: nil
            }
        let ends = hinted.filter { $0.action == .help || $0.action == .quit }
        let others = hinted.filter { entry in
            entry.action != .help && entry.action != .quit && whyNot(entry.action) == nil && !isIdle(entry.action)
        }
        let shared = view == .broker ? others.filter { $0.scope == .broker } : []
        return ends + others.filter { $0.scope == own } + shared + others.filter { $0.scope == .everywhere }
    }

    /// Whether an action that can be done would change nothing in sight.
    private func isIdle(_ action: Action) -> Bool {
        switch action {
        case .overview: view == .overview
        case .messages: view == .messages
        case .broker: view == .broker
        case .connection: view == .connection
        case .nextPane, .zoom: view == .messages
        case .jump: focus == .clients && layout.rect(of: .brokerLog) == nil
        case .limitToBranch: layout.rect(of: .log) == nil || selectedTopic == nil
        case .nextFormat, .older, .newer: whyNot(.copyPayload) != nil
        default: false
        }
    }
}
