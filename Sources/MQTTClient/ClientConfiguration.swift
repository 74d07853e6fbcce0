public import MQTT
internal import MQTTCodec

/// What a client connects to, as whom, and what it wants there.
public struct ClientConfiguration: Sendable {
    /// Where the broker is.
    public var endpoint: Endpoint
    /// How TLS is done, where the endpoint's transport has it.
    public var tls = TLSOptions()
    /// The proxy between us and the broker; never with a unix domain socket.
    public var proxy: Proxy?
    /// What the request for a WebSocket says besides.
    public var webSocketHeaders: [WebSocketHeader] = []
    /// The Client Identifier; empty lets the server choose one (5.0, or with a clean start 3.1.1).
    public var clientIdentifier: String
    /// The user name.
    public var userName: String?
    /// The password; before 5.0 only together with a user name.
    public var password: [UInt8]?
    /// Longest silence towards the server in seconds; 0 switches the mechanism off.
    public var keepAlive: UInt16 = 60
    /// The version to speak; `nil` tries 5.0 and falls back to older ones when the server refuses it.
    public var version: ProtocolVersion?
    /// Whether the client begins with a new session. State is in memory, so this is what a program wants that does not
    /// know what an earlier run of it had under way.
    ///
    /// With it, later connections of the same client resume the session while `sessionExpiryInterval` lets the server
    /// keep it; with an interval of 0, and before 5.0, where beginning anew and keeping exclude each other, every
    /// connection begins anew. Without it, the first connection too takes over what the server has: fit for collecting
    /// what it stored for a subscriber, but not for publishing at QoS 2 if an earlier run may have left some under way,
    /// whose Packet Identifiers are unknown here.
    public var cleanStart = true
    /// How long the server keeps the session after the connection ended, seconds, `UInt32.max` for ever; 5.0 only.
    public var sessionExpiryInterval: UInt32 = 0
    /// What the server publishes when the connection ends without DISCONNECT.
    public var will: Will?
    /// Most QoS 1 and 2 messages that the server may have under way to us; 5.0 only, 1 to 65,535.
    public var receiveMaximum: UInt16 = 65_535
    /// After so many messages none of QoS 1 or 2 is taken, and so acknowledged, until `Client.allow(messages:)` allows more;
    /// `nil` for all that come.
    public var messageAllowance: Int?
    /// Largest packet we take, bytes; announced in 5.0, kept to in all versions.
    public var maximumPacketSize: UInt32 = 268_435_460
    /// Highest Topic Alias the server may use for what it sends to us, 0 for none; 5.0 only. Each takes as much memory as
    /// its topic, at most 64 KiB.
    public var topicAliasMaximum: UInt16 = 0
    /// Whether topics published to repeatedly are replaced by Topic Aliases as far as the server takes them; 5.0 only.
    /// It saves bytes on a slow link; it is off at first, as what goes over the wire is harder to read and few servers
    /// were ever asked for it.
    public var assignsTopicAliases = false
    /// Whether the server is asked for Response Information, which CONNACK then may bring; 5.0 only.
    public var requestsResponseInformation = false
    /// Whether the server may give reasons in words with everything it answers; 5.0 only.
    public var requestsProblemInformation = true
    /// What CONNECT tells the server besides; 5.0 only.
    public var userProperties: [UserProperty] = []
    /// Enhanced authentication, which needs 5.0: with it no older version is spoken.
    public var authentication: (any Authentication)?
    /// Made in this order in one SUBSCRIBE after each CONNACK without a session.
    public var subscriptions: [Subscription] = []
    /// Longest time for the name and the connection to an address, milliseconds.
    public var connectTimeout = 5_000
    /// Longest time from CONNECT to CONNACK, and for what has to be agreed on with a proxy, in TLS, in WebSocket, each,
    /// milliseconds.
    public var answerTimeout = 4_000
    /// Whether a failed or lost connection is tried again.
    public var reconnects = true
    /// Longest pause between two attempts, milliseconds: the first pause is a second, each is twice as long as the one
    /// before.
    public var longestPause = 30_000
    /// Most QoS 1 and 2 publishes under way at once, where the server takes as many. `nil` leaves it to the server, and
    /// takes 20 where that cannot say, which is before 5.0.
    public var inFlightMaximum: UInt16?
    /// The Topic Alias that the first topic is given, where `assignsTopicAliases`.
    public var firstTopicAlias: UInt16 = 1
    /// The address of this machine to connect from, `nil` for any.
    public var localAddress: String?
    /// What is told of the packets on the wire.
    public var tracing = Tracing.latest
    /// When reading rests for others' sake.
    public var pacing = Pacing.saving

    /// What is told of the packets on the wire.
    public enum Tracing: Sendable, Hashable {
        /// Nothing.
        case none
        /// Of each read and request the last packets, a bounded number.
        case latest
        /// Every packet, and of SUBSCRIBE and UNSUBSCRIBE a record for each filter.
        case all
    }

    /// How much later messages may be handed over so that they cost less.
    public enum Pacing: Sendable, Hashable {
        /// From 1,000 reads a second on by up to 20 ms: for people who look.
        case saving
        /// From 4,000 reads a second on by up to 4 ms: for programs.
        case prompt
    }

    /// A configuration for `endpoint` under the name `clientIdentifier`.
    public init(endpoint: Endpoint, clientIdentifier: String) {
        self.endpoint = endpoint
        self.clientIdentifier = clientIdentifier
    }

    /// The CONNECT that says all this in `version`, under `identifier`, but for authentication.
    func connect(version: ProtocolVersion, identifier: String, cleanStart: Bool) -> Connect {
        var properties = Properties()
        if version >= .v5_0 {
            if sessionExpiryInterval > 0 { properties.sessionExpiryInterval = sessionExpiryInterval }
            if receiveMaximum != .max { properties.receiveMaximum = receiveMaximum }
            if maximumPacketSize < PacketDecoder.protocolLimit { properties.maximumPacketSize = maximumPacketSize }
            if topicAliasMaximum > 0 { properties.topicAliasMaximum = topicAliasMaximum }
            if requestsResponseInformation { properties.requestResponseInformation = 1 }
            if !requestsProblemInformation { properties.requestProblemInformation = 0 }
            properties.userProperties = userProperties
        }
        return Connect(
            version: version, clientIdentifier: identifier, cleanStart: cleanStart, keepAlive: keepAlive, will: will,
            userName: userName, password: password, properties: properties)
    }
}
