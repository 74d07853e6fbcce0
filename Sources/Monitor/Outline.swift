import MQTT

/// How the levels below one parent are sorted.
package enum TopicOrder: Sendable, CaseIterable {
    /// By name, as people count: `ev3-2` before `ev3-10`, without regard to the case of ASCII letters.
    case name
    /// The most messages a second first, those of all levels below included.
    case rate
    /// The freshest first; topics of which only stored messages are known last.
    case age
    /// The most messages first, those of all levels below included.
    case count
}

/// The rows of the topic tree that are visible, with what is expanded, sorted and filtered.
///
/// Topics beginning with `$` come last. Under a filter the topics that match are visible with all levels above them,
/// expanded unless collapsed by hand since the filter was set.
package struct Outline {
    /// One visible level.
    package struct Row: Sendable, Equatable {
        /// The level.
        package let id: TopicID
        private let level: UInt16
        /// Whether it leads to levels that the filter lets through.
        package let hasChildren: Bool
        /// Whether those are visible.
        package let isExpanded: Bool

        /// How many levels are above it.
        package var depth: Int { Int(level) }

        /// The row of `id`.
        init(id: TopicID, level: UInt16, hasChildren: Bool, isExpanded: Bool) {
            self.id = id
            self.level = level
            self.hasChildren = hasChildren
            self.isExpanded = isExpanded
        }
    }

    /// How levels are sorted.
    package var order: TopicOrder {
        didSet { isStale = isStale || order != oldValue }
    }

    /// Which topics are visible.
    package var filter: Filter {
        didSet {
            guard filter != oldValue else { return }
            isStale = true
            marks.removeAll()
            collapsedMatches.removeAll()
        }
    }

    /// The visible levels from top to bottom, as of the last `update`.
    package internal(set) var rows: [Row] = []
    /// Topics with messages that the filter hides, without those beginning with `$`.
    package internal(set) var hiddenTopicCount = 0

    /// Whether a level is expanded unless it is one of `exceptions`.
    private var expandsByDefault = false
    private var exceptions: Set<TopicID> = []
    private var collapsedMatches: Set<TopicID> = []

    /// Whether rows must be made anew whatever the store says.
    var isStale = true
    /// The store's revision when the rows were made.
    var revision: UInt64 = 0
    /// When the rows were made.
    var made = Instant.zero
    /// When values and rates were last looked at.
    var refreshed: Instant?
    /// Which levels the filter lets through.
    var marks = FilterMarks()
    /// By level, which row it has if `rows` agrees.
    var rowNumbers: [UInt32] = []
    /// Levels that are still to become rows, the next one last; kept for its memory.
    var pending: [Pending] = []

    /// An outline with everything collapsed.
    package init(order: TopicOrder = .name, filter: Filter = Filter("")) {
        self.order = order
        self.filter = filter
    }
}

// MARK: - Expansion

extension Outline {
    /// Whether the levels below `id` are visible when it is.
    package func isExpanded(_ id: TopicID) -> Bool {
        filter.isEmpty ? exceptions.contains(id) != expandsByDefault : !collapsedMatches.contains(id)
    }

    /// Shows the levels below `id`.
    package mutating func expand(_ id: TopicID) { setExpanded(id, true) }

    /// Hides the levels below `id`.
    package mutating func collapse(_ id: TopicID) { setExpanded(id, false) }

    /// Shows the levels below `id` if they are hidden, hides them otherwise.
    package mutating func toggle(_ id: TopicID) { setExpanded(id, !isExpanded(id)) }

    /// Shows everything, also levels that appear later.
    package mutating func expandAll() { setAll(true) }

    /// Shows only the first levels.
    package mutating func collapseAll() { setAll(false) }

    /// Expands all levels above `id`.
    package mutating func reveal(_ id: TopicID, in store: borrowing Store) {
        var level = store.parent(id)
        while let above = level {
            expand(above)
            level = store.parent(above)
        }
    }

    private mutating func setAll(_ isExpanded: Bool) {
        isStale = true
        if filter.isEmpty {
            expandsByDefault = isExpanded
            exceptions.removeAll()
        } else {
            collapsedMatches = isExpanded ? [] : Set(rows.lazy.filter { $0.hasChildren }.map(\.id))
        }
    }

    private mutating func setExpanded(_ id: TopicID, _ isExpanded: Bool) {
        guard self.isExpanded(id) != isExpanded else { return }
        isStale = true
        switch (filter.isEmpty, isExpanded) {
        case (true, expandsByDefault): exceptions.remove(id)
        case (true, _): exceptions.insert(id)
        case (false, true): collapsedMatches.remove(id)
        case (false, false): collapsedMatches.insert(id)
        }
    }
}
