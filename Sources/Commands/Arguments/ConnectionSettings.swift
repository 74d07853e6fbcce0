package import MQTT

/// Which broker, and by what it is reached, as the options say it.
package struct ConnectionSettings: Sendable, Hashable {
    /// Host name or address (`-h`); with `port` 0 the path of a unix domain socket.
    package var host = "localhost"
    /// The port (`-p`); `nil` for the usual one.
    package var port: Int?
    /// The unix domain socket (`--unix`); a later `-h`, `-p` or `-L` takes it back.
    package var unixPath: String?
    /// Whether there is TLS because `-L` says so.
    package var hasSecureURL = false
    /// Whether MQTT goes through a WebSocket (`--ws`, `-L ws://`, `-L wss://`).
    package var usesWebSocket = false
    /// The path of the WebSocket; `nil` for the usual one.
    package var webSocketPath: String?
    /// What the request for the WebSocket says besides.
    package var webSocketHeaders: [Header] = []
    /// The address of this computer to connect from (`-A`).
    package var localAddress: String?
    /// The SOCKS 5 proxy.
    package var proxy: Proxy?
    /// How TLS is done, where there is any.
    package var tls = TLS()

    /// A line of the request for a WebSocket.
    package struct Header: Sendable, Hashable {
        /// Its name.
        package var name: String
        /// Its value, which may be a password.
        package var value: Secret
    }

    /// A SOCKS 5 proxy.
    package struct Proxy: Sendable, Hashable {
        /// Host name or address, without brackets.
        package var host: String
        /// TCP port.
        package var port: Int
        /// The user name; at most 255 bytes.
        package var userName: String?
        /// The password; at most 255 bytes.
        package var password: Secret
    }

    /// How TLS is done.
    package struct TLS: Sendable, Hashable {
        /// Whether there is none, whatever other options say (`--no-tls`).
        package var isOff = false
        /// A file with the certificates of authorities.
        package var authorityFile: String?
        /// A folder with such files.
        package var authorityFolder: String?
        /// Whether those of the system are trusted (`--tls-use-os-certs`, `--tls`).
        package var trustsSystem = false
        /// Whether the usual port is that of TLS even without authorities (`--tls`).
        package var choosesPort = false
        /// The only certificates to trust, if there are any.
        package var fingerprints: [Fingerprint] = []
        /// Whether the broker may be anyone (`--insecure`).
        package var isUnchecked = false
        /// Our certificate.
        package var certificateFile: String?
        /// The private key for it.
        package var keyFile: String?
        /// The file whose first line opens the private key.
        package var passphraseFile: String?
        /// What `--keyform` says.
        package var keyForm: String?
        /// What `--tls-engine` says; there are no engines here.
        package var engine: String?
        /// What `--tls-engine-kpass-sha1` says.
        package var enginePassword: Secret?
        /// The one version to speak; `nil` for 1.2 or 1.3.
        package var version: TLSVersion?
        /// The protocol to name (ALPN).
        package var applicationProtocol: String?
        /// The cipher suites for TLS 1.2, by OpenSSL's names.
        package var cipherSuites: [String] = []
        /// The key that the broker has too.
        package var preSharedKey: Secret?
        /// What the broker knows this key by.
        package var preSharedIdentity: String?
        /// The file that gets the keys of the connection, for Wireshark (`--tls-keylog`).
        package var keyLogFile: String?
        /// What `SSLKEYLOGFILE` says, where no option does: it may be left over, and is used where it can be written to.
        package var inheritedKeyLogFile: String?

        /// Whether something says by itself that there is TLS; a certificate of ours or `--insecure` do not.
        package var isAskedFor: Bool {
            !isOff
                && (trustsSystem || authorityFile != nil || authorityFolder != nil || preSharedKey != nil
                    || !fingerprints.isEmpty)
        }
    }

    /// Whether there is TLS: it is asked for, or the port is that of MQTT with TLS.
    package var usesTLS: Bool {
        !tls.isOff && (tls.isAskedFor || hasSecureURL || port == Transport.tls.usualPort)
    }

    /// Where the broker is. The usual port is 8883 with authorities, a key or `--tls`, else 1883, also for a WebSocket.
    package var endpoint: Endpoint {
        if let unixPath { return Endpoint(unixPath: unixPath) }
        if port == 0 { return Endpoint(unixPath: host) }
        let path = webSocketPath ?? Transport.usualPath
        let transport: Transport =
            switch (usesWebSocket, usesTLS) {
            case (false, false): .tcp
            case (false, true): .tls
            case (true, false): .webSocket(path: path)
            case (true, true): .secureWebSocket(path: path)
            }
        return Endpoint(host: host, port: port ?? usualPort, transport: transport)
    }

    private var usualPort: Int {
        let isSecure =
            tls.authorityFile != nil || tls.authorityFolder != nil || tls.preSharedKey != nil || tls.choosesPort
            || !tls.fingerprints.isEmpty
        return isSecure && !tls.isOff ? Transport.tls.usualPort : Transport.tcp.usualPort
    }
}
