internal import Screen

/// Writes JSON as cJSON lays it out: without any blanks, or `isPretty` with tabs, a member on each line, and arrays on one.
struct JSONLayout {
    /// Whether it is laid out for people.
    let isPretty: Bool
    /// Whether scalars that a terminal would not show are escaped.
    let isSafe: Bool
    private var depth = 0
    private var isFirst = true

    /// Writes a value that stands in nothing else.
    init(isPretty: Bool, isSafe: Bool) {
        self.isPretty = isPretty
        self.isSafe = isSafe
    }

    /// Begins an object.
    mutating func openObject(_ output: inout OutputBuffer) {
        output.append(UInt8(ascii: "{"))
        if isPretty { output.append(UInt8(ascii: "\n")) }
        depth += 1
        isFirst = true
    }

    /// Ends it.
    mutating func closeObject(_ output: inout OutputBuffer) {
        depth -= 1
        if isPretty {
            if !isFirst { output.append(UInt8(ascii: "\n")) }
            output.append(UInt8(ascii: "\t"), times: depth)
        }
        output.append(UInt8(ascii: "}"))
        isFirst = false
    }

    /// Begins a member, up to its value. `name` needs no escapes.
    mutating func key(_ name: StaticString, _ output: inout OutputBuffer) {
        beginMember(&output)
        output.append(UInt8(ascii: "\""))
        output.append(name)
        output.append(UInt8(ascii: "\""))
        endKey(&output)
    }

    /// The same for any name.
    mutating func key(_ name: UnsafeRawBufferPointer, _ output: inout OutputBuffer) {
        beginMember(&output)
        string(name, &output)
        endKey(&output)
    }

    /// What stands before the name of a member.
    mutating func beginMember(_ output: inout OutputBuffer) {
        if !isFirst {
            output.append(UInt8(ascii: ","))
            if isPretty { output.append(UInt8(ascii: "\n")) }
        }
        isFirst = false
        if isPretty { output.append(UInt8(ascii: "\t"), times: depth) }
    }

    /// What stands behind the name of a member.
    func endKey(_ output: inout OutputBuffer) {
        output.append(UInt8(ascii: ":"))
        if isPretty { output.append(UInt8(ascii: "\t")) }
    }

    /// Begins an array.
    mutating func openArray(_ output: inout OutputBuffer) {
        output.append(UInt8(ascii: "["))
        depth += 1
        isFirst = true
    }

    /// What stands before an element.
    mutating func element(_ output: inout OutputBuffer) {
        if !isFirst {
            output.append(UInt8(ascii: ","))
            if isPretty { output.append(UInt8(ascii: " ")) }
        }
        isFirst = false
    }

    /// Ends an array.
    mutating func closeArray(_ output: inout OutputBuffer) {
        output.append(UInt8(ascii: "]"))
        depth -= 1
        isFirst = false
    }

    /// A string of any bytes: what is no UTF-8 becomes U+FFFD.
    func string(_ bytes: UnsafeRawBufferPointer, _ output: inout OutputBuffer) {
        _ = string(bytes, mends: true, &output)
    }

    /// A string of any bytes; `false`, and nothing of it is left, when they are no UTF-8 and it does not mend that.
    func string(_ bytes: UnsafeRawBufferPointer, mends: Bool, _ output: inout OutputBuffer) -> Bool {
        let before = output.count
        output.reserve(bytes.count + 2)
        output.append(UInt8(ascii: "\""))
        var start = 0  // of what is copied as it is
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                index &+= 1
                continue
            }
            if byte >= 0x7F {
                let length = bytes.scalarLength(at: index)
                if length > 0, !isSafe || SafeText.shows(bytes.scalar(at: index, length: length)) {
                    index &+= length
                    continue
                }
                guard length > 0 || mends else {
                    output.truncate(to: before)
                    return false
                }
                output.append(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
                if length > 0 {
                    Self.escape(bytes.scalar(at: index, length: length), &output)
                } else {
                    output.append("\u{FFFD}")
                }
                index &+= max(length, 1)
            } else {
                output.append(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
                Self.escape(ascii: byte, &output)
                index &+= 1
            }
            start = index
        }
        output.append(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
        output.append(UInt8(ascii: "\""))
        return true
    }

    /// An ASCII character that cannot stand in a string as it is.
    private static func escape(ascii byte: UInt8, _ output: inout OutputBuffer) {
        switch byte {
        case UInt8(ascii: "\""): output.append("\\\"")
        case UInt8(ascii: "\\"): output.append("\\\\")
        case 0x08: output.append("\\b")
        case 0x0A: output.append("\\n")
        case 0x0C: output.append("\\f")
        case 0x0D: output.append("\\r")
        case 0x09: output.append("\\t")
        default: escape(unit: UInt16(byte), &output)
        }
    }

    private static func escape(_ scalar: Unicode.Scalar, _ output: inout OutputBuffer) {
        for unit in UTF16.encode(scalar) ?? .init() { escape(unit: unit, &output) }
    }

    private static func escape(unit: UInt16, _ output: inout OutputBuffer) {
        output.append("\\u")
        for shift in [12, 8, 4, 0] as [UInt16] { output.append(hexDigit: UInt8(unit >> shift & 15)) }
    }
}

extension OutputBuffer {
    /// Appends a hexadecimal digit, 0 to 15.
    mutating func append(hexDigit digit: UInt8, isUpper: Bool = false) {
        append(digit < 10 ? 0x30 + digit : (isUpper ? 0x41 : 0x61) + digit - 10)
    }
}

extension UnsafeRawBufferPointer {
    /// The bytes of the scalar of UTF-8 at `index`, 0 when none is there.
    func scalarLength(at index: Int) -> Int {
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch self[index] {
        case ..<0x80: return 1
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return 0
        }
        guard index &+ length <= count, second.contains(self[index &+ 1]) else { return 0 }
        for next in index &+ 2..<(index &+ length) where self[next] & 0xC0 != 0x80 { return 0 }
        return length
    }

    /// The scalar of UTF-8 at `index`, which takes `length` bytes.
    func scalar(at index: Int, length: Int) -> Unicode.Scalar {
        var value = UInt32(self[index]) & (length == 1 ? 0x7F : 0x7F >> UInt32(length))
        for next in index &+ 1..<(index &+ length) { value = value << 6 | UInt32(self[next] & 0x3F) }
        return Unicode.Scalar(value) ?? "\u{FFFD}"
    }
}
