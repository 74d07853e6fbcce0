import Broker
import MQTT
import Testing

@Suite("The time of a log line")
struct LogTimeTests {
    private static let text = "Client ev3 disconnected."

    @Test(
        "mosquitto's own stamps become seconds since 1970 where they can",
        arguments: [
            ("1795478240: ", LogTime.epoch(1_795_478_240)), ("57: ", .epoch(57)), ("0: ", .epoch(0)),
            ("2026-11-24T00:13:38Z: ", .epoch(1_795_479_218)), ("2026-11-24T00:13:38+0000: ", .epoch(1_795_479_218)),
            ("2026-11-24T01:13:38+0100: ", .epoch(1_795_479_218)),
            ("2026-11-23T18:43:38-05:30: ", .epoch(1_795_479_218)),
            ("2000-02-29T23:59:60Z: ", .epoch(951_868_800)), ("1970-01-01T00:00:00Z: ", .epoch(0)),
            ("2100-03-01T00:00Z: ", .epoch(4_107_542_400)), ("1969-12-31T23:59:59Z: ", .epoch(-1)),
            ("2026-11-24T00:13:38: ", .stamp("2026-11-24T00:13:38")), ("", .unknown),
            ("[24.11.26 03:57:23]: ", .stamp("[24.11.26 03:57:23]")),
            ("Nov 24 2026: 10:11: ", .stamp("Nov 24 2026: 10:11")),
        ])
    func stamps(stamp: String, time: LogTime) {
        var log = BrokerLog()
        let line = log.take("N", Self.text, stamp: stamp)
        #expect(line.time == time)
        #expect(line.client == "ev3")
        #expect(line.words == "disconnected")
        #expect(line.raw == Array(Self.text.utf8))
    }

    @Test(
        "a time without a zone is taken to be of ours, which the log says; a form that is not known stays as it is",
        arguments: [
            ("2026-11-24T01:13:38: ", 1_795_479_218), ("2026-11-24 01:13:38: ", 1_795_479_218),
            ("24.11.2026 01:13:38: ", 1_795_479_218), ("[24.11.26 01:13:38]: ", 1_795_479_218),
            ("2026/11/24 01:13:38: ", 1_795_479_218), ("Nov 24 01:13:38 pi mosquitto[9]: ", 1_795_479_218),
            // Of last year, as it would be far ahead.
            ("Dec  6 01:13:38 pi mosquitto[9]: ", 1_764_979_200 + 818), ("[1795479218]: ", 1_795_479_218),
            ("24/11/2026 01:13:38: ", nil), ("01:13:38: ", nil),
        ] as [(String, Int64?)])
    func ourZone(stamp: String, seconds: Int64?) {
        var log = BrokerLog()
        log.advance(to: .zero, epochSeconds: 1_795_480_000, zoneSeconds: 3_600)
        log.sourceBegins()
        let line = log.ingest(line: (stamp + Self.text).utf8, arrival: .zero)
        #expect(line?.client == "ev3")
        #expect(line?.epochSeconds == seconds)
        #expect(log.assumesZone == (seconds != nil && !stamp.hasPrefix("[1")))
    }

    @Test("a form of the broker's own, once learnt, is taken off unknown lines and subscriptions too")
    func learnt() {
        var log = BrokerLog()
        log.connected(as: "us", at: .zero)
        let stamp = "24/11/26 03:57: "
        #expect(log.take("M/subscribe", "us 0 #", stamp: stamp).words == "subscribed to # (QoS 0)")
        #expect(log.take("M/subscribe", "ev3 1 a/b", stamp: stamp).client == "ev3")
        let line = log.take("N", "something new: with a colon", stamp: stamp)
        #expect(line.time == .stamp("24/11/26 03:57"))
        #expect(line.words == "something new: with a colon")
    }

    @Test(
        "nothing is learnt from what merely looks like a stamp", arguments: ["a client 12: x", "99 bottles: of: beer"])
    func notLearnt(text: String) {
        var log = BrokerLog()
        let line = log.take("N", text, stamp: "")
        #expect(line.time == .unknown)
        #expect(line.words == text)
    }

    @Test(
        "times that are none are text",
        arguments: ["2026-13-01T00:00:00: x", "2026-01-01T24:00:00: x", "2026-01-01T00:00:00+1: x"])
    func invalid(text: String) {
        var log = BrokerLog()
        let line = log.take("N", text, stamp: "")
        #expect(line.epochSeconds == nil)
        #expect(line.words == text)
    }
}
