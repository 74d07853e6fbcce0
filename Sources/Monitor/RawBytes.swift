/// Whether the `count` bytes at `left` and at `right` are the same.
@inline(__always)
func areEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, count: Int) -> Bool {
    guard count >= 8 else {
        for index in 0..<count
        where left.load(fromByteOffset: index, as: UInt8.self)
            != right.load(fromByteOffset: index, as: UInt8.self)
        { return false }
        return true
    }
    var offset = 0
    while offset + 8 <= count {
        guard
            left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                == right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        else { return false }
        offset += 8
    }
    // The last eight bytes, which may overlap those already compared.
    return left.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
        == right.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes are a topic of the broker itself: they begin with `$`.
    @inline(__always)
    var isSystemTopic: Bool { count > 0 && self[0] == UInt8(ascii: "$") }

    /// Where the level that begins at `start` ends: at the next `/` or at the end.
    func levelEnd(from start: Int) -> Int {
        var end = start
        while end < count, self[end] != UInt8(ascii: "/") { end += 1 }
        return end
    }
}

extension Collection<UInt8> {
    /// Hands the bytes to `body` in one piece, copied only when they do not lie so.
    func withRawBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        if let result = withContiguousStorageIfAvailable({ body(UnsafeRawBufferPointer($0)) }) { return result }
        return Array(self).withUnsafeBytes(body)
    }
}
