internal import MQTT

/// The clients that the broker's log has named, and how they stand; of bounded size.
struct KnownClients: Sendable {
    /// Most clients remembered.
    let capacity: Int
    /// Most subscriptions remembered, of all clients.
    static let subscriptionCapacity = 20_000
    /// Clients that had to be forgotten for others.
    private(set) var forgottenCount = 0
    /// Clients that are connected.
    private(set) var connectedCount = 0

    /// By the bytes of the identifier: for `String` different bytes can be the same text.
    private var entries: [[UInt8]: RosterClient] = [:]
    private var subscriptionCount = 0

    /// None known, at most `capacity`.
    init(capacity: Int) { self.capacity = max(1, capacity) }

    /// Clients known.
    var count: Int { entries.count }
    /// All of them, in no order.
    var all: some Collection<RosterClient> { entries.values }
    /// Whether there is room for another subscription.
    var isRoomForSubscriptions: Bool { subscriptionCount < Self.subscriptionCapacity }

    /// Whether the log, or we ourselves, named this Client Identifier.
    func contains(_ identifier: Piece) -> Bool { entries[Array(identifier.text.utf8)] != nil }

    /// What is known of a client; `nil` when it was never named.
    subscript(identifier: String) -> RosterClient? { entries[Array(identifier.utf8)] }

    /// Changes what is known of a client, which is added when it is not known; makes room for it by forgetting those that
    /// were named longest ago, the connected ones last.
    mutating func change<Result>(
        _ identifier: String, line: UInt64, _ body: (inout RosterClient) -> Result
    ) -> Result {
        let key = Array(identifier.utf8)
        if entries.count >= capacity, entries[key] == nil { forgetSome() }
        return change(key, RosterClient(identifier)) { client in
            client.lastNamed = line
            return body(&client)
        }
    }

    /// Changes every client.
    mutating func changeAll(_ body: (inout RosterClient) -> Void) {
        for (key, client) in entries { change(key, client, body) }
    }

    private mutating func change<Result>(
        _ key: [UInt8], _ client: RosterClient, _ body: (inout RosterClient) -> Result
    ) -> Result {
        count(entries[key], by: -1)
        defer { count(entries[key], by: 1) }
        return body(&entries[key, default: client])
    }

    private mutating func forget(_ client: RosterClient) {
        count(client, by: -1)
        entries[Array(client.identifier.utf8)] = nil
    }

    private mutating func count(_ client: RosterClient?, by step: Int) {
        guard let client else { return }
        subscriptionCount += step * client.subscriptions.count
        if client.state == .connected { connectedCount += step }
    }

    private mutating func forgetSome() {
        let order = entries.values.map { (client: $0, rank: (Self.worth($0), $0.lastNamed)) }
            .sorted { $0.rank < $1.rank }
        let least = order.first?.rank.0
        for victim in order.prefix(max(1, capacity / 16)) where victim.rank.0 == least {
            forget(victim.client)
            forgottenCount += 1
        }
    }

    /// We ourselves are worth the most, and whoever is connected is worth more than the others.
    private static func worth(_ client: RosterClient) -> Int {
        client.isUs ? 2 : client.state == .connected ? 1 : 0
    }
}
