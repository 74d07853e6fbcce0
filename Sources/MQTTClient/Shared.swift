package import Synchronization

/// What belongs to a consumer of deliveries and is worked on by one thread at a time: its own, or a connection's event loop.
///
/// It can be inlined, as generic code without its type costs more than a message does.
package final class Shared<State: ~Copyable>: Sendable {
    @usableFromInline let state: Mutex<State>

    /// Shares `state` from now on.
    @inlinable package init(_ state: consuming sending State) { self.state = Mutex(state) }

    /// Works on it as soon as nobody else does.
    @inlinable package func use<Result>(_ body: (inout sending State) -> sending Result) -> sending Result {
        state.withLock(body)
    }

    /// Works on it, or returns `nil` at once when somebody else does.
    @inlinable package func useIfFree<Result>(_ body: (inout sending State) -> sending Result) -> sending Result? {
        state.withLockIfAvailable(body)
    }
}
