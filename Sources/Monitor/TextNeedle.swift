/// A text to look for in bytes, without regard to the case of ASCII letters; other characters must be the same bytes.
struct TextNeedle: Sendable, Equatable {
    /// The text in lower case, never empty.
    private let bytes: [UInt8]
    /// Set in each byte of a word when the first byte is a letter, so that both cases become the lower one.
    private let caseMask: UInt64
    /// The first byte in each byte of a word.
    private let pattern: UInt64

    private static let ones: UInt64 = 0x0101_0101_0101_0101

    /// The needle `text`; `nil` when that is empty.
    init?(_ text: String) {
        bytes = text.utf8.map(Self.lowered)
        guard let first = bytes.first else { return nil }
        caseMask = (0x61...0x7A).contains(first) ? 0x20 &* Self.ones : 0
        pattern = UInt64(first) &* Self.ones
    }

    /// Whether the text is in `haystack`: eight places at a time are asked for the first byte.
    func isFound(in haystack: UnsafeRawBufferPointer) -> Bool {
        guard haystack.count >= bytes.count, let base = haystack.baseAddress else { return false }
        let starts = haystack.count - bytes.count + 1
        return bytes.withUnsafeBufferPointer { needle in
            var place = 0
            while place + 8 <= haystack.count, place < starts {
                let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: place, as: UInt64.self))
                let difference = (word | caseMask) ^ pattern
                // The high bit of every byte that is zero; above a zero byte there may be false ones, which are tried.
                var hits = (difference &- Self.ones) & ~difference & (0x80 &* Self.ones)
                while hits != 0 {
                    let candidate = place + hits.trailingZeroBitCount / 8
                    if candidate < starts, Self.isEqual(base + candidate, needle) { return true }
                    hits &= hits - 1
                }
                place += 8
            }
            while place < starts {
                if Self.isEqual(base + place, needle) { return true }
                place += 1
            }
            return false
        }
    }

    @inline(__always)
    private static func isEqual(_ base: UnsafeRawPointer, _ needle: UnsafeBufferPointer<UInt8>) -> Bool {
        for index in 0..<needle.count
        where lowered(base.load(fromByteOffset: index, as: UInt8.self)) != needle[index] { return false }
        return true
    }

    @inline(__always)
    private static func lowered(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
