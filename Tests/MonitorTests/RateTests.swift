import MQTT
import Testing

@testable import Monitor

@Suite struct `Rates say what happens` {
    /// A store that got a message of `topic` at each of these seconds.
    private func store(_ topic: String = "a/b", at seconds: some Sequence<Double>) -> Store {
        var store = Store()
        for (number, second) in seconds.enumerated() { store.take(topic, "\(number)", at: .seconds(second)) }
        return store
    }

    @Test(arguments: [0.01, 0.05, 0.1, 0.3, 1, 5, 60])
    func `a regular topic has its rate within the hundredth, however slow`(period: Double) throws {
        let count = max(12 / period, 4).rounded()
        let store = store(at: stride(from: 100, to: 100 + period * count - period / 2, by: period))
        let topic = try required(store.find("a/b"))
        let branch = try required(store.find("a"))
        let last = 100 + period * (count - 1)
        for late in [0, 0.5, 0.99] {
            let now = Instant.seconds(last + late * period)
            let rate = try required(store.summary(topic).rate(at: now))
            #expect(abs(rate * period - 1) < 0.01)
            #expect(store.summary(branch).subtreeRate(at: now) == rate)
        }
        let summary = store.summary(topic)
        #expect(abs(try required(summary.period) / period - 1) < 0.01)
        #expect(try required(summary.jitter) < period / 1000)
        #expect(store.summary(branch).rate(at: .seconds(last)) == nil, "it has no messages of its own")
        #expect(store.summary(branch).period == nil)
    }

    @Test func `the rate falls when messages stay away and is zero after a long silence`() throws {
        let store = store(at: stride(from: 10, to: 20, by: 0.1))
        let summary = store.summary(try required(store.find("a/b")))
        var before = try required(summary.rate(at: .seconds(20)))
        #expect(before > 9.9)
        for later in [21.5, 22, 23, 24] {
            let now = try required(summary.rate(at: .seconds(later)))
            #expect(now < before)
            before = now
        }
        #expect(summary.rate(at: .seconds(25)) == 0)
        #expect(summary.subtreeRate(at: .seconds(25)) == 0)
        #expect(summary.rate(at: .seconds(1e9)) == 0)
    }

    @Test func `after a silence the rate is that of what comes now`() throws {
        var store = store(at: stride(from: 10, to: 20, by: 0.1))
        for number in 0..<4 { store.take("a/b", "x", at: .seconds(100 + Double(number) * 0.5)) }
        let summary = store.summary(try required(store.find("a/b")))
        #expect(abs(try required(summary.rate(at: .seconds(101.5))) - 2) < 0.02)
    }

    @Test func `bursts count as what they are over time`() throws {
        var store = Store()
        for second in stride(from: 0.0, through: 50, by: 5) {
            for number in 0..<10 { store.take("a/\(number)", "1", at: .seconds(second)) }
        }
        let branch = store.summary(try required(store.find("a")))
        #expect(abs(try required(branch.subtreeRate(at: .seconds(54))) - 2) < 0.05)
    }

    @Test func `one message has no rate, and two in the same instant have none yet`() throws {
        var store = store(at: [1])
        let topic = try required(store.find("a/b"))
        #expect(store.summary(topic).rate(at: .seconds(2)) == nil)
        #expect(store.summary(topic).subtreeRate(at: .seconds(2)) == nil)
        #expect(store.summary(topic).period == nil)
        #expect(store.summary(topic).jitter == nil)
        store.take("a/b", "1", at: .seconds(1))
        #expect(store.summary(topic).rate(at: .seconds(1)) == nil)
        #expect(store.summary(topic).period == nil)
        store.take("a/b", "1", at: .seconds(2))
        let rate = try required(store.summary(topic).rate(at: .seconds(2)))
        #expect(rate == 2)
    }

    @Test func `jitter is how far distances are from their mean`() throws {
        let store = store(at: (0..<400).map { Double($0) * 0.1 + ($0 % 2 == 0 ? 0.01 : 0) })
        let jitter = try required(store.summary(try required(store.find("a/b"))).jitter)
        #expect(abs(jitter - 0.01) < 0.001)
    }

    @Test func `jitter follows`() throws {
        var store = store(at: (0..<200).map { Double($0) * 0.1 + ($0 % 2 == 0 ? 0.02 : 0) })
        for number in 200..<400 { store.take("a/b", "x", at: .seconds(Double(number) * 0.1)) }
        let jitter = try required(store.summary(try required(store.find("a/b"))).jitter)
        #expect(jitter < 0.001)
    }

    @Test func `the status line counts the last two seconds, without the broker's own topics`() {
        var store = Store()
        #expect(store.rates(at: .seconds(3)) == (0, 0))
        var fresh = Store()
        for tick in 0..<10 { fresh.take("a", "1", at: .seconds(100 + Double(tick) * 0.05)) }
        #expect(abs(fresh.rates(at: .seconds(100.5)).messages - 20) < 0.1, "what was not yet watched is not counted")
        for tick in 0..<100 {
            let now = Instant.seconds(5 + Double(tick) * 0.05)
            store.take("a", "12345", at: now)
            store.take("a", "12345", at: now)
            store.take("$SYS/broker/uptime", "1 seconds", at: now)
        }
        let rates = store.rates(at: .seconds(10))
        #expect(abs(rates.messages - 40) < 2)
        #expect(abs(rates.bytes - 200) < 10)
        #expect(store.rates(at: .seconds(10.9)).messages < 30)
        #expect(store.rates(at: .seconds(12.1)) == (0, 0))
        #expect(store.messageCount == 200)
        #expect(store.byteCount == 1_000)
        #expect(store.systemMessageCount == 100)
        #expect(store.topicCount == 1)
    }

    @Test func `clocks that stand still, run backwards or are at their ends do no harm`() throws {
        var store = Store()
        let instants = [0, 5, Int64.max, Int64.min, -1, 1_000_000_000, Int64.min + 1, 0, Int64.max - 1]
        for first in instants {
            for second in instants {
                store.take("a/b", "\(first)", at: Instant(nanoseconds: first))
                store.take("a/b", "\(second)", at: Instant(nanoseconds: second))
                let summary = store.summary(try required(store.find("a/b")))
                for now in instants.map(Instant.init(nanoseconds:)) {
                    #expect(summary.rate(at: now) ?? 0 >= 0)
                    #expect(summary.subtreeRate(at: now) ?? 0 >= 0)
                    let rates = store.rates(at: now)
                    #expect(rates.messages >= 0)
                }
            }
        }
    }
}

@Suite struct `Values and what became of them` {
    @Test func `a value changes when the payload differs from the one before`() throws {
        var store = Store()
        store.take("a", "1", at: .seconds(1))
        let topic = try required(store.find("a"))
        #expect(store.summary(topic).lastChange == nil)
        store.take("a", "1", at: .seconds(2))
        #expect(store.summary(topic).lastChange == nil)
        for (number, payload) in ["2", "20", "", "x", "X", "longer than eight bytes", "longer than eight byteS"]
            .enumerated()
        {
            let now = Instant.seconds(10 + Double(number))
            store.take("a", payload, at: now)
            #expect(store.summary(topic).lastChange == now)
            store.take("a", payload, at: now.advanced(milliseconds: 10))
            #expect(store.summary(topic).lastChange == now)
            #expect(store.latestPayload(topic) == Array(payload.utf8))
        }
    }

    @Test func `before 5.0 RETAIN alone means stored`() throws {
        var store = Store()
        store.beginSession(at: .seconds(1), retainMeansStored: true)
        store.take("a", "1", flags: retained, at: .seconds(1))
        let topic = try required(store.find("a"))
        #expect(store.summary(topic).isStored)
        #expect(store.summary(topic).lastArrival == nil)
        #expect(store.summary(topic).subtreeLastArrival == nil)
        #expect(store.record(0)?.isStored == true)
        store.take("a", "2", at: .seconds(2))
        #expect(!store.summary(topic).isStored)
        #expect(store.summary(topic).lastArrival == .seconds(2))
        #expect(store.record(1)?.isStored == false)
        store.take("a", "2", flags: retained, at: .seconds(100))
        #expect(store.summary(topic).isStored, "a subscription was added: it is stored, whenever it comes")
        #expect(store.storedCount == 2)
        #expect(store.messageCount == 3)
    }

    @Test func `with 5.0 the first RETAIN of a topic in the burst after connecting means stored`() throws {
        var store = Store()
        store.beginSession(at: .seconds(10), retainMeansStored: false)
        func isStored(_ store: borrowing Store) -> Bool? { store.record(store.nextSequence - 1)?.isStored }
        store.take("a", "1", flags: retained, at: .seconds(11.9))
        #expect(isStored(store) == true)
        store.take("a", "2", flags: retained, at: .seconds(11.9))
        #expect(isStored(store) == false, "its second one happens now")
        store.take("live", "1", at: .seconds(12))
        store.take("live", "1", flags: retained, at: .seconds(12))
        #expect(isStored(store) == false, "it was heard before")
        store.take("b", "1", flags: retained, at: .seconds(13.9))
        #expect(isStored(store) == true, "the burst goes on while it lasts")
        store.take("c", "1", flags: retained, at: .seconds(16))
        #expect(isStored(store) == false, "the burst is over")
        store.take("d", "1", flags: retained, at: .seconds(16.1))
        #expect(isStored(store) == false, "and does not begin again")
        #expect(store.storedCount == 2)
        store.expectStored(at: .seconds(20))
        store.take("e", "1", flags: retained, at: .seconds(20.1))
        #expect(isStored(store) == true, "a subscription was added")
        store.take("d", "1", flags: retained, at: .seconds(20.1))
        #expect(isStored(store) == false)
        store.beginSession(at: .seconds(30), retainMeansStored: false)
        store.take("a", "2", flags: retained, at: .seconds(30.5))
        #expect(isStored(store) == true, "a new session brings them again")
        #expect(store.storedCount == 4)
    }

    @Test func `stored messages have no rate, and those of the broker are not counted`() throws {
        var store = Store()
        store.beginSession(at: .zero, retainMeansStored: true)
        for second in 0..<10 {
            store.take("a/b", "1", flags: retained, at: .seconds(Double(second)))
            store.take("$SYS/x", "1", flags: retained, at: .seconds(Double(second)))
        }
        let summary = store.summary(try required(store.find("a/b")))
        #expect(summary.rate(at: .seconds(9)) == nil)
        #expect(summary.subtreeRate(at: .seconds(9)) == nil)
        #expect(summary.messageCount == 10)
        #expect(summary.subtreeMessageCount == 10)
        #expect(store.storedCount == 10)
    }

    @Test func `session numbers that come round again are not mixed up`() throws {
        var store = Store()
        store.beginSession(at: .zero, retainMeansStored: false)
        store.take("a", "1", flags: retained, at: .zero)
        for _ in 0..<65_535 { store.beginSession(at: .zero, retainMeansStored: false) }
        store.take("a", "1", flags: retained, at: .zero)
        #expect(store.record(1)?.isStored == true)
        store.take("a", "1", flags: retained, at: .zero)
        #expect(store.record(2)?.isStored == false)
    }

    @Test func `a batch can be taken in slices`() {
        var batch = Batch(arrival: .zero)
        for number in 0..<10 { batch.append(topic: "t/\(number)", payload: [UInt8(number)]) }
        var store = Store()
        store.ingest(batch, records: 0..<3)
        #expect(store.messageCount == 3)
        store.ingest(batch, records: 3..<3)
        store.ingest(batch, records: 3..<50)
        #expect(store.messageCount == 10)
        store.ingest(batch, records: 50..<60)
        #expect(store.messageCount == 10)
        #expect(store.nextSequence == 10)
    }
}
