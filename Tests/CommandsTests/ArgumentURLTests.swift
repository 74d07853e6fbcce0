import MQTT
import Testing

@testable import Commands

/// The URLs of `-L` and `--proxy`.
@Suite struct ArgumentURLTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let url: String
        let endpoint: Endpoint
        let user: String?
        let password: String?
        let topic: String
        var testDescription: String { url }

        init(
            _ url: String, _ host: String, _ port: Int, _ transport: Transport = .tcp, user: String? = nil,
            password: String? = nil, topic: String
        ) {
            self.url = url
            self.endpoint = Endpoint(host: host, port: port, transport: transport)
            self.user = user
            self.password = password
            self.topic = topic
        }
    }

    static let rows = [
        Row("mqtt://h/t", "h", 1883, topic: "t"), Row("MQTT://h/t", "h", 1883, topic: "t"),
        Row("mqtts://h/t", "h", 8883, .tls, topic: "t"),
        Row("ws://h/t", "h", 1883, .webSocket(path: "/mqtt"), topic: "t"),
        Row("wss://h/t", "h", 8883, .secureWebSocket(path: "/mqtt"), topic: "t"),
        Row("mqtt://h:1884/a/b", "h", 1884, topic: "a/b"), Row("mqtt://h//u", "h", 1883, topic: "/u"),
        Row("mqtt://h/a?b%20c", "h", 1883, topic: "a?b%20c"),
        Row("mqtt://u@h/t", "h", 1883, user: "u", topic: "t"),
        Row("mqtt://u:p@h:1/t", "h", 1, user: "u", password: "p", topic: "t"),
        Row("mqtt://u:p:q@h/t", "h", 1883, user: "u", password: "p:q", topic: "t"),
        Row("mqtt://u:p@q@h/t", "h", 1883, user: "u", password: "p@q", topic: "t"),
        Row("mqtt://u:50%25@h/t", "h", 1883, user: "u", password: "50%25", topic: "t"),
        Row("mqtt://u:@h/t@x", "h", 1883, user: "u", password: "", topic: "t@x"),
        Row("mqtt://[::1]:1884/t", "::1", 1884, topic: "t"), Row("mqtt://[fe80::1]/t", "fe80::1", 1883, topic: "t"),
        Row("mqtts://h:1883/t", "h", 1883, .tls, topic: "t"),
    ]

    @Test(arguments: rows) func ofTheBroker(row: Row) throws {
        let settings = try CommandSettings(.pub, ["-L", row.url, "-n"])
        #expect(settings.connection.endpoint == row.endpoint)
        #expect(settings.session.userName == row.user)
        #expect(settings.session.password == (row.password.map { .given(Secret(Array($0.utf8))) } ?? .none))
        #expect(settings.sending.topic?.string == row.topic)
    }

    @Test func inSubTheTopicIsAFilterMore() throws {
        let settings = try CommandSettings(.sub, ["-t", "a", "-L", "mqtt://h/b/#"])
        #expect(settings.receiving.filters.map(\.string) == ["a", "b/#"])
    }

    @Test func whatComesLaterCounts() throws {
        func endpoint(_ words: String...) throws -> Endpoint { try CommandSettings(.sub, words).connection.endpoint }
        #expect(try endpoint("-p", "1", "-L", "mqtt://h/t") == Endpoint(host: "h", port: 1883))
        #expect(try endpoint("-L", "mqtt://h/t", "-p", "1") == Endpoint(host: "h", port: 1))
        #expect(try endpoint("-L", "mqtt://h/t", "-h", "x") == Endpoint(host: "x", port: 1883))
        #expect(try endpoint("--unix", "/x", "-L", "mqtt://h/t") == Endpoint(host: "h", port: 1883))
        #expect(try endpoint("-L", "mqtts://h/t", "-L", "mqtt://h/t") == Endpoint(host: "h", port: 1883))
        #expect(try endpoint("-L", "mqtts://h/t", "--no-tls") == Endpoint(host: "h", port: 8883))
        let settings = try CommandSettings(.sub, ["-L", "mqtt://u:p@h/t", "-P", "x", "-u", "y"])
        #expect(settings.session.userName == "y" && settings.session.password == .given(Secret([0x78])))
    }

    @Test(arguments: [
        ("http://h/t", "Error: Unsupported URL scheme."), ("mqtt:/h/t", "Error: Unsupported URL scheme."),
        ("h/t", "Error: Unsupported URL scheme."), ("", "Error: Unsupported URL scheme."),
        ("mqtt://h", "Error: Invalid URL for -L argument specified - topic missing."),
        ("mqtt://h/", "Error: Invalid URL for -L argument specified - topic missing."),
        ("mqtt://", "Error: Invalid URL for -L argument specified - topic missing."),
        ("mqtt:///t", "Error: Invalid URL for -L argument specified - host missing."),
        ("mqtt://u@/t", "Error: Invalid URL for -L argument specified - host missing."),
        ("mqtt://h:0/t", "Error: Invalid port given"), ("mqtt://h:65536/t", "Error: Invalid port given"),
        ("mqtt://h:x/t", "Error: Invalid port given"), ("mqtt://h:/t", "Error: Invalid port given"),
        ("mqtt://[::1]x/t", "Error: Invalid port given"), ("mqtt://h/a/#/b", "Error: Invalid subscription topic"),
    ]) func whatIsNone(url: String, message: String) {
        #expect(complaint(.sub, ["-L", url]).hasPrefix(message))
    }

    @Test(
        arguments: [
            ("socks5h://h", "h", 1080, nil, ""), ("socks5h://h:9050", "h", 9050, nil, ""),
            ("socks5h://u@h", "h", 1080, "u", ""), ("socks5h://u:p@h:1", "h", 1, "u", "p"),
            ("socks5h://u%3ax:p%40%25@[::1]:1", "::1", 1, "u:x", "p@%"), ("SOCKS5H://h/", "h", 1080, nil, ""),
        ] as [(String, String, Int, String?, String)])
    func ofAProxy(url: String, host: String, port: Int, user: String?, password: String) throws {
        let proxy = try #require(try CommandSettings(least: .sub, ["--proxy", url]).connection.proxy)
        #expect(proxy.host == host && proxy.port == port && proxy.userName == user)
        #expect(proxy.password == Secret(Array(password.utf8)))
    }

    @Test(arguments: [
        ("http://x", "Error: Unsupported proxy protocol: http"),
        ("socks5://h", "Error: Unsupported proxy protocol: socks5"),
        ("socks5h://", "Error: Invalid proxy."), ("socks5h://h:0", "Error: Invalid proxy port"),
        ("socks5h://h:99999", "Error: Invalid proxy port"), ("socks5h://:p@h", "Error: Invalid proxy."),
        ("socks5h://u%2@h", "Error: Invalid proxy."), ("socks5h://u%+1@h", "Error: Invalid proxy."),
        ("socks5h://h/x", "Error: Invalid proxy."),
    ]) func whatIsNoProxy(url: String, message: String) {
        #expect(complaint(least: .sub, "--proxy", url).hasPrefix(message))
    }
}
