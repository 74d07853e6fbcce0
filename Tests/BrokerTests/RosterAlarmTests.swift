import MQTT
import Testing

@testable import Broker

@Suite("What goes wrong with clients, again and again")
struct RosterAlarmTests {
    private func arrival(_ client: String, _ host: String, port: Int = 1) -> String {
        "New client connected from \(host):\(port) as \(client) (p2, c1, k60)."
    }

    /// Two devices that throw each other out every second, in the words of 2.0.
    private func fight(_ log: inout BrokerLog, hosts: [String], from start: Double = 0, times: Int) {
        log.take("N", arrival("uav1", hosts[0]), at: start)
        for number in 1...times {
            let time = start + Double(number)
            log.take("E", "Client uav1 already connected, closing old connection.", at: time)
            log.take("N", arrival("uav1", hosts[number % hosts.count], port: 1 + number), at: time)
        }
    }

    @Test("two devices with one identifier are found out by their takeovers, with their addresses")
    func sharedIdentifier() throws {
        var log = BrokerLog()
        fight(&log, hosts: ["10.0.0.5", "10.0.0.9"], times: 1)
        #expect(log.alarms.isEmpty, "one takeover may be a device that came back")
        fight(&log, hosts: ["10.0.0.5", "10.0.0.9"], from: 2, times: 6)
        let alarm = try #require(log.roster.alarms.first)
        #expect(log.roster.alarms.count == 1, "and not that it flaps: it is thrown out")
        #expect(alarm.kind == .sharedIdentifier)
        #expect(alarm.client == "uav1")
        #expect(alarm.count == 7)
        #expect(alarm.since.arrival == second(1))
        #expect(alarm.last.arrival == second(8))
        #expect(Set(alarm.addresses) == ["10.0.0.5", "10.0.0.9"])
        #expect(alarm.words.hasPrefix("two devices use this client identifier, at 10.0.0."))
        #expect(alarm.words.hasSuffix("each ends the connection of the other; give every device its own (7 times)"))
    }

    @Test("the address of who connected last is among them before it is thrown out itself")
    func sharedByThree() {
        var log = BrokerLog()
        fight(&log, hosts: ["10.0.0.5", "10.0.0.7", "10.0.0.9"], times: 2)
        #expect(log.roster.alarms.map(\.addresses) == [["10.0.0.5", "10.0.0.7", "10.0.0.9"]])
    }

    @Test("from one address it may be one device, and that is said")
    func sharedFromOneAddress() {
        var log = BrokerLog()
        fight(&log, hosts: ["10.0.0.5"], times: 2)
        #expect(
            log.alarms == [
                "uav1: two devices use this client identifier, both at 10.0.0.5, or one that connects again without "
                    + "closing its old connection: taken over twice"
            ])
    }

    @Test("2.1 says it in other words")
    func shared21() {
        var log = BrokerLog()
        log.take("N", arrival("uav1", "10.0.0.5"))
        for (number, host) in ["10.0.0.5", "10.0.0.9", "10.0.0.5"].enumerated() {
            let other = host == "10.0.0.5" ? "10.0.0.9" : "10.0.0.5"
            log.take("N", "Client uav1 [\(host):\(number + 1)] disconnected: session taken over.")
            log.take("N", arrival("uav1", other, port: number + 2))
        }
        #expect(log.roster.alarms.map(\.kind) == [.sharedIdentifier])
        #expect(log.roster.alarms.map(\.count) == [3])
    }

    @Test("another program with our identifier is our own affair")
    func sharedWithUs() {
        var log = BrokerLog()
        log.connected(as: "uav1", at: .zero)
        fight(&log, hosts: ["10.0.0.5"], times: 2)
        #expect(log.roster.alarms.first?.isUs == true)
        #expect(
            log.alarms == [
                "uav1: another program at 10.0.0.5 uses our client identifier: each ends the connection of the other; "
                    + "give it another (twice)"
            ])
    }

    @Test("a client that comes back three times in a minute flaps")
    func flapping() {
        var log = BrokerLog()
        for number in 0..<4 {
            log.take("N", arrival("ev3", "10.0.0.5", port: number + 1), at: Double(number) * 15)
            #expect(log.alarms.isEmpty == (number < 3))
            log.take("N", "Client ev3 closed its connection.", at: Double(number) * 15 + 1)
        }
        #expect(
            log.alarms == [
                "ev3: came back 3 times: its program crashes or restarts, or its network is bad (last time: closed its "
                    + "connection without DISCONNECT)"
            ])
        #expect(log.roster["ev3"]?.reconnects == 3)
    }

    @Test("one that comes back every half minute does not")
    func notFlapping() {
        var log = BrokerLog()
        for number in 0..<20 {
            log.take("N", arrival("ev3", "10.0.0.5", port: number + 1), at: Double(number) * 31)
            log.take("N", "Client ev3 closed its connection.", at: Double(number) * 31 + 1)
        }
        #expect(log.alarms.isEmpty)
    }

    @Test("2.0: refused logins are counted by the address, which is a guess")
    func refused20() {
        var log = BrokerLog()
        for number in 0..<3 {
            #expect(log.alarms.isEmpty)
            log.take("N", "New connection from 10.0.0.5:\(number + 1) on port 1883.", at: Double(number))
            log.take("N", "Client <unknown> disconnected, not authorised.", at: Double(number))
        }
        #expect(
            log.alarms == [
                "10.0.0.5: login refused 3 times (probably this address): user name and password are wrong or missing, "
                    + "compare them with password_file and allow_anonymous"
            ])
    }

    @Test("where several connect at once it is not known who was refused")
    func refusedUnknown() {
        var log = BrokerLog()
        for _ in 0..<3 { log.take("N", "Client <unknown> disconnected, not authorised.") }
        #expect(log.roster.alarms.map(\.who) == [.unknown])
        #expect(log.roster.alarms.map(\.subject) == ["?"])
    }

    @Test("2.1: refused logins are counted by the identifier")
    func refused21() {
        var log = BrokerLog()
        for number in 0..<3 {
            log.take("N", "New connection from 10.0.0.5:\(number + 1) on port 1883.")
            log.take("N", "Client ev3 [10.0.0.5:\(number + 1)] disconnected: not authorised.")
        }
        for _ in 0..<3 {
            log.take("N", arrival("agv", "10.0.0.6"))
            log.take("N", "Client agv [10.0.0.6:1] disconnected: bad socket read/write: Invalid input")
        }
        let refused = log.roster.alarms.filter { $0.kind == .refusedLogins }
        #expect(refused.map(\.who) == [.client("ev3"), .client("agv")])
        #expect(refused[0].words.contains("3 times (from 10.0.0.5): user name and password"))
        #expect(refused[1].words.contains("its keep-alive is longer than max_keepalive"))
    }

    @Test("1.x does not say what became of those that are gone before they logged in, and neither do we")
    func lost1() {
        var log = BrokerLog()
        for _ in 0..<3 {
            log.take("N", "New connection from 10.0.0.5 on port 1883.")
            log.take("N", "Socket error on client <unknown>, disconnecting.")
        }
        #expect(
            log.alarms == [
                "10.0.0.5: gone before it logged in, 3 times (probably this address): logins that were refused, or no MQTT "
                    + "client"
            ])
    }

    @Test("port scans and health checks are no refused logins")
    func healthChecks() {
        var log = BrokerLog()
        for number in 0..<9 {
            log.take("N", "New connection from 10.0.0.5:\(number + 1) on port 1883.")
            log.take("N", "Client <unknown> closed its connection.")
        }
        #expect(log.alarms.isEmpty)
    }

    @Test("messages dropped for a client, and for us, are an alarm at once")
    func dropping() {
        var log = BrokerLog()
        log.connected(as: "us", at: .zero)
        log.take("N", "Outgoing messages are being dropped for client slow.")
        log.take("N", "Outgoing messages are being dropped for client us.")
        #expect(
            log.alarms == [
                "slow: the broker drops messages for it: it takes them too slowly, or is away and its session fills up",
                "us: the broker drops messages for us: mqscope or the network is too slow; watch fewer topics",
            ])
        #expect(log.roster.alarms.map(\.isUs) == [false, true])
        #expect(log.roster.droppedForUs == 1)
    }

    @Test("falling silent twice in ten minutes is an alarm, and a second line of 1.4 does not count")
    func keepAlive() {
        var log = BrokerLog()
        for time in [0.0, 300] {
            #expect(log.alarms.isEmpty)
            log.take("N", "New client connected from 127.0.0.1 as ev3 (c1, k60).", at: time)
            log.take("N", "Client ev3 has exceeded timeout, disconnecting.", at: time + 90)
            log.take("N", "Socket error on client ev3, disconnecting.", at: time + 90)
        }
        #expect(log.roster.alarms.map(\.kind) == [.keepAlive])
        #expect(log.roster.alarms.map(\.count) == [2])
    }

    @Test("a packet that is too large is an alarm at once")
    func oversize() {
        var log = BrokerLog()
        log.take("N", "Client tb3 disconnected due to oversize packet.")
        log.take("N", "Client tb4 [10.0.0.1:1] disconnected: oversize packet.")
        #expect(log.roster.alarms.map(\.subject) == ["tb3", "tb4"])
        #expect(log.roster.alarms.allSatisfy { $0.kind == .oversize && $0.words.contains("max_packet_size once") })
    }

    // MARK: Their end

    @Test("an alarm is over after the quiet time of its kind, and stays listed", arguments: RosterAlarm.Kind.allCases)
    func quiet(kind: RosterAlarm.Kind) throws {
        var log = BrokerLog()
        switch kind {
        case .sharedIdentifier: fight(&log, hosts: ["10.0.0.5"], times: 2)
        case .flapping: for _ in 0..<4 { log.take("N", arrival("ev3", "10.0.0.5"), at: 2) }
        case .refusedLogins:
            for _ in 0..<3 { log.take("N", "Client <unknown> disconnected, not authorised.", at: 2) }
        case .lostLogins:
            for _ in 0..<3 { log.take("N", "Socket error on client <unknown>, disconnecting.", at: 2) }
        case .dropping: log.take("N", "Outgoing messages are being dropped for client ev3.", at: 2)
        case .keepAlive:
            for time in [0.0, 2] { log.take("N", "Client ev3 [1.1.1.1:1] disconnected: exceeded timeout.", at: time) }
        case .oversize: log.take("N", "Client ev3 disconnected due to oversize packet.", at: 2)
        }
        #expect(log.roster.alarms.map(\.kind) == [kind])
        let quiet = Double(kind.rule.window) / 1_000
        let revision = log.roster.revision
        log.advance(to: second(1.9 + quiet))
        #expect(log.roster.alarms.map(\.kind) == [kind])
        #expect(log.roster.revision == revision)
        log.advance(to: second(3 + quiet))
        #expect(log.alarms.isEmpty)
        #expect(log.roster.revision > revision)
        let past = try #require(log.roster.pastAlarms.first)
        #expect(past.kind == kind)
        #expect(past.isOver)
        #expect(past.endedAt?.arrival == second(3 + quiet))
        #expect(past.last.arrival == second(2))
    }

    @Test("what happens again after that is another alarm")
    func again() {
        var log = BrokerLog()
        for time in [0.0, 50, 500] {
            log.take("N", "Outgoing messages are being dropped for client ev3.", at: time)
        }
        #expect(log.roster.pastAlarms.map(\.count) == [2])
        #expect(log.roster.alarms.map(\.count) == [1])
        #expect(log.roster.alarms.map(\.serial) == [1])
    }

    @Test("lines of a file come all at once: the broker's clock tells them apart")
    func replay() {
        var log = BrokerLog()
        for hour in 0..<5 {
            let stamp = "\(1_795_478_240 + hour * 3_600): "
            log.take("N", arrival("ev3", "10.0.0.5"), stamp: stamp)
            log.take("N", "Client ev3 closed its connection.", stamp: stamp)
            log.take("N", "Client <unknown> disconnected, not authorised.", stamp: stamp)
        }
        #expect(log.alarms.isEmpty)
        for _ in 0..<4 { log.take("N", arrival("ev3", "10.0.0.5"), stamp: "1795496300: ") }
        #expect(log.roster.alarms.map(\.kind) == [.flapping])
        log.take("I", "Reloading config.", stamp: "1795499900: ")
        #expect(log.roster.pastAlarms.map(\.kind) == [.flapping], "an hour passed in the file")
    }

    @Test("a broker's clock that is set back, or runs wild, hides no alarm")
    func clocks() {
        var log = BrokerLog()
        for (time, stamp) in [(0.0, 5_000), (1, 4_000), (2, 3_000), (3, 2_000)] {
            log.take("N", arrival("ev3", "10.0.0.5"), at: time, stamp: "\(1_795_478_240 + stamp): ")
        }
        #expect(log.roster.alarms.map(\.kind) == [.flapping])
        log.advance(to: second(100))
        #expect(log.alarms.isEmpty)
    }

    @Test("any number of alarms may begin and end; the latest are kept")
    func bounds() {
        var log = BrokerLog(capacity: 1)
        for number in 0..<3_000 { log.take("N", "Outgoing messages are being dropped for client c\(number).") }
        #expect(log.roster.alarms.count <= 1_000)
        #expect(log.roster.alarms.last?.client == "c2999")
        #expect(log.roster.pastAlarms.count == AlarmBook.pastCapacity)
        #expect(log.roster.alarms.count + log.roster.pastAlarms.count + log.roster.pastAlarmsDropped == 3_000)
        fight(&log, hosts: (0..<9).map { "10.0.0.\($0)" }, times: 30)
        #expect(log.roster.alarms.last?.addresses.count == 4)
    }
}
