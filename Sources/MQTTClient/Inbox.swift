internal import CLinux
internal import Glibc
public import MQTT
internal import Synchronization

/// Where a connection says what it has to say. It is called on the connection's event loop, a few times per read or request.
protocol Outlet: AnyObject, Sendable {
    /// Adds what one read or one request brought.
    func post(_ deliveries: [Delivery])
    /// Offers messages before anything else is done about the read that brought them; whether they are taken.
    func offer(_ batch: Batch) -> Bool
    /// When it is full: keeps `resume` to be called once when the consumer has taken what is in it, and returns `true`.
    func rest(until resume: @escaping @Sendable () -> Void) -> Bool
}

/// The hand-over from connections to the consumer's thread: one lock, never taken per message.
///
/// It is bounded in bytes: when full, connections stop reading until `take`, so that nothing is dropped here. The bound can
/// be passed by one batch, which is 8 MiB, or a single larger message.
public final class Inbox: Outlet {
    /// Who is offered messages before they wait. The closure stands in a structure, as it would be wrapped anew for each call.
    private struct Receiver {
        let take: @Sendable (_ batch: Batch) -> Bool
    }

    private struct State {
        var deliveries: [Delivery] = []
        var byteCount = 0
        var resting: [@Sendable () -> Void] = []
        var receiver: Receiver?
    }

    /// From so many bytes on messages are not offered: what takes long is not for the event loop.
    private static let offerLimit = 1 << 16

    private let state = Mutex(State())
    private let capacity: Int

    /// Readable (poll) when something waits.
    public let fileDescriptor: Int32

    /// An empty inbox that is full from `capacity` bytes on.
    public init(capacity: Int = 16 << 20) {
        self.capacity = capacity
        fileDescriptor = clinux_event_open()
        precondition(fileDescriptor >= 0, "no file descriptor is left for an inbox")
    }

    deinit { close(fileDescriptor) }

    /// What all that waits takes in memory, bytes, about.
    var byteCount: Int { state.withLock { $0.byteCount } }

    /// All that waits, in order, by one swap; never blocks. Connections that rest read on.
    public func take() -> [Delivery] {
        // Cleared before looking: what is posted from here on signals again.
        clinux_event_clear(fileDescriptor)
        let (deliveries, resting) = state.withLock { state in
            defer {
                state.deliveries = []
                state.byteCount = 0
                state.resting = []
            }
            return (state.deliveries, state.resting)
        }
        for resume in resting { resume() }
        return deliveries
    }

    /// From now on messages that come while nothing waits are offered to `take`, on the event loop of the connection, which
    /// must be the only one: a thread that is waked for a single message costs as much as all the rest of its way. It says
    /// whether it has taken them, and must not block.
    package func beginOffers(to take: @escaping @Sendable (_ batch: Batch) -> Bool) {
        state.withLock { $0.receiver = Receiver(take: take) }
    }

    /// From now on nothing is offered.
    package func endOffers() { state.withLock { $0.receiver = nil } }

    /// Makes the descriptor readable until the next `take`.
    package func wake() { clinux_event_signal(fileDescriptor) }

    /// Adds what one read or one request brought.
    func post(_ deliveries: [Delivery]) {
        guard !deliveries.isEmpty else { return }
        let byteCount = deliveries.reduce(0) { $0 + $1.byteCount }
        let wasEmpty = state.withLock { state in
            defer {
                state.deliveries.append(contentsOf: deliveries)
                state.byteCount += byteCount
            }
            return state.deliveries.isEmpty
        }
        if wasEmpty { clinux_event_signal(fileDescriptor) }
    }

    /// Offers messages to the receiver, if there is one and nothing waits.
    func offer(_ batch: Batch) -> Bool {
        guard batch.bytes.count < Self.offerLimit else { return false }
        let receiver = state.withLock { $0.deliveries.isEmpty ? $0.receiver : nil }
        return receiver?.take(batch) ?? false
    }

    /// When it is full: keeps `resume` to be called once by the next `take`, on the consumer's thread, and returns `true`.
    func rest(until resume: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            guard state.byteCount >= capacity else { return false }
            state.resting.append(resume)
            return true
        }
    }
}

extension Delivery {
    /// What it takes in memory, bytes, about.
    var byteCount: Int {
        switch self {
        case .messages(let batch):
            128 + batch.bytes.count + batch.records.count * MemoryLayout<Batch.Record>.stride
        case .trace(let records): 64 + records.count * MemoryLayout<TraceRecord>.stride
        case .status, .subscription, .outcome, .progress, .behind: 256
        }
    }
}
