import ArgumentParser
import Broker
import Glibc
import MQTT
import MQTTClient

/// Options that say by what the broker is reached: those of mosquitto_sub where it has them.
struct TransportOptions: ParsableArguments {
    /// Whether TLS is used with what the system trusts.
    @Flag(
        name: [.customLong("tls"), .customLong("tls-use-os-certs")],
        help: "TLS, trusting the authorities of the system. Port 8883 unless -p says otherwise; -p 8883 means it too.")
    var isSecure = false

    /// The authorities to trust.
    @Option(
        name: .customLong("cafile"),
        help: ArgumentHelp("TLS, trusting the authorities in this file (PEM).", valueName: "file"))
    var authorityFile: String?

    /// A folder of authorities to trust.
    @Option(
        name: .customLong("capath"),
        help: ArgumentHelp(
            "TLS, trusting the authorities in the files of this folder (PEM).", valueName: "folder"))
    var authorityFolder: String?

    /// The certificates to trust.
    @Option(
        name: .customLong("fingerprint"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "TLS, trusting the server whose certificate has this SHA-256 and nobody else; may be given several times.",
            valueName: "hex"))
    var fingerprints: [String] = []

    /// Whether anybody is trusted.
    @Flag(name: .customLong("insecure"), help: "TLS with whoever answers: no check of the broker at all.")
    var isUnchecked = false

    /// Our certificate.
    @Option(
        name: .customLong("cert"), help: ArgumentHelp("TLS with this client certificate (PEM).", valueName: "file"))
    var certificateFile: String?

    /// Our private key.
    @Option(name: .customLong("key"), help: ArgumentHelp("The private key for --cert (PEM).", valueName: "file"))
    var keyFile: String?

    /// The file whose first line opens our private key.
    @Option(
        name: .customLong("key-passphrase-file"),
        help: ArgumentHelp(
            "A file whose first line is the passphrase of --key. Without, it is asked for.", valueName: "file"))
    var passphraseFile: String?

    /// The one version of TLS.
    @Option(
        name: .customLong("tls-version"),
        help: ArgumentHelp("tlsv1.2 or tlsv1.3, and no other. (default: either)", valueName: "version"))
    var version: String?

    /// The protocol to name.
    @Option(
        name: .customLong("tls-alpn"),
        help: ArgumentHelp("The protocol to name to the TLS server (ALPN).", valueName: "name"))
    var applicationProtocol: String?

    /// The cipher suites.
    @Option(
        name: .customLong("ciphers"),
        help: ArgumentHelp("The cipher suites for TLS 1.2, by OpenSSL's names with : between.", valueName: "names"))
    var ciphers: String?

    /// The key that the broker has too.
    @Option(
        name: .customLong("psk"),
        help: ArgumentHelp(
            "TLS 1.2 with this key, which the broker has too, in place of certificates. Other users of this computer can see it.",
            valueName: "hex"))
    var preSharedKey: String?

    /// What the broker knows the key by.
    @Option(
        name: .customLong("psk-identity"),
        help: ArgumentHelp("What the broker knows the key of --psk by.", valueName: "name"))
    var preSharedIdentity: String?

    /// Where the keys of TLS are written.
    @Option(
        name: .customLong("tls-keylog"),
        help: ArgumentHelp("Append the keys of TLS to this file, for Wireshark; also SSLKEYLOGFILE.", valueName: "file")
    )
    var keyLogFile: String?

    /// Whether MQTT goes through a WebSocket.
    @Flag(name: .customLong("ws"), help: "WebSocket. Port 80, with TLS 443, unless -p says otherwise.")
    var isWebSocket = false

    /// The path of the WebSocket.
    @Option(
        name: .customLong("ws-path"), help: ArgumentHelp("WebSocket at this path. (default: /mqtt)", valueName: "path"))
    var path: String?

    /// What the request for the WebSocket says besides.
    @Option(
        name: .customLong("ws-header"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A header for the request of the WebSocket; may be given several times. Other users of this computer can see it.",
            valueName: "name: value"))
    var headers: [String] = []

    /// The unix domain socket.
    @Option(
        name: .customLong("unix"), help: ArgumentHelp("A unix domain socket in place of -h and -p.", valueName: "path"))
    var unixPath: String?

    /// The form of our private key.
    @Option(name: .customLong("keyform"), help: .hidden)
    var keyForm: String?

    /// What of mosquitto_sub needs engines of OpenSSL.
    @Option(name: [.customLong("tls-engine"), .customLong("tls-engine-kpass-sha1")], help: .hidden)
    var engine: String?

    /// The proxy.
    @Option(
        name: .customLong("proxy"),
        help: ArgumentHelp(
            "A SOCKS 5 proxy: socks5h://[user:password@]host[:port]. Other users of this computer can see it.",
            valueName: "url"))
    var proxy: String?
}

extension TransportOptions {
    /// Where the broker is, by `url` or by `host` and `port`.
    func endpoint(url: BrokerURL?, host: String?, port: Int?) throws -> Endpoint {
        if let unixPath {
            guard url == nil, host == nil, port == nil, proxy == nil, !asksForTLS, !asksForWebSocket else {
                throw ValidationError(
                    "--unix says all of where the broker is: leave URL, -h, -p, --proxy, TLS, --ws out.")
            }
            guard !unixPath.isEmpty else { throw ValidationError("--unix needs the path of a socket.") }
            return Endpoint(unixPath: unixPath)
        }
        guard let url else {
            let path = path ?? Transport.usualPath
            let transport: Transport =
                switch (asksForWebSocket, asksForTLS || port == Transport.tls.usualPort) {
                case (false, false): .tcp
                case (false, true): .tls
                case (true, false): .webSocket(path: path)
                case (true, true): .secureWebSocket(path: path)
                }
            return Endpoint(host: host ?? "localhost", port: port ?? transport.usualPort, transport: transport)
        }
        let transport = url.endpoint.transport
        if asksForTLS, !transport.isSecure {
            throw ValidationError("\(transport.scheme):// is without TLS: give mqtts:// or wss:// with TLS options.")
        }
        if isWebSocket || path != nil {
            throw ValidationError("The URL says by what the broker is reached: leave --ws and --ws-path out.")
        }
        if !headers.isEmpty, transport.path == nil {
            throw ValidationError(
                "\(transport.scheme):// has no request that --ws-header could go with: give ws:// or wss://.")
        }
        if transport == .unix, proxy != nil { throw ValidationError("A unix domain socket needs no --proxy.") }
        return url.endpoint
    }

    /// Whether anything says by what the broker is reached.
    var isNamed: Bool { unixPath != nil || proxy != nil || asksForTLS || asksForWebSocket }

    private var asksForWebSocket: Bool { isWebSocket || path != nil || !headers.isEmpty }

    private var asksForTLS: Bool {
        let values = [
            authorityFile, authorityFolder, certificateFile, keyFile, passphraseFile, version, applicationProtocol,
            ciphers, preSharedKey, preSharedIdentity, keyLogFile, keyForm, engine,
        ]
        return isSecure || isUnchecked || !fingerprints.isEmpty || values.contains { $0 != nil }
    }

    /// Everything but the endpoint, checked; what the user should know is added to `notices`.
    func apply(to configuration: inout ClientConfiguration, notices: inout [String]) throws {
        if let proxy { configuration.proxy = try ProxyURL(proxy).proxy }
        configuration.webSocketHeaders = try headers.map(Self.header)
        guard configuration.endpoint.transport.isSecure else { return }
        configuration.tls = try tls()
        if keyLogFile == nil, let path = getenv("SSLKEYLOGFILE").map({ String(cString: $0) }), !path.isEmpty {
            // Left over from something else, perhaps: no reason not to connect.
            if TLSOptions.canLogKeys(to: path) {
                configuration.tls.keyLogFile = path
            } else {
                notices.append("The keys of TLS are not written: \(path), which SSLKEYLOGFILE names, cannot be opened.")
            }
        }
        if isUnchecked { notices.append("The broker is not checked (--insecure): it may be anyone.") }
        if let path = configuration.tls.keyLogFile {
            notices.append("The keys of TLS go to \(path): who has it can read everything.")
        }
        do {
            try configuration.tls.check()
        } catch {
            throw Self.error(error, configuration.endpoint)
        }
    }

    private func tls() throws -> TLSOptions {
        guard engine == nil, keyForm == nil || keyForm == "pem" else {
            throw ValidationError("--tls-engine and --keyform engine are not possible here: give --key a file in PEM.")
        }
        if isUnchecked, !fingerprints.isEmpty || authorityFile != nil || authorityFolder != nil {
            throw ValidationError("--insecure checks nothing: leave it or --cafile, --capath and --fingerprint out.")
        }
        if !fingerprints.isEmpty, authorityFile != nil || authorityFolder != nil {
            throw ValidationError("--fingerprint trusts that certificate alone: leave --cafile and --capath out.")
        }
        var options = TLSOptions()
        options.authorityFile = authorityFile
        options.authorityFolder = authorityFolder
        options.trustsSystem = isSecure
        options.checksServer = !isUnchecked
        options.fingerprints = try fingerprints.map { text in
            guard let fingerprint = Fingerprint(text) else {
                throw ValidationError("'\(text)' is no SHA-256 fingerprint of 64 hexadecimal digits.")
            }
            return fingerprint
        }
        options.certificateFile = certificateFile
        options.keyFile = keyFile
        options.keyPassphrase = try passphrase()
        switch version {
        case nil: break
        case "tlsv1.2": options.maximumVersion = .v1_2
        case "tlsv1.3": options.minimumVersion = .v1_3
        case let other?: throw ValidationError("TLS version '\(other)' is not known: tlsv1.2 or tlsv1.3.")
        }
        options.applicationProtocols = [applicationProtocol].compactMap(\.self)
        options.cipherSuites = ciphers?.split(separator: ":").map(String.init) ?? []
        options.preSharedKey = try sharedKey()
        if options.preSharedKey == nil,
            let suite = options.cipherSuites.first(where: { $0.uppercased().contains("PSK") })
        {
            throw ValidationError(
                "The cipher suite \(suite) needs a key: give --psk and --psk-identity, or leave it out.")
        }
        options.keyLogFile = keyLogFile
        return options
    }

    private func sharedKey() throws -> TLSOptions.PreSharedKey? {
        guard preSharedKey != nil || preSharedIdentity != nil else { return nil }
        guard let preSharedKey, let preSharedIdentity else {
            throw ValidationError("--psk and --psk-identity go together.")
        }
        if authorityFile != nil || authorityFolder != nil || !fingerprints.isEmpty {
            throw ValidationError("--psk stands in place of certificates: leave --cafile, --capath, --fingerprint out.")
        }
        let digits = preSharedKey.map(\.hexDigitValue)
        guard !digits.isEmpty, digits.count.isMultiple(of: 2), !digits.contains(nil) else {
            throw ValidationError("The key of --psk is not in hexadecimal digits, two for each byte.")
        }
        let key = stride(from: 0, to: digits.count, by: 2).map { UInt8((digits[$0] ?? 0) << 4 | (digits[$0 + 1] ?? 0)) }
        // What the TLS library holds.
        guard key.count <= 256, (1...128).contains(preSharedIdentity.utf8.count) else {
            throw ValidationError("The key of --psk has at most 256 bytes, its --psk-identity 1 to 128.")
        }
        return TLSOptions.PreSharedKey(identity: preSharedIdentity, key: key)
    }

    /// What opens the private key: from the file, or asked for on the terminal where there is one.
    private func passphrase() throws -> [UInt8]? {
        if let passphraseFile { return try File.firstLine(of: passphraseFile, called: "passphrase file") }
        guard let keyFile, (try? TLSOptions.isEncryptedKey(keyFile)) == true else { return nil }
        return try Passphrase.ask("Passphrase of \(keyFile): ")
    }

    private static func header(_ text: String) throws -> WebSocketHeader {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2,
            let header = WebSocketHeader(
                name: String(parts[0]), value: String(parts[1].drop { $0 == " " }))
        else {
            throw ValidationError(
                "A header of --ws-header is 'NAME: VALUE', and none of those that make the request one for a WebSocket."
            )
        }
        return header
    }

    private static func error(_ problem: TLSFailure.LocalProblem, _ endpoint: Endpoint) -> ValidationError {
        let failure = ConnectionFailure(endpoint: endpoint, cause: .tls(.unusable(problem)))
        return ValidationError(Advice(failure, retryInSeconds: nil).lines.joined(separator: " "))
    }
}

/// `socks5h://[user:password@]host[:port]`.
struct ProxyURL {
    /// The proxy it is.
    let proxy: Proxy

    /// The parts of `text`, or an error that says what is wrong; what it holds is never repeated, as it may be a password.
    init(_ text: String) throws {
        guard text.lowercased().hasPrefix("socks5h://") else {
            throw ValidationError("A proxy is socks5h://[USER:PASSWORD@]HOST[:PORT].")
        }
        let parts = try URLParts(text.dropFirst("socks5h://".count), usualPort: 1080)
        guard parts.path.isEmpty || parts.path == "/" else { throw ValidationError("The URL of a proxy has no path.") }
        guard (1...65_535).contains(parts.port) else { throw ValidationError("The proxy's port does not exist.") }
        let password = Array((parts.password ?? "").utf8)
        guard (parts.user?.utf8.count ?? 0) < 256, password.count < 256 else {
            throw ValidationError("User and password of a SOCKS proxy have at most 255 bytes each.")
        }
        proxy = Proxy(host: parts.host, port: parts.port, userName: parts.user, password: password)
    }
}
