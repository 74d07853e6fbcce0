import Broker
import CLinux
import Commands
import MQTT
import MQTTClient

/// `mqscope sub`: subscribes and prints what comes.
struct SubCommand: ~Copyable {
    /// Most removals of retained messages that are under way at once.
    private static let removalLimit = 1_000

    private var run: CommandRun
    private let settings: CommandSettings
    /// Filters that SUBACK or UNSUBACK have not answered.
    private var open: Set<TopicFilter>
    private var isAnyGranted = false
    private var deniedCode: ReasonCode?
    private var isSettled = false
    /// What is returned as soon as what came with the answer to the subscriptions is printed.
    private var endCode: Int32?
    /// Topics whose retained message is to be removed.
    private var toRemove: ArraySlice<TopicName> = []
    /// Removals that the broker has not acknowledged.
    private var removing: [RequestID: TopicName] = [:]
    private var nextID: UInt64 = 0
    /// Messages that were printed, and those since the last look that were not.
    private var messageCount = 0
    /// For `--message-rate`: messages since the second began, and when it ends.
    private var count = 0
    private var nextRate: Instant

    init(_ settings: CommandSettings, _ configuration: ClientConfiguration) throws(UsageError) {
        run = try CommandRun(settings, configuration, isOneShot: false)
        self.settings = settings
        let isUnsubscribing = settings.receiving.filters.isEmpty
        open = Set(isUnsubscribing ? settings.receiving.unsubscribed : settings.receiving.filters)
        nextRate = run.start.advanced(milliseconds: 1_000)
    }

    /// Runs until it is over; the exit code.
    ///
    /// Messages are printed on the connection's event loop where that costs no waiting: half the time of a single message would
    /// be the way to this thread. All else, and all that may wait, is done here.
    static func execute(_ settings: CommandSettings, _ configuration: ClientConfiguration) throws(UsageError) -> Int32 {
        let command = Shared(try SubCommand(settings, configuration))
        command.use {
            $0.run.inbox.beginOffers { batch in command.useIfFree { $0.takeAtOnce(batch) } ?? false }
            $0.run.begin()
        }
        defer { command.use { $0.run.inbox.endOffers() } }
        while true {
            var waiting = command.use { $0.waiting }
            waiting.wait()
            if let exitCode = command.use({ $0.turn(waiting) }) { return exitCode }
        }
    }

    private var waiting: CommandRun.Waiting { run.waiting(until: settings.receiving.printsRate ? nextRate : nil) }

    /// One turn of our own thread; the exit code when it was the last.
    private mutating func turn(_ waiting: CommandRun.Waiting) -> Int32? {
        _ = run.note(waiting)
        // Also when a signal has ended it: what came is acknowledged, and so it is printed.
        for delivery in run.take() { take(delivery) }
        settle()
        printRate()
        run.flush()
        allowMore()
        return run.exitCode == nil ? nil : run.end()
    }

    /// One turn of the event loop; whether there was one.
    private mutating func takeAtOnce(_ batch: Batch) -> Bool {
        guard run.canTakeAtOnce else { return false }
        take(batch)
        settle()
        if run.flushAtOnce() { allowMore() } else { run.inbox.wake() }
        return true
    }

    private mutating func take(_ batch: Batch) {
        messageCount += batch.count
        if settings.receiving.printsRate { count += batch.count } else { run.print(batch) }
    }

    /// Does what follows from what was taken.
    private mutating func settle() {
        removeRetained()
        if run.printer.isDone, removing.isEmpty, toRemove.isEmpty { endCode = endCode ?? 0 }
        run.exitCode = run.exitCode ?? endCode
    }

    /// As many messages may come as were written; with -C as many as -T and the like left out, which do not count.
    private mutating func allowMore() {
        guard settings.receiving.count != nil || settings.window != nil, !run.printer.isDone else { return }
        let held = settings.receiving.count == nil ? 0 : run.printer.count
        guard messageCount > held else { return }
        run.client.allow(messages: messageCount - held)
        messageCount = held
    }

    private mutating func take(_ delivery: Delivery) {
        switch delivery {
        case .messages(let batch):
            take(batch)
            return run.flushIfMuch()
        case .status(.connected):
            run.note(delivery)
            // One packet each, behind SUBSCRIBE.
            for filter in settings.receiving.unsubscribed {
                run.client.unsubscribe([filter], userProperties: settings.properties.unsubscribe.userProperties)
            }
            return
        case .subscription(let filter, let state): take(filter, state)
        case .outcome(let id, let outcome): take(id, outcome)
        default: break
        }
        run.note(delivery)
    }

    private mutating func take(_ filter: TopicFilter, _ state: SubscriptionState) {
        switch state {
        case .requested: return
        case .granted: isAnyGranted = true
        case .refused(let code, let reason):
            deniedCode = deniedCode ?? code
            run.complain("Warning: \(Advice(refusedSubscription: filter, code, reasonString: reason).what)")
        case .removed, .notRemoved:
            guard settings.receiving.filters.isEmpty else { return }
            isAnyGranted = true
        }
        guard open.remove(filter) != nil, open.isEmpty, !isSettled else { return }
        isSettled = true
        if !isAnyGranted { run.complain("All subscription requests were denied.") }
        if let deniedCode, settings.isStrict {
            endCode = Int32(deniedCode.rawValue)
        } else if !isAnyGranted || settings.receiving.endsAfterSubscribing {
            endCode = 0
            run.printer.skipsAtMostOnce = true
        }
    }

    // MARK: Retained messages

    private mutating func removeRetained() {
        guard settings.receiving.removesRetained else { return }
        toRemove += run.printer.removals
        run.printer.removals = []
        while removing.count < Self.removalLimit, let topic = toRemove.popFirst() {
            let id = RequestID(rawValue: nextID)
            nextID += 1
            removing[id] = topic
            run.client.publish(Message(topic: topic, qos: .atLeastOnce, isRetained: true), id: id)
        }
    }

    private mutating func take(_ id: RequestID, _ outcome: Outcome) {
        guard let topic = removing[id] else { return }
        switch outcome {
        case .queued: return
        case .written: break
        case .acknowledged(let code, _, _):
            if code.isFailure { run.complain("Warning: \(topic) is not removed: \(code).") }
        case .unsendable(let why): run.complain("Warning: \(topic) is not removed: \(why.words).")
        }
        removing[id] = nil
    }

    // MARK: Messages per second

    private mutating func printRate() {
        guard settings.receiving.printsRate, Client.now() >= nextRate else { return }
        run.printer.line("\(count) msgs/s")
        count = 0
        nextRate = nextRate.advanced(milliseconds: 1_000)
    }
}
