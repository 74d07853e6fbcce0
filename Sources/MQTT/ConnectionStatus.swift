/// How the connection to the broker stands. It is kept in a box: it changes rarely, and there is much to say.
public indirect enum ConnectionStatus: Sendable, Hashable {
    /// Not started yet.
    case idle
    /// Attempt number `attempt` (from 1) is under way; after a loss counting starts again.
    case connecting(attempt: Int)
    /// CONNACK accepted us.
    case connected(ConnectionInfo)
    /// It failed or was lost; the next attempt comes at `retryAt`.
    case waiting(ConnectionFailure, retryAt: Instant)
    /// It failed in a way that trying again cannot mend.
    case failed(ConnectionFailure)
    /// Closed on purpose.
    case closed
}

/// What was agreed on in CONNECT and CONNACK.
public struct ConnectionInfo: Sendable, Hashable {
    /// Where we asked to connect.
    public var endpoint: Endpoint
    /// The address that answered, e.g. `127.0.0.1:1883`; the proxy's where there is one between.
    public var address: String
    /// `host:port` of the proxy in between; `nil` without one.
    public var proxy: String?
    /// What was agreed on in TLS; `nil` without TLS.
    public var tls: TLSInfo?
    /// The version in use.
    public var version: ProtocolVersion
    /// A version that was tried first and refused.
    public var refusedVersion: ProtocolVersion?
    /// Our Client Identifier, the assigned one where the server chose.
    public var clientIdentifier: String
    /// The user name given.
    public var userName: String?
    /// Whether the server still had our session.
    public var isSessionPresent: Bool
    /// Keep alive in force, seconds; 0 is off.
    public var keepAlive: UInt16
    /// When CONNACK came.
    public var since: Instant
    /// The properties of CONNACK: the server's limits and features.
    public var properties: Properties

    /// What CONNACK said.
    package init(
        endpoint: Endpoint, address: String, proxy: String? = nil, tls: TLSInfo? = nil, version: ProtocolVersion,
        refusedVersion: ProtocolVersion? = nil, clientIdentifier: String, userName: String? = nil,
        isSessionPresent: Bool = false, keepAlive: UInt16,
        since: Instant, properties: Properties = Properties()
    ) {
        self.endpoint = endpoint
        self.address = address
        self.proxy = proxy
        self.tls = tls
        self.version = version
        self.refusedVersion = refusedVersion
        self.clientIdentifier = clientIdentifier
        self.userName = userName
        self.isSessionPresent = isSessionPresent
        self.keepAlive = keepAlive
        self.since = since
        self.properties = properties
    }
}

/// What was agreed on in TLS.
public struct TLSInfo: Sendable, Hashable {
    /// The version in use.
    public var version: TLSVersion
    /// The server's certificate; `nil` where a pre-shared key is used in its stead.
    public var certificate: Certificate?
    /// How it was decided that this is the right server.
    public var check: Check

    /// How it was decided that a server is the right one.
    public enum Check: Sendable, Hashable {
        /// An authority that we trust has signed its certificate for the name we asked for.
        case authority
        /// Its certificate has a fingerprint that we were told.
        case fingerprint
        /// It knows a key that we share.
        case preSharedKey
        /// Not at all: it may be anyone.
        case none
    }

    /// TLS in this version.
    package init(version: TLSVersion, certificate: Certificate?, check: Check) {
        self.version = version
        self.certificate = certificate
        self.check = check
    }
}
