import MQTT
import NIOCore
import NIOWebSocket

/// MQTT in WebSocket frames (MQTT 5.0 section 6): what the binary ones carry is one stream of bytes, wherever they begin and
/// end. [MQTT-6.0.0-2] Pings are answered, and so is the server's close.
final class WebSocketFrames: ChannelDuplexHandler {
    /// What the server sends.
    typealias InboundIn = WebSocketFrame
    /// What MQTT gets.
    typealias InboundOut = ByteBuffer
    /// What MQTT sends.
    typealias OutboundIn = ByteBuffer
    /// What the server gets.
    typealias OutboundOut = WebSocketFrame

    private var isInMessage = false
    private var hasClosed = false
    /// What the frames of one read carry: handed on in one piece, as what TCP brings.
    private var received: ByteBuffer?
    private var isAnswering = false
    /// The latest ping behind the one that is being answered (RFC 6455 section 5.5.3 asks for no more).
    private var unanswered: ByteBuffer?

    /// One frame.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else { return violate("reserved bits are set", context) }
        guard frame.maskKey == nil else { return violate("a server must not mask", context) }
        switch frame.opcode {
        case .binary where !isInMessage, .continuation where isInMessage:
            isInMessage = !frame.fin
            var data = frame.data
            if received == nil { received = data } else { received?.writeBuffer(&data) }
        case .binary: violate("a message begins within another", context)
        case .continuation: violate("a message goes on that has not begun", context)
        // [MQTT-6.0.0-1]
        case .text: violate("a text frame, where MQTT has only binary ones", context, code: .unacceptableData)
        case .ping: answer(frame.data, context)
        case .pong: break
        case .connectionClose: close(frame.data, context)
        default: violate("a frame of unknown type", context)
        }
    }

    /// The end of one read.
    func channelReadComplete(context: ChannelHandlerContext) {
        handOn(context)
        context.fireChannelReadComplete()
    }

    /// The end of the connection.
    func channelInactive(context: ChannelHandlerContext) {
        handOn(context)
        context.fireChannelInactive()
    }

    private func handOn(_ context: ChannelHandlerContext) {
        guard let data = received else { return }
        received = nil
        context.fireChannelRead(wrapInboundOut(data))
    }

    /// Bytes of MQTT, as one binary frame.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !hasClosed else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        let frame = WebSocketFrame(fin: true, opcode: .binary, maskKey: .random(), data: unwrapOutboundIn(data))
        context.write(wrapOutboundOut(frame), promise: promise)
    }

    /// The end of what we write is a close frame.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .output { sayClose(.normalClosure, context) }
        context.close(mode: mode, promise: promise)
    }

    /// What the decoder finds wrong.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength: violate("a frame is too large", context, code: .messageTooLarge)
        case is NIOWebSocketError: violate("a control frame is too long or in parts", context)
        // An end within a frame is an end.
        case is ByteToMessageDecoderError: break
        default: context.fireErrorCaught(error)
        }
    }

    private func close(_ data: ByteBuffer, _ context: ChannelHandlerContext) {
        handOn(context)
        var data = data
        let code = data.readInteger(as: UInt16.self)
        sayClose(code.map { WebSocketErrorCode(codeNumber: Int($0)) } ?? .normalClosure, context)
        // 1000 and 1001 say no more than that the connection is over.
        if let code, code != 1_000, code != 1_001 {
            let reason = String(decoding: data.readableBytesView, as: UTF8.self)
            context.fireErrorCaught(ConnectionFailure.Cause.webSocket(.closedWithCode(code, reason: reason)))
        }
        context.close(promise: nil)
    }

    /// Answers a ping, one at a time: a server that does not read gets no more than one answer ahead.
    private func answer(_ data: ByteBuffer, _ context: ChannelHandlerContext) {
        guard !isAnswering else {
            unanswered = data
            return
        }
        guard !hasClosed else { return }
        isAnswering = true
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [self] _ in
            isAnswering = false
            guard let next = unanswered else { return }
            unanswered = nil
            answer(next, context)
        }
        send(.pong, data, context, promise: promise)
    }

    private func violate(_ detail: String, _ context: ChannelHandlerContext, code: WebSocketErrorCode = .protocolError)
    {
        guard !hasClosed else { return }
        handOn(context)
        sayClose(code, context)
        context.fireErrorCaught(ConnectionFailure.Cause.webSocket(.violation(detail)))
        context.close(promise: nil)
    }

    private func sayClose(_ code: WebSocketErrorCode, _ context: ChannelHandlerContext) {
        guard !hasClosed else { return }
        var data = context.channel.allocator.buffer(capacity: 2)
        data.write(webSocketErrorCode: code)
        send(.connectionClose, data, context)
        hasClosed = true
    }

    private func send(
        _ opcode: WebSocketOpcode, _ data: ByteBuffer, _ context: ChannelHandlerContext,
        promise: EventLoopPromise<Void>? = nil
    ) {
        let frame = WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data)
        context.writeAndFlush(wrapOutboundOut(frame), promise: promise)
    }
}
