import Broker
import MQTT
import Screen

/// The pane to compose and publish, and below it what became of what was published.
struct Composer {
    /// A field that takes keys.
    enum Field: CaseIterable {
        /// From top to bottom.
        case topic, qos, retain, payload
    }

    /// One publish and what is known of it.
    struct Publication {
        /// Names it.
        let id: RequestID
        /// What was published.
        var message: Message
        /// When it was asked for.
        let asked: Instant
        /// What became of it.
        var outcome: Outcome
        /// When our own subscription brought it back.
        var echoedAt: Instant?
        /// Whether it clears a retained message.
        let isClearing: Bool
        /// The version it went by; before 5.0 a refusal cannot be told.
        let version: ProtocolVersion
    }

    /// Publishes remembered.
    static let capacity = 50
    /// Nanoseconds in which an echo is still taken for one.
    static let echoPatience: Int64 = 60_000_000_000

    /// The field that takes keys.
    private(set) var field = Field.topic
    private var topic = TextInput()
    private var payload = TextInput(isMultiline: true)
    private var qos = QoS.atMostOnce
    private var isRetained = false
    private(set) var problem: String?
    /// The latest publishes, oldest first.
    private(set) var publications: [Publication] = []
    /// How many of the latest publishes are scrolled out of sight.
    private var skipped = 0

    // MARK: Keys

    /// Begins a message for `topic`; a draft for it is kept. RETAIN is never taken along to another topic.
    mutating func begin(topic text: String) {
        if topic.text != text, !text.isEmpty {
            topic = TextInput(text)
            isRetained = false
        }
        field = topic.text.isEmpty ? .topic : .payload
        problem = nil
    }

    /// Takes a key that is no action.
    mutating func handle(_ key: Key) {
        problem = nil
        switch field {
        case .topic:
            if key == .enter || key == .down { field = .qos } else { _ = topic.handle(key) }
        case .payload: _ = payload.handle(key)
        case .qos: handleQoS(key)
        case .retain:
            switch key {
            case .character(" "), .enter, .left, .right: isRetained.toggle()
            case .up: field = .qos
            case .down: field = .payload
            default: break
            }
        }
    }

    private mutating func handleQoS(_ key: Key) {
        switch key {
        case .character("0"): qos = .atMostOnce
        case .character("1"): qos = .atLeastOnce
        case .character("2"): qos = .exactlyOnce
        case .right, .character(" "), .enter: qos = QoS(rawValue: (qos.rawValue + 1) % 3) ?? .atMostOnce
        case .left: qos = QoS(rawValue: (qos.rawValue + 2) % 3) ?? .atMostOnce
        case .up: field = .topic
        case .down: field = .retain
        default: break
        }
    }

    /// Takes pasted text.
    mutating func paste(_ text: String) {
        switch field {
        case .topic: topic.paste(text)
        case .payload: payload.paste(text)
        case .qos, .retain: break
        }
    }

    /// Goes to the field `step` further.
    mutating func move(_ step: Int) {
        let all = Field.allCases
        let index = all.firstIndex(of: field) ?? 0
        field = all[(index + step + all.count) % all.count]
    }

    /// The message as composed, or `nil` with `problem` set.
    mutating func message() -> Message? {
        do {
            let name = try TopicName(topic.text)
            problem = nil
            return Message(topic: name, payload: Array(payload.text.utf8), qos: qos, isRetained: isRetained)
        } catch {
            problem = "Not published: \(error)."
            field = .topic
            return nil
        }
    }

    // MARK: What became of it

    /// A publish was asked for.
    mutating func add(_ publication: Publication) {
        publications.append(publication)
        if publications.count > Self.capacity { publications.removeFirst() }
        skipped = 0
    }

    /// Shows publishes that are `step` older.
    mutating func scroll(_ step: Int) { skipped = min(max(0, skipped + step), max(0, publications.count - 1)) }

    /// The outcome of a publish; the publish it belongs to.
    mutating func outcome(_ id: RequestID, _ outcome: Outcome) -> Publication? {
        guard let index = publications.lastIndex(where: { $0.id == id }) else { return nil }
        publications[index].outcome = outcome
        return publications[index]
    }

    /// Whether an echo is still waited for.
    func awaitsEcho(at now: Instant) -> Bool {
        publications.contains { $0.echoedAt == nil && now.since($0.asked) < Self.echoPatience }
    }

    /// A message arrived: it may be the echo of ours; of which.
    mutating func arrived(_ record: Batch.Record, in batch: Batch) -> RequestID? {
        let candidate = publications.firstIndex {
            $0.echoedAt == nil && batch.arrival.since($0.asked) < Self.echoPatience
                && batch.topic(record).elementsEqual($0.message.topic.string.utf8)
                && batch.payload(record).elementsEqual($0.message.payload)
        }
        guard let candidate else { return nil }
        publications[candidate].echoedAt = batch.arrival
        return publications[candidate].id
    }

    /// What is known of a publish, in words.
    static func words(_ publication: Publication) -> (text: String, role: Role) {
        var (text, role): (String, Role)
        switch publication.outcome {
        case .queued: (text, role) = ("queued", .outcomeWaiting)
        case .written:
            (text, role) = ("handed to the network; QoS 0 is not acknowledged", .outcomeWaiting)
        case .acknowledged(let code, let reason, let microseconds):
            let time = Format.duration(seconds: Double(microseconds) / 1e6)
            (text, role) = ("acknowledged after \(time): \(code)", .outcomeGood)
            if code == .noMatchingSubscribers {
                (text, role) = ("acknowledged after \(time), but nobody is subscribed (0x10)", .outcomeWaiting)
            } else if code.isFailure {
                (text, role) = ("refused after \(time): \(code)", .outcomeBad)
            }
            if let reason { text += " “\(reason)”" }
            if publication.version != .v5_0, !code.isFailure {
                text = "acknowledged after \(time); MQTT \(publication.version) cannot report a refusal"
            }
        case .unsendable(let reason): (text, role) = (reason.words, .outcomeBad)
        }
        if let echoedAt = publication.echoedAt {
            let time = Format.duration(seconds: Double(max(0, echoedAt.since(publication.asked))) / 1e9)
            text += " · echoed back after \(time)"
            if case .written = publication.outcome { role = .outcomeGood }
        }
        return (text, role)
    }
}

extension Composer {
    /// Draws the fields and the fate of what was published.
    func draw(in rect: Rect, on surface: inout Surface, moment: Moment) {
        surface.fill(rect, role: .popup)
        surface.title("Publish", notes: [problem ?? ""].filter { !$0.isEmpty }, in: rect, isFocused: true)
        let label = rect.column + 1
        let column = rect.column + 10
        let width = max(4, rect.columns - 11)
        surface.put("topic", row: rect.row + 1, column: label, role: .popup)
        topic.draw(
            in: Rect(row: rect.row + 1, column: column, rows: 1, columns: width), on: &surface,
            isFocused: field == .topic)
        surface.put("QoS", row: rect.row + 2, column: label, role: .popup)
        surface.put(
            " \(qos.rawValue) ", row: rect.row + 2, column: column, role: field == .qos ? .fieldFocused : .field)
        surface.put("RETAIN", row: rect.row + 2, column: column + 6, role: .popup)
        surface.put(
            isRetained ? " yes " : " no ", row: rect.row + 2, column: column + 13,
            role: field == .retain ? .fieldFocused : .field)
        let shown = min(publications.count, max(1, (rect.rows - 3) / 3))
        let payloadRows = max(1, rect.rows - 3 - shown)
        surface.put("payload", row: rect.row + 3, column: label, role: .popup)
        payload.draw(
            in: Rect(row: rect.row + 3, column: column, rows: payloadRows, columns: width), on: &surface,
            isFocused: field == .payload)
        let hint = Self.fieldHint(field)
        if !hint.isEmpty, rect.columns > 60 {
            surface.put(right: hint, row: rect.row + 2, end: rect.column + rect.columns - 1, role: .textDim)
        }
        for (offset, publication) in publications.dropLast(skipped).suffix(shown).reversed().enumerated() {
            draw(publication, row: rect.row + 3 + payloadRows + offset, in: rect, on: &surface, moment: moment)
        }
    }

    private static func fieldHint(_ field: Field) -> String {
        switch field {
        case .topic: "Enter: next"
        case .qos: "0 1 2"
        case .retain: "Space"
        case .payload: "Enter: new line"
        }
    }

    private func draw(_ publication: Publication, row: Int, in rect: Rect, on surface: inout Surface, moment: Moment) {
        guard row < rect.row + rect.rows else { return }
        let (text, role) = Self.words(publication)
        let end = rect.column + rect.columns - 1
        var column = rect.column + 1
        column += surface.put(moment.clock.seconds(publication.asked), row: row, column: column, role: .popup) + 2
        let name = publication.isClearing ? "clear \(publication.message.topic)" : publication.message.topic.string
        let flags = " q\(publication.message.qos.rawValue)\(publication.message.isRetained ? " r" : "")"
        let width = max(8, (end - column) / 4)
        column += surface.put(
            LogPane.shortened(Array(name.utf8), to: width) + flags, row: row, column: column, width: width + 6,
            role: .popup)
        surface.put(text, row: row, column: column + 2, width: end - column - 2, role: role)
    }
}
