import MQTT

/// What `-L` says: `mqtt://[user[:password]@]host[:port]/topic`. Errors never repeat it, as it may hold a password.
struct URLArgument {
    private let isSecure: Bool
    private let isWebSocket: Bool
    private let userName: String?
    private let password: String?
    private let place: HostAndPort
    private let topic: String

    /// The parts of the first argument of `use`.
    init(_ use: OptionUse) throws(UsageError) {
        let text = try use.text()
        let scheme = text.prefix { $0 != ":" }.lowercased()
        guard ["mqtt", "mqtts", "ws", "wss"].contains(scheme), text.dropFirst(scheme.count).hasPrefix("://") else {
            throw UsageError("Error: Unsupported URL scheme.", "mqtt://, mqtts://, ws:// and wss:// are known.")
        }
        isSecure = scheme == "mqtts" || scheme == "wss"
        isWebSocket = scheme == "ws" || scheme == "wss"
        let rest = text.dropFirst(scheme.count + 3)
        guard let slash = rest.firstIndex(of: "/"), slash != rest.indices.last else {
            throw UsageError(
                "Error: Invalid URL for -L argument specified - topic missing.", "A URL ends in /TOPIC.")
        }
        topic = String(rest[rest.index(after: slash)...])
        let parts = UserAndPlace(rest[..<slash])
        (userName, password) = (parts.userName, parts.password)
        guard let place = HostAndPort(parts.place, usualPort: isSecure ? 8883 : 1883) else {
            throw UsageError("Error: Invalid port given in the URL for -L.", "It is between 1 and 65535.")
        }
        guard !place.host.isEmpty else {
            throw UsageError(
                "Error: Invalid URL for -L argument specified - host missing.", "A URL has a host before /TOPIC.")
        }
        self.place = place
    }

    /// Sets what the URL says; later options can change all of it.
    func apply(to settings: inout CommandSettings, _ use: OptionUse) throws(UsageError) {
        if settings.command == .sub {
            settings.receiving.filters.append(try use.filter("subscription topic", topic))
        } else {
            settings.sending.topic = try use.topic("publish topic", topic)
        }
        settings.connection.host = place.host
        settings.connection.port = place.port
        settings.connection.unixPath = nil
        settings.connection.hasSecureURL = isSecure
        if isWebSocket { settings.connection.usesWebSocket = true }
        if let userName { settings.session.userName = userName }
        if let password { settings.session.password = .given(Secret(Array(password.utf8))) }
    }
}

/// What `--proxy` says: `socks5h://[user[:password]@]host[:port]`. Errors never repeat it, as it may hold a password.
struct ProxyArgument {
    /// The proxy it is.
    let proxy: ConnectionSettings.Proxy

    /// The parts of the first argument of `use`.
    init(_ use: OptionUse) throws(UsageError) {
        let text = try use.text()
        guard text.lowercased().hasPrefix("socks5h://") else {
            let scheme = text.prefix { $0.isLetter || $0.isNumber }
            throw UsageError(
                "Error: Unsupported proxy protocol: \(String(scheme).shortened)",
                "A proxy is socks5h://[USER[:PASSWORD]@]HOST[:PORT].")
        }
        let rest = text.dropFirst("socks5h://".count)
        let parts = UserAndPlace(rest.hasSuffix("/") ? rest.dropLast() : rest)
        guard let place = HostAndPort(parts.place, usualPort: 1080) else {
            throw UsageError("Error: Invalid proxy port.", "It is between 1 and 65535.")
        }
        guard !place.host.isEmpty, !place.host.contains("/") else {
            throw UsageError("Error: Invalid proxy.", "A proxy is socks5h://[USER[:PASSWORD]@]HOST[:PORT].")
        }
        guard let userName = Self.decoded(parts.userName), let password = Self.decoded(parts.password),
            userName.utf8.count < 256, password.utf8.count < 256, parts.userName == nil || !userName.isEmpty
        else {
            throw UsageError(
                "Error: Invalid proxy.", "User and password have 1 to 255 bytes; %25, %3a and %40 stand for % : @.")
        }
        proxy = ConnectionSettings.Proxy(
            host: place.host, port: place.port, userName: parts.userName.map { _ in userName },
            password: Secret(Array(password.utf8)))
    }

    /// `text` with its percent-escapes decoded, empty for `nil`; `nil` where they are none.
    private static func decoded(_ text: String?) -> String? {
        var bytes: [UInt8] = []
        var rest = Array((text ?? "").utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, rest.first != UInt8(ascii: "+"), rest.first != UInt8(ascii: "-"),
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

/// `[user[:password]@]place`: the user ends at the first colon, the password at the last `@`.
private struct UserAndPlace {
    /// The user name.
    let userName: String?
    /// The password.
    let password: String?
    /// What stands behind the `@`.
    let place: Substring

    init(_ text: Substring) {
        guard let at = text.lastIndex(of: "@") else {
            (userName, password, place) = (nil, nil, text)
            return
        }
        let parts = text[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        userName = String(parts[0])
        password = parts.count > 1 ? String(parts[1]) : nil
        place = text[text.index(after: at)...]
    }
}

/// `host[:port]`, an IPv6 address in brackets.
private struct HostAndPort {
    /// The host without brackets.
    let host: String
    /// The port.
    let port: Int

    /// `nil` where what follows the host is no port.
    init?(_ text: Substring, usualPort: Int) {
        var rest = text
        if text.first == "[", let end = text.firstIndex(of: "]") {
            host = String(text[text.index(after: text.startIndex)..<end])
            rest = text[text.index(after: end)...]
        } else {
            let end = text.firstIndex(of: ":") ?? text.endIndex
            host = String(text[..<end])
            rest = text[end...]
        }
        guard !rest.isEmpty else {
            port = usualPort
            return
        }
        guard rest.first == ":", let number = ArgumentNumber.decimal(Array(rest.dropFirst().utf8)),
            (1...65_535).contains(number)
        else { return nil }
        port = number
    }
}
