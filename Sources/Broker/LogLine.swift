package import MQTT

/// One line of the broker's log: when, how grave, about which client, and what happened in words.
package struct LogLine: Sendable {
    /// When it came to us.
    package var arrival: Instant
    /// How grave the broker takes it to be.
    package var severity: Severity
    /// The line as the broker wrote it, cut at 2 KiB.
    package var raw: [UInt8]
    /// Seconds since 1970 UTC by the broker's clock; `nil` when the line does not say.
    package var epochSeconds: Int64?
    /// The client that it is about, `?` when the broker does not say which; `nil` when it is about no client.
    package var client: String?
    /// What happened, without the client's name.
    package var words: String
    /// Whether somebody should look at it.
    package var isAlarm: Bool
}
