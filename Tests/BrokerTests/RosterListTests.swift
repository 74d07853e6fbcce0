import Foundation
import MQTT
import Testing

@testable import Broker

@Suite("The list of clients: order, filter, files")
struct RosterListTests {
    /// Eight clients in every state.
    private static let log: BrokerLog = {
        var log = BrokerLog()
        log.connected(as: "us", at: .zero)
        let lines = [
            "New connection from 10.0.0.2:20 on port 8883.",
            "New client connected from 10.0.0.2:20 as ev3-2 (p2, c0, k60, u'Robot').",
            "New client connected from 10.0.0.10:10 as ev3-10 (p5, c1, k0).",
            "New client connected from 10.0.0.3:30 as EV3-3 (p2, c1, k60).",
            "Client EV3-3 closed its connection.", "Client ev3-10 [10.0.0.10:10] disconnected.",
            "New client connected from 10.0.0.10:11 as ev3-10 (p5, c1, k0).",
            "Outgoing messages are being dropped for client mystery.",
            "Client agv has exceeded timeout, disconnecting.",
        ]
        for (index, line) in lines.enumerated() { log.take("N", line, at: Double(index)) }
        log.take("M/subscribe", "ev3-2 1 a,b/\"#\"")
        log.take("M/subscribe", "ev3-2 0 c")
        return log
    }()

    private func names(_ order: Roster.Order, isBackwards: Bool = false, matching text: String = "") -> [String] {
        Self.log.roster.clients(by: order, isBackwards: isBackwards, matching: text).map(\.identifier)
    }

    @Test("in the order of names, numbers by their value; of state, time, reconnects")
    func order() {
        #expect(names(.name) == ["agv", "ev3-2", "EV3-3", "ev3-10", "mystery", "us"])
        #expect(names(.name, isBackwards: true) == names(.name).reversed())
        #expect(names(.state) == ["ev3-2", "ev3-10", "us", "mystery", "agv", "EV3-3"])
        #expect(names(.state, isBackwards: true) == ["agv", "EV3-3", "mystery", "ev3-2", "ev3-10", "us"])
        #expect(names(.since) == ["ev3-10", "ev3-2", "us", "agv", "EV3-3", "mystery"])
        #expect(names(.lastEnd) == ["agv", "ev3-10", "EV3-3", "ev3-2", "mystery", "us"])
        #expect(names(.reconnects) == ["ev3-10", "agv", "ev3-2", "EV3-3", "mystery", "us"])
        #expect(names(.reconnects, isBackwards: true).last == "ev3-10")
    }

    @Test("names that differ in nothing but case, zeros or their end have an order, too")
    func nameOrder() {
        let sorted = [
            "", "A", "a", "a1", "a01", "a1b", "a2", "a10", "a99999999999999999999998", "a99999999999999999999999", "ab",
            "é",
        ]
        let log = BrokerLog(lines: sorted.shuffled().map { ("N", "Client \($0) disconnected.") })
        let names = log.roster.clients(by: .name).map(\.identifier)
        #expect(Set(names) == Set(sorted))
        #expect(names.filter { !$0.contains("01") } == sorted.filter { !$0.contains("01") })
    }

    @Test("filtered by a part of identifier, address or user name")
    func filter() {
        #expect(names(.name, matching: "EV3") == ["ev3-2", "EV3-3", "ev3-10"])
        #expect(names(.name, matching: "robot") == ["ev3-2"])
        #expect(names(.name, matching: "10.0.0.1") == ["ev3-10"])
        #expect(names(.name, matching: ":30") == ["EV3-3"])
        #expect(names(.name, matching: "nobody").isEmpty)
    }

    // MARK: Files

    @Test("CSV as in RFC 4180, with a header and the broker's times")
    func csv() {
        let rows = Self.log.roster.clients(by: .name, matching: "ev3-2")
        let text = String(decoding: RosterExport(rows).csv, as: UTF8.self)
        #expect(
            text == """
                identifier,us,state,inferred,address,port,user,protocol,clean_session,keep_alive,listener,tls_version,\
                tls_cipher,bridge,connected_since,last_end,last_end_reason,last_end_words,last_refusal,\
                last_refusal_reason,reconnects,subscriptions_complete,subscriptions\r
                ev3-2,false,connected,false,10.0.0.2,20,Robot,3.1.1,false,60,8883,,,false,2026-11-23T23:57:20Z,,,,,,0,\
                false,"1 a,b/""#""\n0 c"\r\n
                """)
    }

    @Test(
        "no spreadsheet runs a cell",
        arguments: [
            ("=1+1", "\"'=1+1\""), ("+1", "\"'+1\""), ("-1", "\"'-1\""), ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\ttab", "\"'\ttab\""), ("'quoted", "\"''quoted\""), ("=a,\"b\"", "\"'=a,\"\"b\"\"\""), ("a=b", "a=b"),
            ("say \"hi\"", "\"say \"\"hi\"\"\""), ("röbot 1 (p2, c1", "\"röbot 1 (p2, c1\""),
        ])
    func formulas(identifier: String, cell: String) {
        let log = BrokerLog(lines: [("N", "New client connected from 1.1.1.1:1 as \(identifier) (p2, c1, k60).")])
        let text = String(decoding: RosterExport(log.roster.clients(by: .name)).csv, as: UTF8.self)
        #expect(text.contains("\r\n" + cell + ",false,connected"))
    }

    @Test("JSON is an array of objects, whatever the names are, and loses nothing")
    func json() throws {
        let name = "q\"b\\s\u{7}\u{2028}\u{202E}é日"
        let log = BrokerLog(lines: [
            ("N", "New client connected from 1.1.1.1:1 as \(name) (p2, c1, k60, u'=x')."),
            ("M/subscribe", "\(name) 2 a b"),
        ])
        let bytes = RosterExport(log.roster.clients(by: .name)).json
        let array = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [[String: Any]])
        let object = try #require(array.first)
        #expect(array.count == 1)
        #expect(object["identifier"] as? String == name)
        #expect(object["user"] as? String == "=x")
        #expect(object["port"] as? Int == 1)
        #expect(object["us"] as? Bool == false)
        #expect(object["listener"] is NSNull)
        #expect(object["connected_since"] as? String == "2026-11-23T23:57:20Z")
        let subscription = try #require((object["subscriptions"] as? [[String: Any]])?.first)
        #expect(subscription["filter"] as? String == "a b")
        #expect(subscription["qos"] as? Int == 2)
        #expect(!bytes.contains(0x07), "controls are escaped")
        #expect(RosterExport([]).json == Array("[]\n".utf8))
    }

    @Test("a time of ours needs the offset of our clock, and is left empty without")
    func clockOffset() {
        var log = BrokerLog()
        log.connected(as: "us", at: second(5))
        let rows = log.roster.clients(by: .name)
        let offset = 1_795_478_240 * 1_000_000_000 as Int64
        #expect(
            String(decoding: RosterExport(rows, clockOffset: offset).csv, as: UTF8.self).contains(
                "2026-11-23T23:57:25Z"))
        #expect(!String(decoding: RosterExport(rows).csv, as: UTF8.self).contains("Z"))
    }

    @Test(
        "the calendar is right, before 1970, too",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"), (951_868_799, "2000-02-29T23:59:59Z"),
            (951_868_800, "2000-03-01T00:00:00Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"), (1_795_478_240, "2026-11-23T23:57:20Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ])
    func calendar(seconds: Int64, text: String) {
        #expect(LogTime.split(Piece(Array("\(text): x".utf8)[...]))?.time == .epoch(seconds))
    }
}
