import Broker
import CLinux
import Dashboard
import Glibc
import Logging
import MQTT
import MQTTClient
import Screen

/// What the loop waits on besides the connection.
struct Descriptors {
    /// Readable when the user did something.
    var input: Int32
    /// Writable when a frame that was held back may go on.
    var output: Int32
    /// A signalfd.
    var signals: Int32
}

/// The loop of the main thread: keys first, then what the connection says, then at most ten frames a second.
struct RunLoop<T: Terminal & ~Copyable>: ~Copyable {
    /// Nanoseconds between frames that data asks for. A key is answered at once.
    static var frameTime: Int64 { 100_000_000 }
    /// Nanoseconds of taking messages in before keys are looked at again.
    static var sliceTime: Int64 { 8_000_000 }
    /// Nanoseconds that arriving data may wait to be taken in together.
    static var gatherTime: Int64 { 20_000_000 }
    /// Milliseconds that leaving may wait for the broker.
    static var farewell: Int { 1_000 }

    private var terminal: T
    private var dashboard: Dashboard
    private let client: Client
    private let inbox: Inbox
    private let descriptors: Descriptors
    private let logger: Logger
    private var source: LogSource?
    private var surface: Surface
    private var backlog: ArraySlice<Delivery> = []
    private var isDirty = true
    private var isUrgent = true
    private var nextFrame = Instant.zero
    private var nextTake = Instant.zero
    private var nextTick = Instant.zero
    private var exitCode: Int32?

    init(
        terminal: consuming T, dashboard: consuming Dashboard, client: Client, inbox: Inbox, descriptors: Descriptors,
        logger: Logger, source: consuming LogSource? = nil
    ) {
        surface = Surface(size: terminal.size)
        self.terminal = terminal
        self.dashboard = dashboard
        self.client = client
        self.inbox = inbox
        self.descriptors = descriptors
        self.logger = logger
        self.source = source
    }

    /// Runs until the user leaves or a signal ends it; the exit code.
    mutating func run() -> Int32 {
        _ = dashboard.handle(.resized(terminal.size))
        tick()
        // What was before comes first.
        lookAtSource()
        client.start()
        while exitCode == nil {
            lookAtSource()
            takeDeliveries()
            drawIfDue()
            wait()
            tick()  // before keys: what they ask for happens now, not when the last frame was drawn
            takeSignals()
            takeKeys()
        }
        source?.stop()
        client.stop(timeoutMilliseconds: Self.farewell)
        terminal.close()
        return exitCode ?? 0
    }

    // MARK: One turn

    private static func now() -> Instant { Instant(nanoseconds: clinux_now()) }

    /// Tells the dashboard the time; once a second it may change what is shown.
    private mutating func tick() {
        let now = Self.now()
        _ = dashboard.handle(.tick(now, Self.wallClock()))
        guard now >= nextTick else { return }
        // On whole seconds of the clock, so that no second is left out.
        nextTick = Instant(nanoseconds: (now.nanoseconds / 1_000_000_000 + 1) * 1_000_000_000)
        isDirty = true
    }

    private static func wallClock() -> WallClock {
        let wall = clinux_wall_now()
        var seconds = time_t(wall / 1_000_000_000)
        var parts = tm()
        localtime_r(&seconds, &parts)
        return WallClock(offset: wall &- clinux_now(), zoneSeconds: Int64(parts.tm_gmtoff))
    }

    /// Hands what the connection says to the dashboard, for at most a slice of time.
    private mutating func takeDeliveries() {
        let start = Self.now()
        if backlog.isEmpty, start >= nextTake {
            backlog = inbox.take()[...]
            if !backlog.isEmpty { nextTake = Instant(nanoseconds: start.nanoseconds + Self.gatherTime) }
        }
        while let delivery = backlog.popFirst() {
            log(delivery)
            perform(dashboard.handle(.connection(delivery)))
            isDirty = true
            if Self.now().since(start) > Self.sliceTime { return }
        }
    }

    /// Hands what the broker's log file, or the command that reads it, says to the dashboard.
    private mutating func lookAtSource() {
        guard let events = source?.look(at: Self.now()) else { return }
        for event in events {
            if case .brokerLogSource(let status) = event { logger.info("\(status.name): \(status.state)") }
            perform(dashboard.handle(event))
            isDirty = true
        }
    }

    private mutating func drawIfDue() {
        let now = Self.now()
        guard isDirty, isUrgent || now >= nextFrame, !terminal.isBacklogged else { return }
        dashboard.prepare()
        dashboard.draw(on: &surface)
        terminal.present(surface)
        isDirty = false
        isUrgent = false
        nextFrame = Instant(nanoseconds: now.nanoseconds + Self.frameTime)
    }

    /// Sleeps until there is something to do.
    private mutating func wait() {
        let now = Self.now()
        var until = nextTick
        let isBacklogged = terminal.isBacklogged
        if isDirty, !isBacklogged { until = min(until, max(nextFrame, now)) }
        let mayTake = now >= nextTake
        if !mayTake { until = min(until, nextTake) }
        if !backlog.isEmpty { until = now }
        if let look = source?.nextLook { until = min(until, look) }
        let timeout = Int32(clamping: max(0, (until.since(now) + 999_999) / 1_000_000))
        var waiting = [
            pollfd(fd: descriptors.input, events: Int16(POLLIN), revents: 0),
            pollfd(fd: descriptors.signals, events: Int16(POLLIN), revents: 0),
            pollfd(fd: mayTake && backlog.isEmpty ? inbox.fileDescriptor : -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: isBacklogged ? descriptors.output : -1, events: Int16(POLLOUT), revents: 0),
        ]
        for descriptor in source?.descriptors ?? [] {
            waiting.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
        }
        _ = poll(&waiting, nfds_t(waiting.count), timeout)
        if waiting[3].revents != 0 { terminal.flush() }
    }

    private mutating func takeKeys() {
        while let input = terminal.nextInput() {
            switch input {
            case .key(let key): perform(dashboard.handle(.key(key)))
            case .paste(let text): perform(dashboard.handle(.paste(text)))
            case .mouse: continue
            }
            isDirty = true
            isUrgent = true
            guard exitCode == nil else { return }
        }
        if terminal.isClosed {
            logger.info("the terminal is gone")
            exitCode = 128 + SIGHUP
        }
    }

    private mutating func takeSignals() {
        while exitCode == nil {
            let signal = clinux_signals_read(descriptors.signals)
            switch signal {
            case 0: return
            case SIGWINCH:
                resize()
                // Even at the size it had before: the window may have been smaller in between, and lost what was there.
                repaint()
            case SIGTSTP: suspend()
            case SIGCONT: repaint()
            case SIGTERM, SIGINT, SIGHUP:
                logger.info("ended by signal \(signal)")
                exitCode = 128 + signal
            default: break
            }
        }
    }

    // MARK: Effects

    private mutating func perform(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .reconnect: client.reconnect()
            case .subscribe(let subscriptions): client.subscribe(subscriptions)
            case .unsubscribe(let filters): client.unsubscribe(filters)
            case .publish(_, let id, let message): client.publish(message, id: id)
            case .copy(let bytes):
                if !terminal.copy(bytes) { perform(dashboard.handle(.notCopied(byteCount: bytes.count))) }
            case .save(let name, let suffix, let bytes):
                let (path, failure) = File.save(bytes, name: name, suffix: suffix)
                perform(dashboard.handle(.saved(path: path, failure: failure?.description)))
            case .repaint: repaint()
            case .suspend: suspend()
            case .quit: exitCode = 0
            }
        }
    }

    private mutating func resize() {
        terminal.resize()
        _ = dashboard.handle(.resized(terminal.size))
        isDirty = true
        isUrgent = true
    }

    private mutating func repaint() {
        terminal.repaint()
        isDirty = true
        isUrgent = true
    }

    private mutating func suspend() {
        terminal.suspend()
        clinux_stop_self()
        terminal.resume()
        resize()
        repaint()
    }

    // MARK: Diagnostics

    private func log(_ delivery: Delivery) {
        switch delivery {
        case .status(let status): logger.info("\(Self.words(status))")
        case .subscription(let filter, let state): logger.info("subscription \(filter): \(state)")
        case .behind(let isBehind): logger.notice("\(isBehind ? "behind: reading rests" : "reading goes on")")
        case .messages, .trace, .outcome, .progress: break
        }
    }

    private static func words(_ failure: ConnectionFailure) -> String {
        Advice(failure, retryInSeconds: nil).lines.joined(separator: " ")
    }

    private static func words(_ status: ConnectionStatus) -> String {
        switch status {
        case .idle: "idle"
        case .connecting(let attempt): "connecting, attempt \(attempt)"
        case .connected(let info): "connected to \(info.address) with MQTT \(info.version) as \(info.clientIdentifier)"
        case .waiting(let failure, _): "\(words(failure)) Trying again."
        case .failed(let failure): "\(words(failure)) Not tried again."
        case .closed: "closed"
        }
    }
}
