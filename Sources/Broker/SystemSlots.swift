package import MQTT

/// What the broker's statistics (`$SYS/broker/…`) said on this connection.
package struct SystemSlots: Sendable {
    /// A value that is looked for.
    package enum Slot: Sendable, Hashable, CaseIterable {
        /// What broker it is.
        case version
        /// Published at every interval: the heartbeat of the statistics.
        case uptime
        /// Clients connected now.
        case clientsConnected
        /// Clients connected, and those away whose session is kept.
        case clientsTotal
        /// Messages that the broker dropped, for any client, since it started.
        case messagesDropped
        /// Messages retained, those of `$SYS` included.
        case retainedCount
    }

    private var numbers: [Slot: UInt64] = [:]

    /// Nothing said yet.
    package init() {}

    /// Messages that the broker dropped, for any client, since it started.
    package var messagesDropped: UInt64? { numbers[.messagesDropped] }
    /// Clients connected now.
    package var clientsConnected: UInt64? { numbers[.clientsConnected] }

    /// Takes a statistic; `nil` when it is none that is looked for.
    package mutating func ingest(
        topic: some Collection<UInt8>, payload: some Collection<UInt8>, arrival: Instant, isStored: Bool
    ) -> Slot? {
        let slot: Slot
        switch String(decoding: topic.prefix(64), as: UTF8.self) {
        case "$SYS/broker/version": slot = .version
        case "$SYS/broker/uptime": slot = .uptime
        case "$SYS/broker/clients/connected": slot = .clientsConnected
        case "$SYS/broker/clients/total": slot = .clientsTotal
        case "$SYS/broker/publish/messages/dropped": slot = .messagesDropped
        case "$SYS/broker/retained messages/count": slot = .retainedCount
        default: return nil
        }
        numbers[slot] = UInt64(String(decoding: payload.prefix(24), as: UTF8.self))
        return slot
    }
}
