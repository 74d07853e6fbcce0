public import MQTT
internal import MQTTCodec

/// What a client connects to, as whom, and what it wants there.
public struct ClientConfiguration: Sendable {
    /// Where the broker is.
    public var endpoint: Endpoint
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
    /// Whether each connection begins with a new session. Without it, a session that the server kept from an earlier run
    /// of the program is taken over as it is.
    public var cleanStart = true
    /// How long the server keeps the session after the connection ended, seconds; 5.0 only.
    public var sessionExpiryInterval: UInt32 = 0
    /// What the server publishes when the connection ends without DISCONNECT.
    public var will: Will?
    /// Most QoS 1 and 2 messages that the server may have under way to us; 5.0 only, 1 to 65,535.
    public var receiveMaximum: UInt16 = 65_535
    /// Largest packet we take, bytes; announced in 5.0, kept to in all versions.
    public var maximumPacketSize: UInt32 = 268_435_460
    /// Made in this order in one SUBSCRIBE after each CONNACK without a session.
    public var subscriptions: [Subscription] = []
    /// Longest time for the name and the connection to an address, milliseconds.
    public var connectTimeout = 5_000
    /// Longest time from CONNECT to CONNACK, milliseconds.
    public var answerTimeout = 4_000
    /// Whether a failed or lost connection is tried again.
    public var reconnects = true

    /// A configuration for `endpoint` under the name `clientIdentifier`.
    public init(endpoint: Endpoint, clientIdentifier: String) {
        self.endpoint = endpoint
        self.clientIdentifier = clientIdentifier
    }

    /// The CONNECT that says all this in `version`, under `identifier`.
    func connect(version: ProtocolVersion, identifier: String) -> Connect {
        var properties = Properties()
        if version >= .v5_0 {
            if sessionExpiryInterval > 0 { properties.sessionExpiryInterval = sessionExpiryInterval }
            if receiveMaximum != .max { properties.receiveMaximum = receiveMaximum }
            if maximumPacketSize < PacketDecoder.protocolLimit { properties.maximumPacketSize = maximumPacketSize }
        }
        return Connect(
            version: version, clientIdentifier: identifier, cleanStart: cleanStart, keepAlive: keepAlive, will: will,
            userName: userName, password: password, properties: properties)
    }
}
