/// Why there is no TLS connection, or no longer.
public enum TLSFailure: Sendable, Hashable {
    /// What is wrong with our own files and settings, before anything was sent.
    case unusable(LocalProblem)
    /// Connected and our hello sent, then nothing for `milliseconds`.
    case noAnswer(milliseconds: Int)
    /// Closed during the handshake without a word of TLS.
    case closed(wasReset: Bool)
    /// The server spoke TLS, and closed before the handshake was over, without an alert.
    case brokenOff(wasReset: Bool)
    /// The first bytes are not TLS; at most 64 of them.
    case notTLS([UInt8])
    /// We do not trust the server's certificate.
    case untrusted(Distrust)
    /// The server ended it with this alert (RFC 8446 section 6): `Alert` names those that matter.
    case alert(UInt8)
    /// The server takes no version from `minimum` to `maximum`, which is all that we may.
    case versionNotOffered(minimum: TLSVersion, maximum: TLSVersion)
    /// The server asked for a client certificate, got none, and ended it; whether it said that this is why.
    case clientCertificateWanted(isSaid: Bool)
    /// Anything else: the TLS library's word for it, e.g. `BAD_DECRYPT`.
    case other(String)

    /// Alerts that say what to do about them (RFC 8446 section 6.2).
    public enum Alert {
        /// No version, cipher or setting in common.
        public static let handshakeFailure: UInt8 = 40
        /// Our certificate is wrong somehow.
        public static let badCertificate: UInt8 = 42
        /// Our certificate has expired.
        public static let certificateExpired: UInt8 = 45
        /// The server does not know who signed our certificate.
        public static let unknownAuthority: UInt8 = 48
        /// What we know or are gives no access.
        public static let accessDenied: UInt8 = 49
        /// The server does not take our signature, or a key of ours.
        public static let decryptError: UInt8 = 51
        /// The server takes no version of ours.
        public static let protocolVersion: UInt8 = 70
        /// The server has no such name (SNI).
        public static let unrecognizedName: UInt8 = 112
        /// The server does not know our pre-shared key's identity.
        public static let unknownIdentity: UInt8 = 115
        /// The server wants a client certificate.
        public static let certificateRequired: UInt8 = 116
        /// The server speaks none of the protocols that we named (ALPN).
        public static let noApplicationProtocol: UInt8 = 120
    }

    /// A server's certificate that is not trusted, and why.
    public struct Distrust: Sendable, Hashable {
        /// What is wrong.
        public enum Reason: Sendable, Hashable {
            /// Nobody we trust has signed `certificate`.
            case unknownAuthority
            /// The server sent no certificate of who signed its own, `certificate`, nor is that authority trusted: it is an
            /// intermediate one that the server forgot, or one that has to be made known here.
            case issuerNotSent
            /// Somebody we trust bears its issuer's name, but has not signed `certificate`: an authority made anew.
            case notSignedByAuthority
            /// `certificate` is not valid any more.
            case expired
            /// `certificate` is not valid yet; or this computer's clock is wrong.
            case notYetValid
            /// `certificate` is for other names than the one we asked for.
            case wrongName
            /// The fingerprint of `certificate` is none of those we were told.
            case otherFingerprint
        }

        /// What is wrong.
        public var reason: Reason
        /// What is wrong with it: the server's own certificate, or that of an authority above it.
        public var certificate: Certificate
        /// The server's own certificate.
        public var serverCertificate: Certificate
        /// What the server sent, at most 16: its own certificate, then authorities. Empty where that is not known.
        public var chain: [Certificate]
        /// What the clock of this computer said, seconds since 1970.
        public var time: Int64

        /// `certificate` is not trusted for `reason`.
        package init(
            _ reason: Reason, _ certificate: Certificate, of server: Certificate? = nil, chain: [Certificate] = [],
            time: Int64
        ) {
            self.reason = reason
            self.certificate = certificate
            serverCertificate = server ?? certificate
            self.chain = chain
            self.time = time
        }
    }

    /// What is wrong with our own files and settings.
    public enum LocalProblem: Error, Sendable, Hashable {
        /// The file or folder cannot be read: what the system says, by its errno.
        case cannotRead(path: String, errno: Int32)
        /// There is no certificate in PEM in the file, or none that can be understood.
        case noCertificate(path: String)
        /// There is no private key in PEM in the file, or none that can be understood.
        case noKey(path: String)
        /// The private key is encrypted and there is no passphrase.
        case noPassphrase(path: String)
        /// The passphrase does not open the private key.
        case wrongPassphrase(path: String)
        /// Certificate and private key do not belong together.
        case keyOfAnother(certificate: String, key: String)
        /// A certificate without a private key, or the other way round.
        case halfAnIdentity
        /// There is no cipher suite of this name that can be chosen.
        case unknownCipher(String)
        /// Pre-shared keys need TLS 1.2: a higher minimum excludes them.
        case preSharedKeyNeedsOldTLS
        /// The cipher suite is none that pre-shared keys have.
        case notPreShared(cipherSuite: String)
        /// The host's name cannot be the name of a certificate.
        case impossibleName(String)
        /// Anything else: the TLS library's words.
        case other(String)
    }
}
