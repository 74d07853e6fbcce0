internal import MQTT

/// Connections that the broker accepted and has not named yet; mosquitto 2.0 does not say which of them failed.
struct WaitingConnections: Sendable {
    /// A connection that waited for its name.
    struct Waiting: Sendable {
        /// Where from.
        var peer: Peer
        /// The port that it came to, 0 for a unix socket; `nil` when it can be one of several.
        var listenerPort: Int?
        /// When it was accepted.
        var since: LogMoment
    }

    /// Most of them that are remembered; with more, no guess is made.
    private static let capacity = 64
    /// Milliseconds after which one is forgotten: mosquitto drops whoever says nothing for longer than this.
    private static let patience: Int64 = 100_000

    private var connections: [Waiting] = []
    private var endedCount = 0

    /// The broker accepted a connection.
    mutating func accepted(_ peer: Peer, listenerPort: Int, at now: LogMoment) {
        connections.removeAll { now.milliseconds(since: $0.since) > Self.patience }
        if connections.count == Self.capacity { connections.removeFirst() }
        connections.append(Waiting(peer: peer, listenerPort: listenerPort, since: now))
    }

    /// A line named whose connection `peer` is; tells what is known of it, `nil` when it did not wait.
    mutating func named(_ peer: Peer) -> Waiting? {
        let matches = connections.filter { $0.peer == peer }
        guard var match = matches.last else { return nil }
        if peer.port != nil {
            connections.removeAll { $0.peer == peer }
        } else {
            // Without ports several connections of one address look the same.
            if matches.contains(where: { $0.listenerPort != match.listenerPort }) { match.listenerPort = nil }
            connections.firstIndex { $0.peer == peer }.map { _ = connections.remove(at: $0) }
        }
        settle()
        return match
    }

    /// A connection without a name ended: the only one that it can be, or `nil` when it can be one of several.
    mutating func someoneEnded(at now: LogMoment) -> Peer? {
        connections.removeAll { now.milliseconds(since: $0.since) > Self.patience }
        guard endedCount == 0, connections.count == 1, let only = connections.popLast() else {
            endedCount += 1
            settle()
            return nil
        }
        return only.peer
    }

    /// When as many ended as are left, none of them is alive.
    private mutating func settle() {
        guard connections.count <= endedCount else { return }
        connections = []
        endedCount = 0
    }
}
