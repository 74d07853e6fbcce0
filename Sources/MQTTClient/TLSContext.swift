import Glibc
import MQTT
import NIOCore
import NIOSSL
import Synchronization

/// All that TLS needs, read and checked: made for one connection, beside the event loop, as it reads files.
struct TLSContext: Sendable {
    /// What was asked for.
    let options: TLSOptions
    /// The library's form of it.
    let context: NIOSSLContext
    /// The authorities by which a failure can be told apart: those of the user's own.
    private(set) var authorities: [Certificate]
    /// Whether this is only about the chain of certificates that the server sends: it is kept, and refused.
    private(set) var asksForChain = false
    /// Whether the server has asked for a client certificate.
    let request = CertificateRequest()

    /// Reads the files of `options`.
    init(_ options: TLSOptions, host: String = "") throws(TLSFailure.LocalProblem) {
        self.options = options
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = options.minimumVersion == .v1_2 ? .tlsv12 : .tlsv13
        configuration.maximumTLSVersion = options.maximumVersion == .v1_2 ? .tlsv12 : .tlsv13
        configuration.shutdownTimeout = .milliseconds(Driver.farewell)
        // The library ends the program for any other.
        if let name = options.applicationProtocols.first(where: {
            !(1...255).contains($0.utf8.count) || !$0.allSatisfy(\.isASCII)
        }) {
            throw .impossibleName(name)
        }
        configuration.applicationProtocols = options.applicationProtocols
        if !options.cipherSuites.isEmpty {
            configuration.cipherSuiteValues = try CipherSuites.named(options.cipherSuites)
        }
        let authorities = try Self.authorities(options)
        self.authorities = authorities.map { Certificate($0) }
        try Self.trust(authorities, options, isAddress: Address.bytes(host) != nil, in: &configuration)
        try Self.identify(options, in: &configuration)
        try Self.sharePreSharedKey(options, in: &configuration)
        if let path = options.keyLogFile { configuration.keyLogCallback = try KeyLog(path).append }
        configuration.sslContextCallback = { [request] _, promise in
            request.note()
            promise.succeed(.noChanges)
        }
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw Self.problem(error, options)
        }
    }

    /// How a server that passes is checked.
    var check: TLSInfo.Check {
        if options.preSharedKey != nil { return .preSharedKey }
        guard options.checksServer else { return .none }
        return options.fingerprints.isEmpty ? .authority : .fingerprint
    }

    /// The same to ask for the chain, with the system's authorities among those that tell failures apart where they are
    /// trusted: reads their file.
    func askingForChain() -> TLSContext {
        var asking = self
        asking.asksForChain = true
        guard !Self.trustsOnlyOthers(options) else { return asking }
        let system = Self.systemAuthorities.lazy.compactMap { try? Self.certificates($0) }.first ?? []
        asking.authorities += system.map { Certificate($0) }
        return asking
    }

    /// Where the library looks for the system's authorities: Debian's place, then Fedora's.
    private static let systemAuthorities = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"]

    private static func trustsOnlyOthers(_ options: TLSOptions) -> Bool {
        !options.trustsSystem && (options.authorityFile ?? options.authorityFolder) != nil
    }

    private static func authorities(_ options: TLSOptions) throws(TLSFailure.LocalProblem) -> [NIOSSLCertificate] {
        var authorities: [NIOSSLCertificate] = []
        if let path = options.authorityFile { authorities = try certificates(path) }
        guard let folder = options.authorityFolder else { return authorities }
        guard let stream = opendir(folder) else { throw .cannotRead(path: folder, errno: errno) }
        defer { closedir(stream) }
        // `openssl rehash` gives each file a second name.
        var known = Set(authorities)
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            var entry = stat()
            // A pipe would be waited for.
            guard stat(folder + "/" + name, &entry) == 0, entry.st_mode & S_IFMT == S_IFREG else { continue }
            let found = (try? certificates(folder + "/" + name)) ?? []
            authorities += found.filter { known.insert($0).inserted }
        }
        guard !authorities.isEmpty else { throw .noCertificate(path: folder) }
        return authorities
    }

    private static func trust(
        _ authorities: [NIOSSLCertificate], _ options: TLSOptions, isAddress: Bool,
        in configuration: inout TLSConfiguration
    ) throws(TLSFailure.LocalProblem) {
        guard options.checksServer, options.fingerprints.isEmpty, options.preSharedKey == nil else {
            // A fingerprint is looked at by a callback of ours, which is only asked where the library checks something.
            let isPinned = options.checksServer && options.preSharedKey == nil
            configuration.certificateVerification = isPinned ? .noHostnameVerification : .none
            configuration.trustRoots = .certificates([])
            return
        }
        let trustsOnlyOthers = trustsOnlyOthers(options)
        configuration.trustRoots = trustsOnlyOthers ? .certificates(authorities) : .default
        // An address is checked by us, see `TLSLayer`.
        configuration.certificateVerification = isAddress ? .noHostnameVerification : .fullVerification
        if !trustsOnlyOthers { configuration.additionalTrustRoots.append(.certificates(authorities)) }
    }

    private static func identify(
        _ options: TLSOptions, in configuration: inout TLSConfiguration
    ) throws(TLSFailure.LocalProblem) {
        guard options.certificateFile != nil || options.keyFile != nil else { return }
        guard let certificateFile = options.certificateFile, let keyFile = options.keyFile else {
            throw .halfAnIdentity
        }
        configuration.certificateChain = try certificates(certificateFile).map { .certificate($0) }
        configuration.privateKey = .privateKey(try key(keyFile, passphrase: options.keyPassphrase))
    }

    private static func key(
        _ path: String, passphrase: [UInt8]?
    ) throws(TLSFailure.LocalProblem) -> NIOSSLPrivateKey {
        let isEncrypted = try isEncryptedKey(path)
        if isEncrypted, passphrase == nil { throw .noPassphrase(path: path) }
        do {
            return try NIOSSLPrivateKey(file: path, format: .pem) { $0(passphrase ?? []) }
        } catch {
            throw isEncrypted ? .wrongPassphrase(path: path) : .noKey(path: path)
        }
    }

    /// Whether the private key in the file `path` needs a passphrase.
    static func isEncryptedKey(_ path: String) throws(TLSFailure.LocalProblem) -> Bool {
        let text = String(decoding: try read(path), as: UTF8.self)
        return text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") || text.contains("Proc-Type: 4,ENCRYPTED")
    }

    private static func certificates(_ path: String) throws(TLSFailure.LocalProblem) -> [NIOSSLCertificate] {
        let bytes = try read(path)
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
            throw .noCertificate(path: path)
        }
        return certificates
    }

    private static func sharePreSharedKey(
        _ options: TLSOptions, in configuration: inout TLSConfiguration
    ) throws(TLSFailure.LocalProblem) {
        guard let shared = options.preSharedKey else { return }
        guard options.minimumVersion == .v1_2 else { throw .preSharedKeyNeedsOldTLS }
        configuration.maximumTLSVersion = .tlsv12
        if options.cipherSuites.isEmpty { configuration.cipherSuiteValues = CipherSuites.preShared }
        // By any other suite the server would show a certificate, which nobody looks at.
        if let other = options.cipherSuites.first(where: { !$0.uppercased().contains("PSK") }) {
            throw .notPreShared(cipherSuite: other)
        }
        configuration.pskClientProvider = { _ in
            var key = NIOSSLSecureBytes()
            key.append(shared.key)
            return PSKClientIdentityResponse(key: key, identity: shared.identity)
        }
    }

    /// At most 4 MiB of a file: no bundle of certificates is larger.
    private static func read(_ path: String) throws(TLSFailure.LocalProblem) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .cannotRead(path: path, errno: errno) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < 4 << 20 {
            let count = Glibc.read(file, &buffer, buffer.count)
            guard count >= 0 else { throw .cannotRead(path: path, errno: errno) }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return bytes
    }

    private static func problem(_ error: any Error, _ options: TLSOptions) -> TLSFailure.LocalProblem {
        let words = TLSFailure.words(error)
        if error as? NIOSSLError == .failedToLoadPrivateKey || words.hasPrefix("KEY_"),
            let certificate = options.certificateFile, let key = options.keyFile
        {
            return .keyOfAnother(certificate: certificate, key: key)
        }
        return .other(words)
    }
}

/// Whether a server has asked for a client certificate: it is said on the event loop, of a context that may be anywhere.
final class CertificateRequest: Sendable {
    private let flag = Atomic(false)

    /// Whether it has.
    var wasMade: Bool { flag.load(ordering: .relaxed) }

    /// It has.
    func note() { flag.store(true, ordering: .relaxed) }
}

extension TLSOptions {
    /// Whether keys can be written to the file at `path`, which is made where there is none.
    package static func canLogKeys(to path: String) -> Bool { (try? KeyLog(path)) != nil }
}

/// A file for the keys of connections, in the form that Wireshark reads.
private final class KeyLog: Sendable {
    private let file: Int32

    init(_ path: String) throws(TLSFailure.LocalProblem) {
        // A pipe that nobody empties must not hold the event loop up.
        file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o600)
        guard file >= 0 else { throw .cannotRead(path: path, errno: errno) }
    }

    deinit { close(file) }

    func append(_ line: ByteBuffer) {
        let bytes = Array(line.readableBytesView) + [UInt8(ascii: "\n")]
        _ = write(file, bytes, bytes.count)
    }
}
