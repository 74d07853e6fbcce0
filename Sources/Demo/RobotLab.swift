package import MQTT

/// A robot lab as a value: what every robot publishes at which instant, and what goes wrong. No sockets, no clock.
///
/// The same seed gives the same lab. Streams of a robot that has no connection rest.
package struct RobotLab: Sendable {
    /// What happens at an instant.
    package struct Event: Sendable {
        /// What it is.
        package enum Kind: Sendable {
            /// The robot publishes.
            case publish(Message)
            /// Something goes wrong.
            case fault(Fault)
        }

        /// When.
        package var at: Instant
        /// With which robot.
        package var robot: Robot
        /// What.
        package var kind: Kind
    }

    /// Something that happens again and again.
    private struct Slot: Sendable {
        enum Work: Sendable {
            case stream(Stream)
            case fault(Fault)
        }

        let work: Work
        let first: Double
        let period: Double
        let jitter: Double
        var number: Int64 = 0
        /// Nanoseconds after the start.
        var due: Int64 = 0
        var timing: SeededGenerator
        var values: SeededGenerator

        init(_ work: Work, first: Double, period: Double, jitter: Double, seed: UInt64) {
            (self.work, self.first, self.period, self.jitter) = (work, first, period, jitter)
            timing = SeededGenerator(seed: seed)
            values = SeededGenerator(seed: ~seed)
            schedule()
        }

        /// Goes on to the next time, or to the first at or after `earliest` nanoseconds.
        mutating func advance(notBefore earliest: Int64) {
            number = max(number + 1, Int64(((Double(earliest) / 1e6 - first) / period).rounded(.up)))
            schedule()
        }

        private mutating func schedule() {
            let milliseconds = first + Double(number) * period + timing.spread(jitter)
            due = max(0, Int64(milliseconds * 1e6))
        }
    }

    /// When the lab was opened.
    package let start: Instant
    /// The same moment in nanoseconds since 1970.
    package let wallStart: Int64
    private let hasFaults: Bool
    private var slots: [Slot] = []
    private var online: Set<Robot> = []
    private var ev3 = EV3()
    private var agv = AGV()
    private var tb3 = TB3()
    private var uav = UAV()
    private var arm = Arm()
    private var quad = Quadruped()

    /// A lab that is opened at `start`, which is `wallStart` nanoseconds after 1970; nobody is connected yet.
    package init(seed: UInt64, start: Instant, wallStart: Int64, faults: Bool = true) {
        self.start = start
        self.wallStart = wallStart
        hasFaults = faults
        var seeds = SeededGenerator(seed: seed)
        for stream in Stream.all {
            // The streams do not beat together, and each shows a value within the first second.
            let first = min(stream.period, 900) * Double(seeds.next() % 1_000) / 1_000 + 20
            slots.append(
                Slot(.stream(stream), first: first, period: stream.period, jitter: stream.jitter, seed: seeds.next()))
        }
        guard faults else { return }
        for fault in Fault.allCases {
            let (first, period) = fault.schedule
            slots.append(Slot(.fault(fault), first: first, period: period, jitter: 0, seed: seeds.next()))
        }
    }

    /// When something happens next.
    package var nextDue: Instant { start.advanced(nanoseconds: slots.map(due).min() ?? .max / 2) }

    /// What happens until `now`, in order of time. What is more than two seconds late is left out: a robot does not make up
    /// for what it slept through.
    package mutating func next(until now: Instant) -> [Event] {
        let end = now.since(start)
        var events: [Event] = []
        while let index = slots.indices.min(by: { due(slots[$0]) < due(slots[$1]) }), due(slots[index]) <= end {
            let due = due(slots[index])
            let missed = end - 2_000_000_000
            if due >= missed, let event = event(index, at: start.advanced(nanoseconds: due)) { events.append(event) }
            slots[index].advance(notBefore: missed)
        }
        return events
    }

    private func due(_ slot: Slot) -> Int64 {
        guard hasFaults, case .stream(let stream) = slot.work, stream.robot == .quad else { return slot.due }
        return Fault.stalled(slot.due)
    }

    private mutating func event(_ index: Int, at now: Instant) -> Event? {
        switch slots[index].work {
        case .fault(let fault):
            return Event(at: now, robot: fault.robot, kind: .fault(fault))
        case .stream(let stream):
            guard online.contains(stream.robot) else { return nil }
            let isMissing = stream.content == .heartbeat && Fault.missingBeats.contains(slots[index].number % 60)
            guard !(hasFaults && isMissing) else { return nil }
            var random = slots[index].values
            let payload = payload(stream, at: time(now), random: &random)
            slots[index].values = random
            var properties = Properties()
            properties.contentType = stream.contentType
            let message = Message(topic: stream.topic, payload: payload, properties: properties)
            return Event(at: now, robot: stream.robot, kind: .publish(message))
        }
    }

    private func time(_ now: Instant) -> LabTime {
        LabTime(seconds: Double(now.since(start)) / 1e9, wall: wallStart &+ now.since(start))
    }

    private mutating func payload(_ stream: Stream, at time: LabTime, random: inout SeededGenerator) -> [UInt8] {
        switch stream.robot {
        case .ev3 where stream.content == .debug: ev3.debugLine(at: time)
        case .ev3: ev3.payload(stream.content, at: time, random: &random)
        case .agv: agv.payload(stream.content, at: time)
        case .tb3: tb3.payload(stream.content, at: time, random: &random)
        case .uav1: uav.payload(stream.content, at: time, random: &random)
        case .arm6: arm.payload(stream.content, at: time)
        case .quad: quad.payload(stream.content, at: time, random: &random)
        }
    }
}

// MARK: - Connections

extension RobotLab {
    /// The Will that `robot` connects with at `now`.
    package mutating func will(of robot: Robot, at now: Instant) -> Will {
        switch robot {
        case .ev3:
            Will(
                message: Message(
                    topic: topicName("robots/ev3-1/status"), payload: Array("offline".utf8), qos: .atLeastOnce,
                    isRetained: true))
        case .agv: Will(message: agv.will(at: time(now)))
        case .tb3: Will(message: TB3.will)
        case .uav1: Will(message: uav.will())
        case .arm6: Will(message: Arm.will(at: time(now)))
        case .quad: Will(message: Quadruped.will)
        }
    }

    /// `robot` is connected: its streams run, and it publishes what is returned.
    package mutating func connected(_ robot: Robot, at now: Instant) -> [Message] {
        online.insert(robot)
        return switch robot {
        case .ev3: ev3.births()
        case .agv: agv.births(at: time(now))
        case .tb3: tb3.births()
        case .uav1: uav.births()
        case .arm6: arm.births(at: time(now))
        case .quad: quad.births()
        }
    }

    /// `robot` has no connection any more: its streams rest.
    package mutating func disconnected(_ robot: Robot) { online.remove(robot) }

    /// What ev3-1 tries to publish although the ACL forbids it: an order to another robot.
    package static func deniedMessage() -> Message {
        Message(topic: topicName("robots/tb3/cmd"), payload: Array(#"{"cmd":"stop"}"#.utf8), qos: .atLeastOnce)
    }

    /// The map that tb3 tries to publish although the broker takes no packet of that size.
    package static func oversizeMessage() -> Message { TB3.map() }

    /// Retained messages that a robot left behind which no longer exists; nobody will ever update them.
    package static func leftovers() -> [Message] {
        let texts = [
            ("robots/ev3-0/status", "online"), ("robots/ev3-0/battery", #"{"v":6.31,"i":-0.905}"#),
            ("robots/ev3-0/info", #"{"name":"ev3-0","model":"LEGO EV3","firmware":"ev3dev-jessie","boot":204}"#),
        ]
        return texts.map { Message(topic: topicName($0), payload: Array($1.utf8), qos: .atLeastOnce, isRetained: true) }
    }
}

// MARK: - Commands

extension RobotLab {
    /// What `robot` publishes because `message` reached it.
    package mutating func received(_ message: Message, by robot: Robot, at now: Instant) -> [Message] {
        let levels = message.topic.string.split(separator: "/", omittingEmptySubsequences: false)
        switch (robot, levels.last ?? "") {
        case (_, "cmd"):
            return acknowledge(command(message.payload, to: robot, at: now), to: message, by: robot)
        case (.ev3, "duty"):
            let motor = levels.dropLast().last ?? ""
            return acknowledge(duty(message.payload, motor: motor, at: now), to: message, by: robot)
        case (.agv, "order"): return agv.take(order: message.payload, at: time(now))
        case (.agv, "instantActions"): return agv.take(actions: message.payload, at: time(now))
        case (.arm6, "arm6") where Arm.asksForRebirth(message.payload): return arm.births(at: time(now))
        default: return []
        }
    }

    /// The answer `text` on the robot's own topic, and on the Response Topic when `request` names one. Correlation Data goes
    /// back unchanged.
    private func acknowledge(_ text: String, to request: Message, by robot: Robot) -> [Message] {
        var properties = Properties()
        properties.correlationData = request.properties.correlationData
        var topics = [robot.acknowledgements]
        if let response = request.properties.responseTopic.flatMap({ try? TopicName($0) }), response != topics[0] {
            topics.append(response)
        }
        return topics.map {
            Message(topic: $0, payload: Array(text.utf8), qos: request.qos, properties: properties)
        }
    }

    private mutating func command(_ payload: [UInt8], to robot: Robot, at now: Instant) -> String {
        let name = JSONFields(payload)?.string("cmd")
        guard let name, name == "stop" || name == "start" else {
            let heard = name.map { #""cmd":\#(quoted($0)),"# } ?? ""
            return #"{\#(heard)"ok":false,"error":"send {\"cmd\":\"stop\"} or {\"cmd\":\"start\"}"}"#
        }
        let (runs, time) = (name == "start", time(now))
        switch robot {
        case .ev3: ev3.run(runs, at: time)
        case .agv: agv.run(runs, at: time)
        case .tb3: tb3.run(runs, at: time)
        case .uav1: uav.run(runs, at: time)
        case .arm6: arm.run(runs, at: time)
        case .quad: quad.run(runs, at: time)
        }
        return #"{"cmd":"\#(name)","ok":true,"robot":"\#(robot.name)"}"#
    }

    private mutating func duty(_ payload: [UInt8], motor: Substring, at now: Instant) -> String {
        guard payload.count <= 8, let duty = Int(String(decoding: payload, as: UTF8.self)), (-100...100).contains(duty),
            ev3.set(duty: duty, motor: motor, at: time(now))
        else { return #"{"cmd":"duty","ok":false,"error":"send an integer from -100 to 100 to motor A or B"}"# }
        return #"{"cmd":"duty","motor":"\#(motor)","duty":\#(duty),"ok":true}"#
    }
}

extension Instant {
    /// The instant `nanoseconds` later.
    func advanced(nanoseconds: Int64) -> Instant { Instant(nanoseconds: self.nanoseconds &+ nanoseconds) }
}
