import CAllocationCount
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

@Suite("No allocation per message", .enabled(if: allocation_count() >= 0, "sanitizers bring a malloc of their own"))
struct AllocationTests {
    /// Memory requests of one read of `count` messages, after some reads to get used to them.
    private func allocations(of count: Int, version: ProtocolVersion, properties: Properties = Properties()) throws
        -> Int64
    {
        var bench = try SessionBench.connected(version: version)
        var bytes: [UInt8] = []
        let message = Message(
            topic: name("robots/ev3-1/motor/A/position"), payload: Array("{\"v\":4711}".utf8), properties: properties)
        for _ in 0..<count {
            try PacketEncoder(role: .server, version: version).encode(.publish(Publish(message)), into: &bytes)
        }
        var requests: Int64 = 0
        for _ in 0..<4 {
            let before = allocation_count()
            let used = bytes.withUnsafeBytes { bench.session.receive($0, at: bench.now) }
            let output = bench.session.takeOutput()
            requests = allocation_count() - before
            #expect(used == bytes.count && output.messages?.count == count)
        }
        return requests
    }

    @Test(
        "a read of 3,000 QoS 0 messages asks for memory as often as one of 300",
        arguments: [ProtocolVersion.v3_1_1, .v5_0])
    func receive(version: ProtocolVersion) throws {
        let few = try allocations(of: 300, version: version)
        let many = try allocations(of: 3_000, version: version)
        #expect(few == many)
        // Unoptimised code asks once for each of the 256 records that the trace keeps of a read.
        #expect(many < 300, "\(many) requests for a read")
    }

    @Test("properties are checked in place too")
    func properties() throws {
        let carried = MQTTClientTests.properties {
            $0.contentType = "application/json"
            $0.userProperties = [UserProperty("key", "value")]
        }
        #expect(
            try allocations(of: 300, version: .v5_0, properties: carried)
                == allocations(of: 3_000, version: .v5_0, properties: carried))
    }

    @Test("a header that announces 256 MiB takes nothing ahead")
    func announced() throws {
        var bench = try SessionBench.connected()
        let bytes: [UInt8] = [0x30, 0xFF, 0xFF, 0xFF, 0x7F, 0, 1, 0x61]
        let before = allocation_bytes()
        let used = bytes.withUnsafeBytes { bench.session.receive($0, at: bench.now) }
        #expect(used == 0)
        #expect(allocation_bytes() - before < 4_096)
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
}
