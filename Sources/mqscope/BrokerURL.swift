import ArgumentParser

/// `mqtt://[user[:password]@]host[:port]`, percent-escapes in user and password decoded.
struct BrokerURL: Equatable {
    /// Host name or address, without brackets.
    let host: String
    /// Port; 1883 where none is given.
    let port: Int
    /// User name.
    let user: String?
    /// Password.
    let password: String?

    /// The parts of `text`, or an error that says what is wrong; the password is never repeated.
    init(_ text: String) throws {
        guard let colon = text.range(of: "://") else {
            throw ValidationError("'\(text)' is neither a command nor a URL: mqtt://HOST, or demo.")
        }
        let scheme = text[..<colon.lowerBound].lowercased()
        guard scheme == "mqtt" else {
            throw ValidationError("'\(scheme)://' is not known: mqtt://HOST[:PORT] is.")
        }
        var rest = text[colon.upperBound...]
        if let slash = rest.firstIndex(of: "/") {
            guard rest.index(after: slash) == rest.endIndex else {
                throw ValidationError("A path in the URL means nothing here: give filters with -t.")
            }
            rest = rest[..<slash]
        }
        var user: String?
        var password: String?
        if let at = rest.lastIndex(of: "@") {
            let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            user = try Self.decoded(parts[0])
            if parts.count > 1 { password = try Self.decoded(parts[1]) }
            rest = rest[rest.index(after: at)...]
        }
        var port = 1883
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { throw ValidationError("The URL's [address] has no ].") }
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
            if !rest.isEmpty {
                guard rest.first == ":", let number = Int(rest.dropFirst()) else {
                    throw ValidationError("What follows the URL's [address] is no port.")
                }
                port = number
            }
        } else {
            let parts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            host = String(parts.first ?? "")
            if parts.count > 1 {
                guard let number = Int(parts[1]) else {
                    throw ValidationError("The URL's port '\(parts[1])' is no number.")
                }
                port = number
            }
        }
        guard !host.isEmpty else { throw ValidationError("The URL names no host: mqtt://HOST[:PORT].") }
        self.port = port
        self.user = user
        self.password = password
    }

    private static func decoded(_ text: Substring) throws -> String {
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
        return String(decoding: bytes, as: UTF8.self)
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
        else { throw ValidationError("History '\(text)' is no size between 64KiB and 16GiB, such as 64MiB.") }
        bytes = number << shift
    }
}
