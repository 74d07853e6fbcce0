/// A seeded hash of ever longer prefixes of the same bytes: each costs only what was added since the one before.
///
/// Eight bytes at a time are multiplied into the state; the seed, which no publisher knows, keeps them from crafting
/// topics that collide.
struct PrefixHash {
    private var state: UInt64
    private var consumed = 0

    /// A hash before any byte.
    @inline(__always)
    init(seed: UInt64) { state = seed }

    /// The hash of the first `length` bytes at `base`; lengths must not shrink from call to call.
    @inline(__always)
    mutating func hash(_ base: UnsafeRawPointer, length: Int) -> UInt32 {
        while consumed &+ 8 <= length {
            let word = base.loadUnaligned(fromByteOffset: consumed, as: UInt64.self)
            state = Self.fold(state ^ word, 0x9E37_79B9_7F4A_7C15)
            consumed &+= 8
        }
        let mixed = Self.fold(state ^ tail(base, length: length), 0xD6E8_FEB8_6659_FD93 ^ UInt64(length))
        return UInt32(truncatingIfNeeded: mixed ^ mixed >> 32)
    }

    /// The up to seven bytes after the last whole word, in the low end of a word.
    @inline(__always)
    private func tail(_ base: UnsafeRawPointer, length: Int) -> UInt64 {
        let rest = length &- consumed
        guard rest > 0 else { return 0 }
        if length >= 8 {
            let last = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self))
            return last &>> UInt64(64 &- 8 &* rest)
        }
        var tail: UInt64 = 0
        for index in 0..<rest {
            tail |= UInt64(base.load(fromByteOffset: consumed &+ index, as: UInt8.self)) &<< UInt64(8 &* index)
        }
        return tail
    }

    @inline(__always)
    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
