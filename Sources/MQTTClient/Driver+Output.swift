import MQTT
import MQTTCodec
import NIOCore

/// What the session has to say: upwards, and to the server.
extension Driver {
    /// Tells the consumer.
    func post(_ deliveries: [Delivery]) { outlet.post(deliveries) }

    /// Flushes once for all requests that are already on their way to this event loop.
    func scheduleFlush() {
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        eventLoop.assumeIsolated().execute { [self] in
            isFlushScheduled = false
            flush()
        }
    }

    /// Hands up and writes what the session has, and sets the alarm; ends the connection when the session says so.
    func flush() {
        let output = session.takeOutput()
        var deliveries: [Delivery] = []
        deliveries.reserveCapacity(output.events.count + 3)
        if let connack = output.accepted { deliveries.append(.status(.connected(accept(connack)))) }
        deliveries += output.events
        if let messages = output.messages { deliveries.append(.messages(messages)) }
        if !output.trace.isEmpty { deliveries.append(.trace(output.trace)) }
        // Handed up before acknowledgements go out: what is acknowledged has been taken over.
        post(deliveries)
        if !output.bytes.isEmpty { write(output) }
        guard output.ending != nil, case .connected(_, let handler) = state else {
            return setAlarm(session.deadline)
        }
        handler.part(milliseconds: Self.farewell)
        closed(error: nil)
    }

    private func accept(_ connack: ConnAck) -> ConnectionInfo {
        let now = clock()
        retry.connected(at: now)
        return ConnectionInfo(
            endpoint: configuration.endpoint, address: address, proxy: configuration.proxy?.description, tls: tls,
            version: negotiation.version, refusedVersion: negotiation.refused,
            clientIdentifier: session.clientIdentifier,
            userName: configuration.userName, isSessionPresent: connack.isSessionPresent,
            keepAlive: UInt16(clamping: session.keepAlive.seconds), since: now, properties: connack.properties)
    }

    private func write(_ output: Session.Output) {
        let channel: any Channel
        switch state {
        case .connected(let open, _), .stopping(let open, _, _): channel = open
        case .idle, .dialing, .waiting, .over: return
        }
        guard !isFrozen else { return }  // for good: only the end of the connection ends that
        let count = (all: output.bytes.count, answers: output.bytes.count - output.publishByteCount)
        unwritten += count.all
        unwrittenAnswers += count.answers
        if unwritten >= Self.publishLimit { session.blockWriting(true, at: clock()) }
        let promise = eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [self] result in
            didWrite(count, output.written, output.writtenParts, to: channel, result)
        }
        channel.writeAndFlush(channel.allocator.buffer(bytes: output.bytes), promise: promise)
    }

    private func didWrite(
        _ count: (all: Int, answers: Int), _ written: [RequestID], _ parts: [GroupPart], to channel: any Channel,
        _ result: Result<Void, any Error>
    ) {
        let isGone = if case .failure = result { true } else { false }
        let outcome: Outcome = isGone ? .unsendable(.connectionLost) : .written
        post(written.map { .outcome($0, outcome) })
        if !parts.isEmpty {
            for part in parts { session.settle(part, outcome) }
            scheduleFlush()
        }
        guard case .connected(let current, let handler) = state, current === channel else { return }
        unwritten -= count.all
        unwrittenAnswers -= count.answers
        if session.isWritingBlocked, !isFrozen, unwritten < Self.publishLimit {
            session.blockWriting(false, at: clock())
            scheduleFlush()
        }
        if isReadDue, unwrittenAnswers < Self.answerLimit {
            isReadDue = false
            if !isBehind, !isHolding { handler.resume() }
        }
    }

    /// Wakes the session at `time`. An alarm that rings too early sets itself again.
    func setAlarm(_ time: Instant?) {
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
}
