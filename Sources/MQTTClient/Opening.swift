import MQTT
import NIOCore
import NIOPosix

/// One attempt to reach the broker, from a name to a channel on which MQTT can be spoken: the connection, through a proxy
/// where there is one, then layer by layer what the transport needs. Confined to its event loop.
final class Opening {
    /// A channel on which MQTT can be spoken.
    struct Channel {
        /// The channel.
        let channel: any NIOCore.Channel
        /// What was agreed on in TLS.
        let tls: TLSInfo?
        /// Whether what comes is not what the socket brought: then less arrives than was read.
        let isLayered: Bool
    }

    /// What comes of it.
    typealias Completion = (Result<Channel, ConnectionFailure.Cause>) -> Void

    private let configuration: ClientConfiguration
    private let eventLoop: any EventLoop
    private let dialer: Dialer
    private let readSize: Int
    /// What TLS needs, once it is made; given from the start to an attempt that only asks for the server's chain.
    private var context: TLSContext?
    /// The attempt that asks for the chain of a server that is not trusted.
    private var asking: Opening?
    private var completion: Completion?
    private var channel: (any NIOCore.Channel)?
    private var layers: ArraySlice<any Layer> = []
    private var tls: TLSLayer?
    private var isLayered = false
    private var limit: Scheduled<Void>?

    /// An attempt at `configuration`'s endpoint. Channels get `readSize` bytes of buffer and read only when asked to.
    /// With `context` it only asks for the certificates that the server sends, and fails for those.
    init(
        _ configuration: ClientConfiguration, on eventLoop: any EventLoop, readSize: Int,
        asking context: TLSContext? = nil
    ) {
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.readSize = readSize
        self.context = context
        dialer = Dialer(
            configuration.proxy?.endpoint ?? configuration.endpoint, on: eventLoop,
            milliseconds: configuration.connectTimeout, readSize: readSize, localAddress: configuration.localAddress)
    }

    /// Begins; `completion` is called once.
    func start(_ completion: @escaping Completion) {
        self.completion = completion
        guard configuration.endpoint.transport.isSecure else { return dial(nil) }
        // Made only where TLS is used, and beside the event loop: it reads files, the system's authorities among them.
        let milliseconds = Int64(configuration.connectTimeout)
        limit = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) { [self] in
            finish(.failure(.tls(.unusable(.other("the certificates took too long to read")))))
        }
        let (options, host, context) = (configuration.tls, configuration.endpoint.host, context)
        let made = NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
            Result { () throws(TLSFailure.LocalProblem) in
                if let context { return context.askingForChain() }
                return try TLSContext(options, host: host)
            }
        }
        made.assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success(.success(let context)): dial(context)
            case .success(.failure(let problem)): finish(.failure(.tls(.unusable(problem))))
            case .failure: finish(.failure(.tls(.unusable(.other("no thread is left")))))
            }
        }
    }

    /// Gives up without a word; `completion` is not called.
    func cancel() {
        completion = nil
        limit?.cancel()
        dialer.cancel()
        asking?.cancel()
        channel?.close(promise: nil)
    }

    private func dial(_ context: TLSContext?) {
        guard completion != nil else { return }
        limit?.cancel()
        self.context = context
        let above = configuration.endpoint.transport.layers(configuration, context)
        tls = above.lazy.compactMap { $0 as? TLSLayer }.first
        isLayered = !above.isEmpty
        let proxy = configuration.proxy.map { [SOCKSLayer($0, to: configuration.endpoint)] } ?? []
        layers = (proxy + above)[...]
        dialer.start { [self] result in
            switch result {
            case .success(let channel):
                self.channel = channel
                climb(channel)
            case .failure(let cause): finish(.failure(configuration.proxy == nil ? cause : Self.ofProxy(cause)))
            }
        }
    }

    /// The next layer, until there is none left.
    private func climb(_ channel: any NIOCore.Channel) {
        limit?.cancel()
        limit = nil
        guard let layer = layers.popFirst() else {
            return finish(.success(Channel(channel: channel, tls: tls?.info, isLayered: isLayered)))
        }
        let milliseconds = configuration.answerTimeout
        limit = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(milliseconds))) { [self] in
            fail(layer.noAnswer(milliseconds: milliseconds))
        }
        do {
            try layer.add(to: channel.pipeline.syncOperations) { [self] cause in
                guard completion != nil else { return }
                if let cause { fail(cause) } else { climb(channel) }
            }
            channel.read()
        } catch {
            fail(error as? ConnectionFailure.Cause ?? .closedBeforeAnswer(wasReset: true))
        }
    }

    private func fail(_ cause: ConnectionFailure.Cause) {
        if case .tls(.untrusted(let distrust)) = cause, let context, context.check == .authority,
            !context.asksForChain, distrust.reason != .wrongName
        {
            return askForChain(distrust, context)
        }
        // Told first: closing makes the layers say that they were closed.
        finish(.failure(cause))
        channel?.close(promise: nil)
    }

    /// Connects once more to see all that the server sends: the library shows it only to who checks it alone, which is what
    /// the first connection is not for. No longer than for one answer; what comes of it else says nothing.
    private func askForChain(_ distrust: TLSFailure.Distrust, _ context: TLSContext) {
        limit?.cancel()
        channel?.close(promise: nil)
        channel = nil
        let asking = Opening(configuration, on: eventLoop, readSize: readSize, asking: context)
        self.asking = asking
        let milliseconds = Int64(configuration.answerTimeout)
        limit = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) { [self] in
            asking.cancel()
            finish(.failure(.tls(.untrusted(distrust))))
        }
        asking.start { [self] result in
            // A name may stand for several servers.
            guard case .failure(.tls(.untrusted(let complete))) = result,
                complete.serverCertificate == distrust.serverCertificate
            else { return finish(.failure(.tls(.untrusted(distrust)))) }
            finish(.failure(.tls(.untrusted(complete))))
        }
    }

    private func finish(_ result: Result<Channel, ConnectionFailure.Cause>) {
        limit?.cancel()
        let completion = completion
        self.completion = nil
        asking = nil
        completion?(result)
    }

    /// What keeps us from a proxy.
    private static func ofProxy(_ cause: ConnectionFailure.Cause) -> ConnectionFailure.Cause {
        switch cause {
        case .nameUnknown: .proxy(.nameUnknown)
        case .nameServerUnavailable: .proxy(.nameServerUnavailable)
        case .unreachable(let addresses): .proxy(.unreachable(addresses))
        default: cause
        }
    }
}
