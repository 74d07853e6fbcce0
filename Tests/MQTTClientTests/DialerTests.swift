import Glibc
import MQTT
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import MQTTClient

@Suite("Getting a connection to one of several addresses")
struct DialerTests {
    /// What comes of dialing `addresses`: the address that answered, or why none did.
    private func dial(
        _ addresses: [SocketAddress], milliseconds: Int = 30_000
    ) throws -> Result<String, ConnectionFailure.Cause> {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = eventLoop.makePromise(of: Result<String, ConnectionFailure.Cause>.self)
        eventLoop.execute {
            let dialer = Dialer(
                Endpoint(host: "name", port: 1), on: eventLoop, milliseconds: milliseconds, readSize: 1_024)
            dialer.start(with: addresses) { result in
                switch result {
                case .success(let channel):
                    promise.succeed(.success(channel.remoteAddress?.text ?? ""))
                    channel.close(promise: nil)
                case .failure(let cause): promise.succeed(.failure(cause))
                }
            }
        }
        return try promise.futureResult.wait()
    }

    @Test("when the first refuses the next is tried, and the one that answers is taken")
    func next() throws {
        let broker = FakeBroker(FakeBroker.silence)
        let closed = try Mosquitto.freePort()
        let result = try dial([
            SocketAddress(ipAddress: "127.0.0.2", port: closed), SocketAddress(ipAddress: "127.0.0.3", port: closed),
            SocketAddress(ipAddress: "127.0.0.1", port: broker.port),
        ])
        #expect(try result.get() == "127.0.0.1:\(broker.port)")
    }

    @Test("when all refuse, each is kept in order")
    func none() throws {
        let port = try Mosquitto.freePort()
        let hosts = ["127.0.0.2", "::1", "127.0.0.3"]
        let result = try dial(hosts.map { try SocketAddress(ipAddress: $0, port: port) })
        guard case .failure(.unreachable(let failures)) = result else { throw Unexpected() }
        #expect(failures.map(\.address) == ["127.0.0.2:\(port)", "[::1]:\(port)", "127.0.0.3:\(port)"])
        #expect(failures[0].failure == .refused && failures[2].failure == .refused)
    }

    @Test("an address that does not answer holds up the next one only for a moment")
    func hesitating() throws {
        let hesitating = Hesitating()
        let broker = FakeBroker(FakeBroker.silence)
        let result = try dial([
            SocketAddress(ipAddress: "127.0.0.1", port: hesitating.port),
            SocketAddress(ipAddress: "127.0.0.1", port: broker.port),
        ])
        #expect(try result.get() == "127.0.0.1:\(broker.port)")
    }

    @Test("when the time is up, what has not answered has timed out, and what was refused stays refused")
    func timeout() throws {
        let hesitating = Hesitating()
        let closed = try Mosquitto.freePort()
        let result = try dial(
            [
                SocketAddress(ipAddress: "127.0.0.1", port: hesitating.port),
                SocketAddress(ipAddress: "127.0.0.1", port: closed),
            ], milliseconds: 1_000)
        guard case .failure(.unreachable(let failures)) = result else { throw Unexpected() }
        #expect(
            failures == [
                AddressFailure(address: "127.0.0.1:\(hesitating.port)", failure: .timedOut),
                AddressFailure(address: "127.0.0.1:\(closed)", failure: .refused),
            ])
    }

    @Test("what the resolver's codes and the system's numbers mean")
    func meanings() {
        #expect(Resolver.cause(ofCode: EAI_NONAME) == .nameUnknown)
        #expect(Resolver.cause(ofCode: -5) == .nameUnknown)
        #expect(Resolver.cause(ofCode: EAI_AGAIN) == .nameServerUnavailable)
        #expect(Resolver.cause(ofCode: EAI_FAIL) == .nameServerUnavailable)
        let meanings: [(Int32, SocketFailure)] = [
            (ECONNREFUSED, .refused), (ETIMEDOUT, .timedOut), (ENETUNREACH, .networkUnreachable),
            (EHOSTUNREACH, .hostUnreachable), (EACCES, .notPermitted), (EPERM, .notPermitted), (EINVAL, .notPermitted),
            (ECONNRESET, .reset), (EPIPE, .reset), (EMFILE, .other(EMFILE)),
        ]
        for (number, meaning) in meanings { #expect(SocketFailure(errno: number) == meaning) }
        #expect(SocketFailure(IOError(errnoCode: ECONNREFUSED, reason: "connect")) == .refused)
        #expect(SocketFailure(ChannelError.connectTimeout(.seconds(1))) == .timedOut)
    }

    @Test("a name has each of its addresses once, in the form people write")
    func resolved() throws {
        let addresses = try Resolver.addresses(of: "localhost", port: 1883).get()
        let texts = addresses.map(\.text)
        #expect(texts.contains("127.0.0.1:1883") || texts.contains("[::1]:1883"))
        #expect(Set(texts).count == texts.count)
        #expect(try Resolver.addresses(of: "127.0.0.1", port: 80).get().map(\.text) == ["127.0.0.1:80"])
    }
}
