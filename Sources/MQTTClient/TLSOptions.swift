public import MQTT

/// How a server proves who it is, how we do, and what else TLS is to be like; used where the endpoint's transport has TLS.
///
/// The files are read anew for each connection.
public struct TLSOptions: Sendable {
    /// A file with the certificates of authorities in PEM.
    public var authorityFile: String?
    /// A folder with such files.
    public var authorityFolder: String?
    /// Whether those of the system are trusted too; they are in any case where no others are given.
    public var trustsSystem = false
    /// The server's certificate has one of these fingerprints; who signed it, for whom and until when then does not
    /// matter. Empty: what counts is that an authority has signed it for the host.
    public var fingerprints: [Fingerprint] = []
    /// Whether the server has to prove who it is. Without, it may be anyone, who then gets the password and all else.
    public var checksServer = true
    /// Our certificate in PEM, and those that it needs above it.
    public var certificateFile: String?
    /// The private key for it in PEM.
    public var keyFile: String?
    /// What the private key is encrypted with.
    public var keyPassphrase: [UInt8]?
    /// The lowest version to take.
    public var minimumVersion = TLSVersion.v1_2
    /// The highest version to take.
    public var maximumVersion = TLSVersion.v1_3
    /// The cipher suites for TLS 1.2, by OpenSSL's or IANA's names; empty for those of the library. Those of TLS 1.3 cannot
    /// be chosen.
    public var cipherSuites: [String] = []
    /// The protocols to name to the server (ALPN), e.g. `mqtt`.
    public var applicationProtocols: [String] = []
    /// A key that the server has too, in place of certificates: TLS 1.2 only, as the library knows no other.
    public var preSharedKey: PreSharedKey?
    /// A file to which the keys of connections are appended, for Wireshark (`SSLKEYLOGFILE`): who has it reads all.
    public var keyLogFile: String?

    /// What is usual: the authorities of the system, TLS 1.2 or 1.3.
    public init() {}

    /// A key that client and server share.
    public struct PreSharedKey: Sendable {
        /// What the server knows it by.
        public var identity: String
        /// The key.
        public var key: [UInt8]

        /// The key `key`, known as `identity`.
        public init(identity: String, key: [UInt8]) {
            self.identity = identity
            self.key = key
        }
    }

    /// Reads all files and throws what is wrong with them or with the rest; takes some milliseconds.
    public func check() throws(TLSFailure.LocalProblem) { _ = try TLSContext(self) }

    /// Whether the private key in the file `path` is encrypted.
    public static func isEncryptedKey(_ path: String) throws(TLSFailure.LocalProblem) -> Bool {
        try TLSContext.isEncryptedKey(path)
    }
}
