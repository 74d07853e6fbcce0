package import MQTT

extension RobotLab {
    /// When the traffic of `traffic` begins, in nanoseconds since 1970: 2026-11-24T12:04:00Z.
    package static let recordedWallStart: Int64 = 1_795_521_840_000_000_000

    /// What a monitor that subscribes to everything would get from a mosquitto 2.0.11 in the first `seconds` of the lab:
    /// retained messages, the robots' traffic, the broker's log and its `$SYS` values. Nothing of it is real; the same
    /// arguments give the same batches, one for each instant at which messages arrive.
    package static func traffic(
        seed: UInt64, seconds: Double, start: Instant = .zero, faults: Bool = true
    ) -> [Batch] {
        var traffic = LabTraffic(
            lab: RobotLab(seed: seed, start: start, wallStart: recordedWallStart, faults: faults))
        traffic.run(until: start.advanced(nanoseconds: Int64(seconds * 1e9)))
        return traffic.batches
    }
}

/// A broker that exists on paper only: it turns what the lab does into what a monitor sees.
private struct LabTraffic {
    /// What the broker does by itself later.
    enum Pending {
        case connect(Robot)
        case giveUp(Robot)
        case tick
    }

    private(set) var batches: [Batch] = []
    private var lab: RobotLab
    private var pending: [(at: Instant, what: Pending)] = []
    private var connected: Set<Robot> = []
    private var port = 40_000
    private var counts = SystemCounts()

    init(lab: RobotLab) { self.lab = lab }

    mutating func run(until end: Instant) {
        var now = lab.start
        for message in RobotLab.leftovers() { deliver(message, at: now) }
        for (topic, value) in counts.all(uptime: 3, connected: 1) {
            deliver(system: topic, value, isStored: true, at: now)
        }
        log("M/subscribe", "mqscope-demo 0 #", at: now)
        log("M/subscribe", "mqscope-demo 0 $SYS/#", at: now)
        for (index, robot) in Robot.allCases.enumerated() {
            pending.append((now.advanced(milliseconds: 120 + 45 * Int64(index)), .connect(robot)))
        }
        pending.append((now.advanced(milliseconds: 900), .tick))
        while true {
            let next = pending.indices.min { pending[$0].at < pending[$1].at }
            now = min(next.map { pending[$0].at } ?? lab.nextDue, lab.nextDue)
            guard now <= end else { return }
            if let next, pending[next].at == now {
                carryOut(pending.remove(at: next).what, at: now)
            } else {
                for event in lab.next(until: now) { carryOut(event) }
            }
        }
    }

    private mutating func carryOut(_ what: Pending, at now: Instant) {
        switch what {
        case .connect(let robot): connect(robot, at: now)
        case .giveUp(let robot):
            log("N", "Client \(robot.name) has exceeded timeout, disconnecting.", at: now)
            lose(robot, at: now)
        case .tick:
            let uptime = now.since(lab.start) / 1_000_000_000 + 4
            for (topic, value) in counts.changing(uptime: Int(uptime), connected: connected.count + 1) {
                deliver(system: topic, value, isStored: false, at: now)
            }
            pending.append((now.advanced(milliseconds: 2_000), .tick))
        }
    }

    private mutating func carryOut(_ event: RobotLab.Event) {
        let now = event.at
        switch event.kind {
        case .publish(let message): deliver(message, at: now)
        case .fault(.wrongPassword):
            accept(at: now)
            log("N", "Client <unknown> disconnected, not authorised.", at: now)
        case .fault(.takeOver):
            accept(at: now)
            log("E", "Client uav1 already connected, closing old connection.", at: now)
            log("N", "New client connected from 127.0.0.1:\(port) as uav1 (p5, c1, k60, u'uav1').", at: now)
            lose(.uav1, at: now)
            pending.append((now.advanced(milliseconds: Fault.absence), .connect(.uav1)))
        case .fault(.oversizeMap):
            log("N", "Client tb3 disconnected due to oversize packet.", at: now)
            lose(.tb3, at: now)
            pending.append((now.advanced(milliseconds: Fault.absence), .connect(.tb3)))
        case .fault(.freeze):
            lab.disconnected(.quad)
            pending.append((now.advanced(milliseconds: 9_400), .giveUp(.quad)))
        case .fault(.thaw): connect(.quad, at: now)
        case .fault(.deniedPublish): break  // the broker's log does not say it
        }
    }

    private mutating func connect(_ robot: Robot, at now: Instant) {
        accept(at: now)
        // Its double is still there: it is taken over in turn.
        if robot == .uav1, !connected.contains(.uav1), lab.start.advanced(milliseconds: 5_000) < now {
            log("E", "Client uav1 already connected, closing old connection.", at: now)
        }
        let level = robot.version == .v5_0 ? "p5" : "p2"
        log(
            "N", "New client connected from 127.0.0.1:\(port) as \(robot.name) (\(level), c1, k5, u'\(robot.name)').",
            at: now)
        for subscription in robot.subscriptions {
            log("M/subscribe", "\(robot.name) 0 \(subscription.filter)", at: now)
        }
        connected.insert(robot)
        for message in lab.connected(robot, at: now) { deliver(message, at: now) }
    }

    private mutating func lose(_ robot: Robot, at now: Instant) {
        lab.disconnected(robot)
        connected.remove(robot)
        deliver(lab.will(of: robot, at: now).message, at: now)
    }

    private mutating func accept(at now: Instant) {
        port += 137
        log("N", "New connection from 127.0.0.1:\(port) on port 18840.", at: now)
    }

    private mutating func log(_ suffix: String, _ text: String, at now: Instant) {
        let seconds = (lab.wallStart + now.since(lab.start)) / 1_000_000_000
        append(
            topic: "$SYS/broker/log/" + suffix, payload: Array("\(seconds): \(text)".utf8),
            flags: PublishFlags(qos: .atMostOnce, isRetained: false), at: now)
    }

    /// A statistic, as a subscription without Retain As Published gets it.
    private mutating func deliver(system topic: String, _ value: String, isStored: Bool, at now: Instant) {
        append(
            topic: "$SYS/broker/" + topic, payload: Array(value.utf8),
            flags: PublishFlags(qos: .atMostOnce, isRetained: isStored), at: now)
    }

    private mutating func deliver(_ message: Message, at now: Instant) {
        counts.count(payload: message.payload.count, topic: message.topic.string.utf8.count)
        var properties: [UInt8] = []
        if let type = message.properties.contentType?.utf8 {
            properties = [0x03, UInt8(type.count >> 8), UInt8(type.count & 255)] + Array(type)
        }
        append(
            topic: message.topic.string, payload: message.payload, properties: properties,
            flags: PublishFlags(qos: .atMostOnce, isRetained: message.isRetained), at: now)
    }

    private mutating func append(
        topic: String, payload: [UInt8], properties: [UInt8] = [], flags: PublishFlags, at now: Instant
    ) {
        if batches.last?.arrival != now { batches.append(Batch(arrival: now)) }
        var topic = topic
        topic.withUTF8 { topic in
            payload.withUnsafeBytes { payload in
                properties.withUnsafeBytes { properties in
                    batches[batches.count - 1].append(
                        topic: UnsafeRawBufferPointer(topic), payload: payload, properties: properties, flags: flags)
                }
            }
        }
    }
}

/// What the broker on paper counts for its `$SYS` values.
private struct SystemCounts {
    private var messages = 3
    private var bytes = 96
    private var payloadBytes = 0
    private var minuteMessages = 0.0
    private var minuteBytes = 0.0
    private var seen = (messages: 3, bytes: 96)

    mutating func count(payload: Int, topic: Int) {
        messages += 1
        payloadBytes += payload
        bytes += payload + topic + 4
    }

    /// Every value, as it is retained.
    mutating func all(uptime: Int, connected: Int) -> [(String, String)] {
        let steady = [
            ("version", "mosquitto version 2.0.11"), ("clients/disconnected", "0"), ("clients/expired", "0"),
            ("publish/messages/dropped", "0"), ("shared_subscriptions/count", "0"), ("subscriptions/count", "2"),
            ("heap/current", "61440"), ("heap/maximum", "64112"), ("retained messages/count", "52"),
        ]
        return steady + changing(uptime: uptime, connected: connected)
    }

    /// The values that change at every tick of two seconds.
    mutating func changing(uptime: Int, connected: Int) -> [(String, String)] {
        // mosquitto's averages: per minute, each tick weighs 2 s in 60.
        minuteMessages += (Double(messages - seen.messages) * 30 - minuteMessages) / 30
        minuteBytes += (Double(bytes - seen.bytes) * 30 - minuteBytes) / 30
        seen = (messages, bytes)
        return [
            ("uptime", "\(uptime) seconds"), ("clients/connected", "\(connected)"), ("clients/active", "\(connected)"),
            ("clients/total", "\(connected)"), ("messages/received", "\(messages)"),
            ("messages/sent", "\(messages + 40)"),
            ("bytes/received", "\(bytes)"), ("bytes/sent", "\(bytes + 2_100)"),
            ("publish/messages/received", "\(messages)"), ("publish/bytes/received", "\(payloadBytes)"),
            ("load/messages/received/1min", decimal(minuteMessages, 2)),
            ("load/bytes/received/1min", decimal(minuteBytes, 2)),
        ]
    }
}
