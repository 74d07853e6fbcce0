import MQTT
import Monitor
import Screen
import Testing

@testable import Dashboard

/// What the hint line says of a key is what the key does.
@Suite struct HintTests {
    /// A state of the dashboard that may hint keys: the keys that lead to it, and the pane that then has the focus.
    struct State: Sendable, CustomTestStringConvertible {
        /// What it is, in words.
        var name: String
        /// The keys that lead to it from the overview.
        var keys: String
        /// The pane that gets the focus by Tab; `nil` where something else takes the keys.
        var focus: Pane?
        /// Whether the pane fills the screen.
        var isZoomed = false
        /// Its name in a failure.
        var testDescription: String { name }
    }

    /// Every view with every focus, as it is and zoomed, paused, and everything that opens over or below the panes.
    static let states: [State] = {
        let panes = [
            State(name: "topics", keys: "", focus: .tree), State(name: "detail", keys: "<Enter>", focus: .detail),
            State(name: "messages below", keys: "", focus: .log),
            State(name: "broker log", keys: "", focus: .brokerLog), State(name: "messages", keys: "2", focus: .log),
            State(name: "clients", keys: "3", focus: .clients), State(name: "alarms", keys: "3", focus: .alarms),
            State(name: "metrics", keys: "3m", focus: .metrics),
            State(name: "broker log of the broker", keys: "3", focus: .brokerLog),
            State(name: "facts", keys: "4", focus: .facts),
            State(name: "subscriptions", keys: "4", focus: .subscriptions),
            State(name: "losses", keys: "4", focus: .losses), State(name: "trace", keys: "4", focus: .trace),
        ]
        let zoomed = panes.map { State(name: $0.name + ", zoomed", keys: $0.keys, focus: $0.focus, isZoomed: true) }
        let over = [
            State(name: "paused", keys: "<Space>", focus: .tree), State(name: "publish", keys: "p"),
            State(name: "help", keys: "?"), State(name: "filter", keys: "/"), State(name: "commands", keys: ":"),
            State(name: "filter to subscribe to", keys: "4a"), State(name: "question", keys: "<Del>"),
            State(name: "question of the publish pane", keys: "p<Tab><Tab><Tab><Space><Ctrl-S>"),
            State(name: "branch", keys: "<Up>", focus: .detail),
        ]
        return panes + zoomed + over
    }()

    /// A dashboard with two topics of three messages each, the middle one of `b/two` shown, in `state`; `nil` where the
    /// screen is too small for its pane.
    private func driver(_ state: State, _ size: Size) -> Driver? {
        var driver = Driver(rows: size.rows, columns: size.columns)
        driver.connect()
        driver.receive("$SYS/broker/log/N", "1795521605: New connection from 10.0.0.1:5 on port 1883.")
        for number in 1...3 {
            driver.receive("a/one", "\(number)")
            driver.receive("b/two", #"{"number": \#(number)}"#, isRetained: number == 3)
        }
        driver.deliver(.trace([TraceRecord(time: driver.now, direction: .sent, type: .connect)]))
        driver.type("/two<Enter><End><Enter><Left><Esc>1")
        driver.type(state.keys)
        guard let focus = state.focus else { return driver }
        guard driver.dashboard.layout.rect(of: focus) != nil else { return nil }
        while driver.dashboard.focus != focus { driver.type("<Tab>") }
        if state.isZoomed { driver.type("z") }
        return driver
    }

    /// The keys of the hint line with their words, as they stand on the screen.
    private func hints(_ surface: borrowing Surface) -> [(key: String, word: String)] {
        var hints: [(key: String, word: String)] = []
        var wasKey = false
        let row = surface.size.rows - 1
        for column in 0..<surface.size.columns {
            let cell = surface[row, column]
            let isKey = cell.role == .hintKey
            if isKey, !wasKey { hints.append(("", "")) }
            wasKey = isKey
            guard !hints.isEmpty else { continue }
            if isKey { hints[hints.count - 1].key += cell.text } else { hints[hints.count - 1].word += cell.text }
        }
        return hints.map { ($0.key, $0.word.split(separator: " ").joined(separator: " ")) }
    }

    /// All of the screen but the hint line, where what cannot be done is told.
    private func picture(_ driver: inout Driver) -> String {
        let surface = driver.surface()
        var text = ""
        for row in 0..<surface.size.rows - 1 {
            for column in 0..<surface.size.columns {
                text += surface[row, column].text + surface[row, column].role.name
            }
        }
        return text
    }

    /// Whether `driver` is as the word of a hint promises after its key was pressed.
    private func isDone(_ word: String, _ effects: [Effect], _ driver: inout Driver) -> Bool? {
        let screen = driver.screen()
        let topic = driver.dashboard.selectedTopic.map { driver.dashboard.store.topic($0) } ?? []
        switch word {
        case "help": return screen.contains(" Keys ")
        case "quit": return effects == [.quit]
        case "filter": return driver.lines().last?.hasPrefix(" /") == true
        case "publish": return driver.dashboard.isComposing && screen.contains(" Publish ─")
        case "detail": return screen.contains(" Client ")
        case "pause": return screen.contains("‖ paused") || driver.dashboard.pause != nil && driver.size.columns < 60
        case "go on": return driver.dashboard.pause == nil
        case "overview": return driver.dashboard.view == .overview && screen.contains(" Topics ─")
        case "messages": return driver.dashboard.view == .messages && screen.contains(" Messages ─")
        case "broker": return driver.dashboard.view == .broker && screen.contains(" Clients ─")
        case "metrics": return driver.dashboard.focus == .metrics && screen.contains(" Metrics ─")
        case "clients": return driver.dashboard.focus == .clients && screen.contains(" Clients ─")
        case "log again": return effects == [.subscribe([.watching(.system, qos: .atMostOnce)])]
        case "CSV":
            guard case .save(_, "csv", _)? = effects.first else { return false }
            return true
        case "connection": return driver.dashboard.view == .connection && screen.contains(" Subscriptions ─")
        case "branch": return screen.contains("below \(String(decoding: topic, as: UTF8.self))")
        case "copy": return effects == [.copy(topic)]
        case "add": return driver.lines().last?.hasPrefix(" subscribe to:") == true
        case "remove": return effects == [.unsubscribe([.system])]
        case "publish it":
            guard case .publish(_, _, let message)? = effects.first else { return false }
            return effects.count == 1 && message.topic.string == "b/two"
        case "close": return !driver.dashboard.isComposing
        case "yes":
            guard case .publish(_, _, let message)? = effects.first else { return false }
            return message.isRetained && message.payload.isEmpty && driver.dashboard.popup == nil
        case "no": return effects.isEmpty && driver.dashboard.popup == nil
        // That the screen changes says it.
        case "pane", "zoom", "sort", "format", "older", "newer", "field", "its log", "its view", "severity", "events",
            "client":
            return true
        default: return nil
        }
    }

    @Test(arguments: states, [Size(rows: 24, columns: 80), Size(rows: 43, columns: 132), Size(rows: 12, columns: 40)])
    func everyHintedKeyDoesWhatItSays(state: State, size: Size) throws {
        guard var shown = driver(state, size) else {
            #expect(size != Size(rows: 43, columns: 132), "there is room for every pane")
            return
        }
        let hints = hints(shown.surface())
        let before = picture(&shown)
        for hint in hints {
            let key = try #require(Key(name: hint.key), "“\(hint.key) \(hint.word)” names no key")
            guard var driver = driver(state, size) else { return }
            let effects = driver.press(key)
            let isDone = isDone(hint.word, effects, &driver)
            #expect(isDone == true, "\(hint.key) \(hint.word): \(effects)\n\(driver.screen())")
            // A view of one pane looks as that pane does when it fills another view.
            let isSeen = picture(&driver) != before || driver.dashboard.view != shown.dashboard.view
            #expect(
                !effects.isEmpty || isSeen || driver.dashboard.popup != nil,
                "\(hint.key) \(hint.word) changes nothing\n\(driver.screen())")
        }
        let isPrompt = if case .prompt = shown.dashboard.popup { true } else { false }
        let isHelp = if case .help = shown.dashboard.popup { true } else { false }
        #expect(hints.isEmpty == (isPrompt || isHelp), "\(hints)")
    }
}
