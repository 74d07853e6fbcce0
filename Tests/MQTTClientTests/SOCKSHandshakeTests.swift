import MQTT
import Testing

@testable import MQTTClient

@Suite("The handshake with a SOCKS proxy")
struct SOCKSHandshakeTests {
    private let endpoint = Endpoint(host: "robot", port: 1883)
    private let request: [UInt8] = [5, 1, 0, 3, 5] + Array("robot".utf8) + [0x07, 0x5B]

    @Test("without a password: greeting, request, answer, wherever reads end; what follows is the server's")
    func open() {
        var handshake = SOCKSHandshake(Proxy(host: "p"), to: endpoint)
        #expect(handshake.greeting == [5, 1, 0])
        #expect(handshake.receive([5]) == .more)
        #expect(handshake.receive([0]) == .send(request))
        for byte in [5, 0, 0, 3, 1, 0x41, 0] as [UInt8] { #expect(handshake.receive([byte]) == .more) }
        #expect(handshake.receive([0, 7, 8]) == .done(rest: [7, 8]))
    }

    @Test("with a password, also for a proxy that needs none")
    func password() {
        let proxy = Proxy(host: "p", userName: "u", password: [1, 2])
        var handshake = SOCKSHandshake(proxy, to: endpoint)
        #expect(handshake.greeting == [5, 2, 0, 2])
        #expect(handshake.receive([5, 2]) == .send([1, 1, 0x75, 2, 1, 2]))
        #expect(handshake.receive([1, 0]) == .send(request))
        var other = SOCKSHandshake(proxy, to: endpoint)
        #expect(other.receive([5, 0]) == .send(request))
    }

    @Test("addresses are sent as such")
    func addresses() {
        var four = SOCKSHandshake(Proxy(host: "p"), to: Endpoint(host: "10.0.0.1", port: 1))
        #expect(four.receive([5, 0]) == .send([5, 1, 0, 1, 10, 0, 0, 1, 0, 1]))
        var six = SOCKSHandshake(Proxy(host: "p"), to: Endpoint(host: "::1", port: 1))
        #expect(six.receive([5, 0]) == .send([5, 1, 0, 4] + [UInt8](repeating: 0, count: 15) + [1, 0, 1]))
    }

    @Test("what it refuses")
    func refusals() {
        let proxy = Proxy(host: "p", userName: "u")
        func failure(_ answers: [UInt8]..., of proxy: Proxy) -> SOCKSHandshake.Step? {
            var handshake = SOCKSHandshake(proxy, to: endpoint)
            return answers.map { handshake.receive($0) }.last
        }
        #expect(failure([5, 0xFF], of: proxy) == .failed(.noAcceptableMethod(passwordOffered: true)))
        #expect(failure([5, 2], of: Proxy(host: "p")) == .failed(.noAcceptableMethod(passwordOffered: false)))
        #expect(failure([5, 2], [1, 1], of: proxy) == .failed(.wrongPassword))
        #expect(failure([4, 0], of: proxy) == .failed(.notSOCKS([4, 0])))
        #expect(failure([5, 0], [5, 4], of: proxy) == .failed(.refused(4)))
        #expect(failure([5, 0], [5, 0, 0, 9, 9], of: proxy) == .failed(.notSOCKS([5, 0, 0, 9, 9])))
    }
}
