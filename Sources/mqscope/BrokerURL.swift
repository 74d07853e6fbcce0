import ArgumentParser
import MQTT
import Screen

/// `mqtt://[user[:password]@]host[:port]`, the same with `mqtts`, `ws`, `wss`, where a path may follow, or `unix:///path`.
struct BrokerURL: Equatable {
    /// Where the broker is.
    let endpoint: Endpoint
    /// User name.
    let user: String?
    /// Password.
    let password: String?

    /// The parts of `text`, or an error that says what is wrong; the password is never repeated.
    init(_ text: String) throws {
        guard let colon = text.range(of: "://") else {
            // What is spelled almost like a URL may hold a password.
            let word = text.contains(where: { "@:/".contains($0) }) ? "That" : "'\(text)'"
            throw ValidationError("\(word) is neither a command nor a URL: mqtt://HOST, or demo.")
        }
        let scheme = text[..<colon.lowerBound].lowercased()
        let rest = text[colon.upperBound...]
        if scheme == "unix" {
            guard rest.hasPrefix("/"), rest != "/" else { throw ValidationError("unix:// goes on with /PATH.") }
            (endpoint, user, password) = (Endpoint(unixPath: try URLParts.decoded(rest)), nil, nil)
            return
        }
        var transport: Transport
        switch scheme {
        case "mqtt": transport = .tcp
        case "mqtts": transport = .tls
        case "ws": transport = .webSocket(path: Transport.usualPath)
        case "wss": transport = .secureWebSocket(path: Transport.usualPath)
        default:
            let word = scheme.allSatisfy(\.isLetter) ? "'\(scheme)://'" : "That kind of URL"
            throw ValidationError(
                "\(word) is not known: mqtt://HOST[:PORT] is, mqtts://, ws://HOST/PATH, wss://, unix:///PATH.")
        }
        let parts = try URLParts(rest, usualPort: transport.usualPort)
        if !parts.path.isEmpty {
            switch transport {
            case .webSocket: transport = .webSocket(path: parts.path)
            case .secureWebSocket: transport = .secureWebSocket(path: parts.path)
            case .tcp, .tls, .unix:
                guard parts.path == "/" else {
                    throw ValidationError("A path in the URL means nothing here: give filters with -t.")
                }
            }
        }
        endpoint = Endpoint(host: parts.host, port: parts.port, transport: transport)
        user = parts.user
        password = parts.password
    }
}

/// `[user[:password]@]host[:port][/path]`, percent-escapes in user and password decoded.
struct URLParts {
    /// Host name or address, without brackets.
    let host: String
    /// Port.
    let port: Int
    /// User name.
    let user: String?
    /// Password.
    let password: String?
    /// From the first `/` or `?` on, with a `/` at its start; may be empty.
    let path: String

    /// The parts of `text`, with `usualPort` where none is given.
    init(_ text: Substring, usualPort: Int) throws {
        // RFC 3986 section 3.2: where user, host and port end.
        let end = text.firstIndex { "/?#".contains($0) } ?? text.endIndex
        guard !text[end...].contains("#") else {
            throw ValidationError("A # in the URL means nothing here. In a user name and a password it is %23.")
        }
        path = (text[end...].first == "?" ? "/" : "") + text[end...]
        var rest = text[..<end]
        var user: String?
        var password: String?
        if let at = rest.lastIndex(of: "@") {
            let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            user = try Self.decoded(parts[0])
            if parts.count > 1 { password = try Self.decoded(parts[1]) }
            rest = rest[rest.index(after: at)...]
        }
        (host, port) = try Self.place(rest, usualPort: usualPort)
        guard !host.isEmpty else { throw ValidationError("The URL names no host: mqtt://HOST[:PORT].") }
        self.user = user
        self.password = password
    }

    private static func place(_ text: Substring, usualPort: Int) throws -> (host: String, port: Int) {
        guard text.first == "[" else {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count > 1 else { return (String(parts.first ?? ""), usualPort) }
            guard let port = Int(parts[1]) else {
                // Where @ is missing, or / is in the password, this is the password.
                throw ValidationError(
                    "What follows the URL's host is no port. In a user name and a password / is %2F, : is %3A, @ is %40, ? is %3F."
                )
            }
            return (String(parts[0]), port)
        }
        guard let end = text.firstIndex(of: "]") else { throw ValidationError("The URL's [address] has no ].") }
        let host = String(text[text.index(after: text.startIndex)..<end])
        let rest = text[text.index(after: end)...]
        guard !rest.isEmpty else { return (host, usualPort) }
        guard rest.first == ":", let port = Int(rest.dropFirst()) else {
            throw ValidationError("What follows the URL's [address] is no port.")
        }
        return (host, port)
    }

    /// `text` with percent-escapes decoded.
    static func decoded(_ text: Substring) throws -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                throw ValidationError("A % in the URL's user or password is not followed by two hexadecimal digits.")
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw ValidationError("What the % in the URL stand for is no text in UTF-8.")
        }
        return text
    }
}

extension StringProtocol {
    /// Where `other` first stands in the text.
    fileprivate func range(of other: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(other) { return start..<index(start, offsetBy: other.count) }
            start = index(after: start)
        }
        return nil
    }
}

/// A number of bytes as people write it: `1000000`, `512KiB`, `64MiB`, `1G`.
struct ByteCount: Equatable {
    /// The number of bytes.
    let bytes: Int

    /// The number `text` stands for; at least 64 KiB, at most 16 GiB.
    init(_ text: String) throws {
        let digits = text.prefix { $0.isNumber }
        let units = [
            "": 0, "b": 0, "k": 10, "kb": 10, "kib": 10, "m": 20, "mb": 20, "mib": 20, "g": 30, "gb": 30, "gib": 30,
        ]
        guard let number = Int(digits), let shift = units[text.dropFirst(digits.count).lowercased()],
            number <= Int.max >> (shift + 1), (65_536...16 << 30).contains(number << shift)
        else { throw ValidationError("'\(SafeText.of(text))' is no size between 64KiB and 16GiB, such as 64MiB.") }
        bytes = number << shift
    }
}
