import MQTT
import Testing

@testable import Broker

/// A failure and the two lines that must be said of it.
struct AdviceCase: CustomTestStringConvertible {
    var failure: ConnectionFailure
    var retry: Int?
    var what: String
    var todo: String
    var isGuess: Bool

    init(
        _ cause: ConnectionFailure.Cause, host: String = "robot", port: Int = 1883, user: String? = nil,
        by transport: Transport = .tcp, proxy: String? = nil, from local: String? = nil,
        version: ProtocolVersion = .v5_0,
        unanswered: QoS? = nil, retry: Int? = nil, isGuess: Bool = false, _ what: String, _ todo: String
    ) {
        failure = ConnectionFailure(
            endpoint: Endpoint(host: host, port: port, transport: transport), proxy: proxy,
            localAddress: local, userName: user, version: version, unansweredQoS: unanswered, cause: cause)
        self.retry = retry
        self.what = what
        self.todo = todo
        self.isGuess = isGuess
    }

    var testDescription: String { what }
}

@Suite("What to do about a failure")
struct AdviceTests {
    private static func refused(_ byte: UInt8, _ reason: String? = nil, at server: String? = nil)
        -> ConnectionFailure.Cause
    {
        .refused(ReasonCode(rawValue: byte), reasonString: reason, serverReference: server)
    }

    private static func ended(_ byte: UInt8, _ reason: String? = nil, at server: String? = nil)
        -> ConnectionFailure.Cause
    {
        .disconnected(ReasonCode(rawValue: byte), reasonString: reason, serverReference: server)
    }

    private static func unreachable(_ failures: SocketFailure...) -> ConnectionFailure.Cause {
        .unreachable(
            failures.enumerated().map { AddressFailure(address: "10.0.0.\($0.offset):1883", failure: $0.element) })
    }

    // MARK: No connection

    private static let noConnection = [
        AdviceCase(
            unreachable(.refused), host: "127.0.0.1", "Nothing listens on 127.0.0.1:1883.",
            "Is mosquitto running there? (systemctl status mosquitto) Port 1883 = plain, 8883 = TLS."),
        AdviceCase(
            unreachable(.refused, .refused), host: "10.42.0.3", port: 1884, isGuess: true,
            "Nothing listens on 10.42.0.3:1884.",
            "Is mosquitto running there? (systemctl status mosquitto) Port 1883 = plain, 8883 = TLS. Or mosquitto 2 runs "
                + "without a 'listener' line: it then accepts local clients only. Add 'listener 1884' and "
                + "'allow_anonymous true' (or a password_file)."),
        AdviceCase(
            unreachable(.timedOut), isGuess: true, "No answer from robot:1883.",
            "Wrong address, robot off, or a firewall drops port 1883."),
        AdviceCase(
            unreachable(.networkUnreachable), isGuess: true, "No route to robot.",
            "Are you on the robots' network or VPN?"),
        AdviceCase(
            unreachable(.hostUnreachable), isGuess: true, "No route to robot.", "Are you on the robots' network or VPN?"
        ),
        AdviceCase(
            unreachable(.notPermitted), "The local firewall or routing forbids the connection to robot:1883.",
            "Look at this computer's firewall and routes."),
        AdviceCase(
            unreachable(.reset), isGuess: true, "robot:1883 reset the connection at once.",
            "A firewall, or a proxy in between?"),
        AdviceCase(unreachable(.other(97)), "No connection to robot:1883 (system error 97).", ""),
        AdviceCase(.unreachable([]), "No connection to robot:1883.", ""),
        AdviceCase(
            unreachable(.other(99)), from: "192.0.2.1",
            "192.0.2.1 is no address of this computer, so nothing can come from it.",
            "-A takes one of those that 'ip address' lists; without it any will do."),
        AdviceCase(
            unreachable(.other(97), .other(99)), host: "localhost", from: "192.0.2.1",
            "192.0.2.1 is no address of this computer, so nothing can come from it.",
            "-A takes one of those that 'ip address' lists; without it any will do."),
        AdviceCase(
            unreachable(.other(97)), from: "::1", "Nothing can go from ::1 to robot:1883: one is IPv4, the other IPv6.",
            "Give -A an address of the other kind, or leave it out."),
        AdviceCase(
            unreachable(.notPermitted), from: "127.0.0.1", isGuess: true,
            "Nothing can go from 127.0.0.1 to robot:1883.",
            "Is it the address on that network? -A may be left out. Else a firewall or routing forbids it."),
        AdviceCase(
            .proxy(.unreachable([AddressFailure(address: "10.0.0.1:1080", failure: .other(99))])),
            proxy: "10.0.0.1:1080", from: "192.0.2.1",
            "192.0.2.1 is no address of this computer, so nothing can come from it.",
            "-A takes one of those that 'ip address' lists; without it any will do."),
        AdviceCase(
            unreachable(.timedOut), from: "192.0.2.1", isGuess: true, "No answer from robot:1883.",
            "Wrong address, robot off, or a firewall drops port 1883."),
        AdviceCase(
            unreachable(.networkUnreachable, .refused), host: "localhost",
            "No connection to localhost:1883: 10.0.0.0:1883 no route to its network, 10.0.0.1:1883 refused.",
            "Is mosquitto running there? (systemctl status mosquitto) Port 1883 = plain, 8883 = TLS."),
        AdviceCase(
            unreachable(.timedOut, .hostUnreachable, .other(5), .timedOut, .timedOut), isGuess: true,
            "No connection to robot:1883: 10.0.0.0:1883 no answer, 10.0.0.1:1883 no route to it, 10.0.0.2:1883 system "
                + "error 5 and 2 more.",
            "Wrong address, robot off, or a firewall drops port 1883."),
        AdviceCase(.nameUnknown, "Name robot is not known.", "Is it spelled right? Try the IP address."),
        AdviceCase(
            .nameUnknown, host: "ev3.local", "Name ev3.local is not known.",
            "For a .local name mDNS (avahi, libnss-mdns) must be installed; try the IP address."),
        AdviceCase(.nameServerUnavailable, "No name server answers.", "Check the network, or use the IP address."),
    ]

    // MARK: Not a broker

    private static let notABroker = [
        AdviceCase(
            .noAnswer(milliseconds: 4_000), isGuess: true,
            "robot:1883 accepts connections but does not answer MQTT (waited 4 s).",
            "Broker overloaded, or another kind of server?"),
        AdviceCase(
            .closedBeforeAnswer(wasReset: true), isGuess: true,
            "robot:1883 closed the connection without an MQTT answer.",
            "A TLS port, perhaps (--tls)? Or the broker is full (its log: \"denied: max_connections exceeded\")."),
        AdviceCase(
            .closedBeforeAnswer(wasReset: false), port: 8883, isGuess: true,
            "robot:8883 closed the connection without an MQTT answer.",
            "Port 8883 is usually TLS: try --tls, or --cafile CA.crt."),
        AdviceCase(
            .notMQTT(Array("HTTP/1.1 400 Bad Request\r\n".utf8)), host: "::1", port: 80,
            "[::1]:80 is a web server, not an MQTT broker.",
            "MQTT may be behind it: try ws://[::1]:80/mqtt. The plain port is usually 1883."),
        AdviceCase(
            .notMQTT(Array("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n".utf8)), port: 22,
            "robot:22 is an SSH server (SSH-2.0-OpenSSH_9.2p1 Debian-2), not an MQTT broker.",
            "MQTT is usually on port 1883."),
        AdviceCase(
            .notMQTT(Array("220 mail.example ESMTP\u{1B}[2J\n".utf8)), port: 25,
            "robot:25 is an FTP or mail server (220 mail.example ESMTP·[2J), not an MQTT broker.",
            "MQTT is usually on port 1883."),
        AdviceCase(
            .notMQTT([0x15, 0x03, 0x01, 0, 2, 2, 70]), port: 8883, "robot:8883 speaks TLS, not plain MQTT.",
            "Give --tls, or --cafile CA.crt. The plain port is usually 1883."),
        AdviceCase(
            .notMQTT([0xFF, 0x41, 0x00] + Array(repeating: 0x7A, count: 61)), port: 9,
            "robot:9 does not speak MQTT: it sent “·A·\(String(repeating: "z", count: 57))…”.",
            "MQTT is usually on port 1883."),
        AdviceCase(
            .protocolViolation(.malformed("CONNACK of 7 bytes")), isGuess: true,
            "robot:1883 broke the MQTT protocol: CONNACK of 7 bytes.",
            "Another kind of server, or a fault of the broker; -V 311 may help."),
        AdviceCase(
            .protocolViolation(.malformed("x")), version: .v3_1_1, isGuess: true,
            "robot:1883 broke the MQTT protocol: x.",
            "Another kind of server, or a fault of the broker; -V 5 may help."),
        AdviceCase(
            .authenticationFailed("the server cannot count"),
            "Authentication with robot:1883 failed: the server cannot count.",
            "Check the authentication method and its secrets."),
    ]

    // MARK: Refused

    private static let refusals = [
        AdviceCase(
            refused(0x84), "The broker does not speak MQTT 5.0.",
            "Leave -V out: a version that it speaks is found then."),
        AdviceCase(
            refused(0x84), version: .v3_1, "robot:1883 speaks neither MQTT 5.0 nor 3.1.1 nor 3.1.",
            "Is it an MQTT broker?"),
        AdviceCase(
            refused(0x85), isGuess: true, "The broker rejects our client identifier.",
            "Some brokers limit it to 23 letters and digits: choose one with -i. Or the keep-alive is too long "
                + "(mosquitto 2.1): a shorter one with -k."),
        AdviceCase(
            refused(0x88), retry: 3, "robot:1883 is up but refuses work now: Server unavailable (0x88).",
            "Retrying in 3 s."),
        AdviceCase(refused(0x89), "robot:1883 is up but refuses work now: Server busy (0x89).", "Try again later."),
        AdviceCase(
            refused(0x97), retry: 0, "robot:1883 is up but refuses work now: Quota exceeded (0x97).", "Retrying in 0 s."
        ),
        AdviceCase(
            refused(0x9F), retry: 60, "robot:1883 is up but refuses work now: Connection rate exceeded (0x9F).",
            "Retrying in 60 s."),
        AdviceCase(
            refused(0x86), user: "ev3", "User name or password wrong for ev3.", "Check -u and -P (or --password-file)."),
        AdviceCase(refused(0x86), "The broker wants a user name and a password.", "Give -u USER and -P PASSWORD."),
        AdviceCase(
            refused(0x87), user: "ev3", "Wrong user or password, or ev3 has no right to connect.",
            "Check -u and -P (or --password-file)."),
        AdviceCase(
            refused(0x87), "The broker does not allow anonymous clients.",
            "Give -u USER and -P PASSWORD (mosquitto 2 without a password file needs 'allow_anonymous true')."),
        AdviceCase(refused(0x8A), "The broker has banned us: Banned (0x8A).", "Whoever runs the broker can lift that."),
        AdviceCase(
            refused(0x8C, "use SCRAM"),
            "The broker refused the connection: Bad authentication method (0x8C). It says: “use SCRAM”.",
            "Its log may say more."),
        AdviceCase(
            refused(0x9D, at: "mqtt2.lab:1883"), "The broker sends us to mqtt2.lab:1883: Server moved (0x9D).",
            "Connect there: -h HOST -p PORT."),
        AdviceCase(
            refused(0x9C), "The broker sends us to another server without naming it: Use another server (0x9C).",
            "Ask whoever runs it."),
        AdviceCase(
            refused(0xF0), "The broker refused the connection: Reason Code (0xF0).", "Its log may say more."),
    ]

    // MARK: Ended

    private static let endings = [
        AdviceCase(ended(0x8B), "The broker is shutting down.", "mqscope comes back when the broker does."),
        AdviceCase(
            ended(0x8D), isGuess: true, "The broker heard nothing from us for longer than the keep-alive.",
            "Is the network slow? A longer keep-alive helps: -k SECONDS."),
        AdviceCase(
            ended(0x8E), "Another client took over our client identifier.",
            "Every client needs its own: choose another one with -i, or leave -i out."),
        AdviceCase(
            ended(0x93), "The broker says that we broke the protocol: Receive Maximum exceeded (0x93).",
            "That should not happen: please report it, with the wire trace (4)."),
        AdviceCase(
            ended(0x95), "We sent a packet that is too large for the broker.", "mosquitto.conf: max_packet_size."),
        AdviceCase(
            ended(0x98, "maintenance"),
            "Someone who runs the broker disconnected us: Administrative action (0x98). It says: “maintenance”.",
            "Ask them."),
        AdviceCase(
            ended(0x87), isGuess: true, "The broker disconnected us: Not authorized (0x87).",
            "Its access rights (acl_file) have changed, perhaps."),
        AdviceCase(
            ended(0x9C, at: "b"), "The broker sends us to b: Use another server (0x9C).",
            "Connect there: -h HOST -p PORT."),
        AdviceCase(
            ended(0xA0), "The broker ended the connection: Maximum connect time (0xA0).", "Its log may say more."),
        AdviceCase(
            .lost(nil, milliseconds: 400), isGuess: true,
            "robot:1883 closed the connection after 0.4 s, without a word.",
            "Did the broker stop? If this repeats, another client uses the same client identifier: choose another with -i."
        ),
        AdviceCase(
            .lost(.reset, milliseconds: 61_000), version: .v3_1_1, isGuess: true,
            "robot:1883 reset the connection after 61 s, without a word.",
            "Did the broker stop, or throw us out? MQTT 3.1.1 gives no reason: see the broker's log."),
        AdviceCase(
            .lost(nil, milliseconds: 400), version: .v3_1_1, unanswered: .exactlyOnce, isGuess: true,
            "robot:1883 closed the connection when we published at QoS 2, without a word.",
            "Perhaps it takes no QoS 2, as NATS 2.9 does not, or not the topic, or not so large a packet: try QoS 1 or 0."
                + " MQTT 3.1.1 gives no reason: see the broker's log."),
        AdviceCase(
            .lost(.reset, milliseconds: 90_000), unanswered: .atLeastOnce, isGuess: true,
            "robot:1883 reset the connection when we published at QoS 1, without a word.",
            "Perhaps it takes no QoS 1, or not the topic, or not so large a packet (max_packet_size): try QoS 0."),
        AdviceCase(
            .lost(.timedOut, milliseconds: 300_000), isGuess: true,
            "The network to robot:1883 broke after 5 min: no answer.", "Wi-Fi, cable, VPN?"),
        AdviceCase(
            .lost(.other(32), milliseconds: 8_000_000),
            "The connection to robot:1883 broke after 2 h: system error 32.",
            "Network or broker?"),
        AdviceCase(
            .keepAliveTimeout(seconds: 60), isGuess: true, "robot:1883 has been silent for 90 s.",
            "The network is gone, or the broker hangs."),
        AdviceCase(
            .keepAliveTimeout(seconds: 5), isGuess: true, "robot:1883 has been silent for 7.5 s.",
            "The network is gone, or the broker hangs."),
    ]

    @Test("there are words for it", arguments: noConnection + notABroker + refusals + endings)
    func words(expected: AdviceCase) {
        let advice = Advice(expected.failure, retryInSeconds: expected.retry)
        #expect(advice.what == expected.what)
        #expect(advice.todo == expected.todo)
        #expect(advice.isGuess == expected.isGuess)
    }

    @Test(
        "every Reason Code has words, and names itself where it is not explained",
        arguments: 0x80...0xFF as ClosedRange<UInt8>)
    func allCodes(byte: UInt8) throws {
        let filter = try TopicFilter("a/+")
        for cause in [Self.refused(byte), Self.ended(byte)] {
            let failure = ConnectionFailure(endpoint: Endpoint(host: "h", port: 1), cause: cause)
            #expect(!Advice(failure, retryInSeconds: nil).todo.isEmpty)
        }
        let code = ReasonCode(rawValue: byte)
        let subscription = Advice(refusedSubscription: filter, code, reasonString: nil)
        #expect(subscription.what == "The broker refused the subscription to a/+: \(code).")
        #expect(!subscription.todo.isEmpty)
    }

    @Test("who tries one version only is not told that another would be found")
    func oneVersion() {
        let failure = ConnectionFailure(
            endpoint: Endpoint(host: "robot", port: 1883), version: .v3_1_1,
            cause: .refused(.unsupportedProtocolVersion, reasonString: nil, serverReference: nil))
        let advice = Advice(failure, retryInSeconds: nil, findsVersion: false)
        #expect(
            advice.lines == [
                "The broker does not speak MQTT 3.1.1.", "Give another version: -V 5, -V 311 or -V 31.",
            ])
    }

    @Test("texts from elsewhere are short and hold no control characters")
    func hostileTexts() throws {
        let evil = "\u{1B}]0;pwned\u{07}\u{9B}2J" + String(repeating: "é", count: 50_000)
        let endpoint = Endpoint(host: evil, port: 1, transport: .secureWebSocket(path: evil))
        let certificate = Certificate(
            subject: evil, issuer: evil, notBefore: .min, notAfter: .max, names: [evil, evil],
            fingerprint: Fingerprint(bytes: Array(repeating: 1, count: 32)))
        let reasons: [TLSFailure.Distrust.Reason] = [
            .unknownAuthority, .issuerNotSent, .notSignedByAuthority, .expired, .notYetValid, .wrongName,
            .otherFingerprint,
        ]
        let untrusted = reasons.map { reason in
            ConnectionFailure.Cause.tls(.untrusted(TLSFailure.Distrust(reason, certificate, time: .max)))
        }
        let web = WebSocketFailure.Answer(status: 404, reason: evil, server: evil, location: evil, challenge: evil)
        let causes: [ConnectionFailure.Cause] = [
            Self.refused(0x80, evil), Self.refused(0x9C, evil, at: evil), Self.refused(0x87), Self.ended(0x80, evil),
            .nameUnknown, .notMQTT(Array(evil.utf8.prefix(64))), .lost(nil, milliseconds: -1),
            .noAnswer(milliseconds: .max),
            .keepAliveTimeout(seconds: .max), .protocolViolation(.malformed(evil)), .authenticationFailed(evil),
            .closedBeforeAnswer(wasReset: true),
            .unreachable(Array(repeating: AddressFailure(address: evil, failure: .refused), count: 9)),
            .tls(.other(evil)), .tls(.unusable(.cannotRead(path: evil, errno: 2))), .webSocket(.refused(web)),
            .webSocket(.violation(evil)), .webSocket(.closedWithCode(1_002, reason: evil)),
            .webSocket(.otherSubprotocol(evil)),
            .proxy(.refused(9)), .proxy(.notSOCKS([1])),
        ]
        var advice = (causes + untrusted).map {
            Advice(ConnectionFailure(endpoint: endpoint, userName: evil, cause: $0), retryInSeconds: 1)
        }
        let filter = try TopicFilter(String(repeating: "\u{1B}", count: 60_000))
        advice.append(Advice(refusedSubscription: filter, .notAuthorized, reasonString: evil))
        for advice in advice {
            #expect(advice.what.utf8.count < 700)
            #expect(advice.todo.utf8.count < 400)
            let scalars = (advice.what + advice.todo).unicodeScalars
            #expect(!scalars.contains { $0.properties.generalCategory == .control })
        }
    }

    // MARK: Subscriptions, publishes, silence

    @Test(
        "a refused subscription says what it needs",
        arguments: [
            (
                "robots/#", 0x87,
                "It needs the right to read (mosquitto's ACL: 'topic read robots/#'); another user: -u."
            ),
            (
                "$SYS/#", 0x87,
                "Without it there is no broker log and no statistics. mosquitto's ACL: 'topic read $SYS/#'."
            ),
            (
                "$SYS/#", 0x80,
                "Without it there is no broker log and no statistics. mosquitto's ACL: 'topic read $SYS/#'."
            ),
            ("#", 0x80, "No right to read it, or the broker does not allow such a filter."),
            ("#", 0x8F, "This broker does not allow such a filter: give another one with -t."),
            ("#", 0x97, "The broker allows no more subscriptions now."),
            ("$share/g/a", 0x9E, "This broker has no shared subscriptions: give the filter without $share/GROUP/."),
            ("#", 0xA1, "This broker has no subscription identifiers."),
            ("#", 0xA2, "This broker allows no wildcards: give whole topics with -t."),
            ("#", 0x83, "The other subscriptions go on."),
        ] as [(String, UInt8, String)])
    func subscription(filter: String, code: UInt8, todo: String) throws {
        let advice = Advice(
            refusedSubscription: try TopicFilter(filter), ReasonCode(rawValue: code), reasonString: "no")
        #expect(advice.what.hasPrefix("The broker refused the subscription to \(filter): "))
        #expect(advice.what.hasSuffix(" It says: “no”."))
        #expect(advice.todo == todo)
    }

    @Test("a publish that nobody got, or that was refused, says so; one that went well says nothing")
    func publish() throws {
        let topic = try TopicName("a/b")
        func advice(_ byte: UInt8, _ version: ProtocolVersion = .v5_0) -> Advice? {
            let code = ReasonCode(rawValue: byte)
            return .publish(to: topic, .acknowledged(code, reasonString: nil, microseconds: 1), version: version)
        }
        #expect(advice(0x00) == nil)
        #expect(Advice.publish(to: topic, .written, version: .v5_0) == nil)
        #expect(Advice.publish(to: topic, .queued, version: .v3_1_1) == nil)
        #expect(advice(0x10)?.what == "Nobody is subscribed to a/b (0x10).")
        #expect(advice(0x87)?.what == "The broker refused the message for a/b: Not authorized (0x87).")
        #expect(
            advice(0x87)?.todo == "It needs the right to write (mosquitto's ACL: 'topic write a/b'); another user: -u.")
        #expect(advice(0x00, .v3_1_1)?.what == "MQTT 3.1.1 cannot report a refused publish.")
        #expect(advice(0x00, .v3_1_1)?.todo == "Use MQTT 5 to be told: -V 5.")
    }

    @Test("silence and a missing broker log say what to do, as guesses")
    func silence() {
        #expect(Advice.silence.what == "Subscribed, but nothing arrives.")
        #expect(Advice.silence.todo.contains("ACL"))
        #expect(Advice.silence.isGuess)
        #expect(Advice.noBrokerLog.what == "No broker log: add `log_dest topic` to mosquitto.conf")
        #expect(Advice.noBrokerLog.isGuess)
    }
}
