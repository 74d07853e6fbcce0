import Foundation
import MQTT
import MQTTClient
import Synchronization
import TestSupport
import Testing

@Suite("Ways to a real mosquitto", .serialized)
struct TransportTests {
    /// Whatever the transport is, it carries all of MQTT. Over WebSocket mosquitto 2.0 does not deliver what is larger than
    /// some 60 kB before it has something else to send, to other clients neither.
    private func use(
        _ endpoint: Endpoint, largest: Int = 3 << 20, sourceLocation: SourceLocation = #_sourceLocation,
        _ change: (inout ClientConfiguration) -> Void = { _ in }
    ) throws -> ConnectionInfo {
        let bench = ClientBench(port: 0) {
            $0.endpoint = endpoint
            $0.subscriptions = [Subscription(.everything)]
            change(&$0)
        }
        bench.client.start()
        let info = try bench.connected(sourceLocation: sourceLocation)
        #expect(info.endpoint == endpoint, sourceLocation: sourceLocation)
        try bench.granted(.everything, sourceLocation: sourceLocation)
        for qos in [QoS.atMostOnce, .atLeastOnce, .exactlyOnce] {
            bench.send("small", Array("\(qos.rawValue)".utf8), qos: qos)
        }
        let large = [UInt8](repeating: 37, count: largest)
        bench.send("large", large, qos: .atLeastOnce)
        let messages = try bench.messages(4, sourceLocation: sourceLocation)
        let smallOnes = messages.filter { $0.hasPrefix("small=") }
        #expect(Set(smallOnes) == ["small=0", "small=1", "small=2"], sourceLocation: sourceLocation)
        #expect(messages.contains { $0.utf8.count > large.count }, sourceLocation: sourceLocation)
        for index in 0..<2_000 { bench.send("many/\(index)", [1, 2, 3]) }
        _ = try bench.messages(2_004, sourceLocation: sourceLocation)
        bench.client.stop(timeoutMilliseconds: 5_000)
        return info
    }

    /// A listener for WebSocket on the loopback interface alone.
    private func webSocketListener(port: Int) -> [String] {
        ["listener \(port) 127.0.0.1", "protocol websockets", "socket_domain ipv4", "max_queued_messages 0"]
    }

    @Test("a unix domain socket")
    func unix() throws {
        let folder = try Certificates()
        let path = folder.path("mqtt.sock")
        let broker = try Mosquitto(["listener 0 \(path)", "max_queued_messages 0"])
        let info = try use(Endpoint(unixPath: path))
        #expect(info.address == path)
        #expect(broker.hasLogged("Client bench disconnected."))
    }

    @Test("a unix domain socket that nobody listens on, that is not there, or whose path is too long")
    func noUnix() throws {
        let failures: [(String, SocketFailure)] = [
            ("/nowhere/mqtt.sock", .noSuchSocket), ("/" + String(repeating: "x", count: 200), .other(ENAMETOOLONG)),
        ]
        for (path, failure) in failures {
            let bench = ClientBench(port: 0) { $0.endpoint = Endpoint(unixPath: path) }
            bench.client.start()
            #expect(try bench.waiting().cause == .unreachable([AddressFailure(address: path, failure: failure)]))
        }
    }

    @Test("WebSocket")
    func webSocket() throws {
        let port = try Mosquitto.freePort()
        let broker = try Mosquitto(webSocketListener(port: port))
        try ServerProcess.waitUntilListening(port)
        let info = try use(
            Endpoint(host: "127.0.0.1", port: port, transport: .webSocket(path: "/mqtt")), largest: 10_000)
        #expect(info.tls == nil)
        #expect(broker.hasLogged("Client bench disconnected."))
    }

    @Test("WebSocket on TLS")
    func secureWebSocket() throws {
        let certificates = try Certificates()
        try certificates.issue("localhost")
        let port = try Mosquitto.freePort()
        let broker = try Mosquitto(
            certificates.listener("localhost", port: port)
                + ["protocol websockets", "socket_domain ipv4", "max_queued_messages 0"])
        try ServerProcess.waitUntilListening(port)
        let endpoint = Endpoint(host: "localhost", port: port, transport: .secureWebSocket(path: "/mqtt"))
        let info = try use(endpoint, largest: 10_000) { $0.tls.authorityFile = certificates.path("ca.crt") }
        #expect(info.tls?.certificate?.subject == "CN=localhost")
        #expect(broker.hasLogged("Client bench disconnected."))
    }

    @Test("TLS")
    func tls() throws {
        let secure = try SecureBroker(lines: ["max_queued_messages 0"])
        let endpoint = Endpoint(host: "localhost", port: secure.port, transport: .tls)
        _ = try use(endpoint) { $0.tls.authorityFile = secure.certificates.path("ca.crt") }
        #expect(secure.broker.hasLogged("Client bench disconnected."))
    }

    @Test("what another client says by plain WebSocket arrives, and what is said to it")
    func otherPlainClient() throws {
        let port = try Mosquitto.freePort()
        let broker = try Mosquitto(webSocketListener(port: port))
        try ServerProcess.waitUntilListening(port)
        let bench = ClientBench(port: port) {
            $0.endpoint.transport = .webSocket(path: "/mqtt")
            $0.subscriptions = [Subscription(filter("to/us"), qos: .exactlyOnce)]
        }
        bench.client.start()
        try bench.granted(filter("to/us"))
        let message = #"[{"topic": "to/us", "payload": "3132", "qos": 2, "retain": false}]"#
        try Paho.publish(message, port: port, version: 5, way: .webSocket)
        #expect(try bench.messages(1) == ["to/us=12"])
        let subscriber = try Paho.subscriber(port: port, version: 4, way: .webSocket)
        try bench.publish("to/them", [0x33], qos: .exactlyOnce)
        try subscriber.waitFor(#""topic": "to/them", "payload": "33""#)
        subscriber.stop()
        broker.stop()
    }

    @Test("headers of one name add up and stand in place of ours; those of the handshake itself cannot be given")
    func headers() throws {
        #expect(WebSocketHeader(name: "Sec-WebSocket-Key", value: "x") == nil)
        #expect(WebSocketHeader(name: "upgrade", value: "h2c") == nil)
        let head = Mutex("")
        let web = FakeBroker({ connection in
            var bytes: [UInt8] = []
            while !bytes.suffix(4).elementsEqual([13, 10, 13, 10]), let more = connection.receive() { bytes += more }
            head.withLock { $0 = String(decoding: bytes, as: UTF8.self) }
        })
        let bench = ClientBench(port: web.port) {
            $0.endpoint.transport = .webSocket(path: "/mqtt")
            $0.reconnects = false
            $0.webSocketHeaders = [("X-Robot", "1"), ("Host", "elsewhere"), ("x-robot", "2")].compactMap {
                WebSocketHeader(name: $0.0, value: $0.1)
            }
        }
        bench.client.start()
        try bench.failed()
        let lines = head.withLock { $0.split(separator: "\r\n").map { $0.lowercased() } }
        #expect(lines.filter { $0.hasPrefix("x-robot:") } == ["x-robot: 1", "x-robot: 2"])
        #expect(lines.filter { $0.hasPrefix("host:") } == ["host: elsewhere"])
        #expect(lines.count { $0.hasPrefix("sec-websocket-key:") } == 1)
    }

    @Test("what another client says by TLS or WebSocket arrives, and what is said to it", arguments: [false, true])
    func otherClient(isWebSocket: Bool) throws {
        let certificates = try Certificates()
        try certificates.issue("localhost")
        let authority = certificates.path("ca.crt")
        let port = try Mosquitto.freePort()
        let lines = isWebSocket ? ["protocol websockets", "socket_domain ipv4"] : []
        let broker = try Mosquitto(certificates.listener("localhost", port: port) + lines)
        try ServerProcess.waitUntilListening(port)
        let bench = ClientBench(port: port) {
            $0.endpoint.transport = isWebSocket ? .secureWebSocket(path: "/mqtt") : .tls
            $0.tls.authorityFile = authority
            $0.subscriptions = [Subscription(filter("to/us"), qos: .exactlyOnce)]
        }
        bench.client.start()
        try bench.granted(filter("to/us"))
        let way = isWebSocket ? Paho.Way.secureWebSocket(authority: authority) : .tls(authority: authority)
        let message = #"[{"topic": "to/us", "payload": "3132", "qos": 2, "retain": false}]"#
        try Paho.publish(message, port: port, version: 5, way: way)
        #expect(try bench.messages(1) == ["to/us=12"])
        let subscriber = try Paho.subscriber(port: port, version: 4, way: way)
        try bench.publish("to/them", [0x33], qos: .exactlyOnce)
        try subscriber.waitFor(#""topic": "to/them", "payload": "33""#)
        subscriber.stop()
        broker.stop()
    }

    @Test("no secret is in anything that is told")
    func secrets() throws {
        let secret = "formosa"
        let files = try Certificates()
        try files.issue("ev3")
        try files.encrypt("ev3", to: "secret.key", passphrase: secret)
        let proxy = try proxy()
        let web = FakeBroker(FakeBroker.http)
        let changes: [(inout ClientConfiguration) -> Void] = [
            { $0.proxy = Proxy(host: "127.0.0.1", port: proxy.port, userName: "ev3", password: Array(secret.utf8)) },
            {
                $0.endpoint.transport = .tls
                $0.tls.certificateFile = files.path("ev3.crt")
                $0.tls.keyFile = files.path("ev3.key")
                $0.tls.keyPassphrase = Array(secret.utf8)
                $0.tls.preSharedKey = TLSOptions.PreSharedKey(identity: "ev3", key: Array(secret.utf8))
            },
            {
                $0.endpoint.transport = .webSocket(path: "/")
                $0.webSocketHeaders = [WebSocketHeader(name: "Authorization", value: secret)].compactMap(\.self)
            },
        ]
        for change in changes {
            let bench = ClientBench(port: web.port) {
                $0.userName = "ev3"
                $0.password = Array(secret.utf8)
                $0.reconnects = false
                change(&$0)
            }
            bench.client.start()
            try bench.failed()
            let told = String(reflecting: bench.deliveries)
            #expect(!told.contains(secret) && !told.contains("\(Array(secret.utf8))"))
        }
        proxy.process.stop()
    }

    // MARK: Proxy

    /// A SOCKS proxy that wants a password.
    private func proxy() throws -> (port: Int, process: Program) {
        let port = try Mosquitto.freePort()
        let process = try Program(
            "microsocks", ["-u", "ev3", "-P", "for:mosa", "-i", "127.0.0.1", "-p", "\(port)"])
        try ServerProcess.waitUntilListening(port)
        return (port, process)
    }

    @Test("a SOCKS proxy with a password, which looks up the name", arguments: ["localhost", "127.0.0.1"])
    func proxied(host: String) throws {
        let proxy = try proxy()
        let broker = try Mosquitto(["max_queued_messages 0"])
        let info = try use(Endpoint(host: host, port: broker.port)) {
            $0.proxy = Proxy(host: "127.0.0.1", port: proxy.port, userName: "ev3", password: Array("for:mosa".utf8))
        }
        #expect(info.proxy == "127.0.0.1:\(proxy.port)")
        proxy.process.stop()
    }

    @Test("TLS and WebSocket through a SOCKS proxy", arguments: ["localhost", "127.0.0.1"])
    func everything(host: String) throws {
        let proxy = try proxy()
        let certificates = try Certificates()
        try certificates.issue("localhost")
        let port = try Mosquitto.freePort()
        let broker = try Mosquitto(
            certificates.listener("localhost", port: port)
                + ["protocol websockets", "socket_domain ipv4", "max_queued_messages 0"])
        try ServerProcess.waitUntilListening(port)
        let endpoint = Endpoint(host: host, port: port, transport: .secureWebSocket(path: "/mqtt"))
        let info = try use(endpoint, largest: 10_000) {
            $0.tls.authorityFile = certificates.path("ca.crt")
            $0.proxy = Proxy(host: "127.0.0.1", port: proxy.port, userName: "ev3", password: Array("for:mosa".utf8))
        }
        #expect(info.tls?.check == .authority)
        #expect(broker.hasLogged("Client bench disconnected."))
        proxy.process.stop()
    }

    @Test("what a SOCKS proxy refuses is told apart, and a wrong password is not tried again")
    func proxyRefuses() throws {
        let proxy = try proxy()
        func start(port: Int, host: String = "127.0.0.1", _ proxy: Proxy) -> ClientBench {
            let bench = ClientBench(port: port, host: host) { $0.proxy = proxy }
            bench.client.start()
            return bench
        }
        let known = Proxy(host: "127.0.0.1", port: proxy.port, userName: "ev3", password: Array("for:mosa".utf8))
        let wrong = Proxy(host: "127.0.0.1", port: proxy.port, userName: "ev3", password: Array("x".utf8))
        let closed = try Mosquitto.freePort()
        let refused = try start(port: closed, known).waiting()
        #expect(refused.cause == .proxy(.refused(5)))
        #expect(refused.proxy == known.description)
        #expect(try start(port: closed, wrong).failed().cause == .proxy(.wrongPassword))
        let nobody = try start(port: closed, Proxy(host: "127.0.0.1", port: proxy.port)).waiting().cause
        #expect(nobody == .proxy(.noAcceptableMethod(passwordOffered: false)))
        let absent = try start(port: 1883, Proxy(host: "127.0.0.1", port: closed)).waiting().cause
        let address = AddressFailure(address: "127.0.0.1:\(closed)", failure: .refused)
        #expect(absent == .proxy(.unreachable([address])))
        let web = FakeBroker(FakeBroker.http)
        guard
            case .proxy(.notSOCKS(let bytes)) = try start(port: 1883, Proxy(host: "127.0.0.1", port: web.port))
                .waiting().cause
        else { throw Missing(what: "a web server in place of a proxy") }
        #expect(bytes.starts(with: Array("HTTP/1.1 400".utf8)))
        proxy.process.stop()
    }

    // MARK: WebSocket that is none

    private func failure(_ script: @escaping FakeBroker.Script) throws -> WebSocketFailure {
        let server = FakeBroker(script)
        let bench = ClientBench(port: server.port) {
            $0.endpoint.transport = .webSocket(path: "/mqtt")
            $0.answerTimeout = 1_000
        }
        bench.client.start()
        let failure = try bench.waiting()
        guard case .webSocket(let cause) = failure.cause else { throw Missing(what: "a WebSocket: \(failure.cause)") }
        #expect(failure.version == .v5_0, "no older version is tried for it")
        return cause
    }

    @Test("a web server without a WebSocket at this path is quoted")
    func noSuchPath() throws {
        let answer = "HTTP/1.1 404 Not Found\r\nServer: nginx/1.22.1\r\nContent-Length: 0\r\n\r\n"
        let failure = try failure { connection in
            _ = connection.receive()
            connection.send(Array(answer.utf8))
            _ = connection.receive()
        }
        #expect(failure == .refused(.init(status: 404, reason: "Not Found", server: "nginx/1.22.1")))
    }

    @Test("a server that closes, that is silent, or that speaks something else")
    func noWebSocket() throws {
        #expect(try failure { _ = $0.receive() } == .closed(wasReset: false))
        #expect(try failure(FakeBroker.silence) == .noAnswer(milliseconds: 1_000))
        let greeting = Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)
        let ssh = try failure { connection in
            connection.send(greeting)
            _ = connection.receive()
        }
        #expect(ssh == .notHTTP(greeting))
    }
}
