import Synchronization

/// What two threads take turns with: a command's own, and its connection's event loop.
///
/// It stands beside who uses it, as generic code without its type costs more than a message does.
final class Shared<State: ~Copyable>: Sendable {
    private let state: Mutex<State>

    /// Shares `state` from now on.
    init(_ state: consuming sending State) { self.state = Mutex(state) }

    /// Works on it as soon as nobody else does.
    func use<Result>(_ body: (inout sending State) -> sending Result) -> sending Result { state.withLock(body) }

    /// Works on it, or returns `nil` at once when somebody else does.
    func useIfFree<Result>(_ body: (inout sending State) -> sending Result) -> sending Result? {
        state.withLockIfAvailable(body)
    }
}
