/// How names of levels are sorted: as people count, `ev3-2` before `ev3-10`, without regard to the case of ASCII
/// letters, everything else by its bytes; names that are alike in all this by their bytes as they are.
enum NameOrder {
    /// Whether `left` comes before `right`.
    static func precedes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        var here = 0
        var there = 0
        while here < left.count, there < right.count {
            if isDigit(left[here]), isDigit(right[there]) {
                let number = digits(in: left, from: here)
                let other = digits(in: right, from: there)
                if number.count != other.count { return number.count < other.count }
                for (digit, otherDigit) in zip(number, other) where left[digit] != right[otherDigit] {
                    return left[digit] < right[otherDigit]
                }
                here = number.upperBound
                there = other.upperBound
                continue
            }
            let byte = lowered(left[here])
            let other = lowered(right[there])
            if byte != other { return byte < other }
            here += 1
            there += 1
        }
        if here < left.count || there < right.count { return there < right.count }
        return left.lexicographicallyPrecedes(right)
    }

    /// The first eight bytes of the order of `name` from `start` on: where keys differ they order as names do, and names
    /// with the same key must be compared.
    ///
    /// A number becomes its count of digits, written as one digit, and its digits without leading zeros.
    static func key(_ name: UnsafeRawBufferPointer, from start: Int) -> UInt64 {
        var key: UInt64 = 0
        var room = 8
        var place = start
        func add(_ byte: UInt8) {
            guard room > 0 else { return }
            room -= 1
            key |= UInt64(byte) << UInt64(room * 8)
        }
        while room > 0, place < name.count {
            guard isDigit(name[place]) else {
                add(lowered(name[place]))
                place += 1
                continue
            }
            let number = digits(in: name, from: place)
            add(UInt8(ascii: "0") + UInt8(min(number.count, 9)))
            if number.count >= 9 { break }
            for digit in number { add(name[digit]) }
            place = number.upperBound
        }
        return key
    }

    /// How many bytes, at most `limit`, both names begin with; a number is not divided.
    static func commonPrefix(of name: UnsafeRawBufferPointer, and other: UnsafeRawBufferPointer, limit: Int) -> Int {
        var count = 0
        let end = min(limit, name.count, other.count)
        while count < end, name[count] == other[count] { count += 1 }
        while count > 0, isDigit(name[count - 1]) { count -= 1 }
        return count
    }

    /// The digits of the number at `start` without leading zeros.
    private static func digits(in name: UnsafeRawBufferPointer, from start: Int) -> Range<Int> {
        var begin = start
        while begin < name.count, name[begin] == UInt8(ascii: "0") { begin += 1 }
        var end = begin
        while end < name.count, isDigit(name[end]) { end += 1 }
        return begin..<end
    }

    @inline(__always)
    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    @inline(__always)
    private static func lowered(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
