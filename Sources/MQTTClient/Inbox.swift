internal import CLinux
internal import Glibc
public import MQTT
internal import Synchronization

/// Where a connection says what it has to say. It is called on the connection's event loop, once per read or request.
protocol Outlet: AnyObject, Sendable {
    /// Adds what one read or one request brought.
    func post(_ deliveries: [Delivery])
    /// When it is full: keeps `resume` to be called once when the consumer has taken what is in it, and returns `true`.
    func rest(until resume: @escaping @Sendable () -> Void) -> Bool
}

/// The hand-over from connections to the consumer's thread: one lock, taken once per read.
///
/// It is bounded in bytes: when full, connections stop reading until `take`, so that nothing is dropped here. The bound can
/// be passed by one batch, which is 8 MiB, or a single larger message.
public final class Inbox: Outlet {
    private struct State {
        var deliveries: [Delivery] = []
        var byteCount = 0
        var resting: [@Sendable () -> Void] = []
    }

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
            defer { state = State() }
            return (state.deliveries, state.resting)
        }
        for resume in resting { resume() }
        return deliveries
    }

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
