import Foundation
import MQTT
import MQTTClient
import TestSupport
import Testing

@Suite("Client and a real mosquitto", .serialized)
struct MosquittoTests {
    private let everything = [Subscription(.everything)]

    @Test(
        "connects in every version, says who it is and what was agreed on",
        arguments: [ProtocolVersion?.none, .v5_0, .v3_1_1, .v3_1])
    func connects(version: ProtocolVersion?) throws {
        let broker = try Mosquitto()
        let bench = ClientBench(port: broker.port) { $0.version = version }
        bench.client.start()
        let info = try bench.connected()
        #expect(info.version == version ?? .v5_0 && info.refusedVersion == nil)
        #expect(info.address == "127.0.0.1:\(broker.port)" && info.keepAlive == 60 && !info.isSessionPresent)
        if info.version == .v5_0 { #expect(info.properties.receiveMaximum != nil) }
        bench.client.stop(timeoutMilliseconds: 5_000)
        // One client is one line of each kind.
        let lines = broker.log.split(separator: "\n")
        #expect(lines.filter { $0.contains("New client connected") && $0.contains(" as bench ") }.count == 1)
        #expect(lines.filter { $0.contains("Client bench disconnected") }.count == 1)
    }

    @Test("user and password: right, wrong, none", arguments: [ProtocolVersion.v5_0, .v3_1_1])
    func password(version: ProtocolVersion) throws {
        let broker = try Mosquitto(users: [("ev3", "formosa"), ("test", "formosa")])
        func bench(_ user: String?, _ password: String?) -> ClientBench {
            let bench = ClientBench(port: broker.port) {
                $0.version = version
                $0.userName = user
                $0.password = password.map { Array($0.utf8) }
            }
            bench.client.start()
            return bench
        }
        #expect(try bench("ev3", "formosa").connected().userName == "ev3")
        try bench("test", "formosa").connected()
        let refused = ConnectionFailure.Cause.refused(.notAuthorized, reasonString: nil, serverReference: nil)
        #expect(try bench("ev3", "wrong").failed().cause == refused)
        #expect(try bench(nil, nil).failed().cause == refused)
    }

    @Test(
        "messages of every QoS go there and back, byte for byte, retained and not",
        arguments: [ProtocolVersion.v5_0, .v3_1_1], QoS.allCases)
    func roundTrip(version: ProtocolVersion, qos: QoS) throws {
        let broker = try Mosquitto()
        let bench = ClientBench(port: broker.port) {
            $0.version = version
            $0.subscriptions = [Subscription(.everything, qos: qos)]
        }
        bench.client.start()
        #expect(try bench.granted(.everything) == qos)
        let payload = (0...255).map { UInt8($0) }
        for (index, isRetained) in [false, true].enumerated() {
            let outcome = try bench.publish("a/\(index)", payload, qos: qos, isRetained: isRetained)
            switch (qos, outcome) {
            case (.atMostOnce, .written), (_, .acknowledged(.success, _, _)): break
            default: Issue.record("\(outcome)")
            }
        }
        _ = try bench.messages(2)
        for case .messages(let batch) in bench.deliveries {
            for record in batch.records {
                #expect(Array(batch.payload(record)) == payload && record.flags.qos == qos)
            }
        }
        // The retained one comes to who subscribes later.
        let other = ClientBench(port: broker.port) {
            $0.clientIdentifier = "other"
            $0.subscriptions = [Subscription(.everything, qos: qos)]
        }
        other.client.start()
        #expect(try other.messages(1).first?.hasPrefix("a/1=") == true)
        for case .messages(let batch) in other.deliveries { #expect(batch.records[0].flags.isRetained) }
    }

    @Test("5.0 says what 3.1.1 cannot: nobody subscribed, and not allowed")
    func reasons() throws {
        let broker = try Mosquitto { port, directory in
            try? "topic readwrite open/#\n".write(toFile: directory + "/acl", atomically: true, encoding: .utf8)
            let user = getuid() == 0 ? ["user root"] : []
            return ["listener \(port) 127.0.0.1", "allow_anonymous true", "acl_file \(directory)/acl"] + user
        }
        let bench = ClientBench(port: broker.port)
        bench.client.start()
        try bench.connected()
        for qos in [QoS.atLeastOnce, .exactlyOnce] {
            #expect(try code(bench.publish("closed/a", qos: qos)) == .notAuthorized)
        }
        #expect(try code(bench.publish("open/a", qos: .atLeastOnce)) == .noMatchingSubscribers)
        // At QoS 2 mosquitto does not look for subscribers before PUBREL, when it is too late to say.
        #expect(try code(bench.publish("open/a", qos: .exactlyOnce))?.isFailure == false)
    }

    /// The Reason Code of the broker's answer.
    private func code(_ outcome: Outcome) -> ReasonCode? {
        if case .acknowledged(let code, _, _) = outcome { code } else { nil }
    }

    @Test("100,000 numbered messages published, 100,000 counted, in order", arguments: [QoS.atLeastOnce, .exactlyOnce])
    func hundredThousand(qos: QoS) throws {
        let count = qos == .atLeastOnce ? 100_000 : 20_000
        let broker = try Mosquitto(["max_queued_messages 0"])
        let monitor = ClientBench(port: broker.port) { [everything] in
            $0.clientIdentifier = "monitor"
            $0.subscriptions = everything
        }
        monitor.client.start()
        try monitor.granted(.everything)
        let publisher = ClientBench(port: broker.port)
        publisher.client.start()
        try publisher.connected()
        var expected = 0
        var answered = 0
        var sent = 0
        let limit = Client.now().advanced(milliseconds: 120_000)
        while expected < count || answered < count, Client.now() < limit {
            // As many waiting as the queue surely takes.
            while sent < count, sent - answered < 20_000 {
                publisher.send("robots/t", Array("\(sent)".utf8), qos: qos)
                sent += 1
            }
            publisher.read()
            for case .outcome(_, let outcome) in publisher.deliveries where outcome != .queued {
                guard case .acknowledged(.success, _, _) = outcome else { throw Unexpected() }
                answered += 1
            }
            publisher.forget()
            for delivery in monitor.inbox.take() {
                guard case .messages(let batch) = delivery else { continue }
                for record in batch.records {
                    #expect(String(decoding: batch.payload(record), as: UTF8.self) == "\(expected)")
                    expected += 1
                }
            }
        }
        #expect(expected == count && answered == count)
    }

    @Test("a broker that is restarted is found again, and the subscriptions are there")
    func restart() throws {
        let broker = try Mosquitto()
        let bench = ClientBench(port: broker.port) {
            $0.subscriptions = [Subscription(.everything), Subscription(.system)]
        }
        bench.client.start()
        try bench.granted(.system)
        broker.stop()
        let cause = try bench.waiting().cause
        switch cause {
        case .disconnected(.serverShuttingDown, _, _), .lost: break
        default: Issue.record("\(cause)")
        }
        guard case .unreachable = try bench.waiting().cause else { throw Unexpected() }
        try broker.start()
        try bench.connected()
        try bench.granted(.system)
        guard case .written = try bench.publish("after") else { throw Unexpected() }
        try bench.wait(for: "message") { delivery -> Bool? in
            guard case .messages(let batch) = delivery else { return nil }
            return batch.records.contains { batch.topic($0).elementsEqual("after".utf8) } ? true : nil
        }
    }

    @Test("a broker that crashes is a loss, found again too")
    func crash() throws {
        let broker = try Mosquitto()
        let bench = ClientBench(port: broker.port)
        bench.client.start()
        try bench.connected()
        broker.crash()
        guard case .lost = try bench.waiting().cause else { throw Unexpected() }
        try broker.start()
        try bench.connected()
    }

    @Test("a broker that stands still: no answer at connecting, keep alive when connected, found again when it goes on")
    func frozen() throws {
        let broker = try Mosquitto()
        let connected = ClientBench(port: broker.port) { $0.keepAlive = 1 }
        connected.client.start()
        try connected.connected()
        broker.freeze()
        let bench = ClientBench(port: broker.port) {
            $0.clientIdentifier = "late"
            $0.answerTimeout = 300
        }
        bench.client.start()
        #expect(try bench.waiting().cause == .noAnswer(milliseconds: 300))
        #expect(try connected.waiting().cause == .keepAliveTimeout(seconds: 1))
        broker.thaw()
        try bench.connected()
        try connected.connected()
    }

    @Test(
        "a persistent session goes on where it was lost: nothing missing, nothing twice at QoS 2",
        arguments: [ProtocolVersion.v5_0, .v3_1_1])
    func session(version: ProtocolVersion) throws {
        let broker = try Mosquitto(["max_queued_messages 0"])
        let receiver = ClientBench(port: broker.port) {
            $0.clientIdentifier = "receiver"
            $0.version = version
            $0.cleanStart = false
            $0.sessionExpiryInterval = 300
            $0.subscriptions = [Subscription(filter("n"), qos: .exactlyOnce)]
        }
        receiver.client.start()
        try receiver.granted(filter("n"))
        let sender = ClientBench(port: broker.port) {
            $0.clientIdentifier = "sender"
            $0.version = version
            $0.cleanStart = false
            $0.sessionExpiryInterval = 300
        }
        sender.client.start()
        try sender.connected()
        let count = 3_000
        var ids: [RequestID] = []
        for number in 0..<count {
            ids.append(sender.send("n", Array("\(number)".utf8), qos: .exactlyOnce))
            if number % 500 == 250 { sender.client.drop() }
            if number % 700 == 350 { receiver.client.drop() }
        }
        try sender.wait(60, for: "last answer") {
            if case .outcome(ids[count - 1], .acknowledged) = $0 { true } else { nil }
        }
        let messages = try receiver.messages(count)
        #expect(messages.sorted() == (0..<count).map { "n=\($0)" }.sorted())
        #expect(
            receiver.statuses.contains { if case .connected(let info) = $0 { info.isSessionPresent } else { false } })
    }

    @Test("20,000 retained topics come completely when the broker's queue has no limit")
    func retained() throws {
        let broker = try Mosquitto(["max_queued_messages 0"])
        let publisher = ClientBench(port: broker.port)
        publisher.client.start()
        try publisher.connected()
        let count = 20_000
        var last = RequestID(rawValue: 0)
        for number in 0..<count {
            last = publisher.send(
                "retained/\(number)", [UInt8](repeating: 0x61, count: 40), qos: .atLeastOnce, isRetained: true)
        }
        try publisher.wait(60, for: "last answer") { if case .outcome(last, .acknowledged) = $0 { true } else { nil } }
        let monitor = ClientBench(port: broker.port) {
            $0.clientIdentifier = "monitor"
            $0.subscriptions = [Subscription(.everything), Subscription(.system)]
        }
        monitor.client.start()
        var topics: Set<String> = []
        let limit = Client.now().advanced(milliseconds: 60_000)
        while topics.count < count, Client.now() < limit {
            monitor.read()
            for case .messages(let batch) in monitor.deliveries {
                for record in batch.records {
                    let topic = String(decoding: batch.topic(record), as: UTF8.self)
                    guard topic.hasPrefix("retained/") else { continue }
                    #expect(record.flags.isRetained && topics.insert(topic).inserted)
                }
            }
            monitor.forget()
        }
        #expect(topics.count == count)
    }
}
