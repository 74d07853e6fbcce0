internal import CLinux
import Glibc
import MQTT
import MQTTClient

/// What happens on the demo's thread: it carries out what the lab says, with real connections.
final class LabFloor {
    private let endpoint: Endpoint
    private let stopSignal: Int32
    private var brokerErrors: Int32
    private var lab: RobotLab
    private var robots: [RobotConnection] = []
    private var guests: [Guest] = []
    private var lastRequest: UInt64 = 0

    /// Milliseconds between two looks at what came in: answers are quick enough, and a robot's own publishes do not wake us.
    private static let pace: Int64 = 15

    /// The floor of a lab at the broker `endpoint`, until `stopSignal` becomes readable. `brokerErrors` is drained.
    init(endpoint: Endpoint, brokerErrors: Int32, stopSignal: Int32, options: DemoOptions) {
        self.endpoint = endpoint
        self.stopSignal = stopSignal
        self.brokerErrors = brokerErrors
        lab = RobotLab(
            seed: options.seed, start: Self.now(), wallStart: clinux_wall_now(), faults: options.faults)
    }

    /// Runs the lab until it is to stop.
    func run() {
        let start = lab.start
        guests.append(Guest(.operatorLeaving(RobotLab.leftovers()), endpoint: endpoint, now: start))
        for (index, robot) in Robot.allCases.enumerated() {
            robots.append(
                RobotConnection(
                    robot, endpoint: endpoint, will: lab.will(of: robot, at: start),
                    from: start.advanced(milliseconds: 120 + 45 * Int64(index))))
        }
        var nextLook = start
        while !wait(until: min(lab.nextDue, nextLook)) {
            let now = Self.now()
            for event in lab.next(until: now) { carryOut(event) }
            guard now >= nextLook else { continue }
            nextLook = now.advanced(milliseconds: Self.pace)
            for robot in robots { look(at: robot, now: now) }
            guests.removeAll { $0.hasLeft(now: now) }
        }
        for robot in robots { robot.client.stop(timeoutMilliseconds: 200) }
        for guest in guests { guest.client.stop(timeoutMilliseconds: 200) }
    }

    /// Waits; whether the lab is to be closed.
    private func wait(until deadline: Instant) -> Bool {
        let milliseconds = (deadline.since(Self.now()) + 999_999) / 1_000_000
        var entries = [pollfd(fd: stopSignal, events: Int16(POLLIN), revents: 0)]
        if brokerErrors >= 0 { entries.append(pollfd(fd: brokerErrors, events: Int16(POLLIN), revents: 0)) }
        poll(&entries, nfds_t(entries.count), Int32(max(0, min(milliseconds, 1_000))))
        if entries.count > 1, entries[1].revents != 0, !DemoBroker.drain(brokerErrors) { brokerErrors = -1 }
        return entries[0].revents != 0
    }

    private static func now() -> Instant { Instant(nanoseconds: clinux_now()) }

    // MARK: What the lab says

    private func carryOut(_ event: RobotLab.Event) {
        guard let robot = robots.first(where: { $0.robot == event.robot }) else { return }
        switch event.kind {
        case .publish(let message): publish(message, by: robot)
        case .fault(.wrongPassword): guests.append(Guest(.stranger, endpoint: endpoint, now: event.at))
        case .fault(.takeOver): guests.append(Guest(.double, endpoint: endpoint, now: event.at))
        case .fault(.oversizeMap): publish(RobotLab.oversizeMessage(), by: robot)
        case .fault(.deniedPublish): publish(RobotLab.deniedMessage(), by: robot)
        case .fault(.freeze):
            guard robot.state == .connected else { return }
            robot.state = .frozen
            lab.disconnected(robot.robot)
            robot.client.freeze()
        case .fault(.thaw):
            guard robot.state == .frozen else { return }
            robot.state = .connecting
            robot.client.reconnect()
        }
    }

    private func publish(_ message: Message, by robot: RobotConnection) {
        guard robot.state == .connected else { return }
        lastRequest += 1
        robot.client.publish(message, id: RequestID(rawValue: lastRequest))
    }

    // MARK: What comes in

    private func look(at robot: RobotConnection, now: Instant) {
        if case .away(let until) = robot.state, now >= until { robot.connect() }
        for delivery in robot.inbox.take() where robot.state != .frozen {
            switch delivery {
            case .status(.connected):
                robot.state = .connected
                for message in lab.connected(robot.robot, at: now) { publish(message, by: robot) }
            case .status(.waiting), .status(.failed):
                lab.disconnected(robot.robot)
                robot.state = .away(until: now.advanced(milliseconds: Fault.absence))
            case .messages(let batch):
                for message in batch.messages {
                    for answer in lab.received(message, by: robot.robot, at: now) { publish(answer, by: robot) }
                }
            default: break
            }
        }
    }
}

extension Batch {
    /// The messages as values; what is no message in the sense of the specification is left out.
    fileprivate var messages: [Message] {
        records.compactMap { record in
            guard let topic = try? TopicName(String(decoding: topic(record), as: UTF8.self)),
                let properties = try? Properties(decoding: properties(record), of: .publishToClient)
            else { return nil }
            return Message(
                topic: topic, payload: Array(payload(record)), qos: record.flags.qos,
                isRetained: record.flags.isRetained, properties: properties)
        }
    }
}
