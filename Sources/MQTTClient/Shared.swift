internal import Synchronization

/// What belongs to a consumer of deliveries and is worked on by one thread at a time: its own, or a connection's event loop.
package final class Shared<State: ~Copyable>: Sendable {
    private let state: Mutex<State>

    /// Shares `state` from now on.
    package init(_ state: consuming sending State) { self.state = Mutex(state) }

    /// Works on it as soon as nobody else does.
    package func use<Result>(_ body: (inout sending State) -> sending Result) -> sending Result { state.withLock(body) }

    /// Works on it, or returns `nil` at once when somebody else does.
    package func useIfFree<Result>(_ body: (inout sending State) -> sending Result) -> sending Result? {
        state.withLockIfAvailable(body)
    }
}
