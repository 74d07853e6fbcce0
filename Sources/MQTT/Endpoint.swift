/// Where a broker is reached, and by what.
public struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// What carries MQTT.
    public var transport: Transport
    /// Host name or address, without brackets; of a unix domain socket its path.
    public var host: String
    /// TCP port; 0 for a unix domain socket.
    public var port: Int

    /// The endpoint `host`:`port`, reached by `transport`.
    public init(host: String, port: Int, transport: Transport = .tcp) {
        self.transport = transport
        self.host = host
        self.port = port
    }

    /// The unix domain socket at `path`.
    public init(unixPath path: String) { self.init(host: path, port: 0, transport: .unix) }

    /// `host:port`, an IPv6 address in brackets; of a unix domain socket its path.
    public var address: String {
        if case .unix = transport { return host }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// `host:port` for plain TCP, a URL for everything else: `mqtts://robot:8883`, `ws://robot:80/mqtt`, `unix:///run/mqtt`.
    public var description: String {
        switch transport {
        case .tcp: address
        case .tls, .webSocket, .secureWebSocket, .unix: "\(transport.scheme)://\(address)\(transport.shownPath ?? "")"
        }
    }

    /// Whether it is on this machine: a unix domain socket, or a host that is this machine by name or loopback address.
    public var isLoopback: Bool {
        transport == .unix || host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }
}
