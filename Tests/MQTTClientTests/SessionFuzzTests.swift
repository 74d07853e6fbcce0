import MQTT
import MQTTCodec
import Testing

@testable import MQTTClient

@Suite("Session: nothing a server does can hurt it")
struct SessionFuzzTests {
    @Test(
        "random but well-formed answers, losses and resumptions: every publish ends once and the books balance",
        arguments: 0..<160)
    func random(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let version: ProtocolVersion = seed % 2 == 0 ? .v5_0 : .v3_1_1
        let isClean = seed % 4 < 2
        var bench = SessionBench(version: version) { $0.cleanStart = isClean }
        var written: Set<UInt64> = []
        var next: UInt64 = 0
        for _ in 0..<800 {
            switch Int.random(in: 0...99, using: &random) {
            case 0...2:
                if bench.session.isEstablished || bench.session.isEnded { try bench.lose() }
            case 3...9:
                guard !bench.session.isEstablished else { break }
                try bench.lose()
                let window = UInt16.random(in: 1...6, using: &random)
                let limits = properties { if version == .v5_0 { $0.receiveMaximum = window } }
                try bench.connect(properties: limits, isSessionPresent: !isClean && Bool.random(using: &random))
            case 10...59:
                let qos = QoS.allCases.randomElement(using: &random) ?? .atMostOnce
                try bench.publish("t", [1, 2, 3], qos: qos, id: next)
                next += 1
            case 60...64: bench.session.blockWriting(Bool.random(using: &random), at: bench.now)
            default: try bench.receive(Self.packet(&random))
            }
            written.formUnion(bench.output.written.map(\.rawValue))
            try bench.sent()
            written.formUnion(bench.output.written.map(\.rawValue))
            if bench.session.isEnded { try bench.lose() }
            Self.check(bench.session)
        }
        bench.session.disconnect(at: bench.now)
        try bench.sent()
        try bench.lose()
        bench.session.finish()
        try bench.sent()
        for id in 0..<next {
            let ends = bench.outcomes(id).filter { $0 != .queued }.count + (written.contains(id) ? 1 : 0)
            #expect(ends == 1, "publish \(id): \(bench.outcomes(id))")
        }
        #expect(bench.session.heldBytes == 0 && bench.session.quotaUsed == 0 && bench.session.requests.count == 0)
    }

    /// What a server may say, right or wrong.
    private static func packet(_ random: inout SeededGenerator) -> Packet {
        let identifier = UInt16.random(in: 1...8, using: &random)
        let code: ReasonCode = Int.random(in: 0...9, using: &random) == 0 ? .quotaExceeded : .success
        switch Int.random(in: 0...9, using: &random) {
        case 0...2: return .puback(Acknowledgement(identifier, code))
        case 3...4: return .pubrec(Acknowledgement(identifier, code))
        case 5...6: return .pubcomp(Acknowledgement(identifier))
        case 7: return .pubrel(Acknowledgement(identifier))
        default:
            let qos = QoS.allCases.randomElement(using: &random) ?? .atMostOnce
            return delivery("x", qos: qos, identifier: qos == .atMostOnce ? 0 : identifier)
        }
    }

    /// What must be true of a session at any time.
    private static func check(_ session: Session) {
        var quota = 0
        var held = 0
        for (_, request) in session.requests.entries {
            guard case .publish(let publish) = request else { continue }
            if publish.usesQuota { quota += 1 }
            held += publish.size
        }
        #expect(session.quotaUsed == quota && quota <= session.limits.receiveMaximum)
        #expect(session.heldBytes >= held && session.heldBytes <= Session.heldLimit + (1 << 20))
        #expect(session.requests.entries.count == session.requests.count)
    }

    @Test("random bytes after CONNACK end the connection or wait for more", arguments: [ProtocolVersion.v3_1_1, .v5_0])
    func bytes(version: ProtocolVersion) throws {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<40_000 {
            var bench = try SessionBench.connected(version: version) { $0.topicAliasMaximum = 3 }
            let packets = (0..<Int.random(in: 1...4, using: &random)).map { _ in Self.packet(&random) }
            var bytes: [UInt8] = []
            for packet in packets { try PacketEncoder(role: .server, version: version).encode(packet, into: &bytes) }
            // A topic given a number, and the number in its place.
            if version == .v5_0 { bytes += [0x30, 7, 0, 1, 0x61, 3, 0x23, 0, 2, 0x30, 6, 0, 0, 3, 0x23, 0, 2] }
            for _ in 0...Int.random(in: 0...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            var index = 0
            while index < bytes.count {
                let count = min(Int.random(in: 1...16, using: &random), bytes.count - index)
                try bench.receive(Array(bytes[index..<index + count]))
                index += count
            }
            if case .failed(let cause) = bench.output.ending {
                switch cause {
                case .protocolViolation, .disconnected: break
                default: Issue.record("ended by \(cause)")
                }
            }
        }
    }

    @Test("random bytes instead of CONNACK are not MQTT, or a violation, or waited for")
    func firstBytes() throws {
        var random = SeededGenerator(seed: 6)
        for _ in 0..<40_000 {
            var bench = SessionBench()
            bench.session.open(version: .v5_0, at: bench.now)
            let bytes = (0..<Int.random(in: 1...100, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            try bench.receive(Bool.random(using: &random) ? bytes : [0x20] + bytes)
            try bench.wait(milliseconds: 10_000)
            #expect(bench.output.ending != nil && bench.output.accepted == nil)
        }
    }
}
