package import MQTT
internal import NIOCore
internal import NIOPosix

/// The way to a broker one step at a time, below MQTT, for who wants to know how far it goes. Each call blocks until the
/// step is done, at most as long as the configuration says.
package struct Probe: Sendable {
    /// An address to connect to.
    package struct Address: Sendable, CustomStringConvertible {
        fileprivate let socket: SocketAddress

        /// `127.0.0.1:1883`, or the path of a unix domain socket.
        package var description: String { socket.text }
        /// `127.0.0.1`.
        package var host: String { socket.ipAddress ?? description }
    }

    /// What has no result but a cause, or none.
    private typealias Outcome<Value: Sendable> = Result<Value, ConnectionFailure.Cause>

    private let configuration: ClientConfiguration
    private let eventLoop: any EventLoop

    /// A probe of the way that a client with `configuration` takes.
    package init(_ configuration: ClientConfiguration) {
        self.configuration = configuration
        eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    }

    /// Who is connected to: the proxy where there is one, else the broker.
    package var peer: Endpoint { configuration.proxy?.endpoint ?? configuration.endpoint }

    /// The addresses of the peer's name, in the order in which they are tried.
    package func addresses() -> Result<[Address], ConnectionFailure.Cause> {
        let (peer, milliseconds) = (peer, Int64(configuration.connectTimeout))
        return wait { eventLoop, done in
            let limit = eventLoop.scheduleTask(in: .milliseconds(milliseconds)) {
                done(.failure(.nameServerUnavailable))
            }
            Resolver.addresses(of: peer, on: eventLoop).whenSuccess { result in
                limit.cancel()
                done(result.map { $0.map(Address.init) })
            }
        }
    }

    /// Connects to one address and lets go again.
    package func reach(_ address: Address) -> Result<Void, ConnectionFailure.Cause> {
        let (peer, milliseconds) = (peer, configuration.connectTimeout)
        return wait { eventLoop, done in
            let dialer = Dialer(peer, on: eventLoop, milliseconds: milliseconds, readSize: Driver.readSize)
            dialer.start(with: [address.socket]) { result in
                withExtendedLifetime(dialer) { done(result.map { $0.close(promise: nil) }) }
            }
        }
    }

    /// Goes as far as `transport` needs, through the proxy where there is one, and lets go again; what TLS agreed on.
    package func open(_ transport: Transport) -> Result<TLSInfo?, ConnectionFailure.Cause> {
        var configuration = configuration
        configuration.endpoint.transport = transport
        return wait { [configuration] eventLoop, done in
            let opening = Opening(configuration, on: eventLoop, readSize: Driver.readSize)
            opening.start { result in
                withExtendedLifetime(opening) {
                    done(
                        result.map { opened in
                            opened.channel.close(promise: nil)
                            return opened.tls
                        })
                }
            }
        }
    }

    /// Blocks until `step`, begun on the event loop, calls what it is given; only the first call counts.
    private func wait<Value: Sendable>(
        for step: @escaping @Sendable (any EventLoop, @escaping @Sendable (Outcome<Value>) -> Void) -> Void
    ) -> Outcome<Value> {
        let promise = eventLoop.makePromise(of: Outcome<Value>.self)
        let eventLoop = eventLoop
        eventLoop.execute { step(eventLoop) { promise.succeed($0) } }
        do {
            return try promise.futureResult.wait()
        } catch {
            preconditionFailure("a step that cannot fail has failed: \(error)")
        }
    }
}
