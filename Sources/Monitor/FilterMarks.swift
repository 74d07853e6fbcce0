/// Which levels a filter lets through, brought up to date with the topics that appear.
struct FilterMarks {
    /// Topics that match, without those beginning with `$`.
    private(set) var matchCount = 0
    /// By level: `matching`, `leading` or both.
    private var marks: [UInt8] = []
    /// Topics that have been looked at, in the order of their first messages.
    private var topicCount = 0

    private static let matching: UInt8 = 1
    private static let leading: UInt8 = 2

    /// Forgets everything and keeps its memory.
    mutating func removeAll() {
        matchCount = 0
        marks.removeAll(keepingCapacity: true)
        topicCount = 0
    }

    /// Looks at the topics that appeared since the last time.
    mutating func update(_ store: borrowing Store, _ filter: Filter) {
        let nodeCount = store.tree.nodes.count
        if marks.count < nodeCount { marks.append(contentsOf: repeatElement(0, count: nodeCount - marks.count)) }
        while topicCount < store.tree.topics.count {
            let node = store.tree.topics[UInt32(topicCount)].pointee.node
            topicCount += 1
            guard
                filter.matches(topic: store.path(node))
                    || filter.readsValues && filter.matches(value: store.latest(node))
            else { continue }
            if !store.isSystem(TopicID(rawValue: node)) { matchCount += 1 }
            marks[Int(node)] |= Self.matching
            var level = store.tree.nodes[node].pointee.parent
            while level != TopicTree.none, marks[Int(level)] & Self.leading == 0 {
                marks[Int(level)] |= Self.leading
                level = store.tree.nodes[level].pointee.parent
            }
        }
    }

    /// Whether a level matches or leads to one that does.
    func isVisible(_ node: UInt32) -> Bool { marks[Int(node)] != 0 }

    /// Whether there are levels below it that are visible.
    func leads(_ node: UInt32) -> Bool { marks[Int(node)] & Self.leading != 0 }
}
