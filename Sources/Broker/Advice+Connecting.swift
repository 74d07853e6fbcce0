package import MQTT

extension Advice {
    /// The name has no address.
    static func nameUnknown(_ host: String) -> Advice {
        let todo =
            host.hasSuffix(".local")
            ? "For a .local name mDNS (avahi, libnss-mdns) must be installed; try the IP address."
            : "Is it spelled right? Try the IP address."
        return Advice("Name \(Excerpt.of(host)) is not known.", todo)
    }

    // MARK: No connection

    /// No address could be connected to.
    static func unreachable(_ failure: ConnectionFailure, _ addresses: [AddressFailure]) -> Advice {
        let endpoint = failure.endpoint
        if let advice = comingFrom(failure, addresses, to: Excerpt.of(endpoint.address)) { return advice }
        let host = Excerpt.of(endpoint.host)
        let broker = Excerpt.of(endpoint.address)
        // What can be done about it is clearest for the address that came furthest.
        let failures = addresses.map(\.failure)
        let telling = failures.min { rank($0) < rank($1) } ?? .other(0)
        var advice =
            switch telling {
            case .refused:
                Advice(
                    "Nothing listens on \(broker).", notListening(endpoint),
                    isGuess: !endpoint.isLoopback || endpoint.transport.path != nil)
            case .notASocket:
                Advice("\(host) is no socket.", "Give the path of the broker's: mosquitto.conf, 'listener 0 PATH'.")
            case .noSuchSocket:
                Advice("There is no socket \(host).", "Is the broker running? mosquitto.conf: 'listener 0 \(host)'.")
            case .timedOut:
                Advice(
                    "No answer from \(broker).",
                    "Wrong address, robot off, or a firewall drops port \(endpoint.port).", isGuess: true)
            case .networkUnreachable, .hostUnreachable:
                Advice("No route to \(host).", "Are you on the robots' network or VPN?", isGuess: true)
            case .notPermitted where endpoint.transport == .unix:
                Advice(
                    "We may not use the socket \(host).", "Its rights, or those of a folder above it: ls -l \(host).")
            case .other(Self.nameTooLong) where endpoint.transport == .unix:
                Advice("The path \(host) is too long for a socket.", "At most 107 bytes: a link to it may be shorter.")
            case .notPermitted:
                Advice(
                    "The local firewall or routing forbids the connection to \(broker).",
                    "Look at this computer's firewall and routes.")
            case .reset:
                Advice("\(broker) reset the connection at once.", "A firewall, or a proxy in between?", isGuess: true)
            case .other(let number):
                Advice("No connection to \(broker)\(number == 0 ? "" : " (system error \(number))").", "")
            }
        if Set(failures).count > 1 { advice.what = "No connection to \(broker): \(list(addresses))." }
        return advice
    }

    /// No connection to `target` can come from the address that was asked for, where that is why there is none.
    static func comingFrom(_ failure: ConnectionFailure, _ addresses: [AddressFailure], to target: String) -> Advice? {
        guard let address = failure.localAddress, failure.endpoint.transport != .unix else { return nil }
        let local = Excerpt.of(address)
        // Addresses of the other kind are in the way only where there are no others.
        let failures = addresses.map(\.failure)
        switch failures.first(where: { $0 != .other(Self.otherFamily) }) ?? failures.first {
        case .other(Self.notOurs):
            return Advice(
                "\(local) is no address of this computer, so nothing can come from it.",
                "-A takes one of those that 'ip address' lists; without it any will do.")
        case .other(Self.otherFamily):
            return Advice(
                "Nothing can go from \(local) to \(target): one is IPv4, the other IPv6.",
                "Give -A an address of the other kind, or leave it out.")
        case .notPermitted:
            return Advice(
                "Nothing can go from \(local) to \(target).",
                "Is it the address on that network? -A may be left out. Else a firewall or routing forbids it.",
                isGuess: true)
        default: return nil
        }
    }

    /// EADDRNOTAVAIL.
    private static let notOurs: Int32 = 99
    /// EAFNOSUPPORT.
    private static let otherFamily: Int32 = 97

    private static func notListening(_ endpoint: Endpoint) -> String {
        if case .unix = endpoint.transport { return "The socket is there, but no broker: has it died? Start it again." }
        guard endpoint.transport.path == nil else {
            return
                "Is the broker running? Its websockets may be on another port: 9001 (mosquitto), 8083 (EMQX)."
        }
        guard !endpoint.transport.isSecure else {
            return
                "Is mosquitto running there, with TLS on this port (listener, certfile, keyfile)? Usually that is 8883."
        }
        let running = "Is mosquitto running there? (systemctl status mosquitto) Port 1883 = plain, 8883 = TLS."
        guard !endpoint.isLoopback else { return running }
        return running
            + " Or mosquitto 2 runs without a 'listener' line: it then accepts local clients only."
            + " Add 'listener \(endpoint.port)' and 'allow_anonymous true' (or a password_file)."
    }

    /// ENAMETOOLONG.
    private static let nameTooLong: Int32 = 36

    private static func rank(_ failure: SocketFailure) -> Int {
        switch failure {
        case .refused: 0
        case .reset: 1
        case .timedOut: 2
        case .notPermitted: 3
        case .hostUnreachable: 4
        case .networkUnreachable: 5
        case .noSuchSocket, .notASocket: 6
        case .other: 7
        }
    }

    /// Each address with what became of it: never only the last one.
    private static func list(_ addresses: [AddressFailure]) -> String {
        let shown = addresses.prefix(3).map { "\(Excerpt.of($0.address, limit: 60)) \(words($0.failure))" }
        let rest = addresses.count > 3 ? [" and \(addresses.count - 3) more"] : []
        return shown.joined(separator: ", ") + rest.joined()
    }

    /// What the operating system says of a socket, in a few words.
    package static func words(_ failure: SocketFailure) -> String {
        switch failure {
        case .refused: "refused"
        case .timedOut: "no answer"
        case .networkUnreachable: "no route to its network"
        case .hostUnreachable: "no route to it"
        case .noSuchSocket: "no such socket"
        case .notASocket: "no socket"
        case .notPermitted: "forbidden here"
        case .reset: "reset"
        case .other(let number): "system error \(number)"
        }
    }

    // MARK: Not a broker

    /// The connection was closed before a single byte came.
    static func closedBeforeAnswer(_ endpoint: Endpoint) -> Advice {
        let full = "its log: \"denied: max_connections exceeded\""
        let todo =
            switch endpoint.transport {
            case .tcp where tlsPorts.contains(endpoint.port):
                "Port \(endpoint.port) is usually TLS: try --tls, or --cafile CA.crt."
            case .tcp: "A TLS port, perhaps (--tls)? Or the broker is full (\(full))."
            case .tls: "Is the broker full (\(full))? Or it wants a client certificate: --cert, --key."
            case .webSocket, .secureWebSocket: "Is the broker full (\(full)), or not behind this web server?"
            case .unix: "Is the broker full (\(full))?"
            }
        return Advice(
            "\(Excerpt.of(endpoint.address)) closed the connection without an MQTT answer.", todo, isGuess: true)
    }

    /// Ports that are registered or customary for MQTT and HTTP over TLS.
    private static let tlsPorts: Set<Int> = [443, 8443, 8883, 8884, 8886]

    /// How servers of other protocols begin to speak.
    private static let greetings: [(start: String, kind: String)] = [
        ("SSH-", "an SSH server"), ("220 ", "an FTP or mail server"), ("220-", "an FTP or mail server"),
        ("+OK", "a mail server (POP3)"), ("* OK", "a mail server (IMAP)"), ("RFB ", "a VNC server"),
        ("AMQP", "an AMQP broker"), ("INFO {", "a NATS server"), ("-ERR", "a Redis server"),
    ]

    /// What kind of server begins to speak like this, if that is known.
    static func kind(of bytes: [UInt8]) -> String? {
        if isWeb(bytes) { return "a web server" }
        return greetings.first { bytes.starts(with: $0.start.utf8) }?.kind
    }

    private static func isWeb(_ bytes: [UInt8]) -> Bool {
        ["HTTP/", "<!", "<html"].contains { bytes.starts(with: $0.utf8) }
    }

    /// Something answered, but not MQTT.
    static func notMQTT(_ endpoint: Endpoint, _ bytes: [UInt8]) -> Advice {
        let broker = Excerpt.of(endpoint.address)
        if isWeb(bytes) {
            let scheme = endpoint.transport.isSecure ? "wss" : "ws"
            return Advice(
                "\(broker) is a web server, not an MQTT broker.",
                "MQTT may be behind it: try \(scheme)://\(broker)/mqtt. The plain port is usually 1883.")
        }
        // A TLS alert or handshake record: type, then version 3.x.
        if bytes.count >= 2, bytes[0] == 0x15 || bytes[0] == 0x16, bytes[1] == 3 {
            return Advice(
                "\(broker) speaks TLS, not plain MQTT.",
                "Give --tls, or --cafile CA.crt. The plain port is usually 1883.")
        }
        let todo = "MQTT is usually on port 1883."
        if let kind = kind(of: bytes) {
            return Advice("\(broker) is \(kind) (\(Excerpt.of(bytes))), not an MQTT broker.", todo)
        }
        return Advice("\(broker) does not speak MQTT: it sent “\(Excerpt.of(bytes))”.", todo)
    }
}
