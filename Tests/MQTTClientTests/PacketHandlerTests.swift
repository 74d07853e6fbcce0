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
