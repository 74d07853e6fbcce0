import Foundation
import MQTT
import TestSupport
import Testing

@testable import MQTTClient

@Suite("TLS: what is wrong with a chain of certificates", .serialized)
struct ChainTests {
    /// A broker whose certificate an intermediate authority has signed, valid from and to these dates, which it sends or not.
    private static func broker(from: String? = nil, to: String = "20991231", sends: Bool = true) throws -> SecureBroker
    {
        try SecureBroker { files in
            try files.issueAuthority("middle", from: from, to: to)
            try files.issue("localhost", by: "middle")
            if sends { try files.append("middle", to: "localhost") }
        }
    }

    @Test("a whole chain passes")
    func whole() throws {
        let secure = try Self.broker()
        try secure.bench().connected()
    }

    @Test("an intermediate authority that has expired is named, and until when it was valid", arguments: [false, true])
    func expired(byProxy: Bool) throws {
        let secure = try Self.broker(from: "20200101", to: "20210101")
        let proxy = FakeBroker(FakeBroker.socks(to: secure.port, drips: false))
        let distrust = try secure.distrust {
            if byProxy { $0.proxy = Proxy(host: "127.0.0.1", port: proxy.port) }
        }
        #expect(distrust.reason == .expired)
        #expect(distrust.certificate.subject == "CN=middle")
        #expect(distrust.certificate.notAfter == 1_609_545_599)
        #expect(distrust.serverCertificate.subject == "CN=localhost")
        #expect(distrust.chain.map(\.subject) == ["CN=localhost", "CN=middle"])
        #expect(distrust.chain.map(\.issuer) == ["CN=middle", "CN=Lab CA, O=Robots"])
    }

    @Test("an intermediate authority that is not valid yet is named, and from when on it is")
    func early() throws {
        let distrust = try Self.broker(from: "20900101").distrust()
        #expect(distrust.reason == .notYetValid)
        #expect(distrust.certificate.subject == "CN=middle")
        #expect(distrust.certificate.notBefore == 3_786_912_000)
    }

    @Test("an intermediate authority that the server does not send is named; known here, it does no harm")
    func notSent() throws {
        let secure = try Self.broker(sends: false)
        let distrust = try secure.distrust()
        #expect(distrust.reason == .issuerNotSent)
        #expect(distrust.certificate.subject == "CN=localhost")
        #expect(distrust.certificate.issuer == "CN=middle")
        #expect(distrust.chain == [distrust.serverCertificate])
        try secure.certificates.append("middle", to: "ca")
        try secure.bench().connected()
    }

    @Test("of a chain whose root nobody trusts, the root is named by the one below it")
    func unknownRoot() throws {
        let secure = try Self.broker()
        let other = try Certificates(authority: "Other CA")
        for file in [other.path("ca.crt"), nil] {
            let distrust = try secure.distrust { $0.tls.authorityFile = file }
            #expect(distrust.reason == .unknownAuthority)
            #expect(distrust.certificate.subject == "CN=middle")
            #expect(distrust.certificate.issuer == "CN=Lab CA, O=Robots")
            #expect(distrust.chain.count == 2)
        }
    }

    @Test("a root that was made anew does not fit the one below it")
    func rootMadeAnew() throws {
        let anew = try Certificates()
        let distrust = try Self.broker().distrust { $0.tls.authorityFile = anew.path("ca.crt") }
        #expect(distrust.reason == .notSignedByAuthority)
        #expect(distrust.certificate.subject == "CN=middle")
    }

    @Test("a server's own certificate that has expired comes before what is above it")
    func expiredBelow() throws {
        let distrust = try SecureBroker { files in
            try files.issueAuthority("middle", from: "20200101", to: "20210101")
            try files.issue("localhost", from: "20200101", to: "20220101", by: "middle")
            try files.append("middle", to: "localhost")
        }.distrust()
        #expect(distrust.reason == .expired)
        #expect(distrust.certificate.subject == "CN=localhost")
        #expect(distrust.chain.count == 2)
    }

    @Test("a certificate that signed itself stands alone")
    func selfSigned() throws {
        let other = try Certificates(authority: "Other CA")
        let distrust = try SecureBroker("ca") { _ in }.distrust { $0.tls.authorityFile = other.path("ca.crt") }
        #expect(distrust.reason == .unknownAuthority)
        #expect(distrust.certificate.isSelfSigned)
        #expect(distrust.chain == [distrust.certificate])
    }

    @Test("a server that is silent when it is asked again: what was known before is said")
    func silentAgain() throws {
        let secure = try Self.broker(from: "20200101", to: "20210101")
        let proxy = FakeBroker(FakeBroker.socks(to: secure.port, drips: false), FakeBroker.silence)
        let distrust = try secure.distrust {
            $0.proxy = Proxy(host: "127.0.0.1", port: proxy.port)
            $0.answerTimeout = 500
        }
        #expect(distrust.reason == .unknownAuthority)
        #expect(distrust.certificate.issuer == "CN=middle")
        #expect(distrust.chain.isEmpty)
    }

    // MARK: Without a server

    private static func certificate(
        _ subject: String, by issuer: String, from: Int64 = 0, to: Int64 = 100, mark: UInt8 = 0
    ) -> Certificate {
        Certificate(
            subject: subject, issuer: issuer, notBefore: from, notAfter: to, names: [],
            fingerprint: Fingerprint(bytes: Array(repeating: mark, count: 32)))
    }

    private static func distrust(_ chain: [Certificate], known: [Certificate]) -> TLSFailure.Distrust {
        TLSFailure.Distrust(of: chain[0], chain: chain, known: known, time: 50)
    }

    @Test("an authority of the system or the user that has expired is named, unless one of its name is valid")
    func knownAuthority() {
        let chain = [Self.certificate("leaf", by: "middle"), Self.certificate("middle", by: "root")]
        let old = Self.certificate("root", by: "root", to: 49)
        let expired = Self.distrust(chain, known: [old])
        #expect(expired.reason == .expired)
        #expect(expired.certificate == old)
        #expect(Self.distrust(chain + [old], known: []).certificate == old)
        let new = Self.certificate("root", by: "root", mark: 1)
        #expect(Self.distrust(chain, known: [old, new]).reason == .notSignedByAuthority)
    }

    @Test("an intermediate authority that is known here needs those above it")
    func knownIntermediate() {
        let leaf = Self.certificate("leaf", by: "middle")
        let middle = Self.certificate("middle", by: "root")
        let distrust = Self.distrust([leaf], known: [middle])
        #expect(distrust.reason == .unknownAuthority)
        #expect(distrust.certificate == middle)
    }

    @Test("certificates that signed each other, and others that have nothing to do with it, come to an end")
    func circle() {
        let chain = [
            Self.certificate("leaf", by: "a"), Self.certificate("a", by: "b"), Self.certificate("b", by: "a"),
            Self.certificate("x", by: "x", to: 1),
        ]
        #expect(Self.distrust(chain, known: []).reason == .unknownAuthority)
        #expect(Self.distrust([chain[0], chain[3]], known: []).reason == .issuerNotSent)
    }
}
