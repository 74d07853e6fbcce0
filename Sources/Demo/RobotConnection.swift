internal import CLinux
import MQTT
import MQTTClient

/// A robot and its connection.
final class RobotConnection {
    /// How far it is.
    enum State: Equatable {
        /// It has no connection and makes one at `until`.
        case away(until: Instant)
        /// It waits for CONNACK.
        case connecting
        /// It speaks.
        case connected
        /// Its socket is open and silent.
        case frozen
    }

    /// Which robot.
    let robot: Robot
    /// What its client says.
    let inbox = Inbox()
    /// Its client.
    let client: Client
    /// How far it is.
    var state: State
    private var isStarted = false

    /// A robot that connects to `endpoint` at the instant `start`.
    init(_ robot: Robot, endpoint: Endpoint, will: Will, from start: Instant) {
        self.robot = robot
        state = .away(until: start)
        var configuration = ClientConfiguration(endpoint: endpoint, clientIdentifier: robot.name)
        configuration.userName = robot.name
        configuration.password = Array("demo-\(robot.name)".utf8)
        configuration.version = robot.version
        configuration.keepAlive = 5
        configuration.will = will
        configuration.subscriptions = robot.subscriptions
        configuration.reconnects = false  // it is away for a second, so that people see it
        client = Client(configuration: configuration, inbox: inbox, now: { Instant(nanoseconds: clinux_now()) })
    }

    /// Connects now.
    func connect() {
        state = .connecting
        if isStarted { client.reconnect() } else { client.start() }
        isStarted = true
    }
}

/// Somebody who connects only for a moment.
final class Guest {
    /// What for.
    enum Purpose {
        /// The operator leaves retained messages behind.
        case operatorLeaving([Message])
        /// A stranger guesses a password.
        case stranger
        /// A second device calls itself uav1.
        case double
    }

    /// Its client.
    let client: Client
    private let inbox = Inbox()
    private let messages: [Message]
    private var unanswered: Int
    private let end: Instant

    /// A guest that begins to connect to `endpoint` now, and leaves within 5 s.
    init(_ purpose: Purpose, endpoint: Endpoint, now: Instant) {
        var configuration = ClientConfiguration(endpoint: endpoint, clientIdentifier: "operator")
        (configuration.userName, configuration.password) = ("operator", Array("demo-operator".utf8))
        messages =
            switch purpose {
            case .operatorLeaving(let messages): messages
            case .stranger, .double: []
            }
        switch purpose {
        case .operatorLeaving: break
        case .stranger:
            configuration.clientIdentifier = "visitor"
            (configuration.userName, configuration.password) = ("ev3-1", Array("letmein".utf8))
        case .double:
            configuration.clientIdentifier = "uav1"
            (configuration.userName, configuration.password) = ("uav1", Array("demo-uav1".utf8))
        }
        configuration.version = .v5_0
        configuration.reconnects = false
        unanswered = messages.isEmpty ? .max : messages.count
        end = now.advanced(milliseconds: 5_000)
        client = Client(configuration: configuration, inbox: inbox, now: { Instant(nanoseconds: clinux_now()) })
        client.start()
    }

    /// Does what it came for; whether it is gone.
    func hasLeft(now: Instant) -> Bool {
        var isOver = now >= end
        for delivery in inbox.take() {
            switch delivery {
            case .status(.connected):
                for (index, message) in messages.enumerated() {
                    client.publish(message, id: RequestID(rawValue: UInt64(index)))
                }
            case .status(.waiting), .status(.failed): isOver = true
            case .outcome(_, .acknowledged): unanswered -= 1
            default: break
            }
        }
        guard isOver || unanswered == 0 else { return false }
        client.stop(timeoutMilliseconds: 100)
        return true
    }
}
