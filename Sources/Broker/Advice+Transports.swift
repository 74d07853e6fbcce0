internal import MQTT

/// What went wrong below MQTT.
extension Advice {
    // MARK: Proxy

    /// The proxy made no connection.
    static func proxy(_ failure: ConnectionFailure, _ cause: ProxyFailure) -> Advice {
        let proxy = "The proxy \(Excerpt.of(failure.proxy ?? ""))"
        let broker = Excerpt.of(failure.endpoint.address)
        switch cause {
        case .nameUnknown: return Advice("\(proxy) is not known by that name.", "Check the host in --proxy.")
        case .nameServerUnavailable:
            return Advice("\(proxy) cannot be looked up: no name server answers.", "Check the network.")
        case .unreachable(let addresses):
            if let advice = comingFrom(failure, addresses, to: proxy) { return advice }
            let first = addresses.first.map { words($0.failure) } ?? "no address"
            return Advice("\(proxy) cannot be reached: \(first).", "Is it running? Check host and port in --proxy.")
        case .noAnswer(let milliseconds):
            return Advice(
                "\(proxy) does not answer (waited \(Excerpt.duration(milliseconds))).",
                "Can it reach \(broker)? Or it is no SOCKS 5 proxy.", isGuess: true)
        case .closed:
            return Advice(
                "\(proxy) closed the connection without an answer.", "Is it a SOCKS 5 proxy, and may you use it?",
                isGuess: true)
        case .notSOCKS(let bytes):
            let kind = kind(of: bytes).map { "is \($0), not" } ?? "is not"
            return Advice("\(proxy) \(kind) a SOCKS 5 proxy.", "Check host and port in --proxy.")
        case .noAcceptableMethod(let passwordOffered):
            return Advice(
                passwordOffered
                    ? "\(proxy) takes no user name and password." : "\(proxy) wants a user name and a password.",
                passwordOffered
                    ? "It may want another kind of login, which mqscope does not know."
                    : "Give them: --proxy socks5h://USER:PASSWORD@HOST:PORT.", isGuess: true)
        case .wrongPassword:
            return Advice("\(proxy) refuses the user name or password.", "Check them in --proxy.")
        case .refused(let reply):
            let (words, todo) = words(reply)
            return Advice("\(proxy) did not connect to \(broker): \(words).", todo)
        }
    }

    /// What a reply means (RFC 1928 section 6), and what to do about it.
    private static func words(_ reply: UInt8) -> (words: String, todo: String) {
        switch reply {
        case 2: ("not allowed", "Whoever runs the proxy decides where it connects to.")
        case 3: ("network unreachable", "The proxy has no way there: is it the right one?")
        case 4: ("host unreachable, or its name unknown", "The name must be one that the proxy can look up.")
        case 5: ("connection refused", "Nothing listens there, as the proxy sees it: check host and port.")
        case 6: ("no answer", "Wrong address, robot off, or a firewall behind the proxy.")
        case 7: ("it cannot connect", "Another proxy is needed.")
        case 8: ("it does not know this kind of address", "Try the name or an IPv4 address.")
        default: ("reply \(reply)", "Its log may say more.")
        }
    }

    // MARK: WebSocket

    /// WebSocket was not agreed on, or has broken.
    static func webSocket(_ failure: ConnectionFailure, _ cause: WebSocketFailure) -> Advice {
        let broker = Excerpt.of(failure.endpoint.address)
        let path = Excerpt.of(failure.endpoint.transport.shownPath ?? "", limit: 60)
        let plain = failure.endpoint.transport.isSecure ? "mqtts://" : "mqtt://"
        let orSecure = failure.endpoint.transport.isSecure ? "" : ", or wss:// if it speaks TLS"
        switch cause {
        case .noAnswer(let milliseconds):
            return Advice(
                "\(broker) accepts connections but does not answer as a web server (waited \(Excerpt.duration(milliseconds))).",
                "Is it a websockets listener? Or it is overloaded.", isGuess: true)
        case .closed:
            return Advice(
                "\(broker) closed the connection instead of answering as a web server.",
                "It is probably no websockets listener: try \(plain) for plain MQTT\(orSecure).", isGuess: true)
        case .notHTTP(let bytes):
            let kind = kind(of: bytes).map { "is \($0) (\(Excerpt.of(bytes)))" } ?? "sent “\(Excerpt.of(bytes))”"
            return Advice("\(broker) is not a websockets listener: it \(kind).", "Is it the right port?")
        case .refused(let answer): return refused(broker, path, answer)
        case .otherSubprotocol(let name):
            let how = name.map { "it speaks “\(Excerpt.of($0, limit: 60))”" } ?? "it agreed to no sub-protocol"
            return Advice("The websocket at \(broker)\(path) does not speak MQTT: \(how).", "Try another path or port.")
        case .closedWithCode(let code, let reason):
            return Advice("\(broker) closed the websocket: \(closeCode(code)).", "Its log may say more.").adding(reason)
        case .violation(let detail):
            return Advice(
                "\(broker) broke the websocket protocol: \(Excerpt.of(detail)).",
                "A fault of the server, or of a web server in between.", isGuess: true)
        }
    }

    /// A web server answered, and not with a websocket.
    private static func refused(_ broker: String, _ path: String, _ answer: WebSocketFailure.Answer) -> Advice {
        let status = "\(answer.status) \(Excerpt.of(answer.reason, limit: 60))"
        let server = answer.server.map { "The web server calls itself “\(Excerpt.of($0, limit: 60))”." } ?? ""
        switch answer.status {
        case 300..<400:
            let place = answer.location.map { " to \(Excerpt.of($0))" } ?? " elsewhere"
            return Advice(
                "The web server \(broker) sends us\(place): \(status).",
                "Give that as the URL, with ws:// in place of http://, wss:// of https://.", facts: server)
        case 401, 403, 407:
            let scheme = answer.challenge.flatMap { $0.split(separator: " ").first } ?? "Basic"
            return Advice(
                "The web server \(broker) does not let us in at \(path): \(status).",
                "It may want to know who you are: --ws-header 'Authorization: \(Excerpt.of(String(scheme), limit: 20)) …'.",
                facts: server, isGuess: true)
        case 500...:
            return Advice(
                "The web server \(broker) cannot give us a websocket at \(path): \(status).",
                "Is the broker behind it running?", facts: server, isGuess: true)
        default:
            return Advice(
                "The web server \(broker) has no websocket at \(path): \(status).",
                "Usual paths: /mqtt (EMQX, VerneMQ, HiveMQ), / (mosquitto).", facts: server, isGuess: true)
        }
    }

    /// What a close code means (RFC 6455 section 7.4.1).
    private static func closeCode(_ code: UInt16) -> String {
        let words = [
            1_002: "protocol error", 1_003: "unacceptable data", 1_007: "inconsistent data", 1_008: "policy violation",
            1_009: "message too large", 1_010: "missing extension", 1_011: "server error", 1_012: "server restarts",
            1_013: "try again later",
        ]
        return words[Int(code)].map { "\($0) (\(code))" } ?? "code \(code)"
    }
}
