import CLinux
import Glibc
import MQTT
import MQTTClient

/// A connection that is asked one thing after the other: each question waits for its answer, at most so long.
final class Conversation {
    /// The client whose inbox is read here.
    let client: Client
    /// Hears all that comes, asked for or not.
    var observe: (Delivery) -> Void = { _ in }

    /// Why there is no connection any more; `nil` while there is one.
    private(set) var failure: ConnectionFailure?

    private let inbox = Inbox()
    private var unread: ArraySlice<Delivery> = []
    private var nextRequest: UInt64 = 1

    /// A conversation that is not begun. It is over with its first connection.
    init(_ configuration: ClientConfiguration) {
        var configuration = configuration
        configuration.reconnects = false
        configuration.subscriptions = []
        client = Client(configuration: configuration, inbox: inbox, now: { now() })
    }

    deinit { client.stop(timeoutMilliseconds: 1_000) }

    /// Connects; why it does not, where it does not.
    func connect() -> Result<ConnectionInfo, ConnectionFailure> {
        client.start()
        // The client keeps to its own limits, and says what came of it.
        while true {
            let status: ConnectionStatus? = wait(milliseconds: 60_000) {
                if case .status(let status) = $0 { status } else { nil }
            }
            switch status {
            case .connected(let info): return .success(info)
            case .failed(let failure), .waiting(let failure, _): return .failure(failure)
            case .idle, .connecting, .closed, nil: break
            }
        }
    }

    /// Subscribes to one filter; the server's answer, `nil` when there is none in time or the connection is lost.
    func subscribe(to filter: TopicFilter, qos: QoS, milliseconds: Int64) -> SubscriptionState? {
        client.subscribe([Subscription.watching(filter, qos: qos)])
        return wait(milliseconds: milliseconds) {
            if case .subscription(filter, let state) = $0, state != .requested { state } else { nil }
        }
    }

    /// Ends the subscription to one filter.
    func unsubscribe(from filter: TopicFilter, milliseconds: Int64) {
        client.unsubscribe([filter])
        wait(milliseconds: milliseconds) {
            switch $0 {
            case .subscription(filter, .removed), .subscription(filter, .notRemoved): ()
            default: nil
            }
        }
    }

    /// Publishes; the name of the request.
    func publish(_ message: Message) -> RequestID {
        defer { nextRequest += 1 }
        let id = RequestID(rawValue: nextRequest)
        client.publish(message, id: id)
        return id
    }

    /// What `find` makes of the first delivery that it makes something of; `nil` after so long, and when the connection ends.
    @discardableResult
    func wait<Found>(milliseconds: Int64, _ find: (Delivery) -> Found?) -> Found? {
        guard failure == nil else { return nil }
        let limit = now().advanced(milliseconds: milliseconds)
        while true {
            while let delivery = unread.popFirst() {
                observe(delivery)
                let found = find(delivery)
                if case .status(.failed(let failure)) = delivery { self.failure = failure }
                if found != nil || failure != nil { return found }
            }
            let rest = limit.since(now())
            guard rest > 0 else { return nil }
            var descriptor = pollfd(fd: inbox.fileDescriptor, events: Int16(POLLIN), revents: 0)
            poll(&descriptor, 1, Int32(clamping: rest / 1_000_000 + 1))
            unread = inbox.take()[...]
        }
    }
}

/// The clock that all durations here are of.
func now() -> Instant { Instant(nanoseconds: clinux_now()) }
