public import MQTT

/// A connection to an MQTT broker that stays up, for programs that use Swift concurrency: requests wait for their outcome,
/// messages come in batches, one or a few for each read of the socket, with no task and no continuation per message.
///
/// After a lost connection it connects again by itself, and subscriptions are made again.
public final class AsyncClient: Sendable {
    private let mailbox = Mailbox()
    private let client: Client

    /// A client that is idle until `connect` or `start`.
    public init(_ configuration: ClientConfiguration) {
        client = Client(configuration: configuration, outlet: mailbox)
    }

    /// Makes the first connection. When that fails it throws `RequestFailure.connection` and nothing is tried again; once
    /// connected, the client stays connected. Cancelled, it stops.
    @discardableResult
    public func connect() async throws(RequestFailure) -> ConnectionInfo {
        mailbox.reopen()
        client.start()
        do throws(RequestFailure) {
            return try await mailbox.connected()
        } catch {
            await stop()
            throw error
        }
    }

    /// Begins to connect, and tries until there is a connection; `statuses` tells how it goes.
    public func start() {
        mailbox.reopen()
        client.start()
    }

    /// How the connection stands.
    public var status: ConnectionStatus { mailbox.status }

    /// How the connection stands now, and each change from now on; who reads slowly gets the latest 64. Ends when the
    /// client is stopped or fails for good.
    public var statuses: AsyncStream<ConnectionStatus> { mailbox.statuses() }

    /// The messages that arrive, what one read of the socket brought as one `Batch`, or several where that is large.
    ///
    /// Each batch goes to one iteration, and what one leaves waits for the next. Who subscribes has to iterate: when 16 MiB
    /// wait here, reading rests, and with it every answer of the server: `publish` and `subscribe` then wait too, so they
    /// are awaited in another task than the one that iterates. Ends when the client is stopped or fails for good.
    public var batches: Batches { Batches(mailbox: mailbox) }

    /// Publishes `message` and waits until it is handed to the operating system (QoS 0), or acknowledged by the server.
    ///
    /// Without a connection it waits for one, as long as less than 16 MiB wait with it. Throws `.refused` for a Reason Code
    /// of 0x80 or more, `.unsendable` when it was not handed to the server or its connection was lost first, and
    /// `.cancelled` when the task is cancelled: the message may then arrive or not.
    @discardableResult
    public func publish(_ message: Message) async throws(RequestFailure) -> PublishResult {
        try await mailbox.published { [client] in client.publish(message, id: $0) }
    }

    /// Subscribes, and waits for the server's answer for each filter, in this order. Without a connection it waits for
    /// one. A refused filter is a result, not an error.
    @discardableResult
    public func subscribe(_ subscriptions: [Subscription]) async throws(RequestFailure) -> [SubscriptionState] {
        try await mailbox.answered(for: subscriptions.map(\.filter), isSubscribing: true) { [client] in
            client.subscribe(subscriptions)
        }
    }

    /// Ends subscriptions, and waits for the server's answer for each filter, in this order. The User Properties go with
    /// UNSUBSCRIBE; 5.0 only.
    @discardableResult
    public func unsubscribe(
        _ filters: [TopicFilter], userProperties: [UserProperty] = []
    ) async throws(RequestFailure) -> [SubscriptionState] {
        try await mailbox.answered(for: filters, isSubscribing: false) { [client] in
            client.unsubscribe(filters, userProperties: userProperties)
        }
    }

    /// Authenticates anew on the present connection, as `Client.reauthenticate` does.
    public func reauthenticate() { client.reauthenticate() }

    /// Sends DISCONNECT for `reason`, and waits until the connection is closed, at most a second. Whoever waits for an outcome is told:
    /// what was sent and not answered may have arrived. What has come can still be read.
    public func stop(reason: Disconnection = Disconnection()) async {
        await withCheckedContinuation { continuation in
            client.stop(milliseconds: 1_000, reason: reason) { continuation.resume() }
        }
    }
}

/// What became of a publish that arrived.
public struct PublishResult: Sendable, Hashable {
    /// The server's Reason Code, `nil` at QoS 0, where servers do not answer; before 5.0 always Success.
    public var reasonCode: ReasonCode?
    /// What the server says of it to people (5.0).
    public var reasonString: String?
}

/// Why a request was not done.
public enum RequestFailure: Error, Sendable, Hashable {
    /// There is no connection, and none is tried for.
    case connection(ConnectionFailure)
    /// The server refused the publish.
    case refused(ReasonCode, reasonString: String?)
    /// The publish was not handed to the server; with `connectionLost` it was, and its fate is not known. A client that is
    /// stopped says `notConnected` of what still waited.
    case unsendable(Outcome.Unsendable)
    /// The client is stopped: nothing was asked for, or its answer cannot come any more.
    case closed
    /// The task was cancelled first; what was asked for may happen all the same.
    case cancelled
}

/// The messages of an `AsyncClient`, batch by batch.
public struct Batches: AsyncSequence, Sendable {
    let mailbox: Mailbox

    /// Begins with what waits already.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(mailbox: mailbox) }

    /// Takes batch by batch, so that nothing is lost when an iteration ends early: the next one goes on there.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let mailbox: Mailbox

        /// The next batch; `nil` when the client is stopped or has failed, and when the task is cancelled.
        public mutating func next() async -> Batch? { await mailbox.batch() }
    }
}
