import Foundation
import MQTT
import TestSupport
import Testing

@testable import Broker

@Suite("The statistics of a real mosquitto", .serialized)
struct MetricBrokerTests {
    private static let statistics = SystemFilters.statistics.map(\.string)

    @Test("values appear, uptime ticks, rates are those of what is published, and fall to 0 when nothing is")
    func values() throws {
        let broker = try Mosquitto(["sys_interval 1", "log_dest topic"])
        let monitor = try LogMonitor(port: broker.port, statistics: Self.statistics)
        #expect(try monitor.wait { $0.slots.tickCount >= 2 })
        #expect(monitor.slots.kind == .mosquitto)
        #expect(monitor.slots.version?.hasPrefix("2.") == true)
        let uptime = try #require(monitor.slots[.uptime]?.number)
        let robot = try RawClient(port: broker.port)
        #expect(try robot.connect(as: "robot") == 0)
        #expect(try monitor.wait { $0.slots.clientsConnected == 2 })
        for number in 0..<300 { try robot.publish("a", Array("\(number)".utf8)) }
        // 300 in one or two intervals of about 2 s.
        let hasRates = try monitor.wait {
            guard let messages = $0.slots.series(.messagesReceived).rate else { return false }
            return (10...400).contains(messages) && $0.slots.series(.bytesReceived).rate ?? 0 > 50
        }
        #expect(hasRates)
        #expect(try monitor.wait { $0.slots[row: .messagesReceived].value == "0.0/s" })
        #expect(monitor.slots.series(.messagesReceived).values.contains { $0 > 0 })
        let later = try #require(monitor.slots[.uptime]?.number)
        #expect(later > uptime)
        #expect(monitor.slots[.uptime]?.isStored == false)
        for metric in [Metric.heapCurrent, .subscriptionCount, .retainedCount, .storedCount, .bytesSent] {
            #expect(monitor.slots[row: metric].value != "–", "\(metric)")
        }
        #expect(monitor.slots.resetCount == 0)
        #expect(monitor.slots.state == .speaking)
    }

    @Test("a broker whose statistics are switched off publishes none")
    func none() throws {
        let broker = try Mosquitto(["sys_interval 0"])
        let monitor = try LogMonitor(port: broker.port, statistics: Self.statistics)
        try monitor.catchUp()
        var metrics = monitor.slots
        metrics.advance(to: LogMonitor.now.advanced(milliseconds: 65_000))
        #expect(metrics.state == .silent, "\(metrics.rawTopics.map(\.texts.topic))")
    }
}
