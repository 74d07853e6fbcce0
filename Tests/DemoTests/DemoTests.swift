import CLinux
import Demo
import Glibc
import MQTT
import MQTTClient
import Testing

/// A client that keeps what it sees.
private final class Watcher {
    let client: Client
    private let inbox = Inbox()
    private(set) var counts: [String: Int] = [:]
    private(set) var payloads: [String: [[UInt8]]] = [:]
    private(set) var properties: [String: Properties] = [:]
    private(set) var log: [String] = []
    private(set) var status = ConnectionStatus.idle
    private(set) var outcomes: [RequestID: Outcome] = [:]

    init(_ endpoint: Endpoint, user: String?, password: String, filters: [TopicFilter] = []) {
        var configuration = ClientConfiguration(
            endpoint: endpoint, clientIdentifier: "watcher-" + String(clinux_random(), radix: 36))
        configuration.userName = user
        configuration.password = user.map { _ in Array(password.utf8) }
        configuration.version = .v5_0
        configuration.reconnects = false
        configuration.subscriptions = filters.map { Subscription($0) }
        client = Client(configuration: configuration, inbox: inbox, now: { Instant(nanoseconds: clinux_now()) })
        client.start()
    }

    /// The monitor, who sees everything.
    convenience init(_ demo: Demo) {
        self.init(demo.endpoint, user: Demo.userName, password: Demo.password, filters: [.everything, .system])
    }

    deinit { client.stop(timeoutMilliseconds: 500) }

    /// Forgets how often each topic was heard.
    func resetCounts() { counts = [:] }

    /// Takes what came in until `condition` holds, at most `seconds`; whether it holds.
    func wait(_ seconds: Double, until condition: (Watcher) -> Bool) -> Bool {
        let deadline = clinux_now() + Int64(seconds * 1e9)
        while true {
            for delivery in inbox.take() { note(delivery) }
            if condition(self) { return true }
            guard clinux_now() < deadline else { return false }
            clinux_wait_readable(inbox.fileDescriptor, 20)
            usleep(5_000)
        }
    }

    /// Whether the broker's log has a line that ends so, wait for it if need be.
    func hears(_ ending: String, within seconds: Double) -> Bool {
        wait(seconds) { $0.log.contains { $0.hasSuffix(ending) } }
    }

    private func note(_ delivery: Delivery) {
        switch delivery {
        case .status(let status): self.status = status
        case .outcome(let request, let outcome): outcomes[request] = outcome
        case .messages(let batch):
            for record in batch.records {
                let topic = String(decoding: batch.topic(record), as: UTF8.self)
                counts[topic, default: 0] += 1
                if topic.hasPrefix("$SYS/broker/log/") {
                    log.append(String(decoding: batch.payload(record), as: UTF8.self))
                } else {
                    payloads[topic, default: []].append(Array(batch.payload(record)))
                    properties[topic] = try? Properties(decoding: batch.properties(record), of: .publishToClient)
                }
            }
        default: break
        }
    }
}

/// Whether this is a refusal of the server to let us in.
private func isRefused(_ status: ConnectionStatus) -> Bool {
    switch status {
    case .failed(let failure), .waiting(let failure, _):
        if case .refused(.notAuthorized, _, _) = failure.cause { true } else { false }
    default: false
    }
}

@Suite("The demo on a real mosquitto")
struct DemoTests {
    @Test("half a minute: all robots at their rates, then every fault in the broker's log, and all come back")
    func halfMinute() throws {
        let demo = try Demo(options: DemoOptions(seed: 3))
        let watcher = Watcher(demo)
        #expect(watcher.wait(5) { if case .connected = $0.status { true } else { false } })
        demo.start()
        let fastTopics = measuredRates.filter { $0.rate > 1 }.map(\.topic)
        #expect(watcher.wait(5) { watcher in fastTopics.allSatisfy { watcher.counts[$0] != nil } })
        watcher.resetCounts()
        let start = clinux_now()
        _ = watcher.wait(30) { _ in false }
        let seconds = Double(clinux_now() - start) / 1e9
        for (topic, rate) in measuredRates {
            let count = watcher.counts[topic] ?? 0
            // A slow stream may have one message more or less than its share.
            let share = rate * seconds
            let bounds = min(0.8 * share, share - 1.2)...max(1.2 * share, share + 1.2)
            #expect(bounds.contains(Double(count)), "\(topic): \(count) in \(seconds) s, \(rate) a second expected")
        }
        let all = watcher.counts.filter { !$0.key.hasPrefix("$") }.values.reduce(0, +)
        #expect((140...230).contains(Double(all) / seconds), "\(all) messages in \(seconds) s")

        #expect(watcher.hears("Client <unknown> disconnected, not authorised.", within: 1))
        #expect(watcher.hears("Client uav1 already connected, closing old connection.", within: 1))
        #expect(watcher.payloads["robots/uav1/status"]?.contains(Array("offline".utf8)) == true)
        #expect(watcher.hears("Client tb3 disconnected due to oversize packet.", within: 1))
        #expect(watcher.payloads["robots/tb3/status"]?.contains(Array(#"{"state":"offline"}"#.utf8)) == true)
        #expect(watcher.counts["robots/tb3/map"] == nil)
        #expect(watcher.hears("Client quad has exceeded timeout, disconnecting.", within: 16))
        #expect(watcher.payloads["robots/quad/status"]?.last == [0])
        #expect(watcher.wait(8) { $0.payloads["robots/quad/status"]?.last == [1] })
        for robot in Robot.allCases {
            let connections = watcher.log.filter {
                $0.contains("New client connected from 127.0.0.1:") && $0.contains(" as \(robot.name) (")
            }
            #expect(!connections.isEmpty)
            if robot == .uav1 { #expect(connections.count >= 3) }
        }
        demo.stop()
        #expect(access(demo.broker.folder, F_OK) != 0)
        #expect(kill(demo.broker.processIdentifier, 0) != 0)
    }

    @Test("strangers stay out, robots keep to their own topics")
    func permissions() throws {
        let demo = try Demo(options: DemoOptions(faults: false))
        let anonymous = Watcher(demo.endpoint, user: nil, password: "")
        let wrong = Watcher(demo.endpoint, user: "ev3-1", password: "demo")
        #expect(anonymous.wait(5) { isRefused($0.status) })
        #expect(wrong.wait(5) { isRefused($0.status) })
        let robot = Watcher(demo.endpoint, user: "ev3-1", password: "demo-ev3-1")
        robot.client.publish(RobotLab.deniedMessage(), id: RequestID(rawValue: 1))
        let own = Message(topic: try TopicName("robots/ev3-1/test"), qos: .atLeastOnce)
        robot.client.publish(own, id: RequestID(rawValue: 2))
        let isAnswered = robot.wait(5) { watcher in
            guard case .acknowledged(let denied, _, _) = watcher.outcomes[RequestID(rawValue: 1)],
                case .acknowledged(let allowed, _, _) = watcher.outcomes[RequestID(rawValue: 2)]
            else { return false }
            return denied == .notAuthorized && !allowed.isFailure
        }
        #expect(isAnswered)
    }

    @Test("robots obey over the network, with Response Topic and Correlation Data")
    func commands() throws {
        let demo = try Demo(options: DemoOptions(faults: false))
        let watcher = Watcher(demo)
        demo.start()
        let first = [
            "robots/ev3-1/status", "robots/tb3/status", "spBv1.0/demo/NBIRTH/arm6", "vda5050/v2/demo/agv-0001/state",
        ]
        #expect(watcher.wait(5) { watcher in first.allSatisfy { watcher.payloads[$0] != nil } })
        var command = Message(topic: try TopicName("robots/ev3-1/cmd"), payload: Array(#"{"cmd":"stop"}"#.utf8))
        command.properties.responseTopic = "robots/ev3-1/reply"
        command.properties.correlationData = [1, 0, 2]
        watcher.client.publish(command, id: RequestID(rawValue: 1))
        let answer = Array(#"{"cmd":"stop","ok":true,"robot":"ev3-1"}"#.utf8)
        #expect(watcher.wait(5) { $0.payloads["robots/ev3-1/reply"] == [answer] })
        #expect(watcher.properties["robots/ev3-1/reply"]?.correlationData == [1, 0, 2])
        #expect(watcher.wait(5) { $0.payloads["robots/ev3-1/ack"] == [answer] })

        command = Message(topic: try TopicName("robots/tb3/cmd"), payload: Array(#"{"cmd":"stop"}"#.utf8))
        watcher.client.publish(command, id: RequestID(rawValue: 2))
        #expect(watcher.wait(5) { $0.payloads["robots/tb3/ack"]?.count == 1 })

        let order = Message(
            topic: try TopicName("vda5050/v2/demo/agv-0001/order"),
            payload: Array(#"{"orderId":"pick-7","orderUpdateId":0}"#.utf8), qos: .atLeastOnce)
        watcher.client.publish(order, id: RequestID(rawValue: 3))
        let isTaken = watcher.wait(5) { watcher in
            let states = watcher.payloads["vda5050/v2/demo/agv-0001/state"] ?? []
            return states.contains { String(decoding: $0, as: UTF8.self).contains(#""orderId":"pick-7""#) }
        }
        #expect(isTaken)
        let name = Array("Node Control/Rebirth".utf8)
        let metric: [UInt8] = [0x0A, UInt8(name.count)] + name + [0x20, 11, 0x70, 1]
        let rebirth = Message(
            topic: try TopicName("spBv1.0/demo/NCMD/arm6"), payload: [0x12, UInt8(metric.count)] + metric)
        let births = watcher.counts["spBv1.0/demo/NBIRTH/arm6"] ?? 0
        watcher.client.publish(rebirth, id: RequestID(rawValue: 4))
        #expect(watcher.wait(5) { ($0.counts["spBv1.0/demo/NBIRTH/arm6"] ?? 0) > births })
        #expect(watcher.counts["robots/ev3-0/status"] == 1)
    }
}
