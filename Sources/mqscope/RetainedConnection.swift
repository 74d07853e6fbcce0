import Broker
import CLinux
import Glibc
import MQTT
import MQTTClient

/// Why work on retained messages ends before its time.
struct RetainedFailure: Error {
    /// What is said, one line; empty when there is nothing to say.
    var text: String
    /// The exit code.
    var code: Int32 = 1
}

/// One connection on which the messages that a broker keeps are collected, and others published: one thing after the other.
final class RetainedConnection {
    /// After the broker has answered to SUBSCRIBE and sent nothing it keeps for so long, all is there, milliseconds.
    private static let quiet: Int64 = 1_000
    /// Nobody is subscribed to it: that it is unsubscribed from is answered behind all that was sent before.
    private static let marker = (try? TopicFilter("mqscope/clean/\(getpid())")) ?? .everything
    /// Longest wait for what is behind a large message on a slow way, milliseconds.
    private static let slowest: Int64 = 600_000
    /// Longest wait for an answer, milliseconds.
    private static let patience: Int64 = 30_000
    /// Most messages under way, and most bytes of them.
    private static let window = (messages: 100, bytes: 8 << 20)

    private let client: Client
    private let inbox = Inbox()
    private var nextRequest: UInt64 = 1

    /// A connection that is not made yet. It is over with its first end.
    init(_ configuration: ClientConfiguration) {
        var configuration = configuration
        configuration.reconnects = false
        configuration.subscriptions = []
        client = Client(configuration: configuration, inbox: inbox, now: { Instant(nanoseconds: clinux_now()) })
    }

    /// Sends DISCONNECT and closes.
    func stop() { client.stop(timeoutMilliseconds: 1_000) }

    /// Connects; the version that is spoken.
    func connect() throws(RetainedFailure) -> ProtocolVersion {
        client.start()
        while true {
            // The client keeps to its own limits, and says what came of it.
            for delivery in try next(until: Client.now().advanced(milliseconds: 120_000)) {
                switch delivery {
                case .status(.connected(let info)): return info.version
                case .status(.failed(let failure)), .status(.waiting(let failure, _)): throw Self.failure(failure)
                default: break
                }
            }
        }
    }

    /// The messages that the broker keeps for `filters`, in the order of their topics; none of `$SYS`, which is the broker's.
    /// Not more than `limit` bytes of topics and payloads are kept here.
    func collect(_ filters: [TopicFilter], qos: QoS, limit: Int) throws(RetainedFailure) -> [Message] {
        // Live messages come without RETAIN this way.
        client.subscribe(filters.map { Subscription($0, qos: qos, retainAsPublished: false) })
        var found: [TopicName: Message] = [:]
        var byteCount = 0
        var unanswered = Set(filters)
        var isMarked = false
        // Of single topics no more can come than one message each.
        let most = filters.contains(where: \.holdsWildcard) ? Int.max : filters.count
        var end = Client.now().advanced(milliseconds: Self.patience)
        while true {
            let deliveries = try next(until: end)
            for delivery in deliveries {
                switch delivery {
                case .messages(let batch):
                    for record in batch.records where record.flags.isRetained {
                        let message = batch.message(record)
                        guard !message.topic.string.hasPrefix("$SYS/") else { continue }
                        byteCount += message.topic.string.utf8.count + message.payload.count
                        guard byteCount <= limit else {
                            throw RetainedFailure(
                                text: "These are more than \(limit) bytes: give narrower filters, or a larger --limit.")
                        }
                        found[message.topic] = message
                        isMarked = false
                        end = Client.now().advanced(milliseconds: Self.quiet)
                    }
                case .subscription(Self.marker, .removed), .subscription(Self.marker, .notRemoved):
                    end = Client.now()
                case .subscription(let filter, .granted):
                    unanswered.remove(filter)
                    end = Client.now().advanced(milliseconds: Self.quiet)
                case .subscription(let filter, .refused(let code, _)):
                    throw RetainedFailure(text: "The broker refuses to let us subscribe to \(filter): \(code).")
                default: try check(delivery)
                }
            }
            guard Client.now() >= end || unanswered.isEmpty && found.count == most else { continue }
            guard unanswered.isEmpty else { throw RetainedFailure(text: "The broker does not answer to SUBSCRIBE.") }
            // On a slow way a large message takes long; what is asked for now is answered behind it.
            if found.count < most, !isMarked {
                isMarked = true
                client.unsubscribe([Self.marker])
                end = Client.now().advanced(milliseconds: Self.slowest)
                continue
            }
            try leave(filters)
            return found.values.sorted { $0.topic.string.utf8.lexicographicallyPrecedes($1.topic.string.utf8) }
        }
    }

    /// Ends the subscriptions, and drops what still comes for them.
    private func leave(_ filters: [TopicFilter]) throws(RetainedFailure) {
        client.unsubscribe(filters)
        var unanswered = Set(filters)
        let end = Client.now().advanced(milliseconds: Self.patience)
        while !unanswered.isEmpty, Client.now() < end {
            for delivery in try next(until: end) {
                switch delivery {
                case .subscription(let filter, .removed), .subscription(let filter, .notRemoved):
                    unanswered.remove(filter)
                default: try check(delivery)
                }
            }
        }
    }

    /// Publishes `messages`; those that the broker has not taken, and why. At QoS 0 there is no answer to wait for.
    func publish(_ messages: [Message]) throws(RetainedFailure) -> [(message: Message, why: String)] {
        var failures: [(message: Message, why: String)] = []
        var underWay: [RequestID: Message] = [:]
        var byteCount = 0
        var rest = messages[...]
        while !rest.isEmpty || !underWay.isEmpty {
            while let message = rest.first, underWay.count < Self.window.messages,
                underWay.isEmpty || byteCount + message.payload.count <= Self.window.bytes
            {
                let id = RequestID(rawValue: nextRequest)
                nextRequest += 1
                underWay[id] = message
                byteCount += message.payload.count
                client.publish(message, id: id)
                rest = rest.dropFirst()
            }
            let deliveries = try next(until: Client.now().advanced(milliseconds: Self.patience))
            guard !deliveries.isEmpty else { throw RetainedFailure(text: "The broker does not answer to PUBLISH.") }
            for case .outcome(let id, let outcome) in deliveries {
                guard outcome != .queued, let message = underWay.removeValue(forKey: id) else { continue }
                byteCount -= message.payload.count
                if let why = Self.complaint(outcome) { failures.append((message, why)) }
            }
        }
        return failures
    }

    /// What is wrong with an outcome; `nil` where nothing is.
    private static func complaint(_ outcome: Outcome) -> String? {
        switch outcome {
        case .queued, .written: nil
        case .acknowledged(let code, let reason, _):
            code.isFailure ? "the broker refuses it: \(code)" + (reason.map { " (\($0))" } ?? "") : nil
        case .unsendable(let why): why.words
        }
    }

    private func check(_ delivery: Delivery) throws(RetainedFailure) {
        if case .status(.failed(let failure)) = delivery { throw Self.failure(failure) }
    }

    private static func failure(_ failure: ConnectionFailure) -> RetainedFailure {
        RetainedFailure(text: Advice(failure, retryInSeconds: nil).lines.joined(separator: " "))
    }

    /// What comes until `end`; nothing when nothing comes. A signal ends it.
    private func next(until end: Instant) throws(RetainedFailure) -> [Delivery] {
        let rest = max(0, end.since(Client.now()))
        try Self.wait(for: inbox.fileDescriptor, milliseconds: Int32(clamping: rest / 1_000_000 + 1))
        return inbox.take()
    }

    /// Waits until `descriptor` can be read, at most so long; -1 is for ever. A signal that ends programs ends this.
    static func wait(for descriptor: Int32, milliseconds: Int32) throws(RetainedFailure) {
        let signals = Signals.descriptor
        var waiting = [descriptor, signals].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        poll(&waiting, 2, milliseconds)
        guard waiting[1].revents != 0 else { return }
        let signal = clinux_signals_read(signals)
        if signal == SIGTSTP { clinux_stop_self() }
        if [SIGTERM, SIGINT, SIGHUP].contains(signal) { throw RetainedFailure(text: "", code: 128 + signal) }
    }
}
