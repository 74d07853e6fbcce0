package import MQTT

/// A whole Control Packet in the read buffer: its header is checked, its body not yet.
package struct Frame {
    /// Its kind.
    package var type: PacketType
    /// The low four bits of its first byte.
    package var flags: UInt8
    /// What follows the fixed header, Remaining Length bytes; valid as long as the read buffer.
    package var body: UnsafeRawBufferPointer
}

/// A received PUBLISH in place: every part lies in the read buffer and is valid only as long as that.
package struct PublishView {
    /// DUP, QoS and RETAIN.
    package var flags: PublishFlags
    /// The Packet Identifier; 0 at QoS 0.
    package var identifier: UInt16
    /// The topic: well-formed UTF-8 without wildcards. Empty where `alias` stands for it.
    package var topic: UnsafeRawBufferPointer
    /// The payload.
    package var payload: UnsafeRawBufferPointer
    /// The Topic Alias; 0 is none.
    package var alias: UInt16
    /// The encoded properties without their length, checked; empty before 5.0.
    package var properties: UnsafeRawBufferPointer
}
