import Broker
import MQTT
import Screen

/// What was agreed on with the broker.
struct FactsPane {
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

    /// What is known of the connection, a line each.
    static func lines(_ info: ConnectionInfo?, moment: Moment) -> [(name: String, value: String)] {
        guard let info else { return [("", "not connected")] }
        var lines: [(name: String, value: String)] = [
            (
                "broker",
                info.endpoint.description + (info.address == info.endpoint.address ? "" : "  (\(info.address))")
            )
        ]
        if let proxy = info.proxy { lines.append(("proxy", "\(proxy) (SOCKS 5)")) }
        lines += info.tls.map(secrecy) ?? []
        lines += [
            (
                "version",
                "MQTT \(info.version)" + (info.refusedVersion.map { "; \($0) was refused or not answered" } ?? "")
            ),
            ("client identifier", info.clientIdentifier),
            ("user", info.userName ?? "anonymous"),
            ("connected since", moment.clock.seconds(info.since)),
            ("keep alive", info.keepAlive == 0 ? "off" : "\(info.keepAlive) s"),
            ("session", info.isSessionPresent ? "resumed" : "new"),
        ]
        lines += PropertyText.lines(info.properties)
        if info.version == .v5_0 {
            if info.properties.receiveMaximum == nil { lines.append(("Receive Maximum", "65,535 (not limited)")) }
            if info.properties.maximumPacketSize == nil { lines.append(("Maximum Packet Size", "not limited")) }
        } else {
            lines.append(("limits", "MQTT \(info.version) tells none"))
        }
        return lines
    }

    /// What was agreed on in TLS, and how it is known whom to: never more than was checked.
    private static func secrecy(_ tls: TLSInfo) -> [(name: String, value: String)] {
        let check =
            switch tls.check {
            case .authority: "certificate checked"
            case .fingerprint: "fingerprint checked"
            case .preSharedKey: "pre-shared key"
            case .none: "broker NOT checked: it may be anyone"
            }
        let lines = [("TLS", "\(tls.version.rawValue), \(check)")]
        guard let certificate = tls.certificate else { return lines }
        return lines + [
            ("certificate", "\(certificate.subject), signed by \(certificate.issuer)"),
            ("valid", "\(Advice.date(certificate.notBefore)) to \(Advice.date(certificate.notAfter))"),
            ("for", certificate.names.joined(separator: ", ")),
            ("fingerprint", certificate.fingerprint.description),
        ]
    }

    /// Draws the facts.
    func draw(in rect: Rect, on surface: inout Surface, isFocused: Bool, lines: [(name: String, value: String)]) {
        surface.title("Connection", notes: [], in: rect, isFocused: isFocused)
        let content = rect.content
        let nameWidth = min(lines.map { Surface.width(of: $0.name) }.max() ?? 0, max(8, content.columns / 2))
        let top = min(scroll, max(0, lines.count - content.rows))
        for (offset, line) in lines[top...].enumerated() where offset < content.rows {
            let row = content.row + offset
            surface.put(line.name, row: row, column: content.column + 1, width: nameWidth, role: .textDim)
            let column = content.column + 3 + nameWidth
            surface.put(
                line.value, row: row, column: column, width: content.column + content.columns - 1 - column, role: .text)
        }
    }
}

/// The subscriptions and how each stands.
struct SubscriptionsPane {
    /// The subscriptions in the order they were made.
    private(set) var entries: [(filter: TopicFilter, state: SubscriptionState)] = []
    private var index = 0

    /// The selected filter.
    var selected: TopicFilter? { entries.indices.contains(index) ? entries[index].filter : nil }

    /// The filters that are subscribed to, or asked for.
    var standing: [TopicFilter] {
        entries.filter { if case .refused = $0.state { false } else { true } }.map(\.filter)
    }

    /// Whether the broker has granted any.
    var isAnyGranted: Bool { entries.contains { if case .granted = $0.state { true } else { false } } }

    /// A granted subscription to some topics that `filter` matches too.
    func overlapping(_ filter: TopicFilter) -> TopicFilter? {
        entries.first {
            guard case .granted = $0.state, $0.filter != filter else { return false }
            return $0.filter.overlaps(filter)
        }?.filter
    }

    /// A subscription changed.
    mutating func update(_ filter: TopicFilter, _ state: SubscriptionState) {
        let known = entries.firstIndex { $0.filter == filter }
        switch (state, known) {
        case (.removed, let known?): entries.remove(at: known)
        case (.removed, nil): break
        case (_, let known?): entries[known].state = state
        case (_, nil): entries.append((filter, state))
        }
        index = min(index, max(0, entries.count - 1))
    }

    /// Does `action`; `false` when it means nothing here.
    mutating func perform(_ action: Action, height: Int) -> Bool {
        switch action {
        case .up: index -= 1
        case .down: index += 1
        case .pageUp: index -= max(1, height - 1)
        case .pageDown: index += max(1, height - 1)
        case .first: index = 0
        case .last: index = entries.count - 1
        default: return false
        }
        index = min(max(0, index), max(0, entries.count - 1))
        return true
    }

    /// Draws the subscriptions.
    func draw(in rect: Rect, on surface: inout Surface, isFocused: Bool, isConnected: Bool) {
        surface.title(
            "Subscriptions", notes: [isFocused ? "a add, d remove" : ""].filter { !$0.isEmpty }, in: rect,
            isFocused: isFocused)
        let content = rect.content
        let top = max(0, index - content.rows + 1)
        for (offset, entry) in entries.dropFirst(top).enumerated() where offset < content.rows {
            let row = content.row + offset
            let end = content.column + content.columns - 1
            let (text, role) = isConnected ? Self.words(entry.state) : ("waits for the connection", .stateBusy)
            let width = Surface.width(of: text)
            surface.put(
                entry.filter.string, row: row, column: content.column + 1, width: max(4, content.columns - width - 4),
                role: .topicName)
            surface.put(right: text, row: row, end: end, role: role)
            if top + offset == index, isFocused {
                surface.paint(
                    Rect(row: row, column: content.column, rows: 1, columns: content.columns), role: .selection)
            }
        }
        if entries.isEmpty {
            surface.put("none yet", row: content.row, column: content.column + 1, role: .textDim)
        }
    }

    private static func words(_ state: SubscriptionState) -> (String, Role) {
        switch state {
        case .requested: ("requested", .stateBusy)
        case .granted(let qos): ("granted, QoS \(qos.rawValue)", .stateGood)
        case .refused(let code, _): ("refused: \(code)", .stateBad)
        case .removed: ("removed", .textDim)
        case .notRemoved(let code): ("not removed: \(code)", .stateBad)
        }
    }
}

/// What went over the wire.
struct TracePane {
    /// The latest packets.
    var ring = TraceRing()
    private var state = ListState()

    /// Does `action`; `false` when it means nothing here.
    mutating func perform(_ action: Action, height: Int, moment: Moment) -> Bool {
        switch action {
        case .up, .down, .pageUp, .pageDown, .first, .last:
            let ring = self.ring
            state.move(
                action, count: count(moment), height: height, index: ring.index(of: state.selected),
                identifier: { ring.identifier($0) })
        default: return false
        }
        return true
    }

    /// Packets shown: all, or those before the pause.
    private func count(_ moment: Moment) -> Int {
        guard moment.frozenAt != nil else { return ring.count }
        var count = ring.count
        while count > 0, ring[count - 1].time > moment.now { count -= 1 }
        return count
    }

    /// Draws the trace.
    func draw(in rect: Rect, on surface: inout Surface, isFocused: Bool, moment: Moment, clientIdentifier: String) {
        surface.title(
            "Wire trace", notes: ["latest \(Format.plural(TraceRing.capacity, "packet"))"], in: rect,
            isFocused: isFocused,
            columns: [(state.words(moment), rect.columns - 1)])
        let content = rect.content
        let window = state.window(
            count: count(moment), height: content.rows, index: ring.index(of: state.selected))
        for (offset, index) in window.range.enumerated() {
            let record = ring[index]
            let row = content.row + offset
            let column = content.column + 1
            surface.put(moment.clock.milliseconds(record.time), row: row, column: column, role: .time)
            surface.put(
                TraceRing.text(record, clientIdentifier: clientIdentifier), row: row, column: column + 14,
                width: content.columns - 16, role: record.direction == .sent ? .text : .textDim)
            if index == window.selected {
                let look: Role = isFocused ? .selection : .selectionUnfocused
                surface.paint(Rect(row: row, column: content.column, rows: 1, columns: content.columns), role: look)
            }
        }
    }
}
