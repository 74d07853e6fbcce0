import Foundation
import TestSupport
import Testing

/// Options of `sub`, `pub` and `rr` that say by which way a broker is reached: a message goes there and comes back.
@Suite("Options of the way to a broker, as run")
struct OptionWayTests {
    /// Publishes by `pub`, reads it by `sub`, and sends it to itself by `rr`, each with `words`.
    private func expectArrival(_ words: [String], environment: [String: String] = [:]) throws {
        let topic = "way/\(UUID().uuidString)"
        func run(_ command: String, _ more: [String]) throws -> CommandProgram.Ending {
            try CommandProgram.run([command] + words + ["-q", "1"] + more, environment: environment)
        }
        let sent = try run("pub", ["-t", topic, "-m", "hello", "-r"])
        #expect(sent.code == 0, "pub \(words): \(sent.errors)")
        let read = try run("sub", ["-t", topic, "-C", "1", "-W", "20"])
        #expect(read.code == 0 && read.text == "hello\n", "sub \(words): \(read.errors)")
        let asked = try run("rr", ["-t", topic, "-e", topic, "-m", "echo", "-R", "-W", "20"])
        #expect(asked.code == 0 && asked.text == "echo\n", "rr \(words): \(asked.errors)")
    }

    /// Expects that nothing is sent with `words`, and that `code` and `reason` say why.
    private func expectFailure(_ words: [String], _ code: Int32, _ reason: String) throws {
        for more in [
            ["sub", "-t", "a", "-W", "20"], ["pub", "-t", "a", "-m", "x"], ["rr", "-t", "a", "-e", "b", "-n"],
        ] {
            let ending = try CommandProgram.run(more + words)
            #expect(ending.code == code && ending.errors.contains(reason), "\(more[0]) \(words): \(ending.errors)")
            #expect(ending.text == "")
        }
    }

    // MARK: TLS

    private static let tlsError = "Unable to connect (A TLS error occurred)."

    @Test("TLS: whom to trust, which version, which suites")
    func tls() throws {
        let lab = try SecureLab { try $0.issue("localhost", names: "DNS:localhost") }
        let address = ["-h", "localhost", "-p", "\(lab.port)"]
        let trust = ["--cafile", lab.path("ca.crt")]
        let suite = "ECDHE-ECDSA-AES128-GCM-SHA256"
        for words in [
            trust, ["--capath", try lab.certificates.authorityFolder()], ["--fingerprint", try lab.digits()],
            ["--fingerprint", try lab.certificates.fingerprint("localhost")],
            ["--fingerprint", String(repeating: "0", count: 64), "--fingerprint", try lab.digits()],
            ["--tls", "--insecure"], ["--tls-use-os-certs", "--insecure"], ["--tls-use-os-certs"] + trust,
            trust + ["--tls-version", "tlsv1.2"], trust + ["--tls-version", "tlsv1.3"],
            trust + ["--tls-version", "tlsv1.2", "--ciphers", "\(suite):ECDHE-ECDSA-AES256-GCM-SHA384"],
        ] { try expectArrival(address + words) }
        for words in [["--tls"], ["--tls-use-os-certs"], ["--fingerprint", String(repeating: "0", count: 64)]] {
            try expectFailure(address + words, 8, Self.tlsError)
        }
        try expectFailure(["-h", "127.0.0.1", "-p", "\(lab.port)"] + trust, 8, Self.tlsError)
    }

    @Test("TLS: where the server knows one version only, the other one fails", arguments: ["1.2", "1.3"])
    func version(version: String) throws {
        let files = try Certificates()
        try files.issue("localhost")
        let broker = try Mosquitto()
        var manner = TLSFront.Manner()
        manner.version = version
        let front = try TLSFront(files, to: broker.port, manner)
        let words = ["-h", "localhost", "-p", "\(front.port)", "--cafile", files.path("ca.crt"), "--tls-version"]
        try expectArrival(words + ["tlsv" + version])
        try expectFailure(words + [version == "1.2" ? "tlsv1.3" : "tlsv1.2"], 8, Self.tlsError)
    }

    @Test("--tls-alpn names a protocol to a server that wants it")
    func applicationProtocol() throws {
        let files = try Certificates()
        try files.issue("localhost")
        let broker = try Mosquitto()
        var manner = TLSFront.Manner()
        manner.applicationProtocol = "x-amzn-mqtt-ca"
        let front = try TLSFront(files, to: broker.port, manner)
        let words = ["-h", "localhost", "-p", "\(front.port)", "--cafile", files.path("ca.crt")]
        try expectArrival(words + ["--tls-alpn", "x-amzn-mqtt-ca"])
        let other = try CommandProgram.run(["pub", "-t", "a", "-m", "x", "--tls-alpn", "mqtt"] + words)
        #expect(other.code != 0 && other.errors.hasPrefix("Error: "))
    }

    @Test("--cert and --key, with a passphrase from a file or none")
    func certificate() throws {
        let lab = try SecureLab(lines: ["require_certificate true", "use_identity_as_username true"]) {
            try $0.issue("localhost")
            try $0.issue("ev3")
            try $0.encrypt("ev3", to: "ev3.enc", passphrase: "formosa")
        }
        try "formosa\n".write(toFile: lab.path("passphrase"), atomically: true, encoding: .utf8)
        let words = ["-h", "localhost", "-p", "\(lab.port)", "--cafile", lab.path("ca.crt")]
        let certificate = words + ["--cert", lab.path("ev3.crt"), "--key"]
        try expectArrival(certificate + [lab.path("ev3.key")])
        try expectArrival(certificate + [lab.path("ev3.key"), "--keyform", "pem"])
        try expectArrival(certificate + [lab.path("ev3.enc"), "--key-passphrase-file", lab.path("passphrase")])
        try expectFailure(words, 8, Self.tlsError)
    }

    @Test("--psk and --psk-identity")
    func preSharedKey() throws {
        let folder = try Folder()
        let keys = try folder.add("psk", Array("ev3:0badc0de\n".utf8))
        let port = try Mosquitto.freePort()
        let broker = try Mosquitto(["listener \(port) 127.0.0.1", "psk_hint lab", "psk_file \(keys)"])
        try ServerProcess.waitUntilListening(port)
        let words = ["-h", "127.0.0.1", "-p", "\(port)", "--psk-identity", "ev3", "--psk"]
        try expectArrival(words + ["badc0de"])
        try expectArrival(words + ["0BADC0DE", "--tls-version", "tlsv1.2"])
        try expectFailure(words + ["badc0df"], 8, Self.tlsError)
        broker.stop()
    }

    @Test("--tls-keylog and SSLKEYLOGFILE write the keys down")
    func keyLog() throws {
        let lab = try SecureLab()
        let words = ["-h", "localhost", "-p", "\(lab.port)", "--cafile", lab.path("ca.crt")]
        for (index, command) in [["sub", "-t", "a", "-E"], ["pub", "-t", "a", "-n"]].enumerated() {
            let (option, variable) = (lab.path("option\(index)"), lab.path("variable\(index)"))
            func inherited(_ path: String) throws -> CommandProgram.Ending {
                try CommandProgram.run(command + words, environment: ["SSLKEYLOGFILE": path])
            }
            let told = try CommandProgram.run(command + words + ["--tls-keylog", option])
            #expect(told.code == 0 && told.errors.contains("The keys of TLS go to \(option)"))
            let found = try inherited(variable)
            #expect(found.code == 0 && found.errors.contains("The keys of TLS go to \(variable)"))
            let left = try inherited("/nowhere/keys")
            #expect(left.code == 0 && left.errors.hasPrefix("Warning: The keys of TLS are not written: /nowhere/keys"))
            for path in [option, variable] {
                let text = try? String(contentsOfFile: path, encoding: .utf8)
                #expect(text?.contains("CLIENT_TRAFFIC_SECRET_0 ") == true, "\(path)")
            }
        }
    }

    @Test("--no-tls takes back what asked for TLS")
    func noTLS() throws {
        let broker = try Mosquitto()
        let address = ["-h", "127.0.0.1", "-p", "\(broker.port)"]
        for words in [["--tls"], ["--cafile", "/nowhere"], ["--psk", "ab", "--psk-identity", "x"]] {
            try expectArrival(address + words + ["--no-tls"])
        }
    }

    // MARK: WebSocket

    @Test("--ws, --ws-path and ws:// reach a WebSocket, with TLS, too")
    func webSocket() throws {
        let files = try Certificates()
        try files.issue("localhost")
        let (plain, secure) = (try Mosquitto.freePort(), try Mosquitto.freePort())
        let web = ["protocol websockets", "socket_domain ipv4"]
        let broker = try Mosquitto(
            ["listener \(plain) 127.0.0.1"] + web + files.listener("localhost", port: secure) + web)
        try ServerProcess.waitUntilListening(plain)
        try ServerProcess.waitUntilListening(secure)
        // Each connection waits for a tenth of a second until mosquitto takes up its WebSocket.
        let ways = [
            ["-h", "localhost", "-p", "\(plain)"],
            ["-h", "localhost", "-p", "\(secure)", "--cafile", files.path("ca.crt")],
        ]
        for way in ways {
            try expectArrival(way + ["--ws"])
            for words in [["--ws-path", "/mqtt"], ["--ws-path", "mqtt"], ["--ws-header", "X-Lab: one"]] {
                let read = try CommandProgram.run(["sub", "-t", "a", "-E"] + way + words)
                #expect(read.code == 0, "\(words): \(read.errors)")
            }
        }
        let urls = [["ws://localhost:\(plain)/a"], ["wss://localhost:\(secure)/a", "--cafile", files.path("ca.crt")]]
        for url in urls {
            #expect(try CommandProgram.run(["pub", "-r", "-m", "by URL", "-L"] + url).code == 0)
            #expect(try CommandProgram.run(["sub", "-C", "1", "-L"] + url).text == "by URL\n")
        }
        broker.stop()
    }

    @Test("--ws-path and --ws-header stand in the request", arguments: ["sub", "pub", "rr"])
    func webRequest(command: String) throws {
        let server = FakeBroker { connection in
            var head: [UInt8] = []
            while !head.suffix(4).elementsEqual([13, 10, 13, 10]) {
                guard let more = connection.receive() else { return }
                head += more
            }
            let text = String(decoding: head, as: UTF8.self)
            let isRight =
                text.hasPrefix("GET /lab?a=1 HTTP/1.1\r\n")
                && ["X-Lab: one", "X-Lab: two:2", "Sec-WebSocket-Protocol: mqtt"].allSatisfy {
                    text.contains("\r\n\($0)\r\n")
                }
            guard isRight else { return }
            connection.send(FakeBroker.answer(to: head))
            guard connection.receive() != nil else { return }
            connection.send([0x82, 4, 0x20, 2, 0, 5])
            while connection.receive() != nil {}
        }
        let words = ["sub": ["-E"], "pub": ["-m", "x"], "rr": ["-m", "x", "-e", "b"]][command] ?? []
        let ending = try CommandProgram.run(
            [command, "-h", "127.0.0.1", "-p", "\(server.port)", "-t", "a", "-V", "311", "--ws-path", "/lab?a=1"]
                + ["--ws-header", "X-Lab: one", "--ws-header", "X-Lab:two:2"] + words)
        // Whoever was let in as far as MQTT is told 5: not authorised.
        #expect(ending.code == 5, "\(ending.errors)")
    }

    // MARK: Others

    @Test("--unix, and -p 0 with a path as host")
    func unix() throws {
        let folder = try Folder()
        let path = folder.path + "/mqtt.sock"
        let broker = try Mosquitto(["listener 0 \(path)"])
        try expectArrival(["--unix", path])
        try expectArrival(["-h", path, "-p", "0"])
        try expectArrival(["--unix", "/nowhere", "-h", "127.0.0.1", "-p", "\(broker.port)"])
    }

    @Test("--proxy, with a user and a password or without")
    func proxy() throws {
        let broker = try Mosquitto()
        let (open, closed) = (try Mosquitto.freePort(), try Mosquitto.freePort())
        let programs = [
            try Program("microsocks", ["-i", "127.0.0.1", "-p", "\(open)"]),
            try Program("microsocks", ["-u", "e:v", "-P", "for%m@sa", "-i", "127.0.0.1", "-p", "\(closed)"]),
        ]
        for port in [open, closed] { try ServerProcess.waitUntilListening(port) }
        let address = ["-h", "127.0.0.1", "-p", "\(broker.port)", "--proxy"]
        try expectArrival(address + ["socks5h://127.0.0.1:\(open)"])
        try expectArrival(address + ["socks5h://e%3av:for%25m%40sa@127.0.0.1:\(closed)"])
        try expectFailure(address + ["socks5h://ev3:formosa@127.0.0.1:\(closed)"], 1, "The proxy 127.0.0.1:\(closed)")
        for program in programs { program.stop() }
    }

    @Test("-A: the broker sees that address, as with mosquitto_pub")
    func localAddress() throws {
        let broker = try Mosquitto(["log_type all"])
        let words = ["-h", "127.0.0.1", "-p", "\(broker.port)", "-t", "a"]
        for (command, more) in [("sub", ["-E"]), ("pub", ["-n"]), ("rr", ["-n", "-e", "a"])] {
            let name = "by-\(command)"
            #expect(try CommandProgram.run([command] + words + more + ["-A", "127.0.0.2", "-i", name]).code == 0)
            let lines = broker.log.split(separator: "\n")
            #expect(
                lines.contains { $0.contains("New client connected from 127.0.0.2:") && $0.contains("as \(name) ") })
        }
        let none = try CommandProgram.run(["pub", "-n", "-A", "localhost"] + words)
        #expect(none.code == 1 && none.errors.hasPrefix("Error: localhost is no address."))
        // From the documentation's network, which nobody has, and of the wrong kind.
        for (address, advice) in [
            ("192.0.2.1", "192.0.2.1 is no address of this computer"), ("::1", "Nothing can go from ::1 to 127.0.0.1:"),
        ] {
            let (theirs, ours) = (
                try CommandProgram(Mosquitto.find("mosquitto_pub"), ["-n", "-A", address] + words).waitForExit(),
                try CommandProgram.run(["pub", "-n", "-A", address] + words)
            )
            #expect(ours.code == theirs.code && ours.errors.hasPrefix(theirs.errors + advice), "\(ours.errors)")
        }
    }

    @Test("What is not possible here is one line, and nothing is sent", arguments: ["sub", "pub", "rr"])
    func refused(command: String) throws {
        let broker = FakeBroker(FakeBroker.working())
        let words =
            [command, "-h", "127.0.0.1", "-p", "\(broker.port)", "-t", "a"]
            + (["pub": ["-n"], "rr": ["-n", "-e", "b"]][command] ?? [])
        for option in [
            ["-S"], ["--tls-engine", "pkcs11"], ["--keyform", "engine", "--cert", "a", "--key", "b"],
            ["--tls-engine", "e", "--tls-engine-kpass-sha1", "ab", "--keyform", "engine", "--cert", "a", "--key", "b"],
        ] {
            let ending = try CommandProgram.run(words + option)
            #expect(ending.code == 1 && ending.text == "" && ending.errors.hasPrefix("Error: "))
            #expect(ending.errors.split(separator: "\n").count == 1, "\(ending.errors)")
        }
        #expect(broker.connectionCount == 0)
    }
}
