import Screen

/// One row of the table of actions.
struct ActionEntry {
    /// What it does.
    let action: Action
    /// Where its keys are live.
    let scope: Scope
    /// The keys; the first is the one shown in hints.
    let keys: [Key]
    /// What it does, for help and palette.
    let title: String
    /// One word for the hint line; empty where it is not hinted.
    let hint: String

    /// An action with its keys; `hint` is its word in the hint line.
    init(_ action: Action, _ scope: Scope, _ keys: [Key], _ title: String, hint: String = "") {
        self.action = action
        self.scope = scope
        self.keys = keys
        self.title = title
        self.hint = hint
    }

    /// The keys as text: `y`, `PgUp`, `q / Ctrl-C`.
    var keyNames: String { keys.map(\.name).joined(separator: " ") }
}

/// The one source of key map, help, hint line and command palette.
enum ActionTable {
    private static func character(_ scalar: Unicode.Scalar) -> Key { .character(scalar) }

    /// Every action, in the order of the help.
    static let entries: [ActionEntry] = [
        ActionEntry(.help, .everywhere, [character("?"), .function(1)], "this help", hint: "help"),
        ActionEntry(
            .filter, .everywhere, [character("/")],
            "filter: a text, or topics by an MQTT filter with + #",
            hint: "filter"),
        ActionEntry(.publish, .everywhere, [character("p")], "compose and publish a message", hint: "publish"),
        ActionEntry(
            .pause, .everywhere, [character(" ")], "pause: freeze what is shown, nothing is missed", hint: "pause"),
        ActionEntry(.nextPane, .everywhere, [.tab], "next pane", hint: "pane"),
        ActionEntry(.previousPane, .everywhere, [.backTab], "previous pane"),
        ActionEntry(.overview, .everywhere, [character("1")], "view 1: overview", hint: "overview"),
        ActionEntry(.messages, .everywhere, [character("2")], "view 2: messages", hint: "messages"),
        ActionEntry(
            .broker, .everywhere, [character("3")], "view 3: the broker's clients, metrics, alarms, log", hint: "broker"
        ),
        ActionEntry(
            .connection, .everywhere, [character("4")], "view 4: connection, subscriptions, wire trace, losses",
            hint: "connection"),
        ActionEntry(.zoom, .everywhere, [character("z")], "zoom the focused pane, and back", hint: "zoom"),
        ActionEntry(
            .limitToBranch, .everywhere, [character("b")], "limit the message log to the selected branch, and back",
            hint: "branch"),
        ActionEntry(
            .toggleSystem, .everywhere, [character("$")], "show $SYS messages in the message log, and hide them"),
        ActionEntry(.nextMatch, .everywhere, [character("n")], "next topic that matches the filter"),
        ActionEntry(.previousMatch, .everywhere, [character("N")], "previous topic that matches the filter"),
        ActionEntry(.copyTopic, .everywhere, [character("y")], "copy the topic (OSC 52, works over SSH)", hint: "copy"),
        ActionEntry(.copyPayload, .everywhere, [character("Y")], "copy the payload"),
        ActionEntry(
            .clearRetained, .everywhere, [.delete], "clear the retained message of the selected topic, after a question"
        ),
        ActionEntry(.reconnect, .everywhere, [character("R")], "connect again, now"),
        ActionEntry(.commands, .everywhere, [character(":")], "find a command by name"),
        ActionEntry(.close, .everywhere, [.escape], "close, go back, drop the filter"),
        ActionEntry(.repaint, .everywhere, [.control("l")], "draw the screen anew"),
        ActionEntry(.suspend, .everywhere, [.control("z")], "suspend to the shell; fg comes back"),
        ActionEntry(.quit, .everywhere, [character("q"), .control("c")], "quit", hint: "quit"),

        ActionEntry(.up, .list, [.up, character("k")], "up"),
        ActionEntry(.down, .list, [.down, character("j")], "down"),
        ActionEntry(.pageUp, .list, [.pageUp], "a page up"),
        ActionEntry(.pageDown, .list, [.pageDown], "a page down"),
        ActionEntry(.first, .list, [.home, character("g")], "to the beginning"),
        ActionEntry(.last, .list, [.end, character("G")], "to the end; a log follows again"),

        ActionEntry(
            .timeline, .log, [character("t")],
            "with events: B the broker, C our connection, P own publishes", hint: "events"),
        ActionEntry(
            .jump, .log, [.enter], "go from an event to the broker's log, or to the connection", hint: "its view"),

        ActionEntry(.expand, .tree, [.right, character("l")], "expand, then go in"),
        ActionEntry(.collapse, .tree, [.left, character("h")], "collapse, then go out"),
        ActionEntry(.open, .tree, [.enter], "show the detail, or expand and collapse a branch"),
        ActionEntry(.sort, .tree, [character("s")], "sort by name, rate, age, count", hint: "sort"),
        ActionEntry(.expandAll, .tree, [character("o")], "expand all"),
        ActionEntry(.collapseAll, .tree, [character("O")], "collapse all"),

        ActionEntry(.nextFormat, .detail, [character("x")], "payload as JSON, text, hex dump", hint: "format"),
        ActionEntry(.older, .detail, [.left, character("h")], "the message before this one", hint: "older"),
        ActionEntry(.newer, .detail, [.right, character("l")], "the message after this one", hint: "newer"),

        ActionEntry(
            .metrics, .broker, [character("m")], "to the broker's metrics, and back to its clients", hint: "metrics"),
        ActionEntry(
            .sort, .clients, [character("s")], "sort by state, since, last end, reconnects, name", hint: "sort"),
        ActionEntry(.open, .clients, [.enter], "show all that is known of the client", hint: "detail"),
        ActionEntry(
            .jump, .clients, [character("l")], "show only this client in the broker log, and all again", hint: "its log"
        ),
        ActionEntry(.exportCSV, .clients, [character("e")], "write the clients to a CSV file", hint: "CSV"),
        ActionEntry(.exportJSON, .clients, [character("E")], "write the clients to a JSON file"),

        ActionEntry(
            .gravity, .brokerLog, [character("v")], "show all lines, notices and worse, or only what matters",
            hint: "severity"),
        ActionEntry(
            .events, .brokerLog, [character("t")],
            "show all lines, connections, failures, subscriptions, or the broker's",
            hint: "events"),
        ActionEntry(.jump, .brokerLog, [.enter], "go to the client of the selected line", hint: "client"),
        ActionEntry(
            .logAgain, .brokerLog, [character("a")], "take the broker's log again after it came too fast",
            hint: "log again"),

        ActionEntry(.subscribe, .subscriptions, [character("a")], "add a subscription", hint: "add"),
        ActionEntry(.unsubscribe, .subscriptions, [character("d")], "remove the selected subscription", hint: "remove"),

        ActionEntry(.send, .composer, [.control("s"), .function(5)], "publish it", hint: "publish it"),
        ActionEntry(.nextField, .composer, [.tab], "next field", hint: "field"),
        ActionEntry(.previousField, .composer, [.backTab], "previous field"),
        ActionEntry(.older, .composer, [.pageUp], "what became of earlier ones"),
        ActionEntry(.newer, .composer, [.pageDown], "what became of later ones"),
        ActionEntry(.close, .composer, [.escape], "close; the draft is kept", hint: "close"),

        ActionEntry(.accept, .prompt, [.enter], "take it", hint: "take"),
        ActionEntry(.close, .prompt, [.escape], "leave it", hint: "leave"),

        ActionEntry(.confirm, .question, [character("y")], "yes", hint: "yes"),
        ActionEntry(.decline, .question, [character("n"), .escape], "no", hint: "no"),
    ]

    /// The name of the key that is shown for `action` of `scope`; empty where it has none.
    static func keyName(of action: Action, in scope: Scope) -> String {
        entries.first { $0.action == action && $0.scope == scope }?.keys.first?.name ?? ""
    }

    /// The action of `key` in the first of `scopes` that knows it.
    static func action(for key: Key, in scopes: [Scope]) -> Action? {
        for scope in scopes {
            if let entry = entries.first(where: { $0.scope == scope && $0.keys.contains(key) }) { return entry.action }
        }
        return nil
    }
}
