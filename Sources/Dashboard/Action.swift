/// Everything a key can do.
enum Action: String, CaseIterable {
    case quit, suspend, repaint
    case overview, messages, connection
    case nextPane = "next-pane"
    case previousPane = "previous-pane"
    case zoom, filter
    case nextMatch = "next-match"
    case previousMatch = "previous-match"
    case help, commands, publish, pause
    case copyTopic = "copy-topic"
    case copyPayload = "copy-payload"
    case clearRetained = "clear-retained"
    case reconnect
    case limitToBranch = "limit-to-branch"
    case toggleSystem = "toggle-system"
    case close
    case up, down
    case pageUp = "page-up"
    case pageDown = "page-down"
    case first, last
    case expand, collapse, open, sort
    case expandAll = "expand-all"
    case collapseAll = "collapse-all"
    case nextFormat = "next-format"
    case older, newer
    case subscribe, unsubscribe
    case send
    case nextField = "next-field"
    case previousField = "previous-field"
    case accept
    case confirm, decline
}

/// Where an action's keys are live.
enum Scope: CaseIterable {
    /// Everywhere but in text fields and questions.
    case everywhere
    /// Panes that are lists.
    case list
    /// The topic tree.
    case tree
    /// The detail of the selected topic.
    case detail
    /// The subscriptions.
    case subscriptions
    /// The compose pane.
    case composer
    /// A one-line prompt.
    case prompt
    /// A question.
    case question

    /// The heading in the help.
    var title: String {
        switch self {
        case .everywhere: "Everywhere"
        case .list: "In lists"
        case .tree: "Topics"
        case .detail: "Detail of a topic"
        case .subscriptions: "Subscriptions"
        case .composer: "Publish"
        case .prompt: "In a prompt"
        case .question: "In a question"
        }
    }
}
