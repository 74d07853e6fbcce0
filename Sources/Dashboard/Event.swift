package import MQTT
package import Screen

/// What happens to the dashboard: everything it knows comes in through here.
package enum Event: Sendable {
    /// A key was pressed.
    case key(Key)
    /// Text was pasted, as one piece.
    case paste(String)
    /// The terminal has this size.
    case resized(Size)
    /// Time went on: the instant, and how it maps to the time of day.
    case tick(Instant, WallClock)
    /// A file was written, or could not be: its path and why.
    case saved(path: String, failure: String?)
    /// The terminal has no clipboard, or cannot hand so much to it.
    case notCopied(byteCount: Int)
    /// The connection says something.
    case connection(Delivery)
    /// Lines of the broker's log came from its file or by a command, at this instant.
    case brokerLog(lines: [[UInt8]], Instant)
    /// How the file or the command stands.
    case brokerLogSource(BrokerLogSource)
}

/// Where the broker's log is read from besides its topics, and how that goes.
package struct BrokerLogSource: Sendable, Equatable {
    /// The path of the file, or the command.
    package var name: String
    /// How it goes.
    package var state: State

    /// How reading goes.
    package enum State: Sendable, Equatable {
        /// It is read from its beginning, or began again.
        case reading
        /// It is read, but its beginning was too long: only its last bytes.
        case readingEnd(byteCount: Int)
        /// It cannot be read, for this reason; it is tried again at that instant.
        case failed(String, retryAt: Instant)
    }

    /// The source called `name`.
    package init(name: String, state: State) {
        self.name = name
        self.state = state
    }

    /// Whether lines come.
    var isReading: Bool {
        if case .failed = state { return false }
        return true
    }
}

/// What the dashboard wants done. The run loop does it; nothing else leaves the dashboard.
package enum Effect: Sendable, Equatable {
    /// Connect now, dropping any waiting attempt.
    case reconnect
    /// Subscribe to these.
    case subscribe([Subscription])
    /// Remove these subscriptions.
    case unsubscribe([TopicFilter])
    /// Publish; only whoever holds a permit can ask for it.
    case publish(PublishPermit, RequestID, Message)
    /// Put these bytes on the user's clipboard.
    case copy([UInt8])
    /// Write these bytes to a new file in the working directory, whose name begins and ends like this.
    case save(name: String, suffix: String, [UInt8])
    /// Draw everything anew.
    case repaint
    /// Give the terminal back and stop until continued.
    case suspend
    /// Leave.
    case quit
}

/// The right to publish. With `--read-only` there is none, so no publish effect can be made.
package struct PublishPermit: Sendable, Equatable {
    private init() {}

    /// A permit, unless the dashboard is read-only.
    package static func issued(isReadOnly: Bool) -> PublishPermit? { isReadOnly ? nil : PublishPermit() }
}
