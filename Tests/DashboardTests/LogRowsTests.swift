import Broker
import MQTT
import Monitor
import Testing

@testable import Dashboard

/// Messages and events as one list, beside a model that keeps everything and merges by sorting.
@Suite struct LogRowsTests {
    /// What the model knows of a row.
    private struct Item {
        var row: LogRow
        /// The sequence number of the first message that is not before it.
        var sequence: UInt64
        var topic: String?
        var text: String
    }

    private struct Model {
        var items: [Item] = []
        var filter = ""
        var branch: String?
        var isShown = false
        var frozen: Moment.Frozen?

        /// The rows in sight of what is kept of the messages from `oldest` and of the events from `first` on.
        func rows(oldest: UInt64, first: UInt64) -> [LogRow] {
            items.filter { isVisible($0, oldest: oldest, first: first) }.map(\.row)
        }

        func isVisible(_ item: Item, oldest: UInt64, first: UInt64) -> Bool {
            let isPattern = filter.contains("+")
            let holds = filter.isEmpty || (item.text + (item.topic ?? "")).contains(filter)
            let isBelow = branch.map { item.topic == $0 || item.topic?.hasPrefix($0 + "/") == true } ?? true
            let isOnPattern = item.topic?.split(separator: "/").last == "a"
            switch item.row {
            case .message(let sequence):
                return sequence >= oldest && sequence < frozen?.sequence ?? .max && isBelow
                    && (isPattern ? isOnPattern : holds)
            case .mark(let number):
                guard isShown, number >= first, item.sequence >= oldest, number < frozen?.mark ?? .max else {
                    return false
                }
                guard item.topic != nil else { return isPattern || holds }
                return isBelow && (isPattern ? isOnPattern : holds)
            }
        }
    }

    private struct Bench: ~Copyable {
        var pane = LogPane()
        var store = Store(
            limits: Store.Limits(historyBytes: 4_096, topicBytes: 1 << 20, payloadBytes: 1 << 10), seed: 1)
        var broker = BrokerLog()
        var model = Model()
        var random: Numbers
        var requests: UInt64 = 0

        init(seed: UInt64) {
            random = Numbers(seed: seed)
            pane.timeline = Timeline(capacity: 24)
        }

        static let topics = ["r/1/a", "r/1/b", "r/2/a", "r/2/b", "r/1"]
        static let words = ["one", "two", "three", "four"]

        mutating func word() -> String { Self.words.randomElement(using: &random)! }

        mutating func mark(_ event: Mark.Event, _ text: String, topic: String? = nil) {
            model.items.append(
                Item(row: .mark(pane.timeline.next), sequence: store.nextSequence, topic: topic, text: text))
            pane.timeline.append(Mark(sequence: store.nextSequence, time: .zero, event: event))
        }

        /// Something happens.
        mutating func step() throws {
            let word = word()
            let topic = Self.topics.randomElement(using: &random)!
            switch Int.random(in: 0..<24, using: &random) {
            case 0..<13:
                model.items.append(
                    Item(row: .message(store.nextSequence), sequence: store.nextSequence, topic: topic, text: word))
                var batch = Batch(arrival: .zero)
                batch.append(topic: topic, payload: Array(word.utf8))
                store.ingest(batch)
            case 13..<16:
                let line = "Client \(word) disconnected."
                let taken = broker.ingest(topic: "$SYS/broker/log/N".utf8, payload: line.utf8, arrival: .zero)
                #expect(taken != nil)
                mark(.broker(line: broker.nextNumber - 1), "\(word) disconnected")
            case 16, 17: mark(.connection(words: word, isAlarm: false), word)
            case 18:
                requests += 1
                let publication = Composer.Publication(
                    id: RequestID(rawValue: requests),
                    message: Message(topic: try TopicName(topic), payload: Array(word.utf8)), asked: .zero,
                    outcome: .queued, isClearing: false, version: .v5_0)
                model.items.append(
                    Item(
                        row: .mark(pane.timeline.next), sequence: store.nextSequence, topic: topic,
                        text: word + " queued"))
                pane.timeline.append(publication, before: store.nextSequence)
            case 19:
                let id = UInt64.random(in: 0...requests, using: &random)
                pane.timeline.change(RequestID(rawValue: id)) { $0.outcome = .written }
                change(id)
            case 20:
                pane.timeline.isShown.toggle()
                model.isShown = pane.timeline.isShown
            case 21:
                model.filter = ["", "", word, "+/+/a", "queued", "network"].randomElement(using: &random)!
                pane.log.scope.filter = Filter(model.filter)
            case 22:
                let branch = ["r/1", "r/2"].randomElement(using: &random)!
                let id = model.branch == nil ? store.find(branch.utf8) : nil
                model.branch = id == nil ? nil : branch
                pane.log.scope.branch = id
            default:
                model.frozen =
                    model.frozen == nil
                    ? Moment.Frozen(sequence: store.nextSequence, mark: pane.timeline.next) : nil
            }
        }

        /// The model's publish number `id` was handed to the network.
        private mutating func change(_ id: UInt64) {
            let publishes = model.items.indices.filter { index in
                if case .mark = model.items[index].row { model.items[index].topic != nil } else { false }
            }
            guard id > 0 else { return }
            let word = model.items[publishes[Int(id) - 1]].text.split(separator: " ")[0]
            model.items[publishes[Int(id) - 1]].text = word + " handed to the network; QoS 0 is not acknowledged"
        }

        /// The pane as it is compared: brought up to date, as before a frame.
        mutating func rows() -> LogRows {
            let moment = Moment(
                now: .zero, clock: Driver.clock, sessionStart: nil, lostAt: nil, frozen: model.frozen)
            pane.prepare(store: store, broker: broker, moment: moment, height: 5)
            return LogRows(pane.log, pane.timeline, frozen: model.frozen)
        }
    }

    @Test("as the model has them, whatever comes, goes and is asked for", arguments: 0..<12)
    func model(seed: UInt64) throws {
        var bench = Bench(seed: seed)
        var sawEviction = false
        for _ in 0..<500 {
            try bench.step()
            guard Int.random(in: 0..<3, using: &bench.random) == 0 else { continue }
            let rows = bench.rows()
            let (oldest, first) = (bench.store.oldestSequence, bench.pane.timeline.first)
            sawEviction = sawEviction || oldest > 0 && first > 0
            let expected = bench.model.rows(oldest: oldest, first: first)
            #expect((0..<rows.count).map { rows[$0] } == expected)
            for (index, row) in expected.enumerated() {
                #expect(rows.index(of: row) == index)
                #expect(LogRow(identifier: row.identifier) == row)
            }
            // A row that is not shown is where the next one after it is.
            var before = 0
            for item in bench.model.items {
                let isVisible = bench.model.isVisible(item, oldest: oldest, first: first)
                if case .mark(let number) = item.row, number < first { continue }
                if bench.model.frozen == nil, !isVisible {
                    #expect(rows.index(of: item.row) == before, "\(item)")
                }
                before += isVisible ? 1 : 0
            }
        }
        #expect(sawEviction)
    }

    @Test("the events kept are the latest, and those that went are counted") func capacity() {
        var timeline = Timeline(capacity: 3)
        for number in 0..<10 {
            timeline.append(
                Mark(sequence: 0, time: .zero, event: .connection(words: "\(number)", isAlarm: false)))
        }
        #expect(timeline.first == 7 && timeline.next == 10)
        #expect(timeline[6] == nil && timeline[10] == nil)
        guard case .connection("7", _)? = timeline[7]?.event else {
            Issue.record("the oldest is not there")
            return
        }
    }
}

/// A small generator whose numbers depend on its seed only (SplitMix64).
struct Numbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
