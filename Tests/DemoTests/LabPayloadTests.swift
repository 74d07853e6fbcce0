import Demo
import Foundation
import MQTT
import Testing

/// What the lab says in half a minute, with its faults, by topic: every payload in order.
private let halfMinute: [String: [[UInt8]]] = payloads(seed: 7, seconds: 31)

/// The payloads of the traffic of a lab, by topic.
func payloads(seed: UInt64, seconds: Double, faults: Bool = true) -> [String: [[UInt8]]] {
    var result: [String: [[UInt8]]] = [:]
    for batch in RobotLab.traffic(seed: seed, seconds: seconds, faults: faults) {
        for record in batch.records {
            let topic = String(decoding: batch.topic(record), as: UTF8.self)
            result[topic, default: []].append(Array(batch.payload(record)))
        }
    }
    return result
}

/// The first JPEG marker segment of a kind in a file: its content.
private func segment(_ marker: UInt8, of file: [UInt8]) -> ArraySlice<UInt8>? {
    var index = 2
    while index + 4 < file.count, file[index] == 0xFF {
        let length = Int(file[index + 2]) << 8 | Int(file[index + 3])
        if file[index + 1] == marker { return file[(index + 4)..<(index + 2 + length)] }
        index += 2 + length
    }
    return nil
}

@Suite("What the robots of the lab say")
struct LabPayloadTests {
    @Test(
        "payloads have the sizes of real robots",
        arguments: [
            ("robots/ev3-1/battery", 21), ("robots/ev3-1/info", 100), ("robots/quad/foot", 8), ("robots/quad/imu", 28),
            ("robots/quad/joints", 72), ("robots/tb3/camera/jpeg", 7_350), ("robots/tb3/cmd_vel_cdr", 52),
            ("robots/tb3/odom", 797), ("robots/tb3/scan", 1_856), ("robots/uav1/ATTITUDE", 165),
            ("robots/uav1/GLOBAL_POSITION_INT", 137), ("robots/uav1/HEARTBEAT", 104), ("robots/uav1/STATUSTEXT", 49),
            ("spBv1.0/demo/DBIRTH/arm6/gripper", 38), ("spBv1.0/demo/DDATA/arm6/gripper", 31),
            ("spBv1.0/demo/NBIRTH/arm6", 284), ("spBv1.0/demo/NDATA/arm6", 190),
            ("vda5050/v2/demo/agv-0001/connection", 157), ("vda5050/v2/demo/agv-0001/state", 1_415),
            ("vda5050/v2/demo/agv-0001/visualization", 309),
        ])
    func sizes(topic: String, bytes: Int) throws {
        let all = try #require(halfMinute[topic])
        let average = Double(all.map(\.count).reduce(0, +)) / Double(all.count)
        #expect(abs(average / Double(bytes) - 1) <= 0.1, "\(topic): \(average) B instead of about \(bytes)")
    }

    @Test(
        "what looks like JSON is valid JSON",
        arguments: [
            "robots/ev3-1/battery", "robots/ev3-1/info", "robots/ev3-0/info", "robots/tb3/odom", "robots/tb3/status",
            "robots/uav1/ATTITUDE", "robots/uav1/HEARTBEAT", "robots/uav1/GLOBAL_POSITION_INT",
            "robots/uav1/STATUSTEXT",
            "vda5050/v2/demo/agv-0001/connection", "vda5050/v2/demo/agv-0001/state",
            "vda5050/v2/demo/agv-0001/visualization", "robots/tb3/Räume/会議室 2/Größe",
        ])
    func json(topic: String) throws {
        for payload in try #require(halfMinute[topic]) {
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(payload)) }
        }
    }

    @Test("bare text is one number")
    func bareText() throws {
        for topic in ["motor/A/position", "motor/B/position", "sensor/us", "sensor/gyro", "heartbeat"] {
            let all = try #require(halfMinute["robots/ev3-1/" + topic])
            #expect(all.allSatisfy { Double(String(decoding: $0, as: UTF8.self)) != nil })
            #expect(Set(all).count > 5, "\(topic) moves")
        }
    }

    @Test("the keys of a message keep their order")
    func keyOrder() throws {
        let odometry = String(decoding: try #require(halfMinute["robots/tb3/odom"]?.first), as: UTF8.self)
        #expect(odometry.hasPrefix(#"{"header":{"seq":4001,"stamp":{"sec":1795521840,"nanosec":"#))
        let state = String(decoding: try #require(halfMinute["vda5050/v2/demo/agv-0001/state"]?.first), as: UTF8.self)
        #expect(state.hasPrefix(#"{"headerId":1,"timestamp":"2026-11-24T12:04:0"#))
    }

    @Test("VDA 5050 counts its headers for each topic without a gap")
    func headers() throws {
        for name in ["state", "visualization"] {
            let all = try #require(halfMinute["vda5050/v2/demo/agv-0001/" + name])
            let numbers = try all.map {
                try #require(JSONSerialization.jsonObject(with: Data($0)) as? [String: Any])["headerId"] as? Int
            }
            #expect(numbers == Array(1...all.count).map(Optional.some))
        }
    }

    @Test("camera pictures begin and end as JPEG files do and say 320×240")
    func pictures() throws {
        for file in try #require(halfMinute["robots/tb3/camera/jpeg"]) {
            #expect(file.starts(with: [0xFF, 0xD8, 0xFF, 0xE0]))
            #expect(file.suffix(2) == [0xFF, 0xD9])
            #expect(segment(0xC0, of: file).map(Array.init)?.prefix(5) == [8, 0, 240, 1, 64])
            #expect(segment(0xE0, of: file)?.starts(with: Array("JFIF".utf8)) == true)
        }
    }

    @Test("a laser scan is a MessagePack map of four with 360 ranges inside the room")
    func scan() throws {
        for payload in try #require(halfMinute["robots/tb3/scan"]) {
            #expect(payload.first == 0x84)
            let ranges = payload.count - 360 * 5
            #expect(Array(payload[(ranges - 3)..<ranges]) == [0xDC, 1, 104])
            for index in 0..<360 {
                let start = ranges + index * 5
                #expect(payload[start] == 0xCA)
                let bits = payload[(start + 1)..<(start + 5)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                let range = Float(bitPattern: bits)
                #expect(range >= 0.12 && range < 9.5)
            }
        }
    }

    @Test("Sparkplug sequence numbers begin with 0 at the birth and go on without a gap")
    func sparkplug() throws {
        var expected: UInt8 = 0
        var count = 0
        for batch in RobotLab.traffic(seed: 1, seconds: 60) {
            for record in batch.records where batch.topic(record).starts(with: Array("spBv1.0/".utf8)) {
                // Field 3, a varint, is the last.
                let field: [UInt8] = expected < 128 ? [0x18, expected] : [0x18, expected, 1]
                #expect(batch.payload(record).suffix(field.count) == field[...])
                expected &+= 1
                count += 1
            }
        }
        #expect(count > 300)
    }

    @Test("hostile text is part of the lab: escape sequences, invalid UTF-8, odd topic names")
    func hostile() throws {
        let lines = try #require(halfMinute["robots/ev3-1/debug"])
        #expect(lines.allSatisfy { $0.contains(0x1B) && String(validating: $0, as: UTF8.self) == nil })
        #expect(halfMinute.keys.contains { $0.contains(" ") && $0.contains("ö") && $0.contains("会") })
    }

    @Test("a robot that no longer exists has left retained messages")
    func leftovers() {
        let batch = RobotLab.traffic(seed: 1, seconds: 1)[0]
        let left = batch.records.filter { String(decoding: batch.topic($0), as: UTF8.self).hasPrefix("robots/ev3-0/") }
        #expect(left.count == 3)
        #expect(left.allSatisfy { $0.flags.isRetained })
        #expect(payloads(seed: 1, seconds: 20)["robots/ev3-0/status"]?.count == 1)
    }
}
