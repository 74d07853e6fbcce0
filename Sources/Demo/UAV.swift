import Glibc
import MQTT

/// The drone behind MAVProxy: flat JSON, one topic for each MAVLink message, circling over the field.
struct UAV: Sendable {
    private var said = 0
    private var motion = MotionTime()

    /// The payload of one of its streams.
    mutating func payload(_ content: Stream.Content, at time: LabTime, random: inout SeededGenerator) -> [UInt8] {
        let text =
            switch content {
            case .uavHeartbeat:
                #"{"type":2,"autopilot":3,"base_mode":217,"custom_mode":\#(motion.isRunning ? 4 : 17),"#
                    + #""system_status":4,"mavlink_version":3,"link":100}"#
            case .attitude: attitude(at: time, random: &random)
            case .globalPosition: position(at: time)
            default: statusText()
            }
        return Array(text.utf8)
    }

    /// What it publishes when it has connected.
    func births() -> [Message] { [status("online")] }

    /// What the broker publishes when it is gone.
    func will() -> Message { status("offline") }

    /// Hovers or flies on.
    mutating func run(_ runs: Bool, at time: LabTime) { motion.run(runs, at: time) }

    private func status(_ text: String) -> Message {
        Message(topic: topicName("robots/uav1/status"), payload: Array(text.utf8), qos: .atLeastOnce, isRetained: true)
    }

    private func attitude(at time: LabTime, random: inout SeededGenerator) -> String {
        let phase = motion.seconds(at: time) * 0.21
        let bank = motion.isRunning ? 0.17 : 0
        let yaw = (phase + .pi / 2).remainder(dividingBy: 2 * .pi)
        let names = ["roll", "pitch", "yaw", "rollspeed", "pitchspeed", "yawspeed"]
        let values = [
            bank + 0.02 * sin(time.seconds * 3.1) + random.spread(0.004),
            -0.06 + 0.02 * sin(time.seconds * 2.3) + random.spread(0.004), yaw,
            0.062 * cos(time.seconds * 3.1) + random.spread(0.02),
            0.046 * cos(time.seconds * 2.3) + random.spread(0.02),
            (motion.isRunning ? 0.21 : 0) + random.spread(0.01),
        ]
        let fields = zip(names, values).map { #","\#($0)":\#(decimal($1, 11))"# }.joined()
        return #"{"time_boot_ms":\#(time.uptime)\#(fields)}"#
    }

    /// A circle of 60 m at 25 m, in MAVLink's integers: degrees × 10⁷, millimetres, cm/s, hundredths of a degree.
    private func position(at time: LabTime) -> String {
        let phase = motion.seconds(at: time) * 0.21
        let latitude = 490_137_000 + 5_390 * sin(phase)
        let longitude = 84_214_000 + 8_220 * cos(phase)
        let speed = motion.isRunning ? 1_260.0 : 0
        let heading = (phase * 18_000 / .pi).truncatingRemainder(dividingBy: 36_000)
        let height = 25_000 + 150 * sin(time.seconds / 3)
        return #"{"time_boot_ms":\#(time.uptime),"lat":\#(decimal(latitude, 0)),"lon":\#(decimal(longitude, 0)),"#
            + #""alt":\#(decimal(113_400 + height, 0)),"relative_alt":\#(decimal(height, 0)),"#
            + #""vx":\#(decimal(speed * cos(phase), 0)),"vy":\#(decimal(-speed * sin(phase), 0)),"vz":0,"#
            + #""hdg":\#(decimal(heading, 0))}"#
    }

    private mutating func statusText() -> String {
        let texts = [
            "EKF3 IMU0 is using GPS", "Mission: 3 WP, circle", "PreArm: compass check ok", "Battery 1 good, 15.8 V",
        ]
        said += 1
        return #"{"severity":6,"text":"\#(texts[said % texts.count])"}"#
    }
}
