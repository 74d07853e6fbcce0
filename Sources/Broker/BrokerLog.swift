package import MQTT

/// What the broker said of itself: its latest log lines, one for each it published, and what they tell together.
package struct BrokerLog: Sendable {
    /// Most lines kept.
    package let capacity: Int
    /// Lines that had to go for newer ones.
    package private(set) var dropped: UInt64 = 0
    /// The clients that the lines are about, and what goes wrong with them.
    package private(set) var roster = Roster()
    /// When the latest line came.
    package private(set) var lastArrival: Instant?

    /// Milliseconds after which a log that says nothing is worth a word.
    package static let patience: Int64 = 10_000

    private var lines: [LogLine] = []
    private var head = 0
    private var stamps = StampStyle()
    /// The latest takeover, whose new owner has not been named yet, by the number of its line.
    private var openTakeover: (client: String, line: UInt64)?

    /// An empty log of at most `capacity` lines.
    package init(capacity: Int = 10_000) { self.capacity = max(1, capacity) }

    /// Lines kept.
    package var count: Int { lines.count }
    /// A kept line, 0 the oldest.
    package subscript(index: Int) -> LogLine { lines[(head + index) % lines.count] }

    /// Since when every line that the broker publishes is seen; `nil` before the first connection.
    package var knownSince: Instant? { roster.knownSince?.arrival }
    /// How often the broker said that it drops messages for us.
    package var droppedForUs: Int { roster.droppedForUs }

    /// CONNACK came for us under this Client Identifier; from now on the log is seen. With `isLogGapless` it was seen
    /// before, too, in another way.
    package mutating func connected(as clientIdentifier: String, at now: Instant, isLogGapless: Bool = false) {
        roster.connected(as: clientIdentifier, at: now, isLogGapless: isLogGapless)
        openTakeover = nil
    }

    /// Time went on: alarms of the roster that were quiet for long enough are over.
    package mutating func advance(to now: Instant) { roster.advance(to: now) }

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
        line.kind = roster.take(line)
        complete(line.kind)
        lastArrival = arrival
        append(line)
        return line
    }

    /// The line that `bytes` are, on its own. A line that is cut, by us or by the broker, has lost its end, by which it
    /// would be taken apart.
    private mutating func read(_ bytes: Piece, severity: Severity, arrival: Instant, cutCount: Int) -> LogLine {
        let grammar = LogGrammar(clients: roster.clients)
        let (time, text) = stamps.split(bytes, severity: severity, grammar: grammar)
        let isWhole = bytes.bytes.count < LogLine.longest
        let event = isWhole ? grammar.event(text, severity: severity) : .unknown
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

    /// A takeover is told in two lines: the second names the new owner, which is written into the first.
    private mutating func complete(_ event: LogLine.Event) {
        if case .takenOver(let takeover) = event { openTakeover = (takeover.client, dropped + UInt64(lines.count)) }
        guard case .connected(let arrival) = event, let (client, line) = openTakeover,
            client.utf8.elementsEqual(arrival.client.utf8)
        else { return }
        openTakeover = nil
        guard line >= dropped else { return }
        let index = (head + Int(line - dropped)) % lines.count
        guard case .takenOver(var takeover) = lines[index].kind else { return }
        takeover.new = arrival.peer
        lines[index].kind = .takenOver(takeover)
    }
}
