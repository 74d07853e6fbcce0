import NIOCore
import NIOEmbedded
import Testing

@testable import MQTTClient

@Suite("Whole packets out of reads")
struct PacketHandlerTests {
    /// Somebody for whom no packet is ever whole.
    private final class Waiting: PacketHandlerDelegate {
        func handler(_ handler: PacketHandler, didRead bytes: UnsafeRawBufferPointer) -> PacketHandler.Progress {
            PacketHandler.Progress(used: 0)
        }
        func handlerDidFinishRead(_ handler: PacketHandler, byteCount: Int) -> PacketHandler.Next { .now }
        func handlerDidClose(_ handler: PacketHandler, error: (any Error)?) {}
    }

    /// Somebody who takes one byte a turn and then has to hand it over.
    private final class Full: PacketHandlerDelegate {
        var taken: [UInt8] = []
        var next = PacketHandler.Next.now
        var isClosed = false

        func handler(_ handler: PacketHandler, didRead bytes: UnsafeRawBufferPointer) -> PacketHandler.Progress {
            taken.append(bytes[0])
            return PacketHandler.Progress(used: 1, isFull: true)
        }
        func handlerDidFinishRead(_ handler: PacketHandler, byteCount: Int) -> PacketHandler.Next { next }
        func handlerDidClose(_ handler: PacketHandler, error: (any Error)?) { isClosed = true }
    }

    @Test("what a delegate that is full leaves is offered turn by turn, also behind the end of the channel")
    func turns() throws {
        let delegate = Full()
        delegate.next = .onResume
        let handler = PacketHandler(delegate: delegate)
        let channel = EmbeddedChannel(handler: handler)
        try channel.writeInbound(ByteBuffer(bytes: [1, 2, 3, 4]))
        #expect(delegate.taken == [1])
        handler.resume()
        channel.embeddedEventLoop.run()
        #expect(delegate.taken == [1, 2])
        _ = try? channel.finish()
        #expect(!delegate.isClosed, "there is more to hand over")
        delegate.next = .now
        handler.resume()
        channel.embeddedEventLoop.run()
        #expect(delegate.taken == [1, 2, 3, 4] && delegate.isClosed)
    }

    @Test("who parts from a channel that is gone does not wait for what was read")
    func parted() throws {
        let delegate = Full()
        delegate.next = .onResume
        let handler = PacketHandler(delegate: delegate)
        let channel = EmbeddedChannel(handler: handler)
        try channel.writeInbound(ByteBuffer(bytes: [1, 2, 3, 4]))
        _ = try? channel.finish()
        handler.finishWriting()
        channel.embeddedEventLoop.run()
        #expect(delegate.taken == [1] && delegate.isClosed)
    }

    @Test("an announced length takes no memory ahead of its bytes")
    func announced() throws {
        let delegate = Waiting()
        let handler = PacketHandler(delegate: delegate)
        let channel = EmbeddedChannel(handler: handler)
        defer { _ = try? channel.finish() }
        try channel.writeInbound(ByteBuffer(bytes: [0x30, 0xF8, 0xFF, 0xFF, 0x7F, 0, 1, 0x61, 0]))
        #expect(handler.heldCapacity < 1_024)
        for _ in 0..<1_000 { try channel.writeInbound(ByteBuffer(repeating: 0x61, count: 1_000)) }
        #expect(handler.heldCapacity < 3_000_000)
    }
}
