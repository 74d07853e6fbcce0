import Broker
import MQTT
import Screen
import Testing

@testable import Dashboard

/// What the broker's statistics say, in view 3.
@Suite struct MetricsPaneTests {
    /// A mosquitto of this version that has published two intervals of 11 s.
    private func mosquitto(_ version: String, rows: Int = 43, columns: Int = 132) -> Driver {
        var driver = Driver(rows: rows, columns: columns)
        driver.connect()
        driver.receive("$SYS/broker/version", "mosquitto version \(version)", isRetained: true)
        for (topic, value) in [("uptime", "58 seconds"), ("bytes/received", "1000"), ("heap/current", "61440")] {
            driver.receive("$SYS/broker/\(topic)", value, isRetained: true)
        }
        for tick in 1...3 {
            driver.wait(milliseconds: 11_000)
            for (topic, value) in [
                ("uptime", "\(58 + tick * 11) seconds"), ("clients/connected", "\(tick)"),
                ("bytes/received", "\(1_000 + tick * 11_264)"), ("publish/messages/received", "\(tick * 110)"),
                ("load/messages/received/1min", "120.00"), ("messages/stored", "58"),
            ] { driver.receive("$SYS/broker/\(topic)", value) }
        }
        driver.type("3m")
        return driver
    }

    @Test func valuesStandThereWithUnitsAndSparklines() {
        var driver = mosquitto("2.0.11")
        #expect(driver.line(with: " Metrics ")?.contains("mosquitto 2.0.11, every 11 s") == true)
        #expect(driver.dashboard.focus == .metrics)
        let bytes = driver.line(with: "bytes in ")
        #expect(bytes?.contains("1.0 KiB/s") == true && bytes?.contains("█") == true)
        #expect(driver.line(with: "uptime")?.contains("1 min 31 s") == true)
        #expect(driver.line(with: "clients  ")?.contains("3") == true)
        driver.type("z")
        #expect(driver.line(with: "packets in, 1 min ")?.contains("2.0/s") == true)
    }

    @Test(arguments: ["1.4", "2.0.11", "2.1.2"]) func knownLiesAreTold(version: String) {
        var driver = mosquitto(version, rows: 40)
        driver.type("z")
        let isRight = version == "2.1.2"
        #expect(driver.line(with: "messages in ")?.contains("low before 2.1: no QoS 2 or RETAIN") == !isRight)
        #expect(driver.line(with: "packets in, 1 min ")?.contains("published per minute") == true)
        #expect(driver.line(with: "stored  ")?.contains("with those of $SYS") == true)
        let words =
            switch version {
            case "1.4": "not in this version"
            case "2.0.11": "expired: comes when it changes"
            default: "comes when it changes"
            }
        #expect(driver.line(with: "stored bytes ")?.contains("–") == true)
        #expect(driver.line(with: "stored bytes ")?.contains(words) == true)
    }

    @Test func whereThereIsNoRoomTheyStandInThePlaceOfTheClients() {
        var driver = mosquitto("2.0.11", rows: 24, columns: 80)
        #expect(driver.line(with: " Clients ─") == nil && driver.line(with: " Metrics ─") != nil)
        #expect(driver.line(with: "messages in ")?.contains("low before 2.1: no QoS 2 or RETAIN") == true)
        #expect(driver.lines().last?.contains("m clients") == true)
        driver.type("m")
        #expect(driver.line(with: " Clients ─") != nil && driver.line(with: " Metrics ─") == nil)
        #expect(driver.lines().last?.contains("m metrics") == true)
        driver.type("m<Tab>")
        #expect(driver.dashboard.focus == .alarms && driver.line(with: " Metrics ─") != nil)
        driver.type("<Esc>")
        #expect(driver.dashboard.focus == .clients && driver.line(with: " Clients ─") != nil)
        driver.type("mz")
        #expect(driver.line(with: " Clients ─") == nil && driver.line(with: "stored bytes") != nil)
        driver.type("m")
        #expect(driver.line(with: " Clients ─") != nil && driver.line(with: " Alarms ─") == nil, "the other is zoomed")
    }

    @Test func theyScroll() {
        var driver = mosquitto("2.0.11", rows: 24, columns: 80)
        #expect(driver.line(with: " Metrics ")?.contains("more below") == true)
        #expect(driver.line(with: "bytes out, 1 min") == nil)
        driver.type("G")
        #expect(driver.line(with: "bytes out, 1 min") != nil && driver.line(with: "uptime") == nil)
        driver.type("g")
        #expect(driver.line(with: "uptime") != nil)
    }

    @Test func statisticsThatStayAwayHaveStalledAndAreOld() {
        var driver = mosquitto("2.0.11")
        driver.type("z")
        #expect(driver.roles(of: "1.0 KiB/s") == [.topicValue])
        driver.wait(milliseconds: 28_000)
        #expect(driver.screen().contains("The statistics have stalled: nothing for 28 s, they came every 11 s."))
        #expect(driver.roles(of: "1.0 KiB/s") == [.topicValueOld])
    }

    @Test func aRestartIsSeenAndSaid() {
        var driver = mosquitto("2.0.11")
        driver.wait(milliseconds: 11_000)
        driver.receive("$SYS/broker/uptime", "2 seconds")
        #expect(driver.screen().contains("counters began again once: it was restarted. Last seen at 12:00:44."))
    }

    @Test func whatIsPausedStaysAsItIs() {
        var driver = mosquitto("2.0.11")
        driver.type("<Space>")
        driver.receive("$SYS/broker/clients/connected", "77")
        #expect(driver.line(with: "clients  ")?.contains("77") == false)
        driver.type("<Space>")
        #expect(driver.line(with: "clients  ")?.contains("77") == true)
    }

    // MARK: Without statistics

    @Test func aBrokerThatSaysNothingIsSaidToPublishNone() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        driver.type("3")
        #expect(driver.screen().contains("Waiting for the broker's statistics."))
        driver.wait(milliseconds: 66_000)
        #expect(driver.screen().contains("This broker publishes no statistics."))
        #expect(driver.screen().contains("sys_interval must not be 0"))
    }

    @Test func aRefusalIsSaidUntilItIsGranted() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        driver.deliver(.subscription(.system, .refused(.notAuthorized, reasonString: nil)))
        driver.type("3")
        #expect(driver.line(with: "This broker refuses $SYS.") != nil)
        driver.deliver(.subscription(.system, .granted(.atMostOnce)))
        #expect(driver.line(with: "This broker refuses $SYS.") == nil)
        #expect(driver.screen().contains("Waiting for the broker's statistics."))
    }

    @Test func whatWasNotAskedForIsOff() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        driver.deliver(.subscription(.system, .removed))
        driver.type("3")
        #expect(driver.screen().contains("Not subscribed to (--no-sys, or removed in view 4)."))
    }

    // MARK: Other brokers

    @Test func theTopicsOfAnUnknownBrokerStandThereAsTheyAre() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        for number in 0..<230 {
            driver.receive("$SYS/VerneMQ@10.0.0.1/mqtt/counter/\(1_000 + number)", "\(number)\u{1B}[2J")
        }
        driver.type("3mz")
        #expect(driver.line(with: "No mapping is known for VerneMQ: its topics as they are.") != nil)
        #expect(driver.line(with: "30 messages of more topics are not listed.") != nil)
        #expect(driver.line(with: "mqtt/counter/1000")?.contains("0␛[2J") == true)
        driver.type("G")
        #expect(driver.line(with: "mqtt/counter/1199") != nil)
    }

    @Test func whatIsKnownFromDocumentsAloneIsMarked() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        for (topic, value) in [
            ("version", "5.8.0"), ("uptime", "1 hours, 3 minutes"), ("stats/connections/count", "15"),
            ("metrics/messages/received", "1200"),
        ] { driver.receive("$SYS/brokers/emqx@127.0.0.1/\(topic)", value) }
        driver.type("3mz")
        #expect(driver.line(with: " Metrics ")?.contains("EMQX family 5.8.0 node emqx@127.0.0.1") == true)
        #expect(driver.line(with: "clients  ")?.contains("15") == true)
        #expect(driver.line(with: "clients  ")?.contains("from documentation") == true)
        #expect(driver.line(with: "messages in ")?.contains("from documentation; rate not known") == true)
    }
}
