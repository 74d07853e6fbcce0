import Screen

/// A part of a view.
enum Pane: Hashable {
    /// Overview: the topic tree, the selected topic, the messages, what the broker says.
    case tree, detail, log, brokerLog
    /// Broker, beside its log: its clients, its statistics, and what goes wrong with clients.
    case clients, metrics, alarms
    /// Connection: what was agreed on, the subscriptions, the losses, what went over the wire.
    case facts, subscriptions, losses, trace
}

/// A whole screen.
enum View: Int {
    /// Everything at a glance.
    case overview = 1
    /// The message log alone.
    case messages = 2
    /// What the broker says of itself.
    case broker = 3
    /// How it goes with the broker.
    case connection = 4
}

/// Where everything stands on a screen of some size: a pure function of size and state.
struct Layout {
    /// Smallest screen that shows anything.
    static let minimum = Size(rows: 10, columns: 40)
    /// From this width on, panes stand beside each other.
    static let wide = 100

    /// The status line.
    private(set) var status = Rect(row: 0, column: 0, rows: 0, columns: 0)
    /// The panel that says why there is no connection; empty when all is well.
    private(set) var banner = Rect(row: 0, column: 0, rows: 0, columns: 0)
    /// The panes in the order of Tab.
    private(set) var panes: [(pane: Pane, rect: Rect)] = []
    /// The compose pane; empty when closed.
    private(set) var composer = Rect(row: 0, column: 0, rows: 0, columns: 0)
    /// The hint line.
    private(set) var hint = Rect(row: 0, column: 0, rows: 0, columns: 0)

    /// The layout of `view` on a screen of `size`. `zoomed` fills it with one pane; `showsDetail` opens the detail where
    /// there is no room for it beside the tree, `showsMetrics` the statistics where there is none for them below the clients.
    init(
        size: Size, view: View, zoomed: Pane?, showsDetail: Bool, showsMetrics: Bool = false, bannerRows: Int,
        isComposing: Bool
    ) {
        let columns = size.columns
        status = Rect(row: 0, column: 0, rows: 1, columns: columns)
        hint = Rect(row: size.rows - 1, column: 0, rows: 1, columns: columns)
        banner = Rect(row: 1, column: 0, rows: bannerRows, columns: columns)
        var middle = Rect(row: 1 + bannerRows, column: 0, rows: max(0, size.rows - 2 - bannerRows), columns: columns)
        if isComposing {
            let rows = min(max(9, size.rows * 2 / 5), 16, middle.rows)
            composer = Rect(row: middle.row + middle.rows - rows, column: 0, rows: rows, columns: columns)
            middle.rows -= rows
        }
        if let zoomed {
            panes = [(zoomed, middle)]
            return
        }
        switch view {
        case .overview: panes = Self.overview(middle, showsDetail: showsDetail)
        case .messages: panes = [(.log, middle)]
        case .broker: panes = Self.broker(middle, showsMetrics: showsMetrics)
        case .connection: panes = Self.connection(middle)
        }
        panes.removeAll { $0.rect.rows < 2 }
    }

    private static func overview(_ area: Rect, showsDetail: Bool) -> [(Pane, Rect)] {
        let broker = area.rows < 12 ? 0 : min(max(4, area.rows / 6), 10)
        let log = area.rows < 8 ? 0 : min(max(4, area.rows / 4), 16)
        let top = area.rows - broker - log
        let isWide = area.columns >= Layout.wide
        let left = isWide ? min(area.columns * 11 / 20, 110) : area.columns
        var panes: [(Pane, Rect)] = []
        if isWide || !showsDetail {
            panes.append((.tree, Rect(row: area.row, column: area.column, rows: top, columns: left)))
        }
        if isWide {
            panes.append(
                (.detail, Rect(row: area.row, column: left + 1, rows: top, columns: area.columns - left - 1)))
        } else if showsDetail {
            panes.append((.detail, Rect(row: area.row, column: area.column, rows: top, columns: left)))
        }
        panes.append((.log, Rect(row: area.row + top, column: area.column, rows: log, columns: area.columns)))
        panes.append(
            (.brokerLog, Rect(row: area.row + top + log, column: area.column, rows: broker, columns: area.columns)))
        return panes
    }

    private static func broker(_ area: Rect, showsMetrics: Bool) -> [(Pane, Rect)] {
        let alarms = area.rows >= 16 ? min(max(3, area.rows / 7), 7) : area.rows >= 10 ? 2 : 0
        let isRoomy = area.columns >= Layout.wide && area.rows >= 30
        let metrics = isRoomy ? min(area.rows / 4, 11) : 0
        let clients = isRoomy ? area.rows * 3 / 10 : (area.rows - alarms) / 2
        let log = area.rows - clients - metrics - alarms
        let first: Pane = showsMetrics && !isRoomy ? .metrics : .clients
        let order: [(Pane, Int)] = [(first, clients), (.metrics, metrics), (.alarms, alarms), (.brokerLog, log)]
        var row = area.row
        var panes: [(Pane, Rect)] = []
        for (pane, rows) in order where rows > 0 {
            panes.append((pane, Rect(row: row, column: area.column, rows: rows, columns: area.columns)))
            row += rows
        }
        return panes
    }

    private static func connection(_ area: Rect) -> [(Pane, Rect)] {
        let isWide = area.columns >= Layout.wide
        if isWide {
            let top = min(16, area.rows * 2 / 5)
            let subscriptions = max(4, top / 2)
            let left = area.columns / 2
            let right = area.columns - left - 1
            return [
                (.facts, Rect(row: area.row, column: 0, rows: top, columns: left)),
                (.subscriptions, Rect(row: area.row, column: left + 1, rows: subscriptions, columns: right)),
                (
                    .losses,
                    Rect(row: area.row + subscriptions, column: left + 1, rows: top - subscriptions, columns: right)
                ),
                (.trace, Rect(row: area.row + top, column: 0, rows: area.rows - top, columns: area.columns)),
            ]
        }
        let facts = area.rows >= 20 ? 6 : 4
        let subscriptions = area.rows >= 16 ? 4 : 3
        let losses = area.rows >= 20 ? 6 : 3
        var row = area.row
        var panes: [(Pane, Rect)] = []
        for (pane, rows) in [(Pane.facts, facts), (.subscriptions, subscriptions), (.losses, losses)] {
            panes.append((pane, Rect(row: row, column: 0, rows: rows, columns: area.columns)))
            row += rows
        }
        panes.append((.trace, Rect(row: row, column: 0, rows: area.row + area.rows - row, columns: area.columns)))
        return panes
    }

    /// Where `pane` stands, `nil` when it is not shown.
    func rect(of pane: Pane) -> Rect? { panes.first { $0.pane == pane }?.rect }

    /// Rows of a pane below its title.
    func contentRows(of pane: Pane) -> Int { rect(of: pane).map { max(0, $0.rows - 1) } ?? 0 }
}

extension Rect {
    /// All but the first row: what is below a pane's title.
    var content: Rect { Rect(row: row + 1, column: column, rows: max(0, rows - 1), columns: columns) }
}

extension Surface {
    /// A pane's title on its rule: ` Topics ── all ─────────── rate ── age ─`. `columns` stand right-aligned at their end column.
    mutating func title(
        _ title: String, notes: [String], in rect: Rect, isFocused: Bool, columns: [(label: String, end: Int)] = []
    ) {
        guard rect.rows > 0, rect.columns > 2 else { return }
        rule(row: rect.row, columns: rect.column..<rect.column + rect.columns, role: .rule)
        let end = columns.map { $0.end - Surface.width(of: $0.label) }.min() ?? rect.columns
        var column = 0
        column += put(
            " \(title) ", row: rect.row, column: rect.column, width: min(end, rect.columns) - 1,
            role: isFocused ? .titleFocused : .title)
        for note in notes where end - column > 6 {
            column += 2
            column += put(
                " \(note) ", row: rect.row, column: rect.column + column, width: end - column - 2, role: .textDim)
        }
        for (label, end) in columns {
            let width = Surface.width(of: label)
            put(" \(label) ", row: rect.row, column: rect.column + end - width - 1, role: .textDim)
        }
    }
}
