internal import MQTT

extension Roster {
    /// Remembers what `event` says of the clients, and tells the event with what is known of them.
    mutating func learn(from event: LogLine.Event, at now: LogMoment) -> LogLine.Event {
        switch event {
        case .starting: brokerStarted(at: now)
        case .terminating: brokerStopped(at: now)
        case .accepted(let peer, let port): waiting.accepted(peer, listenerPort: port, at: now)
        case .connected(let arrival): connected(arrival, at: now)
        case .encrypted(let name, let version, let cipher):
            change(name) { $0.encryption = RosterClient.Encryption(version: version, cipher: cipher) }
        case .takenOver(let takeover): return .takenOver(takenOver(takeover, at: now))
        case .ended(let ending): return .ended(ended(ending, at: now))
        case .subscribed(let name, let qos, let filter):
            let isRoom = clients.isRoomForSubscriptions
            if !isUs(name), clients[name]?.state != .connected { hasSeenStrangers = true }
            change(name) { client in
                client.isThere()
                client.subscribe(filter, qos, isRoom: isRoom)
            }
        case .unsubscribed(let name, let filter):
            change(name) { client in
                client.isThere()
                client.unsubscribe(filter)
            }
        case .violation(.client(let name), _): change(name) { _ in }
        case .expired(let name): change(name) { $0.endSession() }
        case .dropping(let name, _):
            let isUs = isUs(name)
            if isUs { droppedForUs += 1 }
            change(name) { _ in }
            _ = book.note(.init(kind: .dropping, who: .client(name), moment: now, isUs: isUs))
            return .dropping(client: name, isUs: isUs)
        case .running, .turnedAway, .tlsOnPlainListener, .tlsError, .violation, .saving, .notSaved, .reloading,
            .listening, .remark, .unknown:
            break
        }
        return event
    }

    private mutating func change<Result>(_ name: String, _ body: (inout RosterClient) -> Result) -> Result {
        clients.change(name, line: lineCount) { [knowsAll] client in
            if client.state == .unknown, knowsAll { client.state = .away }
            return body(&client)
        }
    }

    // MARK: Clients come

    private mutating func connected(_ arrival: LogLine.Arrival, at now: LogMoment) {
        hasSeenConnections = true
        let listenerPort = waiting.named(arrival.peer)?.listenerPort
        let before = clients[arrival.client]
        change(arrival.client) { [lineCount] client in
            client.arrive(arrival, listenerPort: listenerPort, at: now, line: lineCount)
        }
        guard let before, before.isReturning, !before.isOurArrival else { return }
        // That is the broker's doing.
        guard before.state != .away || before.lastEnd?.reason != .brokerStopped else { return }
        let who = RosterAlarm.Who.client(arrival.client)
        guard before.state != .away || before.lastEnd?.reason != .takenOver else {
            return book.add(arrival.peer.address, to: .sharedIdentifier, of: who)
        }
        _ = book.note(
            .init(
                kind: .flapping, who: who, moment: now, isUs: before.isUs, addresses: [arrival.peer.address],
                reason: before.state == .away ? before.lastEnd?.reason : nil))
    }

    // MARK: Clients go

    private mutating func takenOver(_ takeover: LogLine.Takeover, at now: LogMoment) -> LogLine.Takeover {
        var takeover = takeover
        takeover.isUs = isUs(takeover.client)
        let before = clients[takeover.client]
        // A line that names another connection than the one it has now: the new one was named before.
        let isLate = before?.isElsewhere(takeover.old) ?? false
        change(takeover.client) { [lineCount] client in
            if !isLate { client.end(.takenOver, at: now, peer: takeover.old, line: lineCount) }
        }
        takeover.old = takeover.old ?? before?.peer
        takeover.count = book.note(
            .init(
                kind: .sharedIdentifier, who: .client(takeover.client), moment: now, isUs: takeover.isUs,
                addresses: [takeover.old?.address]))
        return takeover
    }

    private mutating func ended(_ ending: LogLine.Ending, at now: LogMoment) -> LogLine.Ending {
        var ending = ending
        if case .peer(let peer) = ending.subject { ending.peer = ending.peer ?? peer }
        let waited = ending.peer.flatMap { waiting.named($0) }
        guard case .client(let name) = ending.subject else {
            if ending.peer == nil {
                ending.peer = waiting.someoneEnded(at: now)
                ending.isPeerGuessed = ending.peer != nil
            }
            raise(ending, isRefused: true, at: now)
            return ending
        }
        let before = clients[name] ?? RosterClient(name)
        ending.wasConnected = before.state == .connected && !before.isElsewhere(ending.peer)
        ending.isFollowUp = before.isFollowUp(ending)
        guard !ending.isFollowUp else { return ending }
        let isRefused =
            ending.wasConnected
            ? before.isTurnedAway(by: ending.reason, at: now)
            : ending.reason.isRefusal || waited != nil
        change(name) { [lineCount, ending] client in
            client.take(ending, isRefused: isRefused, at: now, line: lineCount)
        }
        raise(ending, isRefused: isRefused, at: now)
        return ending
    }

    /// Counts an ending that is worth an alarm when it happens again and again.
    private mutating func raise(_ ending: LogLine.Ending, isRefused: Bool, at now: LogMoment) {
        guard let kind = Self.alarm(for: ending, isRefused: isRefused) else { return }
        var who = RosterAlarm.Who.unknown
        var isUs = false
        if case .client(let name) = ending.subject {
            who = .client(name)
            isUs = self.isUs(name)
        } else if let peer = ending.peer {
            who = .address(peer.address)
        }
        _ = book.note(
            .init(
                kind: kind, who: who, moment: now, isUs: isUs, addresses: [ending.peer?.address],
                isAddressGuessed: ending.isPeerGuessed, reason: ending.reason))
    }

    private static func alarm(for ending: LogLine.Ending, isRefused: Bool) -> RosterAlarm.Kind? {
        switch ending.reason {
        case .keepAlive: .keepAlive
        case .oversizePacket, .oversizePayload: .oversize
        case .socketError where ending.subject.name == "?": .lostLogins
        case .socket("Invalid input") where isRefused: .refusedLogins
        case let reason where isRefused && reason.isRefusal: .refusedLogins
        default: nil
        }
    }
}

extension RosterClient {
    /// Whether it connected as far as we know of ourselves, and its line of the log is yet to come.
    var isOurArrival: Bool { isUs && state == .connected && since?.time == .unknown && peer == nil }

    /// It connected.
    mutating func arrive(_ arrival: LogLine.Arrival, listenerPort: Int?, at now: LogMoment, line: UInt64) {
        if !isOurArrival {
            reconnects += isReturning ? 1 : 0
            if state == .connected { end(nil, at: now, peer: peer, line: line) }
        }
        state = .connected
        isInferred = false
        since = now
        sinceOrder = line
        peer = arrival.peer
        self.listenerPort = listenerPort
        userName = arrival.userName
        version = arrival.version
        cleanStart = arrival.cleanStart
        keepAlive = arrival.keepAlive
        isBridge = arrival.isBridge
        encryption = nil
        guard arrival.cleanStart else { return }
        endSession()
        isSessionSeenWhole = true
    }

    /// A line that only a connected client causes.
    mutating func isThere() {
        guard state != .connected else { return }
        state = .connected
        isInferred = true
        since = nil
        peer = nil
        listenerPort = nil
        encryption = nil
        isSessionSeenWhole = false
    }

    /// Its connection is gone.
    mutating func end(_ reason: EndReason?, at now: LogMoment, peer: Peer?, line: UInt64) {
        isInferred = state != .connected
        state = .away
        lastEnd = End(moment: now, reason: reason, peer: peer ?? self.peer)
        endOrder = line
        self.peer = peer ?? self.peer
        // A clean session ends with its connection; whether that of 5.0 does, its Session Expiry Interval would tell.
        if cleanStart == true, version != .v5_0 { endSession() }
    }

    /// A connection, or an attempt at one, ended.
    mutating func take(_ ending: LogLine.Ending, isRefused: Bool, at now: LogMoment, line: UInt64) {
        guard isRefused else {
            // A former connection, whose end is no news.
            guard !isElsewhere(ending.peer) else { return }
            let isTheSame = state == .away && lastEnd.map { now.milliseconds(since: $0.moment) <= 1_000 } ?? false
            if !isTheSame || ending.peer != nil { end(ending.reason, at: now, peer: ending.peer, line: line) }
            return
        }
        lastRefusal = End(moment: now, reason: ending.reason, peer: ending.peer ?? peer)
        if state == .connected, !isElsewhere(ending.peer) {
            end(ending.reason, at: now, peer: ending.peer, line: line)
        } else if since == nil, lastEnd == nil {
            peer = peer ?? ending.peer
        }
    }

    /// Whether `ending` says again that it ended: mosquitto 1.x writes two lines for some endings, the reason first.
    func isFollowUp(_ ending: LogLine.Ending) -> Bool {
        guard state == .away, ending.peer == nil else { return false }
        return switch (lastEnd?.reason, ending.reason) {
        case (.keepAlive, .socketError), (.takenOver, .socketError), (.takenOver, .clean), (.brokerStopped, _): true
        default: false
        }
    }

    /// Whether it was connected for no more than a moment and then refused, as 2.1 does for a keep-alive that is too long.
    func isTurnedAway(by reason: EndReason, at now: LogMoment) -> Bool {
        guard case .socket("Invalid input") = reason, let since else { return false }
        return now.milliseconds(since: since) <= 1_000
    }
}
