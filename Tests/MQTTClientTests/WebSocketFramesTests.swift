import Foundation
import MQTT
import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing

@testable import MQTTClient

@Suite("MQTT in WebSocket frames")
struct WebSocketFramesTests {
    /// What MQTT got, and what was wrong.
    private final class Top: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        var bytes: [UInt8] = []
        var readCount = 0
        var cause: ConnectionFailure.Cause?

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            readCount += 1
            bytes += unwrapInboundIn(data).readableBytesView
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            if cause == nil { cause = error as? ConnectionFailure.Cause }
        }
    }

    private func channel(_ top: Top, largest: Int = 1 << 20) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandlers(
            WebSocketFrameEncoder(), ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: largest)),
            WebSocketFrames(), top)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 80)).wait()
        return channel
    }

    /// A frame as a server sends it.
    private func frame(_ first: UInt8, _ payload: [UInt8], masked: Bool = false) -> [UInt8] {
        [first, UInt8(payload.count) | (masked ? 0x80 : 0)] + (masked ? [0, 0, 0, 0] : []) + payload
    }

    /// What comes of `bytes`, which arrive in pieces of `size`.
    private func receive(_ bytes: [UInt8], by size: Int = .max) throws -> (top: Top, sent: [UInt8]) {
        let top = Top()
        let channel = try channel(top)
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(size)
            _ = try? channel.writeInbound(ByteBuffer(bytes: piece))
            rest = rest.dropFirst(piece.count)
        }
        var sent: [UInt8] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { sent += buffer.readableBytesView }
        _ = try? channel.finish()
        return (top, sent)
    }

    @Test("frames and their fragments are one stream of bytes, wherever reads end", arguments: [1, 2, 3, 7, 100])
    func stream(size: Int) throws {
        let bytes =
            frame(0x82, [1, 2]) + frame(0x02, [3]) + frame(0x00, []) + frame(0x89, [9]) + frame(0x80, [4, 5])
            + frame(0x82, []) + frame(0x82, [6])
        let (top, sent) = try receive(bytes, by: size)
        #expect(top.bytes == [1, 2, 3, 4, 5, 6])
        #expect(top.cause == nil)
        // The ping in between is answered, masked.
        #expect(sent.count == 7 && sent[0] == 0x8A && sent[1] == 0x81 && sent[6] ^ sent[2] == 9)
    }

    /// A socket that takes what is written only when the test says so.
    private final class SlowSocket: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        var written: [UInt8] = []
        var pending: [EventLoopPromise<Void>] = []

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            written += unwrapOutboundIn(data).readableBytesView
            if let promise { pending.append(promise) }
        }
    }

    @Test("what one read brings in many frames is handed on in one piece, as TCP brings it")
    func together() throws {
        let (top, _) = try receive((0..<3_000).flatMap { frame(0x82, [UInt8($0 % 256)]) })
        #expect(top.bytes == (0..<3_000).map { UInt8($0 % 256) })
        #expect(top.readCount == 1)
    }

    @Test("of a flood of pings that outruns the socket only the latest is answered, after the one before was taken")
    func pings() throws {
        let socket = SlowSocket()
        let channel = try channel(Top())
        try channel.pipeline.syncOperations.addHandler(socket, position: .first)
        for number in 0..<200 as Range<UInt8> { try channel.writeInbound(ByteBuffer(bytes: frame(0x89, [number]))) }
        #expect(socket.written.count == 7)
        let first = socket.pending
        socket.pending = []
        for promise in first { promise.succeed() }
        channel.embeddedEventLoop.run()
        #expect(socket.written.count == 14)
        #expect(socket.written.suffix(5).first.map { $0 ^ (socket.written.last ?? 0) } == 199)
        for promise in socket.pending { promise.succeed() }
        channel.embeddedEventLoop.run()
        #expect(socket.written.count == 14)
        _ = try? channel.finish()
    }

    @Test(
        "what no server may send ends the connection, and is said",
        arguments: [
            [0x81, 1, 0x41], [0x80, 1, 0x41], [0xC2, 1, 0x41], [0x82, 0x81, 0, 0, 0, 0, 1], [0x83, 0], [0x09, 0],
            [0x89, 126, 0, 126], [0x02, 1, 1, 0x82, 1, 1], [0x82, 127, 0, 0, 1, 0, 0, 0, 0, 0],
            [0x82, 127, 0xFF, 0, 1, 0, 0, 0, 0, 0],
        ] as [[UInt8]])
    func violations(bytes: [UInt8]) throws {
        let (top, sent) = try receive(bytes)
        guard case .webSocket(.violation) = top.cause else { throw Missing(what: "a violation: \(bytes)") }
        #expect(sent.first == 0x88, "it is told with a close frame")
    }

    @Test("a close is answered; its code and words are kept where they say something")
    func closing() throws {
        let (top, sent) = try receive(frame(0x88, [0x03, 0xEA] + Array("no".utf8)))
        #expect(top.cause == .webSocket(.closedWithCode(1_002, reason: "no")))
        #expect(sent.first == 0x88)
        #expect(try receive(frame(0x88, [0x03, 0xE8])).top.cause == nil)
        #expect(try receive(frame(0x88, [])).top.cause == nil)
    }

    @Test("each write is one masked binary frame")
    func writing() throws {
        let channel = try channel(Top())
        try channel.writeOutbound(ByteBuffer(bytes: [1, 2, 3]))
        var sent: [UInt8] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { sent += buffer.readableBytesView }
        #expect(sent.count == 9 && sent[0] == 0x82 && sent[1] == 0x83)
        #expect((0..<3).map { sent[6 + $0] ^ sent[2 + $0] } == [1, 2, 3])
        _ = try? channel.finish()
    }

    @Test("the request asks for the sub-protocol mqtt [MQTT-6.0.0-3]")
    func request() throws {
        let endpoint = Endpoint(host: "robot", port: 80, transport: .webSocket(path: "/mqtt"))
        let upgrade = WebSocketUpgrade(endpoint, path: "/mqtt", headers: [], largestFrame: 1 << 20)
        let channel = EmbeddedChannel()
        try upgrade.add(to: channel.pipeline.syncOperations) { _ in }
        var sent: [UInt8] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { sent += buffer.readableBytesView }
        let lines = String(decoding: sent, as: UTF8.self).components(separatedBy: "\r\n")
        #expect(lines.first == "GET /mqtt HTTP/1.1")
        #expect(lines.contains("Sec-WebSocket-Protocol: mqtt") && lines.contains("Upgrade: websocket"))
        _ = try? channel.finish()
    }

    @Test("a path is asked for as HTTP has it")
    func paths() {
        #expect(WebSocketUpgrade.encoded("/mqtt?a=b") == "/mqtt?a=b")
        #expect(WebSocketUpgrade.encoded("a b\r\nX: ö") == "/a%20b%0D%0AX:%20%C3%B6")
    }
}
