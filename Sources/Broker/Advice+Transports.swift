internal import MQTT

/// What went wrong below MQTT.
extension Advice {
    // MARK: Proxy

    /// The proxy made no connection.
    static func proxy(_ failure: ConnectionFailure, _ cause: ProxyFailure) -> Advice {
        let proxy = "The proxy \(Excerpt.of(failure.proxy ?? ""))"
        let broker = Excerpt.of(failure.endpoint.address)
        switch cause {
        case .nameUnknown: return Advice("\(proxy) is not known by that name.", "Check --proxy.")
        case .nameServerUnavailable:
            return Advice("\(proxy) cannot be looked up: no name server answers.", "Check the network.")
        case .unreachable(let addresses):
            let first = addresses.first.map { words($0.failure) } ?? "no address"
            return Advice("\(proxy) cannot be reached: \(first).", "Check --proxy.")
        case .noAnswer(let milliseconds):
            return Advice(
                "\(proxy) does not answer (waited \(Excerpt.duration(milliseconds))).", "Does it reach \(broker)?",
                isGuess: true)
        case .closed: return Advice("\(proxy) closed the connection without an answer.", "Is it a SOCKS 5 proxy?")
        case .notSOCKS: return Advice("\(proxy) is no SOCKS 5 proxy.", "Check --proxy.")
        case .noAcceptableMethod(let passwordOffered):
            return Advice(
                "\(proxy) does not let us in.",
                passwordOffered
                    ? "It takes no user name and password." : "Give them: --proxy socks5h://USER:PASSWORD@HOST:PORT.")
        case .wrongPassword: return Advice("\(proxy) refuses the user name or password.", "Check --proxy.")
        case .refused(let reply): return Advice("\(proxy) did not connect to \(broker): \(words(reply)).", "")
        }
    }

    private static func words(_ reply: UInt8) -> String {
        switch reply {
        case 2: "not allowed"
        case 3: "network unreachable"
        case 4: "host unreachable, or its name unknown"
        case 5: "connection refused"
        case 6: "no answer"
        case 7: "it cannot connect"
        case 8: "it does not know this kind of address"
        default: "reply \(reply)"
        }
    }

    // MARK: WebSocket

    /// WebSocket was not agreed on, or has broken.
    static func webSocket(_ failure: ConnectionFailure, _ cause: WebSocketFailure) -> Advice {
        let broker = Excerpt.of(failure.endpoint.address)
        let path = Excerpt.of(failure.endpoint.transport.path ?? "", limit: 60)
        switch cause {
        case .noAnswer(let milliseconds):
            return Advice(
                "\(broker) accepts connections but does not answer as a web server (waited \(Excerpt.duration(milliseconds))).",
                "Is it a websockets listener?", isGuess: true)
        case .closed, .notHTTP:
            return Advice("\(broker) is not a websockets listener.", "Use mqtt:// in place of ws://.", isGuess: true)
        case .refused(let answer):
            return Advice(
                "The web server \(broker) has no websocket at \(path): \(answer.status) \(Excerpt.of(answer.reason)).",
                "Usual paths: /mqtt (EMQX, VerneMQ, HiveMQ), / (mosquitto).", isGuess: true)
        case .otherSubprotocol: return Advice("The websocket at \(broker)\(path) does not speak MQTT.", "Another path?")
        case .closedWithCode(let code, let reason):
            return Advice("\(broker) closed the websocket with code \(code).", "").adding(reason)
        case .violation(let detail):
            return Advice(
                "\(broker) broke the websocket protocol: \(Excerpt.of(detail)).", "A fault of the server or of a proxy."
            )
        }
    }

    // MARK: TLS

    /// TLS was not agreed on, or has broken.
    static func tls(_ failure: ConnectionFailure, _ cause: TLSFailure) -> Advice {
        let broker = Excerpt.of(failure.endpoint.address)
        switch cause {
        case .unusable(let problem): return unusable(problem)
        case .noAnswer(let milliseconds):
            return Advice(
                "\(broker) accepts connections but does not answer TLS (waited \(Excerpt.duration(milliseconds))).",
                "Is it a TLS port?", isGuess: true)
        case .closed, .notTLS:
            return Advice("\(broker) does not speak TLS.", "Try without TLS, or port 8883.", isGuess: true)
        case .untrusted(let distrust): return untrusted(failure.endpoint, distrust)
        case .alert(TLSFailure.Alert.certificateRequired), .clientCertificateWanted:
            return Advice("\(broker) wants a client certificate.", "Give --cert and --key.")
        case .alert(TLSFailure.Alert.protocolVersion), .versionNotOffered:
            return Advice(
                "\(broker) offers no TLS version that mqscope takes.", "Old brokers know TLS 1.0 and 1.1 only.")
        case .alert(let alert): return Advice("\(broker) ended TLS with alert \(alert).", "Its log may say more.")
        case .other(let words): return Advice("TLS with \(broker) failed: \(Excerpt.of(words)).", "")
        }
    }

    private static func untrusted(_ endpoint: Endpoint, _ distrust: TLSFailure.Distrust) -> Advice {
        let host = Excerpt.of(endpoint.host)
        let certificate = distrust.certificate
        let issuer = Excerpt.of(certificate.issuer)
        let subject = Excerpt.of(certificate.subject)
        let what =
            switch distrust.reason {
            case .unknownAuthority: "The certificate of \(host) is signed by “\(issuer)”, which is not trusted here."
            case .notSignedByAuthority: "The certificate of \(host) was not signed by the “\(issuer)” that we trust."
            case .expired: "The certificate “\(subject)” expired on \(date(certificate.notAfter))."
            case .notYetValid:
                "The certificate “\(subject)” is valid from \(date(certificate.notBefore)); here it is "
                    + "\(date(distrust.time))."
            case .wrongName:
                "The certificate is for \(Excerpt.of(certificate.names.joined(separator: ", "))), not for \(host)."
            case .otherFingerprint: "The certificate of \(host) is not the one with the fingerprint given."
            }
        let todo =
            switch distrust.reason {
            case .unknownAuthority, .notSignedByAuthority:
                "Give --cafile CA.crt, or trust this one: --fingerprint \(certificate.fingerprint)."
            case .expired: "The broker needs a new one. Or is this computer's clock wrong?"
            case .notYetValid: "Is this computer's clock right?"
            case .wrongName: "Connect to one of those names."
            case .otherFingerprint: "It is \(certificate.fingerprint): was it made anew, or is this another server?"
            }
        return Advice(what, todo)
    }

    private static func unusable(_ problem: TLSFailure.LocalProblem) -> Advice {
        switch problem {
        case .cannotRead(let path, _): Advice("\(Excerpt.of(path)) cannot be read.", "")
        case .noCertificate(let path): Advice("\(Excerpt.of(path)) holds no certificate in PEM.", "")
        case .noKey(let path): Advice("\(Excerpt.of(path)) holds no private key in PEM.", "")
        case .noPassphrase(let path):
            Advice("The private key \(Excerpt.of(path)) is encrypted.", "Give --key-passphrase-file.")
        case .wrongPassphrase(let path): Advice("The passphrase does not open \(Excerpt.of(path)).", "")
        case .keyOfAnother(let certificate, let key):
            Advice("\(Excerpt.of(key)) is not the key of \(Excerpt.of(certificate)).", "")
        case .halfAnIdentity: Advice("A client certificate needs --cert and --key.", "")
        case .unknownCipher(let name): Advice("There is no cipher \(Excerpt.of(name)).", "")
        case .preSharedKeyNeedsOldTLS: Advice("Pre-shared keys need TLS 1.2.", "Leave --tls-version out.")
        case .impossibleName(let name): Advice("No certificate can be for \(Excerpt.of(name)).", "")
        case .other(let words): Advice("TLS cannot be used: \(Excerpt.of(words)).", "")
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
