import MQTT
import NIOCore
import NIOEmbedded
import NIOWebSocket
import TestSupport
import Testing

@testable import MQTTClient

@Suite("No bytes can hurt WebSocket and SOCKS")
struct LayerFuzzTests {
    /// What comes of a channel, whatever it is.
    private final class Top: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        var count = 0
        func channelRead(context: ChannelHandlerContext, data: NIOAny) { count += unwrapInboundIn(data).readableBytes }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    /// `bytes` with a few of them changed, cut or doubled.
    private func mutated(_ bytes: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
            let position = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0...4, using: &random) {
            case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[position] ^= 1 << UInt8.random(in: 0...7, using: &random)
            case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: position)
            case 3: bytes.remove(at: position)
            default: bytes += bytes.prefix(position)
            }
        }
        return bytes
    }

    /// Hands `bytes` to a channel in parts of random sizes.
    private func feed(_ bytes: [UInt8], to channel: EmbeddedChannel, using random: inout SeededGenerator) {
        var rest = bytes[...]
        while !rest.isEmpty, channel.isActive {
            let part = rest.prefix(Int.random(in: 1...max(1, rest.count), using: &random))
            _ = try? channel.writeInbound(ByteBuffer(bytes: part))
            rest = rest.dropFirst(part.count)
        }
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }

    /// A few frames, good and bad, changed.
    private func frames(using random: inout SeededGenerator) -> [UInt8] {
        let firsts: [UInt8] = [0x82, 0x02, 0x80, 0x00, 0x89, 0x8A, 0x88, 0x81, 0xC2, 0x83]
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let count = Int.random(in: 0...130, using: &random)
            let first = firsts.randomElement(using: &random) ?? 0x82
            bytes += [first] + (count < 126 ? [UInt8(count)] : [126, 0, UInt8(count)])
            bytes += (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        return mutated(bytes, using: &random)
    }

    @Test("frames, changed: MQTT gets no more than came")
    func frames() throws {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<4_000 {
            let bytes = frames(using: &random)
            let top = Top()
            let channel = EmbeddedChannel()
            try channel.pipeline.syncOperations.addHandlers(
                WebSocketFrameEncoder(), ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: 1 << 20)),
                WebSocketFrames(), top)
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 80)).wait()
            feed(bytes, to: channel, using: &random)
            #expect(top.count <= bytes.count)
        }
    }

    @Test("answers to the request for a WebSocket, changed: one word comes of each at most")
    func upgrades() throws {
        var random = SeededGenerator(seed: 2)
        let answers = [
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Protocol: mqtt\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
            "HTTP/1.1 404 Not Found\r\nServer: nginx\r\nContent-Length: 3\r\n\r\nabc",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 301 Moved\r\nLocation: http://x/\r\n\r\n", "SSH-2.0-x\r\n", "",
        ]
        for round in 0..<4_000 {
            let bytes = mutated(Array(answers[round % answers.count].utf8), using: &random)
            let endpoint = Endpoint(host: "robot", port: 80, transport: .webSocket(path: "/"))
            let layer = WebSocketUpgrade(endpoint, path: "/", headers: [], largestFrame: 1 << 20)
            let channel = EmbeddedChannel()
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 80)).wait()
            var words = 0
            try layer.add(to: channel.pipeline.syncOperations) { _ in words += 1 }
            feed(bytes, to: channel, using: &random)
            #expect(words == 1, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test("frames, changed, right behind the answer to the request: it is a WebSocket, and MQTT gets no more than came")
    func behindUpgrade() throws {
        var random = SeededGenerator(seed: 4)
        for _ in 0..<2_000 {
            let endpoint = Endpoint(host: "robot", port: 80, transport: .webSocket(path: "/"))
            let layer = WebSocketUpgrade(endpoint, path: "/", headers: [], largestFrame: 1 << 20)
            let channel = EmbeddedChannel()
            let top = Top()
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 80)).wait()
            var isUp = false
            try layer.add(to: channel.pipeline.syncOperations) { cause in
                isUp = cause == nil
                if isUp { try? channel.pipeline.syncOperations.addHandler(top) }
            }
            var request: [UInt8] = []
            while let part = try channel.readOutbound(as: ByteBuffer.self) { request += part.readableBytesView }
            let bytes = frames(using: &random)
            feed(FakeBroker.answer(to: request) + bytes, to: channel, using: &random)
            #expect(isUp && top.count <= bytes.count)
        }
    }

    @Test("answers of a SOCKS proxy, changed: the handshake ends or waits, and keeps little")
    func proxies() {
        var random = SeededGenerator(seed: 3)
        let answers: [[UInt8]] = [
            [5, 0, 5, 0, 0, 1, 1, 2, 3, 4, 0, 1], [5, 2, 1, 0, 5, 0, 0, 3, 3, 1, 2, 3, 0, 1],
            [5, 0, 5, 0, 0, 4] + [UInt8](repeating: 0, count: 18), [5, 0xFF], [5, 2, 1, 1], [5, 0, 5, 4, 0, 1],
        ]
        for round in 0..<40_000 {
            let bytes = mutated(answers[round % answers.count], using: &random)
            let user = round % 2 == 0 ? "u" : nil
            var handshake = SOCKSHandshake(
                Proxy(host: "p", userName: user, password: [1]), to: Endpoint(host: "robot", port: 1883))
            var rest = bytes[...]
            var isOver = false
            while !rest.isEmpty, !isOver {
                let part = rest.prefix(Int.random(in: 1...rest.count, using: &random))
                rest = rest.dropFirst(part.count)
                switch handshake.receive(Array(part)) {
                case .more: break
                case .send(let answer): #expect(answer.count < 300)
                case .done(let more):
                    #expect(more.count <= bytes.count)
                    isOver = true
                case .failed: isOver = true
                }
            }
        }
    }
}
