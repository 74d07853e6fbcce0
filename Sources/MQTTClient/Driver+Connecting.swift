import CLinux
import MQTT
import NIOCore

/// Connections: making them, losing them, waiting for the next.
extension Driver {
    /// Connects anew, with all patience.
    func begin() {
        session.restart()
        retry = RetryPolicy(longestWait: Int64(configuration.longestPause))
        negotiation.begin()
        dial()
    }

    private func dial() {
        post([.status(.connecting(attempt: retry.attempt))])
        redial()
    }

    private func redial() {
        let opening = Opening(configuration, on: eventLoop, readSize: Self.readSize)
        state = .dialing(opening)
        opening.start { [self] result in
            switch result {
            case .success(let opened): open(opened)
            case .failure(let cause): fail(cause)
            }
        }
    }

    private func open(_ opened: Opening.Channel) {
        let channel = opened.channel
        let handler = PacketHandler(delegate: self)
        do {
            try channel.pipeline.syncOperations.addHandler(handler)
        } catch {
            channel.close(promise: nil)
            return fail(.closedBeforeAnswer(wasReset: true))
        }
        state = .connected(channel, handler)
        address = channel.remoteAddress?.text ?? configuration.endpoint.address
        tls = opened.tls
        unwritten = 0
        unwrittenAnswers = 0
        isFrozen = false
        isReadDue = false
        isHolding = false
        // Of a full buffer TLS leaves less, small records a third: what may have been full counts as full.
        pacing = ReadPacing(
            capacity: opened.isLayered ? Self.readSize / 4 : Self.readSize, configuration.pacing)
        session.open(version: negotiation.version, at: clock())
        flush()
        if case .connected = state { handler.resume() }
    }

    /// The connection is over, for the reason the session or the operating system gives.
    func closed(error: (any Error)?) {
        state = .idle
        setAlarm(nil)
        isFrozen = false
        endRest()
        let doubtfulQoS = session.doubtfulQoS
        let ending = session.closed(by: error.map { SocketFailure($0) }, at: clock())
            .explained(by: error as? ConnectionFailure.Cause)
        blame(doubtfulQoS, for: ending)
        flush()
        switch ending {
        case .closed: break
        case .misconfigured(let violation): giveUp(.misconfigured(violation.detail))
        case .failed(let cause), .olderServer(let cause):
            if negotiation.fallBack(after: ending) { return redial() }
            if case .olderServer = ending { negotiation.reset() }
            fail(cause)
        }
    }

    /// A server that does not take a QoS may close at each PUBLISH of it: what was under way each time is given up after
    /// a few connections, as it would end every one that follows.
    private func blame(_ qos: QoS?, for ending: Session.Ending) {
        guard case .failed(.lost) = ending else { return }
        unansweredQoS = qos
        lossesToPublishing = qos == nil ? 0 : lossesToPublishing + 1
        guard let qos, lossesToPublishing >= Self.lossLimit else { return }
        lossesToPublishing = 0
        session.abandon(qos)
    }

    private func fail(_ cause: ConnectionFailure.Cause) {
        let now = clock()
        guard configuration.reconnects, let wait = retry.wait(after: cause, at: now, random: clinux_random()) else {
            return giveUp(cause)
        }
        let time = now.advanced(milliseconds: wait)
        post([.status(.waiting(failure(cause), retryAt: time))])
        let task = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(wait)) { [self] in retryWhenTaken() }
        state = .waiting(task)
    }

    /// Tries again, as soon as there is room in the inbox: each connection may bring a read before it rests.
    private func retryWhenTaken() {
        guard case .waiting = state else { return }
        let bound = NIOLoopBound(Weakly(self), eventLoop: eventLoop)
        let isFull = outlet.rest { [eventLoop] in
            eventLoop.execute { bound.value.object?.retryWhenTaken() }
        }
        guard !isFull else { return }
        negotiation.begin()
        dial()
    }

    private func giveUp(_ cause: ConnectionFailure.Cause) {
        state = .over
        session.finish()
        flush()
        post([.status(.failed(failure(cause)))])
    }

    private func failure(_ cause: ConnectionFailure.Cause) -> ConnectionFailure {
        let isLost = if case .lost = cause { true } else { false }
        let isSaid =
            switch cause {
            case .refused, .disconnected: true
            default: false
            }
        return ConnectionFailure(
            endpoint: configuration.endpoint, proxy: configuration.proxy?.description,
            localAddress: configuration.localAddress, userName: configuration.userName, version: negotiation.version,
            unansweredQoS: isLost ? unansweredQoS : nil, userProperties: isSaid ? session.lastWords : [], cause: cause)
    }

    /// Lets go of whatever is under way, without a word upwards but what the session has to say of its requests.
    func leave() {
        switch state {
        case .idle, .over: break
        case .dialing(let opening): opening.cancel()
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
        endRest()
        _ = session.closed(by: nil, at: clock())
        flush()
    }

    /// Stopped: says so, upwards and to who waits for it.
    func finish() {
        state = .over
        session.finish()
        flush()
        post([.status(.closed)])
        let waiting = stopped
        stopped = []
        for done in waiting { done() }
    }
}
