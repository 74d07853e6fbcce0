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
    /// How often a line was put before others that had come earlier, or turned out to be of another severity.
    package private(set) var rearrangedCount = 0

    /// Milliseconds after which a log that says nothing is worth a word.
    package static let patience: Int64 = 10_000

    /// Most seconds by which lines of one clock stand in another order than that of their times.
    private static let haste: Int64 = 2

    private var clock = LogClock()
    private var lines: SortedLines
    private var stamps = StampStyle()
    private var copies = LineCopies()
    /// What the lines that are gone told.
    private var past = LinesTold()
    /// What happened to us between the lines, as far as `past` does not know of it.
    private var sights: [LinesTold.Sight] = []
    /// Whether the latest of them, that we connected, waits for its place: what is older may be yet to come.
    private var isSightWaiting = false
    /// Whether lines were sorted in, before others that the roster was told already.
    private var isUntold = false
    /// When the roster was last told all lines anew.
    private var toldAt: Instant?
    /// The latest takeover, whose new owner has not been named yet, by the number of its line.
    private var openTakeover: (client: String, line: UInt64)?
    /// How far the file or command has come: the time of the broker's, and the rank within its second.
    private var reached: (seconds: Int64, rank: Int) = (.min, 0)
    /// The number of the latest line that the file or command brought.
    private var sourceNumber: UInt64?
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
        // The file may have told it before CONNACK was looked at.
        let isTold =
            !clock.isCatchingUp && roster[clientIdentifier].map { $0.state == .connected && $0.peer != nil } ?? false
        if !isLogGapless { lostSight(at: now) }
        happened(.connected(clientIdentifier), at: now)
        openTakeover = nil
        guard !isTold else { return }
        // A file or a command may yet tell what was before, however much of it there is.
        sights[sights.count - 1].place = SortedLines.Place(seconds: .max, rank: .max, number: nextNumber)
        isSightWaiting = true
    }

    /// The log is not seen any more, or is seen again: who is connected may have changed meanwhile.
    package mutating func lostSight(at now: Instant) { happened(.lostSight, at: now) }

    /// Something happened to us behind all lines that came.
    private mutating func happened(_ event: LinesTold.Sight.Event, at now: Instant) {
        let place = SortedLines.Place(
            seconds: lines.newest?.seconds ?? .min, rank: lines.newest?.rank ?? 0, number: nextNumber)
        placeSight(before: place)
        let sight = LinesTold.Sight(event: event, arrival: now, place: place)
        roster.take(sight)
        sights.append(sight)
        if sights.count > Self.sightCapacity { sights.removeFirst() }
    }

    /// That we connected stands before the line at `place`, if it waits.
    private mutating func placeSight(before place: SortedLines.Place) {
        guard isSightWaiting else { return }
        sights[sights.count - 1].place = place
        isSightWaiting = false
    }

    /// A line came: by its topic it is newer than that we connected. Of a file or a command it is older, as far as can be
    /// known, up to the one that says that we did.
    private mutating func placeSight(by line: LogLine, at place: SortedLines.Place, from way: LineCopies.Way) {
        guard isSightWaiting else { return }
        guard way == .source else { return placeSight(before: place) }
        isUntold = true
        if case .connected(let arrival) = line.kind, roster.isUs(arrival.client) { placeSight(before: place) }
    }

    /// Time went on, to `epochSeconds` since 1970 UTC by our clock, which is so many seconds ahead of it: alarms of the roster
    /// that were quiet for long enough are over.
    package mutating func advance(to now: Instant, epochSeconds: Int64? = nil, zoneSeconds: Int64 = 0) {
        clock.advance(to: now, epochSeconds.map { LogTime.Here(epochSeconds: $0, zoneSeconds: zoneSeconds) })
        if isUntold { tellAnew(at: now) }
        roster.advance(to: now, epochSeconds: self.epochSeconds(at: now))
    }

    /// Seconds since 1970 UTC at `instant` by the broker's clock, as its latest line tells; by ours before there is one.
    package func epochSeconds(at instant: Instant) -> Int64? { clock.epochSeconds(at: instant) }

    /// Whether the file or command still tells what was before we looked, as far as can be known.
    package var isCatchingUp: Bool { clock.isCatchingUp }
    /// Whether lines of the past come from the file or command just now.
    package var isPastComing: Bool { clock.isPastComing }
    /// Whether `line`, that the file or command brought, tells of the past by the broker's own clock.
    package func isPast(_ line: LogLine) -> Bool { clock.isPast(line) }
    /// Whether lines came whose times have no zone, so that ours is taken for it.
    package var assumesZone: Bool { clock.assumesZone }
    /// Whether lines of the file or command have no time, so that they have that of their reading.
    package var readsTimeless: Bool { clock.readsTimeless }

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
        defer { clock.heard(line) }
        return take(line, from: .topic)
    }

    /// The file, or the command, that holds the broker's log is read from its beginning, perhaps once more.
    package mutating func sourceBegins() {
        copies.sourceBegins()
        sourceNumber = nil
        clock.sourceBegins()
    }

    /// Takes a line of the broker's log file, of syslog or of the journal, and tells what is made of it; `nil` when it is
    /// known already from its topic, or is left out. It stands where its time belongs; `settle` is to be called after the
    /// last of several lines.
    package mutating func ingest(line bytes: some Collection<UInt8>, arrival: Instant) -> LogLine? {
        guard !bytes.isEmpty else { return nil }
        clock.sourceGoesOn(at: arrival)
        let source = SourceLine(Array(bytes)[...])
        let kept = source.text.prefix(LogLine.capacity)
        let cutCount = source.text.count - kept.count
        var line = read(Piece(kept), severity: .notice, arrival: arrival, cutCount: cutCount)
        if line.time == .unknown, isContinuation(line) { return nil }
        if line.time == .unknown { line.time = clock.resolved(source.time) }
        let text = Piece(line.raw[...])
        guard source.isOfBroker, !source.isDebug, !text.isDebugLine else {
            leftOutCount += 1
            return nil
        }
        guard !text.isEmpty else { return nil }
        lastArrival = arrival
        line.isSeverityInferred = source.severity == nil
        line.severity = source.severity ?? Severity(inferredFrom: text)
        if line.kind == .unknown, line.severity == .notice, let (event, severity) = subscription(text) {
            (line.kind, line.severity) = (event, severity)
        }
        defer { clock.read(line) }
        return take(line, from: .source)
    }

    /// Who subscribes to what, or no longer, where a client that is known does.
    private func subscription(_ text: Piece) -> (LogLine.Event, Severity)? {
        let grammar = LogGrammar(clients: roster.clients)
        if let event = grammar.subscription(text, knownOnly: true) { return (event, .subscribe) }
        return grammar.unsubscription(text, knownOnly: true).map { ($0, .unsubscribe) }
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
            let place = lines.index(of: number).map(lines.place)
            guard way == .source else {
                if let place, isSightWaiting {
                    placeSight(before: place)
                    isUntold = true
                }
                return nil
            }
            sourceNumber = number
            // What the file or command brings next is no older than this.
            if let place, (place.seconds, place.rank) > reached { reached = (place.seconds, place.rank) }
            return nil
        }
        let (seconds, rank) = way == .topic ? placeOfTopic(line) : placeOfSource(line)
        if way == .source { sourceNumber = nextNumber }
        copies.append(line, number: nextNumber, from: way)
        let (place, gone) = lines.insert(line, seconds: seconds, rank: rank)
        if let gone { forget(gone.entry, at: gone.place) }
        if lines.newest != place {
            rearrangedCount += 1
            isUntold = true
        }
        placeSight(by: line, at: place, from: way)
        // Even what is told anew in `settle` is told now, as lines after it are read by the names in it.
        if !isToldLater(line, from: way) { tell(place.number) }
        return self.line(place.number)
    }

    /// Whether a line of the past would now undo that we are connected.
    private func isToldLater(_ line: LogLine, from way: LineCopies.Way) -> Bool {
        guard isSightWaiting, way == .source else { return false }
        switch line.kind {
        case .starting, .terminating: return true
        default: return line.client.map(roster.isUs) ?? false
        }
    }

    /// Where a line that came by its topic stands: behind all others.
    private func placeOfTopic(_ line: LogLine) -> (seconds: Int64, rank: Int) {
        guard let newest = lines.newest else { return (line.epochSeconds ?? .min, 1) }
        return (max(clock.written(line) ?? .min, newest.seconds), 1)
    }

    /// Where a line of the file or command stands. Its own order holds, whatever happened to the broker's clock. What topics
    /// told in the same second, and it has yet to tell, comes after it. What it tells of now without a time, or with an
    /// earlier one, stands behind all.
    private mutating func placeOfSource(_ line: LogLine) -> (seconds: Int64, rank: Int) {
        let written = clock.written(line)
        if let written, written > reached.seconds {
            reached = (written, 0)
        } else if !clock.isCatchingUp, written.map({ $0 &+ Self.haste < reached.seconds }) ?? true,
            let newest = lines.newest
        {
            if (newest.seconds, newest.rank) > reached { reached = (newest.seconds, newest.rank) }
        }
        return reached
    }

    // MARK: What the lines tell

    /// The last of several lines came: the roster is told all of them anew if some were sorted in, as what is newer was told
    /// without them.
    package mutating func settle() {
        clock.settle()
        if isUntold { tellAnew(at: lastArrival ?? .zero) }
    }

    /// Tells the roster all lines in their order; while more of the past comes, not more often than once a second.
    private mutating func tellAnew(at now: Instant) {
        if clock.isCatchingUp, let toldAt, now.since(toldAt) < 1_000_000_000 { return }
        (toldAt, isUntold) = (now, false)
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
        if let now = clock.now { roster.advance(to: now, epochSeconds: epochSeconds(at: now)) }
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
        guard !copy.isSeverityInferred, let line = line(number), line.isSeverityInferred else { return }
        if line.severity != copy.severity { rearrangedCount += 1 }
        lines.change(number) { line in
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
            arrival: arrival, time: clock.resolved(time), severity: severity, kind: event, raw: Array(text.bytes),
            cutCount: cutCount)
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
