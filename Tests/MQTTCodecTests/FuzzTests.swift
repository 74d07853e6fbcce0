import MQTT
import Testing

@testable import MQTTCodec

@Suite("No bytes can hurt the decoder")
struct FuzzTests {
    @Test("random bytes are packets, wait for more or are refused", arguments: [PacketDecoder.Role.client, .server])
    func random(role: PacketDecoder.Role) {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<400_000 {
            var bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            // Half of them with a header that is one.
            if bytes.count > 2, Bool.random(using: &random) { bytes[1] = UInt8(bytes.count - 2) }
            check(bytes, role)
        }
    }

    @Test("good packets with a few bytes changed, cut or doubled too")
    func mutated() {
        var random = SeededGenerator(seed: 2)
        for round in 0..<600_000 {
            let example = allExamples[round % allExamples.count]
            var bytes = example.bytes
            for _ in 0...Int.random(in: 0...3, using: &random) {
                let position = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...4, using: &random) {
                case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[position] ^= 1 << UInt8.random(in: 0...7, using: &random)
                case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: position)
                case 3 where bytes.count > 1: bytes.remove(at: position)
                default: bytes += bytes.prefix(position)
                }
            }
            check(bytes, example.receiver, version: example.version)
            check(bytes, example.receiver, version: ProtocolVersion.allCases.randomElement(using: &random) ?? .v5_0)
        }
    }

    @Test("what was read and written reads as the same from then on")
    func roundTrip() throws {
        var random = SeededGenerator(seed: 3)
        var count = 0
        for round in 0..<600_000 {
            let example = allExamples[round % allExamples.count]
            var bytes = example.bytes
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            guard let packets = try? decode(bytes, version: example.version, role: example.receiver).packets,
                let packet = packets.first, packet.type != .publish || example.version == .v5_0
            else { continue }
            // A CONNECT says its own version.
            let version: ProtocolVersion =
                if case .connect(let connect) = packet { connect.version } else { example.version }
            guard let written = try? encode(packet, version: version, role: example.sender) else { continue }
            let again = try #require(try decode(written, version: version, role: example.receiver).packets.first)
            #expect(try encode(again, version: version, role: example.sender) == written)
            count += 1
        }
        #expect(count > 10_000)
    }

    private func check(_ bytes: [UInt8], _ role: PacketDecoder.Role, version: ProtocolVersion = .v5_0) {
        do throws(ProtocolViolation) {
            let (_, rest) = try decode(bytes, version: version, role: role)
            #expect(rest >= 0 && rest <= bytes.count)
        } catch {
            #expect(error.reasonCode.isFailure && !error.detail.isEmpty)
        }
    }
}
