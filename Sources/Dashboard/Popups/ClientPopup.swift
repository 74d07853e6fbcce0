import Broker
import MQTT
import Screen

/// All that is known of one client of the broker.
struct ClientPopup {
    /// Its Client Identifier.
    let identifier: String
    private var scroll = 0

    /// The popup of the client `identifier`.
    init(identifier: String) { self.identifier = identifier }

    /// A line: what it tells, and that; `name` is empty where a line goes on.
    struct Row: Equatable {
        /// What it tells.
        var name: String
        /// That.
        var value: String
        /// Whether somebody should look at it.
        var isAlarm = false
    }

    // MARK: What is known

    /// What `roster` knows of it. What the log did not say is said to be unknown, never left out or guessed; `whyUnseen`
    /// tells why the log says nothing now.
    func rows(_ roster: borrowing Roster, whyUnseen: String?, moment: Moment) -> [Row] {
        guard let client = roster[identifier] else {
            return [Row(name: "", value: "It is no longer known: the broker started anew, or others took its place.")]
        }
        let isSeen = client.cleanStart != nil
        let unseen = "not known: it was not seen to connect"
        var rows = [
            Row(name: "client identifier", value: identifier + Self.remark(client)),
            Row(name: "state", value: Self.state(client)),
            Row(name: "address", value: client.peer?.description ?? "not known"),
            Row(name: "user", value: client.userName ?? (isSeen ? "none" : unseen)),
            Row(
                name: "protocol",
                value: client.version.map { "MQTT \($0)" }
                    ?? (isSeen ? "not told (mosquitto 1 does not)" : unseen)),
            Row(
                name: "clean session",
                value: client.cleanStart.map { $0 ? "yes" : "no: the broker keeps its session" } ?? unseen),
            Row(name: "keep-alive", value: client.keepAlive.map { $0 == 0 ? "off" : "\($0) s" } ?? unseen),
            Row(name: "listener", value: client.listener ?? "not told: WebSocket, or not seen to connect"),
            Row(
                name: "TLS",
                value: client.encryption.map { "\($0.version), \($0.cipher)" } ?? "none told (only mosquitto 2.1 does)"),
            Row(name: "connected since", value: Self.since(client, roster, moment)),
        ]
        if let end = client.lastEnd, let words = client.lastEndWords {
            rows.append(Row(name: "last disconnect", value: "\(Self.time(end.moment, moment)): \(words)"))
        } else {
            rows.append(Row(name: "last disconnect", value: "none seen"))
        }
        if let refusal = client.lastRefusal, let words = client.lastRefusalWords {
            let value = "\(Self.time(refusal.moment, moment)): \(words)"
            rows.append(Row(name: "last refused", value: value, isAlarm: true))
        }
        rows.append(Row(name: "reconnects", value: client.reconnects == 0 ? "none seen" : "\(client.reconnects)"))
        let missing = roster.missingConfiguration(at: moment.now)
        return rows
            + Self.subscriptions(
                client, missing: whyUnseen == nil ? missing : [], whyUnseen: whyUnseen,
                isLogged: roster.hasSeenSubscriptions)
    }

    private static func remark(_ client: RosterClient) -> String {
        client.isUs ? "  (mqscope itself)" : client.isBridge ? "  (a bridge: another broker)" : ""
    }

    private static func state(_ client: RosterClient) -> String {
        switch client.state {
        case .connected: client.isInferred ? "connected, as a line that names it tells" : "connected"
        case .away: client.isInferred ? "not connected, by what else happened" : "not connected"
        case .unknown: "not known: the log was not seen for a while, or only mentions it"
        }
    }

    private static func since(_ client: RosterClient, _ roster: borrowing Roster, _ moment: Moment) -> String {
        if client.state == .away { return "not connected" }
        if let since = client.since { return time(since, moment) }
        guard roster.hasSeenConnections else {
            return "not known: no client was logged to connect (connection_messages)"
        }
        return roster.knownSince.map { "before \(moment.time(of: $0)), when the log was first seen" }
            ?? "not known"
    }

    /// When something was, and how long ago that is.
    private static func time(_ event: LogMoment, _ moment: Moment) -> String {
        let ours = moment.clock.epochSeconds(moment.now)
        let seconds =
            event.epochSeconds.map { (moment.brokerSeconds ?? ours) &- $0 }
            ?? (ours &- moment.clock.epochSeconds(event.arrival))
        let age = Format.age(nanoseconds: max(0, min(seconds, 1 << 32)) &* 1_000_000_000)
        return "\(moment.time(of: event)) (\(age == "now" ? age : age + " ago"))"
    }

    private static func subscriptions(
        _ client: RosterClient, missing: [String], whyUnseen: String?, isLogged: Bool
    ) -> [Row] {
        var values = client.subscriptions.map { "\($0.filter)  (QoS \($0.qos.rawValue))" }
        if client.hasMoreSubscriptions { values.append("and more than are kept here") }
        var isAlarm = false
        if let whyUnseen {
            values.append(values.isEmpty ? "not known: \(whyUnseen)" : "perhaps others now: \(whyUnseen)")
        } else if !missing.isEmpty {
            // A line each, so that what is to be added is never cut.
            values.append("not known: mosquitto.conf lacks \(missing[0])")
            values += missing.dropFirst().map { "and \($0)" }
            isAlarm = true
        } else if !client.isSessionSeenWhole {
            values.append(
                values.isEmpty
                    ? "none seen; it may have some from before" : "perhaps more, from before the log was seen")
        }
        if values.isEmpty { values = [isLogged ? "none" : "none seen yet"] }
        return values.enumerated().map { index, value in
            Row(
                name: index == 0 ? "subscriptions" : "", value: value,
                isAlarm: isAlarm && index >= values.count - missing.count)
        }
    }

    // MARK: Keys

    /// Scrolls; `false` when the key closes the popup.
    mutating func perform(_ action: Action?, height: Int, count: Int) -> Bool {
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

    // MARK: Drawing

    /// Where it stands on a screen of `size`, with `count` rows in it.
    static func frame(_ size: Size, count: Int) -> Rect {
        let columns = min(size.columns - 2, 92)
        let rows = min(size.rows - 2, count + 2)
        return Rect(row: (size.rows - rows) / 2, column: (size.columns - columns) / 2, rows: rows, columns: columns)
    }

    /// Draws it.
    func draw(on surface: inout Surface, rows: [Row], size: Size, jumpKey: String) {
        let footer = "↑ ↓ scroll, \(jumpKey) its lines in the broker log, any other key closes"
        let content = surface.window(Self.frame(size, count: rows.count), title: "Client", footer: footer)
        let nameWidth = 17
        let top = min(scroll, max(0, rows.count - content.rows))
        for (offset, line) in rows[top...].enumerated() where offset < content.rows {
            let row = content.row + offset
            let hasName = !rows[0].name.isEmpty
            surface.put(line.name, row: row, column: content.column, width: nameWidth, role: .textDim)
            let column = content.column + (hasName ? nameWidth + 2 : 0)
            surface.put(
                line.value, row: row, column: column, width: content.column + content.columns - column,
                role: line.isAlarm ? .logWarning : .popup)
        }
    }
}
