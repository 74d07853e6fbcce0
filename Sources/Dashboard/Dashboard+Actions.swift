import Broker
import MQTT
import Monitor
import Screen

extension Dashboard {
    /// Why an action cannot be done now; `nil` when it can.
    func whyNot(_ action: Action) -> String? {
        switch action {
        case .publish, .clearRetained, .send:
            if permit == nil { return "--read-only" }
            guard action == .clearRetained else { return nil }
            guard let summary = selectedTopic.map({ store.summary($0) }), summary.messageCount > 0 else {
                return "no topic with a message is selected"
            }
            return summary.payloadLength == 0 ? "the latest message is empty, nothing is retained" : nil
        case .copyTopic: return selectedTopic == nil ? "no topic is selected" : nil
        case .copyPayload:
            return selectedTopic.map { store.summary($0).messageCount > 0 } == true ? nil : "no message is selected"
        case .nextMatch, .previousMatch: return tree.outline.filter.isEmpty ? "there is no filter" : nil
        case .unsubscribe: return subscriptions.selected == nil ? "there is no subscription" : nil
        case .reconnect:
            // Pressed to end the wait, it may come just behind the connection that it asks for.
            guard isConnected, let info, now.since(info.since) < 1_000_000_000 else { return nil }
            return "connected a moment ago"
        case .logAgain: return logOff == nil ? "the log is on" : isConnected ? nil : "there is no connection"
        case .jump where focus == .log:
            switch log.selectedEvent {
            case .broker, .connection: return nil
            case .publication, nil: return "no event of the broker or the connection is selected"
            }
        case .jump where focus == .brokerLog:
            return brokerLog.selected?.client == nil ? "no line about a client is selected" : nil
        case .open where focus == .clients: return clients.selected == nil ? "there is no client" : nil
        case .jump, .exportCSV, .exportJSON: return clients.selected == nil ? "there is no client" : nil
        default: return nil
        }
    }

    /// Does an action, or says why it cannot be done.
    mutating func perform(_ action: Action) -> [Effect] {
        if let why = whyNot(action) {
            tell("Not now: \(why).")
            return []
        }
        switch action {
        case .quit: return [.quit]
        case .suspend: return [.suspend]
        case .repaint: return [.repaint]
        case .reconnect: return [.reconnect]
        case .overview: show(.overview)
        case .messages: show(.messages)
        case .broker: show(.broker)
        case .connection: show(.connection)
        case .jump: jump()
        case .metrics: toggleMetrics()
        case .logAgain: return takeLogAgain()
        case .exportCSV, .exportJSON: return export(action)
        case .nextPane: moveFocus(1)
        case .previousPane: moveFocus(-1)
        case .zoom: zoomed = zoomed == nil ? focus : nil
        case .help: popup = .help(HelpPopup())
        case .filter:
            popup = .prompt(
                Prompt(purpose: .filter(before: filterText), input: TextInput(filterText)))
        case .commands: popup = .prompt(Prompt(purpose: .command, input: TextInput()))
        case .subscribe: popup = .prompt(Prompt(purpose: .subscribe, input: TextInput()))
        case .unsubscribe: return subscriptions.selected.map { [.unsubscribe([$0])] } ?? []
        case .pause: togglePause()
        case .publish: beginPublishing()
        case .clearRetained: askToClear()
        case .copyTopic, .copyPayload: return copy(action)
        case .limitToBranch: limitToBranch()
        case .toggleSystem: toggleSystem()
        case .timeline: toggleTimeline()
        case .close: goBack()
        default: performInPane(action)
        }
        return []
    }

    private mutating func performInPane(_ action: Action) {
        let height = layout.contentRows(of: focus)
        switch focus {
        case .tree:
            let isLeaf = tree.selected.map { !store.hasChildren($0) } ?? false
            if action == .open, isLeaf || size.columns >= Layout.wide {
                if isLeaf { openDetail() } else { _ = tree.perform(.open, store: store, height: height) }
            } else {
                _ = tree.perform(action, store: store, height: height)
            }
        case .detail: _ = detail.perform(action, store: store, height: height)
        case .log:
            _ = log.perform(action, height: height, frozen: pause?.first)
            if let sequence = log.selectedMessage, let record = store.record(sequence) {
                tree.reveal(record.topic, store: store)
            }
        case .brokerLog: _ = brokerLog.perform(action, height: height, moment: moment)
        case .clients where action == .open:
            if let client = clients.selected { popup = .client(ClientPopup(identifier: client)) }
        case .clients: _ = clients.perform(action, height: height)
        case .metrics:
            _ = metrics.perform(action, height: height, width: layout.rect(of: .metrics)?.columns ?? 0)
        case .alarms:
            let roster = self.roster
            _ = alarms.perform(action, count: roster.alarms.count + roster.pastAlarms.count, height: height)
        case .facts:
            _ = facts.perform(action, count: FactsPane.lines(info, moment: moment).count, height: height)
        case .subscriptions: _ = subscriptions.perform(action, height: height)
        case .losses: _ = losses.perform(action, count: lossRows.count, height: height)
        case .trace: _ = trace.perform(action, height: height, moment: moment)
        }
        if action == .nextMatch || action == .previousMatch, focus != .tree {
            _ = tree.perform(action, store: store, height: height)
        }
    }

    private mutating func openDetail() {
        showsDetail = true
        zoomed = nil
        focus = .detail
    }

    private mutating func moveFocus(_ step: Int) {
        let panes = layout.panes.map(\.pane)
        guard !panes.isEmpty else { return }
        if zoomed != nil {
            zoomed = nil
            let all = layout.panes.map(\.pane)
            let index = all.firstIndex(of: focus) ?? 0
            focus = all[(index + step + all.count) % all.count]
            zoomed = focus
            return
        }
        let index = panes.firstIndex(of: focus) ?? (step > 0 ? -1 : 0)
        focus = panes[(index + step + panes.count) % panes.count]
    }

    private mutating func goBack() {
        if zoomed != nil {
            zoomed = nil
        } else if showsDetail, size.columns < Layout.wide, view == .overview {
            showsDetail = false
            focus = .tree
        } else if view == .broker, layout.rect(of: .clients) == nil {
            showsMetrics = false
            focus = .clients
        } else if view == .broker, !brokerLog.selection.filter.isEmpty || !clients.text.isEmpty {
            setFilter("")
            brokerLog.selection.filter = LogFilter()
        } else if view != .broker, !tree.outline.filter.isEmpty {
            setFilter("")
        } else if log.log.scope.branch != nil {
            log.log.scope.branch = nil
        } else if view != .overview {
            show(.overview)
        }
        notice = nil
    }

    private mutating func togglePause() {
        pause =
            pause == nil ? (now, Moment.Frozen(sequence: store.nextSequence, mark: log.timeline.next)) : nil
        pausedClients = pause == nil ? nil : (brokerLog.log.roster, slots.clientsConnected)
        tree.setPaused(pause != nil)
    }

    private mutating func limitToBranch() {
        guard log.log.scope.branch == nil else {
            log.log.scope.branch = nil
            return
        }
        guard let topic = selectedTopic else { return tell("Not now: no topic is selected.") }
        log.log.scope.branch = topic
        if store.isSystem(topic) { log.log.scope.includesSystem = true }
    }

    private mutating func toggleSystem() {
        log.log.scope.includesSystem.toggle()
        tell(log.log.scope.includesSystem ? "The message log shows $SYS too." : "The message log leaves $SYS out.")
    }

    private mutating func toggleTimeline() {
        log.timeline.isShown.toggle()
        tell(
            log.timeline.isShown
                ? "Events among the messages: B broker, C connection, P own publishes."
                : "Messages only, no events among them.")
    }

    // MARK: Clients

    /// From a client to its lines of the log and back to all; from a line to its client; from an event among the messages
    /// to where it is told in full.
    private mutating func jump() {
        if focus == .log {
            switch log.selectedEvent {
            case .broker(let line):
                show(.broker, focus: .brokerLog)
                clients.text = ""
                brokerLog.select(line)
            case .connection: show(.connection)
            case .publication, nil: break
            }
            return
        }
        if focus == .brokerLog, let client = brokerLog.selected?.client {
            clients.select(client)
            clients.text = ""
            brokerLog.selection.filter.text = ""
            return show(.broker, focus: .clients)
        }
        guard let client = clients.selected else { return }
        let isShown = brokerLog.selection.filter.client == client
        brokerLog.selection.filter.client = isShown ? nil : client
    }

    /// From the clients and what is below them to the statistics, and back.
    private mutating func toggleMetrics() {
        showsMetrics = focus != .metrics
        focus = showsMetrics ? .metrics : .clients
        if zoomed != nil { zoomed = focus }
    }

    /// The clients as they are listed, as a file.
    private func export(_ action: Action) -> [Effect] {
        let file = RosterExport(clients.clients, clockOffset: clock.offset)
        let isCSV = action == .exportCSV
        return [.save(name: "mqscope-clients", suffix: isCSV ? "csv" : "json", isCSV ? file.csv : file.json)]
    }

    // MARK: Publishing

    private mutating func beginPublishing() {
        isComposing = true
        // What the broker says of itself is not for others to publish.
        let topic = selectedTopic.flatMap { store.isSystem($0) ? nil : store.topic($0) } ?? []
        composer.begin(topic: String(decoding: topic, as: UTF8.self))
    }

    private mutating func askToClear() {
        guard let id = selectedTopic else { return }
        let text = String(decoding: store.topic(id), as: UTF8.self)
        guard let topic = try? TopicName(text) else { return tell("Not now: this topic cannot be published to.") }
        askToClear(with: Message(topic: topic, qos: .atLeastOnce, isRetained: true))
    }

    /// Asks before an empty retained message is published, which clears what the broker retains.
    mutating func askToClear(with message: Message) {
        popup = .question(
            Question(
                lines: [
                    "Clear the retained message of", "  \(message.topic)", "on \(options.endpoint)?",
                    "It is gone for every client, and cannot be undone.",
                ],
                message: message))
    }

    /// Asks for a publish; only with a permit.
    mutating func publish(_ message: Message, isClearing: Bool) -> [Effect] {
        guard let permit else { return [] }
        let id = RequestID(rawValue: nextRequest)
        nextRequest += 1
        let publication = Composer.Publication(
            id: id, message: message, asked: now, outcome: .queued, isClearing: isClearing,
            version: info?.version ?? .v5_0)
        composer.add(publication)
        log.timeline.append(publication, before: store.nextSequence)
        return [.publish(permit, id, message)]
    }

    private mutating func copy(_ action: Action) -> [Effect] {
        guard let id = selectedTopic else { return [] }
        if action == .copyTopic {
            let topic = store.topic(id)
            tell("Topic \(LogPane.shortened(topic, to: 40)) handed to the terminal for its clipboard.")
            return [.copy(topic)]
        }
        var payload = store.latestPayload(id)
        if focus == .log, let sequence = log.selectedMessage, let record = store.record(sequence) {
            payload = store.payload(record)
        } else if let pinned = detail.pinned, let record = store.record(pinned), record.topic == id {
            payload = store.payload(record)
        }
        tell("Payload (\(Format.bytes(payload.count))) handed to the terminal for its clipboard.")
        return [.copy(payload)]
    }
}
