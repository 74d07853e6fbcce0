import MQTTCodec
import NIOCore

/// What a `PacketHandler` reports to.
protocol PacketHandlerDelegate: AnyObject {
    /// Bytes came: the beginning of a packet and what follows; returns how many are done with.
    func handler(_ handler: PacketHandler, didRead bytes: UnsafeRawBufferPointer) -> Int
    /// One read of `byteCount` bytes is over: `true` when the next one may come, `false` when `handler.resume` will say.
    func handlerDidFinishRead(_ handler: PacketHandler, byteCount: Int) -> PacketHandler.Next
    /// The connection is gone, by `error` where there was one.
    func handlerDidClose(_ handler: PacketHandler, error: (any Error)?)
}

/// The bottom of the path: whole reads of one channel, no frame per packet. It keeps the bytes of an unfinished packet, and
/// reads only when the delegate wants more. Confined to its event loop.
final class PacketHandler: ChannelInboundHandler {
    /// What a read brings.
    typealias InboundIn = ByteBuffer

    /// When to read again.
    enum Next {
        /// At once.
        case now
        /// After so many milliseconds.
        case later(milliseconds: Int64)
        /// When `resume` is called.
        case onResume
    }

    private weak var delegate: (any PacketHandlerDelegate)?
    private var context: ChannelHandlerContext?
    private var tail = ByteBuffer()
    private var byteCount = 0
    private var error: (any Error)?
    private var rest: Scheduled<Void>?

    /// A handler that reports to `delegate` until `detach`.
    init(delegate: any PacketHandlerDelegate) { self.delegate = delegate }

    /// The memory that is held for an unfinished packet, bytes.
    var heldCapacity: Int { tail.capacity }

    /// Reports nothing any more.
    func detach() {
        delegate = nil
        rest?.cancel()
        rest = nil
    }

    /// Writes nothing behind what is written already, and reads on: the server is to close now. Closing with unread bytes
    /// instead would be a reset, which can overtake our last packet.
    func finishWriting() {
        context?.close(mode: .output, promise: nil)
        context?.read()
    }

    /// Reports nothing any more and closes when the server does, or after so many milliseconds.
    func part(milliseconds: Int64) {
        detach()
        guard let context else { return }
        let channel = context.channel
        let limit = context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) {
            channel.close(promise: nil)
        }
        channel.closeFuture.assumeIsolated().whenComplete { _ in limit.cancel() }
        finishWriting()
    }

    /// Reads on after `.onResume`.
    func resume() { context?.read() }

    /// The channel is ours.
    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    /// The channel is gone.
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// One read.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        byteCount += buffer.readableBytes
        guard let delegate else { return }
        if tail.readableBytes > 0 {
            // Only the unfinished packet is put together by copying; all others are read where they are.
            move(missingCount(before: buffer), from: &buffer)
            offerTail(to: delegate)
            guard tail.readableBytes == 0 else {
                guard buffer.readableBytes > 0 else { return }
                move(buffer.readableBytes, from: &buffer)
                return offerTail(to: delegate)
            }
            if tail.capacity > 1 << 16 { tail = ByteBuffer() } else { tail.clear() }
        }
        guard buffer.readableBytes > 0 else { return }
        let used = buffer.withUnsafeReadableBytes { delegate.handler(self, didRead: $0) }
        buffer.moveReaderIndex(forwardBy: used)
        // Copied, so that the channel can use its read buffer again.
        if buffer.readableBytes > 0 { tail.writeBuffer(&buffer) }
    }

    private func offerTail(to delegate: any PacketHandlerDelegate) {
        let used = tail.withUnsafeReadableBytes { delegate.handler(self, didRead: $0) }
        tail.moveReaderIndex(forwardBy: used)
    }

    private func move(_ count: Int, from buffer: inout ByteBuffer) {
        if var part = buffer.readSlice(length: count) { tail.writeBuffer(&part) }
    }

    /// How many bytes of `buffer` end the packet that begins in the tail, all of them when it does not end there.
    private func missingCount(before buffer: ByteBuffer) -> Int {
        let known = tail.readableBytes
        let length = PacketDecoder.packetLength { index in
            index < known
                ? tail.getInteger(at: tail.readerIndex + index)
                : buffer.getInteger(at: buffer.readerIndex + index - known)
        }
        guard let length else { return buffer.readableBytes }
        return min(max(length - known, 0), buffer.readableBytes)
    }

    /// The end of a read: when to read again is the delegate's choice.
    func channelReadComplete(context: ChannelHandlerContext) {
        let byteCount = byteCount
        self.byteCount = 0
        guard let delegate else { return context.read() }
        switch delegate.handlerDidFinishRead(self, byteCount: byteCount) {
        case .now: context.read()
        case .onResume: break
        case .later(let milliseconds):
            rest = context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) { [self] in
                rest = nil
                self.context?.read()
            }
        }
    }

    /// An error of the socket, which ends the connection.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The first says why, what follows is its consequence.
        if self.error == nil { self.error = error }
        context.close(promise: nil)
    }

    /// The end of the connection.
    func channelInactive(context: ChannelHandlerContext) {
        rest?.cancel()
        rest = nil
        delegate?.handlerDidClose(self, error: error)
        delegate = nil
        context.fireChannelInactive()
    }
}
