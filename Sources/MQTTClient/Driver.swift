import MQTT
import NIOCore

/// Keeps one connection up: dials, hands bytes to the `Session` and back, waits and tries again. It decides nothing that
/// `Session`, `Negotiation`, `RetryPolicy` or `ReadPacing` could decide as values. Confined to its event loop.
final class Driver {
    /// Bytes of the read buffer.
    static let readSize = 256 << 10
    /// From so many unwritten bytes on, publishes wait.
    static let publishLimit = 256 << 10
    /// From so many unwritten bytes other than PUBLISHes on, reading rests. A server that keeps to the protocol never gets us
    /// there: with all Packet Identifiers in use it waits for half as much.
    static let answerLimit = 1 << 20
    /// How long a server may take to close after our last packet, milliseconds.
    static let farewell: Int64 = 1_000
    /// So many connections in a row may be lost to publishes whose QoS the server may not take.
    static let lossLimit = 3

    /// What it is doing.
    enum State {
        /// Nothing yet, or nothing for a moment.
        case idle
        /// Getting a connection.
        case dialing(Opening)
        /// Having one, CONNACK or not.
        case connected(any Channel, PacketHandler)
        /// Waiting for the next attempt.
        case waiting(Scheduled<Void>)
        /// DISCONNECT was sent: the server is to close, or a limit runs out.
        case stopping(any Channel, PacketHandler, Scheduled<Void>)
        /// Stopped, or failed for good.
        case over
    }

    /// What was asked for.
    let configuration: ClientConfiguration
    /// Where everything that happens is told.
    let outlet: any Outlet
    /// The loop it is confined to.
    let eventLoop: any EventLoop
    /// The clock of all instants.
    let clock: @Sendable () -> Instant
    /// The session, with all that outlives a connection.
    var session: Session
    /// What it is doing.
    var state = State.idle
    /// Which version to speak.
    var negotiation: Negotiation
    /// When to try again.
    var retry = RetryPolicy()
    /// The QoS at which the last connection was lost, where the server has never answered a PUBLISH of it.
    var unansweredQoS: QoS?
    /// How many connections in a row were lost like that.
    var lossesToPublishing = 0
    /// The address that answered.
    var address = ""
    /// What was agreed on in TLS.
    var tls: TLSInfo?
    /// When the session is woken next.
    var alarm: (time: Instant, task: Scheduled<Void>)?
    /// Whether a flush is on its way.
    var isFlushScheduled = false
    /// Bytes given to the channel and not taken by the operating system yet.
    var unwritten = 0
    /// How many of them are not PUBLISHes.
    var unwrittenAnswers = 0
    /// Whether it plays dead.
    var isFrozen = false
    /// Whether reading rests because the outlet is full.
    var isBehind = false
    /// Whether reading rests because no more messages are allowed.
    var isHolding = false
    /// Messages of this turn that were taken before its end.
    var offeredCount = 0
    /// Reads on once there is room in the outlet.
    lazy var readsOn = makeReadsOn()
    /// Whether reading rests because too much is unwritten.
    var isReadDue = false
    /// When to read again.
    var pacing: ReadPacing
    /// Whether it connects anew once it has stopped.
    var connectsAgain = false
    /// Who waits for the end of `stop`.
    var stopped: [@Sendable () -> Void] = []

    /// A driver that is idle until `start`.
    init(
        _ configuration: ClientConfiguration, outlet: any Outlet, eventLoop: any EventLoop,
        clock: @escaping @Sendable () -> Instant
    ) {
        self.configuration = configuration
        self.outlet = outlet
        self.eventLoop = eventLoop
        self.clock = clock
        session = Session(configuration)
        pacing = ReadPacing(capacity: Self.readSize, configuration.pacing)
        session.outputLimit = Self.publishLimit
        retry = RetryPolicy(longestWait: Int64(configuration.longestPause))
        negotiation = Negotiation(demanded: configuration.version)
    }

    /// Begins to connect, unless it is connecting or connected already.
    func start() {
        switch state {
        case .idle, .over:
            flush()  // what is subscribed to shows before there is a connection
            begin()
        case .dialing, .connected, .waiting, .stopping: break
        }
    }

    /// Connects now, whatever was before.
    func reconnect() {
        switch state {
        case .stopping: break
        case .connected(let channel, let handler):
            connectsAgain = true
            part(from: channel, handler, milliseconds: Self.farewell)
        case .idle, .dialing, .waiting, .over:
            leave()
            begin()
        }
    }

    /// Publishes a message.
    func publish(_ message: Message, id: RequestID) {
        session.publish(message, id: id, at: clock())
        // Many publishes at once must not all be written into memory before the channel can say that it is full.
        if session.output.bytes.count >= Self.publishLimit { flush() } else { scheduleFlush() }
    }

    /// Publishes a group.
    func publish(_ group: PublishGroup) {
        session.publish(group, at: clock())
        if session.output.bytes.count >= Self.publishLimit { flush() } else { scheduleFlush() }
    }

    /// Subscribes.
    func subscribe(_ subscriptions: [Subscription]) {
        session.subscribe(subscriptions, at: clock())
        scheduleFlush()
    }

    /// Unsubscribes.
    func unsubscribe(_ filters: [TopicFilter], userProperties: [UserProperty]) {
        session.unsubscribe(filters, userProperties: userProperties, at: clock())
        scheduleFlush()
    }

    /// Authenticates anew.
    func reauthenticate() {
        session.reauthenticate(at: clock())
        scheduleFlush()
    }

    /// DISCONNECT for `reason`, and until the server has closed, at most `milliseconds`; then `done`.
    func stop(milliseconds: Int, reason: Disconnection = Disconnection(), done: @escaping @Sendable () -> Void) {
        stopped.append(done)
        connectsAgain = false
        switch state {
        case .idle, .dialing, .waiting, .over:
            leave()
            finish()
        case .connected(let channel, let handler):
            part(from: channel, handler, milliseconds: Int64(milliseconds), reason: reason)
        case .stopping: break
        }
    }

    /// Says DISCONNECT behind what is written already. A new connection has to wait for the end of this one: a server that
    /// saw it first would take our session over as from a client that is lost, and publish our Will.
    private func part(
        from channel: any Channel, _ handler: PacketHandler, milliseconds: Int64,
        reason: Disconnection = Disconnection()
    ) {
        unfreeze()
        session.disconnect(reason, at: clock())
        let limit = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) { [self] in
            leave()
            parted()
        }
        state = .stopping(channel, handler, limit)
        flush()
        handler.finishWriting()
    }

    /// The connection that was parted from is over.
    func parted() {
        if connectsAgain { begin() } else { finish() }
    }

    /// For tests and demonstrations: stops reading, writing and pinging, and leaves the connection open.
    func freeze() {
        guard case .connected(_, let handler) = state else { return }
        isFrozen = true
        handler.dropWaiting()
        setAlarm(nil)
        session.blockWriting(true, at: clock())
    }

    /// For tests and demonstrations: closes the connection without DISCONNECT.
    func drop() {
        guard case .connected(let channel, _) = state else { return }
        channel.close(promise: nil)
    }

    private func unfreeze() {
        guard isFrozen else { return }
        isFrozen = false
        session.blockWriting(false, at: clock())
    }
}
