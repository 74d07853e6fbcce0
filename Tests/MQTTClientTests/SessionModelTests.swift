import MQTT
import MQTTCodec
import Testing

@testable import MQTTClient

/// A session and a model server with a line between them on which packets wait, and on which they are lost with the
/// connection.
private struct Line {
    var bench: SessionBench
    var server: ModelServer
    /// On their way, oldest first.
    var toServer: [Packet] = []
    var toClient: [Packet] = []
    /// What came out at the client's end.
    var delivered: [String] = []
    var random: SeededGenerator

    init(seed: Int) {
        random = SeededGenerator(seed: UInt64(seed))
        let maximum = UInt16.random(in: 1...4, using: &random)
        let isClean = Bool.random(using: &random)
        bench = SessionBench {
            $0.cleanStart = isClean
            $0.sessionExpiryInterval = 60
            $0.receiveMaximum = maximum
        }
        server = ModelServer(
            receiveMaximum: Int(maximum), ownMaximum: Int.random(in: 1...6, using: &random))
    }

    /// What the session did in its last step goes on the line.
    mutating func collect(_ sent: [Packet]) {
        toServer += sent
        delivered += bench.messages
    }

    mutating func connect() throws {
        bench.session.open(version: .v5_0, at: bench.now)
        collect(try bench.sent())
    }

    /// The connection breaks; what is on its way arrives in part or not at all.
    mutating func lose() throws {
        for _ in 0..<Int.random(in: 0...toServer.count, using: &random) {
            // What the server says to it is lost.
            _ = server.receive(toServer.removeFirst())
        }
        for _ in 0..<Int.random(in: 0...toClient.count, using: &random) {
            try bench.receive(toClient.removeFirst())
            delivered += bench.messages
        }
        toServer = []
        toClient = []
        server.lose()
        try bench.lose()
        delivered += bench.messages
    }

    mutating func stepServer() {
        guard !toServer.isEmpty else { return }
        toClient += server.receive(toServer.removeFirst())
    }

    /// Several packets in one read, sometimes.
    mutating func stepClient() throws {
        let count = min(toClient.count, Int.random(in: 1...3, using: &random))
        guard count > 0 else { return }
        var bytes: [UInt8] = []
        for packet in toClient.prefix(count) {
            try PacketEncoder(role: .server, version: .v5_0).encode(packet, into: &bytes)
        }
        toClient.removeFirst(count)
        collect(try bench.receive(bytes))
    }
}

@Suite("Session: at least once and exactly once, whatever happens on the way")
struct SessionModelTests {
    @Test(
        "any order of deliveries, losses and resumes: QoS 2 arrives exactly once, QoS 1 at least once, both ways [MQTT-4.3.2-1, MQTT-4.3.3-1, MQTT-4.4.0-1]",
        arguments: 0..<120)
    func exactlyOnce(seed: Int) throws {
        var line = Line(seed: seed)
        try line.connect()
        // A clean start that is lost before its CONNACK is made again: it is no part of any session.
        line.stepServer()
        try line.stepClient()
        try #require(line.bench.session.isEstablished)
        var asked: [(id: UInt32, qos: QoS)] = []
        var offered: [(id: UInt32, qos: QoS)] = []
        for step in 0..<1_500 {
            line.bench.now = line.bench.now.advanced(milliseconds: 1)
            switch Int.random(in: 0...99, using: &line.random) {
            case 0...11 where asked.count < 150:
                let qos: QoS = Bool.random(using: &line.random) ? .exactlyOnce : .atLeastOnce
                let id = UInt32(asked.count)
                asked.append((id, qos))
                let payload = withUnsafeBytes(of: id.bigEndian, Array.init)
                line.collect(try line.bench.publish("up", payload, qos: qos, id: UInt64(id)))
            case 12...23 where offered.count < 150:
                let qos: QoS = Bool.random(using: &line.random) ? .exactlyOnce : .atLeastOnce
                offered.append((UInt32(offered.count), qos))
                line.toClient += line.server.publish(UInt32(offered.count - 1), qos)
            case 24...26:
                try line.lose()
                try line.connect()
            case 27...62: line.stepServer()
            default: try line.stepClient()
            }
            try #require(line.bench.session.output.ending == nil, "step \(step)")
        }
        // Nothing is lost any more: everything comes to its end.
        var rounds = 0
        while !line.toServer.isEmpty || !line.toClient.isEmpty || !line.server.isIdle {
            line.stepServer()
            try line.stepClient()
            rounds += 1
            try #require(rounds < 100_000, "an end is reached")
        }
        #expect(line.server.complaints.isEmpty)
        for (id, qos) in asked {
            let count = line.server.taken.count { $0 == id }
            #expect(qos == .exactlyOnce ? count == 1 : count >= 1, "up \(id) at \(qos) \(count) times")
            let outcomes = line.bench.outcomes(UInt64(id)).filter { $0 != .queued }
            guard outcomes.count == 1, case .acknowledged = outcomes[0] else {
                Issue.record("up \(id): \(outcomes)")
                continue
            }
        }
        for (id, qos) in offered {
            let count = line.delivered.count { $0 == "down=\(id)" }
            #expect(qos == .exactlyOnce ? count == 1 : count >= 1, "down \(id) at \(qos) \(count) times")
        }
        // Each QoS by itself comes first in the order it was sent. [MQTT-4.6.0-1]
        for qos in [QoS.atLeastOnce, .exactlyOnce] {
            var seen: Set<UInt32> = []
            let first = line.server.taken.filter { id in asked[Int(id)].qos == qos && seen.insert(id).inserted }
            #expect(first == first.sorted())
        }
        #expect(line.bench.session.requests.count == 0 && line.bench.session.quotaUsed == 0)
        #expect(line.bench.session.heldBytes == 0 && line.bench.session.unreleased.count == 0)
    }
}
