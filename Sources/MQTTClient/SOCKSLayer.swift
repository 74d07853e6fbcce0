import MQTT
import NIOCore

/// A SOCKS 5 proxy: the handshake of RFC 1928, with user name and password (RFC 1929), which NIOSOCKS does not know.
final class SOCKSLayer: ChannelInboundHandler, RemovableChannelHandler, Layer {
    /// What the socket brings.
    typealias InboundIn = ByteBuffer

    private var handshake: SOCKSHandshake
    private var completion: ((ConnectionFailure.Cause?) -> Void)?

    /// A way through `proxy` to `endpoint`.
    init(_ proxy: Proxy, to endpoint: Endpoint) { handshake = SOCKSHandshake(proxy, to: endpoint) }

    /// The handler, and the client's greeting.
    func add(
        to pipeline: ChannelPipeline.SynchronousOperations, completion: @escaping (ConnectionFailure.Cause?) -> Void
    ) throws {
        self.completion = completion
        try pipeline.addHandler(self)
    }

    /// What a silent proxy is called.
    func noAnswer(milliseconds: Int) -> ConnectionFailure.Cause { .proxy(.noAnswer(milliseconds: milliseconds)) }

    /// The client speaks first.
    func handlerAdded(context: ChannelHandlerContext) { send(handshake.greeting, context) }

    /// One read.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard completion != nil else { return context.fireChannelRead(data) }
        let step = handshake.receive(Array(unwrapInboundIn(data).readableBytesView))
        switch step {
        case .more: break
        case .send(let bytes): send(bytes, context)
        case .failed(let failure): complete(.proxy(failure))
        case .done(let rest):
            complete(nil)
            if !rest.isEmpty {
                context.fireChannelRead(NIOAny(context.channel.allocator.buffer(bytes: rest)))
            }
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        }
    }

    /// The end of a read: on with it, as long as there is something to agree on.
    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        if completion != nil { context.read() }
    }

    /// What is wrong with the socket.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        complete(.proxy(.closed(wasReset: SocketFailure(error) == .reset)))
        context.fireErrorCaught(error)
    }

    /// The end.
    func channelInactive(context: ChannelHandlerContext) {
        complete(.proxy(.closed(wasReset: false)))
        context.fireChannelInactive()
    }

    private func send(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(NIOAny(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
    }

    private func complete(_ cause: ConnectionFailure.Cause?) {
        let completion = completion
        self.completion = nil
        completion?(cause)
    }
}

/// The handshake with a SOCKS 5 proxy, as a value: bytes in, bytes out.
struct SOCKSHandshake {
    /// What comes of some bytes.
    enum Step: Equatable {
        /// More are needed.
        case more
        /// These are to be sent.
        case send([UInt8])
        /// The connection is made; what came behind the answer is the server's.
        case done(rest: [UInt8])
        /// There is none.
        case failed(ProxyFailure)
    }

    private enum Phase { case method, password, reply }

    private let proxy: Proxy
    private let endpoint: Endpoint
    private var phase = Phase.method
    private var bytes: [UInt8] = []

    /// A handshake with `proxy`, for a connection to `endpoint`.
    init(_ proxy: Proxy, to endpoint: Endpoint) {
        self.proxy = proxy
        self.endpoint = endpoint
    }

    /// What the client begins with: the ways in which it can say who it is (RFC 1928 section 3).
    var greeting: [UInt8] { proxy.userName == nil ? [5, 1, 0] : [5, 2, 0, 2] }

    /// Takes what came.
    mutating func receive(_ more: [UInt8]) -> Step {
        bytes += more
        // The answer to user and password has a version of its own, which some proxies do not know.
        if let version = bytes.first, version != 5, phase != .password {
            return .failed(.notSOCKS(Array(bytes.prefix(64))))
        }
        guard bytes.count >= 2 else { return .more }
        switch phase {
        case .method: return chosen(take(2)[1])
        case .password: return take(2)[1] == 0 ? request() : .failed(.wrongPassword)
        case .reply: return reply()
        }
    }

    private mutating func take(_ count: Int) -> [UInt8] {
        defer { bytes.removeFirst(count) }
        return Array(bytes.prefix(count))
    }

    private mutating func chosen(_ method: UInt8) -> Step {
        switch (method, proxy.userName) {
        case (0, _): return request()
        case (2, let userName?):
            phase = .password
            let user = Array(userName.utf8)
            return .send([1, UInt8(user.count)] + user + [UInt8(proxy.password.count)] + proxy.password)
        default: return .failed(.noAcceptableMethod(passwordOffered: proxy.userName != nil))
        }
    }

    /// CONNECT; the proxy looks up the name (RFC 1928 section 4).
    private mutating func request() -> Step {
        phase = .reply
        let destination: [UInt8]
        if let address = Address.bytes(endpoint.host) {
            destination = [address.count == 4 ? 1 : 4] + address
        } else {
            let name = Array(endpoint.host.utf8)
            guard let count = UInt8(exactly: name.count) else { return .failed(.refused(8)) }
            destination = [3, count] + name
        }
        return .send([5, 1, 0] + destination + [UInt8(endpoint.port >> 8 & 0xFF), UInt8(endpoint.port & 0xFF)])
    }

    /// The answer, with an address that says nothing to us (RFC 1928 section 6).
    private mutating func reply() -> Step {
        guard bytes[1] == 0 else { return .failed(.refused(bytes[1])) }
        guard bytes.count >= 5 else { return .more }
        let length: Int
        switch bytes[3] {
        case 1: length = 4
        case 3: length = 1 + Int(bytes[4])
        case 4: length = 16
        default: return .failed(.notSOCKS(Array(bytes.prefix(64))))
        }
        guard bytes.count >= 4 + length + 2 else { return .more }
        return .done(rest: Array(bytes.dropFirst(4 + length + 2)))
    }
}
