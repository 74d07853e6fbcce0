/// A command that stands in for one of mosquitto's.
package enum Command: String, Sendable, Hashable, CaseIterable {
    /// Subscribes and prints what comes, as `mosquitto_sub` does.
    case sub
    /// Publishes, as `mosquitto_pub` does.
    case pub
    /// Publishes a request and prints the answer to it, as `mosquitto_rr` does.
    case rr

    /// What is typed: `mqscope sub`.
    package var name: String { "mqscope \(rawValue)" }
    /// The command it stands in for: `mosquitto_sub`.
    package var original: String { "mosquitto_\(rawValue)" }
}
