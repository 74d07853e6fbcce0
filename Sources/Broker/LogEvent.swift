package import MQTT

extension LogLine {
    /// What a line of the broker's log says.
    package enum Event: Sendable, Hashable {
        /// The broker starts.
        case starting(version: String)
        /// The broker is ready.
        case running(version: String)
        /// The broker ends.
        case terminating(version: String)
        /// A connection was accepted; which client it is follows.
        case accepted(Peer, listenerPort: Int)
        /// A client is connected.
        case connected(Arrival)
        /// A client's connection is encrypted (2.1).
        case encrypted(client: String, version: String, cipher: String)
        /// A second connection with the same Client Identifier ended the first one.
        case takenOver(Takeover)
        /// A connection ended.
        case ended(Ending)
        /// A connection was not even accepted.
        case turnedAway(Peer, Denial)
        /// TLS was spoken to a listener without TLS.
        case tlsOnPlainListener(Peer)
        /// OpenSSL's complaint about a connection.
        case tlsError(String)
        /// A client broke the protocol: what it did.
        case violation(Subject, Violation)
        /// A client subscribed.
        case subscribed(client: String, QoS, filter: String)
        /// A client unsubscribed.
        case unsubscribed(client: String, filter: String)
        /// The broker drops messages for a client that takes them too slowly.
        case dropping(client: String, isUs: Bool)
        /// A kept session ran out.
        case expired(client: String)
        /// The retained messages and sessions are written to a file.
        case saving(path: String)
        /// They could not be written.
        case notSaved
        /// The configuration is read again.
        case reloading
        /// The broker opened a listener.
        case listening(kind: String, place: String)
        /// A line that is known and needs no translation.
        case remark
        /// A line of an unknown kind.
        case unknown
    }

    /// Who a line is about.
    package enum Subject: Sendable, Hashable {
        /// A client by its Client Identifier.
        case client(String)
        /// A connection whose client is not known.
        case peer(Peer)
        /// The broker does not say.
        case unknown
    }

    /// A client that connected.
    package struct Arrival: Sendable, Hashable {
        /// Its Client Identifier.
        package var client: String
        /// Where from.
        package var peer: Peer
        /// Its user name, when it gave one.
        package var userName: String?
        /// The version it speaks; `nil` before mosquitto 2.0, which does not say.
        package var version: ProtocolVersion?
        /// Clean Session, Clean Start.
        package var cleanStart: Bool
        /// Keep alive, seconds; 0 is off.
        package var keepAlive: Int
        /// Whether it is another broker.
        package var isBridge: Bool
    }

    /// A connection that lost its Client Identifier to another one.
    package struct Takeover: Sendable, Hashable {
        /// The Client Identifier that both use.
        package var client: String
        /// Where the first one is.
        package var old: Peer?
        /// Where the second one is; `nil` until the broker says so.
        package var new: Peer?
        /// Takeovers of this Client Identifier in quick succession, this one included.
        package var count = 1
        /// Whether it is our own Client Identifier.
        package var isUs = false
    }

    /// A connection that ended.
    package struct Ending: Sendable, Hashable {
        /// Who.
        package var subject: Subject
        /// Where it was; from 2.1 on the line says so.
        package var peer: Peer?
        /// Whether `peer` is a guess: the only connection accepted lately of which nothing was heard yet.
        package var isPeerGuessed = false
        /// Why.
        package var reason: EndReason
        /// Whether the client had been connected, as far as was seen.
        package var wasConnected = false
        /// Whether an earlier line said already that, and why, it ended.
        package var isFollowUp = false
    }

    /// Why a connection was not accepted.
    package enum Denial: Sendable, Hashable {
        /// `max_connections` is reached.
        case tooMany
        /// TCP wrappers (`hosts.deny`) forbid it.
        case tcpWrapper
        /// TLS failed at once: OpenSSL's words.
        case tls(String)
    }

    /// How a client broke the protocol.
    package enum Violation: Sendable, Hashable {
        /// The first byte is not that of a CONNECT.
        case notConnect(firstByte: UInt8)
        /// A protocol version that the broker does not speak.
        case version(String)
        /// A protocol name that is not MQTT's.
        case name(String)
        /// CONNECT twice.
        case secondConnect
        /// SUBSCRIBE or UNSUBSCRIBE with an invalid filter or QoS: the broker's words.
        case subscription(String)
        /// Anything else, in the broker's words.
        case other(String)
    }
}
