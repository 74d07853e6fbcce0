/// Why there is no connection: what was observed, with the facts that advice needs. Never words for people.
public struct ConnectionFailure: Error, Sendable, Hashable {
    /// What was observed, from the bottom upwards: on the way to the server, in TLS and in WebSocket, in MQTT.
    public enum Cause: Sendable, Hashable {
        /// The name has no address.
        case nameUnknown
        /// No name server answered.
        case nameServerUnavailable
        /// No address could be connected to: each with what it said.
        case unreachable([AddressFailure])
        /// The proxy made no connection.
        indirect case proxy(ProxyFailure)
        /// TLS was not agreed on, or has broken.
        indirect case tls(TLSFailure)
        /// WebSocket was not agreed on, or has broken.
        indirect case webSocket(WebSocketFailure)
        /// Connected and CONNECT sent, then nothing for `milliseconds`.
        case noAnswer(milliseconds: Int)
        /// Closed before a single byte came.
        case closedBeforeAnswer(wasReset: Bool)
        /// The first bytes are not MQTT; at most 64 of them.
        case notMQTT([UInt8])
        /// CONNACK refused us.
        case refused(ReasonCode, reasonString: String?, serverReference: String?)
        /// The server ended the connection with DISCONNECT (5.0).
        case disconnected(ReasonCode, reasonString: String?, serverReference: String?)
        /// The connection ended without a word, `milliseconds` after CONNACK.
        case lost(SocketFailure?, milliseconds: Int)
        /// Nothing came for one and a half times the keep alive of `seconds`.
        case keepAliveTimeout(seconds: Int)
        /// What we were told to send cannot be sent; what is wrong with it, in words. Nothing was sent.
        case misconfigured(String)
        /// The server broke the protocol.
        case protocolViolation(ProtocolViolation)
        /// Enhanced authentication came to no good end: why, one line.
        case authenticationFailed(String)
    }

    /// Where we tried to connect.
    public var endpoint: Endpoint
    /// `host:port` of the proxy in between; `nil` without one.
    public var proxy: String?
    /// The address of this computer that connections were to come from; `nil` for any.
    public var localAddress: String?
    /// The user name given.
    public var userName: String?
    /// The version that was tried.
    public var version: ProtocolVersion
    /// The QoS of a PUBLISH that was not answered when the connection was lost, where the server has never answered one
    /// of this QoS: it may not take them. Else `nil`.
    public var unansweredQoS: QoS?
    /// The User Properties of the CONNACK that refused us, or of the server's DISCONNECT; 5.0 only.
    public var userProperties: [UserProperty]
    /// What was observed.
    public var cause: Cause

    /// A failure to reach or keep `endpoint`.
    package init(
        endpoint: Endpoint, proxy: String? = nil, localAddress: String? = nil, userName: String? = nil,
        version: ProtocolVersion = .v5_0, unansweredQoS: QoS? = nil, userProperties: [UserProperty] = [], cause: Cause
    ) {
        self.endpoint = endpoint
        self.proxy = proxy
        self.localAddress = localAddress
        self.userName = userName
        self.version = version
        self.unansweredQoS = unansweredQoS
        self.userProperties = userProperties
        self.cause = cause
    }
}

/// One address that could not be connected to.
public struct AddressFailure: Sendable, Hashable {
    /// The address and port as text, or the path of a unix domain socket.
    public var address: String
    /// What the operating system said.
    public var failure: SocketFailure

    /// `address` failed with `failure`.
    package init(address: String, failure: SocketFailure) {
        self.address = address
        self.failure = failure
    }
}

/// What the operating system says of a socket, by meaning, not by number.
public enum SocketFailure: Sendable, Hashable {
    /// ECONNREFUSED: nothing listens there.
    case refused
    /// ETIMEDOUT, or our own limit ran out.
    case timedOut
    /// ENETUNREACH.
    case networkUnreachable
    /// EHOSTUNREACH.
    case hostUnreachable
    /// ENOENT: there is no unix domain socket of this path.
    case noSuchSocket
    /// There is something of this path, and it is no unix domain socket.
    case notASocket
    /// EACCES, EPERM, EINVAL: local policy, or the rights of a unix domain socket.
    case notPermitted
    /// ECONNRESET, EPIPE.
    case reset
    /// Anything else, by its errno.
    case other(Int32)
}
