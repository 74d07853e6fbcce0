/// Reads the data types of the specification (MQTT 5.0 section 1.5) one after the other, in place.
package struct WireReader {
    private let bytes: UnsafeRawBufferPointer
    /// Index of the next byte.
    package private(set) var index = 0

    /// Reads `bytes` from their start; they must outlive the reader and all that it returns.
    package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// What a packet breaks that ends before its last field.
    package static var tooShort: ProtocolViolation { .malformed("packet too short") }
    /// What ill-formed text breaks. [MQTT-1.5.4-1, MQTT-1.5.4-2]
    package static var illFormed: ProtocolViolation { .malformed("text that is not UTF-8 or holds U+0000") }

    /// Bytes not read yet.
    package var remaining: Int { bytes.count &- index }
    /// Whether all is read.
    package var isAtEnd: Bool { index == bytes.count }

    /// One byte.
    package mutating func byte() throws(ProtocolViolation) -> UInt8 {
        guard remaining >= 1 else { throw Self.tooShort }
        defer { index &+= 1 }
        return bytes[index]
    }

    /// A Two Byte Integer.
    package mutating func twoByteInteger() throws(ProtocolViolation) -> UInt16 {
        guard remaining >= 2 else { throw Self.tooShort }
        defer { index &+= 2 }
        return UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt16.self))
    }

    /// A Four Byte Integer.
    package mutating func fourByteInteger() throws(ProtocolViolation) -> UInt32 {
        guard remaining >= 4 else { throw Self.tooShort }
        defer { index &+= 4 }
        return UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
    }

    /// A Variable Byte Integer: at most four bytes and the fewest that hold the value. [MQTT-1.5.5-1]
    package mutating func variableByteInteger() throws(ProtocolViolation) -> Int {
        var value = 0
        for position in 0..<4 {
            let next = try byte()
            value |= Int(next & 0x7F) << (7 * position)
            if next & 0x80 == 0 {
                guard next != 0 || position == 0 else {
                    throw .malformed("variable byte integer longer than needed")
                }
                return value
            }
        }
        throw .malformed("variable byte integer of more than four bytes")
    }

    /// The next `count` bytes.
    package mutating func take(_ count: Int) throws(ProtocolViolation) -> UnsafeRawBufferPointer {
        guard count <= remaining else { throw Self.tooShort }
        defer { index &+= count }
        return UnsafeRawBufferPointer(rebasing: bytes[index..<index &+ count])
    }

    /// All bytes that remain.
    package mutating func rest() -> UnsafeRawBufferPointer {
        defer { index = bytes.count }
        return UnsafeRawBufferPointer(rebasing: bytes[index...])
    }

    /// Binary Data: a length and that many bytes.
    package mutating func binaryData() throws(ProtocolViolation) -> UnsafeRawBufferPointer {
        try take(Int(twoByteInteger()))
    }

    /// The bytes of a UTF-8 Encoded String, checked. [MQTT-1.5.4-1, MQTT-1.5.4-2]
    package mutating func text() throws(ProtocolViolation) -> UnsafeRawBufferPointer {
        let text = try binaryData()
        guard text.isWellFormedText else { throw Self.illFormed }
        return text
    }

    /// A UTF-8 Encoded String. A leading U+FEFF stays what it is. [MQTT-1.5.4-3]
    package mutating func string() throws(ProtocolViolation) -> String {
        String(decoding: try text(), as: UTF8.self)
    }
}
