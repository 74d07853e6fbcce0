import MQTT
import TestSupport
import Testing

@testable import MQTTClient

@Suite("AsyncClient: the face for Swift concurrency")
struct AsyncClientTests {
    private func configuration(
        port: Int, _ change: (inout ClientConfiguration) -> Void = { _ in }
    ) -> ClientConfiguration {
        var configuration = ClientConfiguration(
            endpoint: Endpoint(host: "127.0.0.1", port: port), clientIdentifier: "async")
        change(&configuration)
        return configuration
    }

    private func message(
        _ topic: String, _ text: String = "", qos: QoS = .atMostOnce, isRetained: Bool = false
    ) throws -> Message {
        Message(topic: try TopicName(topic), payload: Array(text.utf8), qos: qos, isRetained: isRetained)
    }

    @Test("connect, subscribe, publish at each QoS and read them back, batch by batch", .timeLimit(.minutes(1)))
    func roundTrip() async throws {
        let broker = try Mosquitto()
        let client = AsyncClient(configuration(port: broker.port))
        let info = try await client.connect()
        #expect(info.version == .v5_0 && info.clientIdentifier == "async" && client.status == .connected(info))
        let everything = Subscription(.everything, qos: .exactlyOnce)
        #expect(try await client.subscribe([everything]) == [.granted(.exactlyOnce)])
        async let received = {
            var texts: [String] = []
            for await batch in client.batches {
                texts += batch.records.map { String(decoding: batch.payload($0), as: UTF8.self) }
                if texts.count == 3 { break }
            }
            return texts
        }()
        #expect(try await client.publish(message("a/0", "zero")).reasonCode == nil)
        #expect(try await client.publish(message("a/1", "one", qos: .atLeastOnce)).reasonCode == .success)
        #expect(try await client.publish(message("a/2", "two", qos: .exactlyOnce)).reasonCode == .success)
        #expect(await received == ["zero", "one", "two"])
        #expect(try await client.unsubscribe([.everything]) == [.removed])
        let alone = try await client.publish(message("a/1", qos: .atLeastOnce))
        #expect(alone.reasonCode == .noMatchingSubscribers)
        await client.stop()
        #expect(client.status == .closed)
        #expect(broker.log.contains("Client async disconnected."))
    }

    @Test("100,000 messages are all there, in order, and come in far fewer batches", .timeLimit(.minutes(2)))
    func many() async throws {
        let count = 100_000
        let broker = FakeBroker(
            FakeBroker.working(afterSubscribe: { version in
                (1...count).flatMap { FakeBroker.publish("t", Array("\($0)".utf8), version: version) }
            }))
        let client = AsyncClient(configuration(port: broker.port))
        try await client.connect()
        try await client.subscribe([Subscription(.everything)])
        var expected = 1
        var batchCount = 0
        for await batch in client.batches {
            batchCount += 1
            for record in batch.records {
                #expect(Int(String(decoding: batch.payload(record), as: UTF8.self)) == expected)
                expected += 1
            }
            if expected > count { break }
        }
        #expect(expected == count + 1 && batchCount < count / 100)
    }

    @Test("A first connection that fails is thrown, and not tried again", .timeLimit(.minutes(1)))
    func refused() async throws {
        let broker = FakeBroker(FakeBroker.refusing(code: 0x88, returnCode: 3))
        let client = AsyncClient(configuration(port: broker.port))
        await #expect {
            try await client.connect()
        } throws: { error in
            guard case .connection(let failure)? = error as? RequestFailure,
                case .refused(.serverUnavailable, _, _) = failure.cause
            else { return false }
            return true
        }
        #expect(client.status == .closed && broker.connectionCount == 1)
        // It can be asked again.
        await #expect(throws: RequestFailure.self) { try await client.connect() }
        #expect(broker.connectionCount == 2)
    }

    @Test("What the server refuses, or may not be sent, is thrown with its reason", .timeLimit(.minutes(1)))
    func refusedPublish() async throws {
        // Maximum QoS 1, Retain Available 0; every PUBLISH is refused as not authorised.
        let broker = FakeBroker { connection in
            guard connection.readPacket() != nil else { return }
            connection.send([0x20, 7, 0, 0, 4, 0x24, 1, 0x25, 0])
            while let packet = connection.readPacket(), packet[0] >> 4 == 3 {
                let start = 4 + Int(packet[2]) << 8 + Int(packet[3])
                connection.send([0x40, 3, packet[start], packet[start + 1], 0x87])
            }
        }
        let client = AsyncClient(configuration(port: broker.port))
        try await client.connect()
        await #expect(throws: RequestFailure.refused(.notAuthorized, reasonString: nil)) {
            try await client.publish(message("a", qos: .atLeastOnce))
        }
        await #expect(throws: RequestFailure.unsendable(.qosNotSupported(maximum: .atLeastOnce))) {
            try await client.publish(message("a", qos: .exactlyOnce))
        }
        await #expect(throws: RequestFailure.unsendable(.retainNotSupported)) {
            try await client.publish(message("a", isRetained: true))
        }
    }

    @Test("Requests wait for the connection, and survive its loss", .timeLimit(.minutes(1)))
    func waits() async throws {
        let broker = FakeBroker(FakeBroker.working())
        let client = AsyncClient(configuration(port: broker.port))
        async let early = client.subscribe([Subscription(.everything)])
        client.start()
        #expect(try await early == [.granted(.atMostOnce)])
        var statuses = client.statuses.makeAsyncIterator()
        let first = await statuses.next()
        guard case .connected? = first else { return #expect(Bool(false), "\(String(describing: first))") }
        broker.connections.first?.reset()
        var isBack = false
        while !isBack, let status = await statuses.next() {
            if case .connected = status { isBack = true }
        }
        #expect(isBack && broker.connectionCount == 2)
        let second = try #require(broker.connections.last)
        #expect(second.waitForPacket { $0[0] == 0x82 } != nil)
        try await client.publish(message("a"))
        #expect(second.waitForPacket { $0[0] == 0x30 } != nil)
    }

    @Test("A cancelled task stops waiting; a stopped client tells all who wait", .timeLimit(.minutes(1)))
    func ends() async throws {
        let broker = FakeBroker { connection in
            guard connection.readPacket() != nil else { return }
            connection.send([0x20, 3, 0, 0, 0])
            connection.readToEnd()
        }
        let client = AsyncClient(configuration(port: broker.port))
        try await client.connect()
        let publish = try message("a", qos: .atLeastOnce)
        func failure(of task: Task<Void, any Error>) async -> RequestFailure? {
            await task.result.failure as? RequestFailure
        }
        let cancelled = Task { _ = try await client.publish(publish) }
        let iterating = Task { for await _ in client.batches {} }
        cancelled.cancel()
        iterating.cancel()
        #expect(await failure(of: cancelled) == .cancelled)
        await iterating.value
        let waiting = [
            Task { _ = try await client.publish(publish) },
            Task { _ = try await client.subscribe([Subscription(.everything)]) },
            Task { _ = try await client.unsubscribe([filter("a")]) },
            Task { for await _ in client.batches {} },
        ]
        #expect(broker.connections[0].waitForPacket { $0[0] == 0xA2 } != nil)
        await client.stop()
        #expect(await failure(of: waiting[0]) == .unsendable(.connectionLost))
        #expect(await failure(of: waiting[1]) == .closed)
        // With the session the subscription is gone.
        #expect(await failure(of: waiting[2]) == nil)
        #expect(await failure(of: waiting[3]) == nil)
        await #expect(throws: RequestFailure.closed) { try await client.publish(publish) }
    }

    @Test("Connecting can be cancelled", .timeLimit(.minutes(1))) func cancelConnect() async throws {
        let broker = FakeBroker(FakeBroker.silence)
        let client = AsyncClient(configuration(port: broker.port) { $0.answerTimeout = 60_000 })
        let task = Task { try await client.connect() }
        #expect(broker.waitForConnections(1))
        task.cancel()
        await #expect(throws: RequestFailure.cancelled) { try await task.value }
        #expect(client.status == .closed)
    }

    @Test("The mailbox is full from its bound on, until its batches are taken", .timeLimit(.minutes(1)))
    func bound() async {
        let mailbox = Mailbox()
        let calls = Counter()
        var batch = Batch(arrival: .zero)
        batch.append(topic: "t", payload: [UInt8](repeating: 0, count: Mailbox.capacity / 2))
        mailbox.post([.messages(batch)])
        #expect(!mailbox.rest { calls.add() })
        mailbox.post([.messages(batch)])
        #expect(mailbox.rest { calls.add() } && calls.value == 0)
        #expect(await mailbox.batch() != nil && calls.value == 1)
        #expect(!mailbox.rest { calls.add() })
        #expect(await mailbox.batch() != nil && calls.value == 1)
    }

    @Test("Who waits to be subscribed is told when somebody else ends that subscription", .timeLimit(.minutes(1)))
    func overruled() async throws {
        let mailbox = Mailbox()
        let asked = filter("a")
        let states = try await mailbox.answered(for: [asked], isSubscribing: true) {
            mailbox.post([.subscription(asked, .requested), .subscription(asked, .removed)])
        }
        #expect(states == [.removed])
    }

    @Test("Nothing is held by a connection that rests when nobody holds it any more", .timeLimit(.minutes(1)))
    func nothingLeaks() async throws {
        let broker = FakeBroker({ connection in
            connection.readPacket()
            connection.send([0x20, 3, 0, 0, 0])
            let flood = [[UInt8]](repeating: FakeBroker.publish("t", [1, 2, 3], version: 5), count: 100_000)
            connection.send(flood.flatMap(\.self))
            connection.idle()
        })
        weak var left: Inbox?
        do {
            let bench = ClientBench(port: broker.port, inboxCapacity: 1)
            left = bench.inbox
            bench.client.start()
            let limit = Client.now().advanced(milliseconds: 30_000)
            while bench.inbox.byteCount < 1_000, Client.now() < limit { try bench.settle() }
        }
        let limit = Client.now().advanced(milliseconds: 10_000)
        while left != nil, Client.now() < limit { try await Task.sleep(for: .milliseconds(1)) }
        #expect(left == nil)
    }

    @Test("What an iteration that ends early leaves waits for the next", .timeLimit(.minutes(1)))
    func severalIterations() async throws {
        let mailbox = Mailbox()
        for number in 0..<6 {
            var batch = Batch(arrival: .zero)
            batch.append(topic: "t", payload: [UInt8(number)])
            mailbox.post([.messages(batch)])
        }
        var received: [UInt8] = []
        for _ in 0..<3 {
            var count = 0
            for await batch in Batches(mailbox: mailbox) {
                received += batch.records.flatMap { batch.payload($0) }
                count += 1
                if count == 2 { break }
            }
        }
        #expect(received == [0, 1, 2, 3, 4, 5])
    }

    @Test("More than the bound comes before anybody iterates: nothing is lost", .timeLimit(.minutes(2)))
    func behind() async throws {
        let size = 1 << 20
        let count = 48
        let broker = FakeBroker(FakeBroker.working())
        let client = AsyncClient(configuration(port: broker.port))
        try await client.connect()
        let publish = FakeBroker.publish("t", [UInt8](repeating: 0x61, count: size), version: 5)
        let sender = Task.detached { for _ in 0..<count { broker.push(publish) } }
        var received = 0
        for await batch in client.batches {
            received += batch.records.count
            if received == count { break }
        }
        await sender.value
        #expect(received == count)
    }
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}
