import MQTT
import Testing

@testable import Commands

/// What each option does to the settings, its default, its bounds, and the words for what is outside of them.
@Suite struct ArgumentValueTests {
    /// What `words` set besides the least that `command` needs.
    private func set<Value>(
        _ path: KeyPath<CommandSettings, Value>, _ command: Command, _ words: String...
    ) throws -> Value {
        try CommandSettings(least: command, words)[keyPath: path]
    }

    @Test(arguments: Command.allCases) func withoutOptionsAllIsAsMosquittoHasIt(command: Command) throws {
        let settings = try CommandSettings(least: command, [])
        #expect(settings.connection.endpoint == Endpoint(host: "localhost", port: 1883))
        #expect(settings.connection.proxy == nil && settings.connection.localAddress == nil)
        #expect(settings.session.version == (command == .rr ? .v5_0 : .v3_1_1))
        #expect(settings.clientIdentifier(processIdentifier: 1) == "")
        #expect(settings.session.keepAlive == 60)
        #expect(settings.session.cleanStart && settings.sessionExpiryInterval == 0)
        #expect(settings.session.maximumInFlight == 20)
        #expect(settings.session.userName == nil && settings.session.password == .none)
        #expect(settings.will == nil)
        #expect(settings.qos == .atMostOnce)
        #expect(settings.properties == PacketProperties())
        #expect(settings.timeoutMilliseconds == nil)
        #expect(!settings.isTracing && !settings.isQuiet && !settings.isStrict)
        #expect(settings.receiving.retainHandling == .always && !settings.receiving.retainAsPublished)
        #expect(settings.receiving.percentage == 100 && settings.receiving.count == nil)
        #expect(settings.sending.count == 1 && settings.sending.delayMicroseconds == 0)
        #expect(settings.output == OutputSettings())
        #expect(settings.notices.isEmpty)
    }

    @Test func addressesAndPorts() throws {
        #expect(try set(\.connection.host, .sub, "-h", "robot") == "robot")
        #expect(try set(\.connection.endpoint, .sub, "-p", "1884") == Endpoint(host: "localhost", port: 1884))
        #expect(try set(\.connection.endpoint, .sub, "-p", "0", "-h", "/run/m") == Endpoint(unixPath: "/run/m"))
        #expect(try set(\.connection.endpoint, .sub, "-h", "x", "--unix", "/run/m") == Endpoint(unixPath: "/run/m"))
        #expect(try set(\.connection.endpoint, .sub, "--unix", "/m", "-h", "x") == Endpoint(host: "x", port: 1883))
        #expect(try set(\.connection.localAddress, .sub, "-A", "127.0.0.2") == "127.0.0.2")
        #expect(try set(\.connection.endpoint.transport, .sub, "--ws") == .webSocket(path: "/mqtt"))
        #expect(try set(\.connection.endpoint.port, .sub, "--ws") == 1883)
        #expect(try set(\.connection.endpoint.transport, .sub, "--ws-path", "x") == .webSocket(path: "/x"))
        let header = try #require(try set(\.connection.webSocketHeaders, .sub, "--ws-header", "A:  b: c").first)
        #expect(header == ConnectionSettings.Header(name: "A", value: Secret(Array("b: c".utf8))))
        _ = try set(\.connection, .sub, "--nodelay")
    }

    @Test func transportsAndTheirPorts() throws {
        #expect(
            try set(\.connection.endpoint, .sub, "--cafile", "x")
                == Endpoint(host: "localhost", port: 8883, transport: .tls))
        #expect(try set(\.connection.endpoint.port, .sub, "--capath", "x") == 8883)
        #expect(try set(\.connection.endpoint.port, .sub, "--psk", "ab", "--psk-identity", "x") == 8883)
        #expect(try set(\.connection.endpoint.port, .sub, "--tls") == 8883)
        #expect(
            try set(\.connection.endpoint, .sub, "--tls-use-os-certs")
                == Endpoint(host: "localhost", port: 1883, transport: .tls))
        #expect(try set(\.connection.endpoint.transport, .sub, "-p", "8883") == .tls)
        #expect(try set(\.connection.endpoint.transport, .sub, "--ws", "-p8883") == .secureWebSocket(path: "/mqtt"))
        #expect(try set(\.connection.endpoint.transport, .sub, "-p", "8883", "--no-tls") == .tcp)
        #expect(try set(\.connection.endpoint.port, .sub, "--cafile", "x", "--no-tls") == 1883)
        let fingerprint = String(repeating: "ab", count: 32)
        #expect(try set(\.connection.endpoint.port, .sub, "--fingerprint", fingerprint) == 8883)
    }

    @Test func certificatesAloneAreNotTLSWhichIsSaid() throws {
        let settings = try CommandSettings(least: .sub, ["--cert", "x", "--key", "y"])
        #expect(settings.connection.endpoint.transport == .tcp)
        #expect(settings.notices.count == 1 && settings.notices[0].contains("no TLS"))
        #expect(try set(\.notices, .sub, "--insecure").count == 1)
        #expect(try set(\.notices, .sub, "--insecure", "--tls")[0].contains("may be anyone"))
        #expect(try set(\.notices, .sub, "--insecure", "--no-tls").isEmpty)
    }

    @Test func everythingOfTLS() throws {
        let tls = try set(
            \.connection.tls, .sub, "--tls", "--cert", "c", "--key", "k", "--keyform", "pem", "--ciphers", "A:B",
            "--tls-version", "tlsv1.2", "--tls-alpn", "mqtt", "--tls-keylog", "log", "--key-passphrase-file", "p")
        #expect(tls.certificateFile == "c" && tls.keyFile == "k" && tls.passphraseFile == "p")
        #expect(tls.cipherSuites == ["A", "B"] && tls.version == .v1_2 && tls.applicationProtocol == "mqtt")
        #expect(tls.keyLogFile == "log" && tls.trustsSystem)
        #expect(try set(\.connection.tls.version, .sub, "--tls", "--tls-version", "tlsv1.3") == .v1_3)
        #expect(
            try set(\.connection.tls.preSharedKey, .sub, "--psk", "aBc", "--psk-identity", "x") == Secret([0x0A, 0xBC]))
        #expect(
            try CommandSettings(.sub, ["-t", "a", "--tls"], environment: ["SSLKEYLOGFILE": "k"]).connection.tls
                .inheritedKeyLogFile
                == "k")
    }

    @Test func asWhom() throws {
        let settings = try CommandSettings(
            least: .sub, ["-u", "ev3", "-P", "x", "-i", "me", "-k", "5", "-M", "7", "-V", "mqttv31", "-c"])
        #expect(settings.session.userName == "ev3" && settings.session.password == .given(Secret(Array("x".utf8))))
        #expect(settings.clientIdentifier(processIdentifier: 1) == "me")
        #expect(settings.session.keepAlive == 5 && settings.session.maximumInFlight == 7)
        #expect(settings.session.version == .v3_1 && !settings.session.cleanStart)
        #expect(try CommandSettings(least: .sub, ["-I", "me-"]).clientIdentifier(processIdentifier: 42) == "me-42")
    }

    @Test(arguments: [
        ("mqttv31", ProtocolVersion.v3_1), ("31", .v3_1), ("mqttv311", .v3_1_1), ("311", .v3_1_1), ("mqttv5", .v5_0),
        ("5", .v5_0),
    ]) func versions(word: String, version: ProtocolVersion) throws {
        for command in Command.allCases { #expect(try set(\.session.version, command, "-V", word) == version) }
    }

    @Test func theLastOfVersionExpiryAndPropertiesDecidesTheVersion() throws {
        #expect(try set(\.session.version, .sub, "-x", "1") == .v5_0)
        #expect(try set(\.session.version, .sub, "-V", "311", "-x", "1") == .v5_0)
        #expect(try set(\.session.version, .sub, "-x", "1", "-V", "311") == .v3_1_1)
        #expect(try set(\.session.version, .sub, "-V", "311", "-D", "connect", "user-property", "a", "b") == .v5_0)
    }

    @Test(arguments: [
        ("0", UInt32(0)), ("60", 60), ("4294967295", .max), ("-1", .max), ("∞", .max), ("0x10", 16), ("010", 8),
        (" +5", 5),
    ]) func expiry(word: String, seconds: UInt32) throws {
        let settings = try CommandSettings(least: .sub, ["-i", "me", "-x", word])
        #expect(settings.sessionExpiryInterval == seconds)
    }

    @Test func aKeptSessionExpiresNeverUnlessSaid() throws {
        #expect(try set(\.sessionExpiryInterval, .sub, "-c", "-i", "me", "-V", "5") == .max)
        #expect(try set(\.sessionExpiryInterval, .sub, "-c", "-i", "me", "-x", "9") == 9)
        #expect(
            try set(\.sessionExpiryInterval, .sub, "-c", "-i", "me", "-D", "connect", "session-expiry-interval", "9")
                == 9)
    }

    @Test func wills() throws {
        let words = ["--will-topic", "w", "--will-payload", "gone", "--will-qos", "2", "--will-retain"]
        let will = try #require(try CommandSettings(least: .pub, words).will)
        #expect(will.message.topic.string == "w" && will.message.payload == Array("gone".utf8))
        #expect(will.message.qos == .exactlyOnce && will.message.isRetained && will.delayInterval == 0)
        #expect(try CommandSettings(least: .pub, ["--will-topic", "w"]).will?.message.payload == [])
        #expect(try CommandSettings(least: .pub, ["--will-qos", "1"]).will == nil)
        let delayed = try CommandSettings(
            least: .sub,
            ["--will-topic", "w", "-D", "will", "will-delay-interval", "7", "-D", "will", "content-type", "x"])
        #expect(delayed.will?.delayInterval == 7 && delayed.will?.message.properties.willDelayInterval == nil)
        #expect(delayed.will?.message.properties.contentType == "x")
    }

    @Test func whatIsSubscribedTo() throws {
        let settings = try CommandSettings(
            .sub,
            [
                "-t", "a/#", "-t", "$share/g/b", "-q", "1", "--retain-as-published", "--retain-handling", "new", "-D",
                "subscribe", "subscription-identifier", "9",
            ])
        #expect(settings.subscriptions.map(\.filter.string) == ["a/#", "$share/g/b"])
        #expect(settings.subscriptions.allSatisfy { $0.qos == .atLeastOnce && $0.retainAsPublished && !$0.noLocal })
        #expect(settings.subscriptions.allSatisfy { $0.retainHandling == .whenNew && $0.identifier == 9 })
        #expect(try CommandSettings(.sub, ["-U", "x"]).receiving.unsubscribed.map(\.string) == ["x"])
        let request = try CommandSettings(least: .rr, ["-q", "2"])
        #expect(request.subscriptions.map(\.filter.string) == ["b"] && request.subscriptions[0].qos == .exactlyOnce)
        #expect(request.message?.properties.responseTopic == "b" && request.message?.topic.string == "a")
    }

    @Test func retainedMessages() throws {
        #expect(try set(\.receiving.dropsRetained, .sub, "-R"))
        #expect(try set(\.receiving.retainHandling, .sub, "-R") == .never)
        #expect(try set(\.receiving.retainHandling, .sub, "--retain-handling", "new", "-R") == .never)
        #expect(try set(\.receiving.retainHandling, .rr, "-R", "--retain-handling", "always") == .always)
        #expect(try set(\.receiving.dropsRetained, .sub, "-R", "--retain-handling", "new"))
        #expect(try set(\.receiving.isRetainedOnly, .sub, "--retained-only"))
        #expect(try set(\.receiving.removesRetained, .sub, "--remove-retained"))
    }

    @Test func whenItEnds() throws {
        #expect(try set(\.receiving.count, .sub, "-C", "3") == 3)
        #expect(try set(\.receiveMaximum, .sub, "-C", "3") == 3)
        #expect(try set(\.receiveMaximum, .sub, "-C", "20") == nil)
        #expect(try set(\.receiveMaximum, .rr) == 1)
        #expect(try set(\.receiveMaximum, .sub, "-C", "3", "-D", "connect", "receive-maximum", "9") == 9)
        #expect(try set(\.receiving.endsAfterSubscribing, .sub, "-E"))
        #expect(try set(\.timeoutMilliseconds, .sub, "-W", "2") == 2_000)
        #expect(try set(\.timeoutMilliseconds, .rr, "-W", "1.5") == 1_500)
    }

    @Test func howMessagesArePrinted() throws {
        #expect(try set(\.output.isVerbose, .rr, "-v") && set(\.output.omitsNewline, .sub, "-N"))
        #expect(try set(\.output.form, .sub, "-F", "%t %p") == .format(Array("%t %p".utf8)))
        #expect(try set(\.output.form, .sub, "-v", "--json") == .json)
        #expect(try set(\.output.form, .sub, "-F", "%t", "--json") == .json)
        #expect(try set(\.output.form, .sub, "--json", "-F", "%t") == .format(Array("%t".utf8)))
        #expect(try set(\.output.isPretty, .sub, "--pretty", "-F", "%j"))
        #expect(try set(\.output.safety, .sub, "--raw") == .never && set(\.output.safety, .sub, "--safe") == .always)
        #expect(try set(\.output.isWatching, .sub, "-w") && set(\.receiving.printsRate, .sub, "--message-rate"))
        #expect(try set(\.receiving.percentage, .sub, "--random-filter", "0.1") == 0.1)
        #expect(try set(\.sending.measuresLatency, .rr, "--latency"))
        #expect(try set(\.isQuiet, .sub, "--quiet") && set(\.isStrict, .pub, "--strict"))
    }

    @Test func whatIsPublished() throws {
        func source(_ words: String...) throws -> SendingSettings.Source? {
            try CommandSettings(.pub, ["-t", "a"] + words).sending.source
        }
        #expect(try source("-m", "x") == .argument([0x78]))
        #expect(try source("-n") == .empty && source("-s") == .standardInput && source("-l") == .lines)
        #expect(try source("-f", "x") == .file("x"))
        #expect(try set(\.sending.isRetained, .pub, "-r") && set(\.message, .pub, "-r")?.isRetained == true)
        #expect(try set(\.sending.count, .pub, "--repeat", "3") == 3)
        #expect(try set(\.sending.delayMicroseconds, .pub, "--repeat-delay", "0.25") == 250_000)
        #expect(try set(\.sending.delayMicroseconds, .pub, "--repeat-delay", "1e99") == 1_000_000_000_000_000)
    }

    @Test func passwordsComeFromFourPlaces() throws {
        func password(_ words: [String], _ environment: [String: String] = [:]) throws -> PasswordSource {
            try CommandSettings(least: .sub, ["-u", "ev3"] + words, environment: environment).session.password
        }
        let variable = ["MQSCOPE_PASSWORD": "e"]
        #expect(try password([], variable) == .given(Secret(Array("e".utf8))))
        #expect(try password(["-P", "p"], variable) == .given(Secret(Array("p".utf8))))
        #expect(try password(["--password-file", "f"], variable) == .file("f"))
        #expect(try password(["--ask-password"], variable) == .prompt)
        #expect(try password([]) == .none)
        #expect(try CommandSettings(least: .sub, [], environment: variable).session.password == .none)
    }

    @Test func noSecretIsPrinted() throws {
        let settings = try CommandSettings(
            least: .sub,
            [
                "-u", "ev3", "-P", "formosa", "--psk", "f0f0", "--psk-identity", "x", "--ws-header", "A: formosa",
                "--proxy", "socks5h://u:formosa@h",
            ])
        var dumped = ""
        dump(settings, to: &dumped)
        for text in ["\(settings)", String(reflecting: settings), dumped] {
            #expect(!text.contains("formosa") && !text.contains("240") && text.contains("***"))
        }
        for words in [["-L", "http://u:formosa@h/t"], ["-L", "mqtt://u:formosa@h"], ["-L", "mqtt://u:formosa@:9/t"]] {
            #expect(!complaint(.sub, words).isEmpty && !complaint(.sub, words).contains("formosa"))
        }
        for url in ["http://u:formosa@h", "socks5h://u:formosa@", "socks5h://u:formosa%@h", "socks5h://u:formosa@h:x"] {
            #expect(!complaint(least: .sub, "--proxy", url).isEmpty)
            #expect(!complaint(least: .sub, "--proxy", url).contains("formosa"))
        }
    }
}
