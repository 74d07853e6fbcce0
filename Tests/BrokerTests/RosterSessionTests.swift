import Broker
import MQTT
import Testing

@Suite("The roster of a session, in every version's words")
struct RosterSessionTests {
    private func replay(_ session: String) -> BrokerLog {
        var log = BrokerLog()
        log.connected(as: "monitor", at: .zero)
        for (index, row) in session.split(separator: "\n").enumerated() {
            let cells = row.split(separator: " | ", maxSplits: 3).map(String.init)
            let isStamped = cells[1].first?.isNumber == true
            let line = log.take(cells[0], cells[1], at: Double(index) / 100, stamp: isStamped ? "" : "1795478240: ")
            #expect(line.kind != .unknown, "\(row)")
        }
        return log
    }

    private func kinds(_ log: BrokerLog) -> [String] {
        log.roster.alarms.map { "\($0.subject): \($0.kind) \($0.count)" }
    }

    @Test("1.3.4")
    func version13() {
        let log = replay(RosterSessions.version13)
        #expect(
            log.clients == [
                "monitor: connected", "plain: away 127.0.0.1 → 1883, clean",
                "uav1: connected 127.0.0.1 → 1883, taken over, again 1",
                "user: away 127.0.0.1 → 1883, socket error, robots/#=2",
            ])
        #expect(log.roster["user"]?.userName == "robot")
        #expect(log.alarms.isEmpty)
    }

    @Test("1.4")
    func version14() {
        let log = replay(RosterSessions.version14)
        #expect(
            log.clients == [
                "monitor: connected", "old: unknown?", "plain: away 127.0.0.1 → 1883, clean",
                "sleeper: away 127.0.0.1 → 1883, keep-alive", "slowpoke: unknown?",
                "uav1: connected 127.0.0.1 → 1883, taken over, again 2",
                "user: away 127.0.0.1 → 1883, socket error, röbot 1 (p2, c1=0",
            ])
        #expect(kinds(log) == ["uav1: sharedIdentifier 2", "slowpoke: dropping 1"])
    }

    @Test("2.0.11, recorded")
    func version20() {
        let log = replay(RecordedSession.lines)
        let clients = log.roster.clients(by: .name)
        #expect(log.roster.connectedCount == clients.filter { $0.state == .connected }.count)
        let ends = Dictionary(uniqueKeysWithValues: clients.map { ($0.identifier, $0.lastEnd?.reason?.name ?? "–") })
        #expect(
            ends.filter { !$0.key.hasPrefix("auto-") } == [
                "monitor": "–", "plain": "clean", "user": "clean", "v31": "clean", "five": "clean", "six": "clean",
                "unixer": "clean", "dropper": "closed", "rst": "closed", "uav1": "clean", "sleeper": "keep-alive",
                "twice": "protocol error", "badsub": "malformed packet", "emptysub": "malformed packet",
                "badqos": "malformed packet", "badunsub": "malformed packet", "emptyunsub": "malformed packet",
                "badpub": "malformed packet", "badpub2": "protocol error", "dup0": "closed",
                "reserved": "protocol error", "big4": "oversize packet", "big5": "oversize packet",
                "tlsclient": "clean", "tlsdropper": "closed", "will04": "clean", "slowpoke": "–", "flooder": "closed",
                "nopwuser": "–",
            ])
        #expect(log.roster["unixer"]?.listener == "/run/lab/sock")
        #expect(log.roster["tlsclient"]?.listener == "8883")
        #expect(log.roster["v31"]?.version == .v3_1)
        #expect(log.roster["uav1"]?.reconnects == 2)
        #expect(clients.filter { $0.state == .connected }.map(\.identifier) == ["monitor", "slowpoke"])
        #expect(
            kinds(log).sorted() == [
                "127.0.0.1: refusedLogins 3", "big4: oversize 1", "big5: oversize 1", "slowpoke: dropping 1",
                "uav1: sharedIdentifier 2",
            ])
    }

    @Test("2.1")
    func version21() {
        let log = replay(RosterSessions.version21)
        #expect(
            log.clients == [
                "big: away 127.0.0.1:40011 → 1883, oversize packet", "earlier: away? 127.0.0.1:39999, administrative",
                "impatient: away 127.0.0.1:40009 → 1883, socket, refused: socket", "monitor: connected",
                "plain: away 127.0.0.1:40001 → 1883, clean",
                "röbot 1 (p2, c1: connected 127.0.0.1:40012 → 1883, a b=0",
                "sleeper: away 127.0.0.1:40004 → 1883, keep-alive", "slowpoke: unknown?",
                "uav1: connected 127.0.0.1:40007 → 1883, taken over, refused: wrong login, again 2",
                "user: away 127.0.0.1:40002 → 8883, closed, refused: not authorised, robots/#=1",
            ])
        #expect(log.roster["user"]?.encryption?.version == "TLSv1.3")
        #expect(log.roster["uav1"]?.version == .v3_1)
        #expect(kinds(log) == ["uav1: sharedIdentifier 2", "big: oversize 1", "slowpoke: dropping 1"])
    }
}
