import Glibc
import MQTT
import NIOCore
import NIOPosix

/// Gets one connection to a name, or to a unix domain socket: resolves it and tries its addresses, the next one when the one
/// before has failed or hesitates, until one answers. Every failure is kept. Confined to its event loop.
final class Dialer {
    /// How long an address may hesitate before the next is tried too, milliseconds.
    static let headStart: Int64 = 250

    private let endpoint: Endpoint
    private let eventLoop: any EventLoop
    private let bootstrap: ClientBootstrap
    private let milliseconds: Int
    private var completion: ((Result<any Channel, ConnectionFailure.Cause>) -> Void)?
    private var addresses: [SocketAddress] = []
    private var next = 0
    private var pending = 0
    private var failures: [(index: Int, failure: AddressFailure)] = []
    private var deadline: Scheduled<Void>?
    private var nextStart: Scheduled<Void>?

    /// A dialer that gives up after `milliseconds`. Channels get `readSize` bytes of buffer and read only when asked to.
    /// They come from `localAddress` where that is given, which has to be one of this machine.
    init(
        _ endpoint: Endpoint, on eventLoop: any EventLoop, milliseconds: Int, readSize: Int,
        localAddress: String? = nil
    ) {
        self.endpoint = endpoint
        self.eventLoop = eventLoop
        self.milliseconds = milliseconds
        let local = localAddress.flatMap { try? SocketAddress(ipAddress: $0, port: 0) }
        let anywhere = ClientBootstrap(group: eventLoop)
        bootstrap = (local.map { anywhere.bind(to: $0) } ?? anywhere)
            .connectTimeout(.milliseconds(Int64(milliseconds) + 1_000))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.autoRead, value: false)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: readSize))
    }

    /// What comes of it: an open channel without handlers, or why there is none.
    typealias Completion = (Result<any Channel, ConnectionFailure.Cause>) -> Void

    /// Begins; `completion` is called once.
    func start(_ completion: @escaping Completion) {
        begin(completion)
        guard endpoint.transport == .unix || (1...65_535).contains(endpoint.port) else {
            let failure = AddressFailure(address: endpoint.description, failure: .notPermitted)
            return finish(.failure(.unreachable([failure])))
        }
        Resolver.addresses(of: endpoint, on: eventLoop).assumeIsolated().whenSuccess { [self] result in
            switch result {
            case .success(let addresses): connect(to: addresses)
            case .failure(let cause): finish(.failure(cause))
            }
        }
    }

    /// The same for addresses that are known already.
    func start(with addresses: [SocketAddress], _ completion: @escaping Completion) {
        begin(completion)
        connect(to: addresses)
    }

    private func begin(_ completion: @escaping Completion) {
        self.completion = completion
        deadline = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(milliseconds))) { [self] in
            giveUp()
        }
    }

    private func connect(to addresses: [SocketAddress]) {
        self.addresses = addresses
        connectNext()
    }

    /// Gives up without a word; `completion` is not called.
    func cancel() {
        completion = nil
        deadline?.cancel()
        nextStart?.cancel()
    }

    private func connectNext() {
        nextStart?.cancel()
        nextStart = nil
        guard completion != nil, next < addresses.count else { return }
        let index = next
        let address = addresses[index]
        next += 1
        pending += 1
        bootstrap.connect(to: address).assumeIsolated().whenComplete { [self] result in
            pending -= 1
            switch result {
            case .success(let channel): win(channel)
            case .failure(let error): lose(index, SocketFailure(error, at: address))
            }
        }
        if next < addresses.count, completion != nil {
            nextStart = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Self.headStart)) { [self] in
                connectNext()
            }
        }
    }

    private func win(_ channel: any Channel) {
        guard completion != nil else { return channel.close(promise: nil) }
        finish(.success(channel))
    }

    private func lose(_ index: Int, _ failure: SocketFailure) {
        guard completion != nil else { return }
        failures.append((index, AddressFailure(address: addresses[index].text, failure: failure)))
        if next < addresses.count {
            connectNext()
        } else if pending == 0 {
            finish(.failure(.unreachable(failures.sorted { $0.index < $1.index }.map(\.failure))))
        }
    }

    /// The time is up: what has not answered by now counts as timed out.
    private func giveUp() {
        guard completion != nil else { return }
        guard !addresses.isEmpty else { return finish(.failure(.nameServerUnavailable)) }
        for index in 0..<next where !failures.contains(where: { $0.index == index }) {
            failures.append((index, AddressFailure(address: addresses[index].text, failure: .timedOut)))
        }
        finish(.failure(.unreachable(failures.sorted { $0.index < $1.index }.map(\.failure))))
    }

    private func finish(_ result: Result<any Channel, ConnectionFailure.Cause>) {
        let completion = completion
        cancel()
        completion?(result)
    }
}
