import MQTT
import Testing

@testable import Broker

extension RosterClient {
    /// All that is known of it in a line: `ev3: away? from 127.0.0.1:1, closed, again 2`.
    var summary: String {
        var words = ["\(identifier): \(state)\(isInferred ? "?" : "")"]
        if let peer { words[0] += " \(peer)" }
        if let listener { words[0] += " → \(listener)" }
        if let lastEnd { words.append(lastEnd.reason?.name ?? "unseen end") }
        if let lastRefusal { words.append("refused: \(lastRefusal.reason?.name ?? "?")") }
        if reconnects > 0 { words.append("again \(reconnects)") }
        if !subscriptions.isEmpty {
            words.append(subscriptions.map { "\($0.filter)=\($0.qos.rawValue)" }.joined(separator: " "))
        }
        return words.joined(separator: ", ")
    }
}

extension BrokerLog {
    /// A log that took `lines`, each a severity and a text, all within a second.
    init(lines: [(suffix: String, text: String)], as us: String? = nil) {
        self.init()
        if let us { connected(as: us, at: .zero) }
        for line in lines { take(line.suffix, line.text) }
    }

    /// All clients, by name.
    var clients: [String] { roster.clients(by: .name).map(\.summary) }
    /// All alarms that go on.
    var alarms: [String] { roster.alarms.map { "\($0.subject): \($0.words)" } }
}

@Suite("Who is connected, derived from the log")
struct RosterTests {
    private static let arrival = "New client connected from 10.0.0.7:4000 as ev3 (p5, c0, k15, u'robot')."

    // MARK: What is known of a client

    @Test("all that the line of a connection tells")
    func arrival() throws {
        var log = BrokerLog()
        log.take("N", "New connection from 10.0.0.7:4000 on port 8883.", at: 3)
        log.take("N", Self.arrival, at: 4)
        log.take("N", "Client ev3 negotiated TLSv1.3 cipher TLS_AES_256_GCM_SHA384", at: 4)
        let client = try #require(log.roster["ev3"])
        #expect(client.state == .connected)
        #expect(!client.isInferred)
        #expect(!client.isUs)
        #expect(client.peer == Peer(address: "10.0.0.7", port: 4_000))
        #expect(client.listener == "8883")
        #expect(client.userName == "robot")
        #expect(client.version == .v5_0)
        #expect(client.cleanStart == false)
        #expect(client.keepAlive == 15)
        #expect(!client.isBridge)
        #expect(client.encryption?.version == "TLSv1.3")
        #expect(client.encryption?.cipher == "TLS_AES_256_GCM_SHA384")
        #expect(client.since == LogMoment(arrival: second(4), time: .epoch(1_795_478_240)))
        #expect(client.lastEnd == nil)
        #expect(client.reconnects == 0)
    }

    @Test("what the log does not tell is not known: 1.x has neither ports nor versions")
    func arrival1() throws {
        var log = BrokerLog()
        log.take("N", "New connection from 127.0.0.1 on port 1883.")
        log.take("N", "New connection from 127.0.0.1 on port 1884.")
        log.take("N", "New client connected from 127.0.0.1 as one (c1, k0).")
        let one = try #require(log.roster["one"])
        #expect(one.peer == Peer(address: "127.0.0.1"))
        #expect(one.listener == nil, "it can be either of two")
        #expect(one.version == nil)
        #expect(one.keepAlive == 0)
        log.take("N", "New client connected from 127.0.0.1 as two (c1, k0).")
        #expect(log.roster["two"]?.listener == "1884" || log.roster["two"]?.listener == nil)
        log.take("N", "New connection from /run/mqtt.sock:0 on port 0.")
        log.take("N", "New client connected from /run/mqtt.sock:0 as three (p2, c1, k60).")
        #expect(log.roster["three"]?.listener == "/run/mqtt.sock")
        log.take("N", "New bridge connected from 10.0.0.9:1 as four (p2, c1, k60).")
        #expect(log.roster["four"]?.isBridge == true)
        #expect(log.roster["four"]?.listener == nil)
    }

    @Test(
        "every way in which a connection ends has its reason, in every version's words",
        arguments: [
            ("Client ev3 disconnected.", "clean"),
            ("Client ev3 closed its connection.", "closed"),
            ("Client ev3 has exceeded timeout, disconnecting.", "keep-alive"),
            ("Client ev3 been disconnected by administrative action.", "administrative"),
            ("Client ev3 disconnected due to QoS too high or retain not supported.", "disallowed feature"),
            ("Client ev3 disconnected due to malformed packet.", "malformed packet"),
            ("Client ev3 disconnected due to out of memory.", "out of memory"),
            ("Client ev3 disconnected due to oversize packet.", "oversize packet"),
            ("Client ev3 disconnected due to oversize payload.", "oversize payload"),
            ("Client ev3 disconnected due to protocol error.", "protocol error"),
            ("Client ev3 disconnected, not authorised.", "not authorised"),
            ("Client ev3 disconnected: Connection reset by peer.", "socket"),
            ("Client ev3 disconnected: Protocol error.", "TLS"),
            ("Client ev3 already connected, closing old connection.", "taken over"),
            ("Socket error on client ev3, disconnecting.", "socket error"),
            ("Bad socket read/write on client ev3: Broken pipe", "socket"),
            ("Bad socket read/write on client ev3: A TLS error occurred.", "TLS"),
            ("Client ev3 [10.0.0.7:4000] disconnected.", "clean"),
            ("Client ev3 [10.0.0.7:4000] disconnected: administrative action.", "administrative"),
            ("Client ev3 [10.0.0.7:4000] disconnected: bad authentication method.", "bad method"),
            ("Client ev3 [10.0.0.7:4000] disconnected: bad socket read/write: Broken pipe", "socket"),
            ("Client ev3 [10.0.0.7:4000] disconnected: bad socket read/write: A TLS error occurred.", "TLS"),
            ("Client ev3 [10.0.0.7:4000] disconnected: bad username or password.", "wrong login"),
            ("Client ev3 [10.0.0.7:4000] disconnected: client banned.", "banned"),
            ("Client ev3 [10.0.0.7:4000] disconnected: client identifier not valid.", "bad identifier"),
            ("Client ev3 [10.0.0.7:4000] disconnected: connection closed by client.", "closed"),
            ("Client ev3 [10.0.0.7:4000] disconnected: connection rate exceeded.", "refused for now"),
            ("Client ev3 [10.0.0.7:4000] disconnected: exceeded timeout.", "keep-alive"),
            ("Client ev3 [10.0.0.7:4000] disconnected: implementation specific error.", "unspecified"),
            ("Client ev3 [10.0.0.7:4000] disconnected: malformed packet.", "malformed packet"),
            ("Client ev3 [10.0.0.7:4000] disconnected: non-matching http origin.", "http origin"),
            ("Client ev3 [10.0.0.7:4000] disconnected: not authorised.", "not authorised"),
            ("Client ev3 [10.0.0.7:4000] disconnected: out of memory.", "out of memory"),
            ("Client ev3 [10.0.0.7:4000] disconnected: oversize packet.", "oversize packet"),
            ("Client ev3 [10.0.0.7:4000] disconnected: oversize payload.", "oversize payload"),
            ("Client ev3 [10.0.0.7:4000] disconnected: protocol error.", "protocol error"),
            ("Client ev3 [10.0.0.7:4000] disconnected: Protocol error.", "TLS"),
            ("Client ev3 [10.0.0.7:4000] disconnected: quota exceeded.", "refused for now"),
            ("Client ev3 [10.0.0.7:4000] disconnected: receive maximum exceeded.", "receive maximum"),
            ("Client ev3 [10.0.0.7:4000] disconnected: server busy.", "refused for now"),
            ("Client ev3 [10.0.0.7:4000] disconnected: server unavailable.", "refused for now"),
            ("Client ev3 [10.0.0.7:4000] disconnected: session taken over.", "taken over"),
            ("Client ev3 [10.0.0.7:4000] disconnected: topic alias invalid.", "topic alias"),
            (
                "Client ev3 [10.0.0.7:4000] disconnected: used disallowed feature (QoS too high, retain not supported, "
                    + "or bad AUTH method).", "disallowed feature"
            ),
            ("Client ev3 [10.0.0.7:4000] disconnected: something new.", "other"),
            ("mosquitto version 2.0.11 terminating", "broker stopped"),
        ])
    func reasons(line: String, reason: String) throws {
        var log = BrokerLog()
        log.take("N", Self.arrival)
        log.take("N", line, at: 5)
        let client = try #require(log.roster["ev3"])
        #expect(client.state == .away)
        #expect(client.lastEnd?.reason?.name == reason)
        #expect(client.lastEnd?.moment.arrival == second(5))
        #expect(client.lastEnd?.peer == Peer(address: "10.0.0.7", port: 4_000))
        #expect(client.since?.arrival == second(0))
        #expect(log.roster.connectedCount == 0)
    }

    @Test("1.4 writes two lines for some endings: the first one's reason stays")
    func twoLines() {
        let endings = [
            (
                "Client ev3 has exceeded timeout, disconnecting.", "Socket error on client ev3, disconnecting.",
                "keep-alive"
            ),
            ("Client ev3 already connected, closing old connection.", "Client ev3 disconnected.", "taken over"),
            (
                "Client ev3 already connected, closing old connection.", "Socket error on client ev3, disconnecting.",
                "taken over"
            ),
        ]
        for (first, second, reason) in endings {
            let log = BrokerLog(lines: [("N", Self.arrival), ("N", first), ("N", second)])
            #expect(log.clients == ["ev3: away 10.0.0.7:4000, \(reason)"])
        }
    }

    @Test("a client that was there before the log was seen is named as such, whatever it is that names it")
    func before() {
        let lines = [
            ("Client ev3 disconnected.", "ev3: away?, clean"),
            ("Client ev3 [10.0.0.7:1] disconnected: exceeded timeout.", "ev3: away? 10.0.0.7:1, keep-alive"),
            ("Client ev3 already connected, closing old connection.", "ev3: away?, taken over"),
            ("Outgoing messages are being dropped for client ev3.", "ev3: unknown?"),
            ("Reused message ID 7 from ev3 detected. Clearing from storage.", "ev3: unknown?"),
            ("Expiring client ev3 due to timeout.", "ev3: unknown?"),
        ]
        for (line, summary) in lines { #expect(BrokerLog(lines: [("N", line)]).clients == [summary]) }
        #expect(BrokerLog(lines: [("M/subscribe", "ev3 1 a/#")]).clients == ["ev3: connected?, a/#=1"])
        #expect(BrokerLog(lines: [("M/unsubscribe", "ev3 a/#")]).clients == ["ev3: connected?"])
        #expect(
            BrokerLog(lines: [("N", "Client ev3 disconnected."), ("N", Self.arrival)]).clients
                == ["ev3: connected 10.0.0.7:4000, clean, again 1"])
    }

    @Test("a connection whose end was not logged ended all the same")
    func unseenEnd() {
        let log = BrokerLog(lines: [
            ("N", Self.arrival), ("N", "New client connected from 10.0.0.7:4001 as ev3 (p5, c0, k15)."),
        ])
        #expect(log.clients == ["ev3: connected 10.0.0.7:4001, unseen end, again 1"])
        #expect(log.roster["ev3"]?.userName == nil, "nothing is left over of the former connection")
        #expect(log.roster["ev3"]?.lastEndWords == "connected anew; its end was not logged")
    }

    @Test("2.1: the end of a former connection is no end of the present one")
    func formerConnection() {
        let log = BrokerLog(lines: [
            ("N", Self.arrival), ("N", "Client ev3 [10.0.0.7:3999] disconnected: connection closed by client."),
        ])
        #expect(log.clients == ["ev3: connected 10.0.0.7:4000"])
    }

    // MARK: Refused

    @Test("2.1 names who was refused: it was never connected")
    func refused() {
        let log = BrokerLog(lines: [
            ("N", "New connection from 10.0.0.7:4000 on port 1883."),
            ("N", "Client ev3 [10.0.0.7:4000] disconnected: not authorised."),
            ("N", "New connection from 10.0.0.7:4001 on port 1883."),
            ("N", "Client agv [10.0.0.7:4001] disconnected: protocol error."),
        ])
        #expect(
            log.clients == [
                "agv: unknown? 10.0.0.7:4001, refused: protocol error",
                "ev3: unknown? 10.0.0.7:4000, refused: not authorised",
            ])
    }

    @Test("who was refused, or is only mentioned, may be connected since before; from the broker's start on it is not")
    func notConnected() {
        let lines = [
            ("N", "New connection from 10.0.0.7:4000 on port 1883."),
            ("N", "Client ev3 [10.0.0.7:4000] disconnected: not authorised."),
            ("N", "Outgoing messages are being dropped for client kept."),
        ]
        let start = ("I", "mosquitto version 2.1.2 starting")
        let other = ("N", "New client connected from 10.0.0.9:1 as other (p4, c1, k60).")
        func states(_ log: BrokerLog) -> [RosterClient.State?] { ["ev3", "kept"].map { log.roster[$0]?.state } }
        #expect(states(BrokerLog(lines: lines)) == [.unknown, .unknown])
        #expect(states(BrokerLog(lines: [start, other] + lines)) == [.away, .away])
        #expect(states(BrokerLog(lines: [start] + lines)) == [.unknown, .unknown], "connection_messages may be off")
    }

    @Test("2.1: who is refused with the identifier of another does not end the other's connection")
    func refusedElsewhere() {
        let log = BrokerLog(lines: [
            ("N", Self.arrival), ("N", "New connection from 10.0.0.9:5 on port 1883."),
            ("N", "Client ev3 [10.0.0.9:5] disconnected: not authorised."),
        ])
        #expect(log.clients == ["ev3: connected 10.0.0.7:4000, refused: not authorised"])
        #expect(log.roster["ev3"]?.lastRefusalWords == "login refused")
        #expect(log.roster["ev3"]?.lastEndWords == nil)
        #expect(log[2].words == "login refused")
    }

    @Test("2.1 welcomes a client and refuses it for its keep-alive within the same second")
    func welcomedAndRefused() {
        var log = BrokerLog()
        log.take("N", Self.arrival)
        log.take("N", "Client ev3 [10.0.0.7:4000] disconnected: bad socket read/write: Invalid input")
        #expect(log.clients == ["ev3: away 10.0.0.7:4000, socket, refused: socket"])
        log.take("N", Self.arrival, at: 1)
        log.take("N", "Client ev3 [10.0.0.7:4000] disconnected.", at: 9)
        log.take("N", Self.arrival, at: 10)
        log.take("N", "Client ev3 [10.0.0.7:4000] disconnected: bad socket read/write: Invalid input", at: 20)
        #expect(log.roster["ev3"]?.lastRefusal?.moment.arrival == .zero)
    }

    @Test("2.0 does not: nobody's row is made up")
    func refused20() {
        let log = BrokerLog(lines: [
            ("N", "New connection from 10.0.0.7:4000 on port 1883."),
            ("N", "Client <unknown> disconnected, not authorised."),
        ])
        #expect(log.clients.isEmpty)
    }

    // MARK: Takeover

    @Test("a takeover ends the old connection, in every version's words")
    func takeover() {
        let new = ("N", "New client connected from 10.0.0.9:1 as ev3 (p5, c1, k60).")
        let both = "ev3: connected 10.0.0.9:1, taken over, again 1"
        let line20 = ("E", "Client ev3 already connected, closing old connection.")
        let line21 = ("N", "Client ev3 [10.0.0.7:4000] disconnected: session taken over.")
        #expect(BrokerLog(lines: [("N", Self.arrival), line20]).clients == ["ev3: away 10.0.0.7:4000, taken over"])
        #expect(BrokerLog(lines: [("N", Self.arrival), line20, new]).clients == [both])
        #expect(
            BrokerLog(lines: [("N", Self.arrival), line20, ("N", "Client ev3 disconnected."), new]).clients == [both])
        #expect(BrokerLog(lines: [("N", Self.arrival), line21, new]).clients == [both])
        let late = BrokerLog(lines: [("N", Self.arrival), new, line21])
        #expect(late.clients == ["ev3: connected 10.0.0.9:1, unseen end, again 1"], "it names the former connection")
    }
}
