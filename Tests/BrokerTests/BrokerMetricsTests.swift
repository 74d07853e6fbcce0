import MQTT
import Testing

@testable import Broker

@Suite("What the broker's statistics tell")
struct BrokerMetricsTests {
    private func take(
        _ slots: inout BrokerMetrics, _ name: String, _ value: String, at time: Double = 0, stored: Bool = false
    ) -> Metric? {
        slots.ingest(topic: "$SYS/broker/\(name)".utf8, payload: value.utf8, arrival: second(time), isStored: stored)
    }

    @Test("values, with their arrival and whether they are of unknown age")
    func values() {
        var slots = BrokerMetrics()
        #expect(slots.clientsConnected == nil)
        #expect(take(&slots, "version", "mosquitto version 2.0.11", stored: true) == .version)
        #expect(take(&slots, "clients/connected", "3", at: 2) == .clientsConnected)
        #expect(take(&slots, "clients/total", "5", stored: true) == .clientsTotal)
        #expect(take(&slots, "retained messages/count", "58") == .retainedCount)
        #expect(take(&slots, "load/bytes/received/1min", "11659.04") == .bytesReceivedPerMinute)
        #expect(take(&slots, "uptime", "69 seconds") == .uptime)
        #expect(slots.mosquittoVersion == "2.0.11")
        #expect(slots.clientsConnected == 3)
        #expect(slots.clientsTotal == 5)
        #expect(slots[.bytesReceivedPerMinute]?.number == 11_659.04)
        #expect(slots[.uptime]?.number == 69)
        #expect(slots[.clientsConnected]?.arrival == second(2))
        #expect(slots[.clientsTotal]?.isStored == true)
        #expect(slots[.messagesDropped] == nil)
    }

    @Test("every topic of the table is taken, under its name")
    func table() {
        for (topic, slot) in MetricMappings.mosquitto {
            var slots = BrokerMetrics()
            let payload = slot == .version ? "mosquitto version 2.1.2" : "7"
            #expect(take(&slots, topic, payload, stored: true) == slot)
            #expect(slots[slot]?.text == payload)
        }
    }

    @Test(
        "what is not looked for, or makes no sense, changes nothing",
        arguments: [
            ("publish/bytes/received", "114"), ("clients/connected", "many"), ("clients/connected", ""),
            ("clients/connected", "-1"), ("clients/connected", "99999999999999999999"), ("clients/connectedx", "1"),
            ("version/x", "1"), ("", ""),
        ])
    func ignored(name: String, value: String) {
        var slots = BrokerMetrics()
        _ = take(&slots, "clients/connected", "3")
        #expect(take(&slots, name, value) == nil)
        #expect(slots.clientsConnected == 3)
    }

    @Test("only mosquitto is called mosquitto")
    func otherBroker() {
        var slots = BrokerMetrics()
        _ = take(&slots, "version", "HiveMQ 4.9")
        #expect(slots.mosquittoVersion == nil)
    }

    // MARK: Drops

    @Test("a stored count is where we begin: only what comes on top is lost")
    func storedBaseline() {
        var slots = BrokerMetrics()
        _ = take(&slots, "publish/messages/dropped", "500", stored: true)
        #expect(slots.dropped == BrokerDrops(atLeast: 0, atMost: 0, lastGrowth: nil))
        _ = take(&slots, "publish/messages/dropped", "620", at: 11)
        _ = take(&slots, "publish/messages/dropped", "621", at: 22)
        #expect(slots.dropped == BrokerDrops(atLeast: 121, atMost: 121, lastGrowth: second(22)))
        #expect(slots.messagesDropped == 621)
    }

    @Test("without a stored count the first one may hold old drops: both bounds are kept")
    func noBaseline() {
        var slots = BrokerMetrics()
        _ = take(&slots, "uptime", "10 seconds", at: 1)
        _ = take(&slots, "publish/messages/dropped", "80000", at: 1)
        #expect(slots.dropped == BrokerDrops(atLeast: 0, atMost: 80_000, lastGrowth: second(1)))
        _ = take(&slots, "publish/messages/dropped", "80010", at: 12)
        #expect(slots.dropped == BrokerDrops(atLeast: 10, atMost: 80_010, lastGrowth: second(12)))
    }

    /// Seen with 60,000 retained messages: the stored count had run out, the flood at the subscription made the broker
    /// drop, and its new count was the first of its topic within two seconds. RETAIN was set on all of them.
    @Test("a count that comes first within the flood after subscribing is not an old one")
    func countWithinTheFlood() {
        var slots = BrokerMetrics()
        _ = take(&slots, "version", "mosquitto version 2.0.11", at: 0.01, stored: true)
        _ = take(&slots, "uptime", "76 seconds", at: 0.01, stored: true)
        _ = take(&slots, "uptime", "78 seconds", at: 1.18)
        _ = take(&slots, "publish/messages/dropped", "44105", at: 1.18, stored: true)
        #expect(slots.dropped == BrokerDrops(atLeast: 0, atMost: 44_105, lastGrowth: second(1.18)))
        #expect(slots[.messagesDropped]?.isStored == false)
    }

    @Test("a count that first comes in a later interval has changed while we were here")
    func laterInterval() {
        var slots = BrokerMetrics()
        _ = take(&slots, "uptime", "10 seconds", at: 1)
        _ = take(&slots, "uptime", "21 seconds", at: 12)
        _ = take(&slots, "publish/messages/dropped", "7", at: 12)
        #expect(slots.dropped == BrokerDrops(atLeast: 1, atMost: 7, lastGrowth: second(12)))
    }

    @Test("a broker that starts again counts from 0")
    func restart() {
        var slots = BrokerMetrics()
        _ = take(&slots, "publish/messages/dropped", "500", stored: true)
        _ = take(&slots, "publish/messages/dropped", "0", at: 5)
        #expect(slots.dropped == BrokerDrops(atLeast: 0, atMost: 0, lastGrowth: nil))
        _ = take(&slots, "publish/messages/dropped", "3", at: 16)
        #expect(slots.dropped?.atLeast == 3)
    }

    @Test("nothing is known of drops until the broker counts them")
    func unknownDrops() {
        var slots = BrokerMetrics()
        _ = take(&slots, "uptime", "10 seconds")
        #expect(slots.dropped == nil)
        _ = take(&slots, "publish/messages/dropped", "0", at: 1)
        #expect(slots.dropped == BrokerDrops())
    }

    // MARK: Heartbeat

    @Test("the interval is learnt from uptime, and statistics that stay away are noticed")
    func heartbeat() {
        var slots = BrokerMetrics()
        _ = take(&slots, "uptime", "100 seconds", at: 0, stored: true)
        #expect(slots.tickCount == 0)
        _ = take(&slots, "uptime", "104 seconds", at: 4)
        #expect(slots.interval == nil)
        #expect(!slots.isStalled(at: second(1_000)))
        _ = take(&slots, "uptime", "115 seconds", at: 15)
        #expect(slots.interval == 11_000_000_000)
        #expect(!slots.isStalled(at: second(42)))
        #expect(slots.isStalled(at: second(43)))
    }
}
