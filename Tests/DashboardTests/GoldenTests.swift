import Broker
import Demo
import MQTT
import Monitor
import Screen
import Testing

@testable import Dashboard

/// Every view and popup with the demo's traffic, in three sizes, as recorded in `Golden/`.
@Suite struct GoldenTests {
    static let sizes = [Size(rows: 24, columns: 80), Size(rows: 43, columns: 132), Size(rows: 12, columns: 40)]

    private static let traffic = RobotLab.traffic(
        seed: 7, seconds: 13, start: Instant(nanoseconds: 1_000_000_000_000))

    /// A dashboard that has watched the lab for 13 seconds.
    static func lab(_ size: Size) -> Driver {
        var driver = Driver(rows: size.rows, columns: size.columns)
        let start = driver.now
        driver.clock = WallClock(offset: RobotLab.recordedWallStart - start.nanoseconds, zoneSeconds: 0)
        driver.wait(milliseconds: 0)
        driver.connect(properties: limits)
        driver.deliver(.trace(trace(at: start)))
        // Ten frames a second, as the program has them.
        var frame = start
        for batch in traffic {
            driver.now = batch.arrival
            _ = driver.dashboard.handle(.tick(driver.now, driver.clock))
            _ = driver.dashboard.handle(.connection(.messages(batch)))
            guard driver.now >= frame else { continue }
            driver.dashboard.prepare()
            frame = driver.now.advanced(milliseconds: 100)
        }
        driver.now = start
        driver.wait(milliseconds: 13_000)
        return driver
    }

    private static var limits: Properties {
        var properties = Properties()
        properties.receiveMaximum = 20
        properties.topicAliasMaximum = 10
        properties.maximumPacketSize = 1_048_576
        return properties
    }

    private static func trace(at start: Instant) -> [TraceRecord] {
        var publish = TraceRecord(
            time: start.advanced(milliseconds: 4), direction: .received, type: .publish, length: 6)
        Array("robots/uav1/status".utf8).withUnsafeBytes { publish.setTopic($0) }
        var subscribe = TraceRecord(
            time: start.advanced(milliseconds: 2), direction: .sent, type: .subscribe, flags: 2, identifier: 1)
        Array("$SYS/#".utf8).withUnsafeBytes { subscribe.setTopic($0) }
        return [
            TraceRecord(time: start, direction: .sent, type: .connect),
            TraceRecord(time: start.advanced(milliseconds: 1), direction: .received, type: .connack), subscribe,
            TraceRecord(time: start.advanced(milliseconds: 3), direction: .received, type: .suback, identifier: 1),
            publish,
            TraceRecord(time: start.advanced(milliseconds: 60_000), direction: .sent, type: .pingreq),
            TraceRecord(time: start.advanced(milliseconds: 60_001), direction: .received, type: .pingresp),
        ]
    }

    /// What is shown after these keys.
    static let scenes: [(name: String, keys: String)] = [
        ("overview", ""),
        ("overview-folded", "O"),
        ("overview-branch", "<Down><Down><Down>"),
        ("overview-odom", "/odom<Enter><End><Enter>"),
        ("overview-system", "<End><Right>"),
        ("sorted-by-rate", "s"),
        ("messages", "2"),
        ("messages-held", "2<Up><Up>"),
        ("messages-with-system", "2$"),
        ("messages-with-events", "2t/uav1<Enter>"),
        ("broker", "3"),
        ("broker-client", "3<Down><Down>l"),
        ("client", "3<Down><Down><Enter>"),
        ("broker-failures", "3<BackTab>tt"),
        ("metrics", "3m"),
        ("metrics-zoomed", "3mz"),
        ("connection", "4"),
        ("losses", "4<Tab>z"),
        ("zoomed-broker-log", "<BackTab>z"),
        ("paused", "<Space>"),
        ("help", "?"),
        ("help-end", "?<End>"),
        ("filter-prompt", "/robots/+/status"),
        ("commands", ":e"),
        ("subscribe-prompt", "4a$share/g/x"),
        ("compose", "/ev3-1<Enter><End>p{<Enter>  \"cmd\": \"stop\"<Enter>}"),
        ("question", "/ev3-1/status<Enter><End><Del>"),
    ]

    @Test(arguments: scenes, sizes) func sceneIsAsRecorded(scene: (name: String, keys: String), size: Size) {
        var driver = Self.lab(size)
        driver.type(scene.keys)
        Golden.expect(driver.surface(), scene.name)
    }

    @Test(arguments: sizes) func publishedMessagesAreAsRecorded(size: Size) {
        var driver = Self.lab(size)
        driver.type("/ev3-1/status<Enter><End>pgo")
        for outcome in [
            Outcome.written, .acknowledged(.success, reasonString: nil, microseconds: 1_234),
            .acknowledged(.notAuthorized, reasonString: nil, microseconds: 800),
        ] {
            for case .publish(_, let id, _) in driver.type("<Ctrl-S>") { driver.deliver(.outcome(id, outcome)) }
        }
        Golden.expect(driver.surface(), "published")
    }

    @Test(arguments: sizes) func aTopicThatFellSilentIsAsRecorded(size: Size) {
        var driver = TimelineTests.silent(size)
        driver.type("2t")
        driver.publish("robots/ev3-2/cmd", "stop", qos: "1")
        driver.deliver(
            .outcome(
                RequestID(rawValue: 1), .acknowledged(.noMatchingSubscribers, reasonString: nil, microseconds: 1_234)))
        driver.type("<Up><Up>")
        Golden.expect(driver.surface(), "messages-silent")
    }

    @Test(arguments: sizes) func aLostConnectionIsAsRecorded(size: Size) {
        var driver = Self.lab(size)
        driver.lose(.unreachable([AddressFailure(address: "10.42.0.3:1883", failure: .refused)]))
        driver.wait(milliseconds: 1_000)
        Golden.expect(driver.surface(), "lost")
    }

    /// View 3 where nothing is known of now: without a connection, or without a subscription to `$SYS`.
    @Test(arguments: ["lost", "no-sys"], sizes) func aBlindBrokerViewIsAsRecorded(kind: String, size: Size) {
        var driver: Driver
        if kind == "lost" {
            driver = Self.lab(size)
            driver.lose(.unreachable([AddressFailure(address: "10.42.0.3:1883", failure: .refused)]))
            driver.wait(milliseconds: 1_000)
        } else {
            let options = DashboardOptions(endpoint: Driver.endpoint, userName: "robots", watchesSystem: false)
            driver = Driver(rows: size.rows, columns: size.columns, options: options)
            driver.connect(properties: Self.limits)
            driver.wait(milliseconds: 16_000)
        }
        driver.type("3")
        Golden.expect(driver.surface(), "broker-\(kind)")
    }

    /// A dashboard with a short history that lost what can be lost: messages that the broker dropped, the time without a
    /// connection, the oldest messages of the history.
    private static func lossy(_ size: Size) -> Driver {
        var options = DashboardOptions(endpoint: Driver.endpoint, userName: "robots")
        options.limits.historyBytes = 65_536
        var driver = Driver(rows: size.rows, columns: size.columns, options: options)
        driver.connect(properties: limits)
        tellStatistics(&driver, dropped: "7", isStored: true)
        driver.wait(milliseconds: 11_000)
        tellStatistics(&driver, dropped: "7")
        for index in 0..<5_000 { driver.receive("robots/uav1/imu", "measurement \(index)") }
        driver.wait(milliseconds: 11_000)
        tellStatistics(&driver, dropped: "1241")
        driver.receive(
            "$SYS/broker/log/N", "1795521622: Outgoing messages are being dropped for client mqscope-lab-a1b2c3.")
        driver.wait(milliseconds: 1_000)
        driver.lose(.lost(nil, milliseconds: 23_000))
        driver.wait(milliseconds: 4_000)
        driver.connect(properties: limits)
        driver.wait(milliseconds: 1_000)
        return driver
    }

    private static func tellStatistics(_ driver: inout Driver, dropped: String, isStored: Bool = false) {
        let uptime = "\(driver.now.nanoseconds / 1_000_000_000) seconds"
        driver.receive("$SYS/broker/uptime", uptime, isRetained: isStored)
        driver.receive("$SYS/broker/publish/messages/dropped", dropped, isRetained: isStored)
    }

    @Test(arguments: [("losses-known", "4"), ("losses-known-zoomed", "4<Tab>z")], sizes)
    func lossesAreAsRecorded(scene: (name: String, keys: String), size: Size) {
        var driver = Self.lossy(size)
        driver.type(scene.keys)
        Golden.expect(driver.surface(), scene.name)
    }

    @Test(arguments: sizes) func aRefusalIsAsRecorded(size: Size) {
        var driver = Driver(rows: size.rows, columns: size.columns)
        driver.lose(.refused(.notAuthorized, reasonString: nil, serverReference: nil), retryInSeconds: nil)
        Golden.expect(driver.surface(), "refused")
    }

    @Test(arguments: sizes) func silenceIsAsRecorded(size: Size) {
        var driver = Driver(rows: size.rows, columns: size.columns)
        driver.connect()
        driver.wait(milliseconds: 16_000)
        Golden.expect(driver.surface(), "silence")
    }

    @Test func hostileTextIsAsRecorded() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        driver.receive("evil/\(PopupTests.hostile)", PopupTests.hostile)
        driver.receive("$SYS/broker/log/N", "1795521605: Client \(PopupTests.hostile) disconnected.")
        driver.type("<End>")
        Golden.expect(driver.surface(), "hostile")
    }

    @Test func tooSmallIsAsRecorded() {
        var driver = Self.lab(Size(rows: 9, columns: 39))
        Golden.expect(driver.surface(), "too-small")
    }

    @Test(arguments: ["stalled", "refused", "topics", "restarted"], sizes)
    func unusualMetricsAreAsRecorded(kind: String, size: Size) {
        var driver = Driver(rows: size.rows, columns: size.columns)
        driver.connect(properties: Self.limits)
        switch kind {
        case "refused": driver.deliver(.subscription(.system, .refused(.notAuthorized, reasonString: nil)))
        case "topics":
            for (topic, value) in [
                ("mqtt/subscribe/received", "7"), ("bytes/received", "120311"), ("queue/processes", "3"),
                ("vm/memory/total", "71303168"),
            ] { driver.receive("$SYS/VerneMQ@10.42.0.3/\(topic)", value) }
        default:
            driver.receive("$SYS/broker/version", "mosquitto version 2.0.11", isRetained: true)
            for tick in 1...4 {
                driver.wait(milliseconds: 11_000)
                Self.tellStatistics(&driver, dropped: "0")
                driver.receive("$SYS/broker/bytes/received", "\(tick * tick * 20_000)")
            }
            driver.wait(milliseconds: kind == "stalled" ? 60_000 : 11_000)
            if kind == "restarted" { driver.receive("$SYS/broker/uptime", "3 seconds") }
        }
        driver.type("3m")
        Golden.expect(driver.surface(), "metrics-\(kind)")
    }

    /// View 3 with the broker's log from its file besides, which held what was before; two lines of it are one message.
    @Test(arguments: [("broker-source", "3"), ("zoomed-source", "3<BackTab>z")], sizes)
    func aSourceOfTheLogIsAsRecorded(scene: (name: String, keys: String), size: Size) {
        var driver = Self.lab(size)
        let name = "ssh pi@10.42.0.3 journalctl -u mosquitto -o cat -f"
        _ = driver.dashboard.handle(.brokerLogSource(BrokerLogSource(name: name, state: .reading)))
        let start = RobotLab.recordedWallStart / 1_000_000_000 - 60
        let history = [
            "\(start): mosquitto version 2.1.2 starting",
            "\(start): Warning: File /etc/mosquitto/pwfile has world readable permissions. Future versions will refuse to load this file.",
            "To fix this, use `chmod 0700 /etc/mosquitto/pwfile`.",
            "\(start): Opening ipv4 listen socket on port 1883.", "\(start + 1): mosquitto version 2.1.2 running",
            "\(start + 2): New client connected from 10.42.0.7:50001 as printer (p4, c0, k60, u'printer').",
            "\(start + 9): Client printer [10.42.0.7:50001] disconnected: exceeded timeout.",
        ]
        _ = driver.dashboard.handle(.brokerLog(lines: history.map { Array($0.utf8) }, driver.now))
        driver.type(scene.keys + "g")
        Golden.expect(driver.surface(), scene.name)
    }

    @Test(arguments: sizes) func aLogThatWasLeftIsAsRecorded(size: Size) {
        var driver = Self.lab(size)
        for number in 0..<500 {
            var batch = Batch(arrival: driver.now)
            batch.append(
                topic: "$SYS/broker/log/N",
                payload: Array("1795521605: Client c\(number) closed its connection.".utf8),
                flags: PublishFlags(qos: .atMostOnce, isRetained: false))
            _ = driver.dashboard.handle(.connection(.messages(batch)))
        }
        driver.deliver(.subscription(.system, .removed))
        for filter in SystemFilters.statistics { driver.deliver(.subscription(filter, .granted(.atMostOnce))) }
        driver.type("3<BackTab>")
        Golden.expect(driver.surface(), "broker-log-off")
    }

    @Test func wideBrokerViewIsAsRecorded() {
        var driver = Self.lab(Size(rows: 50, columns: 200))
        driver.type("3")
        Golden.expect(driver.surface(), "broker")
    }

    @Test func wideOverviewIsAsRecorded() {
        var driver = Self.lab(Size(rows: 50, columns: 200))
        driver.type("/odom<Enter><End>")
        Golden.expect(driver.surface(), "overview-odom")
    }
}
