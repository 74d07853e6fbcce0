import Glibc
import MQTT

/// The walking robot: packed little-endian structs and CBOR straight from its microcontroller.
struct Quadruped: Sendable {
    private var motion = MotionTime()

    /// The payload of one of its streams.
    func payload(_ content: Stream.Content, at time: LabTime, random: inout SeededGenerator) -> [UInt8] {
        var writer = ByteWriter()
        // Two steps a second.
        let gait = motion.seconds(at: time) * 2 * .pi * 2
        switch content {
        case .imu:  // <I6f: milliseconds, acceleration in m/s², turn rate in rad/s
            writer.little(time.uptime)
            let values = [
                0.4 * sin(gait), 0.25 * sin(gait / 2), 9.81 + 0.9 * sin(gait * 2),
                0.05 * sin(gait / 2), 0.08 * cos(gait), 0.02 * sin(time.seconds / 5),
            ]
            for value in values { writer.little(Float(value + random.spread(0.02)).bitPattern) }
        case .joints:  // {"ts": milliseconds, "q": [12 angles]}
            writer.raw([0xA2, 0x62] + Array("ts".utf8) + [0x1A])
            writer.big(time.uptime)
            writer.raw([0x61] + Array("q".utf8) + [0x8C])
            for joint in 0..<12 {
                let swing = sin(gait + (joint / 3 % 2 == joint / 6 ? 0 : .pi)) * [0.1, 0.5, 0.7][joint % 3]
                writer.raw([0xFA])
                writer.big(Float([0, 0.8, -1.5][joint % 3] + swing).bitPattern)
            }
        default:  // <4H: force on each foot
            for foot in 0..<4 {
                let load = sin(gait + (foot == 0 || foot == 3 ? 0 : .pi))
                writer.little(UInt16(max(0, 320 + 300 * load + random.spread(8))))
            }
        }
        return writer.bytes
    }

    /// What it publishes when it has connected.
    func births() -> [Message] { [Self.status(1)] }

    /// What the broker publishes when it is gone.
    static let will = status(0)

    /// Stands or walks on.
    mutating func run(_ runs: Bool, at time: LabTime) { motion.run(runs, at: time) }

    private static func status(_ byte: UInt8) -> Message {
        Message(topic: topicName("robots/quad/status"), payload: [byte], qos: .atLeastOnce, isRetained: true)
    }
}
