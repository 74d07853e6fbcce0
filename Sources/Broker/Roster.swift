package import MQTT

/// Who is connected to the broker, who was, and what goes wrong with them: derived from the lines of its log.
///
/// The log says what happens, not what is: a client that connected before the log was seen is unknown until a line names
/// it. So every client says how its state is known, and the roster since when it knows.
package struct Roster: Sendable {
    /// Since when the log is seen without a gap; `nil` before the first connection.
    package private(set) var knownSince: LogMoment?
    /// Whether that is since the broker started, so that nobody is missing.
    package private(set) var reachesBrokerStart = false
    /// Whether the log ever said who subscribes to what.
    package private(set) var hasSeenSubscriptions = false
    /// How often the broker said that it drops messages for us.
    package internal(set) var droppedForUs = 0
    /// A number that grows whenever something here changes, so that what was drawn from it can be kept until then.
    package private(set) var revision: UInt64 = 0

    /// Most clients known at once, unless told otherwise.
    package static let defaultCapacity = 10_000

    /// Every client.
    var clients: KnownClients
    /// Connections without a name yet.
    var waiting = WaitingConnections()
    /// What goes wrong.
    var book = AlarmBook()
    /// Our Client Identifier.
    private var ourIdentifier: String?
    /// Whether the log ever said that a client connected: `connection_messages` may be off.
    package internal(set) var hasSeenConnections = false
    /// Whether somebody subscribed of whom no connection was logged.
    package internal(set) var hasSeenStrangers = false
    /// Lines taken.
    private(set) var lineCount: UInt64 = 0

    /// An empty roster of at most `capacity` clients.
    package init(capacity: Int = Self.defaultCapacity) { clients = KnownClients(capacity: capacity) }

    // MARK: Reading

    /// Clients known.
    package var count: Int { clients.count }
    /// Clients known to be connected.
    package var connectedCount: Int { clients.connectedCount }
    /// Clients that had to be forgotten for others since `knownSince`.
    package var forgottenCount: Int { clients.forgottenCount }
    /// What is known of a client; `nil` when it was never named.
    package subscript(identifier: String) -> RosterClient? { clients[identifier] }
    /// Alarms that go on, in the order in which they began.
    package var alarms: [RosterAlarm] { book.active }
    /// Alarms that are over, the latest last.
    package var pastAlarms: [RosterAlarm] { book.past }
    /// Alarms that are over and had to go for later ones.
    package var pastAlarmsDropped: Int { book.pastDropped }

    /// The lines of the broker's configuration that must be missing, as no subscription was logged in ten seconds, though
    /// our own should have been at once; empty when they are there, or it is too early to say.
    package func missingConfiguration(at now: Instant) -> [String] {
        guard !hasSeenSubscriptions, let knownSince, now.since(knownSince.arrival) >= BrokerLog.patience * 1_000_000
        else {
            return []
        }
        return ["log_type subscribe", "log_type unsubscribe"]
    }

    /// Whether whoever was not seen to connect is not connected.
    var knowsAll: Bool { reachesBrokerStart && hasSeenConnections }

    /// Whether it is our own Client Identifier.
    func isUs(_ client: String) -> Bool { ourIdentifier?.utf8.elementsEqual(client.utf8) ?? false }

    // MARK: Changing

    /// We are connected under this Client Identifier.
    mutating func connected(as clientIdentifier: String, at now: Instant) {
        let moment = LogMoment(arrival: now)
        ourIdentifier = clientIdentifier
        lineCount += 1
        revision += 1
        clients.changeAll { $0.isUs = false }
        knownSince = knownSince ?? moment
        clients.change(clientIdentifier, line: lineCount) { [lineCount] client in
            client.isUs = true
            // Its line of the log came first.
            guard client.state != .connected || client.isInferred || client.peer == nil else { return }
            client.reconnects += client.isReturning ? 1 : 0
            client.state = .connected
            client.isInferred = false
            (client.peer, client.listenerPort, client.encryption) = (nil, nil, nil)
            client.since = moment
            client.sinceOrder = lineCount
        }
    }

    /// The log is not seen any more, or is seen again; we ourselves stay connected.
    mutating func lostSight(at now: Instant) {
        revision += 1
        lostSight(until: LogMoment(arrival: now))
        guard let ourIdentifier, clients[ourIdentifier]?.isUs == true else { return }
        clients.change(ourIdentifier, line: lineCount) { client in
            client.state = .connected
            client.isInferred = false
        }
    }

    /// What was drawn from `other` is not drawn from this one.
    mutating func revised(after other: Roster) { revision = max(revision, other.revision) + 1 }

    private mutating func lostSight(until now: LogMoment) {
        knownSince = now
        reachesBrokerStart = false
        hasSeenStrangers = false
        waiting = WaitingConnections()
        clients.changeAll { client in
            client.isInferred = true
            client.state = .unknown
            client.isSessionSeenWhole = false
        }
    }

    /// Takes a line of the log and tells what it says in the light of all before it.
    package mutating func take(_ line: LogLine) -> LogLine.Event {
        lineCount += 1
        revision += 1
        if line.severity == .subscribe || line.severity == .unsubscribe { hasSeenSubscriptions = true }
        _ = book.advance(to: line.moment)
        return learn(from: line.kind, at: line.moment)
    }

    /// Time went on, to `epochSeconds` by the broker's clock: alarms that were quiet for long enough are over.
    package mutating func advance(to now: Instant, epochSeconds: Int64? = nil) {
        let moment = LogMoment(arrival: now, time: epochSeconds.map { .epoch($0) } ?? .unknown)
        if book.advance(to: moment) { revision += 1 }
    }

    /// The broker starts: nobody is connected to it, unless it is we. Whoever was has lost its connection, if no line said
    /// so.
    mutating func brokerStarted(at now: LogMoment) {
        brokerStopped(at: now, butUs: true)
        knownSince = now
        reachesBrokerStart = true
        hasSeenSubscriptions = false
        hasSeenConnections = false
        hasSeenStrangers = false
    }

    /// The broker stops, and writes no line for each client.
    mutating func brokerStopped(at now: LogMoment, butUs: Bool = false) {
        waiting = WaitingConnections()
        clients.changeAll { [lineCount] client in
            guard client.state != .away, !butUs || !client.isUs else { return }
            if client.state == .connected { client.end(.brokerStopped, at: now, peer: nil, line: lineCount) }
            client.state = .away
            client.isInferred = true
        }
    }
}
