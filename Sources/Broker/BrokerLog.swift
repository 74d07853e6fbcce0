package import MQTT

/// What the broker said of itself: its latest log lines, each once however it came, and what they tell together.
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
    /// Lines that were left out: those for who debugs the broker, and other programs'.
    package private(set) var leftOutCount = 0
    private var copies = LineCopies()
    /// The newest time of the broker's that a line told since the broker started.
    private var newestSeconds = Int64.min
    /// The number of the latest line that came after newer ones: what newer ones told must be told again.
    private var lateNumber: UInt64 = 0
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

    // MARK: Lines come

    /// Takes a message of the broker's log and tells the line made of it; `nil` when the topic is none of the log's, or
    /// the line is known already from its file.
    package mutating func ingest(
        topic: some Collection<UInt8>, payload: some Collection<UInt8>, arrival: Instant
    ) -> LogLine? {
        guard let severity = Severity(topic: topic) else { return nil }
        lastArrival = arrival
        let kept = Array(payload.prefix(LogLine.capacity))
        let line = read(
            Piece(kept[...]), severity: severity, arrival: arrival, cutCount: payload.count - kept.count)
        return take(line, from: .topic)
    }

    /// The file, or the command, that holds the broker's log is read from its beginning, perhaps once more.
    package mutating func sourceBegins() { copies.sourceBegins() }

    /// Takes a line of the broker's log file, of syslog or of the journal, and tells what is made of it; `nil` when it is
    /// known already from its topic, or is left out.
    package mutating func ingest(line bytes: some Collection<UInt8>, arrival: Instant) -> LogLine? {
        guard !bytes.isEmpty else { return nil }
        let source = SourceLine(Array(bytes)[...])
        let kept = source.text.prefix(LogLine.capacity)
        let cutCount = source.text.count - kept.count
        var line = read(Piece(kept), severity: .notice, arrival: arrival, cutCount: cutCount)
        if line.time == .unknown { line.time = source.time }
        let text = Piece(line.raw[...])
        guard source.isOfBroker, !source.isDebug, !text.isDebugLine else {
            leftOutCount += 1
            return nil
        }
        guard !text.isEmpty else { return nil }
        lastArrival = arrival
        line.isSeverityInferred = source.severity == nil
        line.severity = source.severity ?? Severity(inferredFrom: text)
        let grammar = LogGrammar(clients: roster.clients)
        if line.kind == .unknown, line.severity == .notice {
            if let event = grammar.subscription(text, knownOnly: true) {
                (line.kind, line.severity) = (event, .subscribe)
            } else if let event = grammar.unsubscription(text, knownOnly: true) {
                (line.kind, line.severity) = (event, .unsubscribe)
            }
        }
        return take(line, from: .source)
    }

    /// Takes `line` to the others, unless it is a copy of one of them.
    private mutating func take(_ line: LogLine, from way: LineCopies.Way) -> LogLine? {
        if let number = copies.original(of: line, from: way) {
            complete(number, with: line)
            // The roster may have forgotten it for what came late.
            if way == .source, number < lateNumber { _ = roster.take(line) }
            return nil
        }
        var line = line
        let number = dropped + UInt64(lines.count)
        copies.append(line, number: number, from: way)
        if case .starting = line.kind {
            if let seconds = line.epochSeconds, seconds < newestSeconds { lateNumber = number }
            newestSeconds = line.epochSeconds ?? .min
        } else if let seconds = line.epochSeconds {
            if way == .source, seconds < newestSeconds { lateNumber = number }
            newestSeconds = max(newestSeconds, seconds)
        }
        line.kind = roster.take(line)
        complete(line.kind)
        append(line)
        return line
    }

    /// A copy that says how grave a line is, where that was inferred.
    private mutating func complete(_ number: UInt64, with copy: LogLine) {
        guard !copy.isSeverityInferred, let index = place(of: number), lines[index].isSeverityInferred else { return }
        lines[index].severity = copy.severity
        lines[index].isSeverityInferred = false
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

    /// Where the line with this number is kept; `nil` when it is gone.
    private func place(of number: UInt64) -> Int? {
        guard number >= dropped, number - dropped < UInt64(lines.count) else { return nil }
        return (head + Int(number - dropped)) % lines.count
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
        guard let index = place(of: line), case .takenOver(var takeover) = lines[index].kind else { return }
        takeover.new = arrival.peer
        lines[index].kind = .takenOver(takeover)
    }
}
