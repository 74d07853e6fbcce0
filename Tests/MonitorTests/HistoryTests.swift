import MQTT
import Testing

@testable import Monitor

@Suite struct `The history is a ring` {
    /// A message as it was sent.
    struct Sent {
        var topic: [UInt8]
        var payload: [UInt8]
        var properties: [UInt8]
        var flags: PublishFlags
        var arrival: Instant
    }

    /// The ring on paper: where each message lies, and which one a new message lies upon.
    struct Paper {
        let capacity: Int
        var live: [(sequence: Int, range: Range<Int>)] = []
        var next = 0
        var offset = 0

        init(capacity: Int) { self.capacity = capacity }

        mutating func append(size: Int) {
            if offset + size > capacity {
                live.removeAll { $0.range.upperBound > offset }
                offset = 0
            }
            let range = offset..<offset + size
            live.removeAll { $0.range.overlaps(range) }
            live.append((next, range))
            next += 1
            offset = range.upperBound == capacity ? 0 : range.upperBound
        }
    }

    /// Checks all that `store` says of its history against all that was sent.
    private func check(_ store: borrowing Store, _ sent: [Sent], oldest: Int) throws {
        #expect(store.nextSequence == UInt64(sent.count))
        #expect(store.oldestSequence == UInt64(oldest))
        #expect(store.evictedCount == UInt64(oldest))
        #expect(store.record(UInt64(sent.count)) == nil)
        if oldest > 0 { #expect(store.record(UInt64(oldest - 1)) == nil) }
        var latest: [[UInt8]: Int] = [:]
        for number in oldest..<sent.count {
            let message = sent[number]
            let record = try required(store.record(UInt64(number)))
            #expect(record.sequence == UInt64(number))
            #expect(store.topic(record.topic) == message.topic)
            #expect(record.payloadLength == message.payload.count)
            #expect(store.payload(record) == Array(message.payload.prefix(record.keptLength)))
            #expect(record.propertiesLength == message.properties.count)
            #expect(store.properties(record) == message.properties)
            #expect(record.flags == message.flags)
            #expect(record.arrival == message.arrival)
            #expect(store.previous(record)?.sequence == latest[message.topic].map { UInt64($0) })
            latest[message.topic] = number
        }
    }

    @Test(arguments: [1024, 1500, 4096, 20_000])
    func `it holds exactly what fits, byte for byte, and knows the message before of each topic`(budget: Int) throws {
        var numbers = Numbers(seed: UInt64(budget))
        var store = Store(history: budget, payload: budget)
        let ring = History(budget: budget, payloadBytes: budget)
        var paper = Paper(capacity: ring.capacity)
        var sent: [Sent] = []
        for number in 0..<1_500 {
            let isLarge = numbers.below(6) == 0
            let payload = isLarge ? ring.capacity / 4 : numbers.below(budget / 8)
            let properties = isLarge ? ring.capacity / 8 : numbers.below(4) == 0 ? numbers.below(30) : 0
            let message = Sent(
                topic: Array("t/\(numbers.below(9))".utf8), payload: numbers.bytes(payload),
                properties: numbers.bytes(properties),
                flags: PublishFlags(rawValue: UInt8(numbers.below(16))),
                arrival: Instant(nanoseconds: Int64(number) * 1_000_003 - 700_000_000))
            store.take(
                message.topic, message.payload, properties: message.properties, flags: message.flags,
                at: message.arrival)
            sent.append(message)
            paper.append(size: (24 + message.payload.count + message.properties.count + 3) & ~3)
            #expect(store.oldestSequence == UInt64(paper.live.first?.sequence ?? paper.next))
            if number % 97 == 0 || number == 1_499 {
                try check(store, sent, oldest: Int(store.oldestSequence))
            }
        }
        #expect(store.cutCount == 0)
        #expect(store.memoryBytes > budget)
    }

    @Test func `messages of equal size fill it to the last byte`() {
        let ring = History(budget: 1 << 16, payloadBytes: 1 << 16)
        let each = 24 + 72
        #expect(ring.capacity % each == 0)
        var store = Store(history: 1 << 16)
        for number in 0..<ring.capacity / each * 3 + 1 {
            store.take("t/\(number % 5)", String(repeating: "x", count: 72))
        }
        #expect(Int(store.nextSequence - store.oldestSequence) == ring.capacity / each)
    }

    @Test func `a message larger than all of it is kept in part, and its true length is known`() throws {
        var store = Store(history: 4096, payload: 1 << 20)
        for _ in 0..<20 {
            store.take("small", "1")
            store.take(Array("large".utf8), [UInt8](repeating: 7, count: 300_000))
        }
        let record = try required(store.record(store.nextSequence - 1))
        #expect(record.payloadLength == 300_000)
        #expect(record.keptLength > 900 && record.keptLength <= 1024)
        #expect(store.payload(record) == [UInt8](repeating: 7, count: record.keptLength))
        #expect(store.payload(record, limit: 3) == [7, 7, 7])
        #expect(store.cutCount == 20)
        let large = try required(store.find("large"))
        #expect(store.latestPayload(large).count == 300_000)
        #expect(store.summary(large).payloadLength == 300_000)
        #expect(store.summary(large).keptLength == 300_000)
        #expect(store.previous(record)?.topic == large)
    }

    @Test func `payloads over the limit are cut in the history only`() throws {
        var store = Store(history: 1 << 16, payload: 100)
        store.take(Array("a".utf8), [UInt8](repeating: 1, count: 100))
        #expect(store.cutCount == 0)
        store.take(Array("a".utf8), [UInt8](repeating: 2, count: 101))
        #expect(store.cutCount == 1)
        let record = try required(store.record(1))
        #expect(record.payloadLength == 101)
        #expect(record.keptLength == 100)
        let topic = try required(store.find("a"))
        #expect(store.latestPayload(topic).count == 101)
    }

    @Test func `properties are kept whole or not at all`() throws {
        var store = Store(history: 4096)
        store.take(Array("a".utf8), [1], properties: [38, 0, 1, 65, 0, 1, 66])
        store.take(Array("a".utf8), [1], properties: [UInt8](repeating: 1, count: 2_000))
        let first = try required(store.record(0))
        let second = try required(store.record(1))
        #expect(store.properties(first) == [38, 0, 1, 65, 0, 1, 66])
        #expect(store.properties(second) == [])
        #expect(second.propertiesLength == 2_000)
        #expect(store.cutCount == 1)
        let topic = try required(store.find("a"))
        #expect(store.latestProperties(topic).count == 2_000)
        store.take(Array("a".utf8), [1])
        #expect(store.latestProperties(topic) == [])
    }

    @Test func `a record that was evicted meanwhile has no bytes`() throws {
        var store = Store(history: 1024)
        store.take("a", "first")
        let record = try required(store.record(0))
        for _ in 0..<100 { store.take("b", "later messages") }
        #expect(store.payload(record) == [])
        #expect(store.properties(record) == [])
        #expect(store.previous(record) == nil)
    }

    @Test func `tiny budgets hold something`() {
        for budget in [Int.min, -1, 0, 1, 1023] {
            var store = Store(history: budget, topics: 1 << 20, payload: budget)
            for _ in 0..<50 { store.take("a", "12345") }
            #expect(store.nextSequence - store.oldestSequence > 20)
        }
    }
}
