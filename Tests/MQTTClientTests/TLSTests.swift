import Foundation
import MQTT
import MQTTClient
import TestSupport
import Testing

/// A mosquitto with a plain and a TLS listener, and the certificates for it.
struct SecureBroker {
    let certificates: Certificates
    let broker: Mosquitto
    let port: Int

    /// One whose certificate is that of `name`, which `prepare` may make in another way.
    init(
        _ name: String = "localhost", lines: [String] = [], certificates: Certificates? = nil,
        prepare: (Certificates) throws -> Void = { try $0.issue("localhost") }
    ) throws {
        let made = try certificates ?? Certificates()
        try prepare(made)
        let port = try Mosquitto.freePort()
        self.certificates = made
        self.port = port
        broker = try Mosquitto(made.listener(name, port: port) + lines)
        try ServerProcess.waitUntilListening(port)
    }

    /// A client for it that trusts its authority, but for `change`.
    func bench(host: String = "localhost", _ change: (inout ClientConfiguration) -> Void = { _ in }) -> ClientBench {
        let bench = ClientBench(port: port) {
            $0.endpoint = Endpoint(host: host, port: port, transport: .tls)
            $0.tls.authorityFile = certificates.path("ca.crt")
            change(&$0)
        }
        bench.client.start()
        return bench
    }

    /// What keeps such a client from connecting.
    func failure(host: String = "localhost", _ change: (inout ClientConfiguration) -> Void = { _ in }) throws
        -> TLSFailure
    {
        let failure = try bench(host: host, change).waiting()
        #expect(failure.endpoint.transport == .tls)
        guard case .tls(let cause) = failure.cause else { throw Missing(what: "a failure of TLS: \(failure.cause)") }
        return cause
    }

    /// Why such a client does not trust the broker.
    func distrust(
        host: String = "localhost", _ change: (inout ClientConfiguration) -> Void = { _ in }
    ) throws -> TLSFailure.Distrust {
        guard case .untrusted(let distrust) = try failure(host: host, change) else { throw Missing(what: "distrust") }
        return distrust
    }
}

@Suite("TLS to a real mosquitto", .serialized)
struct TLSTests {
    @Test("connects by name and by address, and says whom to, in which version", arguments: ["localhost", "127.0.0.1"])
    func connects(host: String) throws {
        let secure = try SecureBroker()
        let bench = secure.bench(host: host) { $0.subscriptions = [Subscription(.everything)] }
        let info = try bench.connected()
        #expect(info.endpoint == Endpoint(host: host, port: secure.port, transport: .tls))
        #expect(info.tls?.version == .v1_3)
        #expect(info.tls?.check == .authority)
        let certificate = try #require(info.tls?.certificate)
        #expect(certificate.subject == "CN=localhost")
        #expect(certificate.issuer == "CN=Lab CA, O=Robots")
        #expect(certificate.names == ["localhost", "127.0.0.1", "::1"])
        #expect(try certificate.fingerprint.description == secure.certificates.fingerprint("localhost"))
        #expect(certificate.notAfter == 4_102_444_799)
        try bench.granted(.everything)
        try bench.publish("a", [1], qos: .exactlyOnce)
        #expect(try bench.messages(1) == ["a=\u{1}"])
    }

    @Test("the highest version can be chosen, and a folder of authorities")
    func choices() throws {
        let secure = try SecureBroker()
        let old = secure.bench { $0.tls.maximumVersion = .v1_2 }
        #expect(try old.connected().tls?.version == .v1_2)
        let folder = try secure.certificates.authorityFolder()
        let other = secure.bench {
            $0.tls.authorityFile = nil
            $0.tls.authorityFolder = folder
        }
        try other.connected()
        let cipher = secure.bench {
            $0.tls.maximumVersion = .v1_2
            $0.tls.cipherSuites = ["ECDHE-ECDSA-CHACHA20-POLY1305"]
        }
        try cipher.connected()
    }

    @Test("a client certificate is given where the server wants one, its key encrypted or not")
    func clientCertificate() throws {
        let secure = try SecureBroker(lines: ["require_certificate true", "use_identity_as_username true"]) {
            try $0.issue("localhost")
            try $0.issue("ev3")
            try $0.encrypt("ev3", to: "new.key", passphrase: "formosa")
        }
        let files = secure.certificates
        for (key, passphrase) in [("ev3.key", nil), ("new.key", "formosa")] {
            let bench = secure.bench {
                $0.tls.certificateFile = files.path("ev3.crt")
                $0.tls.keyFile = files.path(key)
                $0.tls.keyPassphrase = passphrase.map { Array($0.utf8) }
            }
            try bench.connected()
        }
        let problems: [(String?, TLSFailure.LocalProblem)] = [
            (nil, .noPassphrase(path: files.path("new.key"))), ("x", .wrongPassphrase(path: files.path("new.key"))),
        ]
        for (passphrase, problem) in problems {
            let failure = try secure.failure {
                $0.tls.certificateFile = files.path("ev3.crt")
                $0.tls.keyFile = files.path("new.key")
                $0.tls.keyPassphrase = passphrase.map { Array($0.utf8) }
            }
            #expect(failure == .unusable(problem))
        }
    }

    @Test(
        "a client certificate that is wanted and not given is what the failure says",
        arguments: [TLSVersion.v1_2, .v1_3])
    func missingClientCertificate(version: TLSVersion) throws {
        let secure = try SecureBroker(lines: ["require_certificate true"])
        let failure = try secure.failure { $0.tls.maximumVersion = version }
        // TLS 1.2 has no alert that says why.
        #expect(failure == .clientCertificateWanted(isSaid: version == .v1_3))
    }

    @Test("a server that nobody trusted has signed is named, with who did")
    func unknownAuthority() throws {
        let secure = try SecureBroker()
        let other = try Certificates(authority: "Other CA")
        let distrust = try secure.distrust { $0.tls.authorityFile = other.path("ca.crt") }
        #expect(distrust.reason == .unknownAuthority)
        #expect(distrust.certificate.issuer == "CN=Lab CA, O=Robots")
        #expect(try distrust.certificate.fingerprint.description == secure.certificates.fingerprint("localhost"))
        let system = try secure.distrust { $0.tls.authorityFile = nil }
        #expect(system.reason == .unknownAuthority)
    }

    @Test("an authority that was made anew under its old name is told apart")
    func authorityMadeAnew() throws {
        let secure = try SecureBroker()
        let anew = try Certificates()
        #expect(try secure.distrust { $0.tls.authorityFile = anew.path("ca.crt") }.reason == .notSignedByAuthority)
    }

    @Test("a certificate for other names says for which", arguments: ["localhost", "127.0.0.1"])
    func wrongName(host: String) throws {
        let secure = try SecureBroker { try $0.issue("localhost", names: "DNS:robot.lab,IP:10.42.0.3") }
        let distrust = try secure.distrust(host: host)
        #expect(distrust.reason == .wrongName)
        #expect(distrust.certificate.names == ["robot.lab", "10.42.0.3"])
    }

    @Test("a certificate that has expired or is not valid yet says when, and what time it is here")
    func validity() throws {
        let expired = try SecureBroker { try $0.issue("localhost", from: "20200101", to: "20210101") }.distrust()
        #expect(expired.reason == .expired)
        #expect(expired.certificate.notAfter == 1_609_545_599)
        #expect(abs(expired.time - Int64(Date().timeIntervalSince1970)) < 3_600)
        let early = try SecureBroker { try $0.issue("localhost", from: "20900101") }.distrust()
        #expect(early.reason == .notYetValid)
        #expect(early.certificate.notBefore == 3_786_912_000)
    }

    @Test("a fingerprint lets in whom it is of, whatever else is wrong, and nobody else")
    func fingerprint() throws {
        let secure = try SecureBroker { try $0.issue("localhost", names: "DNS:x", from: "20200101", to: "20210101") }
        let right = try #require(Fingerprint(secure.certificates.fingerprint("localhost")))
        let pinned = secure.bench {
            $0.tls.authorityFile = nil
            $0.tls.fingerprints = [right]
        }
        #expect(try pinned.connected().tls?.check == .fingerprint)
        let wrong = try #require(Fingerprint(String(repeating: "ab", count: 32)))
        let distrust = try secure.distrust { $0.tls.fingerprints = [wrong] }
        #expect(distrust.reason == .otherFingerprint)
        #expect(distrust.certificate.fingerprint == right)
    }

    @Test("without any check everybody is let in, and it is said")
    func unchecked() throws {
        let secure = try SecureBroker { try $0.issue("localhost", names: "DNS:x", from: "20200101", to: "20210101") }
        let info = try secure.bench { $0.tls.checksServer = false }.connected()
        #expect(info.tls?.check == TLSInfo.Check.none)
        #expect(info.tls?.certificate?.names == ["x"])
    }

    @Test("a pre-shared key stands for certificates")
    func preSharedKey() throws {
        let port = try Mosquitto.freePort()
        let folder = try Certificates()
        try "ev3:0badc0de\n".write(toFile: folder.path("psk"), atomically: true, encoding: .utf8)
        let broker = try Mosquitto([
            "listener \(port) 127.0.0.1", "psk_hint lab", "psk_file \(folder.path("psk"))",
            "use_identity_as_username true",
        ])
        let bench = ClientBench(port: port) {
            $0.endpoint.transport = .tls
            $0.tls.preSharedKey = TLSOptions.PreSharedKey(identity: "ev3", key: [0x0b, 0xad, 0xc0, 0xde])
        }
        bench.client.start()
        let info = try bench.connected()
        #expect(info.tls == TLSInfo(version: .v1_2, certificate: nil, check: .preSharedKey))
        #expect(broker.log.contains("u'ev3'"))
    }

    @Test("who has a key for the server takes no certificate from it, nor a suite that would bring one")
    func preSharedKeyAlone() throws {
        let secure = try SecureBroker()
        let key = TLSOptions.PreSharedKey(identity: "ev3", key: [0x0b, 0xad])
        let failure = try secure.failure {
            $0.tls.authorityFile = nil
            $0.tls.preSharedKey = key
            $0.tls.cipherSuites = ["PSK-AES128-CBC-SHA", "ECDHE-ECDSA-AES128-GCM-SHA256"]
        }
        #expect(failure == .unusable(.notPreShared(cipherSuite: "ECDHE-ECDSA-AES128-GCM-SHA256")))
    }

    @Test("the keys are written down for who asks for it, and nobody else can read them")
    func keyLog() throws {
        let secure = try SecureBroker()
        let path = secure.certificates.path("keys")
        try secure.bench { $0.tls.keyLogFile = path }.connected()
        #expect(try String(contentsOfFile: path, encoding: .utf8).contains("CLIENT_TRAFFIC_SECRET_0 "))
        let rights = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(rights == 0o600)
    }

    @Test("large messages pass both ways, and a client that leaves says so behind them")
    func largeMessages() throws {
        let secure = try SecureBroker()
        let bench = secure.bench { $0.subscriptions = [Subscription(.everything)] }
        try bench.connected()
        try bench.granted(.everything)
        let payload = [UInt8](repeating: 31, count: 8 << 20)
        bench.send("large", payload)
        #expect(try bench.messages(1).first?.utf8.count ?? 0 > payload.count)
        bench.send("last", payload)
        bench.client.stop(timeoutMilliseconds: 5_000)
        #expect(secure.broker.hasLogged("Client bench disconnected."))
    }
}

@Suite("TLS where there is none", .serialized)
struct NoTLSTests {
    private func failure(port: Int, _ change: (inout ClientConfiguration) -> Void = { _ in }) throws -> TLSFailure {
        let bench = ClientBench(port: port) {
            $0.endpoint.transport = .tls
            change(&$0)
        }
        bench.client.start()
        let failure = try bench.waiting()
        guard case .tls(let cause) = failure.cause else { throw Missing(what: "a failure of TLS: \(failure.cause)") }
        #expect(failure.version == .v5_0, "no older version is tried for it")
        return cause
    }

    @Test("a plain listener that closes")
    func plain() throws {
        let broker = try Mosquitto()
        guard case .closed = try failure(port: broker.port) else { throw Missing(what: "an end") }
    }

    @Test("another kind of server, which is quoted")
    func other() throws {
        let server = FakeBroker { $0.send(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)) }
        #expect(try failure(port: server.port) == .notTLS(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)))
    }

    @Test("silence")
    func silence() throws {
        let server = FakeBroker(FakeBroker.silence)
        #expect(try failure(port: server.port) { $0.answerTimeout = 200 } == .noAnswer(milliseconds: 200))
    }

    @Test("files that are not there, are nothing, or do not fit")
    func files() throws {
        let files = try Certificates()
        try files.issue("one")
        try files.issue("other")
        let authority = files.path("ca.crt")
        let problems: [((inout TLSOptions) -> Void, TLSFailure.LocalProblem)] = [
            ({ $0.authorityFile = "/nowhere" }, .cannotRead(path: "/nowhere", errno: ENOENT)),
            ({ $0.authorityFolder = "/nowhere" }, .cannotRead(path: "/nowhere", errno: ENOENT)),
            ({ $0.authorityFile = files.path("ca.key") }, .noCertificate(path: files.path("ca.key"))),
            ({ $0.certificateFile = authority }, .halfAnIdentity),
            (
                {
                    $0.certificateFile = files.path("one.crt")
                    $0.keyFile = authority
                }, .noKey(path: authority)
            ),
            (
                {
                    $0.certificateFile = files.path("one.crt")
                    $0.keyFile = files.path("other.key")
                }, .keyOfAnother(certificate: files.path("one.crt"), key: files.path("other.key"))
            ),
            ({ $0.cipherSuites = ["NULL"] }, .unknownCipher("NULL")),
            (
                {
                    $0.preSharedKey = TLSOptions.PreSharedKey(identity: "a", key: [1])
                    $0.minimumVersion = .v1_3
                }, .preSharedKeyNeedsOldTLS
            ),
        ]
        for (change, problem) in problems {
            var options = TLSOptions()
            change(&options)
            #expect(throws: problem) { try options.check() }
        }
    }
}
