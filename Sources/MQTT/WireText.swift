/// What the specification asks of text on the wire (MQTT 5.0 section 1.5.4), checked in place: no text is made.
extension UnsafeRawBufferPointer {
    /// Whether the bytes are well-formed UTF-8 (no overlong form, no surrogate) without U+0000.
    /// [MQTT-1.5.4-1, MQTT-1.5.4-2]
    package var isWellFormedText: Bool {
        var index = 0
        while index &+ 8 <= count {
            let word = loadUnaligned(fromByteOffset: index, as: UInt64.self)
            guard word & Self.highBits == 0 else { return isWellFormedText(from: index) }
            guard !Self.holdsZero(word) else { return false }
            index &+= 8
        }
        return isWellFormedText(from: index)
    }

    /// Whether the bytes hold `+` or `#`, which no Topic Name may. [MQTT-3.3.2-2]
    package var holdsWildcard: Bool {
        var index = 0
        while index &+ 8 <= count {
            let word = loadUnaligned(fromByteOffset: index, as: UInt64.self)
            if Self.holdsZero(word ^ Self.plusSigns) || Self.holdsZero(word ^ Self.numberSigns) { return true }
            index &+= 8
        }
        while index < count {
            if self[index] == UInt8(ascii: "+") || self[index] == UInt8(ascii: "#") { return true }
            index &+= 1
        }
        return false
    }

    private static var highBits: UInt64 { 0x8080_8080_8080_8080 }
    private static var plusSigns: UInt64 { 0x2B2B_2B2B_2B2B_2B2B }
    private static var numberSigns: UInt64 { 0x2323_2323_2323_2323 }

    /// Whether one of the eight bytes of `word` is 0; exact.
    @inline(__always)
    private static func holdsZero(_ word: UInt64) -> Bool {
        (word &- 0x0101_0101_0101_0101) & ~word & highBits != 0
    }

    /// The same check scalar by scalar, from `start`, which begins a scalar.
    private func isWellFormedText(from start: Int) -> Bool {
        var index = start
        while index < count {
            let first = self[index]
            if first < 0x80 {
                guard first != 0 else { return false }
                index &+= 1
                continue
            }
            // The second byte's range shuts out overlong forms, surrogates and what lies above U+10FFFF.
            let length: Int
            let second: ClosedRange<UInt8>
            switch first {
            case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
            case 0xE0: (length, second) = (3, 0xA0...0xBF)
            case 0xED: (length, second) = (3, 0x80...0x9F)
            case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
            case 0xF0: (length, second) = (4, 0x90...0xBF)
            case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
            case 0xF4: (length, second) = (4, 0x80...0x8F)
            default: return false
            }
            guard index &+ length <= count, second.contains(self[index &+ 1]) else { return false }
            for next in index &+ 2..<(index &+ length) where self[next] & 0xC0 != 0x80 { return false }
            index &+= length
        }
        return true
    }
}
