import Broker
import MQTT
import Monitor
package import Screen

extension Dashboard {
    /// Where everything stands now.
    var layout: Layout {
        Layout(
            size: size, view: view, zoomed: zoomed, showsDetail: showsDetail, showsMetrics: showsMetrics,
            bannerRows: bannerRows, isComposing: isComposing)
    }

    private var bannerRows: Int {
        let lines = banner.count
        return lines == 0 ? 0 : size.rows < 14 ? min(lines, 2) : min(lines + 1, size.rows / 2)
    }

    /// Brings what is in sight up to date; once before each frame.
    package mutating func prepare() {
        let moment = self.moment
        let layout = self.layout
        if layout.rect(of: focus) == nil, let first = layout.panes.first?.pane { focus = first }
        tree.prepare(store: store, moment: moment, height: layout.contentRows(of: .tree))
        log.prepare(
            store: store, broker: brokerLog.log, moment: moment, height: layout.contentRows(of: .log))
        detail.show(selectedTopic)
        detail.prepare(store: store, moment: moment, size: layout.rect(of: .detail)?.content.size ?? size)
        brokerLog.prepare(moment: moment)
        if layout.rect(of: .metrics) != nil {
            let refusal = systemRefusal
            metrics.prepare(
                slots, moment: moment, refusal: refusal?.todo, isOff: !watchesSystem && refusal == nil)
        }
        if layout.rect(of: .clients) != nil {
            clients.prepare(roster, moment: moment, height: layout.contentRows(of: .clients))
        }
    }

    /// Draws everything on `surface`; changes nothing.
    package func draw(on surface: inout Surface) {
        surface.reset(to: size)
        surface.cursor = nil
        guard size.rows >= Layout.minimum.rows, size.columns >= Layout.minimum.columns else {
            let text = "mqscope needs \(Layout.minimum.columns)×\(Layout.minimum.rows)"
            surface.put(text, row: size.rows / 2, column: max(0, (size.columns - text.count) / 2), role: .text)
            return
        }
        let layout = self.layout
        let moment = self.moment
        drawStatus(in: layout.status, on: &surface)
        drawBanner(in: layout.banner, on: &surface)
        for (pane, rect) in layout.panes { draw(pane, in: rect, on: &surface, moment: moment) }
        if let tree = layout.rect(of: .tree), let detail = layout.rect(of: .detail) {
            let column = detail.column - 1
            surface.rule(column: column, rows: tree.row..<tree.row + tree.rows, role: .rule)
            surface.put("┬", row: tree.row, column: column, role: .rule)
            if tree.endRow < layout.hint.row { surface.put("┴", row: tree.endRow, column: column, role: .rule) }
        }
        if isComposing { composer.draw(in: layout.composer, on: &surface, moment: moment) }
        drawHint(in: layout.hint, on: &surface)
        switch popup {
        case .help(let help):
            help.draw(in: HelpPopup.frame(size), on: &surface, rows: HelpPopup.rows(whyNot: reasons))
        case .client(let client):
            client.draw(
                on: &surface, rows: client.rows(roster, whyUnseen: whyUnseen, moment: moment), size: size,
                jumpKey: ActionTable.keyName(of: .jump, in: .clients))
        case .prompt(let prompt): prompt.draw(in: layout.hint, on: &surface)
        case .question(let question): question.draw(on: &surface, size: size)
        case nil: break
        }
    }

    private func draw(_ pane: Pane, in rect: Rect, on surface: inout Surface, moment: Moment) {
        let isFocused = pane == focus && !isComposing
        switch pane {
        case .tree: tree.draw(in: rect, on: &surface, isFocused: isFocused, moment: moment, notes: treeNotes)
        case .detail: detail.draw(in: rect, on: &surface, isFocused: isFocused, store: store, moment: moment)
        case .log:
            log.draw(
                in: rect, on: &surface, isFocused: isFocused, store: store, moment: moment, notes: logNotes,
                emptyText: emptyLogText)
        case .brokerLog:
            brokerLog.draw(
                in: rect, on: &surface, isFocused: isFocused, moment: moment, notes: brokerLogNotes,
                emptyText: emptyBrokerLogText, showsStrip: view == .broker, complaint: sourceComplaint)
        case .clients:
            clients.draw(
                in: rect, on: &surface, isFocused: isFocused, moment: moment, notes: clientNotes,
                emptyText: emptyBrokerLogText)
        case .metrics: metrics.draw(in: rect, on: &surface, isFocused: isFocused)
        case .alarms:
            alarms.draw(
                in: rect, on: &surface, isFocused: isFocused, alarms: AlarmsPane.alarms(roster),
                moment: moment, emptyText: ["None."])
        case .facts:
            facts.draw(in: rect, on: &surface, isFocused: isFocused, lines: FactsPane.lines(info, moment: moment))
        case .subscriptions:
            subscriptions.draw(in: rect, on: &surface, isFocused: isFocused, isConnected: isConnected)
        case .losses: losses.draw(in: rect, on: &surface, isFocused: isFocused, lines: lossLines)
        case .trace:
            trace.draw(
                in: rect, on: &surface, isFocused: isFocused, moment: moment,
                clientIdentifier: info?.clientIdentifier ?? "mqscope")
        }
    }

    /// Why actions cannot be done now; those that can are not in it.
    private var reasons: [Action: String] {
        var reasons: [Action: String] = [:]
        for action in Action.allCases { reasons[action] = whyNot(action) }
        return reasons
    }

    // MARK: Notes beside the titles

    private var filterNote: [String] {
        let filter = tree.outline.filter
        guard !filter.isEmpty else { return [] }
        return ["filter: \(filter.text) (\(Format.count(tree.outline.hiddenTopicCount)) hidden)"]
    }

    private var treeNotes: [String] {
        var notes = filterNote
        if let lostAt { notes.insert("old since \(clock.seconds(lostAt))", at: 0) }
        if let pause { notes.insert("paused at \(clock.seconds(pause.now))", at: 0) }
        if tree.outline.order == .count { notes.append("by count") }
        return notes
    }

    private var logNotes: [String] {
        let scope = log.log.scope
        var kinds = [scope.branch.map { "below " + String(decoding: store.topic($0), as: UTF8.self) } ?? "all topics"]
        if scope.includesSystem, scope.branch == nil { kinds.append("$SYS") }
        if log.timeline.isShown { kinds.append("events") }
        var notes = [kinds.joined(separator: " and ")]
        if !scope.filter.isEmpty { notes.append("filter: \(scope.filter.text)") }
        var gone = store.evictedCount > 0 ? ["\(Format.count(store.evictedCount)) older ones"] : []
        if log.timeline.isShown, log.timeline.first > 0 { gone.append(Format.plural(log.timeline.first, "event")) }
        if !gone.isEmpty { notes.append(gone.joined(separator: " and ") + " gone") }
        return notes
    }

    /// Why nothing is known of the broker's clients from its log; `nil` while that is read.
    var whyUnseen: String? {
        guard brokerLogSource?.isReading != true else { return nil }
        if !watchesSystem || systemRefusal != nil { return "the log is not subscribed to" }
        if logOff != nil { return "the log is off" }
        return brokerLog.log.isSilent(at: now) ? "the log is silent" : nil
    }

    private var clientNotes: [String] {
        let roster = self.roster
        guard let since = roster.knownSince else { return [] }
        let start = moment.time(of: since)
        let reach = roster.reachesBrokerStart ? "since the broker's start at" : "known since"
        var known: String = whyUnseen.map { "not known since \(start): \($0)" } ?? "\(reach) \(start)"
        // Without a connection nothing is known of now.
        if let lostAt, brokerLogSource?.isReading != true { known = "as it was at \(clock.seconds(lostAt))" }
        let forgotten = roster.forgottenCount
        if forgotten > 0 { known = "\(Format.count(forgotten)) had no room, others " + known }
        var notes: [String] = [known, roster.census(reported: reportedClients).words]
        if !clients.text.isEmpty { notes.append("filter: \(clients.text)") }
        // Of a log that is not read nothing is missing.
        let missing = whyUnseen != nil ? [] : roster.missingConfiguration(at: now)
        if whyUnseen == nil, !roster.hasSeenConnections, roster.hasSeenStrangers {
            notes.append("no connection was logged (connection_messages)")
        }
        if let first = missing.first { notes.append("subscriptions are not logged (\(first))") }
        return notes
    }

    private var brokerLogNotes: [String] {
        var notes: [String] = []
        if let logOff {
            let why = logOff.isFlood ? "over \(LogRateGuard.limit) lines a second, " : ""
            notes.append("off, a takes it again: \(why)since \(clock.seconds(logOff.since))")
        } else if watchesSystem, let since = roster.knownSince {
            let isSilent = brokerLog.log.count > 0 && brokerLog.log.isSilent(at: now)
            let start = moment.time(of: since)
            notes.append(isSilent ? "nothing since \(start): log_dest topic?" : "known since \(start)")
        }
        let alarmCount = roster.alarms.count
        if view != .broker, alarmCount > 0 { notes.append("\(Format.plural(alarmCount, "alarm")), see 3") }
        if let brokerLogSource, brokerLogSource.isReading { notes.append(words(brokerLogSource)) }
        if view == .broker, brokerLog.log.assumesZone { notes.append("times without a zone: as if of ours") }
        if view == .broker, brokerLog.log.readsTimeless { notes.append("without times: as they were read") }
        if view != .broker, isConnected, let clients = reportedClients {
            notes.append(Format.plural(clients, "client") + " connected")
        }
        return notes
    }

    /// Why the file or command is not read; `nil` while it is.
    private var sourceComplaint: String? {
        guard let source = brokerLogSource, !source.isReading else { return nil }
        return "The broker's log: \(words(source))."
    }

    private func words(_ source: BrokerLogSource) -> String {
        let name = source.name.count > 32 && source.isReading ? source.name.prefix(31) + "…" : source.name
        let way = brokerLog.log.isPastComing ? "still reading" : "also from"
        switch source.state {
        case .reading: return "\(way) \(name)"
        case .readingEnd(let byteCount): return "\(way) the last \(Format.bytes(byteCount)) of \(name)"
        case .failed(let reason, let retryAt):
            let seconds = max(0, (retryAt.since(now) + 999_999_999) / 1_000_000_000)
            return "\(reason); again in \(seconds) s: \(name)"
        }
    }

    // MARK: Words in empty panes

    private var emptyLogText: [String] {
        if let pause, store.oldestSequence >= pause.first.sequence {
            return ["Paused at \(clock.seconds(pause.now)): the messages of that time have left the history since."]
        }
        guard let info else { return ["Not connected."] }
        if !log.log.scope.filter.isEmpty || log.log.scope.branch != nil {
            return ["No message in the history matches; / and b change what is shown, Esc drops it."]
        }
        guard now.since(info.since) >= Self.silence else { return ["No message yet."] }
        let advice = subscriptions.isAnyGranted ? Advice.silence : Advice.noSubscription
        return [advice.what, advice.todo]
    }

    private var emptyBrokerLogText: [String] {
        guard watchesSystem || systemRefusal != nil else {
            return ["The broker log is off: it is not subscribed to (--no-sys, or removed in view 4)."]
        }
        guard let info else { return ["Not connected."] }
        if let advice = systemRefusal { return [advice.what, advice.todo] }
        guard now.since(info.since) >= Self.silence else { return ["No line yet."] }
        return [Advice.noBrokerLog.what, Advice.noBrokerLog.todo].filter { !$0.isEmpty }
    }
}
