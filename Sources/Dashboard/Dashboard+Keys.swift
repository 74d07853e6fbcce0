import Broker
import MQTT
import Monitor
import Screen

extension Dashboard {
    // MARK: Keys

    /// Takes a key: what stands over the panes gets it first.
    mutating func handle(_ key: Key) -> [Effect] {
        if notice?.until.nanoseconds == .max { notice = nil }
        prepare()  // keys mean the rows as they are after the key before
        if key == .control("c") { return [.quit] }
        if key == .control("z") { return [.suspend] }
        if key == .control("l") { return [.repaint] }
        switch popup {
        case .help(let help): return handle(key, help)
        case .client(let client): return handle(key, client)
        case .prompt(let prompt): return handle(key, prompt)
        case .question(let question): return handle(key, question)
        case nil: break
        }
        if isComposing { return handleComposer(key) }
        guard let action = ActionTable.action(for: key, in: scopes(of: focus)) else { return [] }
        return perform(action)
    }

    /// Takes pasted text.
    mutating func paste(_ text: String) -> [Effect] {
        if case .prompt(var prompt) = popup {
            prompt.input.paste(text)
            popup = .prompt(prompt)
            typed(prompt)
        } else if popup == nil, isComposing {
            composer.paste(text)
        } else {
            tell("Pasted text goes into the publish pane (p) or a prompt; nothing was done with it.")
        }
        return []
    }

    /// Where keys are looked up while `pane` has the focus.
    private func scopes(of pane: Pane) -> [Scope] {
        switch pane {
        case .tree: [.tree, .list, .everywhere]
        case .detail: [.detail, .list, .everywhere]
        case .subscriptions: [.subscriptions, .list, .everywhere]
        case .clients: [.clients, .broker, .list, .everywhere]
        case .metrics, .alarms: [.broker, .list, .everywhere]
        case .brokerLog:
            view == .broker ? [.brokerLog, .broker, .list, .everywhere] : [.brokerLog, .list, .everywhere]
        case .log: [.log, .list, .everywhere]
        case .facts, .losses, .trace: [.list, .everywhere]
        }
    }

    private mutating func handle(_ key: Key, _ help: HelpPopup) -> [Effect] {
        var help = help
        let rows = HelpPopup.rows(whyNot: [:]).count
        let height = HelpPopup.frame(size).rows - 2
        let isOpen = help.perform(ActionTable.action(for: key, in: [.list]), height: height, count: rows)
        popup = isOpen ? .help(help) : nil
        return []
    }

    private mutating func handle(_ key: Key, _ client: ClientPopup) -> [Effect] {
        var client = client
        let rows = client.rows(roster, whyUnseen: whyUnseen, moment: moment).count
        let height = ClientPopup.frame(size, count: rows).rows - 2
        let action = ActionTable.action(for: key, in: [.list, .clients])
        let isOpen = client.perform(action, height: height, count: rows)
        popup = isOpen ? .client(client) : nil
        guard action == .jump else { return [] }
        // The one that is looked at, whatever has become of the list meanwhile.
        clients.select(client.identifier)
        return perform(.jump)
    }

    private mutating func handle(_ key: Key, _ question: Question) -> [Effect] {
        switch ActionTable.action(for: key, in: [.question]) {
        case .confirm:
            popup = nil
            return publish(question.message, isClearing: true)
        case .decline: popup = nil
        default: break
        }
        return []
    }

    private mutating func handleComposer(_ key: Key) -> [Effect] {
        switch ActionTable.action(for: key, in: [.composer]) {
        case .send:
            guard let message = composer.message() else { return [] }
            guard message.isRetained, message.payload.isEmpty else { return publish(message, isClearing: false) }
            askToClear(with: message)
        case .nextField: composer.move(1)
        case .previousField: composer.move(-1)
        case .close: isComposing = false
        case .older: composer.scroll(1)
        case .newer: composer.scroll(-1)
        default: composer.handle(key)
        }
        return []
    }

    // MARK: Prompts

    private mutating func handle(_ key: Key, _ prompt: Prompt) -> [Effect] {
        var prompt = prompt
        prompt.problem = nil
        switch ActionTable.action(for: key, in: [.prompt]) {
        case .accept: return accept(prompt)
        case .close:
            if case .filter(let before) = prompt.purpose { setFilter(before) }
            popup = nil
            return []
        default: break
        }
        if prompt.purpose == .command, key == .up || key == .down {
            let last = max(0, prompt.candidates.count - 1)
            prompt.choice = min(max(0, prompt.choice + (key == .up ? -1 : 1)), last)
        } else if prompt.input.handle(key) {
            prompt.choice = 0
        }
        popup = .prompt(prompt)
        typed(prompt)
        return []
    }

    /// What was typed takes effect while it is typed.
    private mutating func typed(_ prompt: Prompt) {
        if case .filter = prompt.purpose { setFilter(prompt.input.text) }
    }

    private mutating func accept(_ prompt: Prompt) -> [Effect] {
        var prompt = prompt
        switch prompt.purpose {
        case .filter:
            popup = nil
            return []
        case .command:
            let candidates = prompt.candidates
            popup = nil
            guard candidates.indices.contains(prompt.choice) else { return [] }
            let entry = candidates[prompt.choice]
            focusPane(of: entry.scope)
            return perform(entry.action)
        case .subscribe:
            do {
                let filter = try TopicFilter(prompt.input.text)
                let standing = subscriptions.standing
                if let covering = standing.first(where: { $0.covers(filter) }) {
                    prompt.problem = "\(covering) covers it already"
                } else {
                    popup = nil
                    // A message comes once for each filter that matches: what the new one covers would count twice.
                    let covered = standing.filter { filter.covers($0) }
                    if !covered.isEmpty {
                        tell("\(filter) covers \(covered.map(\.string).joined(separator: ", ")), which is removed.")
                    }
                    let unsubscribe: [Effect] = covered.isEmpty ? [] : [.unsubscribe(covered)]
                    return unsubscribe + [.subscribe([Subscription.watching(filter, qos: options.qos)])]
                }
            } catch {
                prompt.problem = "\(error)"
            }
            popup = .prompt(prompt)
            return []
        }
    }

    /// Brings a pane into sight that knows the actions of `scope`.
    private mutating func focusPane(of scope: Scope) {
        switch scope {
        case .log where layout.rect(of: .log) != nil: focus = .log
        case .log: show(.messages)
        case .tree: show(.overview, focus: .tree)
        case .detail:
            show(.overview, focus: .detail)
            showsDetail = true
        case .subscriptions: show(.connection, focus: .subscriptions)
        case .broker: show(.broker)
        case .clients: show(.broker, focus: .clients)
        case .brokerLog: show(.broker, focus: .brokerLog)
        default: break
        }
    }

    /// The text that what the view shows is filtered by.
    var filterText: String { view == .broker ? clients.text : tree.outline.filter.text }

    /// Shows what matches `text` in the tree and the message log, or in view 3 among clients and in the broker's log.
    mutating func setFilter(_ text: String) {
        guard view != .broker else {
            clients.text = text
            brokerLog.selection.filter.text = text
            return
        }
        let filter = Filter(text)
        guard filter != tree.outline.filter else { return }
        tree.outline.filter = filter
        log.log.scope.filter = filter
    }

    /// Goes to a view and the pane in it that has the focus.
    mutating func show(_ view: View, focus: Pane? = nil) {
        self.view = view
        zoomed = nil
        showsMetrics = false
        switch view {
        case .overview: self.focus = focus ?? .tree
        case .messages: self.focus = focus ?? .log
        case .broker: self.focus = focus ?? .clients
        case .connection: self.focus = focus ?? .subscriptions
        }
    }
}
