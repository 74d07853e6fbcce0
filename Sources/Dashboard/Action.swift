/// Everything a key can do.
enum Action: String, CaseIterable {
    /// Leaves.
    case quit
    /// Gives the terminal back to the shell.
    case suspend
    /// Draws everything anew.
    case repaint
    /// View 1.
    case overview
    /// View 2.
    case messages
    /// View 3.
    case broker
    /// View 4.
    case connection
    /// Focus on the next pane.
    case nextPane = "next-pane"
    /// Focus on the pane before.
    case previousPane = "previous-pane"
    /// Fills the screen with the focused pane.
    case zoom
    /// Asks for a filter.
    case filter
    /// Selects the next topic that matches.
    case nextMatch = "next-match"
    /// Selects the topic before that matches.
    case previousMatch = "previous-match"
    /// Shows the keys.
    case help
    /// Finds an action by name.
    case commands
    /// Opens the compose pane.
    case publish
    /// Freezes what is shown.
    case pause
    /// Copies the topic.
    case copyTopic = "copy-topic"
    /// Copies the payload.
    case copyPayload = "copy-payload"
    /// Clears a retained message.
    case clearRetained = "clear-retained"
    /// Connects now.
    case reconnect
    /// Limits the message log to the selected branch.
    case limitToBranch = "limit-to-branch"
    /// Shows `$SYS` in the message log.
    case toggleSystem = "toggle-system"
    /// Merges events into the message log.
    case timeline
    /// Closes, goes back.
    case close
    /// A row up.
    case up
    /// A row down.
    case down
    /// A page up.
    case pageUp = "page-up"
    /// A page down.
    case pageDown = "page-down"
    /// To the beginning.
    case first
    /// To the end.
    case last
    /// Expands a branch.
    case expand
    /// Collapses a branch.
    case collapse
    /// Shows the detail.
    case open
    /// Another order.
    case sort
    /// Expands all.
    case expandAll = "expand-all"
    /// Collapses all.
    case collapseAll = "collapse-all"
    /// Another format of the payload.
    case nextFormat = "next-format"
    /// The message before.
    case older
    /// The message after.
    case newer
    /// Limits the broker's log to what is grave.
    case gravity
    /// Limits the broker's log to what it is about.
    case events
    /// From a client to its lines of the log, from a line to its client, from an event to where it is told in full.
    case jump
    /// To the broker's statistics, and back to its clients.
    case metrics
    /// Subscribes to the broker's log again.
    case logAgain = "log-again"
    /// Writes the clients to a file as CSV.
    case exportCSV = "export-csv"
    /// Writes the clients to a file as JSON.
    case exportJSON = "export-json"
    /// Asks for a filter to subscribe to.
    case subscribe
    /// Removes a subscription.
    case unsubscribe
    /// Publishes what was composed.
    case send
    /// The next field.
    case nextField = "next-field"
    /// The field before.
    case previousField = "previous-field"
    /// Takes what was typed.
    case accept
    /// Yes.
    case confirm
    /// No.
    case decline
}

/// Where an action's keys are live.
enum Scope: CaseIterable {
    /// Everywhere but in text fields and questions.
    case everywhere
    /// Panes that are lists.
    case list
    /// The message log.
    case log
    /// The topic tree.
    case tree
    /// The detail of the selected topic.
    case detail
    /// View 3, whatever its pane.
    case broker
    /// The clients of the broker.
    case clients
    /// The broker's log.
    case brokerLog
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
        case .log: "Messages"
        case .tree: "Topics"
        case .detail: "Detail of a topic"
        case .broker: "View 3, broker"
        case .clients: "Clients"
        case .brokerLog: "Broker log"
        case .subscriptions: "Subscriptions"
        case .composer: "Publish"
        case .prompt: "In a prompt"
        case .question: "In a question"
        }
    }
}
