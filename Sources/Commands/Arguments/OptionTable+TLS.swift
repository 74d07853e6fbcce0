import MQTT

extension OptionTable {
    /// How TLS is done.
    static let tls: [CommandOption] = [
        CommandOption(
            "--cafile", in: .tls, takes: .init("FILE", .file), "file",
            help: "TLS, trusting the authorities in this file (PEM)."
        ) { settings, use throws(UsageError) in
            settings.connection.tls.authorityFile = try nonEmpty(use)
        },
        CommandOption(
            "--capath", in: .tls, takes: .init("FOLDER", .folder), "directory",
            help: "TLS, trusting the authorities in the files of this folder (PEM)."
        ) { settings, use throws(UsageError) in
            settings.connection.tls.authorityFolder = try nonEmpty(use)
        },
        CommandOption(
            "--tls-use-os-certs", in: .tls,
            help: "TLS, trusting the authorities of the system. The port stays 1883 unless given."
        ) { settings, _ in
            settings.connection.tls.trustsSystem = true
        },
        CommandOption(
            "--tls", in: .tls, help: "TLS, trusting the authorities of the system, at port 8883 unless given."
        ) { settings, _ in
            settings.connection.tls.trustsSystem = true
            settings.connection.tls.choosesPort = true
        },
        CommandOption(
            "--fingerprint", in: .tls, takes: .init("HEX"), "fingerprint",
            help: "TLS, trusting only the broker whose certificate has this SHA-256; may be given several times."
        ) { settings, use throws(UsageError) in
            guard let fingerprint = Fingerprint(use.shown) else {
                throw UsageError("Error: Invalid fingerprint given.", "A SHA-256 has 64 hexadecimal digits.")
            }
            settings.connection.tls.fingerprints.append(fingerprint)
        },
        CommandOption(
            "--insecure", in: .tls,
            help: "With TLS: no check of the broker at all; it may be anyone, who then gets the password."
        ) { settings, _ in
            settings.connection.tls.isUnchecked = true
        },
        CommandOption(
            "--cert", in: .tls, takes: .init("FILE", .file), "file",
            help: "With TLS: our certificate (PEM). It does not ask for TLS by itself."
        ) { settings, use throws(UsageError) in
            settings.connection.tls.certificateFile = try nonEmpty(use)
        },
        CommandOption(
            "--key", in: .tls, takes: .init("FILE", .file), "file", help: "The private key for --cert (PEM)."
        ) { settings, use throws(UsageError) in
            settings.connection.tls.keyFile = try nonEmpty(use)
        },
        CommandOption(
            "--key-passphrase-file", in: .tls, takes: .init("FILE", .file), "file",
            help: "A file whose first line is the passphrase of --key. Without, it is asked for on a terminal."
        ) { settings, use throws(UsageError) in
            settings.connection.tls.passphraseFile = try nonEmpty(use)
        },
        CommandOption(
            "--keyform", in: .tls, takes: .init("FORM", .words(["pem"])), "keyform",
            help: "The form of --key: pem. Engines are not possible here."
        ) { settings, use in
            settings.connection.tls.keyForm = use.shown
        },
        CommandOption(
            "--tls-version", in: .tls, takes: .init("VERSION", .words(["tlsv1.2", "tlsv1.3"])), "version",
            help: "tlsv1.2 or tlsv1.3, and no other. (default: either)"
        ) { settings, use throws(UsageError) in
            switch use.shown {
            case "tlsv1.2": settings.connection.tls.version = .v1_2
            case "tlsv1.3": settings.connection.tls.version = .v1_3
            default:
                throw UsageError(
                    "Error: Problem setting TLS options, check the options are valid.",
                    "--tls-version is tlsv1.2 or tlsv1.3.")
            }
        },
        CommandOption(
            "--tls-alpn", in: .tls, takes: .init("NAME"), "protocol",
            help: "The protocol to name to the TLS server (ALPN)."
        ) { settings, use throws(UsageError) in
            let name = try nonEmpty(use)
            guard name.utf8.count < 256 else {
                throw UsageError("Error: Problem setting TLS ALPN protocol.", "It has at most 255 bytes.")
            }
            settings.connection.tls.applicationProtocol = name
        },
        CommandOption(
            "--ciphers", in: .tls, takes: .init("NAMES"), "ciphers",
            help: "The cipher suites for TLS 1.2, by OpenSSL's names with : between."
        ) { settings, use throws(UsageError) in
            settings.connection.tls.cipherSuites = try nonEmpty(use).split(separator: ":").map(String.init)
        },
        CommandOption(
            "--psk", in: .tls, takes: .init("HEX"), "key",
            help: "TLS 1.2 with this key, which the broker has too, in place of certificates.",
            details: "Other users of this computer can see it; an options file is safer."
        ) { settings, use throws(UsageError) in
            settings.connection.tls.preSharedKey = Secret(try key(use))
        },
        CommandOption(
            "--psk-identity", in: .tls, takes: .init("NAME"), "identity",
            help: "What the broker knows the key of --psk by."
        ) { settings, use throws(UsageError) in
            settings.connection.tls.preSharedIdentity = try use.field()
        },
        CommandOption(
            "--tls-keylog", in: .tls, takes: .init("FILE", .file), "file",
            help: "Append the keys of TLS to this file, for Wireshark; also SSLKEYLOGFILE."
        ) { settings, use throws(UsageError) in
            settings.connection.tls.keyLogFile = try nonEmpty(use)
        },
        CommandOption("--no-tls", in: .tls, help: "No TLS, whatever the port and other options say.") { settings, _ in
            settings.connection.tls.isOff = true
        },
        CommandOption(
            "--tls-engine", in: .tls, takes: .init("ENGINE"), "engine_id",
            help: "An engine of OpenSSL: not possible here, refused."
        ) { settings, use in
            settings.connection.tls.engine = use.shown
        },
        CommandOption(
            "--tls-engine-kpass-sha1", in: .tls, takes: .init("SHA1"), "kpass sha1",
            help: "The password for an engine: not possible here, refused."
        ) { settings, use in
            settings.connection.tls.enginePassword = Secret(use.bytes)
        },
    ]

    /// The bytes of a key in hexadecimal digits; an odd number of them is as if a 0 stood before.
    private static func key(_ use: OptionUse) throws(UsageError) -> [UInt8] {
        var digits = use.bytes.map { Character(Unicode.Scalar($0)).hexDigitValue }
        if !digits.count.isMultiple(of: 2) { digits.insert(0, at: 0) }
        guard !digits.isEmpty, !digits.contains(nil) else {
            throw UsageError("Error: Problem setting TLS-PSK options.", "The key of --psk is in hexadecimal digits.")
        }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8((digits[$0] ?? 0) << 4 | (digits[$0 + 1] ?? 0)) }
    }
}
