import Broker
import MQTT
import Monitor
import Screen

/// The message log: every message in the order it came, and among them, where asked for, what happened besides.
struct LogPane {
    /// What is drawn of one row.
    enum Line {
        /// A message.
        case message(MessageRecord)
        /// An event.
        case event(EventLine)
    }

    /// Which messages are shown.
    var log = MessageLog()
    /// What happened besides, and whether it is shown.
    var timeline = Timeline()
    /// The rows in sight.
    private(set) var lines: [Line] = []
    /// Which of them is selected.
    private(set) var selectedLine: Int?
    /// Columns for topics: as wide as the widest seen, so that payloads stay where they are.
    private(set) var topicWidth = 16
    /// The selected row; `nil` while following.
    private(set) var selected: LogRow?
    private var state = ListState()

    /// Whether the newest row is shown, whatever comes.
    var isFollowing: Bool { state.isFollowing }

    /// The sequence number of the selected message; `nil` while following, or where an event is selected.
    var selectedMessage: UInt64? {
        guard case .message(let sequence) = selected else { return nil }
        return sequence
    }

    /// The selected event; `nil` while following, or where a message is selected.
    var selectedEvent: Mark.Event? {
        guard case .mark(let number) = selected else { return nil }
        return timeline[number]?.event
    }

    // MARK: Actions

    /// Does `action`; `false` when it means nothing here.
    mutating func perform(_ action: Action, height: Int, frozen: Moment.Frozen?) -> Bool {
        switch action {
        case .up, .down, .pageUp, .pageDown, .first, .last:
            let rows = LogRows(log, timeline, frozen: frozen)
            state.move(
                action, count: rows.count, height: height, index: index(in: rows),
                identifier: { rows[$0].identifier })
            selected = state.isFollowing ? nil : LogRow(identifier: state.selected)
        default: return false
        }
        return true
    }

    private func index(in rows: LogRows) -> Int { rows.index(of: LogRow(identifier: state.selected)) }

    /// What it does, in its title.
    func words(_ moment: Moment) -> String { state.words(moment) }

    // MARK: Each frame

    /// Finds the rows in sight; once a frame.
    mutating func prepare(store: borrowing Store, broker: borrowing BrokerLog, moment: Moment, height: Int) {
        log.update(store)
        if timeline.isShown { timeline.update(log.scope, store: store, broker: broker) }
        let rows = LogRows(log, timeline, frozen: moment.frozen)
        let window = state.window(count: rows.count, height: height, index: index(in: rows))
        selected = window.selected.map { rows[$0] }
        selectedLine = window.selected.map { $0 - window.range.lowerBound }
        lines = []
        for index in window.range {
            switch rows[index] {
            case .message(let sequence):
                guard let record = store.record(sequence) else { continue }
                lines.append(.message(record))
                topicWidth = min(max(topicWidth, store.topic(record.topic).count), 64)
            case .mark(let number):
                guard let mark = timeline[number], let line = EventLine(mark, broker: broker, clock: moment.clock)
                else { continue }
                lines.append(.event(line))
            }
        }
    }
}
