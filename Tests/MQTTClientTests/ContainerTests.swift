import Glibc
import MQTT
import MQTTCodec
import Testing

@testable import MQTTClient

@Suite("Queue and tables")
struct ContainerTests {
    @Test("a queue gives back what went in, in order, and forgets what it gave")
    func queue() {
        var queue = Queue<Int>()
        var expected = 0
        var next = 0
        var random = SeededGenerator(seed: 4)
        for _ in 0..<50_000 {
            if Int.random(in: 0...99, using: &random) < (next < 20_000 ? 60 : 40) {
                queue.append(next)
                next += 1
            } else if queue.first != nil {
                #expect(queue.first == expected)
                #expect(queue.popFirst() == expected)
                expected += 1
            }
            #expect(queue.count == next - expected && queue.isEmpty == (next == expected))
        }
        while queue.popFirst() != nil {}
        #expect(queue.isEmpty && queue.popFirst() == nil)
    }

    @Test("a table gives 65,535 identifiers, none twice, and takes them back")
    func identifiers() {
        var table = IdentifierTable<Int>()
        var seen = Set<UInt16>()
        for value in 0..<65_535 {
            guard let identifier = table.insert(value) else {
                Issue.record("no identifier for \(value)")
                return
            }
            #expect(identifier != 0 && seen.insert(identifier).inserted)
        }
        #expect(table.insert(-1) == nil && table.count == 65_535)
        #expect(table[0] == nil && table[1] == 0 && table[65_535] == 65_534)
        table[7] = nil
        table[7] = nil
        table[0] = nil
        #expect(table[7] == nil && table.count == 65_534)
        #expect(table.insert(-2) == 7 && table[7] == -2)
        table[7] = 5
        #expect(table[7] == 5 && table.count == 65_535)
    }

    @Test("identifiers count up before one is used again, the earliest first, and values take only the room they need")
    func countingIdentifiers() {
        var table = IdentifierTable<Int>()
        let first = (1...70_000).map { value in
            let identifier = table.insert(value) ?? 0
            #expect(table[identifier] == value)
            table[identifier] = nil
            return identifier
        }
        let counted = (0..<70_000).map { UInt16($0 % 65_535 + 1) }
        #expect(first == counted)
        #expect(table.count == 0 && table.entries.isEmpty && table.roomCount == 1)
        // One that stays in use is passed over.
        let kept = table.insert(-1)
        for _ in 0..<65_534 { table.insert(0).map { table[$0] = nil } }
        #expect(table.insert(1) != kept && table.count == 2 && table.roomCount == 2)
    }

    @Test("a set of identifiers holds each once")
    func set() {
        var set = IdentifierSet()
        #expect(!set.contains(5) && !set.remove(5))
        #expect(set.insert(5) && !set.insert(5) && set.insert(65_535) && set.insert(0))
        #expect(set.contains(5) && set.contains(65_535) && set.count == 3)
        #expect(set.remove(5) && !set.remove(5) && set.count == 2)
        set.removeAll()
        #expect(!set.contains(65_535) && set.count == 0)
    }
}

@Suite("Inbox")
struct InboxTests {
    /// Whether the inbox's descriptor is readable.
    private func isReadable(_ inbox: Inbox) -> Bool {
        var descriptor = pollfd(fd: inbox.fileDescriptor, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) == 1
    }

    private func batch(_ byteCount: Int) -> Delivery {
        var batch = Batch(arrival: .zero)
        batch.append(topic: "t", payload: [UInt8](repeating: 0, count: byteCount))
        return .messages(batch)
    }

    @Test("it is readable exactly while something waits, and gives all of it in order")
    func order() {
        let inbox = Inbox()
        #expect(!isReadable(inbox) && inbox.take().isEmpty)
        inbox.post([])
        #expect(!isReadable(inbox))
        inbox.post([.behind(true)])
        inbox.post([.behind(false), .status(.idle)])
        #expect(isReadable(inbox))
        let deliveries = inbox.take()
        #expect(deliveries.count == 3 && !isReadable(inbox))
        guard case .behind(true) = deliveries[0], case .behind(false) = deliveries[1], case .status = deliveries[2]
        else {
            Issue.record("another order: \(deliveries)")
            return
        }
        inbox.post([.behind(true)])
        #expect(isReadable(inbox))
    }

    @Test("when it is full, who asks is called by the next take, once; before, not at all")
    func full() {
        let inbox = Inbox(capacity: 10_000)
        let calls = Counter()
        #expect(!inbox.rest { calls.add() })
        inbox.post([batch(5_000)])
        #expect(!inbox.rest { calls.add() })
        inbox.post([batch(6_000)])
        #expect(inbox.rest { calls.add() } && calls.value == 0)
        #expect(inbox.take().count == 2 && calls.value == 1)
        #expect(!inbox.rest { calls.add() })
        _ = inbox.take()
        #expect(calls.value == 1)
    }

    @Test("unless told otherwise it is full from 16 MiB on, no byte earlier")
    func standardCapacity() {
        let inbox = Inbox()
        let capacity = 16_777_216
        inbox.post([batch(capacity - 1 - batch(0).byteCount)])
        #expect(inbox.byteCount == capacity - 1)
        #expect(!inbox.rest {})
        inbox.post([.behind(false)])
        #expect(inbox.rest {})
    }

    @Test("what one read brought is taken however large it is")
    func large() {
        let inbox = Inbox(capacity: 100)
        inbox.post([batch(1_000_000)])
        guard case .messages(let batch)? = inbox.take().first else {
            Issue.record("nothing came")
            return
        }
        #expect(batch.bytes.count == 1_000_001)
    }

    @Test("messages that its receiver takes do not wait; what it does not take is not kept twice")
    func offered() {
        let inbox = Inbox()
        #expect(!inbox.offer(messages(1)))
        let offers = Counter()
        inbox.beginOffers { batch in
            offers.add()
            return batch.count == 1
        }
        #expect(inbox.offer(messages(1)) && offers.value == 1)
        #expect(!inbox.offer(messages(2)) && offers.value == 2)
        #expect(!isReadable(inbox) && inbox.byteCount == 0)
    }

    @Test("behind what waits nothing is offered, and nothing that would keep the event loop busy")
    func notOffered() {
        let inbox = Inbox()
        inbox.beginOffers { _ in true }
        inbox.post([.behind(true)])
        #expect(!inbox.offer(messages(1)))
        #expect(inbox.take().count == 1)
        #expect(inbox.offer(messages(1)))
        #expect(!inbox.offer(messages(1, byteCount: 1_000_000)))
    }

    @Test("a receiver can wake the thread that waits")
    func waking() {
        let inbox = Inbox()
        inbox.beginOffers { [weak inbox] _ in
            inbox?.wake()
            return true
        }
        #expect(inbox.offer(messages(1)) && isReadable(inbox))
        #expect(inbox.take().isEmpty && !isReadable(inbox))
    }

    private func messages(_ count: Int, byteCount: Int = 1) -> Batch {
        var batch = Batch(arrival: .zero)
        for _ in 0..<count { batch.append(topic: "a", payload: [UInt8](repeating: 0x61, count: byteCount)) }
        return batch
    }
}
