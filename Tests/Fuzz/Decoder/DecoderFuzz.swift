import FuzzSeeds
import MQTT
import MQTTCodec

/// Whatever bytes come, the decoder takes them, waits for more or refuses them, and what it took it writes as it reads.
///
/// The first byte of the input chooses the version and the end that reads.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDecoder(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count > 0, let data else { return 0 }
    let version = ProtocolVersion.allCases[Int(data[0] & 3) % ProtocolVersion.allCases.count]
    let role: PacketDecoder.Role = data[0] & 4 == 0 ? .client : .server
    var decoder = PacketDecoder(role: role, version: version)
    decoder.topicAliasMaximum = 10
    let bytes = UnsafeRawBufferPointer(start: data + 1, count: count - 1)
    var index = 0
    var batch = Batch(arrival: .zero)
    do throws(ProtocolViolation) {
        while true {
            let start = index
            guard let packet = try decoder.decode(bytes, at: &index) else { break }
            precondition(index > start && index <= bytes.count, "a packet ends behind its beginning")
            check(packet, version, sender: role == .client ? .server : .client, reader: decoder)
        }
        precondition(index <= bytes.count, "nothing is read behind the end")
    } catch {
        precondition(error.reasonCode.isFailure && !error.detail.isEmpty, "a refusal says why")
    }
    // The path of messages that come by the million.
    index = 0
    var aliases = TopicAliases()
    try? decoder.takePublishes(from: bytes, at: &index, aliases: &aliases, into: &batch)
    precondition(index <= bytes.count, "nothing is read behind the end")
    for record in batch.records {
        precondition(!batch.topic(record).isEmpty, "a message has a topic")
        let (payload, properties) = (batch.payload(record), batch.properties(record))
        precondition(payload.count + properties.count < bytes.count, "a message holds no more than came")
    }
    return 0
}

/// Writing what was read and reading that gives the same again.
private func check(
    _ packet: Packet, _ version: ProtocolVersion, sender: PacketDecoder.Role, reader: PacketDecoder
) {
    var reader = reader
    if case .connect(let connect) = packet { reader.version = connect.version }
    guard let written = Seeds.bytes([packet], from: sender, reader.version).first else { return }
    written.withUnsafeBytes { bytes in
        var index = 0
        guard let again = try? reader.decode(bytes, at: &index) else {
            preconditionFailure("\(packet) is not read as it was written")
        }
        precondition(Seeds.bytes([again], from: sender, reader.version).first == written, "\(packet) became \(again)")
    }
}

/// Writes what to begin with.
@_cdecl("LLVMFuzzerInitialize")
public func beginDecoder(_ argc: UnsafeMutableRawPointer, _ argv: UnsafeMutableRawPointer) -> CInt {
    var inputs: [[UInt8]] = []
    for (number, version) in ProtocolVersion.allCases.enumerated() {
        inputs += Seeds.bytes(Seeds.server(version), from: .server, version).map { [UInt8(number)] + $0 }
        inputs += Seeds.bytes(Seeds.client(version), from: .client, version).map { [UInt8(number | 4)] + $0 }
    }
    let fifth = UInt8(ProtocolVersion.allCases.firstIndex(of: .v5_0) ?? 0)
    inputs.append([fifth] + Seeds.aliased.joined())
    Seeds.write(inputs)
    return 0
}
