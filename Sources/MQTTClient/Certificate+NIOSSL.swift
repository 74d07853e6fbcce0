import Glibc
import MQTT
import NIOSSL

extension Certificate {
    /// What `certificate` says.
    init(_ certificate: NIOSSLCertificate) {
        self.init(
            subject: Self.text(certificate.subjectName), issuer: Self.text(certificate.issuerName),
            notBefore: Int64(certificate.notValidBefore), notAfter: Int64(certificate.notValidAfter),
            names: Self.names(of: certificate), fingerprint: Fingerprint(of: certificate))
    }

    /// The host names and addresses that `certificate` is for.
    private static func names(of certificate: NIOSSLCertificate) -> [String] {
        certificate._subjectAlternativeNames().compactMap { name in
            let bytes = name.contents.withUnsafeBufferPointer { Array($0) }
            return switch name.nameType {
            case .dnsName: String(decoding: bytes, as: UTF8.self)
            case .ipAddress: address(bytes)
            default: nil
            }
        }
    }

    /// Whether `certificate` is for the address of these 4 or 16 bytes. The library looks at the address of the socket, which
    /// is another one behind a proxy.
    static func isIssued(_ certificate: NIOSSLCertificate, toAddress address: [UInt8]) -> Bool {
        certificate._subjectAlternativeNames().contains { name in
            name.nameType == .ipAddress && name.contents.withUnsafeBufferPointer { $0.elementsEqual(address) }
        }
    }

    /// `127.0.0.1`, `::1`; `nil` when these are no 4 or 16 bytes.
    private static func address(_ bytes: [UInt8]) -> String? {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// `CN=localhost, O=Robots`.
    private static func text(_ name: [SSLCertificateName]) -> String {
        name.map { part in
            let label = labels.first { $0.type == part.type }?.label
            return label.map { "\($0)=\(part.value)" } ?? part.value
        }.joined(separator: ", ")
    }

    private static let labels: [(type: SSLCertificateNameType, label: String)] = [
        (.commonName, "CN"), (.organization, "O"), (.organizationalUnit, "OU"), (.city, "L"), (.state, "ST"),
        (.country, "C"), (.emailAddress, "emailAddress"), (.userId, "UID"),
    ]
}

extension Fingerprint {
    /// That of `certificate`.
    init(of certificate: NIOSSLCertificate) {
        // Making DER of a certificate that was read fails only when there is no memory left.
        self.init(bytes: SHA256.hash((try? certificate.toDERBytes()) ?? []))
    }
}
