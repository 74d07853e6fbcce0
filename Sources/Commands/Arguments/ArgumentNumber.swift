/// Numbers as arguments spell them. Blanks around them do not matter, everything else has to belong to the number.
enum ArgumentNumber {
    /// A whole decimal number: `-5`, `+7`, `007`.
    static func decimal(_ bytes: [UInt8]) -> Int? { Int(String(decoding: trimmed(bytes), as: UTF8.self)) }

    /// A whole number as C spells it: `0x10` is 16, `010` is 8.
    static func anyBase(_ bytes: [UInt8]) -> Int? {
        var digits = trimmed(bytes)
        var sign = 1
        if let first = digits.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            sign = first == UInt8(ascii: "-") ? -1 : 1
            digits = digits.dropFirst()
        }
        let text = String(decoding: digits, as: UTF8.self)
        guard let first = text.first, first.isHexDigit else { return nil }
        let lowercased = text.lowercased()
        let magnitude: Int? =
            if lowercased.hasPrefix("0x") {
                unsigned(text.dropFirst(2), radix: 16)
            } else if text.count > 1, first == "0" {
                unsigned(text.dropFirst(), radix: 8)
            } else {
                unsigned(text[...], radix: 10)
            }
        return magnitude.map { sign * $0 }
    }

    /// A decimal number with or without a fraction; never infinite.
    static func fraction(_ bytes: [UInt8]) -> Double? {
        guard let number = Double(String(decoding: trimmed(bytes), as: UTF8.self)), number.isFinite else { return nil }
        return number
    }

    /// Digits without a sign.
    private static func unsigned(_ text: Substring, radix: Int) -> Int? {
        text.first.map { $0 == "-" || $0 == "+" } == false ? Int(text, radix: radix) : nil
    }

    private static func trimmed(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        let start = bytes.firstIndex { $0 != UInt8(ascii: " ") } ?? bytes.endIndex
        let end = bytes.lastIndex { $0 != UInt8(ascii: " ") }.map { $0 + 1 } ?? start
        return bytes[start..<max(start, end)]
    }
}
