import MQTT
import Testing

@testable import Broker

@Suite("What to do about a failure of proxy, TLS or WebSocket")
struct TransportAdviceTests {
    private static let fingerprint = Fingerprint(bytes: (0..<32).map { UInt8($0) })
    private static let digits = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"
    private static let trust = "trust just this one: --fingerprint \(digits)"

    private static func certificate(
        _ subject: String = "CN=robot", by issuer: String = "CN=Lab CA", names: [String] = ["robot.lab", "10.42.0.3"]
    ) -> Certificate {
        Certificate(
            subject: subject, issuer: issuer, notBefore: 1_577_836_800, notAfter: 1_609_459_199, names: names,
            fingerprint: fingerprint)
    }

    private static func distrust(
        _ reason: TLSFailure.Distrust.Reason, _ certificate: Certificate = certificate(),
        of server: Certificate? = nil, chain: [Certificate] = []
    ) -> ConnectionFailure.Cause {
        .tls(.untrusted(TLSFailure.Distrust(reason, certificate, of: server, chain: chain, time: 1_795_651_200)))
    }

    private static func answer(_ status: Int, _ reason: String, location: String? = nil, challenge: String? = nil)
        -> ConnectionFailure.Cause
    {
        .webSocket(
            .refused(.init(status: status, reason: reason, server: "nginx", location: location, challenge: challenge)))
    }

    // MARK: TLS

    private static let certificates = [
        AdviceCase(
            distrust(.unknownAuthority), by: .tls,
            "The certificate of robot is signed by “CN=Lab CA”, which is not trusted here.",
            "Give --cafile CA.crt with that authority and those above it, or \(trust)"),
        AdviceCase(
            distrust(.unknownAuthority, certificate("CN=robot", by: "CN=robot")), by: .tls,
            "The certificate of robot is signed by itself, which proves nothing.",
            "If it is your broker, \(trust)"),
        AdviceCase(
            distrust(.notSignedByAuthority), by: .tls, isGuess: true,
            "The certificate of robot does not fit the authority “CN=Lab CA” that is trusted here.",
            "Was the authority made anew (give its new --cafile CA.crt), or is it no certificate for servers? Or \(trust)"
        ),
        AdviceCase(
            distrust(.expired), by: .tls,
            "The certificate of robot expired on 2020-12-31; this computer's clock says 2026-11-26.",
            "If the clock is right, the broker needs a new one; until then \(trust)"),
        AdviceCase(
            distrust(.expired, certificate("CN=Lab CA", by: "CN=Lab CA"), of: certificate()), by: .tls,
            "The authority “CN=Lab CA”, which signed the certificate of robot, expired on 2020-12-31; this computer's "
                + "clock says 2026-11-26.",
            "If the clock is right, the broker needs a new one; until then \(trust)"),
        AdviceCase(
            distrust(.notYetValid), by: .tls, isGuess: true,
            "The certificate of robot is valid from 2020-01-01 on; this computer's clock says 2026-11-26.",
            "Is this computer's clock right? Without a battery it starts in the past: set it."),
        AdviceCase(
            distrust(.wrongName), host: "10.0.0.9", by: .tls,
            "The certificate is for robot.lab, 10.42.0.3, not for 10.0.0.9.",
            "Connect by one of those names, or \(trust)"),
        AdviceCase(
            distrust(.wrongName, certificate(names: [])), by: .tls,
            "The certificate of robot names no host (no subjectAltName), which is needed.",
            "It has to be made anew, for DNS:NAME or IP:ADDRESS; until then \(trust)"),
        AdviceCase(
            distrust(.otherFingerprint), by: .tls, isGuess: true,
            "The certificate of robot is not the one given with --fingerprint.",
            "Was it made anew, or is this another server? If it is yours, \(trust)"),
    ]

    private static let middle = certificate("CN=Middle", by: "CN=Lab CA", names: [])
    private static let leaf = certificate(by: "CN=Middle")

    private static let chains = [
        AdviceCase(
            distrust(.issuerNotSent, leaf, chain: [leaf]), by: .tls,
            "The server does not send the certificate of “CN=Middle”, which signed that of robot and is not trusted "
                + "here.",
            "If that is an intermediate authority, the broker's certfile must hold it too; else give --cafile CA.crt "
                + "with it and those above it, or \(trust)"),
        AdviceCase(
            distrust(.unknownAuthority, middle, of: leaf, chain: [leaf, middle]), by: .tls,
            "The authority “CN=Middle”, which signed the certificate of robot, is signed by “CN=Lab CA”, which is not "
                + "trusted here.",
            "Give --cafile CA.crt with that authority and those above it, or \(trust)"),
        AdviceCase(
            distrust(.expired, middle, of: leaf, chain: [leaf, middle]), by: .tls,
            "The authority “CN=Middle”, which signed the certificate of robot, expired on 2020-12-31; this computer's "
                + "clock says 2026-11-26.",
            "If the clock is right, the broker's certfile needs the renewed one of that authority; until then \(trust)"
        ),
        AdviceCase(
            distrust(.expired, certificate("CN=Lab CA", by: "CN=Lab CA"), of: leaf, chain: [leaf, middle]), by: .tls,
            "The authority “CN=Lab CA”, which stands above the certificate of robot, expired on 2020-12-31; this "
                + "computer's clock says 2026-11-26.",
            "If the clock is right, the broker needs a new one; until then \(trust)"),
        AdviceCase(
            distrust(.notYetValid, middle, of: leaf, chain: [leaf, middle]), by: .tls, isGuess: true,
            "The authority “CN=Middle”, which signed the certificate of robot, is valid from 2020-01-01 on; this "
                + "computer's clock says 2026-11-26.",
            "Is this computer's clock right? Without a battery it starts in the past: set it."),
    ]

    private static let lastWords = [
        AdviceCase(
            .tls(.noAnswer(milliseconds: 4_000)), port: 8883, by: .tls, isGuess: true,
            "robot:8883 accepts connections but does not answer TLS (waited 4 s).",
            "Is it a TLS port? That is usually 8883. Or the broker is overloaded."),
        AdviceCase(
            .tls(.closed(wasReset: true)), by: .tls, isGuess: true,
            "robot:1883 closed the connection instead of answering TLS.",
            "It probably does not speak TLS: try without, or port 8883, where TLS usually is."),
        AdviceCase(
            .tls(.brokenOff(wasReset: false)), by: .tls, isGuess: true,
            "robot:1883 closed the connection in the middle of the TLS handshake, without saying why.",
            "Its log may say. Perhaps it wants --cert and --key, or something in between cuts TLS off."),
        AdviceCase(
            .tls(.notTLS(Array("HTTP/1.1 400 Bad Request\r\n".utf8))), port: 80, by: .tls,
            "robot:80 does not speak TLS: it is a web server.", "Try without TLS, or port 8883, where TLS usually is."),
        AdviceCase(
            .tls(.notTLS([0x20, 2, 0, 1])), by: .tls, "robot:1883 does not speak TLS: it sent “ ···”.",
            "Try without TLS, or port 8883, where TLS usually is."),
        AdviceCase(
            .tls(.clientCertificateWanted(isSaid: false)), port: 8883, by: .tls, isGuess: true,
            "robot:8883 asked for a client certificate, got none, and closed the connection.",
            "It probably wants one: give --cert FILE and --key FILE."),
        AdviceCase(
            .tls(.clientCertificateWanted(isSaid: true)), port: 8883, by: .tls,
            "robot:8883 wants a client certificate.",
            "Give --cert FILE and --key FILE."),
        AdviceCase(
            .tls(.alert(116)), port: 8883, by: .tls, "robot:8883 wants a client certificate.",
            "Give --cert FILE and --key FILE."),
        AdviceCase(
            .tls(.versionNotOffered(minimum: .v1_2, maximum: .v1_3)), port: 8883, by: .tls, isGuess: true,
            "robot:8883 takes neither TLS 1.2 nor 1.3.",
            "An old OpenSSL there (ev3dev) knows 1.0 and 1.1 only: update it, or use the plain port."),
        AdviceCase(
            .tls(.versionNotOffered(minimum: .v1_3, maximum: .v1_3)), port: 8883, by: .tls,
            "robot:8883 does not take TLS 1.3.",
            "Leave --tls-version out: 1.2 and 1.3 are tried then. A key of --psk needs 1.2."),
        AdviceCase(
            .tls(.alert(40)), port: 8883, by: .tls, isGuess: true,
            "robot:8883 takes no cipher or certificate of ours (TLS alert 40).",
            "Its log says which. Leave --ciphers out, or give --cert and --key."),
        AdviceCase(
            .tls(.alert(48)), port: 8883, by: .tls, isGuess: true,
            "robot:8883 does not accept our client certificate: its authority is unknown (TLS alert 48).",
            "Is --cert signed by the authority that the broker trusts (its cafile), and still valid?"),
        AdviceCase(
            .tls(.alert(112)), port: 8883, by: .tls,
            "robot:8883 has no certificate for the name robot (TLS alert 112).", "Connect by the name that it goes by."),
        AdviceCase(
            .tls(.alert(115)), port: 8883, by: .tls,
            "robot:8883 does not know the identity of our pre-shared key (TLS alert 115).",
            "Check --psk-identity; the broker knows those in its psk_file."),
        AdviceCase(
            .tls(.alert(120)), port: 8883, by: .tls,
            "robot:8883 does not speak the protocol named with --tls-alpn (TLS alert 120).",
            "Leave --tls-alpn out, or ask whoever runs it for the name: often mqtt."),
        AdviceCase(
            .tls(.alert(80)), port: 8883, by: .tls, "robot:8883 ended TLS: internal error (TLS alert 80).",
            "Its log may say more."),
        AdviceCase(
            .tls(.alert(20)), port: 8883, by: .tls, isGuess: true,
            "robot:8883 ended TLS: bad record, a wrong pre-shared key perhaps (TLS alert 20).", "Its log may say more."),
        AdviceCase(.tls(.alert(99)), by: .tls, "robot:1883 ended TLS: alert 99.", "Its log may say more."),
        AdviceCase(
            .tls(.other("BAD_DECRYPT")), by: .tls, isGuess: true, "TLS with robot:1883 failed: BAD_DECRYPT.",
            "A fault of the server, or of something in between."),
    ]

    private static let files = [
        AdviceCase(
            .tls(.unusable(.cannotRead(path: "ca.crt", errno: 2))), by: .tls,
            "ca.crt cannot be opened: there is none of this name.", ""),
        AdviceCase(
            .tls(.unusable(.cannotRead(path: "ca.crt", errno: 13))), by: .tls,
            "ca.crt cannot be opened: it is not ours to read.", ""),
        AdviceCase(
            .tls(.unusable(.noCertificate(path: "ca.key"))), by: .tls, "ca.key holds no certificate in PEM.",
            "PEM is text with “BEGIN CERTIFICATE” in it."),
        AdviceCase(
            .tls(.unusable(.noPassphrase(path: "ev3.key"))), by: .tls, "The private key ev3.key is encrypted.",
            "Give its passphrase: --key-passphrase-file FILE."),
        AdviceCase(
            .tls(.unusable(.wrongPassphrase(path: "ev3.key"))), by: .tls,
            "The passphrase does not open the private key ev3.key.", ""),
        AdviceCase(
            .tls(.unusable(.keyOfAnother(certificate: "a.crt", key: "b.key"))), by: .tls,
            "b.key is not the private key of a.crt.", "Check --cert and --key."),
    ]

    // MARK: WebSocket

    private static let webSocket = Transport.webSocket(path: "/x")

    private static let webs = [
        AdviceCase(
            .webSocket(.closed(wasReset: false)), by: webSocket, isGuess: true,
            "robot:1883 closed the connection instead of answering as a web server.",
            "It is probably no websockets listener: try mqtt:// for plain MQTT, or wss:// if it speaks TLS."),
        AdviceCase(
            .webSocket(.notHTTP(Array("SSH-2.0-OpenSSH\r\n".utf8))), port: 22, by: .secureWebSocket(path: "/"),
            "robot:22 is not a websockets listener: it is an SSH server (SSH-2.0-OpenSSH).", "Is it the right port?"),
        AdviceCase(
            .webSocket(.noAnswer(milliseconds: 4_000)), by: webSocket, isGuess: true,
            "robot:1883 accepts connections but does not answer as a web server (waited 4 s).",
            "Is it a websockets listener? Or it is overloaded."),
        AdviceCase(
            answer(404, "Not Found"), by: webSocket, isGuess: true,
            "The web server robot:1883 has no websocket at /x: 404 Not Found.",
            "Usual paths: /mqtt (EMQX, VerneMQ, HiveMQ), / (mosquitto)."),
        AdviceCase(
            answer(401, "Unauthorized", challenge: "Bearer realm=\"r\""), by: webSocket, isGuess: true,
            "The web server robot:1883 does not let us in at /x: 401 Unauthorized.",
            "It may want to know who you are: --ws-header 'Authorization: Bearer …'."),
        AdviceCase(
            answer(301, "Moved Permanently", location: "https://robot/mqtt"), by: webSocket,
            "The web server robot:1883 sends us to https://robot/mqtt: 301 Moved Permanently.",
            "Give that as the URL, with ws:// in place of http://, wss:// of https://."),
        AdviceCase(
            answer(502, "Bad Gateway"), by: webSocket, isGuess: true,
            "The web server robot:1883 cannot give us a websocket at /x: 502 Bad Gateway.",
            "Is the broker behind it running?"),
        AdviceCase(
            .webSocket(.otherSubprotocol("chat")), by: webSocket,
            "The websocket at robot:1883/x does not speak MQTT: it speaks “chat”.", "Try another path or port."),
        AdviceCase(
            .webSocket(.otherSubprotocol(nil)), by: webSocket,
            "The websocket at robot:1883/x does not speak MQTT: it agreed to no sub-protocol.",
            "Try another path or port."),
        AdviceCase(
            .webSocket(.closedWithCode(1_008, reason: "no")), by: webSocket,
            "robot:1883 closed the websocket: policy violation (1008). It says: “no”.", "Its log may say more."),
        AdviceCase(
            .webSocket(.violation("a server must not mask")), by: webSocket, isGuess: true,
            "robot:1883 broke the websocket protocol: a server must not mask.",
            "A fault of the server, or of a web server in between."),
        AdviceCase(
            .unreachable([AddressFailure(address: "10.0.0.1:80", failure: .refused)]), port: 80, by: webSocket,
            isGuess: true, "Nothing listens on robot:80.",
            "Is the broker running? Its websockets may be on another port: 9001 (mosquitto), 8083 (EMQX)."),
        AdviceCase(
            .unreachable([AddressFailure(address: "10.0.0.1:8884", failure: .refused)]), port: 8884, by: .tls,
            isGuess: true, "Nothing listens on robot:8884.",
            "Is mosquitto running there, with TLS on this port (listener, certfile, keyfile)? Usually that is 8883."),
        AdviceCase(
            .closedBeforeAnswer(wasReset: false), by: webSocket, isGuess: true,
            "robot:1883 closed the connection without an MQTT answer.",
            "Is the broker full (its log: \"denied: max_connections exceeded\"), or not behind this web server?"),
        AdviceCase(
            .closedBeforeAnswer(wasReset: false), port: 8883, by: .tls, isGuess: true,
            "robot:8883 closed the connection without an MQTT answer.",
            "Is the broker full (its log: \"denied: max_connections exceeded\")? Or it wants a client certificate: "
                + "--cert, --key."),
    ]

    // MARK: Unix domain sockets and proxies

    private static func unix(_ failure: SocketFailure) -> ConnectionFailure.Cause {
        .unreachable([AddressFailure(address: "/run/mqtt", failure: failure)])
    }

    private static let others = [
        AdviceCase(
            unix(.noSuchSocket), host: "/run/mqtt", by: .unix, "There is no socket /run/mqtt.",
            "Is the broker running? mosquitto.conf: 'listener 0 /run/mqtt'."),
        AdviceCase(
            unix(.refused), host: "/run/mqtt", by: .unix, "Nothing listens on /run/mqtt.",
            "The socket is there, but no broker: has it died? Start it again."),
        AdviceCase(
            unix(.notPermitted), host: "/run/mqtt", by: .unix, "We may not use the socket /run/mqtt.",
            "Its rights, or those of a folder above it: ls -l /run/mqtt."),
        AdviceCase(
            unix(.other(36)), host: "/run/mqtt", by: .unix, "The path /run/mqtt is too long for a socket.",
            "At most 107 bytes: a link to it may be shorter."),
        AdviceCase(
            .proxy(.unreachable([AddressFailure(address: "1.2.3.4:1080", failure: .refused)])), proxy: "p:1080",
            "The proxy p:1080 cannot be reached: refused.", "Is it running? Check host and port in --proxy."),
        AdviceCase(
            .proxy(.notSOCKS(Array("HTTP/1.1 400".utf8))), proxy: "p:1080",
            "The proxy p:1080 is a web server, not a SOCKS 5 proxy.", "Check host and port in --proxy."),
        AdviceCase(
            .proxy(.noAcceptableMethod(passwordOffered: false)), proxy: "p:1080", isGuess: true,
            "The proxy p:1080 wants a user name and a password.",
            "Give them: --proxy socks5h://USER:PASSWORD@HOST:PORT."),
        AdviceCase(
            .proxy(.wrongPassword), proxy: "p:1080", "The proxy p:1080 refuses the user name or password.",
            "Check them in --proxy."),
        AdviceCase(
            .proxy(.refused(5)), proxy: "p:1080", "The proxy p:1080 did not connect to robot:1883: connection refused.",
            "Nothing listens there, as the proxy sees it: check host and port."),
        AdviceCase(
            .proxy(.noAnswer(milliseconds: 4_000)), proxy: "p:1080", isGuess: true,
            "The proxy p:1080 does not answer (waited 4 s).", "Can it reach robot:1883? Or it is no SOCKS 5 proxy."),
        AdviceCase(
            .proxy(.closed(wasReset: false)), proxy: "p:1080", isGuess: true,
            "The proxy p:1080 closed the connection without an answer.",
            "Is it a SOCKS 5 proxy, and may you use it?"),
    ]

    @Test("there are words for it", arguments: certificates + chains + lastWords + files + webs + others)
    func words(expected: AdviceCase) {
        let advice = Advice(expected.failure, retryInSeconds: expected.retry)
        #expect(advice.what == expected.what)
        #expect(advice.todo == expected.todo)
        #expect(advice.isGuess == expected.isGuess)
    }

    @Test("a certificate that is not trusted is described: whose, by whom, for whom, until when, which")
    func facts() {
        func facts(_ cause: ConnectionFailure.Cause) -> String {
            let endpoint = Endpoint(host: "robot", port: 8883, transport: .tls)
            return Advice(ConnectionFailure(endpoint: endpoint, cause: cause), retryInSeconds: nil).facts
        }
        let words =
            "The certificate: CN=robot; signed by CN=Lab CA; for robot.lab, 10.42.0.3; valid from 2020-01-01 to 2020-12-31"
        #expect(facts(Self.distrust(.unknownAuthority)) == words + ".", "the fingerprint is in what to do")
        #expect(facts(Self.distrust(.notYetValid)) == words + "; SHA-256 \(Self.digits).")
        let authority = Self.certificate("CN=Lab CA", by: "CN=Lab CA", names: [])
        #expect(facts(Self.distrust(.expired, authority, of: Self.certificate())) == words + ".")
        let own = Self.distrust(.unknownAuthority, Self.certificate("CN=a", by: "CN=a", names: []))
        #expect(facts(own).hasPrefix("The certificate: CN=a; signed by itself; for no host; "))
        #expect(facts(Self.answer(404, "No")) == "The web server calls itself “nginx”.")
    }

    @Test("every alert and every status of a web server has words", arguments: 0...255 as ClosedRange<UInt8>)
    func all(number: UInt8) {
        let endpoint = Endpoint(host: "h", port: 1, transport: .secureWebSocket(path: "/"))
        for cause in [ConnectionFailure.Cause.tls(.alert(number)), Self.answer(Int(number) * 3, "x")] {
            let advice = Advice(ConnectionFailure(endpoint: endpoint, cause: cause), retryInSeconds: nil)
            #expect(!advice.what.isEmpty && !advice.todo.isEmpty)
        }
    }
}
