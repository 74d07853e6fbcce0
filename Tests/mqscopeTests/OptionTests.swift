import ArgumentParser
import MQTT
import MQTTClient
import Testing

@testable import mqscope

/// The options of `mqscope`, and what is wrong with bad ones.
@Suite struct OptionTests {
    private func plan(_ words: String...) throws -> ConnectionPlan { try WatchCommand.parse(words).plan() }

    private func complaint(_ words: String...) -> String { complaint(words) }

    private func complaint(_ words: [String]) -> String {
        do {
            _ = try WatchCommand.parse(words).plan()
            return ""
        } catch {
            return WatchCommand.message(for: error)
        }
    }

    @Test func withoutOptionsItIsTheBrokerHere() throws {
        let plan = try plan()
        #expect(plan.configuration.endpoint == Endpoint(host: "localhost", port: 1883))
        #expect(plan.configuration.subscriptions.map(\.filter.string) == ["$SYS/#", "#"])
        #expect(plan.configuration.subscriptions.allSatisfy { $0.qos == .atMostOnce && !$0.noLocal })
        #expect(plan.configuration.subscriptions.map(\.retainAsPublished) == [false, true])
        #expect(plan.configuration.keepAlive == 60)
        #expect(plan.configuration.version == nil)
        #expect(plan.configuration.userName == nil)
    }

    @Test func theBrokersLogComesFromOnePlaceBesidesItsTopics() throws {
        #expect(
            complaint("--broker-log", "/x", "--broker-log-command", "y").contains(
                "Give either --broker-log or --broker-log-command."))
        #expect(complaint("--broker-log", "").contains("--broker-log wants a file"))
        #expect(try WatchCommand.parse(["--broker-log", "/x"]).brokerLog.source == .file("/x"))
        #expect(try WatchCommand.parse(["--broker-log-command", "y z"]).brokerLog.source == .command("y z"))
        #expect(try WatchCommand.parse([]).brokerLog.source == nil)
    }

    @Test func theClientIdentifierNamesHostAndARandomPart() throws {
        let first = try plan().configuration.clientIdentifier
        let second = try plan().configuration.clientIdentifier
        #expect(first.hasPrefix("mqscope-"))
        #expect(first != second)
        #expect(first.split(separator: "-").last?.count == 6)
        #expect(
            first.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || $0 == "-" || ("0"..."9").contains($0))
            })
        #expect(try plan("-i", "mine").configuration.clientIdentifier == "mine")
    }

    @Test func theOptionsOfMosquittoSubWorkAsTheyAre() throws {
        let plan = try plan(
            "-h", "10.42.0.3", "-p1884", "-u", "ev3", "-P", "-formosa", "-q", "1", "-k", "30", "-V", "mqttv311", "-t",
            "hello/world", "-t", "robots/#")
        #expect(plan.configuration.endpoint == Endpoint(host: "10.42.0.3", port: 1884))
        #expect(plan.configuration.userName == "ev3")
        #expect(plan.configuration.password == Array("-formosa".utf8))
        #expect(plan.qos == .atLeastOnce)
        #expect(plan.configuration.keepAlive == 30)
        #expect(plan.configuration.version == .v3_1_1)
        #expect(plan.configuration.subscriptions.map(\.filter.string) == ["$SYS/#", "hello/world", "robots/#"])
        #expect(plan.configuration.subscriptions.allSatisfy { $0.qos == .atLeastOnce })
    }

    @Test(arguments: [("5", ProtocolVersion.v5_0), ("mqttv5", .v5_0), ("311", .v3_1_1), ("mqttv311", .v3_1_1)])
    func versionsAreSpelledAsMosquittoSpellsThem(text: String, version: ProtocolVersion) throws {
        #expect(try plan("-V", text).configuration.version == version)
    }

    @Test func aFilterThatAnotherCoversIsLeftOutWithANotice() throws {
        let plan = try plan("-t", "#", "-t", "robots/#", "-t", "#", "-t", "$SYS/broker/uptime")
        #expect(plan.configuration.subscriptions.map(\.filter.string) == ["$SYS/#", "#"])
        #expect(plan.notices.count == 3)
        #expect(plan.notices[0].contains("robots/# is left out: # covers it"))
    }

    @Test func withoutSysNothingOfTheBrokerIsSubscribedTo() throws {
        let plan = try plan("--no-sys")
        #expect(plan.configuration.subscriptions.map(\.filter.string) == ["#"])
        #expect(!plan.watchesSystem)
    }

    @Test func aURLSaysTheSame() throws {
        let plan = try plan("mqtt://ev3:for%40mosa@[fe80::1]:1884")
        #expect(plan.configuration.endpoint == Endpoint(host: "fe80::1", port: 1884))
        #expect(plan.configuration.userName == "ev3")
        #expect(plan.configuration.password == Array("for@mosa".utf8))
        #expect(try self.plan("mqtt://broker").configuration.endpoint == Endpoint(host: "broker", port: 1883))
        #expect(try self.plan("mqtt://broker/").configuration.endpoint.host == "broker")
    }

    @Test func aURLSaysByWhatTheBrokerIsReached() throws {
        let urls: [(String, Endpoint)] = [
            ("mqtts://robot", Endpoint(host: "robot", port: 8883, transport: .tls)),
            ("ws://robot", Endpoint(host: "robot", port: 80, transport: .webSocket(path: "/mqtt"))),
            ("ws://robot:9001/", Endpoint(host: "robot", port: 9001, transport: .webSocket(path: "/"))),
            ("WSS://[::1]/a/b?c", Endpoint(host: "::1", port: 443, transport: .secureWebSocket(path: "/a/b?c"))),
            ("unix:///run/mqtt%20.sock", Endpoint(unixPath: "/run/mqtt .sock")),
        ]
        for (text, endpoint) in urls { #expect(try plan(text).configuration.endpoint == endpoint) }
        #expect(try plan("wss://ev3:formosa@robot/mqtt").configuration.userName == "ev3")
        let secret = try plan("ws://robot?token=k7").configuration.endpoint
        #expect(secret.host == "robot" && secret.transport == .webSocket(path: "/?token=k7"))
    }

    @Test func optionsSayByWhatTheBrokerIsReached() throws {
        #expect(try plan("--tls").configuration.endpoint == Endpoint(host: "localhost", port: 8883, transport: .tls))
        #expect(try plan("--insecure", "-p", "1").configuration.endpoint.port == 1)
        #expect(try plan("--unix", "/run/mqtt").configuration.endpoint == Endpoint(unixPath: "/run/mqtt"))
        let webSocket = try plan("--ws", "--ws-path", "/x", "--tls", "--ws-header", "Authorization: Basic abc")
        #expect(webSocket.configuration.endpoint.description == "wss://localhost:443/x")
        #expect(webSocket.configuration.webSocketHeaders.first?.value == "Basic abc")
        let proxy = try plan("--proxy", "socks5h://ev3:for%40mosa@10.0.0.1").configuration.proxy
        #expect(proxy?.description == "10.0.0.1:1080" && proxy?.password == Array("for@mosa".utf8))
        let psk = try plan("--psk", "0bad", "--psk-identity", "ev3", "--tls-version", "tlsv1.2").configuration.tls
        #expect(psk.preSharedKey?.key == [0x0B, 0xAD] && psk.maximumVersion == .v1_2)
        let pinned = try plan("--fingerprint", String(repeating: "aB:", count: 31) + "ab").configuration.tls
        #expect(pinned.fingerprints.map(\.bytes) == [[UInt8](repeating: 0xAB, count: 32)])
    }

    @Test func nobodyIsToldThatAnUncheckedBrokerIsTheRightOne() throws {
        #expect(try plan("--insecure").notices.contains { $0.contains("may be anyone") })
    }

    @Test func whereTheKeysOfTLSGoIsSaid() throws {
        #expect(try plan("--tls", "--tls-keylog", "/dev/null").notices.contains { $0.contains("/dev/null") })
    }

    @Test func thePortOfMQTTOverTLSMeansTLSAsInMosquittoSubButNotInAURL() throws {
        #expect(try plan("-p", "8883").configuration.endpoint.transport == .tls)
        #expect(try plan("mqtt://robot:8883").configuration.endpoint.transport == .tcp)
        #expect(try plan("-p", "8884").configuration.endpoint.transport == .tcp)
    }

    @Test func whatNeedsEnginesOfOpenSSLIsRefusedAndPEMIsWhatKeysAreInAnyway() {
        for words in [["--tls-engine", "x"], ["--keyform", "engine"], ["--tls-engine-kpass-sha1", "00"]] {
            let complaint = complaint(["--key", "/x", "--cert", "/y"] + words)
            #expect(complaint.contains("--keyform engine are not possible here"), "\(complaint)")
        }
        #expect(complaint(["--key", "/x", "--cert", "/y", "--keyform", "pem"]).contains("/y cannot be opened"))
    }

    @Test func overWebSocketTheBrokersLogIsSubscribedToWithoutWhatItLogsOfWebSockets() throws {
        let plan = try plan("ws://robot")
        #expect(plan.watchesSystem)
        let filters = plan.configuration.subscriptions.map(\.filter)
        for topic in ["$SYS/broker/log/N", "$SYS/broker/log/M/subscribe", "$SYS/broker/publish/messages/dropped"] {
            let covering = filters.filter { $0.covers((try? TopicFilter(topic)) ?? .everything) }
            #expect(covering.count == 1, "\(topic): \(covering)")
        }
        for (index, filter) in filters.enumerated() where filter != .everything {
            #expect(!filters[(index + 1)...].contains { $0 != .everything && $0.overlaps(filter) }, "\(filter)")
        }
        let loop = try TopicFilter("$SYS/broker/log/WS")
        #expect(!filters.contains { $0.covers(loop) })
    }

    static let mistakes: [([String], String)] = [
        (["-p", "0"], "Port 0"), (["-p", "70000"], "Port 70000"), (["-p", "x"], "x"), (["-q", "3"], "QoS 3"),
        (["-k", "70000"], "Keep alive 70000"), (["-k", "-1"], "Keep alive -1"), (["-V", "4"], "version '4'"),
        (["-t", "a/#/b"], "'a/#/b'"),
        (["-t", ""], "''"), (["http://x"], "'http://'"), (["mqtt://"], "names no host"), (["nonsense"], "'nonsense'"),
        (["mqtt://h:port"], "is no port"), (["mqtt://a%zz@h"], "%"), (["mqtt://h/topic"], "-t"),
        (["mqtt://h", "-h", "x"], "not both"), (["mqtt://h", "mqtt://i"], "one URL"),
        (["-h", "mqtt://h"], "without -h"),
        (["mqtt://a:b/c@h"], "%2F"), (["mqtt://a%00@h"], "UTF-8"), (["mqtt://a:%FF@h"], "UTF-8"),
        (["unix:///a%00b"], "UTF-8"), (["mqtt://a%01@h"], "user name"), (["-u", "a\u{7F}"], "user name"),
        (["mqtt://a@h", "-u", "b"], "user name is given twice"),
        (["-P", "x"], "-u"),
        (["-u", "a", "-P", "x", "--password-file", "/f"], "more than once"),
        (["-u", "a", "--password-file", "/nonexistent/file"], "/nonexistent/file"), (["-h", ""], "host is empty"),
        (["--cafile", "/nonexistent/ca"], "/nonexistent/ca"), (["mqtt://h", "--tls"], "mqtts://"),
        (["--unix", "/s", "-h", "x"], "--unix"), (["--fingerprint", "ab"], "fingerprint"),
        (["--psk", "00"], "--psk-identity"),
        (["--psk", "0x", "--psk-identity", "a"], "hexadecimal"), (["--tls-version", "tlsv1.1"], "tlsv1.1"),
        (["--proxy", "http://x"], "socks5h"), (["ws://h", "--ws"], "--ws"), (["--ws-header", "x"], "NAME: VALUE"),
        (["mqtt://h", "--ws-header", "a: b"], "ws://"),
        (["--insecure", "--cafile", "/x"], "--insecure"), (["--ciphers", "NULL"], "NULL"), (["--cert", "/x"], "--key"),
        (["unix://x"], "/PATH"), (["ws://h#x"], "%23"), (["-h", "h?x"], "no more"), (["--unix", ""], "--unix"),
        (["mqtt://h?x"], "path"),
        (["--fingerprint", String(repeating: "ab", count: 32), "--cafile", "/x"], "--cafile"),
        (["--psk", String(repeating: "00", count: 257), "--psk-identity", "a"], "256"),
        (["--psk", "00", "--psk-identity", ""], "128"), (["--tls", "--ciphers", "PSK-AES128-CBC-SHA"], "--psk"),
        (["-i", "a\u{85}b"], "control characters"), (["-u", "a\u{FFFF}"], "U+FFFF"),
        (["-u", "a", "-P", String(repeating: "x", count: 65_536)], "65535"),
        (["-i", "a\u{1}b"], "control characters"), (["--nonsense"], "--nonsense"),
    ]

    @Test(arguments: mistakes) func aMistakeIsNamed(words: [String], what: String) {
        do {
            _ = try WatchCommand.parse(words).plan()
            Issue.record("\(words) was accepted")
        } catch {
            #expect(WatchCommand.message(for: error).contains(what), "\(WatchCommand.message(for: error))")
        }
    }

    @Test func aPasswordIsNeverRepeatedInAnError() {
        #expect(!complaint("mqtt://u:secret@h:port").contains("secret"))
        #expect(!complaint("mqtt://u:secret@").contains("secret"))
        #expect(!complaint("-u", "a", "-P", "secret", "--password-file", "/x").contains("secret"))
        #expect(!complaint("--proxy", "socks5h://u:secret@h:port").contains("secret"))
        #expect(!complaint("--proxy", "http://u:secret@h").contains("secret"))
        #expect(!complaint("--ws-header", "Authorization=secret").contains("secret"))
        #expect(!complaint("--psk", "secret", "--psk-identity", "x").contains("secret"))
    }

    @Test func helpNamesEveryOptionAndTheDemo() {
        let help = WatchCommand.helpMessage()
        for option in [
            "-h, --host", "-p, --port", "-u, --username", "-P, --pw", "--password-file", "-i, --id", "-t, --topic",
            "--no-sys",
            "-q, --qos", "-k, --keepalive", "-V, --protocol-version", "--history", "--theme", "--read-only",
            "--log-file",
            "--version", "--help", "--tls", "--cafile", "--capath", "--fingerprint", "--insecure", "--cert", "--key",
            "--key-passphrase-file", "--tls-version", "--tls-alpn", "--ciphers", "--psk", "--psk-identity",
            "--tls-keylog",
            "--ws", "--ws-path", "--ws-header", "--unix", "--proxy", "mqscope demo",
        ] { #expect(help.contains(option), "\(option)") }
    }

    @Test func sizesAreWrittenAsPeopleDo() throws {
        #expect(try ByteCount("64MiB").bytes == 64 << 20)
        #expect(try ByteCount("512k").bytes == 512 << 10)
        #expect(try ByteCount("1G").bytes == 1 << 30)
        #expect(try ByteCount("1000000").bytes == 1_000_000)
        for text in ["", "x", "1", "-5M", "99999999999G", "64QiB", "1.5M"] {
            #expect(throws: (any Error).self) { try ByteCount(text) }
        }
    }
}
