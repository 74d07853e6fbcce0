import Demo
import MQTT
import Testing

/// What `robot` answers to `payload` on `topic` after `seconds`.
private func answers(
    _ lab: inout RobotLab, _ robot: Robot, _ topic: String, _ payload: [UInt8], seconds: Double = 5,
    properties: Properties = Properties()
) throws -> [Message] {
    let message = Message(topic: try TopicName(topic), payload: payload, properties: properties)
    return lab.received(message, by: robot, at: Instant(nanoseconds: Int64(seconds * 1e9)))
}

/// The payloads that a topic gets in the two seconds before `seconds`.
private func recent(_ lab: inout RobotLab, _ topic: String, until seconds: Double) -> [[UInt8]] {
    lab.next(until: Instant(nanoseconds: Int64(seconds * 1e9))).compactMap { event in
        guard case .publish(let message) = event.kind, message.topic.string == topic else { return nil }
        return message.payload
    }
}

@Suite("What the robots of the lab obey")
struct LabCommandTests {
    @Test("every robot acknowledges stop", arguments: Robot.allCases)
    func stop(robot: Robot) throws {
        var lab = connectedLab(seed: 1, faults: false)
        let answer = try answers(&lab, robot, "robots/\(robot.name)/cmd", Array(#"{ "cmd" : "stop" }"#.utf8))
        #expect(answer.map(\.topic.string) == ["robots/\(robot.name)/ack"])
        #expect(answer[0].payload == Array(#"{"cmd":"stop","ok":true,"robot":"\#(robot.name)"}"#.utf8))
    }

    @Test("Response Topic and Correlation Data are honoured")
    func response() throws {
        var lab = connectedLab(seed: 1, faults: false)
        var properties = Properties()
        properties.responseTopic = "robots/ev3-1/reply/1"
        properties.correlationData = [0, 255, 7]
        let answer = try answers(
            &lab, .ev3, "robots/ev3-1/cmd", Array(#"{"cmd":"stop"}"#.utf8), properties: properties)
        #expect(answer.map(\.topic.string) == ["robots/ev3-1/ack", "robots/ev3-1/reply/1"])
        #expect(answer.allSatisfy { $0.properties.correlationData == [0, 255, 7] })
        properties.responseTopic = "not/#/a topic"
        let plain = try answers(&lab, .ev3, "robots/ev3-1/cmd", Array(#"{"cmd":"stop"}"#.utf8), properties: properties)
        #expect(plain.count == 1)
    }

    @Test("a stopped robot stands still and goes on when it is told")
    func motion() throws {
        var lab = connectedLab(seed: 1, faults: false)
        _ = recent(&lab, "", until: 3)
        _ = try answers(&lab, .tb3, "robots/tb3/cmd", Array(#"{"cmd":"stop"}"#.utf8), seconds: 3)
        #expect(Set(recent(&lab, "robots/tb3/cmd_vel_cdr", until: 5)).count == 1)
        _ = try answers(&lab, .tb3, "robots/tb3/cmd", Array(#"{"cmd":"start"}"#.utf8), seconds: 5)
        #expect(Set(recent(&lab, "robots/tb3/cmd_vel_cdr", until: 7)).count > 10)
    }

    @Test("a motor turns with the duty it is given")
    func duty() throws {
        var lab = connectedLab(seed: 1, faults: false)
        _ = recent(&lab, "", until: 3)
        let answer = try answers(&lab, .ev3, "robots/ev3-1/motor/A/duty", Array("50".utf8), seconds: 3)
        #expect(answer.map(\.payload) == [Array(#"{"cmd":"duty","motor":"A","duty":50,"ok":true}"#.utf8)])
        let positions = recent(&lab, "robots/ev3-1/motor/A/position", until: 5).compactMap {
            Int(String(decoding: $0, as: UTF8.self))
        }
        #expect(positions.count > 15)
        #expect(zip(positions.dropFirst(), positions).allSatisfy { $0 > $1 })
        #expect(positions[positions.count - 1] - positions[0] > 600)
    }

    @Test(
        "nonsense is refused in words and changes nothing",
        arguments: ["", "{", "stop", #"{"cmd":7}"#, #"{"cmd":"fly\"}"#, #"{"cmd":"fly \" me"}"#])
    func nonsense(text: String) throws {
        var lab = connectedLab(seed: 1, faults: false)
        for topic in ["robots/ev3-1/cmd", "robots/ev3-1/motor/A/duty", "robots/ev3-1/motor/Z/duty"] {
            let answer = try answers(&lab, .ev3, topic, Array(text.utf8))
            #expect(answer.count == 1)
            #expect(String(decoding: answer[0].payload, as: UTF8.self).contains(#""ok":false,"error":"send "#))
        }
        for topic in ["order", "instantActions"] {
            let answer = try answers(&lab, .agv, "vda5050/v2/demo/agv-0001/" + topic, Array(text.utf8))
            #expect(answer.count == 1)
            #expect(String(decoding: answer[0].payload, as: UTF8.self).contains(#""errorType":"validationError""#))
        }
        #expect(try answers(&lab, .arm6, "spBv1.0/demo/NCMD/arm6", Array(text.utf8)).isEmpty)
    }

    @Test("an order stands in the next state, which comes at once")
    func order() throws {
        var lab = connectedLab(seed: 1, faults: false)
        let order = Array(#"{"headerId":1,"orderId":"pick-\u0041\"7","orderUpdateId":3,"nodes":[]}"#.utf8)
        let answer = try answers(&lab, .agv, "vda5050/v2/demo/agv-0001/order", order)
        #expect(answer.map(\.topic.string) == ["vda5050/v2/demo/agv-0001/state"])
        let text = String(decoding: answer[0].payload, as: UTF8.self)
        #expect(text.contains(#""orderId":"pick-A\"7","orderUpdateId":3"#))
    }

    @Test("instant actions are finished and pause the vehicle")
    func actions() throws {
        var lab = connectedLab(seed: 1, faults: false)
        let actions = Array(#"{"actions":[{"actionType":"startPause","actionId":"a1","blockingType":"HARD"}]}"#.utf8)
        let answer = try answers(&lab, .agv, "vda5050/v2/demo/agv-0001/instantActions", actions)
        let text = String(decoding: try #require(answer.first).payload, as: UTF8.self)
        let finished = #"{"actionId":"a1","actionType":"startPause","actionStatus":"FINISHED"}"#
        #expect(text.contains(#""actionStates":[\#(finished)]"#))
        #expect(text.contains(#""driving":false,"paused":true"#))
    }

    @Test("a Sparkplug rebirth command brings the births again")
    func rebirth() throws {
        var lab = connectedLab(seed: 1, faults: false)
        let name = Array("Node Control/Rebirth".utf8)
        let metric: [UInt8] = [0x0A, UInt8(name.count)] + name + [0x20, 11, 0x70, 1]
        let payload: [UInt8] = [0x08, 0x01, 0x12, UInt8(metric.count)] + metric
        let answer = try answers(&lab, .arm6, "spBv1.0/demo/NCMD/arm6", payload)
        #expect(answer.map(\.topic.string) == ["spBv1.0/demo/NBIRTH/arm6", "spBv1.0/demo/DBIRTH/arm6/gripper"])
        #expect(try answers(&lab, .arm6, "spBv1.0/demo/NCMD/arm6", Array(payload.dropLast())).isEmpty)
    }

    @Test("no bytes of a command make a robot fall over", arguments: 0..<8 as Range<UInt64>)
    func garbage(seed: UInt64) throws {
        var lab = connectedLab(seed: 1, faults: false)
        var generator = SystemSeed(state: seed)
        let topics: [(Robot, String)] = [
            (.ev3, "robots/ev3-1/cmd"), (.ev3, "robots/ev3-1/motor/B/duty"), (.arm6, "spBv1.0/demo/NCMD/arm6"),
            (.agv, "vda5050/v2/demo/agv-0001/order"), (.agv, "vda5050/v2/demo/agv-0001/instantActions"),
        ]
        let syntax = Array(#"{}[]",:\u0041"#.utf8)
        for _ in 0..<400 {
            var payload: [UInt8] = Bool.random(using: &generator) ? Array(#"{"cmd":"#.utf8) : []
            for _ in 0..<Int.random(in: 0...60, using: &generator) {
                let byte = UInt8.random(in: 0...255, using: &generator)
                payload.append(Bool.random(using: &generator) ? byte : syntax[Int(byte) % syntax.count])
            }
            for (robot, topic) in topics { _ = try answers(&lab, robot, topic, payload) }
        }
    }
}

/// Random bytes that are the same in every run.
private struct SystemSeed: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
