import Glibc
import MQTT

/// The TurtleBot behind a ROS bridge: JSON, MessagePack, JPEG and raw CDR, driving a figure of eight.
struct TB3: Sendable {
    private var sequence = 4_000
    private var motion = MotionTime()
    private var connections = 0

    /// Where it is on the curve.
    private struct Pose {
        var x, y, heading, speed, turn: Double
    }

    /// The payload of one of its streams.
    mutating func payload(_ content: Stream.Content, at time: LabTime, random: inout SeededGenerator) -> [UInt8] {
        switch content {
        case .odometry: odometry(at: time)
        case .scan: scan(at: time, random: &random)
        case .camera: camera(at: time, random: &random)
        case .velocity: velocity(at: time)
        default: Array(#"{"länge":7.2,"breite":4.8,"höhe":3.1}"#.utf8)
        }
    }

    /// What it publishes when it has connected: its state, and how the CDR topic is to be read.
    mutating func births() -> [Message] {
        connections += 1
        return [
            Message(
                topic: topicName("robots/tb3/status"), payload: Array(#"{"state":"online","n":\#(connections)}"#.utf8),
                qos: .atLeastOnce, isRetained: true),
            Message(
                topic: topicName("mqtt_client/ros_msg_type/robots/tb3/cmd_vel_cdr"), payload: Self.messageType,
                isRetained: true),
        ]
    }

    /// What the broker publishes when it is gone.
    static let will = Message(
        topic: topicName("robots/tb3/status"), payload: Array(#"{"state":"offline"}"#.utf8), qos: .atLeastOnce,
        isRetained: true)

    /// The map that no broker of this lab takes: 1.25 million cells.
    static func map() -> Message {
        Message(
            topic: topicName("robots/tb3/map"),
            payload: [UInt8](unsafeUninitializedCapacity: 1_250_000) { buffer, count in
                for cell in 0..<1_250_000 { buffer[cell] = cell % 1_250 < 20 || cell < 25_000 ? 100 : 0 }
                count = 1_250_000
            })
    }

    /// Stands still or drives on.
    mutating func run(_ runs: Bool, at time: LabTime) { motion.run(runs, at: time) }

    /// A lemniscate of 3 m by 1.5 m, once in 40 s.
    private func pose(at time: LabTime) -> Pose {
        let rate = 2 * Double.pi / 40
        let phase = motion.seconds(at: time) * rate
        let (x, y) = (3 * sin(phase), 1.5 * sin(2 * phase))
        let (vx, vy) = (3 * cos(phase) * rate, 3 * cos(2 * phase) * rate)
        let (ax, ay) = (-3 * sin(phase) * rate * rate, -6 * sin(2 * phase) * rate * rate)
        let speed = (vx * vx + vy * vy).squareRoot()
        let moves = motion.isRunning ? 1.0 : 0
        return Pose(
            x: x, y: y, heading: atan2(vy, vx), speed: speed * moves,
            turn: (vx * ay - vy * ax) / max(0.01, speed * speed) * moves)
    }

    private mutating func odometry(at time: LabTime) -> [UInt8] {
        sequence += 1
        let pose = pose(at: time)
        func covariance(_ diagonal: [String]) -> String {
            (0..<36).map { $0 % 7 == 0 ? diagonal[$0 / 7] : "0.0" }.joined(separator: ",")
        }
        let parts = [
            #"{"header":{"seq":\#(sequence),"stamp":{"sec":\#(time.wall / 1_000_000_000),"#
                + #""nanosec":\#(time.wall % 1_000_000_000)},"frame_id":"odom"},"child_frame_id":"base_footprint","#,
            #""pose":{"pose":{"position":{"x":\#(decimal(pose.x, 9)),"y":\#(decimal(pose.y, 9)),"z":0.0},"#
                + #""orientation":{"x":0.0,"y":0.0,"z":\#(decimal(sin(pose.heading / 2), 12)),"#
                + #""w":\#(decimal(cos(pose.heading / 2), 12))}},"#,
            #""covariance":[\#(covariance(["0.00012", "0.00012", "1000000.0", "1000000.0", "1000000.0", "0.00074"]))]},"#,
            #""twist":{"twist":{"linear":{"x":\#(decimal(pose.speed, 9)),"y":0.0,"z":0.0},"#
                + #""angular":{"x":0.0,"y":0.0,"z":\#(decimal(pose.turn, 9))}},"#,
            #""covariance":[\#(covariance(["0.00012", "0.00012", "1000000.0", "1000000.0", "1000000.0", "0.00074"]))]}}"#,
        ]
        return Array(parts.joined().utf8)
    }

    /// 360 distances to the walls of a room of 8 m by 5 m and to a post in it, as MessagePack.
    private func scan(at time: LabTime, random: inout SeededGenerator) -> [UInt8] {
        let pose = pose(at: time)
        var writer = ByteWriter()
        func key(_ name: String) { writer.raw([0xA0 | UInt8(name.utf8.count)] + Array(name.utf8)) }
        func float(_ value: Double) {
            writer.raw([0xCA])
            writer.big(Float(value).bitPattern)
        }
        writer.raw([0x84])
        key("stamp")
        writer.raw([0xCB])
        writer.big((Double(time.wall) / 1e9).bitPattern)
        key("angle_min")
        float(0)
        key("angle_inc")
        float(.pi / 180)
        key("ranges")
        writer.raw([0xDC])
        writer.big(UInt16(360))
        for degree in 0..<360 {
            let angle = pose.heading + Double(degree) * .pi / 180
            let (dx, dy) = (cos(angle), sin(angle))
            let toWall = min(
                ((dx < 0 ? -4 : 4) - pose.x) / (abs(dx) < 1e-9 ? 1e-9 : dx),
                ((dy < 0 ? -2.5 : 2.5) - pose.y) / (abs(dy) < 1e-9 ? 1e-9 : dy))
            let (px, py) = (1.2 - pose.x, -pose.y)
            let along = px * dx + py * dy
            let beside = abs(px * dy - py * dx)
            let distance = along > 0 && beside < 0.15 ? min(toWall, along) : toWall
            float(max(0.12, distance + random.spread(0.01)))
        }
        return writer.bytes
    }

    /// A floor, a wall and a light that moves as the robot turns.
    private func camera(at time: LabTime, random: inout SeededGenerator) -> [UInt8] {
        let pose = pose(at: time)
        let light = 20 + 18 * sin(pose.heading)
        return JPEGImage.file(random: &random) { row, column in
            let ground = row < 16 ? 150 - Double(row) * 3 : 40 + Double(row) * 4
            let (across, down) = (Double(column) - light, Double(row) - 9)
            return ground + 90 / (1 + (across * across + down * down) / 12)
        }
    }

    /// geometry_msgs/Twist as ROS 2 puts it on the wire.
    private func velocity(at time: LabTime) -> [UInt8] {
        let pose = pose(at: time)
        var writer = ByteWriter()
        writer.raw([0, 1, 0, 0])
        for value in [pose.speed, 0, 0, 0, 0, pose.turn] { writer.little(value.bitPattern) }
        return writer.bytes
    }

    /// The description of geometry_msgs/Twist that the bridge keeps retained, CDR itself.
    private static let messageType: [UInt8] = {
        var writer = ByteWriter()
        writer.raw([0, 1, 0, 0])
        writer.cdr("9f195f881246fdfa2798d1d3eebca84a")
        writer.cdr("geometry_msgs/msg/Twist")
        writer.cdr(
            "Vector3 linear\nVector3 angular\n===\nMSG: geometry_msgs/Vector3\nfloat64 x\nfloat64 y\nfloat64 z\n")
        writer.raw([0])
        return writer.bytes
    }()
}
