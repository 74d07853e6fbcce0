import MQTT
import Testing

@testable import Monitor

@Suite struct `The message log` {
    /// The sequence numbers that `log` shows.
    private func shown(_ log: MessageLog) -> [UInt64] { (0..<log.count).map { log[$0] } }

    @Test func `shows everything but the broker's own topics, as it comes`() {
        var store = Store()
        var log = MessageLog()
        log.update(store)
        #expect(log.count == 0)
        for topic in ["a", "$SYS/b", "c", "a"] { store.take(topic, "1") }
        log.update(store)
        #expect(shown(log) == [0, 2, 3])
        store.take("d", "1")
        log.update(store)
        log.update(store)
        #expect(shown(log) == [0, 2, 3, 4])
        log.scope.includesSystem = true
        #expect(log.count == 0)
        log.update(store)
        #expect(shown(log) == [0, 1, 2, 3, 4])
    }

    @Test func `can be limited to a branch, to a topic filter and to a text`() throws {
        var store = Store()
        for number in 0..<4 {
            store.take("robots/r1/odom", "{\"x\":\(number)}")
            store.take("robots/r2/odom", "lost")
            store.take("$SYS/broker/log", "robots came")
        }
        let robot = try required(store.find("robots/r1"))
        let system = try required(store.find("$SYS"))
        var log = MessageLog(scope: MessageLog.Scope(branch: robot))
        log.update(store)
        #expect(shown(log) == [0, 3, 6, 9])
        log.scope.branch = system
        log.update(store)
        #expect(shown(log) == [2, 5, 8, 11], "a branch of the broker's own topics is shown when it is asked for")
        log.scope = MessageLog.Scope(filter: Filter("robots/+/odom"))
        log.update(store)
        #expect(log.count == 8)
        log.scope.filter = Filter("LOST")
        log.update(store)
        #expect(shown(log) == [1, 4, 7, 10])
        log.scope.filter = Filter("\"x\":2")
        log.update(store)
        #expect(shown(log) == [6], "a text is looked for in each message's own payload")
        log.scope.filter = Filter("r1")
        log.update(store)
        #expect(shown(log) == [0, 3, 6, 9])
        log.scope = MessageLog.Scope(filter: Filter("came"), includesSystem: true)
        log.update(store)
        #expect(log.count == 4)
    }

    @Test func `finds its place again by sequence number, also as it was before`() {
        var store = Store()
        for number in 0..<100 { store.take(number % 3 == 0 ? "a" : "b", "1") }
        var log = MessageLog(scope: MessageLog.Scope(filter: Filter("a")))
        log.update(store)
        #expect(log.count == 34)
        #expect(log.index(of: 0) == 0)
        #expect(log.index(of: 1) == 1)
        #expect(log.index(of: 3) == 1)
        #expect(log.index(of: 99) == 33)
        #expect(log.index(of: 100) == nil)
        #expect(log.count(before: 0) == 0)
        #expect(log.count(before: 4) == 2)
        #expect(log.count(before: .max) == 34)
    }

    @Test func `loses what the history loses, however rarely it looks`() {
        var numbers = Numbers(seed: 9)
        var store = Store(history: 20_000)
        var logs = [
            MessageLog(), MessageLog(scope: MessageLog.Scope(filter: Filter("t/1"))),
            MessageLog(scope: MessageLog.Scope(filter: Filter("7"), includesSystem: true)),
        ]
        var sent: [(topic: String, payload: String)] = []
        for _ in 0..<400 {
            for _ in 0..<numbers.below(numbers.below(20) == 0 ? 1_500 : 30) {
                let topic = numbers.below(5) == 0 ? "$SYS/\(numbers.below(3))" : "t/\(numbers.below(12))"
                let payload = String(numbers.below(100_000_000))
                sent.append((topic, payload))
                store.take(topic, payload)
            }
            for index in logs.indices {
                if numbers.below(3) == 0 { continue }
                logs[index].update(store)
                let scope = logs[index].scope
                let expected = (Int(store.oldestSequence)..<sent.count).filter {
                    (scope.includesSystem || !sent[$0].topic.hasPrefix("$"))
                        && scope.filter.matches(topic: sent[$0].topic.utf8, payload: sent[$0].payload.utf8)
                }
                #expect(shown(logs[index]) == expected.map(UInt64.init))
                let probe = UInt64(numbers.below(sent.count + 2))
                #expect(logs[index].count(before: probe) == expected.count { $0 < probe })
            }
        }
        #expect(store.evictedCount > 5_000)
    }
}

@Suite struct `A set of sequence numbers` {
    @Test func `counts and finds its members like a plain array`() {
        var numbers = Numbers(seed: 10)
        for _ in 0..<20 {
            var set = SequenceSet()
            var model: [UInt64] = []
            var next = UInt64(numbers.below(1_000_000))
            for _ in 0..<300 {
                for _ in 0..<numbers.below(60) {
                    next += UInt64(1 + numbers.below(numbers.below(30) == 0 ? 9_000 : 3))
                    set.append(next)
                    model.append(next)
                }
                if numbers.below(3) == 0, let last = model.last {
                    let bound = model[numbers.below(model.count)] + UInt64(numbers.below(3))
                    set.removeAll(below: min(bound, last + 1))
                    model.removeAll { $0 < bound }
                }
                #expect(set.count == model.count)
                for _ in 0..<5 where !model.isEmpty {
                    let index = numbers.below(model.count)
                    #expect(set[index] == model[index])
                    let probe = model[index] + UInt64(numbers.below(100)) - UInt64(numbers.below(50))
                    #expect(set.count(below: probe) == model.count { $0 < probe })
                }
            }
            #expect((0..<set.count).map { set[$0] } == model)
            set.removeAll()
            #expect(set.count == 0)
            #expect(set.count(below: .max) == 0)
        }
    }
}
