import MQTT
import NIOSSL

/// The cipher suites of TLS 1.2 that the library has, by OpenSSL's names: it ends the program for any other.
enum CipherSuites {
    /// The suites called `names`.
    static func named(_ names: [String]) throws(TLSFailure.LocalProblem) -> [NIOTLSCipher] {
        var suites: [NIOTLSCipher] = []
        for name in names {
            guard let suite = all.first(where: { $0.name == name.uppercased() }) else { throw .unknownCipher(name) }
            suites.append(suite.cipher)
        }
        return suites
    }

    /// Those that need a pre-shared key, the best first.
    static let preShared = all.filter { $0.name.contains("PSK") }.map(\.cipher)

    private static let all: [(name: String, cipher: NIOTLSCipher)] = [
        ("ECDHE-ECDSA-AES128-GCM-SHA256", .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256),
        ("ECDHE-ECDSA-AES256-GCM-SHA384", .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384),
        ("ECDHE-RSA-AES128-GCM-SHA256", .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256),
        ("ECDHE-RSA-AES256-GCM-SHA384", .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384),
        ("ECDHE-ECDSA-CHACHA20-POLY1305", .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256),
        ("ECDHE-RSA-CHACHA20-POLY1305", .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256),
        ("ECDHE-ECDSA-AES128-SHA", .TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA),
        ("ECDHE-ECDSA-AES256-SHA", .TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA),
        ("ECDHE-RSA-AES128-SHA", .TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA),
        ("ECDHE-RSA-AES256-SHA", .TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA),
        ("AES128-GCM-SHA256", .TLS_RSA_WITH_AES_128_GCM_SHA256),
        ("AES256-GCM-SHA384", .TLS_RSA_WITH_AES_256_GCM_SHA384),
        ("AES128-SHA", .TLS_RSA_WITH_AES_128_CBC_SHA),
        ("AES256-SHA", .TLS_RSA_WITH_AES_256_CBC_SHA),
        ("ECDHE-PSK-AES256-CBC-SHA", .TLS_ECDHE_PSK_WITH_AES_256_CBC_SHA),
        ("ECDHE-PSK-AES128-CBC-SHA", .TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA),
        ("PSK-AES256-CBC-SHA", .TLS_PSK_WITH_AES_256_CBC_SHA),
        ("PSK-AES128-CBC-SHA", .TLS_PSK_WITH_AES_128_CBC_SHA),
    ]
}
