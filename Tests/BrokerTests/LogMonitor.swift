import Broker
import Foundation
import MQTT

/// What mqscope would know of a broker: a client that watches its log and statistics.
final class LogMonitor {
    /// Its Client Identifier.
    static let identifier = "monitor"
    private static let barrier = "barrier"

    /// The log as it was received.
    var log = BrokerLog()
    /// The statistics as they were received.
    private(set) var slots = BrokerMetrics()
    private let client: RawClient
    private var barriers = 0

    /// Connects to the broker at `port` and subscribes to `statistics` besides the log.
    init(
        port: Int, user: String? = nil, password: String? = nil, statistics: [String] = ["$SYS/broker/clients/+"]
    ) throws {
        client = try RawClient(port: port)
        guard try client.connect(as: Self.identifier, user: user, password: password) == 0 else {
            throw RawClient.Failure(description: "the broker does not let the monitor in")
        }
        startOver()
        try client.subscribe(["$SYS/broker/log/#"] + statistics + [Self.barrier])
    }

    /// Forgets all, as if it had just connected.
    func startOver() {
        log = BrokerLog()
        log.connected(as: Self.identifier, at: Self.now)
        slots.connected(at: Self.now)
    }

    /// Takes all that the broker published before now: what we publish comes back after it.
    func catchUp() throws {
        barriers += 1
        let payload = Array("\(barriers)".utf8)
        try client.publish(Self.barrier, payload)
        while let packet = try client.next() {
            if take(packet) == payload { return }
        }
        throw RawClient.Failure(description: "the broker closed the monitor's connection")
    }

    /// Takes what comes until `condition` holds; whether it does within 20 s.
    func wait(until condition: (LogMonitor) -> Bool) throws -> Bool {
        let deadline = Self.now.advanced(milliseconds: 20_000)
        while !condition(self) {
            guard Self.now < deadline else { return false }
            if let packet = try client.next(within: 100) { _ = take(packet) }
        }
        return true
    }

    /// The clock of the arrivals.
    static var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// Takes a packet; the payload when it is a message of the barrier.
    private func take(_ packet: RawClient.Packet) -> [UInt8]? {
        guard packet.first & 0xF0 == 0x30, packet.body.count >= 2 else { return nil }
        let length = Int(packet.body[0]) << 8 | Int(packet.body[1])
        let topic = packet.body[2..<(2 + length)]
        let payload = packet.body[(2 + length)...]
        if topic.elementsEqual(Self.barrier.utf8) { return Array(payload) }
        let isStored = packet.first & 1 == 1
        if log.ingest(topic: topic, payload: payload, arrival: Self.now) == nil {
            _ = slots.ingest(topic: topic, payload: payload, arrival: Self.now, isStored: isStored)
        }
        return nil
    }
}
