import Foundation
import MQTT
import TestSupport
import Testing

@testable import Broker

/// A lab of fifty clients that come, go, fail and flap by a seed on a real broker, and the truth about them.
private final class Lab {
    /// What really happened to one client.
    struct Truth {
        let name: String
        var socket: RawClient?
        var port: Int?
        var user: String?
        var version: ProtocolVersion?
        var keepAlive: Int?
        var cleanStart: Bool?
        var end: EndReason?
        var connects = 0
        var takeovers = 0
        var oversize = 0
        /// Times that it came back without having thrown out another.
        var returns = 0
    }

    private let port: Int
    private var random: SeededGenerator
    private(set) var clients: [Truth]
    private(set) var refused = 0

    init(seed: UInt64, port: Int) {
        random = SeededGenerator(seed: seed)
        self.port = port
        let odd = [
            "röbot 1 (p2, c1", "a b c", "x [1.2.3.4:5]", "Client x disconnected.", "日本 2 語", "it's (c1, k60, u'you')",
        ]
        clients = (0..<50).map { number in
            Truth(name: number < odd.count ? odd[number] + " \(seed)" : "s\(seed)-c\(number)")
        }
    }

    /// Lets something happen to a client of the seed's choice.
    func step() throws {
        let index = Int.random(in: 0..<clients.count, using: &random)
        let isConnected = clients[index].socket != nil
        switch Int.random(in: 0..<10, using: &random) {
        case 0: try fail()
        case 1 where isConnected: try come(index)
        case 2 where isConnected:
            try clients[index].socket?.offend([0x30, 0xFF, 0x7F])
            gone(index, .oversizePacket)
            clients[index].oversize += 1
        case 3 where isConnected:
            try clients[index].socket?.offend([0x00, 0x00])
            gone(index, .protocolError)
        case 4:
            for _ in 0..<Int.random(in: 2...4, using: &random) {
                try come(index)
                try clients[index].socket?.hangUp()
                gone(index, .closed)
            }
        case 5...6 where isConnected:
            try clients[index].socket?.hangUp()
            gone(index, .closed)
        case 7 where isConnected:
            try clients[index].socket?.disconnect()
            gone(index, .clean)
        default: if !isConnected { try come(index) }
        }
    }

    /// Lets everybody go.
    func leave() throws {
        for client in clients { try client.socket?.disconnect() }
    }

    private func gone(_ index: Int, _ reason: EndReason) {
        clients[index].socket = nil
        clients[index].end = reason
    }

    /// A client connects, and throws out who is connected by its name.
    private func come(_ index: Int) throws {
        var client = clients[index]
        let socket = try RawClient(port: port)
        client.user = Bool.random(using: &random) ? "robot" : nil
        client.keepAlive = Int.random(in: 10...100, using: &random)
        client.cleanStart = Bool.random(using: &random)
        let level = UInt8.random(in: 3...5, using: &random)
        client.version = [.v3_1, .v3_1_1, .v5_0][Int(level) - 3]
        let code = try socket.connect(
            as: client.name, user: client.user, password: client.user.map { _ in "secret" },
            isClean: client.cleanStart ?? true, keepAlive: client.keepAlive ?? 0, level: level)
        guard code == 0 else { throw RawClient.Failure(description: "\(client.name) is refused: \(code ?? 255)") }
        if let old = client.socket {
            try old.awaitEnd()
            client.end = .takenOver
            client.takeovers += 1
        } else if client.connects > 0 {
            client.returns += 1
        }
        client.socket = socket
        client.port = socket.port
        client.connects += 1
        clients[index] = client
    }

    /// Somebody does not get in.
    private func fail() throws {
        let socket = try RawClient(port: port)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: try socket.offend(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        case 1: try socket.hangUp()
        default:
            let code = try socket.connect(as: "intruder", user: "robot", password: "wrong")
            guard code == 5 else { throw RawClient.Failure(description: "an intruder is let in") }
            try socket.awaitEnd()
            refused += 1
        }
    }

    /// The alarms that there must be.
    var alarms: Set<String> {
        var alarms = Set<String>()
        for client in clients {
            if client.takeovers >= 2 { alarms.insert("\(client.name): sharedIdentifier \(client.takeovers)") }
            if client.returns >= 3 { alarms.insert("\(client.name): flapping \(client.returns)") }
            if client.oversize >= 1 { alarms.insert("\(client.name): oversize \(client.oversize)") }
        }
        if refused >= 3 { alarms.insert("127.0.0.1: refusedLogins \(refused)") }
        return alarms
    }
}

@Suite("Fifty clients that come, go, fail and flap", .serialized)
struct RosterSeedTests {
    @Test("the roster is the truth, a hundred seeds in a row")
    func seeds() throws {
        let broker = try Mosquitto(users: [(name: "robot", password: "secret")]) { port, directory in
            [
                "listener \(port) 127.0.0.1", "allow_anonymous true", "password_file \(directory)/passwords",
                "max_packet_size 2000", "max_queued_messages 0", "log_dest topic", "log_type error", "log_type notice",
            ] + (getuid() == 0 ? ["user root"] : [])
        }
        let monitor = try LogMonitor(port: broker.port)
        var reasons = Set<EndReason?>()
        var kinds = Set<RosterAlarm.Kind>()
        for seed in 0..<100 as Range<UInt64> {
            monitor.startOver()
            let lab = Lab(seed: seed, port: broker.port)
            for _ in 0..<150 { try lab.step() }
            try monitor.catchUp()
            check(monitor.log.roster, lab, seed: seed)
            reasons.formUnion(lab.clients.map(\.end))
            kinds.formUnion(monitor.log.roster.alarms.map(\.kind))
            try lab.leave()
            try monitor.catchUp()
            #expect(monitor.log.roster.connectedCount == 1, "seed \(seed)")
        }
        #expect(reasons == [nil, .clean, .closed, .oversizePacket, .protocolError, .takenOver], "all of it happened")
        #expect(kinds == [.sharedIdentifier, .flapping, .oversize, .refusedLogins])
    }

    private func check(_ roster: Roster, _ lab: Lab, seed: UInt64) {
        let known = lab.clients.filter { $0.connects > 0 }
        #expect(roster.count == known.count + 1, "seed \(seed)")
        #expect(roster.connectedCount == known.count { $0.socket != nil } + 1, "seed \(seed)")
        for truth in known {
            guard let client = roster[truth.name] else {
                Issue.record("seed \(seed): \(truth.name) is missing")
                continue
            }
            let isRight =
                client.state == (truth.socket == nil ? .away : .connected) && !client.isInferred
                && client.peer == Peer(address: "127.0.0.1", port: truth.port) && client.userName == truth.user
                && client.version == truth.version && client.keepAlive == truth.keepAlive
                && client.cleanStart == truth.cleanStart && client.lastEnd?.reason == truth.end
                && client.reconnects == truth.connects - 1 && client.listenerPort != nil
            #expect(isRight, "seed \(seed): \(truth) but \(client.summary)")
        }
        let alarms = Set(roster.alarms.map { "\($0.subject): \($0.kind) \($0.count)" })
        #expect(alarms == lab.alarms, "seed \(seed)")
    }
}
