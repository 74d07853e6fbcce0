import CLinux
import Glibc
import MQTT
import MQTTCodec
import NIOCore

/// Keeps one connection up: dials, hands bytes to the `Session` and back, waits and tries again. It decides nothing that
/// `Session`, `Negotiation`, `RetryPolicy` or `ReadPacing` could decide as values. Confined to its event loop.
final class Driver {
    /// Bytes of the read buffer.
    static let readSize = 256 << 10
    /// From so many unwritten bytes on, publishes wait.
    static let publishLimit = 256 << 10
    /// From so many unwritten bytes on, reading rests: a server that keeps to the protocol never gets us there.
    static let writeLimit = 4 << 20

    /// What it is doing.
    enum State {
        case idle
        case dialing(Dialer)
        case connected(any Channel, PacketHandler)
        case waiting(Scheduled<Void>)
        case stopping(any Channel, PacketHandler, Scheduled<Void>)
        case over
    }

    let configuration: ClientConfiguration
    let inbox: Inbox
    let eventLoop: any EventLoop
    let clock: @Sendable () -> Instant
    var session: Session
    var state = State.idle
    var negotiation: Negotiation
    var retry = RetryPolicy()
    var address = ""
    var alarm: (time: Instant, task: Scheduled<Void>)?
    var isFlushScheduled = false
    var unwritten = 0
    var isFrozen = false
    var isBehind = false
    var isReadDue = false
    var pacing = ReadPacing(capacity: Driver.readSize)
    var packetsInRead = 0
    var stopped: [@Sendable () -> Void] = []

    /// A driver that is idle until `start`.
    init(
        _ configuration: ClientConfiguration, inbox: Inbox, eventLoop: any EventLoop,
        clock: @escaping @Sendable () -> Instant
    ) {
        self.configuration = configuration
        self.inbox = inbox
        self.eventLoop = eventLoop
        self.clock = clock
        session = Session(configuration)
        negotiation = Negotiation(demanded: configuration.version)
    }

    // MARK: requests

    /// Begins to connect, unless it is connecting or connected already.
    func start() {
        switch state {
        case .idle, .over: begin()
        case .dialing, .connected, .waiting, .stopping: break
        }
    }

    /// Connects now, whatever was before.
    func reconnect() {
        if case .stopping = state { return }
        if case .connected = state {
            unfreeze()
            session.disconnect(at: clock())
            flush()
        }
        leave()
        begin()
    }

    /// Publishes a message.
    func publish(_ message: Message, id: RequestID) {
        session.publish(message, id: id, at: clock())
        scheduleFlush()
    }

    /// Subscribes.
    func subscribe(_ subscriptions: [Subscription]) {
        session.subscribe(subscriptions, at: clock())
        scheduleFlush()
    }

    /// Unsubscribes.
    func unsubscribe(_ filters: [TopicFilter]) {
        session.unsubscribe(filters, at: clock())
        scheduleFlush()
    }

    /// DISCONNECT, and until the server has closed, at most `milliseconds`; then `done`.
    func stop(milliseconds: Int, done: @escaping @Sendable () -> Void) {
        stopped.append(done)
        switch state {
        case .idle, .dialing, .waiting, .over:
            leave()
            finish()
        case .connected(let channel, let handler):
            unfreeze()
            session.disconnect(at: clock())
            let limit = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(milliseconds))) { [self] in
                leave()
                finish()
            }
            state = .stopping(channel, handler, limit)
            flush()
            // The server closes after DISCONNECT; until then what it still sends is read away, as closing with unread
            // bytes would be a reset, and that can overtake our DISCONNECT.
            channel.close(mode: .output, promise: nil)
            handler.resume()
        case .stopping: break
        }
    }

    /// For tests and demonstrations: stops reading, writing and pinging, and leaves the connection open.
    func freeze() {
        guard case .connected = state else { return }
        isFrozen = true
        setAlarm(nil)
        session.blockWriting(true, at: clock())
    }

    /// For tests and demonstrations: closes the connection without DISCONNECT.
    func drop() {
        guard case .connected(let channel, _) = state else { return }
        channel.close(promise: nil)
    }

    private func unfreeze() {
        guard isFrozen else { return }
        isFrozen = false
        session.blockWriting(false, at: clock())
    }

    // MARK: connecting

    private func begin() {
        session.restart()
        retry = RetryPolicy()
        negotiation.begin()
        dial()
    }

    private func dial() {
        post([.status(.connecting(attempt: retry.attempt))])
        redial()
    }

    private func redial() {
        let dialer = Dialer(
            configuration.endpoint, on: eventLoop, milliseconds: configuration.connectTimeout,
            readSize: Self.readSize)
        state = .dialing(dialer)
        dialer.start { [self] result in
            switch result {
            case .success(let channel): open(channel)
            case .failure(let cause): fail(cause)
            }
        }
    }

    private func open(_ channel: any Channel) {
        let handler = PacketHandler(delegate: self)
        do {
            try channel.pipeline.syncOperations.addHandler(handler)
        } catch {
            channel.close(promise: nil)
            return fail(.closedBeforeAnswer(wasReset: true))
        }
        state = .connected(channel, handler)
        address = channel.remoteAddress?.text ?? configuration.endpoint.description
        unwritten = 0
        isFrozen = false
        isReadDue = false
        pacing = ReadPacing(capacity: Self.readSize)
        session.open(version: negotiation.version, at: clock())
        flush()
        if case .connected = state { handler.resume() }
    }

    /// The connection ended: fall back, try again or give up.
    private func lost(_ ending: Session.Ending) {
        switch ending {
        case .closed: break
        case .misconfigured(let violation): giveUp(.protocolViolation(violation))
        case .failed(let cause), .olderServer(let cause):
            if negotiation.fallBack(after: ending) { return redial() }
            if case .olderServer = ending { negotiation.reset() }
            fail(cause)
        }
    }

    private func fail(_ cause: ConnectionFailure.Cause) {
        let now = clock()
        let random = csystem_random()
        guard configuration.reconnects, let wait = retry.wait(after: cause, at: now, random: random) else {
            return giveUp(cause)
        }
        let time = now.advanced(milliseconds: wait)
        post([.status(.waiting(failure(cause), retryAt: time))])
        let task = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(wait)) { [self] in
            negotiation.begin()
            dial()
        }
        state = .waiting(task)
    }

    private func giveUp(_ cause: ConnectionFailure.Cause) {
        state = .over
        session.finish()
        flush()
        post([.status(.failed(failure(cause)))])
    }

    private func failure(_ cause: ConnectionFailure.Cause) -> ConnectionFailure {
        ConnectionFailure(
            endpoint: configuration.endpoint, userName: configuration.userName, version: negotiation.version,
            cause: cause)
    }

    /// Lets go of whatever is under way, without a word upwards but what the session has to say of its requests.
    private func leave() {
        switch state {
        case .idle, .over: break
        case .dialing(let dialer): dialer.cancel()
        case .waiting(let task): task.cancel()
        case .connected(let channel, let handler):
            handler.detach()
            channel.close(promise: nil)
        case .stopping(let channel, let handler, let limit):
            limit.cancel()
            handler.detach()
            channel.close(promise: nil)
        }
        state = .idle
        setAlarm(nil)
        isFrozen = false
        goOnAfterRest()
        _ = session.closed(by: nil, at: clock())
        flush()
    }

    private func finish() {
        state = .over
        session.finish()
        flush()
        post([.status(.closed)])
        let waiting = stopped
        stopped = []
        for done in waiting { done() }
    }

    /// Takes back that it is behind.
    private func goOnAfterRest() {
        guard isBehind else { return }
        isBehind = false
        session.rest(false, at: clock())
        post([.behind(false)])
    }

    // MARK: output

    private func post(_ deliveries: [Delivery]) { inbox.post(deliveries) }

    /// Flushes once for all requests that are already on their way to this event loop.
    private func scheduleFlush() {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        eventLoop.assumeIsolated().execute { [self] in
            isFlushScheduled = false
            flush()
        }
    }

    /// Hands up and writes what the session has, and sets the alarm.
    private func flush() {
        let output = session.takeOutput()
        var deliveries: [Delivery] = []
        deliveries.reserveCapacity(output.events.count + 3)
        if let connack = output.accepted { deliveries.append(.status(.connected(accept(connack)))) }
        deliveries += output.events
        if let messages = output.messages { deliveries.append(.messages(messages)) }
        if !output.trace.isEmpty { deliveries.append(.trace(output.trace)) }
        post(deliveries)
        if !output.bytes.isEmpty { write(output.bytes, written: output.written) }
        guard output.ending != nil, case .connected(let channel, let handler) = state else {
            return setAlarm(session.deadline)
        }
        handler.detach()
        channel.close(promise: nil)
        closed(error: nil)
    }

    private func write(_ bytes: [UInt8], written: [RequestID]) {
        let channel: any Channel
        switch state {
        case .connected(let open, _), .stopping(let open, _, _): channel = open
        case .idle, .dialing, .waiting, .over: return
        }
        unwritten += bytes.count
        let isBlocked = unwritten >= Self.publishLimit
        if isBlocked, !session.isWritingBlocked { session.blockWriting(true, at: clock()) }
        let promise = eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [self] result in
            didWrite(bytes.count, written, to: channel, result)
        }
        channel.writeAndFlush(channel.allocator.buffer(bytes: bytes), promise: promise)
        // After a write Linux holds acknowledgements back for 40 ms, and the server its next small packet until one comes:
        // answers and arrival times would be that much too late.
        try? channel.syncOptions?.setOption(.tcpOption(.init(rawValue: TCP_QUICKACK)), value: 1)
    }

    private func didWrite(
        _ count: Int, _ written: [RequestID], to channel: any Channel, _ result: Result<Void, any Error>
    ) {
        let isGone = if case .failure = result { true } else { false }
        post(written.map { .outcome($0, isGone ? .unsendable(.connectionLost) : .written) })
        guard case .connected(let current, let handler) = state, current === channel else { return }
        unwritten -= count
        if session.isWritingBlocked, !isFrozen, unwritten < Self.publishLimit {
            session.blockWriting(false, at: clock())
            scheduleFlush()
        }
        if isReadDue, unwritten < Self.writeLimit {
            isReadDue = false
            handler.resume()
        }
    }

    private func accept(_ connack: ConnAck) -> ConnectionInfo {
        let now = clock()
        retry.connected(at: now)
        return ConnectionInfo(
            endpoint: configuration.endpoint, address: address, version: negotiation.version,
            refusedVersion: negotiation.refused, clientIdentifier: session.clientIdentifier,
            userName: configuration.userName, isSessionPresent: connack.isSessionPresent,
            keepAlive: UInt16(clamping: session.keepAlive.seconds), since: now, properties: connack.properties)
    }

    /// Wakes the session at `time`. An alarm that rings too early sets itself again.
    private func setAlarm(_ time: Instant?) {
        guard let time, !isFrozen else {
            alarm?.task.cancel()
            alarm = nil
            return
        }
        if let alarm, alarm.time <= time { return }
        alarm?.task.cancel()
        let wait = max(0, time.since(clock()))
        let task = eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(wait)) { [self] in
            alarm = nil
            session.wake(at: clock())
            flush()
        }
        alarm = (time, task)
    }

    /// The connection is over, for the reason the session or the operating system gives.
    private func closed(error: (any Error)?) {
        state = .idle
        setAlarm(nil)
        isFrozen = false
        goOnAfterRest()
        let ending = session.closed(by: error.map { SocketFailure($0) }, at: clock())
        flush()
        lost(ending)
    }
}

extension Driver: PacketHandlerDelegate {
    func handler(_ handler: PacketHandler, didRead bytes: UnsafeRawBufferPointer) -> Int {
        guard case .connected = state, !isFrozen else { return bytes.count }
        return session.receive(bytes, at: clock())
    }

    func handlerDidFinishRead(_ handler: PacketHandler, byteCount: Int) -> PacketHandler.Next {
        guard case .connected = state else { return .now }
        guard !isFrozen else { return .onResume }
        let packetCount = max(session.batch.count, 1)
        flush()
        guard case .connected = state else { return .now }
        guard unwritten < Self.writeLimit else {
            isReadDue = true
            return .onResume
        }
        if restIfBehind(handler) { return .onResume }
        let rest = pacing.rest(
            afterReading: byteCount, packetCount: packetCount, at: clock(), lastSubscribed: session.lastSubscribed)
        return rest > 0 ? .later(milliseconds: rest) : .now
    }

    func handlerDidClose(_ handler: PacketHandler, error: (any Error)?) {
        switch state {
        case .connected: closed(error: error)
        case .stopping(_, _, let limit):
            limit.cancel()
            state = .idle
            _ = session.closed(by: nil, at: clock())
            finish()
        case .idle, .dialing, .waiting, .over: break
        }
    }

    /// When the inbox is full, reading rests until the consumer has taken it.
    private func restIfBehind(_ handler: PacketHandler) -> Bool {
        guard !isBehind else { return true }
        let loop = eventLoop
        let bound = NIOLoopBound((self, handler), eventLoop: loop)
        isBehind = inbox.rest {
            loop.execute { bound.value.0.readOn(bound.value.1) }
        }
        guard isBehind else { return false }
        session.rest(true, at: clock())
        post([.behind(true)])
        return true
    }

    private func readOn(_ handler: PacketHandler) {
        guard case .connected(_, let current) = state, current === handler else { return }
        goOnAfterRest()
        if !isFrozen { handler.resume() }
    }
}
