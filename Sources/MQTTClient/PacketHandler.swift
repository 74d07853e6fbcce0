import MQTTCodec
import NIOCore

/// What a `PacketHandler` reports to.
protocol PacketHandlerDelegate: AnyObject {
    /// Bytes came: the beginning of a packet and what follows.
    func handler(_ handler: PacketHandler, didRead bytes: UnsafeRawBufferPointer) -> PacketHandler.Progress
    /// One read of `byteCount` bytes is over, or one turn of what a read brought; says when to go on.
    func handlerDidFinishRead(_ handler: PacketHandler, byteCount: Int) -> PacketHandler.Next
    /// The connection is gone, by `error` where there was one.
    func handlerDidClose(_ handler: PacketHandler, error: (any Error)?)
}

/// The bottom of the path: whole reads of one channel, no frame per packet. It keeps the bytes of an unfinished packet, and
/// reads only when the delegate wants more. Confined to its event loop.
final class PacketHandler: ChannelInboundHandler {
    /// What a read brings.
    typealias InboundIn = ByteBuffer

    /// How far the delegate came with what was read.
    struct Progress {
        /// So many bytes are done with.
        var used: Int
        /// Whether what is left waits for the delegate to have handed over what it has, rather than for more bytes.
        var isFull = false
    }

    /// When to go on.
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
    private var eventLoop: (any EventLoop)?
    private var tail = ByteBuffer()
    private var isTailWaiting = false  // for the delegate, with packets that may be whole
    private var isClosed = false
    private var byteCount = 0
    private var readCount = 0  // of the last read
    private var error: (any Error)?
    private var rest: Scheduled<Void>?

    /// A handler that reports to `delegate` until `detach`.
    init(delegate: any PacketHandlerDelegate) { self.delegate = delegate }

    /// The memory that is held for an unfinished packet, and for packets that have to wait, bytes.
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
        dropWaiting()
        context?.close(mode: .output, promise: nil)
        context?.read()
    }

    /// Forgets packets that wait for the delegate, and reports the end of the channel that waited behind them.
    func dropWaiting() {
        guard isTailWaiting else { return }
        isTailWaiting = false
        tail = ByteBuffer()
        guard isClosed else { return }
        eventLoop?.assumeIsolated().execute { [self] in reportClose() }
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

    /// Goes on after `.onResume`: with what was read already, then with reading.
    func resume() {
        guard isTailWaiting else {
            context?.read()
            return
        }
        eventLoop?.assumeIsolated().execute { [self] in
            guard isTailWaiting, let delegate else { return }
            offerTail(to: delegate)
            goOn(delegate.handlerDidFinishRead(self, byteCount: readCount))
            if isClosed, !isTailWaiting { reportClose() }
        }
    }

    /// The channel is ours.
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        eventLoop = context.eventLoop
    }

    /// The channel is gone.
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// One read.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        byteCount += buffer.readableBytes
        guard let delegate else { return }
        guard !isTailWaiting else { return move(buffer.readableBytes, from: &buffer) }
        if tail.readableBytes > 0 {
            // Only the unfinished packet is put together by copying; all others are read where they are.
            move(missingCount(before: buffer), from: &buffer)
            offerTail(to: delegate)
            guard tail.readableBytes == 0 else {
                guard buffer.readableBytes > 0 else { return }
                move(buffer.readableBytes, from: &buffer)
                return offerTail(to: delegate)
            }
        }
        guard buffer.readableBytes > 0 else { return }
        let progress = buffer.withUnsafeReadableBytes { delegate.handler(self, didRead: $0) }
        buffer.moveReaderIndex(forwardBy: progress.used)
        isTailWaiting = progress.isFull && buffer.readableBytes > 0
        // Copied, so that the channel can use its read buffer again.
        if buffer.readableBytes > 0 { tail.writeBuffer(&buffer) }
    }

    private func offerTail(to delegate: any PacketHandlerDelegate) {
        let progress = tail.withUnsafeReadableBytes { delegate.handler(self, didRead: $0) }
        tail.moveReaderIndex(forwardBy: progress.used)
        isTailWaiting = progress.isFull && tail.readableBytes > 0
        guard tail.readableBytes == 0 else { return }
        if tail.capacity > 1 << 16 { tail = ByteBuffer() } else { tail.clear() }
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
        readCount = byteCount
        byteCount = 0
        guard let delegate else { return context.read() }
        goOn(delegate.handlerDidFinishRead(self, byteCount: readCount))
    }

    private func goOn(_ next: Next) {
        switch next {
        case .now: resume()
        case .onResume: break
        case .later(let milliseconds):
            rest = eventLoop?.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) { [self] in
                rest = nil
                resume()
            }
        }
    }

    /// An error of the socket, which ends the connection.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The first says why, what follows is its consequence.
        if self.error == nil { self.error = error }
        context.close(promise: nil)
    }

    /// The end of the connection, which is reported behind all that was read.
    func channelInactive(context: ChannelHandlerContext) {
        isClosed = true
        if !isTailWaiting { reportClose() }
        context.fireChannelInactive()
    }

    private func reportClose() {
        rest?.cancel()
        rest = nil
        delegate?.handlerDidClose(self, error: error)
        delegate = nil
    }
}
