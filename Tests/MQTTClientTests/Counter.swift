import Synchronization

/// Counts calls from any thread.
final class Counter: Sendable {
    private let count = Atomic(0)

    /// How many there were.
    var value: Int { count.load(ordering: .sequentiallyConsistent) }

    /// One more.
    func add() { count.add(1, ordering: .sequentiallyConsistent) }
}
