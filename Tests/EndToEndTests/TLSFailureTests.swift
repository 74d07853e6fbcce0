import Foundation
import TestSupport
import Testing

/// A mosquitto with TLS alone that nobody need trust.
struct SecureLab {
    let certificates: Certificates
    let port: Int
    private let broker: Mosquitto

    /// One with the certificate of `name`, which `prepare` makes.
    init(
        _ name: String = "localhost", lines: [String] = [],
        prepare: (Certificates) throws -> Void = { try $0.issue("localhost") }
    ) throws {
        certificates = try Certificates()
        try prepare(certificates)
        port = try Mosquitto.freePort()
        broker = try Mosquitto(certificates.listener(name, port: port) + lines)
        try ServerProcess.waitUntilListening(port)
    }

    /// The path of one of the files.
    func path(_ file: String) -> String { certificates.path(file) }

    /// The fingerprint of the certificate of `name`, as one gives it.
    func digits(_ name: String = "localhost") throws -> String {
        try certificates.fingerprint(name).filter { $0 != ":" }
    }

    /// mqscope on it, trusting its authority unless told otherwise.
    func dashboard(
        _ options: [String] = [], host: String = "localhost", isTrusted: Bool = true, rows: Int = 43,
        columns: Int = 132
    ) throws -> PseudoTerminal {
        try .mqscope(
            port: port, (isTrusted ? ["--cafile", path("ca.crt")] : ["--tls"]) + ["-h", host] + options, rows: rows,
            columns: columns)
    }
}

@Suite("Failures of TLS, as seen")
struct TLSFailureTests {
    // MARK: TLS on one side alone

    @Test("Plain MQTT to a TLS listener")
    func plainOnTLS() throws {
        let lab = try SecureLab()
        let terminal = try PseudoTerminal.mqscope(port: lab.port)
        try terminal.waitForAdvice(
            "127.0.0.1:\(lab.port) closed the connection without an MQTT answer.", "A TLS port, perhaps (--tls)?")
    }

    @Test("TLS to a plain listener")
    func tlsOnPlain() throws {
        let broker = try Mosquitto()
        let terminal = try PseudoTerminal.mqscope(port: broker.port, ["--tls"])
        try terminal.waitForAdvice(
            "127.0.0.1:\(broker.port) closed the connection instead of answering TLS.",
            "It probably does not speak TLS: try without, or port 8883, where TLS usually is.")
    }

    @Test("A server that begins TLS and then closes is not said to speak none")
    func brokenOff() throws {
        let broker = FakeBroker({ connection in
            connection.waitForBytes()
            // The header of a ServerHello, and not all of it.
            connection.send([0x16, 3, 3, 0, 80, 2, 0, 0, 76, 3, 3])
        })
        let terminal = try PseudoTerminal.mqscope(port: broker.port, ["--tls"])
        try terminal.waitForAdvice(
            "127.0.0.1:\(broker.port) closed the connection in the middle of the TLS handshake, without saying why.")
    }

    @Test("TLS to servers that speak something else, and to one that says nothing")
    func tlsOnOthers() throws {
        let peers: [(FakeBroker, String)] = [
            (FakeBroker(FakeBroker.ssh), "does not speak TLS: it is an SSH server."),
            (
                FakeBroker { connection in
                    connection.waitForBytes()
                    connection.send(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
                }, "does not speak TLS: it is a web server."
            ),
            (FakeBroker(FakeBroker.silence), "accepts connections but does not answer TLS (waited 4 s)."),
        ]
        for (peer, words) in peers {
            let terminal = try PseudoTerminal.mqscope(port: peer.port, ["--tls"])
            try terminal.waitForAdvice("127.0.0.1:\(peer.port) \(words)")
        }
    }

    // MARK: Certificates

    @Test(
        "An authority that nobody trusts is named, with the certificate and what to do",
        arguments: [(43, 132), (24, 80)])
    func unknownAuthority(rows: Int, columns: Int) throws {
        let lab = try SecureLab()
        let terminal = try lab.dashboard(isTrusted: false, rows: rows, columns: columns)
        try terminal.waitForWords(
            "The certificate of localhost is signed by “CN=Lab CA, O=Robots”, which is not trusted here. "
                + "Give --cafile CA.crt with that authority and those above it, or trust just this one: --fingerprint \(lab.digits())",
            "The certificate: CN=localhost; signed by CN=Lab CA, O=Robots; for localhost, 127.0.0.1, ::1; valid from ",
            "to 2099-12-31.")
        // What it says to do helps.
        let pinned = try PseudoTerminal.mqscope(port: lab.port, ["--fingerprint", lab.digits()])
        try pinned.waitFor("● live")
    }

    @Test("An authority that was made anew under its old name")
    func authorityMadeAnew() throws {
        let lab = try SecureLab()
        let old = try Certificates()
        let terminal = try PseudoTerminal.mqscope(
            port: lab.port, ["-h", "localhost", "--cafile", old.path("ca.crt")])
        try terminal.waitForWords(
            "The certificate of localhost does not fit the authority “CN=Lab CA, O=Robots” that is trusted here. Was the "
                + "authority made anew (give its new --cafile CA.crt),")
    }

    @Test("A certificate that signed itself")
    func selfSigned() throws {
        let lab = try SecureLab("ca") { _ in }
        let terminal = try lab.dashboard(isTrusted: false)
        try terminal.waitForWords(
            "The certificate of localhost is signed by itself, which proves nothing. If it is your broker, trust just "
                + "this one: --fingerprint \(lab.digits("ca"))",
            "The certificate: CN=Lab CA, O=Robots; signed by itself; for no host;")
    }

    @Test(
        "A certificate for other names, and an address that is none of them",
        arguments: [
            ("localhost", "DNS:robot.lab,IP:10.42.0.3", "robot.lab, 10.42.0.3"),
            ("127.0.0.1", "DNS:localhost", "localhost"),
        ])
    func wrongName(host: String, names: String, words: String) throws {
        let lab = try SecureLab { try $0.issue("localhost", names: names) }
        let terminal = try lab.dashboard(host: host)
        try terminal.waitForWords(
            "The certificate is for \(words), not for \(host). Connect by one of those names, or trust just this one: "
                + "--fingerprint \(lab.digits())")
    }

    @Test("A certificate that has expired, and one that is not valid yet: what time is it here?")
    func validity() throws {
        let expired = try SecureLab { try $0.issue("localhost", from: "20200101", to: "20210101") }
        let old = try expired.dashboard()
        try old.waitForWords(
            "The certificate of localhost expired on 2021-01-01; this computer's clock says 20",
            "If the clock is right, the broker needs a new one; until then trust just this one: --fingerprint "
                + expired.digits(),
            "valid from 2020-01-01 to 2021-01-01.")
        let early = try SecureLab { try $0.issue("localhost", from: "20900101") }
        try early.dashboard().waitForWords(
            "The certificate of localhost is valid from 2090-01-01 on; this computer's clock says 20",
            "Is this computer's clock right? Without a battery it starts in the past: set it.")
    }

    // MARK: Client certificates

    @Test("A client certificate is wanted", arguments: ["tlsv1.2", "tlsv1.3"])
    func clientCertificateWanted(version: String) throws {
        let lab = try SecureLab(lines: ["require_certificate true"])
        let terminal = try lab.dashboard(["--tls-version", version])
        // TLS 1.2 has no alert that says that this is why.
        try terminal.waitForWords(
            version == "tlsv1.3"
                ? "localhost:\(lab.port) wants a client certificate. Give --cert FILE and --key FILE."
                : "localhost:\(lab.port) asked for a client certificate, got none, and closed the connection. It probably "
                    + "wants one: give --cert FILE and --key FILE.")
    }

    @Test("A client certificate that the broker does not trust", arguments: ["tlsv1.2", "tlsv1.3"])
    func clientCertificateUnknown(version: String) throws {
        let other = try Certificates(authority: "Other CA")
        try other.issue("ev3")
        let lab = try SecureLab(lines: ["require_certificate true"])
        let terminal = try lab.dashboard(
            ["--tls-version", version, "--cert", other.path("ev3.crt"), "--key", other.path("ev3.key")])
        try terminal.waitForWords(
            "localhost:\(lab.port) does not accept our client certificate: its authority is unknown (TLS alert 48). "
                + "Is --cert signed by the authority that the broker trusts (its cafile), and still valid?")
    }

    // MARK: Versions and names of protocols

    /// A TLS server of OpenSSL's that speaks no MQTT.
    private func server(_ certificates: Certificates, _ options: [String]) throws -> (port: Int, program: Program) {
        let port = try Mosquitto.freePort()
        let program = try Program(
            "openssl",
            [
                "s_server", "-www", "-accept", "127.0.0.1:\(port)", "-cert", certificates.path("localhost.crt"), "-key",
                certificates.path("localhost.key"),
            ] + options)
        try ServerProcess.waitUntilListening(port)
        return (port, program)
    }

    @Test(
        "A server whose TLS is too old, and one that is too old for what was asked",
        arguments: [
            (
                ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"], [],
                "takes neither TLS 1.2 nor 1.3. An old OpenSSL there (ev3dev) knows 1.0 and 1.1 only: update it, or use "
                    + "the plain port."
            ),
            (
                ["-tls1_2"], ["--tls-version", "tlsv1.3"],
                "does not take TLS 1.3. Leave --tls-version out: 1.2 and 1.3 are tried then."
            ),
            (
                ["-tls1_3"], ["--tls-version", "tlsv1.2"],
                "does not take TLS 1.2. Leave --tls-version out: 1.2 and 1.3 are tried then."
            ),
        ] as [([String], [String], String)])
    func version(server options: [String], ours: [String], words: String) throws {
        let certificates = try Certificates()
        try certificates.issue("localhost")
        let server = try server(certificates, options)
        let terminal = try PseudoTerminal.mqscope(
            port: server.port, ["-h", "localhost", "--cafile", certificates.path("ca.crt")] + ours)
        try terminal.waitForWords("localhost:\(server.port) \(words)")
        server.program.stop()
    }

    @Test("The protocol that is named to the server is the one it gets, and one that it does not have is said")
    func applicationProtocol() throws {
        let certificates = try Certificates()
        try certificates.issue("localhost")
        let trust = ["-h", "localhost", "--cafile", certificates.path("ca.crt"), "--tls-alpn"]
        let broker = FakeBroker(FakeBroker.working())
        var manner = TLSFront.Manner()
        manner.applicationProtocol = "mqtt"
        let front = try TLSFront(certificates, to: broker.port, manner)
        try PseudoTerminal.mqscope(port: front.port, trust + ["mqtt"]).waitFor("● live")
        let server = try server(certificates, ["-alpn", "mqtt"])
        let wrong = try PseudoTerminal.mqscope(port: server.port, trust + ["x-amzn"])
        try wrong.waitForWords(
            "localhost:\(server.port) does not speak the protocol named with --tls-alpn (TLS alert 120). "
                + "Leave --tls-alpn out, or ask whoever runs it for the name: often mqtt.", seconds: 10)
        server.program.stop()
    }

    @Test("An identity that the broker does not know, and a key that is not the one it knows")
    func preSharedKey() throws {
        let files = try Certificates()
        try "ev3:0badc0de\n".write(toFile: files.path("psk"), atomically: true, encoding: .utf8)
        let port = try Mosquitto.freePort()
        let broker = try Mosquitto(["listener \(port) 127.0.0.1", "psk_hint lab", "psk_file \(files.path("psk"))"])
        try ServerProcess.waitUntilListening(port)
        let known = try PseudoTerminal.mqscope(port: port, ["--psk", "0badc0de", "--psk-identity", "ev3"])
        try known.waitFor("● live")
        known.type("4")
        try known.waitFor("pre-shared key")
        let unknown = try PseudoTerminal.mqscope(port: port, ["--psk", "0badc0de", "--psk-identity", "ev4"])
        try unknown.waitForWords(
            "127.0.0.1:\(port) does not know the identity of our pre-shared key (TLS alert 115). Check --psk-identity;")
        let wrong = try PseudoTerminal.mqscope(port: port, ["--psk", "0bad", "--psk-identity", "ev3"])
        try wrong.waitForWords("127.0.0.1:\(port) ended TLS: ")
        broker.stop()
    }
}
