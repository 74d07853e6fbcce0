/// What a certificate says, for people: as it was sent, which proves nothing by itself.
public struct Certificate: Sendable, Hashable {
    /// Whose it is, e.g. `CN=localhost, O=Robots`.
    public var subject: String
    /// Who signed it.
    public var issuer: String
    /// From when on it is valid, seconds since 1970.
    public var notBefore: Int64
    /// Until when it is valid, seconds since 1970.
    public var notAfter: Int64
    /// The host names and IP addresses it is for (Subject Alternative Name); clients look at nothing else.
    public var names: [String]
    /// SHA-256 of it.
    public var fingerprint: Fingerprint

    /// A certificate that says this.
    public init(
        subject: String, issuer: String, notBefore: Int64, notAfter: Int64, names: [String], fingerprint: Fingerprint
    ) {
        self.subject = subject
        self.issuer = issuer
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.names = names
        self.fingerprint = fingerprint
    }

    /// Whether it says of itself that nobody else signed it.
    public var isSelfSigned: Bool { subject == issuer }
}

/// The SHA-256 of a certificate: no two have the same.
public struct Fingerprint: Sendable, Hashable, CustomStringConvertible {
    /// The 32 bytes.
    public let bytes: [UInt8]

    /// The fingerprint with these 32 bytes.
    package init(bytes: [UInt8]) {
        precondition(bytes.count == 32, "SHA-256 has 32 bytes")
        self.bytes = bytes
    }

    /// The fingerprint that `text` says in 64 hexadecimal digits, with or without colons between; `nil` if it says none.
    public init?(_ text: String) {
        let digits = text.utf8.filter { $0 != UInt8(ascii: ":") }.map { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: 64, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        self.bytes = bytes
    }

    /// As OpenSSL writes it: `AB:CD:…`.
    public var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined(separator: ":")
    }
}

/// Versions of TLS.
public enum TLSVersion: String, Sendable, Hashable, CaseIterable {
    /// TLS 1.2 (RFC 5246).
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case v1_2 = "1.2"
    /// TLS 1.3 (RFC 8446).
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case v1_3 = "1.3"
}
