import Broker
package import MQTT
package import Monitor
import Screen

/// What the dashboard is told once, at the start.
package struct DashboardOptions: Sendable {
    /// The broker, as the user named it.
    package var endpoint: Endpoint
    /// The user name, as given.
    package var userName: String?
    /// Whether publishing is impossible.
    package var isReadOnly: Bool
    /// Whether `$SYS/#` is subscribed to.
    package var watchesSystem: Bool
    /// QoS of subscriptions added while connected.
    package var qos: QoS
    /// What may be held in memory.
    package var limits: Store.Limits
    /// Seed of the topic table's hash.
    package var seed: UInt64
    /// Something to tell at the start, e.g. that the terminal type was unknown.
    package var notice: String?

    /// Options for a dashboard on `endpoint`.
    package init(
        endpoint: Endpoint, userName: String? = nil, isReadOnly: Bool = false, watchesSystem: Bool = true,
        qos: QoS = .atMostOnce, limits: Store.Limits = Store.Limits(), seed: UInt64 = 0, notice: String? = nil
    ) {
        self.endpoint = endpoint
        self.userName = userName
        self.isReadOnly = isReadOnly
        self.watchesSystem = watchesSystem
        self.qos = qos
        self.limits = limits
        self.seed = seed
        self.notice = notice
    }
}

/// The user interface as a value: events go in, effects come out, and it can draw itself. It knows messages and a
/// connection status, no socket, no terminal, no clock.
package struct Dashboard: ~Copyable {
    /// What was told at the start.
    let options: DashboardOptions
    /// The right to publish; `nil` when read-only.
    let permit: PublishPermit?

    // What has been seen.
    /// Topics and messages.
    var store: Store
    /// The broker's statistics on this connection.
    @Boxed var slots = BrokerMetrics()
    /// What was lost.
    @Boxed var accounting = Accounting()
    /// How the connection stands.
    @Boxed var status = ConnectionStatus.idle
    /// What was agreed on; `nil` while there is no connection.
    @Boxed var info: ConnectionInfo? = nil
    /// When the connection was lost; `nil` while there is one, or never was.
    var lostAt: Instant?
    /// Whether it was said that a version before 5.0 reports no refused publish.
    var isBlindnessTold = false
    /// Why there is no connection; `nil` while there is one, or nothing is known.
    @Boxed var failure: ConnectionFailure? = nil

    // The panes.
    /// The topic tree.
    var tree = TreePane()
    /// The selected topic.
    var detail = DetailPane()
    /// The message log.
    var log = LogPane()
    /// The broker's log.
    var brokerLog = BrokerLogPane()
    /// The broker's clients.
    var clients = ClientsPane()
    /// The broker's statistics.
    var metrics = MetricsPane()
    /// What goes wrong with clients.
    var alarms = AlarmsPane()
    /// Where the broker's log is read from besides its topics; `nil` when from nowhere.
    var brokerLogSource: BrokerLogSource?
    /// Whether that has been read without a break while there was no connection.
    var isBrokerLogGapless = false
    /// Sees that the broker's log floods.
    var logGuard = LogRateGuard()
    /// Why the broker's log is not subscribed to any more; `nil` while it is, or was not from the beginning.
    var logOff: LogOff?
    /// What was agreed on with the broker.
    var facts = FactsPane()
    /// The subscriptions.
    var subscriptions = SubscriptionsPane()
    /// The losses.
    var losses = LossesPane()
    /// What went over the wire.
    var trace = TracePane()
    /// The draft, and what was published.
    @Boxed var composer = Composer()

    // How it is shown.
    /// The view that is shown.
    var view = View.overview
    /// The pane that takes the keys.
    var focus = Pane.tree
    /// The pane that fills the screen; `nil` for all.
    var zoomed: Pane?
    /// Whether the detail is open where panes stack.
    var showsDetail = false
    /// Whether the statistics stand in the place of the clients where panes stack.
    var showsMetrics = false
    /// Whether the compose pane is open.
    var isComposing = false
    /// What stands over the panes.
    @Boxed var popup: Popup? = nil
    /// When a pause began, and what came first after it; `nil` when not paused.
    var pause: (now: Instant, first: Moment.Frozen)?
    /// Who was connected to the broker when the pause began, and how many by its own count; `nil` when not paused.
    @Boxed var pausedClients: (roster: Roster, reported: UInt64?)? = nil
    /// The screen.
    var size = Size(rows: 24, columns: 80)
    /// The latest tick.
    var now = Instant.zero
    /// How instants map to the time of day.
    var clock = WallClock(offset: 0, zoneSeconds: 0)
    /// Something told in the hint line, and until when.
    var notice: (text: String, until: Instant)?
    /// The number of the next publish.
    var nextRequest: UInt64 = 1

    /// Nanoseconds that a notice stands in the hint line.
    static let noticeTime: Int64 = 8_000_000_000
    /// Nanoseconds after which silence gets a word.
    static let silence: Int64 = 10_000_000_000

    /// A dashboard that has seen nothing yet.
    package init(options: DashboardOptions) {
        self.options = options
        permit = PublishPermit.issued(isReadOnly: options.isReadOnly)
        store = Store(limits: options.limits, seed: options.seed)
        log.log.scope = MessageLog.Scope(filter: Filter(""), branch: nil, includesSystem: false)
        if let text = options.notice { notice = (text, Instant(nanoseconds: .max)) }
    }

    /// Takes an event; what must be done because of it.
    package mutating func handle(_ event: Event) -> [Effect] {
        switch event {
        case .key(let key): return handle(key)
        case .paste(let text): return paste(text)
        case .resized(let size): self.size = size
        case .tick(let now, let clock):
            self.now = now
            self.clock = clock
            accounting.advance(to: now)
            slots.advance(to: now)
            brokerLog.log.advance(to: now, epochSeconds: clock.epochSeconds(now), zoneSeconds: clock.zoneSeconds)
            if let notice, now > notice.until { self.notice = nil }
        case .notCopied(let byteCount):
            tell("Not copied: this terminal has no clipboard, or \(Format.bytes(byteCount)) are too much for it.")
        case .saved(let path, nil): tell("Written: \(path)")
        case .saved(let path, let failure?): tell("Not written: \(path): \(failure).")
        case .connection(let delivery): return take(delivery)
        case .brokerLog(let lines, let arrival): takeSource(lines, at: arrival)
        case .brokerLogSource(let source): take(source)
        }
        return []
    }

    /// The time that panes show.
    var moment: Moment {
        Moment(
            now: pause?.now ?? now, clock: clock, brokerSeconds: brokerLog.log.epochSeconds(at: pause?.now ?? now),
            sessionStart: info?.since, lostAt: lostAt,
            frozen: pause?.first)
    }

    /// The clients of the broker that panes show.
    var roster: Roster { pausedClients?.roster ?? brokerLog.log.roster }

    /// How many clients are connected by the broker's own count. We are one ourselves: 0 is a count of before we came.
    var reportedClients: UInt64? {
        let count = pausedClients.map(\.reported) ?? slots.clientsConnected
        return count == 0 ? nil : count
    }

    /// Whether CONNACK accepted us and the connection stands.
    var isConnected: Bool { info != nil }

    /// Tells something in the hint line for a while.
    mutating func tell(_ text: String) {
        notice = (text, Instant(nanoseconds: now.nanoseconds &+ Self.noticeTime))
    }

    /// The topic that keys act upon: that of the selected message or publish in the log, else the selected one of the tree.
    var selectedTopic: TopicID? {
        if focus == .log, let sequence = log.selectedMessage, let record = store.record(sequence) {
            return record.topic
        }
        if focus == .log, case .publication(let publication, _) = log.selectedEvent,
            let topic = store.find(publication.message.topic.string.utf8)
        {
            return topic
        }
        return tree.selected
    }
}
