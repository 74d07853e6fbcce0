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
