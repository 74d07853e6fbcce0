import Glibc
import MQTT

/// The transport vehicle: VDA 5050 version 2 (JSON), driving rounds until it gets an order.
struct AGV: Sendable {
    /// Where its topics begin: interface, major version, manufacturer, serial number.
    static let prefix = "vda5050/v2/demo/agv-0001/"

    private var headers: [String: Int] = [:]
    private var order = (identifier: "round-0017", update: 0)
    private var actions = ""
    private var errors = ""
    private var motion = MotionTime()

    /// The payload of one of its streams.
    mutating func payload(_ content: Stream.Content, at time: LabTime) -> [UInt8] {
        switch content {
        case .state: state(at: time)
        default:
            Array(
                (header("visualization", at: time) + #","agvPosition":\#(position(at: time))"#
                    + #","velocity":\#(velocity(at: time))}"#).utf8)
        }
    }

    /// What it publishes when it has connected.
    mutating func births(at time: LabTime) -> [Message] { [connection("ONLINE", at: time)] }

    /// What the broker publishes when it is gone.
    mutating func will(at time: LabTime) -> Message { connection("CONNECTIONBROKEN", at: time) }

    /// Takes an order: the next state, published at once, names it.
    mutating func take(order payload: [UInt8], at time: LabTime) -> [Message] {
        if let fields = JSONFields(payload), let identifier = fields.string("orderId") {
            order = (identifier, fields.integer("orderUpdateId") ?? 0)
            errors = ""
        } else {
            refuse("order", because: "expected JSON with orderId")
        }
        return [stateMessage(at: time)]
    }

    /// Carries out the first instant action: `startPause` and `stopPause` do what they say, others only finish.
    mutating func take(actions payload: [UInt8], at time: LabTime) -> [Message] {
        if let fields = JSONFields(payload), let type = fields.string("actionType") {
            let identifier = fields.string("actionId") ?? ""
            run(type == "startPause" ? false : type == "stopPause" ? true : motion.isRunning, at: time)
            actions = #"{"actionId":\#(quoted(identifier)),"actionType":\#(quoted(type)),"actionStatus":"FINISHED"}"#
            errors = ""
        } else {
            refuse("instantActions", because: "expected JSON with actionType and actionId")
        }
        return [stateMessage(at: time)]
    }

    /// Pauses or goes on.
    mutating func run(_ runs: Bool, at time: LabTime) { motion.run(runs, at: time) }

    private mutating func refuse(_ what: String, because reason: String) {
        errors =
            #"{"errorType":"validationError","errorReferences":[{"referenceKey":"topic","referenceValue":"\#(what)"}],"#
            + #""errorDescription":"\#(reason)","errorLevel":"WARNING"}"#
    }

    private mutating func stateMessage(at time: LabTime) -> Message {
        Message(topic: topicName(Self.prefix + "state"), payload: state(at: time))
    }

    private mutating func connection(_ state: String, at time: LabTime) -> Message {
        let text = header("connection", at: time) + #","connectionState":"\#(state)"}"#
        return Message(
            topic: topicName(Self.prefix + "connection"), payload: Array(text.utf8), qos: .atLeastOnce, isRetained: true
        )
    }

    /// The fields that begin every message; `headerId` counts per topic.
    private mutating func header(_ name: String, at time: LabTime) -> String {
        headers[name, default: 0] += 1
        return #"{"headerId":\#(headers[name, default: 0]),"timestamp":"\#(timestamp(time.wall))","version":"2.0.0","#
            + #""manufacturer":"demo","serialNumber":"agv-0001""#
    }

    /// Metres driven along the round, 0.8 m/s on a circle of 6 m.
    private func distance(at time: LabTime) -> Double { motion.seconds(at: time) * 0.8 }

    private func position(at time: LabTime) -> String {
        let angle = distance(at: time) / 6
        let heading = (angle + .pi / 2).remainder(dividingBy: 2 * .pi)
        return #"{"x":\#(decimal(12 + 6 * cos(angle), 3)),"y":\#(decimal(8 + 6 * sin(angle), 3)),"#
            + #""theta":\#(decimal(heading, 4)),"mapId":"hall-1","positionInitialized":true,"localizationScore":0.97}"#
    }

    private func velocity(at time: LabTime) -> String {
        motion.isRunning ? #"{"vx":0.80,"vy":0.00,"omega":0.133}"# : #"{"vx":0.00,"vy":0.00,"omega":0.000}"#
    }

    private mutating func state(at time: LabTime) -> [UInt8] {
        let distance = distance(at: time)
        let passed = Int(distance / 9.42)
        func node(_ ahead: Int) -> String {
            let number = passed + ahead
            let angle = Double(number) * .pi / 2
            return #"{"nodeId":"N\#(number % 4 + 1)","sequenceId":\#(number * 2),"released":\#(ahead < 3),"#
                + #""nodePosition":{"x":\#(decimal(12 + 6 * cos(angle), 1)),"#
                + #""y":\#(decimal(8 + 6 * sin(angle), 1)),"mapId":"hall-1"}}"#
        }
        func edge(_ ahead: Int) -> String {
            #"{"edgeId":"E\#((passed + ahead) % 4 + 1)","sequenceId":\#((passed + ahead) * 2 + 1),"#
                + #""released":\#(ahead < 2)}"#
        }
        let parts = [
            header("state", at: time) + #","orderId":\#(quoted(order.identifier)),"orderUpdateId":\#(order.update)"#,
            #""zoneSetId":"hall-1-zones-3""#,
            #""lastNodeId":"N\#(passed % 4 + 1)","lastNodeSequenceId":\#(passed * 2),"driving":\#(motion.isRunning)"#,
            #""paused":\#(!motion.isRunning),"newBaseRequest":false"#,
            #""distanceSinceLastNode":\#(decimal(distance - Double(passed) * 9.42, 2))"#,
            #""operatingMode":"AUTOMATIC","nodeStates":[\#((1...3).map(node).joined(separator: ","))]"#,
            #""edgeStates":[\#((0...2).map(edge).joined(separator: ","))],"agvPosition":\#(position(at: time))"#,
            #""velocity":\#(velocity(at: time))"#,
            #""loads":[{"loadId":"KLT-4711","loadType":"EURO_BOX","loadPosition":"front","weight":12.5}]"#,
            #""actionStates":[\#(actions)]"#,
            #""batteryState":{"batteryCharge":\#(decimal(max(5, 83.5 - time.seconds / 60), 1))"#,
            #""batteryVoltage":\#(decimal(max(22, 25.41 - time.seconds / 9_000), 2)),"charging":false,"reach":4200}"#,
            #""errors":[\#(errors)],"information":[{"infoType":"round","#
                + #""infoDescription":"driving rounds until an order comes","infoLevel":"INFO"}]"#,
            #""safetyState":{"eStop":"NONE","fieldViolation":false}}"#,
        ]
        return Array(parts.joined(separator: ",").utf8)
    }
}
