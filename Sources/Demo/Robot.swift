package import MQTT

/// A robot of the lab, by the name that is its user name and Client Identifier too.
package enum Robot: String, CaseIterable, Sendable {
    /// A Lego EV3 with ev3dev: bare text.
    case ev3 = "ev3-1"
    /// A transport vehicle that speaks VDA 5050.
    case agv = "agv-0001"
    /// A TurtleBot 3 behind a ROS bridge.
    case tb3
    /// A drone behind MAVProxy.
    case uav1
    /// An arm whose controller speaks Sparkplug B.
    case arm6
    /// A walking robot whose microcontroller sends packed structs.
    case quad

    /// The name.
    package var name: String { rawValue }

    /// The version its client speaks. Two are of the older kind, as in real labs; tb3 must be: told the broker's limit by
    /// 5.0, a client refuses to send the map that is too large.
    package var version: ProtocolVersion {
        switch self {
        case .agv, .tb3: .v3_1_1
        case .ev3, .uav1, .arm6, .quad: .v5_0
        }
    }

    /// What it listens to.
    package var subscriptions: [Subscription] {
        let more: [String] =
            switch self {
            case .ev3: ["robots/ev3-1/motor/+/duty"]
            case .agv: [AGV.prefix + "order", AGV.prefix + "instantActions"]
            case .arm6: ["spBv1.0/demo/NCMD/arm6"]
            case .tb3, .uav1, .quad: []
            }
        return (["robots/\(name)/cmd"] + more).map { Subscription(topicFilter($0)) }
    }

    /// Where it answers commands.
    var acknowledgements: TopicName { topicName("robots/\(name)/ack") }
}

/// A topic that a robot publishes to again and again.
struct Stream: Sendable {
    /// What the payload says.
    enum Content: Sendable {
        case motorA, motorB, ultrasonic, gyro, battery, heartbeat, debug
        case state, visualization
        case odometry, scan, camera, velocity, room
        case uavHeartbeat, attitude, globalPosition, statusText
        case nodeData, gripperData
        case imu, joints, feet
    }

    /// Who publishes.
    var robot: Robot
    /// Where to.
    var topic: TopicName
    /// What.
    var content: Content
    /// Milliseconds from one message to the next.
    var period: Double
    /// How many milliseconds a message may come early or late.
    var jitter = 0.4
    /// MIME type of the payload, where the robot says it.
    var contentType: String?

    /// A stream of `robot` to the topic `name`.
    init(
        _ robot: Robot, _ name: String, _ content: Content, period: Double, jitter: Double = 0.4,
        contentType: String? = nil
    ) {
        self.robot = robot
        self.topic = topicName(name)
        self.content = content
        self.period = period
        self.jitter = jitter
        self.contentType = contentType
    }

    /// All of the lab. A control loop that sleeps between its messages runs a little slower than it is meant to:
    /// "20 Hz" is 19.
    static let all: [Stream] = [
        Stream(.ev3, "robots/ev3-1/motor/A/position", .motorA, period: 105, jitter: 10),
        Stream(.ev3, "robots/ev3-1/motor/B/position", .motorB, period: 105, jitter: 10),
        Stream(.ev3, "robots/ev3-1/sensor/us", .ultrasonic, period: 210, jitter: 2),
        Stream(.ev3, "robots/ev3-1/sensor/gyro", .gyro, period: 210, jitter: 2),
        Stream(.ev3, "robots/ev3-1/battery", .battery, period: 4_700, jitter: 2, contentType: "application/json"),
        Stream(.ev3, "robots/ev3-1/heartbeat", .heartbeat, period: 1_000, jitter: 1),
        Stream(.ev3, "robots/ev3-1/debug", .debug, period: 4_000, jitter: 2),
        Stream(.agv, AGV.prefix + "state", .state, period: 1_000),
        Stream(.agv, AGV.prefix + "visualization", .visualization, period: 105),
        Stream(.tb3, "robots/tb3/odom", .odometry, period: 1_000 / 19, jitter: 1.2),
        Stream(.tb3, "robots/tb3/scan", .scan, period: 1_000 / 4.75, jitter: 3),
        Stream(.tb3, "robots/tb3/camera/jpeg", .camera, period: 1_000 / 1.9, jitter: 15),
        Stream(.tb3, "robots/tb3/cmd_vel_cdr", .velocity, period: 1_000 / 9.5),
        Stream(.tb3, "robots/tb3/Räume/会議室 2/Größe", .room, period: 5_000),
        Stream(.uav1, "robots/uav1/HEARTBEAT", .uavHeartbeat, period: 1_050),
        Stream(.uav1, "robots/uav1/ATTITUDE", .attitude, period: 1_000 / 23.75),
        Stream(.uav1, "robots/uav1/GLOBAL_POSITION_INT", .globalPosition, period: 1_000 / 4.75),
        Stream(.uav1, "robots/uav1/STATUSTEXT", .statusText, period: 8_700, jitter: 50),
        Stream(.arm6, "spBv1.0/demo/NDATA/arm6", .nodeData, period: 1_000 / 3.8),
        Stream(.arm6, "spBv1.0/demo/DDATA/arm6/gripper", .gripperData, period: 1_000 / 1.9),
        Stream(.quad, "robots/quad/imu", .imu, period: 1_000 / 47.5, jitter: 0.2),
        Stream(.quad, "robots/quad/joints", .joints, period: 1_000 / 19, contentType: "application/cbor"),
        Stream(.quad, "robots/quad/foot", .feet, period: 105),
    ]
}
