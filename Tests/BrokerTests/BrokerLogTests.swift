import Broker
import MQTT
import Testing

@Suite("What log lines tell together")
struct BrokerLogTests {
    private func accepted(_ port: Int) -> String { "New connection from 127.0.0.1:\(port) on port 1883." }
    private func connected(_ client: String, _ port: Int, host: String = "127.0.0.1") -> String {
        "New client connected from \(host):\(port) as \(client) (p2, c1, k60)."
    }

    // MARK: Takeover

    @Test("2.0: a takeover names the new owner as soon as the broker does")
    func takeover20() {
        var log = BrokerLog()
        log.take("N", accepted(4_000))
        log.take("N", connected("uav1", 4_000))
        log.take("N", accepted(46_575), at: 1)
        let first = log.take("E", "Client uav1 already connected, closing old connection.", at: 1)
        #expect(first.words == "taken over — two devices use this client identifier, or it reconnected")
        log.take("N", connected("uav1", 46_575), at: 1)
        #expect(log.count == 5)
        #expect(log[3].client == "uav1")
        #expect(log[3].isAlarm)
        #expect(
            log[3].words == "taken over by 127.0.0.1:46575 — two devices use this client identifier, or it reconnected")
        log.take("E", "Client uav1 already connected, closing old connection.", at: 2)
        log.take("N", connected("uav1", 39_323), at: 2)
        #expect(
            log[5].words == "taken over by 127.0.0.1:39323 — two devices use this client identifier (2 times in a row)")
    }

    @Test("from another address it is surely another device")
    func takeoverElsewhere() {
        var log = BrokerLog()
        log.take("N", connected("uav1", 4_000, host: "10.0.0.5"))
        log.take("E", "Client uav1 already connected, closing old connection.")
        log.take("N", connected("uav1", 4_001, host: "10.0.0.9"))
        #expect(log[1].words == "taken over by 10.0.0.9:4001 — two devices use this client identifier")
    }

    @Test("2.1: the line itself names the old owner")
    func takeover21() {
        var log = BrokerLog()
        log.take("N", "Client uav1 [10.0.0.5:4000] disconnected: session taken over.")
        log.take("N", "New client connected from 10.0.0.9:4001 as uav1 (p5, c1, k60).")
        #expect(log[0].words == "taken over by 10.0.0.9:4001 — two devices use this client identifier")
    }

    @Test("takeovers an hour apart are not one after the other")
    func rareTakeovers() {
        var log = BrokerLog()
        for time in [0.0, 3_600] {
            log.take("E", "Client uav1 already connected, closing old connection.", at: time)
            log.take("N", connected("uav1", 4_000), at: time)
        }
        #expect(!log[2].words.contains("in a row"))
    }

    @Test("our own identifier taken over is said so")
    func takeoverOfUs() {
        var log = BrokerLog()
        log.connected(as: "mqscope-lab", at: .zero)
        let line = log.take("E", "Client mqscope-lab already connected, closing old connection.")
        #expect(line.words == "taken over — another program uses our client identifier")
    }

    @Test("1.4 writes two lines for one ending: the second changes no reason and raises no alarm")
    func twoLines() {
        var log = BrokerLog()
        log.take("N", "New client connected from 127.0.0.1 as ev3 (c1, k5).")
        log.take("N", "Client ev3 has exceeded timeout, disconnecting.")
        log.take("N", "Socket error on client ev3, disconnecting.")
        log.take("E", "Client uav1 already connected, closing old connection.")
        log.take("N", "Client uav1 disconnected.")
        log.take("N", "New client connected from 127.0.0.1 as uav1 (c1, k5).")
        log.take("N", "Client uav1 disconnected.")
        #expect(log[1].words == "silent for longer than its keep-alive")
        #expect(log[2].words == "its connection is closed now")
        #expect(!log[2].isAlarm)
        #expect(log[4].words == "its connection is closed now")
        #expect(log[3].words.hasPrefix("taken over by 127.0.0.1 — "))
        #expect(log[6].words == "disconnected")
    }

    // MARK: Who failed to log in

    @Test("2.0: the only connection without a name is probably the one that was refused")
    func guess() {
        var log = BrokerLog()
        log.take("N", accepted(4_000))
        log.take("N", connected("ev3", 4_000))
        log.take("N", accepted(35_295))
        #expect(
            log.take("N", "Client <unknown> disconnected, not authorised.").words
                == "login refused (probably 127.0.0.1:35295)")
        #expect(log.take("N", "Client <unknown> disconnected, not authorised.").words == "login refused")
    }

    @Test("2.0: with several there is no guess, until it is clear again who is left")
    func noGuess() {
        var log = BrokerLog()
        log.take("N", accepted(1_001))
        log.take("N", accepted(1_002))
        #expect(log.take("N", "Client <unknown> disconnected, not authorised.").words == "login refused")
        log.take("N", connected("ev3", 1_002))
        log.take("N", accepted(1_003))
        let line = log.take("N", "Client <unknown> disconnected due to protocol error.")
        #expect(line.words.hasSuffix("(probably 127.0.0.1:1003)"))
    }

    @Test("a connection of long ago is no candidate")
    func oldConnection() {
        var log = BrokerLog()
        log.take("N", accepted(1_001))
        #expect(log.take("N", "Client <unknown> disconnected, not authorised.", at: 200).words == "login refused")
    }

    @Test("2.1 says who it was")
    func named() {
        var log = BrokerLog()
        log.take("N", accepted(1_001))
        log.take("N", accepted(1_002))
        let line = log.take("N", "Client 127.0.0.1 [127.0.0.1:1001] disconnected: protocol error.")
        #expect(line.words.hasSuffix("no MQTT client? (127.0.0.1:1001)"))
        #expect(log.take("N", "Client <unknown> closed its connection.").words.hasSuffix("(probably 127.0.0.1:1002)"))
    }

    @Test("a refused login of a client that had been there before is a refused login")
    func refusedAgain() {
        var log = BrokerLog()
        log.take("N", "New client connected from 127.0.0.1:1 as ev3 (p4, c1, k60).")
        #expect(
            log.take("N", "Client ev3 [127.0.0.1:1] disconnected: not authorised.").words
                == "disconnected: not authorised")
        #expect(log.take("N", "Client ev3 [127.0.0.1:2] disconnected: not authorised.").words == "login refused")
    }

    // MARK: Us

    @Test("what is dropped for us is counted, what is dropped for others is not")
    func droppedForUs() {
        var log = BrokerLog(capacity: 2)
        log.connected(as: "mqscope-lab-1", at: .zero)
        for _ in 0..<3 { log.take("N", "Outgoing messages are being dropped for client mqscope-lab-1.") }
        #expect(log.droppedForUs == 3)
        #expect(log[1].words == "the broker drops messages for us: mqscope or the network is too slow for them")
        log.take("N", "Outgoing messages are being dropped for client mqscope-lab-10.")
        #expect(log.droppedForUs == 3)
        #expect(log[1].words == "the broker drops messages for it: it takes them too slowly")
    }

    @Test("our own subscriptions are understood, whatever we are called")
    func ourSubscriptions() {
        var log = BrokerLog()
        log.connected(as: "my scope 0 x", at: .zero)
        #expect(
            log.take("M/subscribe", "my scope 0 x 0 #").kind
                == .subscribed(client: "my scope 0 x", .atMostOnce, filter: "#"))
    }

    @Test("a log that says nothing for ten seconds after connecting is silent")
    func silence() {
        var log = BrokerLog()
        #expect(!log.isSilent(at: second(100)))
        log.connected(as: "us", at: second(100))
        #expect(!log.isSilent(at: second(109.9)))
        #expect(log.isSilent(at: second(110)))
        log.take("N", "Client a disconnected.", at: 111)
        #expect(!log.isSilent(at: second(1_000)))
        log.connected(as: "us", at: second(2_000))
        #expect(log.isSilent(at: second(2_010)))
        #expect(log.knownSince == second(2_000))
    }

    // MARK: Bounds

    @Test("the log keeps its latest lines and counts those that had to go")
    func ring() {
        var log = BrokerLog(capacity: 3)
        for number in 0..<10 {
            log.take("N", "Client c\(number) disconnected.", at: Double(number))
            #expect(log[log.count - 1].client == "c\(number)")
        }
        #expect(log.count == 3)
        #expect(log.dropped == 7)
        #expect((0..<3).map { log[$0].client } == ["c7", "c8", "c9"])
        #expect(BrokerLog(capacity: 0).capacity == 1)
    }

    @Test("a takeover line that has gone is not looked for")
    func goneTakeover() {
        var log = BrokerLog(capacity: 1)
        log.take("E", "Client a already connected, closing old connection.")
        log.take("N", "Client b disconnected.")
        log.take("N", connected("a", 1))
        #expect(log.all == ["a | connected from 127.0.0.1:1 (3.1.1, clean, keep-alive 60 s)"])
        for _ in 0..<3 {
            log.take("E", "Client a already connected, closing old connection.")
            log.take("N", connected("a", 2))
        }
        #expect(log.count == 1)
    }

    @Test("in a full ring the right takeover line is completed")
    func takeoverInFullRing() {
        var log = BrokerLog(capacity: 4)
        for number in 0..<30 {
            for _ in 0..<(number % 3) { log.take("N", "Client filler disconnected.") }
            log.take("E", "Client a already connected, closing old connection.", at: Double(number) * 100)
            log.take("N", connected("a", 2_000 + number), at: Double(number) * 100)
            #expect(log[log.count - 2].words.hasPrefix("taken over by 127.0.0.1:\(2_000 + number) — "))
        }
    }

    @Test("an endless line is cut, says so, and is not taken apart")
    func endless() {
        var log = BrokerLog()
        let line = log.take("N", "Client " + String(repeating: "x", count: 70_000) + " disconnected.")
        #expect(line.kind == .unknown)
        #expect(line.raw.count + line.cutCount == 70_021)
        #expect(line.raw.count <= 1_024)
        #expect(line.words.hasSuffix("… (\(line.cutCount) more bytes)"))
    }

    @Test("any number of clients may come and go; the latest are known")
    func manyClients() {
        var log = BrokerLog(capacity: 10)
        for number in 0..<12_000 {
            log.take("N", connected("client 1 \(number)", 1_000 + number % 60_000))
            if number % 2 == 0 { log.take("N", "Client client 1 \(number) disconnected.") }
        }
        #expect(log.take("M/subscribe", "client 1 11999 0 a 1 b").client == "client 1 11999")
        #expect(log.take("M/subscribe", "client 1 0 0 a 1 b").kind == .unknown)
    }
}
