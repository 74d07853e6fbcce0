internal import MQTT

/// What went wrong in TLS, and with certificates.
extension Advice {
    /// TLS was not agreed on, or has broken.
    static func tls(_ failure: ConnectionFailure, _ cause: TLSFailure) -> Advice {
        let broker = Excerpt.of(failure.endpoint.address)
        switch cause {
        case .unusable(let problem): return unusable(problem)
        case .noAnswer(let milliseconds):
            return Advice(
                "\(broker) accepts connections but does not answer TLS (waited \(Excerpt.duration(milliseconds))).",
                "Is it a TLS port? That is usually 8883. Or the broker is overloaded.", isGuess: true)
        case .closed:
            return Advice(
                "\(broker) closed the connection instead of answering TLS.",
                "It probably does not speak TLS: try without, or port 8883, where TLS usually is.", isGuess: true)
        case .brokenOff:
            return Advice(
                "\(broker) closed the connection in the middle of the TLS handshake, without saying why.",
                "Its log may say. Perhaps it wants --cert and --key, or something in between cuts TLS off.",
                isGuess: true)
        case .notTLS(let bytes):
            let kind = kind(of: bytes).map { "is \($0)" } ?? "sent “\(Excerpt.of(bytes))”"
            return Advice(
                "\(broker) does not speak TLS: it \(kind).", "Try without TLS, or port 8883, where TLS usually is.")
        case .untrusted(let distrust): return untrusted(failure.endpoint, distrust)
        case .clientCertificateWanted(isSaid: true): return certificateWanted(broker)
        case .clientCertificateWanted(isSaid: false):
            return Advice(
                "\(broker) asked for a client certificate, got none, and closed the connection.",
                "It probably wants one: give --cert FILE and --key FILE.", isGuess: true)
        case .versionNotOffered(let lowest, let highest):
            guard lowest != highest else {
                return Advice(
                    "\(broker) does not take TLS \(lowest.rawValue).",
                    "Leave --tls-version out: 1.2 and 1.3 are tried then. A key of --psk needs 1.2.")
            }
            return Advice(
                "\(broker) takes neither TLS 1.2 nor 1.3.",
                "An old OpenSSL there (ev3dev) knows 1.0 and 1.1 only: update it, or use the plain port.",
                isGuess: true)
        case .alert(let alert): return ended(failure.endpoint, alert)
        case .other(let words):
            return Advice(
                "TLS with \(broker) failed: \(Excerpt.of(words)).",
                "A fault of the server, or of something in between.",
                isGuess: true)
        }
    }

    private static func certificateWanted(_ broker: String) -> Advice {
        Advice("\(broker) wants a client certificate.", "Give --cert FILE and --key FILE.")
    }

    /// The server ended TLS with an alert (RFC 8446 section 6.2).
    private static func ended(_ endpoint: Endpoint, _ alert: UInt8) -> Advice {
        let broker = Excerpt.of(endpoint.address)
        switch alert {
        case TLSFailure.Alert.certificateRequired:
            return certificateWanted(broker)
        case TLSFailure.Alert.handshakeFailure:
            return Advice(
                "\(broker) takes no cipher or certificate of ours (TLS alert 40).",
                "Its log says which. Leave --ciphers out, or give --cert and --key.", isGuess: true)
        case TLSFailure.Alert.unrecognizedName:
            return Advice(
                "\(broker) has no certificate for the name \(Excerpt.of(endpoint.host)) (TLS alert 112).",
                "Connect by the name that it goes by.")
        case TLSFailure.Alert.noApplicationProtocol:
            return Advice(
                "\(broker) does not speak the protocol named with --tls-alpn (TLS alert 120).",
                "Leave --tls-alpn out, or ask whoever runs it for the name: often mqtt.")
        case TLSFailure.Alert.unknownIdentity:
            return Advice(
                "\(broker) does not know the identity of our pre-shared key (TLS alert 115).",
                "Check --psk-identity; the broker knows those in its psk_file.")
        default: break
        }
        if let reason = certificateAlerts[alert] {
            return Advice(
                "\(broker) does not accept our client certificate: \(reason) (TLS alert \(alert)).",
                "Is --cert signed by the authority that the broker trusts (its cafile), and still valid?", isGuess: true
            )
        }
        let words = alerts[alert].map { "\($0) (TLS alert \(alert))" } ?? "alert \(alert)"
        return Advice(
            "\(broker) ended TLS: \(words).", "Its log may say more.", isGuess: words.contains("perhaps"))
    }

    /// What servers say of a client's certificate.
    private static let certificateAlerts: [UInt8: String] = [
        42: "it is bad", 43: "it is of an unsupported kind", 44: "it was revoked", 45: "it has expired",
        46: "something about it", 48: "its authority is unknown", 49: "it gives no access",
    ]

    private static let alerts: [UInt8: String] = [
        10: "unexpected message", 20: "bad record, a wrong pre-shared key perhaps", 22: "record too long",
        47: "illegal parameter",
        50: "cannot be decoded",
        51: "cannot be decrypted, a wrong pre-shared key perhaps", 71: "not secure enough", 80: "internal error",
        86: "inappropriate fallback", 90: "cancelled",
    ]

    // MARK: Certificates

    private static func untrusted(_ endpoint: Endpoint, _ distrust: TLSFailure.Distrust) -> Advice {
        let host = Excerpt.of(endpoint.host)
        let certificate = distrust.certificate
        let server = distrust.serverCertificate
        let here = "this computer's clock says \(date(distrust.time))"
        // What is wrong with an authority is not mended by looking at the fingerprint of the server.
        let place = certificate.subject == server.issuer ? "signed" : "stands above"
        let whose =
            certificate == server
            ? "The certificate of \(host)"
            : "The authority “\(Excerpt.of(certificate.subject))”, which \(place) the certificate of \(host),"
        let trust = "trust just this one: --fingerprint \(hexadecimal(server.fingerprint))"
        let issuer = Excerpt.of(certificate.issuer)
        var advice =
            switch distrust.reason {
            case .unknownAuthority where certificate.isSelfSigned:
                Advice("\(whose) is signed by itself, which proves nothing.", "If it is your broker, \(trust)")
            case .unknownAuthority:
                Advice(
                    "\(whose) is signed by “\(issuer)”, which is not trusted here.",
                    "Give --cafile CA.crt with that authority and those above it, or \(trust)")
            case .issuerNotSent:
                Advice(
                    "The server does not send the certificate of “\(issuer)”, which signed that of \(host) and is not trusted here.",
                    "If that is an intermediate authority, the broker's certfile must hold it too; else give --cafile CA.crt with it and those above it, or \(trust)"
                )
            case .notSignedByAuthority:
                Advice(
                    "\(whose) does not fit the authority “\(issuer)” that is trusted here.",
                    "Was the authority made anew (give its new --cafile CA.crt), or is it no certificate for servers? Or \(trust)",
                    isGuess: true)
            case .expired where certificate != server && distrust.chain.contains(certificate):
                Advice(
                    "\(whose) expired on \(date(certificate.notAfter)); \(here).",
                    "If the clock is right, the broker's certfile needs the renewed one of that authority; until then \(trust)"
                )
            case .expired:
                Advice(
                    "\(whose) expired on \(date(certificate.notAfter)); \(here).",
                    "If the clock is right, the broker needs a new one; until then \(trust)")
            case .notYetValid:
                Advice(
                    "\(whose) is valid from \(date(certificate.notBefore)) on; \(here).",
                    "Is this computer's clock right? Without a battery it starts in the past: set it.", isGuess: true)
            case .wrongName: wrongName(endpoint, certificate, trust)
            case .otherFingerprint:
                Advice(
                    "\(whose) is not the one given with --fingerprint.",
                    "Was it made anew, or is this another server? If it is yours, \(trust)", isGuess: true)
            }
        advice.facts = facts(of: server, withFingerprint: distrust.reason == .notYetValid)
        return advice
    }

    private static func wrongName(_ endpoint: Endpoint, _ certificate: Certificate, _ trust: String) -> Advice {
        let host = Excerpt.of(endpoint.host)
        let names = names(of: certificate)
        guard !names.isEmpty else {
            return Advice(
                "The certificate of \(host) names no host (no subjectAltName), which is needed.",
                "It has to be made anew, for DNS:NAME or IP:ADDRESS; until then \(trust)")
        }
        return Advice("The certificate is for \(names), not for \(host).", "Connect by one of those names, or \(trust)")
    }

    /// Whose a certificate is, who signed it, for whom and until when it is, and which it is.
    static func facts(of certificate: Certificate, withFingerprint: Bool = true) -> String {
        let names = names(of: certificate)
        var facts = [
            "The certificate: \(Excerpt.of(certificate.subject))",
            certificate.isSelfSigned ? "signed by itself" : "signed by \(Excerpt.of(certificate.issuer))",
            names.isEmpty ? "for no host" : "for \(names)",
            "valid from \(date(certificate.notBefore)) to \(date(certificate.notAfter))",
        ]
        if withFingerprint { facts.append("SHA-256 \(hexadecimal(certificate.fingerprint))") }
        return facts.joined(separator: "; ") + "."
    }

    private static func names(of certificate: Certificate) -> String {
        Excerpt.of(certificate.names.joined(separator: ", "))
    }

    /// Without colons, so that it fits into a line of 80.
    private static func hexadecimal(_ fingerprint: Fingerprint) -> String {
        fingerprint.description.filter { $0 != ":" }
    }

    // MARK: Our own files

    private static func unusable(_ problem: TLSFailure.LocalProblem) -> Advice {
        switch problem {
        case .cannotRead(let path, let number):
            Advice("\(Excerpt.of(path)) cannot be opened: \(words(number)).", "")
        case .noCertificate(let path):
            Advice(
                "\(Excerpt.of(path)) holds no certificate in PEM.", "PEM is text with “BEGIN CERTIFICATE” in it.")
        case .noKey(let path):
            Advice("\(Excerpt.of(path)) holds no private key in PEM.", "PEM is text with “BEGIN … PRIVATE KEY” in it.")
        case .noPassphrase(let path):
            Advice(
                "The private key \(Excerpt.of(path)) is encrypted.", "Give its passphrase: --key-passphrase-file FILE.")
        case .wrongPassphrase(let path):
            Advice("The passphrase does not open the private key \(Excerpt.of(path)).", "")
        case .keyOfAnother(let certificate, let key):
            Advice(
                "\(Excerpt.of(key)) is not the private key of \(Excerpt.of(certificate)).", "Check --cert and --key.")
        case .halfAnIdentity: Advice("A client certificate needs both --cert and --key.", "")
        case .unknownCipher(let name):
            Advice(
                "There is no cipher suite \(Excerpt.of(name, limit: 60)) to choose.",
                "Names as OpenSSL's, of TLS 1.2: ECDHE-RSA-AES128-GCM-SHA256.")
        case .preSharedKeyNeedsOldTLS: Advice("Pre-shared keys need TLS 1.2.", "Leave --tls-version out.")
        case .notPreShared(let name):
            Advice(
                "The cipher suite \(Excerpt.of(name, limit: 60)) has no pre-shared keys.",
                "Leave --ciphers out, or give those with PSK in their names alone.")
        case .impossibleName(let name): Advice("“\(Excerpt.of(name, limit: 60))” cannot be a name in TLS.", "")
        case .other(let words): Advice("TLS cannot be used: \(Excerpt.of(words)).", "")
        }
    }

    /// What the system says of a file.
    private static func words(_ number: Int32) -> String {
        switch number {
        case 2: "there is none of this name"  // ENOENT
        case 13: "it is not ours to read"  // EACCES
        case 20: "it is no folder"  // ENOTDIR
        case 21: "it is a folder"  // EISDIR
        default: "system error \(number)"
        }
    }

    /// `2026-11-26`, in UTC (days to the calendar: Howard Hinnant's civil_from_days).
    package static func date(_ seconds: Int64) -> String {
        // Certificates end with the year 9999.
        let inRange = min(max(seconds, -62_135_596_800), 253_402_300_799)
        let days = Int64((Double(inRange) / 86_400).rounded(.down)) + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }
}
