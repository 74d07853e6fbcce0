internal import MQTT

/// Connections that the broker accepted and has not named yet; mosquitto 2.0 does not say which of them failed.
struct WaitingConnections: Sendable {
    /// Most of them that are remembered; with more, no guess is made.
    private static let capacity = 64
    /// Nanoseconds after which one is forgotten: mosquitto drops whoever says nothing for longer than this.
    private static let patience: Int64 = 100_000_000_000

    private var peers: [(peer: Peer, since: Instant)] = []
    private var endedCount = 0

    /// The broker accepted a connection.
    mutating func accepted(_ peer: Peer, at now: Instant) {
        peers.removeAll { now.since($0.since) > Self.patience }
        if peers.count == Self.capacity { peers.removeFirst() }
        peers.append((peer, now))
    }

    /// A line named whose connection `peer` is.
    mutating func named(_ peer: Peer) {
        peers.removeAll { $0.peer == peer }
        settle()
    }

    /// A connection without a name ended: the only one that it can be, or `nil` when it can be one of several.
    mutating func someoneEnded(at now: Instant) -> Peer? {
        peers.removeAll { now.since($0.since) > Self.patience }
        guard endedCount == 0, peers.count == 1, let only = peers.popLast() else {
            endedCount += 1
            settle()
            return nil
        }
        return only.peer
    }

    /// When as many ended as are left, none of them is alive.
    private mutating func settle() {
        guard peers.count <= endedCount else { return }
        peers = []
        endedCount = 0
    }
}
