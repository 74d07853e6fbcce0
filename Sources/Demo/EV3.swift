import Glibc
import MQTT

/// What time it is in the lab: everything that moves is a function of it.
struct LabTime: Sendable {
    /// Seconds since the lab was opened.
    var seconds: Double
    /// Nanoseconds since 1970.
    var wall: Int64

    /// Milliseconds since the robots were switched on, two minutes before the lab was opened.
    var uptime: UInt32 { UInt32(truncatingIfNeeded: Int64(seconds * 1_000) + 120_000) }
}

/// Time that a robot spends moving: it rests while the robot is stopped.
struct MotionTime: Sendable {
    /// Whether it runs.
    private(set) var isRunning = true
    private var collected = 0.0
    private var since = 0.0

    /// Seconds of motion until `time`.
    func seconds(at time: LabTime) -> Double { isRunning ? collected + time.seconds - since : collected }

    /// Starts or stops the motion at `time`.
    mutating func run(_ runs: Bool, at time: LabTime) {
        guard runs != isRunning else { return }
        collected = seconds(at: time)
        since = time.seconds
        isRunning = runs
    }
}

/// The Lego robot: two motors, an ultrasonic sensor, a gyro; every value is bare text.
struct EV3: Sendable {
    /// A motor that swings by itself until somebody sets its duty.
    struct Motor: Sendable {
        private var duty: Double?
        private var origin = 0.0
        private var since = 0.0

        /// Degrees that its axle has turned, at `time`; `swing` is where its own program wants it.
        func position(at time: LabTime, swing: Double) -> Double {
            guard let duty else { return origin + swing }
            return origin + duty * 7.2 * (time.seconds - since)
        }

        /// Turns with `duty` per cent of full power from `time` on; `nil` gives the motor back to the program.
        mutating func set(duty: Int?, at time: LabTime, swing: Double) {
            let here = position(at: time, swing: swing)
            origin = duty == nil ? here - swing : here
            since = time.seconds
            self.duty = duty.map(Double.init)
        }
    }

    private var motorA = Motor()
    private var motorB = Motor()
    private var beats = 0

    /// The payload of one of its streams.
    mutating func payload(_ content: Stream.Content, at time: LabTime, random: inout SeededGenerator) -> [UInt8] {
        let text =
            switch content {
            case .motorA: decimal(motorA.position(at: time, swing: swingA(time)), 0)
            case .motorB: decimal(motorB.position(at: time, swing: swingB(time)), 0)
            case .ultrasonic: decimal(60 + 45 * sin(time.seconds / 4.1) + random.spread(0.8), 1)
            case .gyro: decimal(40 * sin(time.seconds / 2.7) + random.spread(1), 0)
            case .battery:
                #"{"v":\#(decimal(max(6, 7.92 - time.seconds / 3_000), 2)),"i":\#(decimal(-0.412 + random.spread(0.03), 3))}"#
            default: beat()
            }
        return Array(text.utf8)
    }

    /// A line of its console: ANSI colour, a terminal title, and bytes that are no UTF-8.
    func debugLine(at time: LabTime) -> [UInt8] {
        Array("\u{1B}[1;33mwarn\u{1B}[0m \u{1B}]0;ev3\u{7}motor A: ".utf8) + [0xC3, 0x28, 0xFF, 0xFE]
            + Array(" stall at \(decimal(time.seconds, 1)) s\r\n".utf8)
    }

    /// What it publishes when it has connected.
    func births() -> [Message] {
        let info = #"{"name":"ev3-1","model":"LEGO EV3","firmware":"ev3dev-stretch","ip":"10.42.0.11","boot":17}"#
        return [
            Message(topic: topicName("robots/ev3-1/info"), payload: Array(info.utf8), isRetained: true),
            Message(
                topic: topicName("robots/ev3-1/status"), payload: Array("online".utf8), qos: .atLeastOnce,
                isRetained: true),
        ]
    }

    /// Sets the duty of the motor `letter`, −100…100; `false` when there is no such motor.
    mutating func set(duty: Int, motor letter: Substring, at time: LabTime) -> Bool {
        switch letter {
        case "A": motorA.set(duty: duty, at: time, swing: swingA(time))
        case "B": motorB.set(duty: duty, at: time, swing: swingB(time))
        default: return false
        }
        return true
    }

    /// Stops both motors, or gives them back to its program.
    mutating func run(_ runs: Bool, at time: LabTime) {
        motorA.set(duty: runs ? nil : 0, at: time, swing: swingA(time))
        motorB.set(duty: runs ? nil : 0, at: time, swing: swingB(time))
    }

    private func swingA(_ time: LabTime) -> Double { 95 * sin(time.seconds * 0.9) }
    private func swingB(_ time: LabTime) -> Double { 95 * sin(time.seconds * 0.9 + 0.6) }

    private mutating func beat() -> String {
        beats += 1
        return String(beats)
    }
}
