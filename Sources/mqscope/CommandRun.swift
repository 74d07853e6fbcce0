import Broker
import CLinux
import Commands
import Glibc
import MQTT
import MQTTClient
import Screen

/// What `sub`, `pub` and `rr` share: one connection, what is printed, signals, time, and how it ends. A command's own loop
/// waits, takes what the connection says, and flushes.
struct CommandRun: ~Copyable {
    /// Milliseconds that leaving may wait for the broker.
    private static let farewell = 1_000
    /// From so many bytes on, output is written before more is taken.
    private static let outputLimit = 1 << 18

    /// What was asked for.
    let settings: CommandSettings
    /// The connection.
    let client: Client
    /// What the connection says.
    let inbox: Inbox
    /// What is printed.
    var printer: MessagePrinter
    /// What the trace says besides the packets.
    var trace: TraceSubject
    /// When it began.
    let start: Instant
    /// What the command returns; the loop ends when it is set.
    var exitCode: Int32?
    /// The present connection, or the last one.
    private(set) var info: ConnectionInfo?
    /// The answers to SUBSCRIBE since they were told in the trace.
    private var grantedCodes: [UInt8] = []
    private var stdout = StandardOutput()
    /// How many bytes of the printer's output are written.
    private var sentCount = 0
    private let signals: Int32
    private let isOneShot: Bool
    private var isLost = false
    /// Whether a signal came after the end of the run.
    private var isHurried = false
    /// Whether the broker is to publish the will as we leave (5.0): after -W and signals, as mosquitto_sub has it.
    private var leavesWithWill = false

    /// A run that begins with `begin`. With `isOneShot` a lost connection is the end.
    init(_ settings: CommandSettings, _ configuration: ClientConfiguration, isOneShot: Bool) throws(UsageError) {
        self.settings = settings
        self.isOneShot = isOneShot
        signals = Signals.descriptor
        start = Client.now()
        inbox = Inbox()
        client = Client(configuration: configuration, inbox: inbox)
        let topics =
            configuration.subscriptions.map(\.filter.string) + settings.receiving.unsubscribed.map(\.string)
            + [settings.sending.topic?.string].compactMap(\.self)
        trace = TraceSubject(
            clientIdentifier: configuration.clientIdentifier, version: settings.session.version, topics: topics,
            isShown: settings.isTracing)
        printer = MessagePrinter(
            try settings.printing(terminalRows: stdout.isTerminal ? Self.rows(of: stdout.descriptor) : nil))
    }

    /// Begins to connect.
    mutating func begin() {
        for notice in settings.notices { complain(notice) }
        client.start()
    }

    // MARK: One turn

    /// What a turn waits for, which does not need the run.
    struct Waiting {
        fileprivate var descriptors: [pollfd]
        fileprivate let time: Instant?

        /// Waits until there is something to do.
        mutating func wait() {
            _ = poll(&descriptors, nfds_t(descriptors.count), CommandRun.milliseconds(until: time))
        }
    }

    /// What the next turn waits for: the connection says something, `input` is readable, a signal came, or it is `time`.
    func waiting(for input: Int32 = -1, until time: Instant? = nil) -> Waiting {
        let descriptors = [
            pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
            // Nothing is waited for here but the end of its reader.
            pollfd(fd: stdout.descriptor, events: 0, revents: 0),
            pollfd(fd: inbox.fileDescriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: input, events: Int16(POLLIN), revents: 0),
        ]
        return Waiting(descriptors: descriptors, time: earlier(time, deadline))
    }

    /// Notes what the wait has found; whether its `input` is readable. What ended the run meanwhile stands in `exitCode`.
    mutating func note(_ waiting: Waiting) -> Bool {
        if waiting.descriptors[0].revents != 0 { takeSignals() }
        stdout.note(waiting.descriptors[1].revents)
        lookAround()
        return waiting.descriptors[3].revents != 0
    }

    /// Waits for all that, and notes it.
    mutating func wait(for input: Int32 = -1, until time: Instant? = nil) -> Bool {
        var waiting = waiting(for: input, until: time)
        waiting.wait()
        return note(waiting)
    }

    /// All that the connection has said since the last call.
    func take() -> [Delivery] { inbox.take() }

    /// Notes what every command has to: the trace, messages to be printed, how the connection stands.
    mutating func note(_ delivery: Delivery) {
        switch delivery {
        case .messages(let batch): print(batch)
        case .trace(let records): note(records)
        case .status(let status): note(status)
        case .subscription(_, .granted(let qos)): grantedCodes.append(qos.rawValue)
        case .subscription(_, .refused(let code, _)): grantedCodes.append(code.rawValue)
        case .subscription, .outcome, .progress, .behind: break
        }
        flushIfMuch()
    }

    /// Prints messages; with `-d` together with the trace, which comes behind them.
    mutating func print(_ batch: Batch) {
        if settings.isTracing { trace.batch = batch } else { printer.take(batch, wallNanoseconds: clinux_wall_now()) }
    }

    /// Writes before more is taken, when there is much to be written; after the end of the run all waits for the last `flush`.
    mutating func flushIfMuch() {
        if exitCode == nil, printer.output.count >= Self.outputLimit { flush() }
    }

    private mutating func note(_ records: [TraceRecord]) {
        let codes = grantedCodes.map(String.init).joined(separator: ", ")
        let isTold = settings.command == .sub && !settings.isQuiet
        printer.append(records, &trace, wallNanoseconds: clinux_wall_now()) { identifier in
            isTold ? "Subscribed (mid: \(identifier)): \(codes)" : nil
        }
        if records.contains(where: { $0.direction == .received && $0.type == .suback }) { grantedCodes = [] }
    }

    private mutating func note(_ status: ConnectionStatus) {
        switch status {
        case .connected(let info):
            let isFirst = self.info == nil
            self.info = info
            if !info.clientIdentifier.isEmpty { trace.clientIdentifier = info.clientIdentifier }
            if isLost { complain(isFirst ? "Connected." : "Connected again.") }
            isLost = false
        case .waiting(let failure, _):
            // What only closes may be a tunnel or a proxy before a broker that starts yet.
            guard !isOneShot, info != nil || failure.isClosedBeforeAnswer else { return fail(failure) }
            guard !isLost else { return }
            isLost = true
            complain("Warning: \(Advice(failure, retryInSeconds: nil, findsVersion: false).what) Trying again.")
        case .failed(let failure): fail(failure)
        case .idle, .connecting, .closed: break
        }
    }

    /// Whether something can be taken and written without waiting: nothing of before is left to be done.
    var canTakeAtOnce: Bool {
        exitCode == nil && stdout.neverWaits && printer.output.isEmpty && printer.complaints.isEmpty
    }

    /// Writes what can be written without waiting; whether nothing is left for `flush`, nor for the end of the run.
    mutating func flushAtOnce() -> Bool {
        guard printer.complaints.isEmpty else { return false }
        if !printer.output.isEmpty { sentCount = stdout.write(printer.output.bytes) }
        guard sentCount == printer.output.count else { return false }
        forgetOutput()
        return exitCode == nil
    }

    private mutating func forgetOutput() {
        printer.output.removeAll()
        sentCount = 0
    }

    /// Writes what is printed, and waits for a reader that is slow. After the end of the run that many milliseconds in which
    /// nothing is read end that, or another signal; what is left then is there for the next call.
    mutating func flush(patience: Int32 = 100) {
        if !printer.complaints.isEmpty {
            if !settings.isQuiet { StandardError.write(printer.complaints) }
            printer.complaints = []
            printer.watched?.redraw()
        }
        if info != nil { printer.drawWatched() }
        while sentCount < printer.output.count, !stdout.isClosed {
            let count = stdout.write(UnsafeRawBufferPointer(rebasing: printer.output.bytes[sentCount...]))
            sentCount += count
            guard count == 0, !stdout.isClosed else { continue }
            var waiting = [
                pollfd(fd: stdout.descriptor, events: Int16(POLLOUT), revents: 0),
                pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
            ]
            _ = poll(&waiting, 2, exitCode == nil ? Self.milliseconds(until: deadline) : patience)
            if waiting[1].revents != 0 { takeSignals() }
            let isSlow = waiting[0].revents == 0
            lookAround()
            if exitCode != nil, isSlow || isHurried { return }
        }
        forgetOutput()
        lookAround()
    }

    // MARK: Ends

    /// When `-W` ends it.
    private var deadline: Instant? { settings.timeoutMilliseconds.map { start.advanced(milliseconds: $0) } }

    /// Ends it when nobody reads any more, or its time is over.
    private mutating func lookAround() {
        guard exitCode == nil else { return }
        if stdout.isClosed, settings.command != .pub {
            exitCode = stdout.error == 0 ? 0 : 1
            if stdout.error != 0 {
                complain("Error: The output cannot be written: \(String(cString: strerror(stdout.error))).")
            }
        }
        if let deadline, Client.now() >= deadline {
            complain("Timed out")
            leavesWithWill = true
            exitCode = info == nil && settings.command == .sub ? 255 : 27
        }
    }

    private mutating func takeSignals() {
        while true {
            let signal = clinux_signals_read(signals)
            switch signal {
            case 0: return
            case SIGTSTP:
                clinux_stop_self()
                printer.watched?.clear(rows: Self.rows(of: stdout.descriptor))
            case SIGWINCH, SIGCONT: printer.watched?.clear(rows: Self.rows(of: stdout.descriptor))
            case SIGINT, SIGTERM, SIGHUP:
                guard exitCode == nil else {
                    isHurried = true
                    continue
                }
                leavesWithWill = true
                let isSubscriber = settings.command == .sub && signal != SIGHUP
                exitCode = isSubscriber ? (info == nil ? 255 : 0) : 128 + signal
            default: break
            }
        }
    }

    /// There is no connection, and the run ends by that.
    private mutating func fail(_ failure: ConnectionFailure) {
        guard exitCode == nil else { return }
        let wasLost = info != nil && isOneShot
        let lines =
            wasLost
            ? ["Error: The connection was lost"] : failure.mosquittoLines(isPublisher: settings.command == .pub)
        for line in lines + Advice(failure, retryInSeconds: nil, findsVersion: false).lines { complain(line) }
        exitCode = wasLost ? 7 : failure.exitCode
    }

    /// Adds a line for stderr, unless it is to be quiet.
    mutating func complain(_ line: String) {
        guard !settings.isQuiet else { return }
        printer.complaints += Array((SafeText.of(line) + "\n").utf8)
    }

    /// Leaves the broker with a good-bye and returns what the command returns.
    mutating func end() -> Int32 {
        let code = exitCode ?? 0
        flush()
        leave()
        // What was acknowledged by then is printed, if it is read within a second.
        for delivery in inbox.take() {
            switch delivery {
            case .messages(let batch)
            where settings.command == .sub && !printer.isDone && !settings.receiving.printsRate:
                print(batch)
            case .trace(let records): note(records)
            default: break
            }
        }
        flush(patience: Int32(Self.farewell))
        return code
    }

    /// Says good-bye to the broker; what that brings can be taken then.
    func leave() { client.stop(timeoutMilliseconds: Self.farewell, reason: goodbye) }

    private var goodbye: Disconnection {
        guard settings.session.version == .v5_0 else { return Disconnection() }
        let properties = settings.properties.disconnect
        return Disconnection(
            leavesWithWill ? .disconnectWithWill : .success,
            sessionExpiryInterval: properties.sessionExpiryInterval, reasonString: properties.reasonString,
            userProperties: properties.userProperties)
    }

    /// Rows of a terminal.
    private static func rows(of descriptor: Int32) -> Int {
        var (rows, columns): (Int32, Int32) = (0, 0)
        return clinux_window_size(descriptor, &rows, &columns) == 0 && rows > 0 ? Int(rows) : 24
    }

    // MARK: Time

    private func earlier(_ left: Instant?, _ right: Instant?) -> Instant? {
        guard let left, let right else { return left ?? right }
        return min(left, right)
    }

    /// Milliseconds from now until `time`, rounded up, as poll takes them.
    fileprivate static func milliseconds(until time: Instant?) -> Int32 {
        guard let time else { return -1 }
        return Int32(clamping: max(0, (time.since(Client.now()) + 999_999) / 1_000_000))
    }
}

extension CommandSettings {
    /// How messages are printed, and which, on a terminal of `terminalRows` or elsewhere.
    fileprivate func printing(terminalRows: Int?) throws(UsageError) -> MessagePrinter.Options {
        var options = MessagePrinter.Options()
        switch output.form {
        case .payload: options.style = output.isVerbose ? .verbose : .payload
        case .json: options.style = .json
        case .format(let format):
            do throws(OutputFormat.Failure) {
                options.style = .format(try OutputFormat(format))
            } catch {
                throw UsageError("Error: \(error)", "The letters behind % stand in '\(command.name) --manual'.")
            }
        }
        options.endsLines = !output.omitsNewline
        options.isPretty = output.isPretty
        options.isSafe =
            switch output.safety {
            case .onTerminal: terminalRows != nil
            case .always: true
            case .never: false
            }
        options.filteredOut = receiving.filteredOut
        options.skipsRetained = receiving.dropsRetained
        options.isRetainedOnly = receiving.isRetainedOnly
        options.removesRetained = receiving.removesRetained
        options.limit = command == .rr ? 1 : receiving.count
        options.share = receiving.percentage < 100 ? receiving.percentage : nil
        options.seed = clinux_random()
        if output.isWatching, !isTracing, !receiving.printsRate, let terminalRows {
            options.watched = WatchedLines(title: "Broker: \(SafeText.of(connection.host))", rows: terminalRows)
        }
        return options
    }
}
