/// What a cell means; the theme says how it looks.
package enum Role: UInt8, CaseIterable, Sendable {
    /// Plain text, and text that may be overlooked.
    case text, textDim
    /// The title of a pane, of the pane that has the keys, and the lines between panes.
    case title, titleFocused, rule
    /// The top line, and what in it needs attention.
    case header, headerAlert
    /// The bottom line: what keys do, and the keys.
    case hint, hintKey
    /// The selected row where keys go, and elsewhere.
    case selection, selectionUnfocused
    /// The topic tree: levels with and without levels below, values just changed, not current or stored by the broker.
    case topicName, topicBranch, topicValue, topicValueChanged, topicValueOld, topicRetained
    /// Numbers beside a topic or message.
    case rate, age, ageStale, time
    /// The parts of JSON.
    case jsonKey, jsonString, jsonNumber, jsonLiteral, jsonPunctuation
    /// The columns of a hex dump.
    case hexOffset, hexBytes, hexText
    /// Lines of the broker log by severity.
    case logError, logWarning, logNotice, logInformation, logSubscribe
    /// The connection: up, on its way, down.
    case stateGood, stateBusy, stateBad
    /// The losses: none, some.
    case lossNone, lossSome
    /// What opens over a view.
    case popup, popupTitle, popupBorder
    /// Text to edit, without and with the cursor.
    case field, fieldFocused
    /// What was searched for, and a question before something that cannot be undone.
    case match, question
    /// What became of a publish.
    case outcomeGood, outcomeWaiting, outcomeBad
    /// Events among the messages: of the broker's log, of our connection, own publishes.
    case eventBroker, eventConnection, eventPublish

    /// The role's name in theme files, as "topic.value.changed".
    package var name: String {
        switch self {
        case .text: "text"
        case .textDim: "text.dim"
        case .title: "pane.title"
        case .titleFocused: "pane.title.focused"
        case .rule: "pane.rule"
        case .header: "header"
        case .headerAlert: "header.alert"
        case .hint: "hint"
        case .hintKey: "hint.key"
        case .selection: "selection"
        case .selectionUnfocused: "selection.unfocused"
        case .topicName: "topic.name"
        case .topicBranch: "topic.branch"
        case .topicValue: "topic.value"
        case .topicValueChanged: "topic.value.changed"
        case .topicValueOld: "topic.value.old"
        case .topicRetained: "topic.retained"
        case .rate: "rate"
        case .age: "age"
        case .ageStale: "age.stale"
        case .time: "time"
        case .jsonKey: "json.key"
        case .jsonString: "json.string"
        case .jsonNumber: "json.number"
        case .jsonLiteral: "json.literal"
        case .jsonPunctuation: "json.punctuation"
        case .hexOffset: "hex.offset"
        case .hexBytes: "hex.bytes"
        case .hexText: "hex.text"
        case .logError: "log.error"
        case .logWarning: "log.warning"
        case .logNotice: "log.notice"
        case .logInformation: "log.information"
        case .logSubscribe: "log.subscribe"
        case .stateGood: "state.good"
        case .stateBusy: "state.busy"
        case .stateBad: "state.bad"
        case .lossNone: "loss.none"
        case .lossSome: "loss.some"
        case .popup: "popup"
        case .popupTitle: "popup.title"
        case .popupBorder: "popup.border"
        case .field: "field"
        case .fieldFocused: "field.focused"
        case .match: "match"
        case .question: "question"
        case .outcomeGood: "outcome.good"
        case .outcomeWaiting: "outcome.waiting"
        case .outcomeBad: "outcome.bad"
        case .eventBroker: "event.broker"
        case .eventConnection: "event.connection"
        case .eventPublish: "event.publish"
        }
    }

    /// The role of this name in theme files; nil for any other text.
    package init?(name: String) {
        guard let role = Role.allCases.first(where: { $0.name == name }) else { return nil }
        self = role
    }
}
