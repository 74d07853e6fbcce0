import Broker

/// Which lines of the broker's log are shown.
struct LogFilter: Equatable {
    /// How grave a line must be.
    enum Gravity: CaseIterable {
        /// Any.
        case all
        /// No subscriptions, and nothing that is only information.
        case notices
        /// Warnings and errors, and what somebody should look at.
        case alarms

        /// In the pane's title; empty for all.
        var words: String {
            switch self {
            case .all: ""
            case .notices: "notices and worse"
            case .alarms: "only what matters"
            }
        }
    }

    /// What a line must be about.
    enum Topic: CaseIterable {
        /// Anything.
        case all
        /// Who comes and who goes.
        case connections
        /// Who is refused or thrown out, and why.
        case failures
        /// Who subscribes to what.
        case subscriptions
        /// The broker itself.
        case broker

        /// In the pane's title; empty for all.
        var words: String {
            switch self {
            case .all: ""
            case .connections: "connections"
            case .failures: "failures"
            case .subscriptions: "subscriptions"
            case .broker: "the broker itself"
            }
        }
    }

    /// How grave it must be.
    var gravity = Gravity.all
    /// What it must be about.
    var topic = Topic.all
    /// The client that it must be about; `nil` for all.
    var client: String?
    /// Text that it must hold, whatever the case of ASCII letters.
    var text = ""

    /// Whether every line is shown.
    var isEmpty: Bool { self == LogFilter() }

    /// What is shown, in words for the pane's title.
    var words: [String] {
        [gravity.words, topic.words, client.map { "client \($0)" } ?? "", text.isEmpty ? "" : "filter: \(text)"]
            .filter { !$0.isEmpty }
    }

    /// Whether `line` is shown.
    func matches(_ line: LogLine) -> Bool {
        switch gravity {
        case .all: break
        case .notices: guard [.error, .warning, .notice].contains(line.severity) else { return false }
        case .alarms: guard line.isAlarm || [.error, .warning].contains(line.severity) else { return false }
        }
        guard topic == .all || topic == line.topic else { return false }
        if let client, line.client.map({ $0.utf8.elementsEqual(client.utf8) }) != true { return false }
        guard !text.isEmpty else { return true }
        return Self.holds(line.words, text) || Self.holds(line.client ?? "", text)
    }

    /// Whether `text` holds `needle`, whatever the case.
    static func holds(_ text: String, _ needle: String) -> Bool {
        text.lowercased().contains(needle.lowercased())
    }
}

extension LogLine {
    /// What it is about.
    fileprivate var topic: LogFilter.Topic {
        switch kind {
        case .accepted, .connected, .encrypted: .connections
        case .ended: isAlarm ? .failures : .connections
        case .takenOver, .turnedAway, .tlsOnPlainListener, .tlsError, .violation, .dropping: .failures
        case .subscribed, .unsubscribed: .subscriptions
        case .starting, .running, .terminating, .expired, .saving, .notSaved, .reloading, .listening, .remark, .unknown:
            .broker
        }
    }
}

/// The numbers of the log's lines that a filter shows: kept up with the log a few lines at a time.
struct LogSelection {
    /// Which lines; all are looked at again when this changes.
    var filter = LogFilter() {
        didSet { if filter != oldValue { forget() } }
    }

    /// The numbers of the lines shown, in their order.
    private var members: [UInt64] = []
    /// The number of the first line that was not looked at.
    private var next: UInt64 = 0
    private var rearrangedCount = 0

    private mutating func forget() {
        members = []
        next = 0
    }

    /// Takes up what came since the last time, and drops what is gone.
    mutating func update(_ log: borrowing BrokerLog) {
        guard !filter.isEmpty else { return }
        if rearrangedCount != log.rearrangedCount { forget() }
        rearrangedCount = log.rearrangedCount
        members.removeFirst(members.firstIndex { log.line($0) != nil } ?? members.count)
        // Nothing was sorted in: what came since stands at the end.
        let fresh = Int(min(log.nextNumber - next, UInt64(log.count)))
        for index in log.count - fresh..<log.count where filter.matches(log[index]) {
            members.append(log.number(at: index))
        }
        next = log.nextNumber
    }

    /// How many lines are shown.
    func count(in log: borrowing BrokerLog) -> Int { filter.isEmpty ? log.count : members.count }

    /// The number of the line shown at `index`, from 0, the oldest, on.
    func number(at index: Int, in log: borrowing BrokerLog) -> UInt64 {
        filter.isEmpty ? log.number(at: index) : members[index]
    }

    /// Where the line `number` is shown, or the next one after it.
    func index(of number: UInt64, in log: borrowing BrokerLog) -> Int {
        guard !filter.isEmpty, !members.contains(number) else {
            return (filter.isEmpty ? log.index(of: number) : members.firstIndex(of: number)) ?? 0
        }
        guard let place = log.index(of: number) else { return 0 }
        var earlier: Set<UInt64> = []
        for index in 0..<place { earlier.insert(log.number(at: index)) }
        return members.firstIndex { !earlier.contains($0) } ?? members.count
    }
}
