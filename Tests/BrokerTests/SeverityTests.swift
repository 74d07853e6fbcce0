import Broker
import Testing

@Suite struct SeverityTests {
    @Test func theTopicTellsTheSeverity() {
        #expect(Severity(topic: "$SYS/broker/log/N".utf8) == .notice)
        #expect(Severity(topic: "$SYS/broker/uptime".utf8) == nil)
    }
}
