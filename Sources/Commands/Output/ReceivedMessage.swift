package import MQTT

/// A message where it lies in a `Batch`: nothing of it is copied, and it must not outlive the batch's bytes.
package struct ReceivedMessage {
    /// The topic, valid UTF-8.
    package let topic: UnsafeRawBufferPointer
    /// The payload, any bytes.
    package let payload: UnsafeRawBufferPointer
    /// The encoded properties, without their length.
    package let properties: UnsafeRawBufferPointer
    /// RETAIN, QoS and DUP.
    package let flags: PublishFlags
    /// The Packet Identifier, 0 at QoS 0.
    package let identifier: UInt16

    /// The message of `record` in `bytes`, those of its batch.
    @inline(__always)
    package init(_ record: Batch.Record, in bytes: UnsafeRawBufferPointer) {
        topic = UnsafeRawBufferPointer(rebasing: bytes[record.topic])
        payload = UnsafeRawBufferPointer(rebasing: bytes[record.payload])
        properties = UnsafeRawBufferPointer(rebasing: bytes[record.properties])
        flags = record.flags
        if record.flags.hasIdentifier {
            let start = record.payload.upperBound
            identifier = UInt16(bytes[start]) << 8 | UInt16(bytes[start + 1])
        } else {
            identifier = 0
        }
    }
}
