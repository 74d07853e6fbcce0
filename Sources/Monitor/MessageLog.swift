/// What the message log shows: the sequence numbers of the messages that match, oldest first.
///
/// Numbers go up as messages are evicted from the front, sequence numbers stay: remember those.
package struct MessageLog: Sendable {
    /// Which messages it shows.
    package struct Scope: Sendable, Equatable {
        /// What must match.
        package var filter: Filter
        /// The level that the topic must be or be below; `nil` for all.
        package var branch: TopicID?
        /// Whether topics beginning with `$` are shown; those of `branch` always are.
        package var includesSystem: Bool

        /// A scope, by default everything but the broker's own topics.
        package init(filter: Filter = Filter(""), branch: TopicID? = nil, includesSystem: Bool = false) {
            self.filter = filter
            self.branch = branch
            self.includesSystem = includesSystem
        }
    }

    /// Which messages it shows; the next `update` looks at all of them when this changes.
    package var scope: Scope {
        didSet {
            guard scope != oldValue else { return }
            members.removeAll()
            verdicts.removeAll(keepingCapacity: true)
            next = 0
        }
    }

    /// What is known of a topic.
    private enum Verdict: UInt8 {
        case unknown, shown, hidden
        /// Each message's own payload decides.
        case open
    }

    private var members = SequenceSet()
    /// By level.
    private var verdicts: [Verdict] = []
    /// The first sequence number that has not been looked at.
    private var next: UInt64 = 0

    /// A log of the messages of `scope`.
    package init(scope: Scope = Scope()) { self.scope = scope }

    /// Takes up what came since the last time and drops what was evicted; a few nanoseconds a message.
    package mutating func update(_ store: borrowing Store) {
        if verdicts.count < store.tree.nodes.count {
            verdicts.append(
                contentsOf: repeatElement(Verdict.unknown, count: store.tree.nodes.count - verdicts.count))
        }
        members.removeAll(below: store.oldestSequence)
        store.history.scan(from: next) { sequence, node, payload in
            var verdict = verdicts[Int(node)]
            if verdict == .unknown {
                verdict = judge(node, store)
                verdicts[Int(node)] = verdict
            }
            if verdict == .shown || verdict == .open && scope.filter.matches(value: payload) {
                members.append(sequence)
            }
        }
        next = store.nextSequence
    }

    private func judge(_ node: UInt32, _ store: borrowing Store) -> Verdict {
        if let branch = scope.branch {
            guard store.isWithin(TopicID(rawValue: node), branch: branch) else { return .hidden }
        } else if !scope.includesSystem, store.isSystem(TopicID(rawValue: node)) {
            return .hidden
        }
        if scope.filter.matches(topic: store.path(node)) { return .shown }
        return scope.filter.readsValues ? .open : .hidden
    }

    /// How many messages it shows.
    package var count: Int { members.count }

    /// The sequence number of the message with this number, from 0, the oldest, on.
    package subscript(index: Int) -> UInt64 { members[index] }

    /// How many of the messages it shows came before `sequence`: the log as it was when that was the next one.
    package func count(before sequence: UInt64) -> Int { members.count(below: sequence) }

    /// The number of the message with this sequence number, or of the next one after it; `nil` when there is none.
    package func index(of sequence: UInt64) -> Int? {
        let index = members.count(below: sequence)
        return index < members.count ? index : nil
    }
}
