import Foundation
import MQTT
import MQTTClient
import TestSupport
import Testing

@Suite("Client and paho-mqtt at the other side of a mosquitto", .serialized)
struct PahoTests {
    /// A message as the scripts write and read it.
    private struct Line: Codable, Equatable {
        var topic: String
        var payload: String
        var qos: UInt8
        var retain: Bool
        var type: String?
        var response: String?
        var correlation: String?
        var expiry: UInt32?
        var user: [[String]]?

        /// The broker counts its own time off the expiry [MQTT-3.3.2-6]: here that is not more than a few minutes.
        var steady: Line {
            var line = self
            if let expiry, (PahoTests.expiry - 600...PahoTests.expiry).contains(expiry) {
                line.expiry = PahoTests.expiry
            }
            return line
        }

        init(_ message: Message) {
            let properties = message.properties
            topic = message.topic.string
            payload = Self.hexadecimal(message.payload)
            qos = message.qos.rawValue
            retain = message.isRetained
            guard properties != Properties() else { return }
            type = properties.contentType
            response = properties.responseTopic
            correlation = properties.correlationData.map(Self.hexadecimal)
            expiry = properties.messageExpiryInterval
            user = properties.userProperties.map { [$0.name, $0.value] }
        }

        private static func hexadecimal(_ bytes: [UInt8]) -> String {
            bytes.map { String(format: "%02x", $0) }.joined()
        }
    }

    private static let expiry: UInt32 = 4_000_000
    private static let everyByte = (0...255).map { UInt8($0) }

    /// Messages of every QoS, kept and not, with all properties a publisher has in 5.0.
    private func messages(_ version: ProtocolVersion) -> [Message] {
        QoS.allCases.flatMap { qos in
            [false, true].map { isRetained in
                var properties = Properties()
                if version >= .v5_0 {
                    properties.contentType = "text/plain; ü"
                    properties.responseTopic = "answers/\(qos.rawValue)"
                    properties.correlationData = Self.everyByte
                    properties.messageExpiryInterval = Self.expiry
                    properties.userProperties = [
                        UserProperty("a", "1"), UserProperty("a", "2"), UserProperty("", ""), UserProperty("ö", "日本"),
                    ]
                }
                return Message(
                    topic: name("to/\(qos.rawValue)/\(isRetained)/ü"), payload: Self.everyByte, qos: qos,
                    isRetained: isRetained, properties: properties)
            }
        }
    }

    private func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }

    /// What a script has written of messages.
    private func lines(_ program: Program) throws -> [Line] {
        try program.lines.filter { $0.hasPrefix("{") }.map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8)).steady
        }
    }

    /// The messages that came, as the scripts would write them.
    private func lines(_ bench: ClientBench, _ count: Int) throws -> [Line] {
        _ = try bench.messages(count)
        return try bench.deliveries.flatMap { delivery -> [Line] in
            guard case .messages(let batch) = delivery else { return [] }
            return try batch.records.map { record in
                Line(
                    Message(
                        topic: try TopicName(String(decoding: batch.topic(record), as: UTF8.self)),
                        payload: Array(batch.payload(record)), qos: record.flags.qos,
                        isRetained: record.flags.isRetained,
                        properties: try Properties(decoding: batch.properties(record), of: .publishToClient))
                ).steady
            }
        }
    }

    /// A client of ours that hears everything.
    private func listener(_ broker: Mosquitto, _ version: ProtocolVersion) throws -> ClientBench {
        let bench = ClientBench(port: broker.port) {
            $0.version = version
            $0.subscriptions = [Subscription(.everything, qos: .exactlyOnce)]
        }
        bench.client.start()
        try bench.granted(.everything)
        return bench
    }

    private func number(_ version: ProtocolVersion) -> Int { version >= .v5_0 ? 5 : 4 }

    /// `lines` as somebody sees them who has subscribed before: not kept for him.
    private func live(_ lines: [Line]) -> [Line] {
        lines.map { line in
            var line = line
            line.retain = false
            return line
        }
    }

    @Test("what we publish it gets byte for byte", arguments: [ProtocolVersion.v5_0, .v3_1_1])
    func toPaho(version: ProtocolVersion) throws {
        let broker = try Mosquitto()
        let early = try Paho.subscriber(port: broker.port, version: number(version))
        let bench = ClientBench(port: broker.port) { $0.version = version }
        bench.client.start()
        try bench.connected()
        let messages = messages(version)
        let sent = messages.map(Line.init)
        for (index, message) in messages.enumerated() {
            bench.client.publish(message, id: RequestID(rawValue: UInt64(index)))
            try early.waitUntil("message \(index)") { _ in (try? lines(early).count) == index + 1 }
        }
        #expect(try lines(early) == live(sent))
        // Who subscribes later gets what was kept.
        let late = try Paho.subscriber(port: broker.port, version: number(version))
        try late.waitUntil("kept messages") { _ in (try? lines(late).count) == 3 }
        #expect(try lines(late).sorted { $0.topic < $1.topic } == sent.filter(\.retain))
    }

    @Test("what it publishes we get byte for byte", arguments: [ProtocolVersion.v5_0, .v3_1_1])
    func fromPaho(version: ProtocolVersion) throws {
        let broker = try Mosquitto()
        let early = try listener(broker, version)
        let sent = messages(version).map(Line.init)
        try Paho.publish(json(sent), port: broker.port, version: number(version))
        // In 5.0 our subscriptions ask for RETAIN as it was published.
        #expect(try lines(early, sent.count) == (version >= .v5_0 ? sent : live(sent)))
        let late = ClientBench(port: broker.port) {
            $0.clientIdentifier = "late"
            $0.version = version
            $0.subscriptions = [Subscription(.everything, qos: .exactlyOnce)]
        }
        late.client.start()
        #expect(try lines(late, 3).sorted { $0.topic < $1.topic } == sent.filter(\.retain))
    }

    @Test(
        "wills of both sides come when the connection is cut, delayed where 5.0 says so",
        arguments: [ProtocolVersion.v5_0, .v3_1_1])
    func wills(version: ProtocolVersion) throws {
        let broker = try Mosquitto()
        let will = messages(version)[2]
        let paho = try Paho.subscriber(port: broker.port, version: number(version))
        let bench = try listener(broker, version)
        let mortal = ClientBench(port: broker.port) {
            $0.clientIdentifier = "mortal"
            $0.version = version
            $0.will = Will(message: will, delayInterval: 1)
            $0.sessionExpiryInterval = 60
            $0.reconnects = false
        }
        mortal.client.start()
        try mortal.connected()
        mortal.client.drop()
        try paho.waitUntil("our will") { _ in (try? lines(paho).count) == 1 }
        #expect(try lines(paho) == [Line(will)] && lines(bench, 1) == [Line(will)])
        let other = try Paho.mortal(json(Line(will)), delay: 1, port: broker.port, version: number(version))
        try other.crash()
        #expect(try lines(bench, 2)[1] == Line(will))
    }

    @Test("a will that is delayed is not published when we are back in time; a DISCONNECT takes it away")
    func willWithdrawn() throws {
        let broker = try Mosquitto()
        let paho = try Paho.subscriber(port: broker.port, version: 5)
        let bench = ClientBench(port: broker.port) {
            $0.cleanStart = false
            $0.sessionExpiryInterval = 60
            $0.will = Will(message: Message(topic: name("will")), delayInterval: 60)
        }
        bench.client.start()
        try bench.connected()
        bench.client.drop()
        #expect(try bench.connected().isSessionPresent)
        bench.client.stop(timeoutMilliseconds: 10_000)
        // With its session the will would be published now.
        let second = ClientBench(port: broker.port)
        second.client.start()
        guard case .acknowledged = try second.publish("end", qos: .atLeastOnce) else { throw Unexpected() }
        try paho.waitUntil("end") { _ in (try? lines(paho).isEmpty) == false }
        #expect(try lines(paho).map(\.topic) == ["end"])
    }
}
