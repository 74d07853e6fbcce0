/// What carries MQTT to the broker: the list of all ways there are.
public enum Transport: Sendable, Hashable {
    /// TCP.
    case tcp
    /// TLS on TCP.
    case tls
    /// WebSocket on TCP, at this path of the server.
    case webSocket(path: String)
    /// WebSocket on TLS on TCP, at this path of the server.
    case secureWebSocket(path: String)
    /// A unix domain socket.
    case unix

    /// The path at which brokers usually have their WebSocket; mosquitto takes every one.
    public static let usualPath = "/mqtt"

    /// How a URL of it begins.
    public var scheme: String {
        switch self {
        case .tcp: "mqtt"
        case .tls: "mqtts"
        case .webSocket: "ws"
        case .secureWebSocket: "wss"
        case .unix: "unix"
        }
    }

    /// The port where no other is given: those that IANA knows for MQTT and HTTP; 0 where there are no ports.
    public var usualPort: Int {
        switch self {
        case .tcp: 1883
        case .tls: 8883
        case .webSocket: 80
        case .secureWebSocket: 443
        case .unix: 0
        }
    }

    /// Whether TLS is part of it.
    public var isSecure: Bool {
        switch self {
        case .tls, .secureWebSocket: true
        case .tcp, .webSocket, .unix: false
        }
    }

    /// The path of its WebSocket as it may be shown: what stands behind `?` can be a secret.
    public var shownPath: String? {
        guard let path, let query = path.firstIndex(of: "?") else { return path }
        return path[..<query] + "?…"
    }

    /// The path of its WebSocket; `nil` where there is none.
    public var path: String? {
        switch self {
        case .webSocket(let path), .secureWebSocket(let path): path
        case .tcp, .tls, .unix: nil
        }
    }
}
