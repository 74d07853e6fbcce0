/// Appends the data types of the specification (MQTT 5.0 section 1.5).
extension [UInt8] {
    /// The largest value of a Variable Byte Integer.
    package static var variableByteIntegerLimit: Int { 268_435_455 }

    /// Appends a Two Byte Integer.
    package mutating func append(twoByteInteger value: UInt16) {
        append(UInt8(truncatingIfNeeded: value >> 8))
        append(UInt8(truncatingIfNeeded: value))
    }

    /// Appends a Four Byte Integer.
    package mutating func append(fourByteInteger value: UInt32) {
        append(twoByteInteger: UInt16(truncatingIfNeeded: value >> 16))
        append(twoByteInteger: UInt16(truncatingIfNeeded: value))
    }

    /// Appends a Variable Byte Integer of 0 to 268,435,455 in its shortest form. [MQTT-1.5.5-1]
    package mutating func append(variableByteInteger value: Int) {
        precondition((0...Self.variableByteIntegerLimit).contains(value), "a variable byte integer has 28 bits")
        var rest = value
        repeat {
            append(UInt8(truncatingIfNeeded: rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
    }

    /// Appends Binary Data with its length; more than 65,535 bytes cannot be said.
    package mutating func append(binaryData data: some Collection<UInt8>) throws(ProtocolViolation) {
        guard let count = UInt16(exactly: data.count) else { throw .malformed("more than 65535 bytes in one field") }
        append(twoByteInteger: count)
        append(contentsOf: data)
    }

    /// Appends a UTF-8 Encoded String; U+0000 and more than 65,535 bytes cannot be said. [MQTT-1.5.4-2]
    package mutating func append(text: String) throws(ProtocolViolation) {
        guard !text.utf8.contains(0) else { throw .malformed("text with U+0000") }
        try append(binaryData: text.utf8)
    }
}

/// How many bytes a Variable Byte Integer of `value` takes.
package func variableByteIntegerSize(_ value: Int) -> Int {
    switch value {
    case ..<128: 1
    case ..<16_384: 2
    case ..<2_097_152: 3
    default: 4
    }
}
