import MQTT
import Testing

@testable import Broker

/// What is subscribed to for all that a broker says of itself.
@Suite struct SystemFiltersTests {
    private static let web = Transport.webSocket(path: "/mqtt")

    @Test func twoFiltersWhereNothingFeedsItself() {
        #expect(SystemFilters.all(over: .tcp) == [.system])
    }

    @Test(
        "Over WebSocket all but what the broker logs of delivering its log comes, once",
        arguments: [
            ("$SYS/broker/log/E", 1), ("$SYS/broker/log/N", 1), ("$SYS/broker/log/M/subscribe", 1),
            ("$SYS/broker/log/WS", 0), ("$SYS/broker/log/D", 0), ("$SYS/broker/uptime", 1),
            ("$SYS/broker/clients/connected", 1), ("$SYS/broker/load/messages/received/1min", 1),
            ("$SYS/broker/publish/bytes/sent", 1), ("$SYS/broker/retained messages/count", 1),
            ("$SYS/broker/connection/bridge/state", 1), ("$SYS/brokers", 1),
            ("$SYS/brokers/emqx@127.0.0.1/stats/connections.count", 1),
        ])
    func named(topic: String, count: Int) throws {
        let name = try TopicName(topic)
        #expect(SystemFilters.all(over: Self.web).count { $0.matches(name) } == count)
    }

    @Test("The parts that stand for the statistics do not hear the log")
    func statistics() {
        #expect(!SystemFilters.statistics.contains(where: SystemFilters.hearsLog))
        #expect(SystemFilters.log.allSatisfy(SystemFilters.hearsLog))
    }
}
