import MQTT
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// The upgrade of HTTP to WebSocket (RFC 6455 section 4), after which `WebSocketFrames` carries the bytes.
final class WebSocketUpgrade: ChannelInboundHandler, RemovableChannelHandler, Layer {
    /// What the web server answers.
    typealias InboundIn = HTTPClientResponsePart
    /// What it is asked.
    typealias OutboundOut = HTTPClientRequestPart

    /// Longest answer, bytes, about: what the library takes has no end.
    private static let longestAnswer = 128 << 10

    private let endpoint: Endpoint
    private let path: String
    private let headers: [WebSocketHeader]
    private let largestFrame: Int
    private let upgrader = NIOWebSocketClientUpgrader { channel, _ in channel.eventLoop.makeSucceededVoidFuture() }
    private let first = FirstBytes()
    private let encoder = HTTPRequestEncoder()
    private let decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes))
    private var completion: ((ConnectionFailure.Cause?) -> Void)?

    /// An upgrade at `path` of `endpoint`, for frames of at most `largestFrame` bytes, which are held until they are whole.
    init(_ endpoint: Endpoint, path: String, headers: [WebSocketHeader], largestFrame: Int) {
        self.endpoint = endpoint
        self.path = Self.encoded(path)
        self.headers = headers
        self.largestFrame = min(max(largestFrame, 1 << 20), Int(UInt32.max))
    }

    /// The handlers, and the request.
    func add(
        to pipeline: ChannelPipeline.SynchronousOperations, completion: @escaping (ConnectionFailure.Cause?) -> Void
    ) throws {
        self.completion = completion
        try pipeline.addHandlers(first, encoder, decoder, self)
    }

    /// What a silent server is called.
    func noAnswer(milliseconds: Int) -> ConnectionFailure.Cause { .webSocket(.noAnswer(milliseconds: milliseconds)) }

    /// The request.
    func handlerAdded(context: ChannelHandlerContext) {
        // [MQTT-6.0.0-3]
        var fields = HTTPHeaders([
            ("Host", endpoint.port == endpoint.transport.usualPort ? host : endpoint.address), ("Upgrade", "websocket"),
            ("Connection", "Upgrade"), ("Sec-WebSocket-Protocol", "mqtt"),
        ])
        upgrader.addCustom(upgradeRequestHeaders: &fields)
        // Those of one name add up, and stand in place of ours.
        for header in headers { fields.remove(name: header.name) }
        for header in headers { fields.add(name: header.name, value: header.value) }
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path, headers: fields)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private var host: String { endpoint.host.contains(":") ? "[\(endpoint.host)]" : endpoint.host }

    /// One part of the answer.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): if let failure = refusal(head) { complete(.webSocket(failure)) }
        case .body: break
        case .end: if completion != nil { upgrade(context) }
        }
    }

    private func refusal(_ head: HTTPResponseHead) -> WebSocketFailure? {
        guard head.status == .switchingProtocols else {
            // Web servers send back the path that we asked for: what stands behind ? may be a secret.
            let location = head.headers.first(name: "Location")?.prefix { $0 != "?" }
            return .refused(
                WebSocketFailure.Answer(
                    status: Int(head.status.code), reason: head.status.reasonPhrase,
                    server: head.headers.first(name: "Server"), location: location.map(String.init),
                    challenge: head.headers.first(name: "WWW-Authenticate")))
        }
        guard upgrader.shouldAllowUpgrade(upgradeResponse: head) else {
            return .violation("Sec-WebSocket-Accept is not the answer to our key")
        }
        // [MQTT-6.0.0-4]
        let subprotocol = head.headers.first(name: "Sec-WebSocket-Protocol")
        return subprotocol?.lowercased() == "mqtt" ? nil : .otherSubprotocol(subprotocol)
    }

    /// HTTP goes and frames come. The decoder, which is at work just now and takes everything that is written for HTTP, goes
    /// before: what came behind the answer waits until nobody is left who could take an answer to it for HTTP.
    private func upgrade(_ context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        let behind = BehindAnswer()
        do {
            try pipeline.addHandler(behind)
        } catch { return complete(.closedBeforeAnswer(wasReset: true)) }
        let completion = completion
        self.completion = nil
        pipeline.removeHandler(encoder, promise: nil)
        pipeline.removeHandler(first, promise: nil)
        pipeline.removeHandler(self, promise: nil)
        pipeline.removeHandler(decoder).assumeIsolated().whenComplete { [largestFrame] _ in
            do {
                try pipeline.addHandlers(
                    WebSocketFrameEncoder(), ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: largestFrame)),
                    WebSocketFrames())
            } catch {
                completion?(.closedBeforeAnswer(wasReset: true))
                return
            }
            completion?(nil)
            behind.handOn()
        }
    }

    /// The end of a read: on with it, until there is an answer.
    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        guard completion != nil else { return }
        if first.count > Self.longestAnswer { return complete(.webSocket(.violation("its answer is too long"))) }
        context.read()
    }

    /// What is wrong with the answer or with the socket.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let cause as ConnectionFailure.Cause: complete(cause)
        case HTTPParserError.headerOverflow: complete(.webSocket(.violation("its answer is too long")))
        case is IOError: complete(.webSocket(.closed(wasReset: SocketFailure(error) == .reset)))
        default: complete(.webSocket(ended))
        }
        context.fireErrorCaught(error)
    }

    /// The end.
    func channelInactive(context: ChannelHandlerContext) {
        complete(.webSocket(ended))
        context.fireChannelInactive()
    }

    private var ended: WebSocketFailure {
        if first.bytes.isEmpty { return .closed(wasReset: false) }
        return first.bytes.starts(with: "HTTP/".utf8) ? .violation("its answer is not HTTP/1.1") : .notHTTP(first.bytes)
    }

    private func complete(_ cause: ConnectionFailure.Cause?) {
        let completion = completion
        self.completion = nil
        completion?(cause)
    }

    /// `path` with a slash before, and whatever HTTP does not take as `%20`.
    static func encoded(_ path: String) -> String {
        let bytes = path.utf8.map { byte in
            (0x21...0x7E).contains(byte)
                ? String(Unicode.Scalar(byte)) : (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
        }
        return (path.hasPrefix("/") ? "" : "/") + bytes.joined()
    }
}

/// Keeps what came behind the answer to the upgrade, until there is somebody who can read it.
private final class BehindAnswer: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private var context: ChannelHandlerContext?
    private var reads: [ByteBuffer] = []

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { reads.append(unwrapInboundIn(data)) }

    /// Hands it on, and goes.
    func handOn() {
        guard let context else { return }
        for read in reads { context.fireChannelRead(NIOAny(read)) }
        if !reads.isEmpty { context.fireChannelReadComplete() }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}
