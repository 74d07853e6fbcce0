import Monitor

/// A row of the message log by what it is, which stays when other rows come and go.
enum LogRow: Hashable {
    /// The message with this sequence number.
    case message(UInt64)
    /// The event with this number.
    case mark(UInt64)

    private static let markBit: UInt64 = 1 << 63

    /// The row that `identifier` names.
    init(identifier: UInt64) {
        self = identifier & Self.markBit == 0 ? .message(identifier) : .mark(identifier & ~Self.markBit)
    }

    /// One number for both kinds; neither counts that far.
    var identifier: UInt64 {
        switch self {
        case .message(let sequence): sequence
        case .mark(let number): number | Self.markBit
        }
    }
}

/// The rows of the message log, oldest first: messages, and among them the events of the timeline.
///
/// Nothing is merged ahead: which row stands at an index, and where a row stands, is found by binary search, so that a
/// frame costs what it shows and a message nothing.
struct LogRows {
    private let messages: MessageLog
    private let timeline: Timeline
    private let messageCount: Int
    private let markCount: Int

    /// The rows of `messages` and, where it is shown, of `timeline`; with `frozen` those from before these numbers.
    init(_ messages: MessageLog, _ timeline: Timeline, frozen: Moment.Frozen?) {
        self.messages = messages
        self.timeline = timeline
        messageCount = frozen.map { messages.count(before: $0.sequence) } ?? messages.count
        markCount = timeline.isShown ? timeline.count(below: frozen?.mark) : 0
    }

    /// How many there are.
    var count: Int { messageCount + markCount }

    /// The row at `index`, which must be less than `count`.
    subscript(index: Int) -> LogRow {
        let marksBefore = firstMark { place(ofMark: $0) >= index }
        if marksBefore < markCount, place(ofMark: marksBefore) == index {
            return .mark(timeline.number(at: marksBefore))
        }
        return .message(messages[index - marksBefore])
    }

    /// Where `row` stands, or the next one after it where it is not shown; `count` when there is none.
    func index(of row: LogRow) -> Int {
        switch row {
        case .message(let sequence):
            messages.count(before: sequence) + firstMark { timeline.sequence(at: $0) > sequence }
        case .mark(let number):
            timeline[number].map { mark in
                messages.count(before: mark.sequence) + firstMark { timeline.number(at: $0) >= number }
            } ?? 0
        }
    }

    /// Where the event shown at `index` among the events stands among all rows.
    private func place(ofMark index: Int) -> Int { messages.count(before: timeline.sequence(at: index)) + index }

    /// The first of the events for which `isReached`, which stays true once it is, or their count.
    private func firstMark(_ isReached: (Int) -> Bool) -> Int {
        var (low, high) = (0, markCount)
        while low < high {
            let middle = (low + high) / 2
            if isReached(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
