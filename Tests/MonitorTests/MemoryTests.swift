import CAllocationCount
import MQTT
import Testing

@testable import Monitor

@Suite struct `Memory is bounded` {
    /// A batch of messages of `topics` topics with payloads that change and stay 100 bytes long.
    private func batch(topics: Int, messages: Int, first: Int) -> Batch {
        var batch = Batch(arrival: .seconds(Double(first) / 1000))
        for number in first..<first + messages {
            let digits = String(1_000_000 + number)
            batch.append(
                topic: "robots/robot\(number % topics % 10)/motor/\(number % topics)",
                payload: Array(String(repeating: "x", count: 93).utf8) + Array(digits.utf8))
        }
        return batch
    }

    @Test func `a message of a known topic whose value does not grow allocates nothing`() {
        var store = Store(history: 64 << 10)
        store.ingest(batch(topics: 200, messages: 400, first: 0))
        let later = (1...20).map { batch(topics: 200, messages: 500, first: $0 * 500) }
        let before = allocation_count()
        var next = 0
        while next < later.count {  // a `for` loop allocates by itself in a debug build
            store.ingest(later[next])
            next += 1
        }
        let allocations = allocation_count() - before
        #expect(allocations == 0)
        #expect(store.messageCount == 10_400)
        #expect(store.evictedCount > 9_000)
        let counted = allocation_count()
        let proof = [UInt8](repeating: 1, count: store.topicCount)
        #expect(allocation_count() - counted == 1, "allocations of \(proof.count) bytes are seen")
    }
}
