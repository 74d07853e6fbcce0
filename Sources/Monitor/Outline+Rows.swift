package import MQTT

extension Outline {
    /// A level that is to become a row.
    struct Pending {
        /// What it is sorted by, smaller first.
        var key: UInt64
        /// The level.
        var node: UInt32
        /// How many levels are above it.
        var level: UInt16
    }

    /// Brings the rows up to date: at most once a frame.
    ///
    /// They are made anew when something was expanded, collapsed, sorted or filtered, when levels appeared, and once a
    /// second when their order or a text filter depends on messages. The cost follows the visible rows; a filter looks
    /// at all topics once, a text filter once a second. Where more than 10,000 rows are visible, levels that appear wait
    /// up to half a second, so that a flood of new topics does not take all the time there is.
    /// While paused, only what the user asks for makes them anew.
    package mutating func update(_ store: borrowing Store, now: Instant, isPaused: Bool = false) {
        let followsMessages = order != .name || filter.readsValues
        let isDue = followsMessages && (refreshed.map { now.since($0) >= 1_000_000_000 } ?? true)
        let isLong = rows.count > 10_000 && now.since(made) < 500_000_000
        guard isStale || !isPaused && (isDue || store.revision != revision && !isLong) else { return }
        made = now
        if isDue {
            refreshed = now
            if filter.readsValues { marks.removeAll() }
        }
        if filter.isEmpty {
            hiddenTopicCount = 0
        } else {
            marks.update(store, filter)
            hiddenTopicCount = store.topicCount - marks.matchCount
        }
        makeRows(store, now)
        isStale = false
        revision = store.revision
    }

    /// The number of the row that shows `id`; `nil` when it is not visible.
    package func index(of id: TopicID) -> Int? {
        guard id.rawValue < rowNumbers.count else { return nil }
        let number = Int(rowNumbers[Int(id.rawValue)])
        return number < rows.count && rows[number].id == id ? number : nil
    }

    private mutating func makeRows(_ store: borrowing Store, _ now: Instant) {
        rows.removeAll(keepingCapacity: true)
        pending.removeAll(keepingCapacity: true)
        let nodeCount = store.tree.nodes.count
        if rowNumbers.count < nodeCount {
            rowNumbers.append(contentsOf: repeatElement(0, count: nodeCount - rowNumbers.count))
        }
        let isFiltered = !filter.isEmpty
        addChildren(of: TopicTree.root, level: 0, store, now)
        while let next = pending.popLast() {
            let id = TopicID(rawValue: next.node)
            let leads = store.tree.nodes[next.node].pointee.firstChild != TopicTree.none
            let hasChildren = leads && (!isFiltered || marks.leads(next.node))
            let isExpanded = hasChildren && self.isExpanded(id)
            rowNumbers[Int(next.node)] = UInt32(rows.count)
            rows.append(Row(id: id, level: next.level, hasChildren: hasChildren, isExpanded: isExpanded))
            if isExpanded { addChildren(of: next.node, level: next.level + 1, store, now) }
        }
    }

    /// Puts the visible levels right below `parent` on `pending`, the first one last.
    private mutating func addChildren(of parent: UInt32, level: UInt16, _ store: borrowing Store, _ now: Instant) {
        let isFiltered = !filter.isEmpty
        let start = pending.count
        var child = store.tree.nodes[parent].pointee.firstChild
        while child != TopicTree.none {
            if !isFiltered || marks.isVisible(child) { pending.append(Pending(key: 0, node: child, level: level)) }
            child = store.tree.nodes[child].pointee.nextSibling
        }
        guard pending.count - start > 1 else { return }
        pending.withUnsafeMutableBufferPointer { all in
            var siblings = UnsafeMutableBufferPointer(rebasing: all[start...])
            Self.sortByName(&siblings, store)
            if order != .name { Self.sort(&siblings, order, store, now) }
            if parent == TopicTree.root {
                for index in siblings.indices {
                    siblings[index].key = store.isSystem(TopicID(rawValue: siblings[index].node)) ? 1 : 0
                }
                siblings.sort { $0.key < $1.key }
            }
            siblings.reverse()
        }
    }

    private static func sortByName(_ siblings: inout UnsafeMutableBufferPointer<Pending>, _ store: borrowing Store) {
        let first = name(siblings[0].node, store)
        var prefix = first.count
        for sibling in siblings {
            prefix = NameOrder.commonPrefix(of: first, and: name(sibling.node, store), limit: prefix)
        }
        for index in siblings.indices {
            siblings[index].key = NameOrder.key(name(siblings[index].node, store), from: prefix)
        }
        siblings.sort {
            $0.key == $1.key
                ? NameOrder.precedes(name($0.node, store), name($1.node, store)) : $0.key < $1.key
        }
    }

    /// Sorts levels that are in the order of their names; those that are alike stay so, for sorting is stable.
    private static func sort(
        _ siblings: inout UnsafeMutableBufferPointer<Pending>, _ order: TopicOrder, _ store: borrowing Store,
        _ now: Instant
    ) {
        for index in siblings.indices {
            let node = store.tree.nodes[siblings[index].node].pointee
            let rank: UInt64 =
                switch order {
                case .name: 0
                case .rate: (node.meter.rate(at: now.nanoseconds, last: node.lastArrival) ?? 0).bitPattern
                case .age: UInt64(bitPattern: node.lastArrival) ^ 1 << 63
                case .count: node.messages
                }
            siblings[index].key = ~rank
        }
        siblings.sort { $0.key < $1.key }
    }

    private static func name(_ node: UInt32, _ store: borrowing Store) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: store.path(node)[Int(store.tree.nodes[node].pointee.nameStart)...])
    }
}
