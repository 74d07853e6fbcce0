package import MQTT

/// What the broker said of itself: its latest log lines, each once however it came, and what they tell together.
package struct BrokerLog: Sendable {
    /// Most lines kept.
    package var capacity: Int { lines.capacity }
    /// Lines that had to go for newer ones.
    package var dropped: UInt64 { lines.dropped }
    /// The clients that the lines are about, and what goes wrong with them.
    package private(set) var roster = Roster()
    /// When the latest line came.
    package private(set) var lastArrival: Instant?
    /// Lines that were left out: those for who debugs the broker, and other programs'.
    package private(set) var leftOutCount = 0
    /// How often a line was put before others that had come earlier.
    package private(set) var sortedInCount = 0

    /// Milliseconds after which a log that says nothing is worth a word.
    package static let patience: Int64 = 10_000

    private var lines: SortedLines
    private var stamps = StampStyle()
    private var copies = LineCopies()
    /// What the lines that are gone told.
    private var past = LinesTold()
    /// What happened to us between the lines, as far as `past` does not know of it.
    private var sights: [LinesTold.Sight] = []
    /// Whether lines were sorted in, before others that the roster was told already.
    private var isUntold = false
    /// The latest takeover, whose new owner has not been named yet, by the number of its line.
    private var openTakeover: (client: String, line: UInt64)?
    /// How far the file or command has come: the time of the broker's, and the rank within its second.
    private var reached: (seconds: Int64, rank: Int) = (.min, 0)
    /// The number of the latest line that the file or command brought.
    private var sourceNumber: UInt64?
    /// The latest tick.
    private var now: Instant?

    /// Most of what happened to us that is remembered.
    private static let sightCapacity = 100

    /// An empty log of at most `capacity` lines.
    package init(capacity: Int = 10_000) { lines = SortedLines(capacity: capacity) }

    /// Lines kept.
    package var count: Int { lines.count }
    /// A kept line in the order of their times, 0 the oldest.
    package subscript(index: Int) -> LogLine { lines[lines.place(at: index).number]!.line }
    /// The number of the line at `index`: lines are numbered from 0 on, in the order in which they came.
    package func number(at index: Int) -> UInt64 { lines.place(at: index).number }
    /// The number of the next line.
    package var nextNumber: UInt64 { lines.nextNumber }
    /// The line with this number; `nil` when it is gone, or yet to come.
    package func line(_ number: UInt64) -> LogLine? { lines[number]?.line }
    /// Where the line with this number stands; `nil` when it is gone, or yet to come.
    package func index(of number: UInt64) -> Int? { lines.index(of: number) }

    /// Since when every line that the broker publishes is seen; `nil` before the first connection.
    package var knownSince: Instant? { roster.knownSince?.arrival }
    /// How often the broker said that it drops messages for us.
    package var droppedForUs: Int { roster.droppedForUs }

    /// CONNACK came for us under this Client Identifier; from now on the log is seen. With `isLogGapless` it was seen
    /// before, too, in another way.
    package mutating func connected(as clientIdentifier: String, at now: Instant, isLogGapless: Bool = false) {
        happened(.connected(clientIdentifier, isLogGapless: isLogGapless), at: now)
        openTakeover = nil
    }

    /// The log is not seen any more, or is seen again: who is connected may have changed meanwhile.
    package mutating func lostSight(at now: Instant) { happened(.lostSight, at: now) }

    private mutating func happened(_ event: LinesTold.Sight.Event, at now: Instant) {
        let sight = LinesTold.Sight(
            event: event, arrival: now,
            place: SortedLines.Place(
                seconds: lines.newest?.seconds ?? .min, rank: lines.newest?.rank ?? 0, number: nextNumber))
        roster.take(sight)
        sights.append(sight)
        if sights.count > Self.sightCapacity { sights.removeFirst() }
    }

    /// Time went on: alarms of the roster that were quiet for long enough are over.
    package mutating func advance(to now: Instant) {
        self.now = now
        roster.advance(to: now)
    }

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
    package mutating func sourceBegins() {
        copies.sourceBegins()
        sourceNumber = nil
    }

    /// Takes a line of the broker's log file, of syslog or of the journal, and tells what is made of it; `nil` when it is
    /// known already from its topic, or is left out. It stands where its time belongs; `settle` is to be called after the
    /// last of several lines.
    package mutating func ingest(line bytes: some Collection<UInt8>, arrival: Instant) -> LogLine? {
        guard !bytes.isEmpty else { return nil }
        let source = SourceLine(Array(bytes)[...])
        let kept = source.text.prefix(LogLine.capacity)
        let cutCount = source.text.count - kept.count
        var line = read(Piece(kept), severity: .notice, arrival: arrival, cutCount: cutCount)
        if line.time == .unknown, isContinuation(line) { return nil }
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

    /// Whether `line` is the second line of a message that the broker's topics hold as one: it is put to the first.
    private mutating func isContinuation(_ line: LogLine) -> Bool {
        guard let sourceNumber, Piece(line.raw[...]).trimmed.starts(with: "To fix this, use "),
            let first = self.line(sourceNumber), Piece(first.raw[...]).isRefusedInFuture
        else { return false }
        if !first.raw.contains(UInt8(ascii: "\n")) {
            lines.change(sourceNumber) { $0.raw += [UInt8(ascii: "\n")] + Piece(line.raw[...]).trimmed.bytes }
        }
        return true
    }

    /// Takes `line` to the others, unless it is a copy of one of them.
    private mutating func take(_ line: LogLine, from way: LineCopies.Way) -> LogLine? {
        if let number = copies.original(of: line, from: way) {
            complete(number, with: line)
            guard way == .source else { return nil }
            sourceNumber = number
            // What the file or command brings next is no older than this.
            if let place = lines.index(of: number).map(lines.place), (place.seconds, place.rank) > reached {
                reached = (place.seconds, place.rank)
            }
            return nil
        }
        var (seconds, rank) = (max(line.epochSeconds ?? .min, lines.newest?.seconds ?? .min), 1)
        if way == .source {
            // Its own order holds, whatever happened to the broker's clock. What topics told in the same second, and it
            // has yet to tell, comes after it.
            if let written = line.epochSeconds, written > reached.seconds { reached = (written, 0) }
            (seconds, rank) = reached
            sourceNumber = nextNumber
        }
        copies.append(line, number: nextNumber, from: way)
        let (place, gone) = lines.insert(line, seconds: seconds, rank: rank)
        if let gone { forget(gone.entry, at: gone.place) }
        if lines.newest != place {
            sortedInCount += 1
            isUntold = true
        }
        // Even what is told anew in `settle` is told now, as lines after it are read by the names in it.
        tell(place.number)
        return self.line(place.number)
    }

    // MARK: What the lines tell

    /// The roster is told again of all lines in their order if some were sorted in: what is newer was told without them.
    package mutating func settle() {
        guard isUntold else { return }
        isUntold = false
        openTakeover = nil
        let before = roster
        roster = past.roster
        var ahead = sights[...]
        for index in 0..<lines.count {
            let place = lines.place(at: index)
            while let sight = ahead.first, sight.place <= place {
                roster.take(sight)
                ahead.removeFirst()
            }
            tell(place.number)
        }
        for sight in ahead { roster.take(sight) }
        if let now { roster.advance(to: now) }
        roster.revised(after: before)
    }

    /// Tells the roster the line with this number; what the roster knows besides is written into the line.
    private mutating func tell(_ number: UInt64) {
        guard let entry = lines[number] else { return }
        var line = entry.line
        line.kind = entry.event
        let event = roster.take(line)
        lines.change(number) { $0.kind = event }
        complete(event, number)
    }

    /// A line is gone: what it told is kept.
    private mutating func forget(_ entry: SortedLines.Entry, at place: SortedLines.Place) {
        while let sight = sights.first, sight.place <= place { past.take(sights.removeFirst()) }
        past.take(entry, at: place)
    }

    /// A copy that says how grave a line is, where that was inferred.
    private mutating func complete(_ number: UInt64, with copy: LogLine) {
        guard !copy.isSeverityInferred else { return }
        lines.change(number) { line in
            guard line.isSeverityInferred else { return }
            line.severity = copy.severity
            line.isSeverityInferred = false
        }
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

    /// A takeover is told in two lines: the second names the new owner, which is written into the first.
    private mutating func complete(_ event: LogLine.Event, _ number: UInt64) {
        if case .takenOver(let takeover) = event { openTakeover = (takeover.client, number) }
        guard case .connected(let arrival) = event, let (client, line) = openTakeover,
            client.utf8.elementsEqual(arrival.client.utf8)
        else { return }
        openTakeover = nil
        lines.change(line) { line in
            guard case .takenOver(var takeover) = line.kind else { return }
            takeover.new = arrival.peer
            line.kind = .takenOver(takeover)
        }
    }
}
