import MQTT
import Testing

@testable import MQTTCodec

@Suite("CONNECT says exactly what its payload holds")
struct ConnectTests {
    private static let choices = [false, true]

    /// The bytes of a CONNECT with these parts, written by hand.
    private func expected(_ version: ProtocolVersion, flags: UInt8, parts: [[UInt8]]) -> [UInt8] {
        let name = version == .v3_1 ? "MQIsdp" : "MQTT"
        var body = [0, UInt8(name.utf8.count)] + Array(name.utf8) + [version.rawValue, flags, 0, 60]
        if version == .v5_0 { body.append(0) }
        body += [0, 1, 0x63] + parts.joined()
        return [0x10, UInt8(body.count)] + body
    }

    @Test(
        "will, user name and password stand there, in this order, exactly when their flags are set [MQTT-3.1.3-1]",
        arguments: ProtocolVersion.allCases)
    func parts(version: ProtocolVersion) throws {
        for hasUserName in Self.choices {
            for hasPassword in Self.choices where version == .v5_0 || hasUserName || !hasPassword {
                for will in [QoS?.none] + QoS.allCases.map(Optional.init) {
                    for isRetained in Self.choices where will != nil || !isRetained {
                        let connect = Connect(
                            version: version, clientIdentifier: "c",
                            will: will.map { qos in
                                Will(
                                    message: Message(
                                        topic: name("w"), payload: [1, 2], qos: qos, isRetained: isRetained))
                            }, userName: hasUserName ? "u" : nil, password: hasPassword ? [0, 0xFF] : nil)
                        var flags: UInt8 = 2
                        var parts: [[UInt8]] = []
                        if let will {
                            flags |= 4 | will.rawValue << 3 | (isRetained ? 0x20 : 0)
                            parts.append((version == .v5_0 ? [0] : []) + [0, 1, 0x77, 0, 2, 1, 2])
                        }
                        if hasUserName {
                            flags |= 0x80
                            parts.append([0, 1, 0x75])
                        }
                        if hasPassword {
                            flags |= 0x40
                            parts.append([0, 2, 0, 0xFF])
                        }
                        let bytes = expected(version, flags: flags, parts: parts)
                        #expect(try encode(.connect(connect), version: version, role: .client) == bytes)
                    }
                }
            }
        }
    }

    @Test("before 5.0 there is no password without a user name [MQTT-3.1.2-22] of 3.1.1")
    func passwordAlone() {
        for version in [ProtocolVersion.v3_1, .v3_1_1] {
            let connect = Connect(version: version, clientIdentifier: "c", password: [1])
            #expect(throws: ProtocolViolation.self) {
                try encode(.connect(connect), version: version, role: .client)
            }
        }
    }

    @Test("an empty Client Identifier needs a clean start in 3.1.1 [MQTT-3.1.3-7], is free in 5.0, and none in 3.1")
    func emptyIdentifier() throws {
        for (version, isClean, isSaid) in [
            (.v5_0, true, true), (.v5_0, false, true), (.v3_1_1, true, true), (.v3_1_1, false, false),
            (.v3_1, true, false), (.v3_1, false, false),
        ] as [(ProtocolVersion, Bool, Bool)] {
            let connect = Packet.connect(Connect(version: version, clientIdentifier: "", cleanStart: isClean))
            let bytes = try? encode(connect, version: version, role: .client)
            #expect((bytes != nil) == isSaid, "\(version), clean start \(isClean)")
            // Absent it is not: its length stands first in the payload. [MQTT-3.1.3-3]
            if let bytes { #expect(bytes.suffix(2) == [0, 0]) }
        }
    }

    @Test("a Will has a QoS of 0, 1 or 2, as any message [MQTT-3.1.2-12, MQTT-3.3.1-4]")
    func qos() {
        #expect(QoS.allCases.map(\.rawValue) == [0, 1, 2])
        #expect(QoS(rawValue: 3) == nil)
    }
}
