internal import MQTT

extension LogLine {
    /// What happened, in plain words and without the client's name, which is in `client`.
    package var words: String {
        switch kind {
        case .starting(let version): "mosquitto \(version) is starting"
        case .running(let version): "mosquitto \(version) is running"
        case .terminating(let version): "mosquitto \(version) is shutting down"
        case .accepted(let peer, let port): Self.words(accepted: peer, port: port)
        case .connected(let arrival): arrival.words
        case .encrypted(_, let version, let cipher): "encrypted with \(version) (\(cipher))"
        case .takenOver(let takeover): takeover.words
        case .ended(let ending): ending.words
        case .turnedAway(let peer, let denial): "turned away (\(peer)): \(denial.words)"
        case .tlsOnPlainListener(let peer): "tried TLS on a port without TLS (\(peer))"
        case .tlsError(let words): "TLS failed: " + Self.words(tls: words)
        case .violation(let subject, let violation): violation.words + (subject.peer.map { " (\($0))" } ?? "")
        case .subscribed(_, let qos, let filter): "subscribed to \(filter) (QoS \(qos.rawValue))"
        case .unsubscribed(_, let filter): "unsubscribed from \(filter)"
        case .dropping(_, let isUs):
            isUs
                ? "the broker drops messages for us: mqscope or the network is too slow for them"
                : "the broker drops messages for it: it takes them too slowly"
        case .expired: "its session expired"
        case .saving(let path): "saving retained messages and sessions to \(path)"
        case .reloading: "reading its configuration again"
        case .listening(let kind, let place): "listening on \(place) (\(kind))"
        case .notSaved, .remark, .unknown: plainText
        }
    }

    /// The words, in two rows where the broker wrote two lines.
    package var rows: [String] {
        guard let lineBreak = raw.firstIndex(of: UInt8(ascii: "\n")), words == plainText else { return [words] }
        return [Self.plainText(raw[..<lineBreak]), Self.plainText(raw[raw.index(after: lineBreak)...]) + cutWords]
    }

    /// The line as it is, its line breaks as spaces.
    private var plainText: String { Self.plainText(raw[...]) + cutWords }

    private var cutWords: String { cutCount > 0 ? "… (\(cutCount) more bytes)" : "" }

    private static func plainText(_ raw: ArraySlice<UInt8>) -> String {
        let bytes = raw.map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: " ") : $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func words(accepted peer: Peer, port: Int) -> String {
        // A unix socket has a path for an address, and port 0.
        port == 0 ? "opened a connection to the socket \(peer)" : "opened a connection from \(peer) to port \(port)"
    }

    /// OpenSSL's words, `error:CODE:LIBRARY:FUNCTION:REASON`, by their reason, which is the same in all its versions.
    static func words(tls words: String) -> String {
        let reason = words.split(separator: ":").last.map(String.init) ?? words
        return switch reason {
        case "wrong version number": "plain MQTT on a TLS port, or no TLS at all"
        case "http request": "a web client (HTTP) on a TLS port"
        case "tlsv1 alert unknown ca", "sslv3 alert certificate unknown":
            "the client does not trust the broker's certificate (unknown CA)"
        case "sslv3 alert bad certificate", "tlsv1 alert internal error":
            "the client does not accept the broker's certificate (made for another name?)"
        case "sslv3 alert certificate expired": "the client says that the broker's certificate has expired"
        case "peer did not return a certificate": "the client has no certificate to show"
        case "unsupported protocol": "the client's TLS version is too old"
        case "unexpected eof while reading": "the connection ended without a TLS goodbye (usual when a client stops)"
        default: reason
        }
    }
}

extension LogLine.Arrival {
    /// `connected from 127.0.0.1:4000 as user ev3 (5.0, clean, keep-alive 60 s)`.
    var words: String {
        var facts = version.map { [$0.description] } ?? []
        facts.append(cleanStart ? "clean" : "keeps its session")
        facts.append(keepAlive > 0 ? "keep-alive \(keepAlive) s" : "no keep-alive")
        let user = userName.map { " as user \($0.isEmpty ? "\"\"" : $0)" } ?? ""
        return "connected\(isBridge ? " as a bridge" : "") from \(peer)\(user) (\(facts.joined(separator: ", ")))"
    }
}

extension LogLine.Takeover {
    /// `taken over by 127.0.0.1:46575 — two devices use this client identifier`; a single takeover from the same
    /// address may as well be a device that came back before its old connection was noticed to be dead.
    var words: String {
        let by = new.map { " by \($0)" } ?? ""
        if isUs { return "taken over\(by) — another program uses our client identifier" }
        let isElsewhere = new != nil && old != nil && new?.address != old?.address
        let remark = count > 1 ? " (\(count) times in a row)" : isElsewhere ? "" : ", or it reconnected"
        return "taken over\(by) — two devices use this client identifier\(remark)"
    }
}

extension LogLine.Ending {
    /// Why it ended, and where it was when it has no name.
    var words: String {
        if isFollowUp { return "its connection is closed now" }
        let isNamed = subject.name != "?"
        let place = subject.peer ?? peer
        guard !isNamed, let place else { return reasonWords }
        return "\(reasonWords) (\(isPeerGuessed ? "probably " : "")\(place))"
    }

    private var reasonWords: String { reason.words(isNamed: subject.name != "?", wasConnected: wasConnected) }
}

extension LogLine.Denial {
    /// Why it was not let in.
    var words: String {
        switch self {
        case .tooMany: "the broker is full (max_connections)"
        case .tcpWrapper: "forbidden by hosts.deny"
        case .tls(let words): LogLine.words(tls: words)
        }
    }
}

extension LogLine.Violation {
    /// What it did.
    var words: String {
        switch self {
        case .notConnect(let byte): "is no MQTT client: " + Self.guess(byte)
        case .version(let version): "asked for protocol version \(version), which the broker does not speak"
        case .name(let name): "asked for the protocol \"\(name)\", which is not MQTT"
        case .secondConnect: "sent CONNECT twice"
        case .subscription(let words): "disconnected: " + words.prefix(1).lowercased() + words.dropFirst()
        case .other(let words): "broke the protocol: \(words)"
        }
    }

    /// What a first byte that is not that of CONNECT tells.
    private static func guess(_ byte: UInt8) -> String {
        switch byte {
        case 0x16: "it speaks TLS"
        case UInt8(ascii: "G"), UInt8(ascii: "P"), UInt8(ascii: "H"), UInt8(ascii: "O"): "probably a web client (HTTP)"
        default: "its first byte is 0x\(String(byte, radix: 16, uppercase: true)), not CONNECT"
        }
    }
}
