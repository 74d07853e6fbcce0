import Demo
import MQTT
import Testing

/// The measured rates of the lab, messages a second.
let measuredRates: [(topic: String, rate: Double)] = [
    ("robots/ev3-1/battery", 0.21), ("robots/ev3-1/heartbeat", 0.92), ("robots/ev3-1/motor/A/position", 8.91),
    ("robots/ev3-1/motor/B/position", 8.91), ("robots/ev3-1/sensor/gyro", 4.47), ("robots/ev3-1/sensor/us", 4.47),
    ("robots/quad/foot", 8.91), ("robots/quad/imu", 44.44), ("robots/quad/joints", 17.79),
    ("robots/tb3/camera/jpeg", 1.69), ("robots/tb3/cmd_vel_cdr", 8.29), ("robots/tb3/odom", 16.58),
    ("robots/tb3/scan", 4.15), ("robots/uav1/ATTITUDE", 20.73), ("robots/uav1/GLOBAL_POSITION_INT", 4.17),
    ("robots/uav1/HEARTBEAT", 0.86), ("robots/uav1/STATUSTEXT", 0.12), ("spBv1.0/demo/DDATA/arm6/gripper", 1.81),
    ("spBv1.0/demo/NDATA/arm6", 3.58), ("vda5050/v2/demo/agv-0001/state", 0.92),
    ("vda5050/v2/demo/agv-0001/visualization", 8.91),
]

/// A lab with some of its robots connected.
func connectedLab(seed: UInt64, faults: Bool, robots: [Robot] = Robot.allCases) -> RobotLab {
    var lab = RobotLab(seed: seed, start: .zero, wallStart: RobotLab.recordedWallStart, faults: faults)
    for robot in robots { _ = lab.connected(robot, at: .zero) }
    return lab
}

private let second = Instant(nanoseconds: 1_000_000_000)

/// The topic of an event that publishes.
private func topic(_ event: RobotLab.Event) -> String? {
    guard case .publish(let message) = event.kind else { return nil }
    return message.topic.string
}

/// Everything that a batch says, to compare.
private func contents(_ batches: [Batch]) -> [[UInt8]] { batches.map(\.bytes) }

@Suite("When the robots of the lab speak")
struct LabScheduleTests {
    @Test("rates are the measured ones within 20 % over 30 s", arguments: [true, false], [1, 77] as [UInt64])
    func rates(faults: Bool, seed: UInt64) {
        var counts: [String: Int] = [:]
        for batch in RobotLab.traffic(seed: seed, seconds: 31, faults: faults) where batch.arrival > second {
            for record in batch.records {
                counts[String(decoding: batch.topic(record), as: UTF8.self), default: 0] += 1
            }
        }
        for (topic, rate) in measuredRates {
            let count = counts[topic] ?? 0
            let ratio = Double(count) / 30 / rate
            #expect((0.8...1.2).contains(ratio), "\(topic): \(count) in 30 s is \(ratio) of the measured rate")
        }
    }

    @Test("the same seed gives the same lab, another seed another one")
    func determinism() {
        let once = contents(RobotLab.traffic(seed: 5, seconds: 8))
        #expect(once == contents(RobotLab.traffic(seed: 5, seconds: 8)))
        #expect(once != contents(RobotLab.traffic(seed: 6, seconds: 8)))
    }

    @Test("asking often or seldom gives the same messages")
    func steps() {
        var (often, seldom) = (connectedLab(seed: 3, faults: true), connectedLab(seed: 3, faults: true))
        var messages: [Message] = []
        for step in 1...1_000 {
            for event in often.next(until: Instant(nanoseconds: Int64(step) * 1_500_000)) {
                if case .publish(let message) = event.kind { messages.append(message) }
            }
        }
        let all = seldom.next(until: Instant(nanoseconds: 1_500_000_000))
        #expect(messages.map(\.topic.string) == all.compactMap(topic))
        #expect(messages.count > 200)
    }

    @Test("events come in order of time, and the lab says when the next one is due")
    func order() {
        var lab = connectedLab(seed: 9, faults: true)
        var last = Instant.zero
        for _ in 0..<2_000 {
            let due = lab.nextDue
            let events = lab.next(until: due)
            #expect(due >= last)
            #expect(events.allSatisfy { $0.at == due })
            last = due
        }
    }

    @Test("after a long sleep robots go on without making up for it")
    func sleep() {
        var lab = connectedLab(seed: 4, faults: false)
        let hour = Instant(nanoseconds: 3_600_000_000_000)
        let events = lab.next(until: hour)
        #expect(events.count > 300 && events.count < 480, "two seconds of traffic, not an hour: \(events.count)")
        #expect(events.allSatisfy { hour.since($0.at) <= 2_000_000_000 })
        #expect(lab.nextDue > hour)
    }

    @Test("a robot without a connection is silent")
    func offline() {
        var lab = connectedLab(seed: 4, faults: false)
        lab.disconnected(.quad)
        let events = lab.next(until: Instant(nanoseconds: 1_900_000_000))
        #expect(!events.isEmpty)
        #expect(!events.contains { $0.robot == .quad })
    }

    @Test("ev3-1's heart is silent for 8 s in each minute")
    func heartbeat() {
        var lab = connectedLab(seed: 11, faults: true, robots: [.ev3])
        var beats: [Instant] = []
        while lab.nextDue < Instant(nanoseconds: 130_000_000_000) {
            for event in lab.next(until: lab.nextDue) where topic(event) == "robots/ev3-1/heartbeat" {
                beats.append(event.at)
            }
        }
        let gaps = zip(beats.dropFirst(), beats).map { Double($0.since($1)) / 1e9 }
        #expect(gaps.filter { abs($0 - 8) < 0.1 }.count == 2)
        #expect(gaps.filter { abs($0 - 1) < 0.1 }.count == gaps.count - 2)
    }

    @Test("quad's program hangs for up to 300 ms and then sends all that waited")
    func burst() {
        var lab = connectedLab(seed: 11, faults: true, robots: [.quad])
        var arrivals: [Instant] = []
        while lab.nextDue < Instant(nanoseconds: 10_000_000_000) {
            for event in lab.next(until: lab.nextDue) where topic(event) == "robots/quad/imu" {
                arrivals.append(event.at)
            }
        }
        let gaps = zip(arrivals.dropFirst(), arrivals).map { Double($0.since($1)) / 1e6 }
        #expect(gaps.contains { $0 > 280 && $0 < 325 })
        #expect(gaps.filter { $0 == 0 }.count >= 12)
    }

    @Test("each fault happens as often as it should")
    func faults() {
        var lab = connectedLab(seed: 2, faults: true, robots: [])
        var counts: [Fault: Int] = [:]
        while lab.nextDue <= Instant(nanoseconds: 60_000_000_000) {
            for event in lab.next(until: lab.nextDue) {
                if case .fault(let fault) = event.kind { counts[fault, default: 0] += 1 }
            }
        }
        #expect(
            counts == [.wrongPassword: 6, .takeOver: 5, .oversizeMap: 4, .deniedPublish: 12, .freeze: 1, .thaw: 1])
    }

    @Test("the traffic's broker log tells every fault in mosquitto's words")
    func log() throws {
        let heard = payloads(seed: 2, seconds: 50)
        let notices = try #require(heard["$SYS/broker/log/N"]).map { String(decoding: $0, as: UTF8.self) }
        let errors = try #require(heard["$SYS/broker/log/E"]).map { String(decoding: $0, as: UTF8.self) }
        #expect(notices.contains("1795521844: Client <unknown> disconnected, not authorised."))
        #expect(notices.contains("1795521854: Client tb3 disconnected due to oversize packet."))
        #expect(notices.contains { $0.hasSuffix(": Client quad has exceeded timeout, disconnecting.") })
        #expect(notices.contains { $0.hasSuffix(" as agv-0001 (p2, c1, k5, u'agv-0001').") })
        #expect(errors.contains("1795521852: Client uav1 already connected, closing old connection."))
        let subscribed = try #require(heard["$SYS/broker/log/M/subscribe"]).map { String(decoding: $0, as: UTF8.self) }
        #expect(subscribed.contains { $0.hasSuffix(": ev3-1 0 robots/ev3-1/motor/+/duty") })
        #expect(try #require(heard["$SYS/broker/uptime"]).count > 20)
        #expect(heard["robots/uav1/status"]?.contains(Array("offline".utf8)) == true)
        #expect(heard["robots/quad/status"]?.contains([0]) == true)
    }
}
