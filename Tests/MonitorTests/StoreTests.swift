import MQTT
import Testing

@testable import Monitor

@Suite struct `The store` {
    /// What a store must know, kept in dictionaries and arrays.
    struct Model {
        struct Topic {
            var messages = 0
            var bytes = 0
            var payload: [UInt8] = []
            var properties: [UInt8] = []
            var flags = PublishFlags(rawValue: 0)
            var isStored = false
            var lastLive: Instant?
            var lastChange: Instant?
            var lastSequence = 0
            var session = 0
        }

        struct Message {
            var topic: [UInt8]
            var payload: [UInt8]
            var properties: [UInt8]
            var flags: PublishFlags
            var isStored: Bool
            var arrival: Instant
            var previous: Int?
        }

        var topics: [[UInt8]: Topic] = [:]
        var log: [Message] = []
        var session = 0
        var retainMeansStored = true
        var burst: Instant?
        var messages = 0
        var bytes = 0
        var system = 0
        var stored = 0

        mutating func beginSession(at now: Instant, retainMeansStored: Bool) {
            session += 1
            self.retainMeansStored = retainMeansStored
            burst = now
        }

        mutating func take(
            _ topic: [UInt8], _ payload: [UInt8], _ properties: [UInt8], _ flags: PublishFlags, at now: Instant
        ) {
            var known = topics[topic] ?? Topic()
            var isStored = flags.isRetained && retainMeansStored
            if flags.isRetained, !retainMeansStored, known.messages == 0 || known.session != session, let last = burst {
                isStored = now.since(last) <= 2_000_000_000
                burst = isStored ? now : nil
            }
            let isSystem = topic.first == UInt8(ascii: "$")
            if isSystem {
                system += 1
            } else {
                messages += 1
                bytes += payload.count
                stored += isStored ? 1 : 0
            }
            log.append(
                Message(
                    topic: topic, payload: payload, properties: properties, flags: flags, isStored: isStored,
                    arrival: now, previous: known.messages == 0 ? nil : known.lastSequence))
            if known.messages > 0, known.payload != payload { known.lastChange = now }
            known.messages += 1
            known.bytes += payload.count
            known.payload = payload
            known.properties = properties
            known.flags = flags
            known.isStored = isStored
            known.session = session
            known.lastSequence = log.count - 1
            if !isStored { known.lastLive = now }
            topics[topic] = known
        }

        /// The topics that are `path` or below it.
        func subtree(_ path: [UInt8]) -> [Topic] {
            topics.filter { $0.key == path || $0.key.starts(with: path + [UInt8(ascii: "/")]) }.map(\.value)
        }
    }

    private func checkTopics(_ store: borrowing Store, _ model: Model) throws {
        #expect(store.messageCount == UInt64(model.messages))
        #expect(store.byteCount == UInt64(model.bytes))
        #expect(store.systemMessageCount == UInt64(model.system))
        #expect(store.storedCount == UInt64(model.stored))
        #expect(store.topicCount == model.topics.keys.count { $0.first != UInt8(ascii: "$") })
        #expect(store.excludedCount == 0)
        var paths = Set<[UInt8]>()
        for (path, topic) in model.topics {
            let id = try required(store.find(path))
            let summary = store.summary(id)
            #expect(summary.messageCount == UInt64(topic.messages))
            #expect(summary.byteCount == UInt64(topic.bytes))
            #expect(summary.flags == topic.flags)
            #expect(summary.isStored == topic.isStored)
            #expect(summary.lastArrival == (topic.isStored ? nil : topic.lastLive))
            #expect(summary.lastChange == topic.lastChange)
            #expect(summary.lastSequence == UInt64(topic.lastSequence))
            #expect(summary.payloadLength == topic.payload.count)
            #expect(store.latestPayload(id) == topic.payload)
            #expect(store.latestProperties(id) == topic.properties)
            let levels = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            for count in 1...levels.count {
                paths.insert(Array(levels[..<count].joined(separator: [UInt8(ascii: "/")])))
            }
        }
        for path in paths {
            let id = try required(store.find(path))
            let below = model.subtree(path)
            let summary = store.summary(id)
            #expect(summary.subtreeMessageCount == UInt64(below.reduce(0) { $0 + $1.messages }))
            #expect(summary.subtreeTopicCount == below.count)
            #expect(summary.subtreeLastArrival == below.compactMap(\.lastLive).max())
        }
        #expect(store.revision == UInt64(paths.count + model.topics.count + 1))
    }

    private func checkHistory(_ store: borrowing Store, _ model: Model) throws {
        #expect(store.nextSequence == UInt64(model.log.count))
        #expect(store.evictedCount == store.oldestSequence)
        for number in Int(store.oldestSequence)..<model.log.count {
            let message = model.log[number]
            let record = try required(store.record(UInt64(number)))
            #expect(store.topic(record.topic) == message.topic)
            #expect(record.flags == message.flags)
            #expect(record.isStored == message.isStored)
            #expect(record.arrival == message.arrival)
            #expect(record.payloadLength == message.payload.count)
            #expect(store.payload(record) == Array(message.payload.prefix(record.keptLength)))
            let before = model.log[..<number].lastIndex { $0.topic == message.topic }
            let kept = before.flatMap { $0 < Int(store.oldestSequence) ? nil : UInt64($0) }
            #expect(store.latest(record.topic, before: UInt64(number))?.sequence == kept)
            let previous = message.previous.flatMap { $0 < Int(store.oldestSequence) ? nil : UInt64($0) }
            #expect(store.previous(record)?.sequence == previous)
        }
    }

    @Test(arguments: [(1, 1024), (2, 3_000), (3, 20_000), (4, 1 << 20)])
    func `agrees with a plain model after any traffic`(seed: Int, history: Int) throws {
        var numbers = Numbers(seed: UInt64(seed))
        var store = Store(history: history, hashMask: seed == 2 ? 3 : .max)
        var model = Model()
        let names = ["a", "b", "", "$SYS", "a long name of a level"]
        var now = Instant.zero
        for step in 0..<200 {
            now = now.advanced(milliseconds: Int64(numbers.below(numbers.below(8) == 0 ? 5_000 : 100)))
            if numbers.below(20) == 0 {
                let is3 = numbers.below(2) == 0
                store.beginSession(at: now, retainMeansStored: is3)
                model.beginSession(at: now, retainMeansStored: is3)
            }
            var batch = Batch(arrival: now)
            for _ in 0..<numbers.below(30) {
                let levels = (0...numbers.below(3)).map { _ in names[numbers.below(names.count)] }
                let topic = Array(levels.joined(separator: "/").utf8)
                let size = numbers.below(numbers.below(10) == 0 ? 400 : 20)
                let payload = numbers.below(3) == 0 ? (model.topics[topic]?.payload ?? []) : numbers.bytes(size)
                let properties = numbers.below(5) == 0 ? numbers.bytes(numbers.below(60)) : []
                let flags = PublishFlags(rawValue: UInt8(numbers.below(16)))
                topic.withUnsafeBytes { topic in
                    payload.withUnsafeBytes { payload in
                        properties.withUnsafeBytes {
                            batch.append(topic: topic, payload: payload, properties: $0, flags: flags)
                        }
                    }
                }
                model.take(topic, payload, properties, flags, at: now)
            }
            let middle = numbers.below(batch.count + 1)
            store.ingest(batch, records: 0..<middle)
            store.ingest(batch, records: middle..<batch.count)
            if step % 40 == 39 {
                try checkTopics(store, model)
                try checkHistory(store, model)
            }
        }
    }

    @Test func `begins empty`() {
        let store = Store()
        #expect(store.messageCount == 0 && store.byteCount == 0 && store.systemMessageCount == 0)
        #expect(store.oldestSequence == 0 && store.nextSequence == 0)
        #expect(store.record(0) == nil)
        #expect(store.roots.isEmpty)
        #expect(store.find("") == nil)
        #expect(store.find("a") == nil)
        #expect(store.memoryBytes < 10_000)
    }
}
