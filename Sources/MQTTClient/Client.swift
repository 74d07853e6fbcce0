internal import CLinux
internal import Glibc
public import MQTT
package import NIOCore
internal import NIOPosix

/// A connection to an MQTT broker that stays up, for programs with a loop of their own. Requests return at once; everything
/// it has to say arrives in its `Inbox`. `AsyncClient` is the same for programs that use Swift concurrency.
public final class Client: Sendable {
    private let eventLoop: any EventLoop
    private let driver: NIOLoopBoundBox<Driver?>

    /// A client that is idle until `start`. `now` is the clock that every instant in deliveries comes from.
    public convenience init(
        configuration: ClientConfiguration, inbox: Inbox, now: @escaping @Sendable () -> Instant = Client.now
    ) {
        self.init(configuration: configuration, inbox: inbox, now: now, group: MultiThreadedEventLoopGroup.singleton)
    }

    /// The same on an event loop of `group`.
    package convenience init(
        configuration: ClientConfiguration, inbox: Inbox, now: @escaping @Sendable () -> Instant,
        group: any EventLoopGroup
    ) {
        self.init(configuration: configuration, outlet: inbox, now: now, group: group)
    }

    /// The same with any outlet.
    init(
        configuration: ClientConfiguration, outlet: any Outlet, now: @escaping @Sendable () -> Instant = Client.now,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        let eventLoop = group.next()
        let driver = NIOLoopBoundBox<Driver?>.makeEmptyBox(eventLoop: eventLoop)
        self.eventLoop = eventLoop
        self.driver = driver
        eventLoop.execute {
            driver.value = Driver(configuration, outlet: outlet, eventLoop: eventLoop, clock: now)
        }
    }

    deinit { perform { $0.stop(milliseconds: Int(Driver.farewell)) {} } }

    /// The clock of the machine: it never runs backwards and goes on while the machine sleeps.
    public static let now: @Sendable () -> Instant = { Instant(nanoseconds: clinux_now()) }

    /// Begins to connect; `.status` deliveries tell how it goes. Begins again after `stop` or a final failure.
    public func start() { perform { $0.start() } }

    /// Publishes `message`; `.outcome` deliveries for `id` tell what becomes of it.
    public func publish(_ message: Message, id: RequestID) { perform { $0.publish(message, id: id) } }

    /// Publishes the messages of `group` in their order; `.progress` deliveries for its identifier tell what becomes of them.
    /// They wait here for a connection and for room, however many they are: who asks bounds how many groups are not done.
    ///
    /// At QoS 1 and 2 they outlive what ends a session of the server, too: what it has not acknowledged by then is published
    /// anew, so that it may come twice, but is not lost.
    public func publish(_ group: PublishGroup) { perform { $0.publish(group) } }

    /// Takes so many messages more than the `messageAllowance` of the configuration.
    public func allow(messages count: Int) { perform { $0.allow(messages: count) } }

    /// Subscribes; `.subscription` deliveries tell. The subscriptions are made again after each reconnect.
    public func subscribe(_ subscriptions: [Subscription]) { perform { $0.subscribe(subscriptions) } }

    /// Ends subscriptions; `.subscription` deliveries tell. The User Properties go with UNSUBSCRIBE; 5.0 only.
    public func unsubscribe(_ filters: [TopicFilter], userProperties: [UserProperty] = []) {
        perform { $0.unsubscribe(filters, userProperties: userProperties) }
    }

    /// Authenticates anew on the present connection (MQTT 5.0 section 4.12.1), by the configuration's `authentication`;
    /// nothing happens without one. When it fails, the connection ends and is made again.
    public func reauthenticate() { perform { $0.reauthenticate() } }

    /// Connects now, dropping a waiting or present connection.
    public func reconnect() { perform { $0.reconnect() } }

    /// Sends DISCONNECT for `reason` and closes; blocks until that is done, at most `timeoutMilliseconds`. May be called
    /// again.
    public func stop(timeoutMilliseconds: Int, reason: Disconnection = Disconnection()) {
        let done = clinux_event_open()
        guard done >= 0 else { return perform { $0.stop(milliseconds: timeoutMilliseconds, reason: reason) {} } }
        let descriptor = OwnedDescriptor(done)
        // The driver gets a little less, so that it has said all before the wait here is over.
        perform {
            $0.stop(milliseconds: timeoutMilliseconds - timeoutMilliseconds / 10, reason: reason) {
                descriptor.signal()
            }
        }
        var waiting = pollfd(fd: done, events: Int16(POLLIN), revents: 0)
        let limit = Client.now().advanced(milliseconds: Int64(timeoutMilliseconds))
        while waiting.revents == 0 {
            let rest = limit.since(Client.now()) / 1_000_000
            guard rest > 0 else { return }
            _ = poll(&waiting, 1, Int32(clamping: rest + 1))
        }
    }

    /// The same without blocking: `done` is called once, on the event loop.
    func stop(
        milliseconds: Int, reason: Disconnection = Disconnection(), done: @escaping @Sendable () -> Void
    ) {
        perform { $0.stop(milliseconds: milliseconds, reason: reason, done: done) }
    }

    /// For tests and demonstrations: stops reading, writing and pinging, and leaves the connection open.
    package func freeze() { perform { $0.freeze() } }

    /// For tests and demonstrations: closes the connection without DISCONNECT, as a crash does.
    package func drop() { perform { $0.drop() } }

    private func perform(_ body: @escaping @Sendable (Driver) -> Void) {
        let driver = driver
        eventLoop.execute {
            if let driver = driver.value { body(driver) }
        }
    }
}

/// An event descriptor that is closed when the last one who knows it lets go.
private final class OwnedDescriptor: Sendable {
    private let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    func signal() { clinux_event_signal(descriptor) }
}
