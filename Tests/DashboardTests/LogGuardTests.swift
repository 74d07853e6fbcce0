import Broker
import MQTT
import Screen
import Testing

@testable import Dashboard

/// A broker's log that comes too fast is left, which is said, accounted for and can be undone.
@Suite struct LogGuardTests {
    private static let statistics = SystemFilters.statistics.map { Subscription.watching($0, qos: .atMostOnce) }

    /// 500 lines within a second; what is to be done.
    private func flood(_ driver: inout Driver) -> [Effect] {
        var effects: [Effect] = []
        for number in 0..<500 {
            if number % 50 == 0 { driver.wait(milliseconds: 100) }
            var batch = Batch(arrival: driver.now)
            batch.append(
                topic: "$SYS/broker/log/N",
                payload: Array(
                    "1795521605: New client connected from 10.0.0.1:\(number) as c\(number) (p2, c1, k15).".utf8),
                flags: PublishFlags(qos: .atMostOnce, isRetained: false))
            effects += driver.dashboard.handle(.connection(.messages(batch)))
        }
        return effects
    }

    /// The broker's answers to such effects.
    private func answer(_ effects: [Effect], _ driver: inout Driver) {
        for effect in effects {
            switch effect {
            case .unsubscribe(let filters): for filter in filters { driver.deliver(.subscription(filter, .removed)) }
            case .subscribe(let subscriptions):
                for subscription in subscriptions {
                    driver.deliver(.subscription(subscription.filter, .requested))
                    driver.deliver(.subscription(subscription.filter, .granted(.atMostOnce)))
                }
            default: Issue.record("\(effect)")
            }
        }
    }

    @Test func aFloodReplacesTheSubscriptionByTheStatisticsAndIsSaid() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        let effects = flood(&driver)
        #expect(effects == [.unsubscribe([.system]), .subscribe(Self.statistics)])
        #expect(driver.lines().last?.contains("the log is off. In the broker log a takes it again.") == true)
        answer(effects, &driver)
        driver.type("3")
        #expect(
            driver.line(with: " Broker log ")?.contains(
                "off, a takes it again: over 200 lines a second, since 12:00:00")
                == true)
        #expect(driver.line(with: " Clients ")?.contains("not known since 12:00:01: the log is off") == true)
        let roster = driver.dashboard.brokerLog.log.roster
        #expect(roster["c399"]?.state == .unknown, "nobody knows whether it is still there")
        #expect(roster["mqscope-lab-a1b2c3"]?.state == .connected, "but we are")
        #expect(driver.lines()[0].contains("! broker log off, see 4"))
        driver.type("4<Tab>z")
        let words = "The broker's log is not seen from 12:00:00 on: it came faster than 200 lines a second"
        #expect(driver.line(with: words)?.contains("(a in the broker log takes it again)") == true)
        // The statistics still come, and are still a table.
        driver.receive("$SYS/broker/version", "mosquitto version 2.0.11")
        driver.type("3")
        #expect(driver.line(with: " Metrics ")?.contains("mosquitto 2.0.11") == true)
    }

    @Test func itIsTakenAgainByAKey() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        driver.type("3<BackTab>")
        #expect(driver.dashboard.focus == .brokerLog)
        #expect(driver.lines().last?.contains("log again") == false)
        #expect(driver.type("a").isEmpty)
        #expect(driver.lines().last?.contains("Not now: the log is on.") == true)
        answer(flood(&driver), &driver)
        driver.wait(milliseconds: 60_000)
        #expect(driver.lines().last?.contains("a log again") == true)
        let effects = driver.type("a")
        #expect(
            effects == [
                .unsubscribe(Self.statistics.map(\.filter)),
                .subscribe([.watching(.system, qos: .atMostOnce)]),
            ])
        answer(effects, &driver)
        #expect(driver.line(with: " Broker log ")?.contains("known since 12:01:01") == true)
        #expect(driver.line(with: " Clients ")?.contains("known since 12:01:01") == true)
        driver.type("4<Tab>z")
        #expect(driver.line(with: "The broker's log is not seen from 12:00:00 for 60 s: it came faster") != nil)
        #expect(driver.lines()[0].contains("! incomplete, see 4"), "what was missed stays missed")
        // It is watched as before.
        #expect(!flood(&driver).isEmpty)
    }

    @Test func whatItsFileTellsIsNotMissed() {
        var driver = Driver(rows: 43, columns: 132)
        _ = driver.dashboard.handle(.brokerLogSource(BrokerLogSource(name: "log", state: .reading)))
        driver.connect()
        answer(flood(&driver), &driver)
        driver.type("3")
        #expect(driver.line(with: " Broker log ")?.contains("off, a takes it again") == true)
        #expect(driver.dashboard.brokerLog.log.roster["c399"]?.state == .connected)
        #expect(!driver.lines()[0].contains("!"))
        _ = driver.dashboard.handle(
            .brokerLogSource(BrokerLogSource(name: "log", state: .failed("is gone", retryAt: driver.now))))
        #expect(driver.lines()[0].contains("! broker log off"))
    }

    @Test func overWebSocketThePartsOfTheLogAreLeft() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        driver.deliver(.subscription(.system, .removed))
        let parts = SystemFilters.log + SystemFilters.statistics
        for filter in parts { driver.deliver(.subscription(filter, .granted(.atMostOnce))) }
        #expect(flood(&driver) == [.unsubscribe(SystemFilters.log)])
    }

    @Test func whoRemovesTheLogByHandSeesThatItIsOff() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        driver.receive("$SYS/broker/log/N", "1795521605: New client connected from 10.0.0.1:1 as ev3 (p2, c1, k15).")
        driver.wait(milliseconds: 5_000)
        driver.deliver(.subscription(.system, .removed))
        driver.type("3<BackTab>")
        #expect(driver.line(with: " Broker log ")?.contains("off, a takes it again: since 12:00:05") == true)
        #expect(driver.line(with: " ev3 ")?.hasPrefix(" ? ") == true)
        #expect(!driver.lines()[0].contains("!"), "it is the user's own wish")
        #expect(driver.type("a") == [.subscribe([.watching(.system, qos: .atMostOnce)])])
    }
}
