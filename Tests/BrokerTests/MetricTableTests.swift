import MQTT
import Testing

@testable import Broker

@Suite("The table of a broker's statistics")
struct MetricTableTests {
    /// mosquitto as it was recorded: what was stored, an interval of which only the uptime tells, and one with all.
    private func mosquitto(_ version: RecordedStatistics.Version) -> BrokerMetrics {
        var metrics = BrokerMetrics()
        metrics.connected(at: .zero)
        let topics = RecordedStatistics.mosquitto.filter { $0.versions.contains(version) }
        for (topic, first, _, _) in topics {
            guard let first else { continue }
            let isVersion = topic == "version"
            metrics.take("broker/" + topic, isVersion ? "mosquitto version \(version.rawValue)" : first, stored: true)
        }
        metrics.take("broker/uptime", "58 seconds", at: 58)
        metrics.take("broker/uptime", "69 seconds", at: 69)
        for (topic, _, later, _) in topics where topic != "uptime" {
            // The one count that 2.1 has right.
            let isRight = topic == "publish/messages/received" && version == .current21
            guard let later = isRight ? "200" : later else { continue }
            metrics.take("broker/" + topic, later, at: 69)
        }
        return metrics
    }

    @Test("mosquitto: every value that its version publishes", arguments: RecordedStatistics.Version.allCases)
    func recorded(version: RecordedStatistics.Version) {
        let metrics = mosquitto(version)
        #expect(metrics.kind == .mosquitto)
        #expect(metrics.version == version.rawValue)
        #expect(metrics.words == "mosquitto \(version.rawValue), every 11 s")
        let isOld = version == .old13 || version == .old14
        #expect(
            metrics.rows.map { "\($0.name): \($0.value)" } == [
                "version: \(version.rawValue)", "uptime: 1 min 9 s", "clients: 3", "incl. kept sessions: 3",
                "most clients: \(version == .old14 ? "–" : "3")",
                "messages in: \(version == .current21 ? "18.2" : "10.4")/s",
                "messages out: 82.9/s", "bytes in: 2.6 KiB/s", "bytes out: 5.2 KiB/s", "retained: 58",
                "subscriptions: 3", "stored: 58", "stored bytes: \(isOld ? "–" : "742 B")", "dropped: 0",
                "dropped, 1 min: \(isOld ? "–" : "0.0/s")", "heap: 58.6 KiB", "most heap: 60.2 KiB",
                "packets in, 1 min: 14.9/s", "packets in, 5 min: 4.8/s", "packets in, 15 min: 1.8/s",
                "packets out, 1 min: 11.5/s", "packets out, 5 min: 4.0/s", "packets out, 15 min: 1.5/s",
                "bytes in, 1 min: 194.3 B/s", "bytes out, 1 min: 263.4 B/s",
            ])
        #expect(metrics.rows.allSatisfy { !$0.isOld })
        #expect(
            metrics[row: .messagesReceived].remark?.hasPrefix("low before 2.1")
                == (version != .current21 ? true : nil))
        #expect(metrics[row: .bytesReceivedPerMinute].remark == "published per minute")
        #expect(metrics[row: .storedCount].remark == "with those of $SYS")
        #expect(metrics[row: .messagesSent].remark == nil)
        #expect(metrics[row: .storedBytes].remark == (isOld ? "not in this version" : "with those of $SYS"))
        #expect(metrics.rawTopics.allSatisfy { !$0.texts.topic.hasSuffix("uptime") })
    }

    @Test("EMQX: what it documents, marked so; what accounts of losses build on is not taken from it")
    func emqx() {
        var metrics = BrokerMetrics()
        metrics.connected(at: .zero)
        for (topic, first, _) in RecordedStatistics.emqx {
            metrics.take("brokers/emqx@127.0.0.1/\(topic)", first, at: 10, isKnown: false)
        }
        #expect(metrics[row: .messagesReceived].value == "–")
        #expect(metrics[row: .messagesReceived].remark == "from documentation; rate not known yet")
        for (topic, _, later) in RecordedStatistics.emqx {
            metrics.take("brokers/emqx@127.0.0.1/\(topic)", later, at: 70, isKnown: false)
        }
        // Another node of the cluster.
        metrics.take("brokers/emqx@127.0.0.2/stats/connections/count", "99", at: 71, isKnown: false)
        metrics.take("brokers/emqx@127.0.0.1/clients/a/connected", "{}", at: 71, isKnown: false)
        #expect(metrics.words == "EMQX family 5.8.0 node emqx@127.0.0.1, every 1 min 0 s")
        #expect(
            metrics.rows.map { "\($0.name): \($0.value)" } == [
                "version: 5.8.0", "uptime: 1 hours, 3 minutes, 3 seconds", "clients: 15", "most clients: 15",
                "messages in: 12.3/s", "messages out: 0.1/s", "bytes in: 1.0 KiB/s", "bytes out: 0 B/s", "retained: 3",
                "subscriptions: 41", "dropped: 9",
            ])
        #expect(metrics.rows.allSatisfy { $0.remark == "from documentation" && !$0.isOld })
        #expect(metrics[row: .clientsConnected].series == [12, 15])
        #expect(metrics.dropped == nil)
        let raw = metrics.rawTopics.map(\.texts.topic)
        #expect(raw.contains("$SYS/brokers/emqx@127.0.0.1/stats/routes/count"))
        #expect(!raw.contains { $0.contains("/clients/") || $0.hasSuffix("/stats/connections/count") })
    }

    // MARK: Kinds

    @Test(
        "the broker is told by what it publishes",
        arguments: [
            ("broker/version", "mosquitto version 1.3.4", BrokerKind.mosquitto),
            ("brokers/emqx@127.0.0.1/version", "5.8.0", .emqx), ("brokers/1/stats/connections/count", "3", .emqx),
            ("VerneMQ@127.0.0.1/mqtt/subscribe/received", "7", .verneMQ),
            ("brokers/client_status/robot", "{}", .nanoMQ), ("brokers/connected", "{}", .nanoMQ),
            ("broker/cpu/percent", "3", .aMQTT), ("broker/version", "HiveMQ 4.9", .hiveMQ),
            ("broker/version", "another", .unknown), ("broker/mqtt/publish/received", "3", .unknown),
        ])
    func kinds(topic: String, payload: String, kind: BrokerKind) {
        var metrics = BrokerMetrics()
        metrics.take(topic, payload, isKnown: nil)
        #expect(metrics.kind == kind)
        #expect(metrics.rows.isEmpty == !kind.isMapped)
        guard !kind.isMapped else { return }
        #expect(metrics.words == "No mapping is known for \(kind.name ?? "this broker"): its topics as they are.")
        #expect(metrics.rawTopics.map(\.texts.topic) == ["$SYS/\(topic)"])
        #expect(metrics.rawTopics.map(\.texts.payload) == [payload])
    }

    @Test("topics as they are: at most 200, their payloads cut, the rest counted")
    func rawBounds() {
        var metrics = BrokerMetrics()
        for number in 0..<210 {
            metrics.take("node/mqtt/\(1_000 + number)", String(repeating: "x", count: 100), isKnown: false)
        }
        metrics.take(String(repeating: "n", count: 300), "1", isKnown: false)
        metrics.take("node/mqtt/1000", "7", isKnown: false)
        #expect(metrics.rawTopics.count == 200)
        #expect(metrics.rawTopics[0].texts == ("$SYS/node/mqtt/1000", "7"))
        #expect(metrics.rawTopics[1].payload.count == 64)
        #expect(metrics.rawLeftOut == 11)
    }

    // MARK: States

    @Test("a broker that says nothing publishes no statistics, one that refuses refuses, and before it is too early")
    func silence() {
        var metrics = BrokerMetrics()
        metrics.connected(at: second(100))
        metrics.advance(to: second(164.9))
        #expect(metrics.state == .waiting)
        metrics.advance(to: second(165))
        #expect(metrics.state == .silent)
        #expect(metrics.words == "This broker publishes no statistics.")
        metrics.subscription(.refused(.notAuthorized, reasonString: nil), at: second(166))
        #expect(metrics.words == "This broker refuses $SYS.")
        metrics.connected(at: second(200))
        #expect(metrics.state == .waiting)
        // Its log is no statistic.
        metrics.take("broker/log/N", "1", at: 201, isKnown: false)
        #expect(metrics.state == .waiting)
    }

    @Test("statistics that stay away have stalled: all values are old, until they come again")
    func stalled() {
        var metrics = mosquitto(.current20)
        metrics.advance(to: second(69 + 27))
        #expect(metrics.state == .speaking)
        metrics.advance(to: second(69 + 28))
        #expect(metrics.words == "The statistics have stalled: nothing for 28 s, they came every 11 s.")
        #expect(metrics.rows.allSatisfy { $0.isOld })
        #expect(metrics[row: .clientsConnected].value == "3")
        metrics.take("broker/uptime", "97 seconds", at: 97)
        #expect(metrics.state == .speaking)
        #expect(metrics.rows.allSatisfy { !$0.isOld })
    }

    @Test("what had expired on 2.0 is unknown, not 0; what was kept is of unknown age until an interval has passed")
    func expiry() {
        var metrics = BrokerMetrics()
        metrics.take("broker/version", "mosquitto version 2.0.11", stored: true)
        metrics.take("broker/uptime", "98 seconds", stored: true)
        metrics.take("broker/heap/current", "3145728", stored: true)
        #expect(metrics[row: .clientsConnected].value == "–")
        #expect(metrics[row: .heapCurrent].value == "3.0 MiB")
        #expect(metrics[row: .heapCurrent].remark == "kept, age unknown")
        #expect(metrics[row: .heapCurrent].isOld)
        metrics.take("broker/uptime", "109 seconds", at: 5)
        #expect(metrics[row: .clientsConnected].value == "–")
        #expect(metrics[row: .clientsConnected].remark == "expired: comes when it changes")
        #expect(metrics[row: .heapCurrent].isOld)
        metrics.take("broker/uptime", "120 seconds", at: 16)
        #expect(!metrics[row: .heapCurrent].isOld)
        #expect(metrics[row: .heapCurrent].remark == nil)
        metrics.take("broker/clients/connected", "0", at: 16)
        #expect(metrics[row: .clientsConnected].value == "0")
        #expect(metrics[row: .clientsConnected].remark == nil)
    }
}

extension BrokerMetrics {
    /// Takes a statistic, and checks whether it is one of mosquitto's that are known; `nil` for no check.
    mutating func take(
        _ name: String, _ value: String, at time: Double = 0, stored: Bool = false, isKnown: Bool? = nil
    ) {
        let metric = ingest(topic: "$SYS/\(name)".utf8, payload: value.utf8, arrival: second(time), isStored: stored)
        if let isKnown { #expect((metric != nil) == isKnown) }
    }

    /// The line of a statistic that must be in the table.
    subscript(row metric: Metric) -> Row {
        rows.first { $0.metric == metric }
            ?? Row(metric: metric, name: "missing", value: "missing", remark: nil, series: [], isOld: true)
    }
}
