internal import MQTT

/// The clients that the broker's log has named, and how they stand; of bounded size.
struct KnownClients: Sendable {
    /// What is known of a client.
    struct Entry: Sendable {
        /// Where it is, or was.
        var peer: Peer?
        /// Whether it is connected, as far as was seen.
        var isConnected = false
        /// Why its connection ended, when a line said so and none since that it connected again.
        var endedBy: EndReason?
        /// When its identifier was last taken over.
        var takenOverAt: Instant?
        /// Takeovers in quick succession.
        var takeovers = 0
        fileprivate var serial: UInt64 = 0
    }

    /// Most clients remembered.
    static let capacity = 4_096
    private var entries: [[UInt8]: Entry] = [:]
    private var serial: UInt64 = 0

    /// Whether the log, or we ourselves, named this Client Identifier.
    func contains(_ identifier: Piece) -> Bool { entries[Array(identifier.text.utf8)] != nil }

    /// What is known of a client; setting it makes room by forgetting those not connected that were named longest ago.
    subscript(identifier: String) -> Entry {
        get { entries[Array(identifier.utf8)] ?? Entry() }
        set {
            let key = Array(identifier.utf8)
            if entries.count >= Self.capacity, entries[key] == nil { forgetSome() }
            serial += 1
            var entry = newValue
            entry.serial = serial
            entries[key] = entry
        }
    }

    /// The connection to the broker is a new one: who was connected may be gone.
    mutating func startOver() {
        for key in entries.keys {
            entries[key]?.isConnected = false
            entries[key]?.endedBy = nil
        }
    }

    private mutating func forgetSome() {
        let order = entries.map { (key: $0.key, rank: ($0.value.isConnected ? 1 : 0, $0.value.serial)) }
            .sorted { $0.rank < $1.rank }
        for victim in order.prefix(Self.capacity / 4) { entries[victim.key] = nil }
    }
}
