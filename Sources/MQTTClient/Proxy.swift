import MQTT

/// A SOCKS 5 proxy between us and the broker (RFC 1928); it looks up the broker's name.
public struct Proxy: Sendable, CustomStringConvertible {
    /// Host name or address, without brackets.
    public var host: String
    /// TCP port.
    public var port: Int
    /// The user name, if it wants one (RFC 1929); at most 255 bytes.
    public let userName: String?
    /// The password; at most 255 bytes.
    public let password: [UInt8]

    /// The proxy at `host`:`port`.
    public init(host: String, port: Int = 1080, userName: String? = nil, password: [UInt8] = []) {
        precondition((userName?.utf8.count ?? 0) < 256 && password.count < 256, "SOCKS has 255 bytes for each")
        self.host = host
        self.port = port
        self.userName = userName
        self.password = password
    }

    /// `host:port`.
    public var description: String { endpoint.address }

    /// Where it is.
    var endpoint: Endpoint { Endpoint(host: host, port: port) }
}

/// A line of the HTTP request that asks for a WebSocket, e.g. for a web server that wants to know who comes.
public struct WebSocketHeader: Sendable {
    /// Its name.
    public let name: String
    /// Its value.
    public let value: String

    /// What the handshake says of itself (RFC 6455 section 4.1).
    private static let own: Set = [
        "upgrade", "connection", "content-length", "transfer-encoding", "sec-websocket-key", "sec-websocket-version",
        "sec-websocket-protocol", "sec-websocket-extensions",
    ]

    /// The line `name`: `value`; `nil` where that is none, or one that the handshake needs for itself.
    public init?(name: String, value: String) {
        guard !Self.own.contains(name.lowercased()) else { return nil }
        let isToken = name.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"\"(),/:;<=>?@[\\]{}".utf8.contains($0) }
        guard !name.isEmpty, isToken, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        self.name = name
        self.value = value
    }
}
