/// A part of a log line, taken apart by the literal texts at its ends. Everything is bytes: nothing here can fail on them.
struct Piece {
    /// What is left.
    private(set) var bytes: ArraySlice<UInt8>

    /// The whole of `bytes`.
    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// The bytes as text; what is not UTF-8 becomes U+FFFD.
    var text: String { String(decoding: bytes, as: UTF8.self) }
    /// Whether nothing is left.
    var isEmpty: Bool { bytes.isEmpty }
    /// Whether it is exactly `literal`.
    func isEqual(to literal: String) -> Bool { bytes.elementsEqual(literal.utf8) }
    /// Whether it begins with `literal`.
    func starts(with literal: String) -> Bool { bytes.starts(with: literal.utf8) }
    /// Whether it ends with `literal`.
    func ends(with literal: String) -> Bool { dropping(last: literal) != nil }

    /// What follows `literal` at the beginning; `nil` when it does not begin so.
    func dropping(first literal: String) -> Piece? {
        guard starts(with: literal) else { return nil }
        return Piece(bytes.dropFirst(literal.utf8.count))
    }

    /// What comes before `literal` at the end; `nil` when it does not end so.
    func dropping(last literal: String) -> Piece? {
        let count = literal.utf8.count
        guard bytes.count >= count, bytes.suffix(count).elementsEqual(literal.utf8) else { return nil }
        return Piece(bytes.dropLast(count))
    }

    /// What lies between `prefix` at the beginning and `suffix` at the end; `nil` when either is missing.
    func between(_ prefix: String, _ suffix: String) -> Piece? {
        dropping(first: prefix)?.dropping(last: suffix)
    }

    /// The same without spaces at its beginning.
    var trimmed: Piece { Piece(bytes.drop { $0 == UInt8(ascii: " ") }) }

    /// The parts before and after the first `literal`.
    func split(first literal: String) -> (before: Piece, after: Piece)? {
        guard let start = starts(of: literal).first else { return nil }
        return parts(at: start, dropping: literal.utf8.count)
    }

    /// The parts before and after the last `literal`.
    func split(last literal: String) -> (before: Piece, after: Piece)? {
        guard let start = starts(of: literal).last else { return nil }
        return parts(at: start, dropping: literal.utf8.count)
    }

    /// The parts before and after every `literal`, the last one first.
    func splits(last literal: String) -> [(before: Piece, after: Piece)] {
        starts(of: literal).reversed().map { parts(at: $0, dropping: literal.utf8.count) }
    }

    /// The whole as a decimal number; `nil` when it is none or has more than 18 digits.
    var number: Int? {
        guard (1...18).contains(bytes.count) else { return nil }
        var value = 0
        for byte in bytes {
            guard let digit = byte.decimalDigit else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Takes the decimal digits at the beginning; `nil`, and nothing taken, when there are none or more than 18.
    mutating func takeNumber() -> Int? {
        let digits = Piece(bytes.prefix { $0.decimalDigit != nil })
        guard let number = digits.number else { return nil }
        bytes = bytes.dropFirst(digits.bytes.count)
        return number
    }

    /// Takes `literal` from the beginning; `false`, and nothing taken, when it does not begin so.
    mutating func take(_ literal: String) -> Bool {
        guard let rest = dropping(first: literal) else { return false }
        self = rest
        return true
    }

    private func parts(at start: Int, dropping count: Int) -> (before: Piece, after: Piece) {
        (Piece(bytes[..<start]), Piece(bytes[(start + count)...]))
    }

    /// Where `literal` begins, overlapping ones included.
    private func starts(of literal: String) -> [Int] {
        let literal = literal.utf8
        guard let first = literal.first, bytes.count >= literal.count else { return [] }
        return (bytes.startIndex...(bytes.endIndex - literal.count)).filter {
            bytes[$0] == first && bytes[$0...].starts(with: literal)
        }
    }
}

extension UInt8 {
    /// The value of an ASCII decimal digit.
    var decimalDigit: Int? {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) else { return nil }
        return Int(self - UInt8(ascii: "0"))
    }

    /// Whether it is an ASCII hexadecimal digit.
    var isHexadecimalDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
