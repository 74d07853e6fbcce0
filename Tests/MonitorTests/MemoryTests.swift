import CAllocationCount
import Glibc
import MQTT
import Testing

@testable import Monitor

/// A batch of messages of `topics` topics with payloads of 100 bytes that change.
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

/// Bytes of memory that the process occupies.
private func residentBytes() throws -> Int {
    let file = try required(fopen("/proc/self/statm", "r"))
    defer { fclose(file) }
    var pages: Int = 0
    var resident: Int = 0
    let count = withUnsafeMutablePointer(to: &pages) { pages in
        withUnsafeMutablePointer(to: &resident) { resident in
            withVaList([pages, resident]) { vfscanf(file, "%ld %ld", $0) }
        }
    }
    #expect(count == 2)
    return resident * Int(getpagesize())
}

/// Ends the test where memory cannot be counted: sanitizers bring an allocator of their own, and memory besides.
private func requireCountedAllocations() throws {
    let before = allocation_count()
    UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1).deallocate()
    let after = allocation_count()
    try #require(before >= 0, "built with a sanitizer: these tests count memory, and need a build without")
    try #require(after == before + 1, "an allocation was not seen: malloc is not the one of the tests")
}

@Suite struct `Memory is bounded` {
    @Test(arguments: [200, 6_000])
    func `a message of a known topic whose value does not grow allocates nothing`(topics: Int) throws {
        try requireCountedAllocations()
        var store = Store(history: 64 << 10)
        // All topics are known, the history is full and a second has passed: so it goes on.
        for number in 0..<24 { store.ingest(batch(topics: topics, messages: 500, first: number * 500)) }
        let later = (24..<44).map { batch(topics: topics, messages: 500, first: $0 * 500) }
        let before = allocation_count()
        var next = 0
        while next < later.count {  // a `for` loop allocates by itself in a debug build
            store.ingest(later[next])
            next += 1
        }
        let allocations = allocation_count() - before
        #expect(allocations == 0)
        #expect(store.messageCount == 22_000)
        #expect(store.topicCount == topics)
        #expect(store.evictedCount > 20_000)
    }

    @Test func `ten times the history is fed, and memory stays within a fifth above it`() async throws {
        try requireCountedAllocations()
        await #expect(processExitsWith: .success) {
            let budget = 32 << 20
            let batches = (0..<5).map { batch(topics: 1_000, messages: 2_000, first: $0 * 2_000) }
            let before = try residentBytes()
            var store = Store(history: budget)
            var fed = 0
            var sent = 0
            var most = 0
            while fed < budget * 10 {
                store.ingest(batches[sent / 2_000 % 5])
                fed += 2_000 * 100
                sent += 2_000
                most = max(most, try residentBytes() - before)
            }
            #expect(store.messageCount == UInt64(sent))
            #expect(store.evictedCount == store.messageCount - (store.nextSequence - store.oldestSequence))
            #expect(store.record(store.evictedCount)?.payloadLength == 100)
            #expect(store.record(store.evictedCount - 1) == nil)
            // 100 bytes of payload take 124: no room is wasted either.
            #expect(store.nextSequence - store.oldestSequence > UInt64(budget / 126))
            #expect(store.memoryBytes <= budget / 5 * 6)
            #expect(most <= budget / 5 * 6, "the process grew by \(most) bytes")
            #expect(most >= budget / 5 * 4, "the process grew by \(most) bytes")
        }
    }

    @Test func `topics that have no room are counted, and those that are known go on`() throws {
        var store = Store(topics: 100_000)
        var number = 0
        while store.excludedCount == 0 {
            store.take("robots/r\(number)", "value \(number)")
            number += 1
        }
        #expect(number > 200)
        let known = store.topicCount
        #expect(known == number - 1)
        for extra in 0..<1_000 { store.take("robots/extra/\(extra)", "1") }
        store.take("other", "1")
        #expect(store.topicCount == known)
        #expect(store.excludedCount == 1_002)
        #expect(store.messageCount == UInt64(number + 1_001))
        #expect(store.find("robots/extra/1") == nil)
        #expect(store.memoryBytes <= 100_000 + (1 << 20))
        #expect(store.nextSequence == UInt64(known))
        let robots = try required(store.find("robots"))
        #expect(store.summary(robots).subtreeMessageCount == UInt64(number + 1_000))
        let first = try required(store.find("robots/r0"))
        store.take("robots/r0", "again")
        #expect(store.latestPayload(first) == Array("again".utf8))
        #expect(store.summary(first).messageCount == 2)
    }

    @Test func `a flood of distinct deep topics stays within the budget for topics`() throws {
        try requireCountedAllocations()
        let budget = 8 << 20
        var store = Store(history: 1 << 20, topics: budget)
        let before = allocation_bytes()
        let tail = String(repeating: "/x", count: 16_000)
        for number in 0..<300 { store.take("\(number)\(tail)", "1") }
        for number in 0..<60_000 { store.take("a/b/c/\(number)", "1") }
        #expect(store.excludedCount > 0)
        #expect(store.messageCount == 60_300)
        #expect(store.memoryBytes <= budget + (1 << 20))
        let grown = Int(allocation_bytes() - before)
        #expect(grown <= budget / 5 * 6, "\(grown) bytes allocated")
    }

    @Test func `values that have no room are cut, and the true length is known`() throws {
        var store = Store(history: 1 << 20, topics: 1 << 20)
        store.take(Array("a".utf8), [UInt8](repeating: 1, count: 100))
        for _ in 0..<3 { store.take(Array("a".utf8), [UInt8](repeating: 1, count: 900_000)) }
        let topic = try required(store.find("a"))
        let summary = store.summary(topic)
        #expect(summary.payloadLength == 900_000)
        #expect(summary.keptLength < 150_000)
        #expect(store.latestPayload(topic).count == summary.keptLength)
        #expect(store.tree.valueBytes > 130_000)
        store.take("a", "short")
        #expect(store.latestPayload(topic) == Array("short".utf8))
        #expect(store.tree.valueBytes < 100, "a value that became small gives its room back")
    }

    @Test func `levels that become topics stay within the budget for topics too`() {
        let budget = 400_000
        var store = Store(history: 1024, topics: budget)
        let path = Array(String(repeating: "/", count: 3_000).utf8)
        store.take(path, [])
        var length = path.count - 1
        while length > 0 {
            store.take(Array(path[..<length]), [])
            length -= 1
        }
        #expect(store.excludedCount > 0)
        #expect(store.topicCount + Int(store.excludedCount) == 3_000)
        #expect(store.tree.heldBytes <= budget)
    }

    @Test func `values that grow stay within the budget for topics`() throws {
        let budget = 1 << 20
        var store = Store(history: 1024, topics: budget)
        for number in 0..<500 { store.take("t/\(number)", "small") }
        for number in 0..<500 { store.take(Array("t/\(number)".utf8), [UInt8](repeating: 1, count: 5_000)) }
        #expect(store.tree.heldBytes <= budget)
        #expect(store.tree.heldBytes > budget - 6_000)
        #expect(store.excludedCount == 0)
        let last = try required(store.find("t/499"))
        #expect(store.summary(last).payloadLength == 5_000)
        #expect(store.summary(last).keptLength < 100)
        #expect(store.summary(last).messageCount == 2)
    }

    @Test func `the room of values is counted as malloc takes it`() throws {
        try requireCountedAllocations()
        var store = Store(history: 1024)
        for number in 0..<500 { store.take(Array("t/\(number)".utf8), []) }
        #expect(store.tree.valueBytes == 0)
        for size in [1, 80, 81, 9_000, 20] {
            let before = (counted: store.tree.valueBytes, allocated: allocation_bytes())
            for number in 0..<500 {
                let topic = Array("t/\(number)".utf8)
                store.take(topic, [UInt8](repeating: 1, count: size + number % 3))
            }
            // malloc keeps eight bytes of its own before each block, and now and then gives a little more than asked.
            let allocated = Int(allocation_bytes() - before.allocated) + (size == 1 ? 500 * 8 : 0)
            #expect(abs(store.tree.valueBytes - before.counted - allocated) < 500 * 4)
        }
    }

    @Test func `all memory is counted but for what is allocated ahead`() throws {
        try requireCountedAllocations()
        var numbers = Numbers(seed: 5)
        let before = allocation_bytes()
        var store = Store(history: 1024)
        for _ in 0..<5_000 {
            store.take(Array("t/\(numbers.below(50))".utf8), numbers.bytes(numbers.below(4) == 0 ? 9_000 : 60))
        }
        // Pages and blocks are allocated ahead, at most one of each kind.
        let grown = Int(allocation_bytes() - before)
        #expect(store.memoryBytes <= grown)
        #expect(grown - store.memoryBytes < 300_000)
    }
}
