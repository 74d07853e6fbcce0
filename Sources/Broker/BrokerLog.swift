package import MQTT

/// What the broker said of itself: its latest log lines, one for each it published, and what they tell together.
package struct BrokerLog: Sendable {
    /// Most lines kept.
    package let capacity: Int
    /// Lines that had to go for newer ones.
    package private(set) var dropped: UInt64 = 0
    /// Since when every line that the broker publishes is seen; `nil` before the first connection.
    package private(set) var knownSince: Instant?
    /// How often the broker said that it drops messages for us.
    package private(set) var droppedForUs = 0
    /// When the latest line came.
    package private(set) var lastArrival: Instant?

    /// Milliseconds after which a log that says nothing is worth a word.
    package static let patience: Int64 = 10_000
    /// Milliseconds within which takeovers of one identifier belong together.
    private static let flapping: Int64 = 60_000

    private var lines: [LogLine] = []
    private var head = 0
    private var clients = KnownClients()
    private var stamps = StampStyle()
    private var waiting = WaitingConnections()
    private var ourIdentifier: String?
    /// The latest takeover, whose new owner has not been named yet, by the number of its line.
    private var openTakeover: (client: String, line: UInt64)?

    /// An empty log of at most `capacity` lines.
    package init(capacity: Int = 10_000) { self.capacity = max(1, capacity) }

    /// Lines kept.
    package var count: Int { lines.count }
    /// A kept line, 0 the oldest.
    package subscript(index: Int) -> LogLine { lines[(head + index) % lines.count] }

    /// CONNACK came for us under this Client Identifier; from now on the log is seen.
    package mutating func connected(as clientIdentifier: String, at now: Instant) {
        knownSince = now
        ourIdentifier = clientIdentifier
        clients.startOver()
        clients[clientIdentifier] = clients[clientIdentifier]
        waiting = WaitingConnections()
        openTakeover = nil
    }

    /// Whether the broker has been connected for ten seconds and its log has said nothing.
    package func isSilent(at now: Instant) -> Bool {
        guard let knownSince, now.since(knownSince) >= Self.patience * 1_000_000 else { return false }
        return lastArrival.map { $0 < knownSince } ?? true
    }

    /// Takes a message of the broker's log and tells the line made of it; `nil` when the topic is none of the log's.
    package mutating func ingest(
        topic: some Collection<UInt8>, payload: some Collection<UInt8>, arrival: Instant
    ) -> LogLine? {
        guard let severity = Severity(topic: topic) else { return nil }
        let kept = Array(payload.prefix(LogLine.capacity))
        let cutCount = payload.count - kept.count
        var line = read(Piece(kept[...]), severity: severity, arrival: arrival, cutCount: cutCount)
        line.kind = learn(from: line.kind, at: arrival)
        lastArrival = arrival
        append(line)
        return line
    }

    /// The line that `bytes` are, on its own. A line that is cut has lost its end, by which it would be taken apart.
    private mutating func read(_ bytes: Piece, severity: Severity, arrival: Instant, cutCount: Int) -> LogLine {
        let grammar = LogGrammar(clients: clients)
        let (time, text) = stamps.split(bytes, severity: severity, grammar: grammar)
        let event = cutCount > 0 ? .unknown : grammar.event(text, severity: severity)
        return LogLine(
            arrival: arrival, time: time, severity: severity, kind: event, raw: Array(text.bytes), cutCount: cutCount)
    }

    private mutating func append(_ line: LogLine) {
        guard lines.count == capacity else {
            lines.append(line)
            return
        }
        lines[head] = line
        head = (head + 1) % capacity
        dropped += 1
    }

    // MARK: What lines tell together

    /// Remembers what `event` says of the clients, and tells the event with what is known of them.
    private mutating func learn(from event: LogLine.Event, at now: Instant) -> LogLine.Event {
        switch event {
        case .starting:
            clients.startOver()
            waiting = WaitingConnections()
        case .accepted(let peer, _): waiting.accepted(peer, at: now)
        case .connected(let arrival): connected(arrival)
        case .takenOver(let takeover): return .takenOver(tookOver(takeover, at: now))
        case .ended(let ending): return .ended(ended(ending, at: now))
        case .subscribed(let client, _, _), .unsubscribed(let client, _):
            var entry = clients[client]
            entry.isConnected = true
            entry.endedBy = nil
            clients[client] = entry
        case .dropping(let client, _):
            let isUs = client == ourIdentifier
            if isUs { droppedForUs += 1 }
            return .dropping(client: client, isUs: isUs)
        default: break
        }
        return event
    }

    private mutating func connected(_ arrival: LogLine.Arrival) {
        waiting.named(arrival.peer)
        var entry = clients[arrival.client]
        entry.peer = arrival.peer
        entry.isConnected = true
        entry.endedBy = nil
        clients[arrival.client] = entry
        guard let (client, line) = openTakeover, client == arrival.client else { return }
        openTakeover = nil
        guard line >= dropped else { return }
        let index = (head + Int(line - dropped)) % lines.count
        guard case .takenOver(var takeover) = lines[index].kind else { return }
        takeover.new = arrival.peer
        lines[index].kind = .takenOver(takeover)
    }

    private mutating func tookOver(_ takeover: LogLine.Takeover, at now: Instant) -> LogLine.Takeover {
        var takeover = takeover
        var entry = clients[takeover.client]
        let isAgain = entry.takenOverAt.map { now.since($0) < Self.flapping * 1_000_000 } ?? false
        entry.takeovers = isAgain ? entry.takeovers + 1 : 1
        entry.takenOverAt = now
        entry.isConnected = false
        entry.endedBy = .takenOver
        clients[takeover.client] = entry
        takeover.old = takeover.old ?? entry.peer
        takeover.count = entry.takeovers
        takeover.isUs = takeover.client == ourIdentifier
        openTakeover = (takeover.client, dropped + UInt64(lines.count))
        return takeover
    }

    private mutating func ended(_ ending: LogLine.Ending, at now: Instant) -> LogLine.Ending {
        var ending = ending
        guard case .client(let client) = ending.subject else {
            if case .peer(let peer) = ending.subject { ending.peer = ending.peer ?? peer }
            if let peer = ending.peer {
                waiting.named(peer)
            } else {
                ending.peer = waiting.someoneEnded(at: now)
                ending.isPeerGuessed = ending.peer != nil
            }
            return ending
        }
        if let peer = ending.peer { waiting.named(peer) }
        var entry = clients[client]
        ending.wasConnected = entry.isConnected
        ending.isFollowUp = Self.isFollowUp(ending, to: entry.endedBy)
        entry.isConnected = false
        entry.endedBy = entry.endedBy ?? ending.reason
        clients[client] = entry
        return ending
    }

    /// mosquitto 1.x writes two lines for some endings, the reason first: a second one says nothing new.
    private static func isFollowUp(_ ending: LogLine.Ending, to earlier: EndReason?) -> Bool {
        switch (earlier, ending.reason) {
        case (.keepAlive, .socketError), (.takenOver, .socketError), (.takenOver, .clean): ending.peer == nil
        default: false
        }
    }
}
