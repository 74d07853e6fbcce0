import MQTT
import Testing

@testable import Broker

@Suite("How much of the clients is known, and since when")
struct RosterKnowledgeTests {
    private static let arrival = "New client connected from 10.0.0.7:4000 as ev3 (p5, c0, k15, u'robot')."

    // MARK: Us, the broker's start, gaps

    @Test("we are in it from the beginning, and known to be us")
    func us() throws {
        var log = BrokerLog()
        log.connected(as: "mqscope-1", at: second(7))
        let us = try #require(log.roster["mqscope-1"])
        #expect(us.isUs)
        #expect(us.state == .connected)
        #expect(!us.isInferred)
        #expect(us.since == LogMoment(arrival: second(7)))
        log.take("N", "New client connected from 10.0.0.7:9 as mqscope-1 (p5, c1, k60).", at: 7)
        #expect(
            log.clients == ["mqscope-1: connected 10.0.0.7:9"], "the line about us, from a file, is no other connection"
        )
        log.connected(as: "mqscope-2", at: second(20))
        #expect(log.roster["mqscope-1"]?.isUs == false)
        log.connected(as: "mqscope-2", at: second(30))
        #expect(log.clients == ["mqscope-1: unknown? 10.0.0.7:9", "mqscope-2: connected, again 1"])
    }

    @Test("after a time without the log nothing is known of the present, except from another source")
    func gap() {
        var log = BrokerLog(lines: [("N", Self.arrival), ("M/subscribe", "ev3 0 a")], as: "us")
        log.connected(as: "us", at: second(100))
        #expect(
            log.clients == ["ev3: unknown? 10.0.0.7:4000 , a=0".replacing(" ,", with: ","), "us: connected, again 1"])
        #expect(log.roster.knownSince?.arrival == second(100))
        log.take("N", "New client connected from 10.0.0.7:4001 as ev3 (p5, c1, k15).", at: 101)
        log.connected(as: "us", at: second(200), isLogGapless: true)
        #expect(log.roster["ev3"]?.state == .connected)
        #expect(log.roster.knownSince?.arrival == second(100))
    }

    @Test("at the broker's start nobody is connected but we, and from then on all are known")
    func start() {
        var log = BrokerLog(lines: [("N", Self.arrival)])
        log.connected(as: "us", at: .zero)
        #expect(!log.roster.reachesBrokerStart)
        log.take("I", "mosquitto version 2.0.11 starting", at: 5)
        #expect(log.clients == ["ev3: away? 10.0.0.7:4000", "us: connected"])
        #expect(log.roster.reachesBrokerStart)
        #expect(log.roster.knownSince == LogMoment(arrival: second(5), time: .epoch(1_795_478_240)))
        log.take("N", Self.arrival, at: 6)
        #expect(log.roster["ev3"]?.reconnects == 1)
        log.take("I", "mosquitto version 2.0.11 terminating", at: 7)
        #expect(log.roster.connectedCount == 0)
        #expect(log.roster["ev3"]?.isInferred == true, "no line said so of this client")
    }

    @Test("12 of 15 connected")
    func census() {
        var log = BrokerLog(lines: [("N", Self.arrival), ("N", "Client agv disconnected.")], as: "us")
        #expect(log.roster.census(reported: 5).words == "2 of 5 connected")
        #expect(log.roster.census(reported: 5).isIncomplete)
        #expect(!log.roster.census(reported: 2).isIncomplete)
        #expect(log.roster.census(reported: 1).words == "2 connected (1 when last counted)")
        #expect(log.roster.census(reported: nil).words == "2 known to be connected")
        log.take("N", "Client ev3 disconnected.")
        #expect(log.roster.census(reported: 1).words == "1 of 1 connected")
    }

    // MARK: Subscriptions

    @Test("subscriptions come, change and go as the log says")
    func subscriptions() throws {
        var log = BrokerLog()
        #expect(log.roster.missingConfiguration(at: second(100)).isEmpty, "we were never connected")
        log.connected(as: "us", at: .zero)
        #expect(log.roster.missingConfiguration(at: second(9.9)).isEmpty, "our own may come yet")
        #expect(log.roster.missingConfiguration(at: second(10)) == ["log_type subscribe", "log_type unsubscribe"])
        log.take("N", "New client connected from 10.0.0.7:4000 as ev3 (p2, c1, k15).")
        log.take("M/subscribe", "ev3 0 a/#")
        log.take("M/subscribe", "ev3 1 b c/+")
        log.take("M/subscribe", "ev3 2 a/#")
        #expect(log.roster.missingConfiguration(at: second(10)).isEmpty)
        #expect(log.clients == ["ev3: connected 10.0.0.7:4000, a/#=2 b c/+=1", "us: connected"])
        #expect(log.roster["ev3"]?.isSessionSeenWhole == true)
        log.take("M/unsubscribe", "ev3 a/#")
        log.take("M/unsubscribe", "ev3 never/seen")
        #expect(log.roster["ev3"]?.subscriptions.map(\.filter) == ["b c/+"])
        log.take("N", "Client ev3 disconnected.")
        #expect(log.roster["ev3"]?.subscriptions.isEmpty == true, "a clean session ends with its connection")
    }

    @Test("a kept session keeps its subscriptions, and some of them may be unknown")
    func keptSession() {
        var log = BrokerLog()
        log.take("N", "New client connected from 10.0.0.7:4000 as ev3 (p2, c0, k15).")
        log.take("M/subscribe", "ev3 0 a/#")
        log.take("N", "Client ev3 disconnected.")
        log.take("N", "New client connected from 10.0.0.7:4001 as ev3 (p2, c0, k15).")
        #expect(log.roster["ev3"]?.subscriptions.map(\.filter) == ["a/#"])
        #expect(log.roster["ev3"]?.isSessionSeenWhole == false)
        log.take("N", "Client ev3 disconnected.")
        log.take("N", "Expiring client ev3 due to timeout.")
        #expect(log.roster["ev3"]?.subscriptions.isEmpty == true)
    }

    // MARK: Names and bounds

    @Test("names that are the same text in other bytes are other clients")
    func equivalentNames() {
        let log = BrokerLog(lines: [
            ("N", "New client connected from 1.1.1.1:1 as r\u{F6} (p2, c1, k60)."),
            ("N", "New client connected from 2.2.2.2:2 as ro\u{308} (p2, c1, k60)."),
            ("N", "Client r\u{F6} disconnected."),
        ])
        #expect(log.roster.count == 2)
        #expect(log.roster.connectedCount == 1)
        #expect(log.roster["ro\u{308}"]?.state == .connected)
    }

    @Test("at most so many are known: those away longest go first, the connected last, we never")
    func capacity() {
        var roster = Roster(capacity: 64)
        roster.connected(as: "us", at: .zero)
        func take(_ kind: LogLine.Event) {
            let line = LogLine(arrival: .zero, time: .unknown, severity: .notice, kind: kind, raw: [])
            _ = roster.take(line)
        }
        func arrival(_ number: Int) -> LogLine.Event {
            .connected(
                LogLine.Arrival(
                    client: "c\(number)", peer: Peer(address: "1.2.3.4", port: number), cleanStart: true, keepAlive: 60,
                    isBridge: false))
        }
        for number in 0..<63 { take(arrival(number)) }
        take(.ended(LogLine.Ending(subject: .client("c7"), reason: .clean)))
        take(arrival(63))
        #expect(roster.count == 64)
        #expect(roster.forgottenCount == 1)
        #expect(roster["c7"] == nil)
        #expect(roster["c0"] != nil)
        for number in 64..<1_000 {
            take(arrival(number))
            #expect(roster.count <= 64)
        }
        #expect(roster["us"]?.state == .connected)
        #expect(roster["c999"] != nil)
        #expect(roster.connectedCount == roster.count)
        #expect(roster.count + roster.forgottenCount == 1_001)
    }

    @Test("of one client, and of all, only so many subscriptions are kept, and it is said")
    func subscriptionCapacity() {
        var log = BrokerLog()
        for client in 0..<210 {
            for filter in 0...RosterClient.subscriptionCapacity { log.take("M/subscribe", "c\(client) 0 f\(filter)") }
        }
        let clients = log.roster.clients(by: .name)
        #expect(clients.allSatisfy { $0.hasMoreSubscriptions })
        #expect(clients.reduce(0) { $0 + $1.subscriptions.count } == KnownClients.subscriptionCapacity)
        log.take("N", "Expiring client c0 due to timeout.")
        log.take("M/subscribe", "c209 0 again")
        #expect(log.roster["c209"]?.subscriptions.map(\.filter) == ["again"])
    }
}
