import Foundation
import Glibc
import MQTT
import MQTTClient
import TestSupport
import Testing

@testable import Doctor

@Suite("Examination of the way to a broker", .serialized)
struct ExaminationTests {
    /// What an examination said, and its exit code.
    struct Result {
        var findings: [Finding] = []
        var code: Int32 = 0

        /// The findings of one step.
        func of(_ stage: Stage) -> [Finding] { findings.filter { $0.stage == stage } }
        /// The steps and outcomes in order, each once: `connect passed`.
        var course: [String] {
            var course: [String] = []
            for finding in findings {
                let step = "\(finding.stage.rawValue) \(finding.outcome.rawValue)"
                if course.last != step { course.append(step) }
            }
            return course
        }
    }

    /// Examines what `endpoint` reaches.
    static func examine(
        _ endpoint: Endpoint, patience: Int64 = 300, topic: String? = nil,
        _ change: (inout ClientConfiguration) -> Void = { _ in }
    ) -> Result {
        var configuration = ClientConfiguration(endpoint: endpoint, clientIdentifier: "doctor")
        configuration.connectTimeout = 3_000
        configuration.answerTimeout = 500
        configuration.subscriptions = [.watching(.system, qos: .atMostOnce), .watching(.everything, qos: .atMostOnce)]
        change(&configuration)
        var options = Examination.Options()
        options.patience = patience
        options.answerTime = 1_000
        options.topic = topic.map(name)
        var result = Result()
        var examination = Examination(configuration, options: options) { result.findings.append($0) }
        result.code = examination.run()
        return result
    }

    private func examine(port: Int, topic: String? = nil) -> Result {
        Self.examine(Endpoint(host: "127.0.0.1", port: port), topic: topic)
    }

    @Test("a broker with a log and traffic passes every step, in order, and a publish comes back at each QoS")
    func allIsWell() throws {
        let broker = try Mosquitto(["log_dest topic", "log_type all", "log_timestamp true", "sys_interval 1"])
        try ServerProcess.run(
            ServerProcess.find("mosquitto_pub"), ["-p", "\(broker.port)", "-t", "robots/1", "-m", "here", "-r"])
        let result = examine(port: broker.port, topic: "doctor/echo")
        #expect(
            result.course == [
                "name passed", "reach passed", "connect passed", "limits passed", "subscribe passed", "log passed",
                "traffic passed", "publish passed", "broker passed", "clock passed",
            ], "\(result.findings)")
        #expect(result.code == 0)
        #expect(
            result.of(.connect).map(\.what)
                == ["5.0", "3.1.1", "3.1"].map { "MQTT \($0): accepted, without a user name." })
        #expect(result.of(.publish).map { $0.what.prefix(6) } == ["QoS 0:", "QoS 1:", "QoS 2:"])
        #expect(result.of(.traffic).first?.facts.first?.value == "robots/1")
        #expect(result.of(.broker).first?.what.hasPrefix("The broker is mosquitto version ") == true)
        #expect(result.of(.subscribe).last?.what == "#: granted at QoS 0.")
        let timed = result.findings.filter { $0.stage != .limits && $0.stage != .broker && $0.stage != .clock }
        #expect(timed.allSatisfy { $0.duration != nil })
    }

    @Test("a broker without a log and without traffic is told so; nothing is published unasked")
    func silent() throws {
        let broker = try Mosquitto(["sys_interval 0"])
        let result = examine(port: broker.port)
        #expect(result.of(.log).first?.outcome == .noted)
        #expect(result.of(.log).first?.what.contains("log_dest topic") == true)
        #expect(result.of(.traffic).map(\.outcome) == [.failed])
        #expect(result.of(.publish).map(\.outcome) == [.skipped])
        #expect(result.of(.clock).map(\.outcome) == [.skipped])
        #expect(result.code == Stage.traffic.exitCode)
    }

    @Test("nothing listens: the address, what to do, and nothing more is tried")
    func refused() throws {
        let port = try ServerProcess.freePort()
        let result = examine(port: port)
        #expect(result.course == ["name passed", "reach failed"])
        #expect(result.of(.reach).first?.what == "Nothing listens on 127.0.0.1:\(port).")
        #expect(result.of(.reach).first?.todo.isEmpty == false)
        #expect(result.code == 11)
    }

    @Test("one address of a name that refuses is noted, and the way goes on by the other")
    func oneOfTwo() throws {
        let broker = try Mosquitto()
        let result = Self.examine(Endpoint(host: "localhost", port: broker.port))
        #expect(result.of(.reach).contains { $0.outcome == .passed })
        #expect(!result.of(.reach).contains { $0.outcome == .failed })
        #expect(result.of(.connect).first?.outcome == .passed)
    }

    @Test("a name that nobody knows")
    func unknownName() {
        let result = Self.examine(Endpoint(host: "no-such-robot.invalid", port: 1883))
        #expect(result.course == ["name failed"])
        #expect(result.code == 10)
    }

    @Test("a wrong password is tried once, not in every version")
    func wrongPassword() throws {
        let broker = try Mosquitto(users: [("ev3", "formosa")])
        let result = Self.examine(Endpoint(host: "127.0.0.1", port: broker.port)) {
            $0.userName = "ev3"
            $0.password = Array("wrong".utf8)
        }
        #expect(result.course == ["name passed", "reach passed", "connect failed"])
        #expect(result.of(.connect).count == 1)
        #expect(result.of(.connect).first?.what.contains("ev3") == true)
        let secret = "k7secret"
        let other = Self.examine(Endpoint(host: "127.0.0.1", port: broker.port)) {
            $0.userName = "ev3"
            $0.password = Array(secret.utf8)
        }
        #expect(!"\(other.findings)".contains(secret))
        #expect(result.code == 15)
    }

    @Test("a broker that speaks 3.1.1 only: 5.0 is noted, the rest goes on with 3.1.1")
    func olderBroker() throws {
        let server = try NatsServer()
        let result = examine(port: server.port)
        let connect = result.of(.connect)
        #expect(connect.first?.outcome == .noted)
        #expect(connect.contains { $0.outcome == .passed && $0.what.hasPrefix("MQTT 3.1.1") })
        #expect(result.of(.limits).first?.outcome == .skipped)
        #expect(result.of(.subscribe).contains { $0.what.hasPrefix("#: granted") })
        // Nobody says anything there, which is all that is wrong.
        #expect(result.code == 17)
    }

    @Test(
        "what answers, but is no broker",
        arguments: [
            ("HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n", "web server"),
            ("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", "SSH"),
        ])
    func strangers(greeting: String, word: String) {
        let broker = FakeBroker(FakeBroker.answering(Array(greeting.utf8)))
        let result = examine(port: broker.port)
        #expect(result.course.last == "connect failed")
        #expect(result.of(.connect).first?.what.contains(word) == true, "\(result.findings)")
        #expect(result.code == 15)
    }

    @Test("a server that says nothing is waited for as long as it is said, once")
    func frozen() throws {
        let broker = try Mosquitto()
        broker.freeze()
        defer { broker.thaw() }
        let result = examine(port: broker.port)
        #expect(result.course == ["name passed", "reach passed", "connect failed"])
        #expect(result.of(.connect).first?.what.contains("does not answer MQTT") == true)
    }

    @Test("the ACL hides a topic: the publish is refused, and what comes back is not awaited in vain")
    func hidden() throws {
        let broker = try Mosquitto(configuration: { port, directory in
            try? "topic read #\ntopic readwrite free/#\n".write(
                toFile: directory + "/acl", atomically: true, encoding: .utf8)
            return [
                "listener \(port) 127.0.0.1", "allow_anonymous true", "acl_file \(directory)/acl",
                "log_dest file \(directory)/mosquitto.log", "user root",
            ]
        })
        try ServerProcess.run(
            ServerProcess.find("mosquitto_pub"), ["-p", "\(broker.port)", "-t", "free/1", "-m", "here", "-r"])
        let result = examine(port: broker.port, topic: "robots/cmd")
        #expect(result.of(.publish).map(\.outcome) == [.failed, .failed, .failed])
        #expect(result.of(.publish).dropFirst().allSatisfy { $0.todo.contains("topic write") }, "\(result.findings)")
        #expect(result.of(.publish).map { $0.what.prefix(5) } == ["QoS 0", "QoS 1", "QoS 2"])
        #expect(result.code == 18)
    }

    @Test("TLS: the certificate is shown, whether it is trusted or not")
    func certificates() throws {
        let certificates = try Certificates()
        try certificates.issue("server")
        let broker = try Mosquitto(configuration: { port, directory in
            certificates.listener("server", port: port) + ["allow_anonymous true", "user root"]
        })
        let endpoint = Endpoint(host: "localhost", port: broker.port, transport: .tls)
        let trusted = Self.examine(endpoint) { $0.tls.authorityFile = certificates.path("ca.crt") }
        let tls = try #require(trusted.of(.tls).first)
        #expect(tls.outcome == .passed)
        let fingerprint = try certificates.fingerprint("server")
        #expect(tls.facts.contains { $0.name == "fingerprint" && $0.value == fingerprint })
        #expect(tls.facts.contains { $0.name == "names" && $0.value.contains("localhost") })
        #expect(trusted.of(.connect).first?.outcome == .passed)

        let untrusted = Self.examine(endpoint)
        #expect(untrusted.course.last == "tls failed")
        #expect(untrusted.of(.tls).first?.facts.contains { $0.name == "issuer" } == true)
        #expect(untrusted.code == 13)
    }

    @Test("TLS: of a chain that failed each link is shown, and the server's certificate with names and fingerprint")
    func chain() throws {
        let certificates = try Certificates()
        try certificates.issueAuthority("middle", from: "20200101", to: "20210101")
        try certificates.issue("server", by: "middle")
        try certificates.append("middle", to: "server")
        let broker = try Mosquitto(configuration: { port, directory in
            certificates.listener("server", port: port) + ["allow_anonymous true", "user root"]
        })
        let endpoint = Endpoint(host: "localhost", port: broker.port, transport: .tls)
        let result = Self.examine(endpoint) { $0.tls.authorityFile = certificates.path("ca.crt") }
        let tls = try #require(result.of(.tls).first)
        #expect(tls.outcome == .failed)
        #expect(
            tls.what.hasPrefix(
                "The authority “CN=middle”, which signed the certificate of localhost, expired on 2021-01-01;"))
        let facts = Dictionary(tls.facts.map { ($0.name, $0.value) }) { first, _ in first }
        #expect(facts["subject"] == "CN=server")
        #expect(facts["names"] == "localhost, 127.0.0.1, ::1")
        #expect(try facts["fingerprint"] == certificates.fingerprint("server"))
        #expect(
            facts["authority 1"]
                == "CN=middle; signed by CN=Lab CA, O=Robots; valid from 2020-01-01 until 2021-01-01")
    }

    @Test("plain TCP to a WebSocket and the other way round fails at its own step")
    func wrongTransport() throws {
        let broker = try Mosquitto()
        let path = Endpoint(host: "127.0.0.1", port: broker.port, transport: .webSocket(path: "/mqtt"))
        let result = Self.examine(path)
        #expect(result.course.last == "websocket failed")
        #expect(result.code == 14)
    }

    @Test("a proxy that nobody runs, and one that does not reach the broker, are told from the broker")
    func proxies() throws {
        let port = try ServerProcess.freePort()
        let result = Self.examine(Endpoint(host: "127.0.0.1", port: 1)) {
            $0.proxy = Proxy(host: "127.0.0.1", port: port)
        }
        #expect(result.of(.proxy).first?.what.hasPrefix("The proxy 127.0.0.1:\(port) cannot be reached") == true)
        #expect(result.code == 12)
    }

    @Test("a unix domain socket that is not there")
    func noSocket() {
        let result = Self.examine(Endpoint(unixPath: "/tmp/there is no such socket"))
        #expect(result.course == ["reach failed"])
        #expect(result.code == 11)
    }

    @Test("a broker that speaks 3.1.1 only and refuses us: that is said, not the version")
    func olderAndRefused() {
        let broker = FakeBroker({ connection in
            guard let connect = connection.readPacket() else { return }
            connection.send([0x20, 2, 0, FakeBroker.level(of: connect) >= 5 ? 1 : 5])
        })
        let result = examine(port: broker.port)
        #expect(result.of(.connect).map(\.outcome) == [.noted, .failed])
        #expect(result.of(.connect).last?.what.contains("anonymous") == true, "\(result.findings)")
        #expect(result.code == 15)
    }

    @Test("a server that accepts us and then says nothing is found out in time, and not said to refuse")
    func silentBehindConnack() {
        let broker = FakeBroker({ connection in
            guard connection.readPacket() != nil else { return }
            connection.send([0x20, 3, 0, 0, 0])
            connection.idle()
        })
        let began = now()
        let result = examine(port: broker.port)
        #expect(began.age < 15_000_000_000)
        #expect(
            result.of(.subscribe).allSatisfy {
                $0.what.contains("does not answer the subscription to") && $0.duration != nil
            })
        #expect(!"\(result.findings)".contains("refused"))
        #expect(result.code == 16)
    }

    @Test("a server that closes at SUBSCRIBE is said to, once, and nothing is waited for behind it")
    func closesAtSubscribe() {
        let broker = FakeBroker({ connection in
            guard connection.readPacket() != nil else { return }
            connection.send([0x20, 3, 0, 0, 0])
            connection.readPacket()
        })
        let began = now()
        let result = examine(port: broker.port)
        #expect(began.age < 5_000_000_000)
        #expect(result.findings.filter { $0.outcome == .failed }.map(\.stage) == [.subscribe])
        #expect(result.of(.subscribe).first?.what.contains("closed the connection") == true, "\(result.findings)")
        #expect(result.code == 16)
    }

    @Test("a subscription that is refused, and a message that does not come back, have their own codes")
    func ownCodes() throws {
        let refusing = FakeBroker({ connection in
            guard connection.readPacket() != nil else { return }
            connection.send([0x20, 3, 0, 0, 0])
            while let packet = connection.readPacket() {
                let answer = FakeBroker.answer(to: packet, 5)
                connection.send(packet[0] >> 4 == 8 ? answer.dropLast() + [0x87] : answer)
            }
        })
        let refused = examine(port: refusing.port)
        #expect(refused.of(.subscribe).contains { $0.outcome == .failed && $0.what.contains("subscription to #") })
        #expect(refused.code == 16)
        let log = FakeBroker.publish(
            "$SYS/broker/log/N", Array("1000000000: New connection from 10.0.0.1:5 on port 1883.".utf8), version: 5)
        let deaf = FakeBroker(
            FakeBroker.working(afterSubscribe: { _ in log + FakeBroker.publish("robots/1", [1], version: 5) }))
        let lost = examine(port: deaf.port, topic: "doctor/echo")
        #expect(lost.of(.publish).map(\.outcome) == [.failed, .failed, .failed])
        #expect(lost.code == 18)
        // Its log is years old.
        #expect(lost.of(.clock).first?.outcome == .noted)
        #expect(lost.of(.clock).first?.what.contains("behind ours") == true)
    }

    @Test("what is the server's own is no traffic, and without $SYS no log topic is asked for")
    func ownTopics() {
        let broker = FakeBroker(
            FakeBroker.working(afterSubscribe: { _ in FakeBroker.publish("$MQTT/sess/x", [1], version: 5) }))
        let result = Self.examine(Endpoint(host: "127.0.0.1", port: broker.port)) {
            $0.subscriptions = [.watching(.everything, qos: .atMostOnce)]
        }
        #expect(result.of(.subscribe).map(\.what) == ["#: granted at QoS 0."])
        #expect(result.of(.traffic).first?.outcome == .failed)
    }

    /// A certificate, how a broker and a client use it, and what the words must hold.
    struct TLSRow: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var names = "DNS:localhost,IP:127.0.0.1"
        var from: String?
        var to = "20991231"
        var host = "localhost"
        var isTrusted = true
        var version = TLSVersion.v1_3
        var lines: [String] = []
        let words: String
    }

    static let rows = [
        TLSRow(testDescription: "unknown authority", isTrusted: false, words: "not trusted"),
        TLSRow(testDescription: "wrong name", names: "DNS:robot", words: "robot"),
        TLSRow(testDescription: "address without SAN", names: "DNS:localhost", host: "127.0.0.1", words: "127.0.0.1"),
        TLSRow(testDescription: "expired", from: "20200101", to: "20210101", words: "expired on 2021-01-01"),
        TLSRow(testDescription: "not yet valid", from: "20900101", words: "valid from 2090-01-01"),
        TLSRow(
            testDescription: "client certificate wanted, 1.3", lines: ["require_certificate true"],
            words: "wants a client certificate"),
        TLSRow(
            testDescription: "client certificate wanted, 1.2",
            version: .v1_2, lines: ["require_certificate true"], words: "asked for a client certificate"),
    ]

    @Test("certificates: words and exit code", arguments: rows)
    func certificateRows(row: TLSRow) throws {
        let certificates = try Certificates()
        try certificates.issue("server", names: row.names, from: row.from, to: row.to)
        let broker = try Mosquitto(configuration: { port, _ in
            certificates.listener("server", port: port) + ["allow_anonymous true", "user root"] + row.lines
        })
        let result = Self.examine(Endpoint(host: row.host, port: broker.port, transport: .tls)) {
            $0.tls.maximumVersion = row.version
            if row.isTrusted { $0.tls.authorityFile = certificates.path("ca.crt") }
        }
        let failed = result.findings.filter { $0.outcome == .failed }
        #expect(failed.map(\.stage) == [.tls], "\(result.findings)")
        #expect(failed.first?.what.contains(row.words) == true, "\(result.findings)")
        #expect(result.code == 13)
    }

    @Test(
        "a client certificate that a web server wants is a matter of TLS, though it says so only behind the handshake")
    func certificateWantedByWeb() throws {
        let certificates = try Certificates()
        try certificates.issue("server")
        let port = try Mosquitto.freePort()
        let broker = try Mosquitto(
            certificates.listener("server", port: port)
                + ["require_certificate true", "protocol websockets", "socket_domain ipv4"])
        try ServerProcess.waitUntilListening(port)
        let endpoint = Endpoint(host: "localhost", port: port, transport: .secureWebSocket(path: "/"))
        let result = Self.examine(endpoint) { $0.tls.authorityFile = certificates.path("ca.crt") }
        #expect(result.code == 13, "\(result.findings)")
        #expect(result.findings.last?.what.contains("client certificate") == true)
        broker.stop()
    }

    @Test("where the broker answers no SUBSCRIBE, or grants none, nothing is said to be subscribed to")
    func nothingGranted() {
        let broker = FakeBroker({ connection in
            guard connection.readPacket() != nil else { return }
            connection.send([0x20, 3, 0, 0, 0])
            while let packet = connection.readPacket() {
                let answer = FakeBroker.answer(to: packet, 5)
                connection.send(packet[0] >> 4 == 8 ? answer.dropLast() + [0x87] : answer)
            }
        })
        let result = Self.examine(Endpoint(host: "127.0.0.1", port: broker.port))
        #expect(result.of(.traffic).map(\.outcome) == [.skipped])
        #expect(!"\(result.findings)".contains("Subscribed, but"))
        #expect(result.code == 16)
    }

    @Test("an identifier that no version but 5.0 takes is our fault, not the broker's; so is a path that is no socket")
    func ourOwnFaults() throws {
        let server = try NatsServer()
        let result = Self.examine(Endpoint(host: "127.0.0.1", port: server.port)) { $0.clientIdentifier = "a\0b" }
        #expect(result.of(.connect).last?.what.hasPrefix("This cannot be sent to a broker: ") == true)
        #expect(!"\(result.findings)".contains("broke the MQTT protocol"))
        let folder = Self.examine(Endpoint(unixPath: "/tmp"))
        #expect(folder.of(.reach).first?.what == "/tmp is no socket." && folder.code == 11, "\(folder.findings)")
    }

    @Test("a certificate that signed itself, and a handshake that is cut off")
    func strangeServers() throws {
        let certificates = try Certificates()
        let broker = try Mosquitto(configuration: { port, _ in
            certificates.listener("ca", port: port) + ["allow_anonymous true", "user root"]
        })
        let signedByItself = Self.examine(Endpoint(host: "localhost", port: broker.port, transport: .tls))
        #expect(signedByItself.code == 13)
        #expect(
            signedByItself.of(.tls).first?.what.contains("is signed by itself") == true, "\(signedByItself.findings)")
        let cut = FakeBroker({ connection in
            connection.waitForBytes()
            connection.send([0x16, 3, 3, 0, 80, 2, 0, 0, 76, 3, 3])
        })
        let broken = Self.examine(Endpoint(host: "localhost", port: cut.port, transport: .tls))
        #expect(broken.code == 13)
        #expect(broken.of(.tls).first?.what.contains("in the middle of the TLS handshake") == true)
    }

    @Test("a server whose TLS is too old, by the alert that says so")
    func oldTLS() {
        let server = FakeBroker({ connection in
            connection.waitForBytes()
            connection.send([0x15, 3, 1, 0, 2, 2, 70])
        })
        let result = Self.examine(Endpoint(host: "localhost", port: server.port, transport: .tls))
        #expect(result.code == 13)
        #expect(result.of(.tls).first?.what.hasSuffix("takes neither TLS 1.2 nor 1.3.") == true, "\(result.findings)")
    }

    @Test("a websocket that agrees to another sub-protocol, or to none", arguments: ["soap", nil])
    func otherSubprotocol(name: String?) {
        var web = FakeBroker.Web()
        web.subprotocol = name
        let server = FakeBroker({ [web] in
            FakeBroker.upgrade($0, web)
            $0.idle()
        })
        let endpoint = Endpoint(host: "127.0.0.1", port: server.port, transport: .webSocket(path: "/mqtt"))
        let result = Self.examine(endpoint)
        #expect(result.code == 14)
        let how = name.map { "it speaks “\($0)”." } ?? "it agreed to no sub-protocol."
        #expect(result.of(.webSocket).first?.what.hasSuffix(how) == true, "\(result.findings)")
    }

    @Test("a broker that wants to know who we are, and one that is full")
    func closedDoors() throws {
        let broker = try Mosquitto(users: [("ev3", "formosa")])
        let anonymous = examine(port: broker.port)
        #expect(anonymous.code == 15)
        #expect(anonymous.of(.connect).map(\.outcome) == [.failed])
        #expect(anonymous.of(.connect).first?.what.contains("anonymous") == true, "\(anonymous.findings)")
        // Full: accepted, then closed without a byte.
        let full = FakeBroker({ _ in })
        let closed = examine(port: full.port)
        #expect(closed.code == 15)
        #expect(
            closed.of(.connect).first?.what.contains("closed the connection without an MQTT answer") == true,
            "\(closed.findings)")
    }

    @Test(
        "who is sent away after CONNACK is told why, once",
        arguments: [(UInt8(0x8E), "took over our client identifier"), (0x8B, "shut")])
    func sentAway(code: UInt8, words: String) {
        let broker = FakeBroker({ connection in
            guard connection.readPacket() != nil else { return }
            connection.send([0x20, 3, 0, 0, 0])
            connection.readPacket()
            connection.send([0xE0, 1, code])
        })
        let result = examine(port: broker.port)
        #expect(result.code == 16)
        let failed = result.findings.filter { $0.outcome == .failed }
        #expect(failed.count == 1 && failed[0].what.contains(words), "\(result.findings)")
    }

    @Test("a proxy that does not take our password, and nothing of the secrets in what is said")
    func secretsOfProxy() throws {
        let port = try Mosquitto.freePort()
        let proxy = try Program("microsocks", ["-u", "ev3", "-P", "formosa", "-i", "127.0.0.1", "-p", "\(port)"])
        try ServerProcess.waitUntilListening(port)
        let broker = try Mosquitto()
        let result = Self.examine(Endpoint(host: "127.0.0.1", port: broker.port)) {
            $0.proxy = Proxy(host: "127.0.0.1", port: port, userName: "ev3", password: Array("k7secret".utf8))
        }
        #expect(result.code == 12)
        #expect(!"\(result.findings)".contains("k7secret"))
        proxy.stop()
    }

    @Test("TLS on a plain port, plain on a TLS port, a web server that is no WebSocket, a proxy that refuses")
    func wrongWays() throws {
        let plain = try Mosquitto()
        #expect(Self.examine(Endpoint(host: "127.0.0.1", port: plain.port, transport: .tls)).code == 13)
        let certificates = try Certificates()
        try certificates.issue("server")
        let secure = try Mosquitto(configuration: { port, _ in
            certificates.listener("server", port: port) + ["allow_anonymous true", "user root"]
        })
        let result = examine(port: secure.port)
        #expect(result.code == 15 && result.of(.connect).first?.todo.contains("TLS") == true, "\(result.findings)")
        let web = FakeBroker(FakeBroker.answering(Array("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".utf8)))
        let path = Endpoint(host: "127.0.0.1", port: web.port, transport: .webSocket(path: "/nowhere?token=k7"))
        let missed = Self.examine(path)
        #expect(missed.code == 14 && missed.of(.webSocket).first?.what.contains("/nowhere") == true)
        #expect(!"\(missed.findings)".contains("k7"))
        let proxy = FakeBroker({ connection in
            connection.waitForBytes()
            connection.send([5, 0xFF])
        })
        let refused = Self.examine(Endpoint(host: "127.0.0.1", port: plain.port)) {
            $0.proxy = Proxy(host: "127.0.0.1", port: proxy.port)
        }
        #expect(refused.of(.reach).first?.what.hasPrefix("The proxy ") == true)
        #expect(refused.code == 12)
    }
}

/// The Topic Name `text`.
private func name(_ text: String) -> TopicName {
    guard let name = try? TopicName(text) else { fatalError("no topic name: \(text)") }
    return name
}
