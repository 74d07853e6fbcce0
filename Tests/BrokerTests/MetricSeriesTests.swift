import MQTT
import Testing

@testable import Broker

@Suite("Counters of a broker as rates")
struct MetricSeriesTests {
    /// mosquitto 2.0.11, of which an interval of 10 s begins with each uptime.
    private struct Broker {
        var metrics = BrokerMetrics()
        var time = 0.0

        init() { metrics.take("broker/version", "mosquitto version 2.0.11", stored: true) }

        /// Ten seconds later: the uptime, and `bytes/received` if it changed.
        mutating func tick(uptime: Int, bytes: Int? = nil) {
            time += 10
            metrics.take("broker/uptime", "\(uptime) seconds", at: time)
            if let bytes { metrics.take("broker/bytes/received", "\(bytes)", at: time) }
        }

        var row: BrokerMetrics.Row { metrics[row: .bytesReceived] }
    }

    @Test("growth is of the interval in which the count changed: a count that does not come stands still")
    func intervals() {
        var broker = Broker()
        broker.metrics.take("broker/bytes/received", "1000", stored: true)
        #expect(broker.row.value == "–")
        broker.tick(uptime: 100, bytes: 5_000)
        // It is not known how long the interval was that ended.
        #expect(broker.row.value == "–")
        #expect(broker.row.remark == "rate not known yet")
        broker.tick(uptime: 110, bytes: 6_000)
        #expect(broker.row.value == "100 B/s")
        #expect(broker.row.remark == nil)
        broker.tick(uptime: 120)
        broker.tick(uptime: 130)
        #expect(broker.row.value == "0 B/s")
        broker.tick(uptime: 140, bytes: 16_240)
        #expect(broker.row.value == "1.0 KiB/s")
        broker.tick(uptime: 150, bytes: 16_241)
        #expect(broker.row.value == "0.1 B/s")
        #expect(broker.row.series == [100, 0, 0, 1_024])
    }

    @Test("a stored count that does not change has stood still")
    func storedStandsStill() {
        var broker = Broker()
        broker.metrics.take("broker/bytes/received", "1000", stored: true)
        broker.tick(uptime: 100)
        broker.tick(uptime: 110)
        #expect(broker.row.value == "0 B/s")
        broker.tick(uptime: 120, bytes: 1_100)
        #expect(broker.row.value == "10 B/s")
    }

    @Test("intervals that come late, together, make no rate")
    func together() {
        var broker = Broker()
        broker.tick(uptime: 100, bytes: 1_000)
        broker.tick(uptime: 110, bytes: 2_000)
        broker.metrics.take("broker/uptime", "120 seconds", at: 20)
        broker.metrics.take("broker/bytes/received", "3000", at: 20)
        #expect(broker.row.value == "–")
    }

    @Test("a counter that went down began again: told, its rate unknown once, the next one right")
    func counterReset() {
        var broker = Broker()
        broker.tick(uptime: 100, bytes: 5_000)
        broker.tick(uptime: 110, bytes: 6_000)
        broker.tick(uptime: 120, bytes: 10)
        #expect(broker.row.value == "–")
        #expect(broker.row.remark == "began again")
        #expect(broker.metrics.resetCount == 1)
        #expect(broker.metrics.lastReset == second(30))
        #expect(broker.metrics.resetWords == "The broker's counters began again once: it was restarted.")
        broker.tick(uptime: 130, bytes: 1_010)
        #expect(broker.row.value == "100 B/s")
        #expect(broker.row.remark == nil)
        #expect(broker.metrics.resetCount == 1)
    }

    @Test("a broker that was restarted while we were away is one reset, whatever comes first")
    func restart() {
        for isUptimeFirst in [true, false] {
            var broker = Broker()
            broker.tick(uptime: 100, bytes: 5_000)
            broker.tick(uptime: 110, bytes: 6_000)
            broker.metrics.connected(at: second(25))
            #expect(broker.metrics.kind == .unknown)
            #expect(broker.metrics[.bytesReceived] == nil)
            broker.metrics.take("broker/version", "mosquitto version 2.0.11", stored: true)
            #expect(broker.row.value == "–")
            let values = [("uptime", "0 seconds"), ("bytes/received", "0")]
            for (name, value) in isUptimeFirst ? values : values.reversed() {
                broker.metrics.take("broker/" + name, value, at: 25, stored: true)
            }
            #expect(broker.metrics.resetCount == 1)
            broker.tick(uptime: 11, bytes: 300)
            broker.tick(uptime: 22, bytes: 1_300)
            #expect(broker.row.value == "100 B/s")
            #expect(broker.metrics.resetCount == 1)
        }
    }

    @Test("a connection that was lost is no reset, and what grew meanwhile makes no rate")
    func reconnected() {
        var broker = Broker()
        broker.tick(uptime: 100, bytes: 5_000)
        broker.tick(uptime: 110, bytes: 6_000)
        broker.metrics.connected(at: second(21))
        broker.metrics.take("broker/version", "mosquitto version 2.0.11", at: 21, stored: true)
        broker.tick(uptime: 120, bytes: 90_000)
        #expect(broker.row.value == "–")
        #expect(broker.row.remark == "rate not known yet")
        #expect(broker.metrics.resetCount == 0)
        #expect(broker.metrics.resetWords == nil)
    }

    @Test("a sparkline has the last 60 intervals")
    func capacity() {
        var broker = Broker()
        for number in 0..<100 { broker.tick(uptime: number) }
        #expect(broker.metrics[row: .uptime].series == (39..<99).map(Double.init))
    }

    // MARK: The guard

    @Test("more than 200 messages of the log a second for two seconds are a flood: said once")
    func flood() {
        var guardian = LogRateGuard()
        let floods = (0..<2_000).filter { guardian.take(at: second(Double($0) / 250)) }
        #expect(floods.count == 1)
        #expect(floods.first ?? 0 < 750)
        #expect(guardian.isTripped)
    }

    @Test("200 a second for a minute are none, nor is a burst of 400")
    func noFlood() {
        var guardian = LogRateGuard()
        for number in 0..<12_000 { _ = guardian.take(at: .zero.advanced(milliseconds: Int64(number) * 5)) }
        #expect(!guardian.isTripped)
        var other = LogRateGuard()
        for message in 0..<4_000 { _ = other.take(at: second(Double(message / 400) * 3)) }
        #expect(!other.isTripped)
        let isFlood = other.take(at: second(27))
        #expect(isFlood)
    }
}
