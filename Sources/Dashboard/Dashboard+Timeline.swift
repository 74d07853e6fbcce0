import Broker
import MQTT
import Monitor

extension Dashboard {
    /// The broker's log took the line of this number: it is an event among the messages.
    mutating func markBrokerLine(_ line: UInt64, at arrival: Instant) {
        log.timeline.append(Mark(sequence: store.nextSequence, time: arrival, event: .broker(line: line)))
    }

    /// Our connection, or a subscription, changed: it is an event among the messages.
    mutating func markConnection(_ words: String, isAlarm: Bool) {
        log.timeline.append(
            Mark(sequence: store.nextSequence, time: now, event: .connection(words: words, isAlarm: isAlarm)))
    }

    /// There is no connection. An attempt that fails as the one before did is no event of its own.
    mutating func markFailure(_ failure: ConnectionFailure, wasConnected: Bool) {
        let words = Advice(failure, retryInSeconds: nil).what
        guard wasConnected || self.failure.map({ Advice($0, retryInSeconds: nil).what }) != words else { return }
        markConnection("\(wasConnected ? "lost the connection" : "no connection"): \(words)", isAlarm: true)
    }
}
