/// Reads scalars from bytes that need not be UTF-8, one at a time; never allocates and never fails.
struct UTF8Cursor {
    private let bytes: UnsafeBufferPointer<UInt8>
    /// The offset of the next byte.
    private(set) var offset = 0

    /// Starts at the first of `bytes`, which must outlive the cursor.
    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The next scalar; nil at the end. Each longest piece that no UTF-8 text holds is one U+FFFD.
    mutating func next() -> Unicode.Scalar? {
        guard offset < bytes.count else { return nil }
        let lead = bytes[offset]
        offset += 1
        guard lead >= 0x80 else { return Unicode.Scalar(lead) }
        switch lead {
        case 0xc2...0xdf: return rest(UInt32(lead & 0x1f), 1, first: 0x80...0xbf)
        case 0xe0: return rest(0, 2, first: 0xa0...0xbf)
        case 0xed: return rest(0xd, 2, first: 0x80...0x9f)
        case 0xe1...0xef: return rest(UInt32(lead & 0xf), 2, first: 0x80...0xbf)
        case 0xf0: return rest(0, 3, first: 0x90...0xbf)
        case 0xf1...0xf3: return rest(UInt32(lead & 7), 3, first: 0x80...0xbf)
        case 0xf4: return rest(4, 3, first: 0x80...0x8f)
        default: return Glyph.replacement
        }
    }

    /// The scalar that `count` more bytes complete; only the first of them has a range of its own.
    private mutating func rest(_ bits: UInt32, _ count: Int, first: ClosedRange<UInt8>) -> Unicode.Scalar {
        var value = bits
        var allowed = first
        for _ in 0..<count {
            guard offset < bytes.count, allowed.contains(bytes[offset]) else { return Glyph.replacement }
            value = value << 6 | UInt32(bytes[offset] & 0x3f)
            allowed = 0x80...0xbf
            offset += 1
        }
        return Unicode.Scalar(value) ?? Glyph.replacement
    }
}
