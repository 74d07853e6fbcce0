import Glibc
import MQTT
import NIOCore

/// What the channel brings, and when it may bring more.
extension Driver: PacketHandlerDelegate {
    /// Bytes for the session.
    func handler(_ handler: PacketHandler, didRead bytes: UnsafeRawBufferPointer) -> PacketHandler.Progress {
        guard case .connected = state, !isFrozen else { return PacketHandler.Progress(used: bytes.count) }
        let used = session.receive(bytes, at: clock())
        isHolding = session.holds(bytes, at: used)
        let isFull = session.batch.isFull || isHolding
        // For a single message all the rest of this turn would be half its way.
        offeredCount += session.offerMessages { outlet.offer($0) }
        return PacketHandler.Progress(used: used, isFull: isFull)
    }

    /// One read is over: everything of it that was not taken yet goes up in one post.
    func handlerDidFinishRead(_ handler: PacketHandler, byteCount: Int) -> PacketHandler.Next {
        let packetCount = max(offeredCount + session.batch.count, 1)
        offeredCount = 0
        guard case .connected = state else { return .now }
        guard !isFrozen else { return .onResume }
        if byteCount == 0 { session.heard(at: clock()) }
        flush()
        guard case .connected(let channel, _) = state else { return .now }
        acknowledge(on: channel)
        let isResting = restsBehind(handler)
        guard unwrittenAnswers < Self.answerLimit else {
            isReadDue = true
            return .onResume
        }
        if isHolding { session.rest(true, at: clock()) }
        if isResting || isHolding { return .onResume }
        let rest = pacing.rest(
            afterReading: byteCount, packetCount: packetCount, at: clock(), lastSubscribed: session.lastSubscribed)
        return rest > 0 ? .later(milliseconds: rest) : .now
    }

    /// The channel is gone.
    func handlerDidClose(_ handler: PacketHandler, error: (any Error)?) {
        switch state {
        case .connected: closed(error: error)
        case .stopping(_, _, let limit):
            limit.cancel()
            state = .idle
            endRest()
            _ = session.closed(by: nil, at: clock())
            parted()
        case .idle, .dialing, .waiting, .over: break
        }
    }

    /// Has the acknowledgement of TCP sent now, behind what a message came for. Left alone, Linux sends it within `read`, which
    /// is a tenth of a message's way, or where we write as well 40 ms later, and a server holds its next small packet back
    /// until then. 1 says now, and 0 not within the next read.
    private func acknowledge(on channel: any Channel) {
        if case .unix = configuration.endpoint.transport { return }
        let option = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: TCP_QUICKACK))
        for value in [1, 0] { try? channel.syncOptions?.setOption(option, value: value) }
    }

    /// When the outlet is full: reading rests until the consumer has taken what is in it, and it is told so.
    private func restsBehind(_ handler: PacketHandler) -> Bool {
        guard !isBehind else { return true }
        isBehind = outlet.rest(until: readsOn)
        guard isBehind else { return false }
        session.rest(true, at: clock())
        post([.behind(true)])
        return true
    }

    /// What the outlet calls when there is room in it again.
    func makeReadsOn() -> @Sendable () -> Void {
        let loop = eventLoop
        let bound = NIOLoopBound(Weakly(self), eventLoop: loop)
        return { loop.execute { bound.value.object?.readOn() } }
    }

    private func readOn() {
        guard isBehind, case .connected(_, let handler) = state else { return }
        endRest()
        if !isFrozen, !isReadDue, !isHolding { handler.resume() }
    }

    /// So many messages more may come.
    func allow(messages count: Int) {
        session.allowance? += count
        guard isHolding, session.allowance ?? 1 > 0 else { return }
        isHolding = false
        guard case .connected(_, let handler) = state else { return }
        session.rest(isBehind, at: clock())
        if !isFrozen, !isReadDue, !isBehind { handler.resume() }
    }

    /// Takes back that it is behind.
    func endRest() {
        guard isBehind else { return }
        isBehind = false
        session.rest(isHolding, at: clock())
        post([.behind(false)])
    }
}

/// Somebody who may be gone by the time a closure is called that an outlet keeps: the outlet is kept by the driver.
struct Weakly<Object: AnyObject> {
    /// Who, while there is such.
    private(set) weak var object: Object?

    /// About `object`.
    init(_ object: Object) { self.object = object }
}
