/// Where one is in a list that grows at its end: following the newest line, or holding on to one.
struct ListState {
    /// Whether the newest line is shown, whatever comes.
    private(set) var isFollowing = true
    /// The line held on to, by an identifier that stays when older lines go. Meaningless while following.
    private(set) var selected: UInt64 = 0
    /// The row of the selected line within the window.
    private var offset = 0

    /// The lines to show and which of them is selected, for a list of `count` lines in `height` rows.
    /// `index` is where the selected line stands now.
    func window(count: Int, height: Int, index: Int) -> (range: Range<Int>, selected: Int?) {
        guard height > 0, count > 0 else { return (0..<0, nil) }
        guard !isFollowing else { return (max(0, count - height)..<count, nil) }
        let index = min(max(0, index), count - 1)
        let top = min(max(0, index - min(offset, height - 1)), max(0, count - height))
        return (top..<min(count, top + height), index)
    }

    /// Moves the selection; `identifier` names the line at an index.
    mutating func move(
        _ action: Action, count: Int, height: Int, index: Int, identifier: (Int) -> UInt64
    ) {
        guard count > 0 else { return }
        if action == .last {
            isFollowing = true
            return
        }
        let wasFollowing = isFollowing
        let current = wasFollowing ? count - 1 : min(max(0, index), count - 1)
        let top = window(count: count, height: height, index: current).range.lowerBound
        let page = max(1, height - 1)
        var target = current
        switch action {
        case .up: target -= wasFollowing ? 0 : 1
        case .down: target += 1
        case .pageUp: target -= page
        case .pageDown: target += page
        case .first: target = 0
        default: return
        }
        target = min(max(0, target), count - 1)
        isFollowing = false
        select(identifier(target))
        offset = min(max(0, target - top), max(0, height - 1))
    }

    /// Holds on to the line `identifier`.
    mutating func select(_ identifier: UInt64) {
        isFollowing = false
        selected = identifier
    }

    /// What it does, in the pane's title.
    func words(_ moment: Moment) -> String {
        moment.frozenAt != nil ? "paused" : isFollowing ? "following" : "held: G follows"
    }

    /// Shows the newest line again.
    mutating func follow() { isFollowing = true }
}
