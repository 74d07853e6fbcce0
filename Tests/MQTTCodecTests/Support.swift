import MQTT

@testable import MQTTCodec

/// The packets in `bytes`, all of them, as the end `role` reads them.
func decode(
    _ bytes: [UInt8], version: ProtocolVersion = .v5_0, role: PacketDecoder.Role = .client,
    maximumPacketSize: Int = PacketDecoder.protocolLimit, topicAliasMaximum: UInt16 = 0
) throws(ProtocolViolation) -> (packets: [Packet], rest: Int) {
    var decoder = PacketDecoder(role: role, version: version, maximumPacketSize: maximumPacketSize)
    decoder.topicAliasMaximum = topicAliasMaximum
    let result: Result<(packets: [Packet], rest: Int), ProtocolViolation> = bytes.withUnsafeBytes { bytes in
        var packets: [Packet] = []
        var index = 0
        do throws(ProtocolViolation) {
            while let packet = try decoder.decode(bytes, at: &index) { packets.append(packet) }
        } catch {
            return .failure(error)
        }
        return .success((packets, bytes.count - index))
    }
    return try result.get()
}

/// The Reason Code that refuses `bytes`; `nil` when they are taken or more is waited for.
func refusal(
    _ bytes: [UInt8], version: ProtocolVersion = .v5_0, role: PacketDecoder.Role = .client
) -> ReasonCode? {
    do throws(ProtocolViolation) {
        _ = try decode(bytes, version: version, role: role)
        return nil
    } catch { return error.reasonCode }
}

/// The bytes of `packet`.
func encode(
    _ packet: Packet, version: ProtocolVersion = .v5_0, role: PacketDecoder.Role = .server
) throws(ProtocolViolation) -> [UInt8] {
    var bytes: [UInt8] = []
    try PacketEncoder(role: role, version: version).encode(packet, into: &bytes)
    return bytes
}

/// Properties made by `change`.
func properties(_ change: (inout Properties) -> Void) -> Properties {
    var properties = Properties()
    change(&properties)
    return properties
}

/// A topic known to be one.
func name(_ text: String) -> TopicName {
    guard let name = try? TopicName(text) else { preconditionFailure("\(text) is no Topic Name") }
    return name
}

/// A filter known to be one.
func filter(_ text: String) -> TopicFilter {
    guard let filter = try? TopicFilter(text) else { preconditionFailure("\(text) is no Topic Filter") }
    return filter
}

/// A generator whose numbers depend on its seed alone (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
