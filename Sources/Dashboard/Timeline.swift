import Broker
import MQTT
import Monitor

/// Something that happened beside the messages, and its place among them.
struct Mark {
    /// What happened.
    enum Event {
        /// The broker wrote a line of its log: the line's number there.
        case broker(line: UInt64)
        /// Our connection or a subscription changed: how, and whether somebody should look at it.
        case connection(words: String, isAlarm: Bool)
        /// We published; of the payload, which had so many bytes, a row's worth is kept.
        case publication(Composer.Publication, payloadLength: Int)
    }

    /// The sequence number of the first message that came after it.
    let sequence: UInt64
    /// When it came.
    let time: Instant
    /// What happened.
    var event: Event
}

/// What happened beside the messages: the latest events of the broker's log, of our connection and of own publishes.
///
/// An event stands where it came, not where its own time would put it: the broker's time stamps are whole seconds of
/// another clock, and in a second hundreds of messages come. Sorted by them a line would stand before or after what
/// caused it; in the order of arrival both are as the broker sent them. What came late shows its own time besides.
struct Timeline {
    /// Most events kept.
    let capacity: Int
    /// Most bytes kept of a payload that was published.
    static let payloadCapacity = 512

    /// Whether the message log shows them.
    var isShown = false
    /// The number of the oldest event kept. Events are numbered from 0 on: so many are gone.
    private(set) var first: UInt64 = 0
    /// The number of the next event.
    private(set) var next: UInt64 = 0
    /// The event `number` is at `number % capacity`.
    private var ring: [Mark] = []

    /// The numbers of those that `scope` shows.
    private var shown: [UInt64] = []
    private var scope = MessageLog.Scope()
    /// The number of the first event that has not been looked at.
    private var looked: UInt64 = 0

    /// A timeline without events that keeps at most `capacity` of them.
    init(capacity: Int = 4_096) { self.capacity = max(1, capacity) }

    // MARK: Events come

    /// Adds an event behind the newest; the oldest makes room.
    mutating func append(_ mark: Mark) {
        let place = Int(next % UInt64(capacity))
        if place < ring.count { ring[place] = mark } else { ring.append(mark) }
        next += 1
        first = max(first, next - UInt64(ring.count))
    }

    /// Adds a publish before the message `sequence`.
    mutating func append(_ publication: Composer.Publication, before sequence: UInt64) {
        var kept = publication
        kept.message.payload = Array(publication.message.payload.prefix(Self.payloadCapacity))
        append(
            Mark(
                sequence: sequence, time: publication.asked,
                event: .publication(kept, payloadLength: publication.message.payload.count)))
    }

    /// Changes what is known of a publish.
    mutating func change(_ id: RequestID, _ body: (inout Composer.Publication) -> Void) {
        for number in (first..<next).reversed() {
            let place = Int(number % UInt64(capacity))
            guard case .publication(var publication, let length) = ring[place].event, publication.id == id else {
                continue
            }
            body(&publication)
            ring[place].event = .publication(publication, payloadLength: length)
            lookAgain()  // a text may stand in what became of it
            return
        }
    }

    private mutating func lookAgain() {
        shown = []
        looked = 0
    }

    // MARK: Reading

    /// The event with this number; `nil` when it is gone, or yet to come.
    subscript(number: UInt64) -> Mark? {
        number >= first && number < next ? ring[Int(number % UInt64(capacity))] : nil
    }

    /// Finds those that `scope` shows; once a frame. Those before the oldest message of the history go with the messages
    /// that they stood among: without them it would look as if nothing had been published then.
    mutating func update(_ scope: MessageLog.Scope, store: borrowing Store, broker: borrowing BrokerLog) {
        while let mark = self[first], mark.sequence < store.oldestSequence { first += 1 }
        if scope != self.scope {
            self.scope = scope
            lookAgain()
        }
        let gone = shown.partition(below: first)
        if gone > 0 { shown.removeFirst(gone) }
        let branch = scope.branch.map { store.topic($0) }
        for number in max(first, looked)..<next {
            guard let mark = self[number], Self.isShown(mark.event, scope.filter, branch: branch, broker) else {
                continue
            }
            shown.append(number)
        }
        looked = next
    }

    /// Whether an event is shown. A text filter asks for it as it does for messages. A topic filter and a branch choose
    /// messages, and own publishes by their topic; the events of the broker and of the connection all stay beside them:
    /// who looks at one topic wants to see what happened when it fell silent.
    private static func isShown(
        _ event: Mark.Event, _ filter: Filter, branch: [UInt8]?, _ broker: borrowing BrokerLog
    ) -> Bool {
        switch event {
        case .broker(let number):
            guard let line = broker.line(number) else { return false }
            return filter.isEmpty || filter.matches(words: "\(line.client ?? "") \(line.words)")
        case .connection(let words, _): return filter.matches(words: words)
        case .publication(let publication, _):
            let message = publication.message
            let topic = message.topic.string.utf8
            if let branch {
                let rest = topic.dropFirst(branch.count)
                guard topic.starts(with: branch), rest.isEmpty || rest.first == UInt8(ascii: "/") else { return false }
            }
            return filter.matches(topic: topic, payload: message.payload)
                || filter.readsValues && filter.matches(words: Composer.words(publication).text)
        }
    }

    /// How many are shown; with `end`, of those below that number.
    func count(below end: UInt64? = nil) -> Int { end.map { shown.partition(below: $0) } ?? shown.count }

    /// The number of the event shown at `index`, from 0, the oldest, on.
    func number(at index: Int) -> UInt64 { shown[index] }

    /// The sequence number of the first message after the event shown at `index`.
    func sequence(at index: Int) -> UInt64 { ring[Int(shown[index] % UInt64(capacity))].sequence }
}

extension [UInt64] {
    /// How many of these growing numbers are below `limit`.
    fileprivate func partition(below limit: UInt64) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < limit { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
