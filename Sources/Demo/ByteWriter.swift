/// Writes the binary payloads of the lab: packed structs, CDR, MessagePack, CBOR and protobuf.
struct ByteWriter: Sendable {
    /// What was written.
    private(set) var bytes: [UInt8] = []

    /// Appends single bytes.
    mutating func raw(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

    /// Appends an integer, least significant byte first.
    mutating func little(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Appends an integer, most significant byte first.
    mutating func big(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    // MARK: Protobuf

    /// Appends a base 128 varint.
    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Appends a varint field.
    mutating func integer(_ number: UInt64, _ value: UInt64) {
        varint(number << 3)
        varint(value)
    }

    /// Appends a length-delimited field: a string or an embedded message.
    mutating func content(_ number: UInt64, _ content: some Collection<UInt8>) {
        varint(number << 3 | 2)
        varint(UInt64(content.count))
        raw(content)
    }

    /// Appends a 64-bit field that holds a double.
    mutating func double(_ number: UInt64, _ value: Double) {
        varint(number << 3 | 1)
        little(value.bitPattern)
    }

    // MARK: CDR

    /// Appends a CDR string: its length with the final NUL, the bytes, the NUL; aligned to 4 after the 4-byte header.
    mutating func cdr(_ text: String) {
        while bytes.count % 4 != 0 { bytes.append(0) }
        little(UInt32(text.utf8.count + 1))
        raw(text.utf8)
        bytes.append(0)
    }
}
