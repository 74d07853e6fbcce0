import Foundation
import MQTT
import TestSupport
import Testing

@testable import MQTTClient

@Suite("Client: slow and hostile peers in TLS, WebSocket and SOCKS", .serialized)
struct LayeredPeerTests {
    /// What stands between the client and a server of MQTT.
    enum Front: CaseIterable { case tls12, tls13, webSocket, proxy }

    /// A client that reaches the plain server at `port` by `front`, which sends byte by byte or not.
    private struct Way {
        let bench: ClientBench
        let web = FakeBroker.Web()
        private var kept: [Any] = []

        init(
            _ front: Front, to port: Int, drips: Bool = false, inboxCapacity: Int = 16 << 20,
            _ change: (inout ClientConfiguration) -> Void = { _ in }
        ) throws {
            var web = self.web
            web.drips = drips
            web.largestFrame = drips ? 3 : 65_536
            var endpoint = Endpoint(host: "localhost", port: port)
            var authority: String?
            var proxy: Proxy?
            switch front {
            case .tls12, .tls13:
                let certificates = try Certificates()
                try certificates.issue("localhost")
                var manner = TLSFront.Manner()
                manner.version = front == .tls12 ? "1.2" : "1.3"
                manner.drips = drips
                let server = try TLSFront(certificates, to: port, manner)
                endpoint = Endpoint(host: "localhost", port: server.port, transport: .tls)
                authority = certificates.path("ca.crt")
                kept = [certificates, server]
            case .webSocket:
                let server = FakeBroker(FakeBroker.web(web, to: port))
                endpoint = Endpoint(host: "127.0.0.1", port: server.port, transport: .webSocket(path: "/"))
                kept = [server]
            case .proxy:
                let server = FakeBroker(FakeBroker.socks(to: port, drips: drips))
                proxy = Proxy(host: "127.0.0.1", port: server.port)
                kept = [server]
            }
            bench = ClientBench(port: 0, inboxCapacity: inboxCapacity) {
                $0.endpoint = endpoint
                $0.tls.authorityFile = authority
                $0.proxy = proxy
                $0.subscriptions = [Subscription(.everything, qos: .exactlyOnce)]
                change(&$0)
            }
            bench.client.start()
        }

        var front: TLSFront? { kept.lazy.compactMap { $0 as? TLSFront }.first }
    }

    @Test("byte by byte, handshakes and packets come as if they came whole", arguments: Front.allCases)
    func dripped(front: Front) throws {
        let payload = [UInt8](repeating: 0x61, count: 300)
        let broker = FakeBroker(
            FakeBroker.working { version in
                (0...2).flatMap { qos in
                    FakeBroker.publish("t", payload, version: version, qos: qos, identifier: 7 + UInt16(qos))
                }
            })
        let way = try Way(front, to: broker.port, drips: true)
        let text = String(repeating: "a", count: 300)
        #expect(try way.bench.messages(3) == Array(repeating: "t=" + text, count: 3))
        guard case .acknowledged = try way.bench.publish("back", payload, qos: .exactlyOnce) else {
            throw Missing(what: "an acknowledgement")
        }
    }

    @Test("a flood stops being read when the inbox is full, and all of it comes", arguments: Front.allCases)
    func withheld(front: Front) throws {
        let count = 200_000
        let broker = FakeBroker(
            FakeBroker.working { version in
                [[UInt8]](
                    repeating: FakeBroker.publish("t", Array(repeating: 1, count: 100), version: version), count: count
                )
                .flatMap(\.self)
            })
        let way = try Way(front, to: broker.port, inboxCapacity: 1 << 20)
        try way.bench.granted(.everything)
        var taken = 0
        let limit = Client.now().advanced(milliseconds: 60_000)
        while taken < count, Client.now() < limit {
            for _ in 0..<20 { try way.bench.settle() }
            // What one read brought is not split: a read, and what TLS has of it, is above the bound.
            #expect(way.bench.inbox.byteCount < 3 << 20)
            way.bench.read()
            taken += way.bench.messageCount
            way.bench.forget()
        }
        #expect(taken == count)
    }

    @Test("a WebSocket is closed behind DISCONNECT, which is the last that is said")
    func webSocketClose() throws {
        let broker = FakeBroker(FakeBroker.working())
        let way = try Way(.webSocket, to: broker.port)
        try way.bench.connected()
        way.bench.client.stop(timeoutMilliseconds: 5_000)
        let frames = way.web.seen.waitForClose()
        #expect(frames.last?.opcode == 8)
        #expect(frames.dropLast().last?.first == 0xE0)
        #expect(frames.dropLast().allSatisfy { $0.opcode == 2 })
    }

    @Test("TLS is ended by close_notify behind DISCONNECT", arguments: [Front.tls12, .tls13])
    func closeNotify(front: Front) throws {
        let broker = FakeBroker(FakeBroker.working())
        let way = try Way(front, to: broker.port)
        try way.bench.connected()
        way.bench.client.stop(timeoutMilliseconds: 5_000)
        try #require(way.front).waitForCloseNotify()
        #expect(broker.latest?.packets.last?.first == 0xE0)
    }

    // MARK: Handshakes that never end

    /// What comes of a peer that does this where `change` makes something be agreed on with it.
    private func cause(
        _ script: @escaping FakeBroker.Script, _ change: (inout ClientConfiguration) -> Void
    ) throws -> ConnectionFailure.Cause {
        let peer = FakeBroker(script)
        let bench = ClientBench(port: peer.port) {
            $0.answerTimeout = 500
            $0.reconnects = false
            change(&$0)
        }
        bench.client.start()
        return try bench.failed().cause
    }

    /// Sends `start`, then `byte` for ever, slowly.
    private static func endless(_ start: [UInt8], _ byte: UInt8) -> FakeBroker.Script {
        { connection in
            connection.waitForBytes()
            connection.send(start)
            while connection.send([byte]) { usleep(20_000) }
        }
    }

    @Test("who begins to answer and never ends is given up in time, however busy it seems")
    func endlessHandshakes() throws {
        let tls = try cause(Self.endless([0x16, 3, 3, 0x3F, 0xFF, 2, 0, 0x3F, 0xF0], 3)) {
            $0.endpoint.transport = .tls
        }
        #expect(tls == .tls(.noAnswer(milliseconds: 500)))
        let web = try cause(Self.endless(Array("HTTP/1.1 101 Switching\r\nX: ".utf8), 0x61)) {
            $0.endpoint.transport = .webSocket(path: "/")
        }
        #expect(web == .webSocket(.noAnswer(milliseconds: 500)))
        let proxy = try cause(
            { connection in
                connection.waitForBytes()
                connection.send([5, 0, 5, 0, 0, 3, 200])
                while connection.send([0x61]) { usleep(20_000) }
            }, { $0.proxy = Proxy(host: "127.0.0.1", port: $0.endpoint.port) })
        #expect(proxy == .proxy(.noAnswer(milliseconds: 500)))
        let mqtt = try cause(Self.endless([0x20, 0xFF, 0xFF, 0x7F, 0, 0, 0xF0, 0xFF, 0x7F], 0x26)) { _ in }
        #expect(mqtt == .noAnswer(milliseconds: 500))
    }

    @Test("who stops in the middle of TLS is given up", arguments: ["1.2", "1.3"], [5, 60, 200])
    func stopsInTLS(version: String, limit: Int) throws {
        let broker = FakeBroker(FakeBroker.silence)
        let certificates = try Certificates()
        try certificates.issue("localhost")
        var manner = TLSFront.Manner()
        manner.version = version
        manner.limit = limit
        let front = try TLSFront(certificates, to: broker.port, manner)
        let bench = ClientBench(port: 0) {
            $0.endpoint = Endpoint(host: "localhost", port: front.port, transport: .tls)
            $0.tls.authorityFile = certificates.path("ca.crt")
            $0.answerTimeout = 500
            $0.reconnects = false
        }
        bench.client.start()
        #expect(try bench.failed().cause == .tls(.noAnswer(milliseconds: 500)))
    }

    @Test("an answer without end is not kept", arguments: ["HTTP/1.1 ", "HTTP/1.1 101 ", "HTTP/1.1 101 OK\r\nA: "])
    func endlessAnswer(start: String) throws {
        let cause = try cause(
            { connection in
                connection.waitForBytes()
                connection.send(Array(start.utf8))
                let more = [UInt8](repeating: 0x31, count: 65_536)
                while connection.send(more) {}
            },
            {
                $0.endpoint.transport = .webSocket(path: "/")
                $0.answerTimeout = 20_000
            })
        guard case .webSocket(.violation) = cause else { throw Missing(what: "a violation: \(cause)") }
    }

    @Test("another sub-protocol, or none, is not MQTT", arguments: ["chat", nil] as [String?])
    func subprotocol(name: String?) throws {
        let cause = try cause(
            { connection in
                var web = FakeBroker.Web()
                web.subprotocol = name
                FakeBroker.upgrade(connection, web)
                connection.readToEnd()
            }, { $0.endpoint.transport = .webSocket(path: "/") })
        #expect(cause == .webSocket(.otherSubprotocol(name)))
    }

    @Test(
        "what comes right behind the answer to the upgrade is read, whatever it is",
        arguments: [
            ([0x89, 1, 9], nil), ([0x88, 2, 3, 0xE8], nil), ([0x88, 2, 3, 0xEA], .closedWithCode(1_002, reason: "")),
            ([0x81, 1, 0x41], .violation("a text frame, where MQTT has only binary ones")),
            ([0xC2, 1, 0x41], .violation("reserved bits are set")),
        ] as [([UInt8], WebSocketFailure?)])
    func behindUpgrade(bytes: [UInt8], failure: WebSocketFailure?) throws {
        let peer = FakeBroker { connection in
            FakeBroker.upgrade(connection, behind: bytes)
            connection.waitForBytes()
            connection.close()
        }
        let bench = ClientBench(port: peer.port) {
            $0.endpoint.transport = .webSocket(path: "/")
            $0.version = .v5_0
            $0.reconnects = false
        }
        bench.client.start()
        let cause = try bench.failed().cause
        if let failure { #expect(cause == .webSocket(failure)) }
        if case .webSocket = cause { #expect(failure != nil) }
    }

    @Test("a web server that wants a password is not asked again and again", arguments: [401, 403])
    func unauthorized(status: Int) throws {
        let peer = FakeBroker { connection in
            connection.waitForBytes()
            connection.send(Array("HTTP/1.1 \(status) No\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n".utf8))
            connection.readToEnd()
        }
        let bench = ClientBench(port: peer.port) { $0.endpoint.transport = .webSocket(path: "/") }
        bench.client.start()
        guard case .webSocket(.refused(let answer)) = try bench.failed().cause else { throw Missing(what: "a refusal") }
        #expect(answer.status == status && answer.challenge == "Basic realm=\"x\"")
    }

    // MARK: Large messages

    @Test("large messages pass both ways", arguments: [Front.webSocket, .tls12, .proxy])
    func large(front: Front) throws {
        let broker = try Mosquitto(["max_queued_messages 0"])
        let way = try Way(front, to: broker.port)
        try way.bench.granted(.everything)
        let payload = (0..<(4 << 20)).map { UInt8(0x20 + $0 % 90) }
        let text = String(decoding: payload, as: UTF8.self)
        for qos in [QoS.atMostOnce, .atLeastOnce, .exactlyOnce] { way.bench.send("large", payload, qos: qos) }
        #expect(try way.bench.messages(3) == Array(repeating: "large=" + text, count: 3))
    }

    @Test("large messages pass both ways in the WebSocket of a NATS server, which speaks 3.1.1")
    func largeAtNATS() throws {
        let server = try NatsServer()
        try ServerProcess.waitUntilListening(server.webPort)
        let bench = ClientBench(port: server.webPort) {
            $0.endpoint.transport = .webSocket(path: "/mqtt")
            $0.subscriptions = [Subscription(filter("robots/#"), qos: .atLeastOnce)]
        }
        bench.client.start()
        #expect(try bench.connected().version == .v3_1_1)
        try bench.granted(filter("robots/#"))
        let payload = (0..<(3 << 20)).map { UInt8(0x20 + $0 % 90) }
        for qos in [QoS.atMostOnce, .atLeastOnce] { bench.send("robots/large", payload, qos: qos) }
        let text = String(decoding: payload, as: UTF8.self)
        #expect(try bench.messages(2) == Array(repeating: "robots/large=" + text, count: 2))
    }
}
