import MQTT
import MQTTClient
import TestSupport
import Testing

@Suite("Client and a real mosquitto, with connections cut at random", .serialized)
struct CutTests {
    private static let publisherCount = 8
    private static let leastCount = 300
    private static let cutCount = 100

    /// A client that publishes in turn at QoS 1 and 2, with what it knows of its publishes.
    private final class Publisher {
        let bench: ClientBench
        let topic: String
        private(set) var sent = 0
        private(set) var answered = 0

        init(_ bench: ClientBench, topic: String) {
            self.bench = bench
            self.topic = topic
        }

        /// Publishes the next message, of some length.
        func publish() {
            let qos = CutTests.qos(of: sent)
            let filling = String(repeating: ".", count: sent * 37 % 200)
            bench.send(topic, Array("\(sent) \(filling)".utf8), qos: qos)
            sent += 1
        }

        /// Reads what came; goes on at once where the connection was lost.
        func read() {
            bench.read(milliseconds: 0)
            for delivery in bench.deliveries {
                switch delivery {
                case .outcome(_, .acknowledged(let code, _, _)):
                    #expect(!code.isFailure)
                    answered += 1
                case .outcome(_, .unsendable(let reason)): Issue.record("\(topic): \(reason)")
                case .status(.waiting): bench.client.reconnect()
                default: break
                }
            }
            bench.forget()
        }
    }

    private static func qos(of number: Int) -> QoS { number % 2 == 0 ? .atLeastOnce : .exactlyOnce }

    @Test(
        "100 cuts while 8 clients publish: nothing is lost, and at QoS 2 nothing comes twice",
        arguments: [ProtocolVersion.v5_0, .v3_1_1])
    func cut(version: ProtocolVersion) throws {
        let broker = try Mosquitto(["max_queued_messages 0"])
        let cuts = Cuts(Self.cutCount, seed: 11)
        let line = FakeBroker(FakeBroker.cutting(cuts, to: broker.port))
        func bench(_ name: String, port: Int, _ subscriptions: [Subscription] = []) -> ClientBench {
            let bench = ClientBench(port: port) {
                $0.clientIdentifier = name
                $0.version = version
                $0.cleanStart = false
                $0.sessionExpiryInterval = 300
                $0.subscriptions = subscriptions
            }
            bench.client.start()
            return bench
        }
        // Not cut itself: when a connection is lost while it repeats PUBREL, mosquitto 2.0.11 goes back to PUBLISH.
        let subscriber = bench("subscriber", port: broker.port, [Subscription(.everything, qos: .exactlyOnce)])
        try subscriber.granted(.everything)
        let publishers = (0..<Self.publisherCount).map {
            Publisher(bench("publisher-\($0)", port: line.port), topic: "\($0)")
        }
        // All are connected, and each QoS has worked once, before the first cut.
        var counts = Counts()
        for publisher in publishers {
            publisher.publish()
            publisher.publish()
        }
        try run(publishers, subscriber, &counts) { _ in publishers.allSatisfy { $0.answered == 2 } }
        cuts.begin()
        try run(publishers, subscriber, &counts) { _ in
            for publisher in publishers where publisher.sent - publisher.answered < 30 { publisher.publish() }
            return cuts.remaining == 0 && publishers.allSatisfy { $0.sent >= Self.leastCount }
        }
        try run(publishers, subscriber, &counts) { counts in
            publishers.allSatisfy { $0.answered == $0.sent } && counts.messages == publishers.map(\.sent)
        }
        // What comes behind a message of the subscriber's own would be a second time.
        subscriber.send("end", qos: .exactlyOnce)
        try run(publishers, subscriber, &counts) { $0.hasEnded }
        #expect(counts.messages == publishers.map(\.sent) && counts.doubled.isEmpty)
        #expect(line.connectionCount >= Self.publisherCount + Self.cutCount)
    }

    /// What the subscriber got.
    private struct Counts {
        private var seen: Set<[Int]> = []
        /// Different messages of each publisher.
        private(set) var messages = [Int](repeating: 0, count: CutTests.publisherCount)
        /// QoS 2 messages that came twice.
        private(set) var doubled: [[Int]] = []
        /// Whether the last message has come.
        private(set) var hasEnded = false

        mutating func add(_ batch: Batch) {
            for record in batch.records {
                guard let publisher = Int(String(decoding: batch.topic(record), as: UTF8.self)) else {
                    hasEnded = true
                    continue
                }
                let number = Int(String(decoding: batch.payload(record).prefix { $0 != 0x20 }, as: UTF8.self)) ?? -1
                if seen.insert([publisher, number]).inserted {
                    messages[publisher] += 1
                } else if CutTests.qos(of: number) == .exactlyOnce {
                    doubled.append([publisher, number])
                }
            }
        }
    }

    /// Lets all go on until `isDone`.
    private func run(
        _ publishers: [Publisher], _ subscriber: ClientBench, _ counts: inout Counts, until isDone: (Counts) -> Bool
    ) throws {
        let limit = Client.now().advanced(milliseconds: 120_000)
        while !isDone(counts) {
            guard Client.now() < limit else { throw Missing(what: "end; \(counts.messages)") }
            for publisher in publishers { publisher.read() }
            subscriber.read(milliseconds: 1)
            for delivery in subscriber.deliveries {
                if case .messages(let batch) = delivery { counts.add(batch) }
            }
            subscriber.forget()
        }
    }
}
