package import MQTT

/// What to subscribe to for all that a broker says of itself.
package enum SystemFilters {
    /// The broker's log, without `WS`: mosquitto 2.0 logs there what it does to deliver what it logs there, without end.
    package static let log = filters(["log/E", "log/W", "log/N", "log/I", "log/M/+"])

    /// The statistics without the log, those of EMQX under `brokers`. None matches what another does (`clients/#` would, as
    /// it matches `clients` too), or it would come twice.
    package static let statistics = filters(
        ["+"]
            + [
                "clients", "messages", "bytes", "load", "publish", "store", "heap", "subscriptions",
                "shared_subscriptions", "retained messages", "connections", "packet", "connection",
            ].map { $0 + "/+/#" }, emqx: ["#"])

    /// Whether lines of the log come by `filter`.
    package static func hearsLog(_ filter: TopicFilter) -> Bool { log.contains { filter.overlaps($0) } }

    /// What `$SYS/#` is made of: itself, over WebSocket its parts without `$SYS/broker/log/WS`.
    package static func all(over transport: Transport) -> [TopicFilter] {
        transport.path == nil ? [.system] : log + statistics
    }

    private static func filters(_ parts: [String], emqx: [String] = []) -> [TopicFilter] {
        (parts.map { "$SYS/broker/" + $0 } + emqx.map { "$SYS/brokers/" + $0 }).compactMap { try? TopicFilter($0) }
    }
}
