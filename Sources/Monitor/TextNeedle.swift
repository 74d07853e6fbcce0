/// A text to look for in bytes, without regard to the case of ASCII letters; other characters must be the same bytes.
struct TextNeedle: Sendable, Equatable {
    /// The text in lower case, never empty.
    private let bytes: [UInt8]
    private let first: Sieve
    private let last: Sieve

    /// The needle `text`; `nil` when that is empty.
    init?(_ text: String) {
        bytes = text.utf8.map(Self.lowered)
        guard let first = bytes.first, let last = bytes.last else { return nil }
        self.first = Sieve(first)
        self.last = Sieve(last)
    }

    /// Finds one byte in eight at a time.
    private struct Sieve: Equatable {
        /// Set in each byte of a word when the byte looked for is a letter: both cases become the lower one.
        let caseMask: UInt64
        /// The byte looked for in each byte of a word.
        let pattern: UInt64

        init(_ byte: UInt8) {
            caseMask = (0x61...0x7A).contains(byte) ? 0x20 &* 0x0101_0101_0101_0101 : 0
            pattern = UInt64(byte) &* 0x0101_0101_0101_0101
        }

        /// The high bit of each of the eight bytes at `base` that may be the one looked for; a byte above a real one
        /// may be wrong.
        @inline(__always)
        func hits(_ base: UnsafeRawPointer) -> UInt64 {
            let word = UInt64(littleEndian: base.loadUnaligned(as: UInt64.self))
            let difference = (word | caseMask) ^ pattern
            return (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
        }
    }

    /// Whether the text is in `haystack`; only places where its first and its last byte fit are compared.
    func isFound(in haystack: UnsafeRawBufferPointer) -> Bool {
        guard haystack.count >= bytes.count, let base = haystack.baseAddress else { return false }
        let starts = haystack.count - bytes.count + 1
        return bytes.withUnsafeBufferPointer { needle in
            var place = 0
            while place + 8 <= starts {
                var hits = first.hits(base + place) & last.hits(base + place + needle.count - 1)
                while hits != 0 {
                    if Self.isEqual(base + place + hits.trailingZeroBitCount / 8, needle) { return true }
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
