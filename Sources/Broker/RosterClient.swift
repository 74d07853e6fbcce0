package import MQTT

/// A client of the broker, as far as its log tells.
package struct RosterClient: Sendable, Hashable {
    /// Whether it is connected.
    package enum State: Sendable, Hashable, CaseIterable {
        /// Connected now.
        case connected
        /// Not connected now.
        case away
        /// The log named it, but not so that it can be told; or the log was not seen for a while.
        case unknown
    }

    /// How its connection is encrypted (2.1 says so).
    package struct Encryption: Sendable, Hashable {
        /// As `TLSv1.3`.
        package var version: String
        /// As `TLS_AES_256_GCM_SHA384`.
        package var cipher: String
    }

    /// A connection, or an attempt at one, that ended.
    package struct End: Sendable, Hashable {
        /// When.
        package var moment: LogMoment
        /// Why; `nil` when it connected anew and no line had said that it was gone.
        package var reason: EndReason?
        /// Where it was, when the log says so.
        package var peer: Peer?
    }

    /// A Topic Filter that it subscribed to.
    package struct Subscription: Sendable, Hashable {
        /// The Topic Filter as the log has it.
        package var filter: String
        /// The QoS that it asked for.
        package var qos: QoS
    }

    /// Most subscriptions of one client that are kept.
    static let subscriptionCapacity = 100

    /// Its Client Identifier; what is not UTF-8 in it became U+FFFD.
    package let identifier: String
    /// Whether it is we.
    package internal(set) var isUs = false
    /// Whether it is connected.
    package internal(set) var state = State.unknown
    /// Whether `state` is concluded from a line that only mentions it: it was not seen to connect, or to end.
    package internal(set) var isInferred = true
    /// Where it is, or was the last time; `nil` when the log does not say.
    package internal(set) var peer: Peer?
    /// The port of the broker that it came to, 0 for a unix socket; `nil` when the log does not say.
    package internal(set) var listenerPort: Int?
    /// Its user name, when it gave one.
    package internal(set) var userName: String?
    /// The version that it speaks; `nil` when the log does not say.
    package internal(set) var version: ProtocolVersion?
    /// Clean Session, Clean Start; `nil` when it was not seen to connect.
    package internal(set) var cleanStart: Bool?
    /// Keep alive, seconds, 0 is off; `nil` when it was not seen to connect.
    package internal(set) var keepAlive: Int?
    /// Whether it is another broker.
    package internal(set) var isBridge = false
    /// How it is encrypted, when the log says so.
    package internal(set) var encryption: Encryption?
    /// When it connected the last time that was seen.
    package internal(set) var since: LogMoment?
    /// The last end of a connection of its.
    package internal(set) var lastEnd: End?
    /// The last time that it was refused before it was connected (2.1 tells the identifier).
    package internal(set) var lastRefusal: End?
    /// How often it connected again after it had been connected, as far as was seen.
    package internal(set) var reconnects = 0
    /// Its subscriptions, as far as they were seen, in the order of the log.
    package internal(set) var subscriptions: [Subscription] = []
    /// Whether the log was seen since its session began, so that no subscription can be missing (if their log is on).
    package internal(set) var isSessionSeenWhole = false
    /// Whether some of its subscriptions were too many to be kept.
    package internal(set) var hasMoreSubscriptions = false
    /// Which line of the log it was that it connected with, and that it ended with: their order, for sorting.
    var sinceOrder: UInt64 = 0
    var endOrder: UInt64 = 0
    /// Which line named it last.
    var lastNamed: UInt64 = 0

    /// A client of which nothing is known but its name.
    init(_ identifier: String) { self.identifier = identifier }

    /// The listener that it came to, a port or the path of a unix socket; `nil` when the log does not say.
    package var listener: String? {
        guard let listenerPort else { return nil }
        return listenerPort > 0 ? "\(listenerPort)" : peer?.address
    }

    /// Why its last connection ended, in plain words; `nil` when none ended.
    package var lastEndWords: String? {
        guard let lastEnd else { return nil }
        return lastEnd.reason?.words(isNamed: true, wasConnected: true) ?? "connected anew; its end was not logged"
    }

    /// Why it was last refused, in plain words; `nil` when it never was.
    package var lastRefusalWords: String? { lastRefusal?.reason?.words(isNamed: true, wasConnected: false) }

    /// Whether it was connected before now.
    var isReturning: Bool { since != nil || lastEnd != nil || state == .connected }

    /// Whether `peer` is another connection than the one that it is connected by.
    func isElsewhere(_ peer: Peer?) -> Bool {
        guard state == .connected, let peer, let here = self.peer else { return false }
        return peer != here
    }

    /// Subscribes it; `isRoom` is whether more of them can be kept.
    mutating func subscribe(_ filter: String, _ qos: QoS, isRoom: Bool) {
        if let index = index(of: filter) {
            subscriptions[index].qos = qos
        } else if isRoom, subscriptions.count < Self.subscriptionCapacity {
            subscriptions.append(Subscription(filter: filter, qos: qos))
        } else {
            hasMoreSubscriptions = true
        }
    }

    /// Unsubscribes it.
    mutating func unsubscribe(_ filter: String) {
        if let index = index(of: filter) { subscriptions.remove(at: index) }
    }

    /// Its session, and with it every subscription, is gone.
    mutating func endSession() {
        subscriptions = []
        hasMoreSubscriptions = false
        isSessionSeenWhole = false
    }

    /// Filters are compared byte by byte: for `String` different bytes can be the same text.
    private func index(of filter: String) -> Int? {
        subscriptions.firstIndex { $0.filter.utf8.elementsEqual(filter.utf8) }
    }
}
