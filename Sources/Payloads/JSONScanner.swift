/// Takes JSON text (RFC 8259) apart into its tokens.
///
/// `NaN`, `Infinity` and `-Infinity` are taken too, though they are no JSON: Python writes them, and robots measure them.
struct JSONScanner {
    /// A token; ranges are those of its bytes.
    enum Token: Equatable {
        /// `{` or `[`.
        case open(isObject: Bool)
        /// `}` or `]`.
        case close(isObject: Bool)
        /// `:`
        case colon
        /// `,`
        case comma
        /// A string, with its quotes and its escapes as they are.
        case string(Range<Int>)
        /// A number, as it is written.
        case number(Range<Int>)
        /// `true`, `false`, `null`, `NaN` or `Infinity`.
        case literal(Range<Int>)
        /// Nothing more.
        case end
        /// No token of JSON.
        case invalid
    }

    private let bytes: [UInt8]
    /// Where scanning ends.
    private let end: Int
    /// Where the latest token begins.
    private(set) var tokenStart: Int
    /// Where the next token is looked for.
    private(set) var position: Int
    /// Whether a token was one that JSON does not have.
    private(set) var holdsExtension = false

    /// A scanner of `bytes` from `start` to `end`.
    init(_ bytes: [UInt8], from start: Int = 0, to end: Int? = nil) {
        self.bytes = bytes
        self.end = min(end ?? bytes.count, bytes.count)
        tokenStart = start
        position = start
    }

    /// A scanner from the same position on that looks at most `count` bytes ahead.
    func ahead(atMost count: Int) -> JSONScanner { JSONScanner(bytes, from: position, to: min(end, position + count)) }

    /// Goes on where `other`, which looked ahead, stands.
    mutating func catchUp(with other: JSONScanner) {
        position = other.position
        holdsExtension = holdsExtension || other.holdsExtension
    }

    /// Whether `bytes` begin as JSON does.
    static func mayBegin(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first(where: { !isSpace($0) }) else { return false }
        switch first {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "-"), UInt8(ascii: "t"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return true
        default: return false
        }
    }

    /// The next token; `invalid` and `end` come again and again.
    mutating func next() -> Token {
        while position < end, Self.isSpace(bytes[position]) { position += 1 }
        tokenStart = position
        guard position < end else { return .end }
        switch bytes[position] {
        case UInt8(ascii: "{"): return single(.open(isObject: true))
        case UInt8(ascii: "}"): return single(.close(isObject: true))
        case UInt8(ascii: "["): return single(.open(isObject: false))
        case UInt8(ascii: "]"): return single(.close(isObject: false))
        case UInt8(ascii: ":"): return single(.colon)
        case UInt8(ascii: ","): return single(.comma)
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "t"): return literal("true")
        case UInt8(ascii: "f"): return literal("false")
        case UInt8(ascii: "n"): return literal("null")
        case UInt8(ascii: "N"): return extended("NaN")
        case UInt8(ascii: "I"): return extended("Infinity")
        case UInt8(ascii: "-") where position + 1 < end && bytes[position + 1] == UInt8(ascii: "I"):
            return extended("-Infinity")
        default: return number()
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    private mutating func single(_ token: Token) -> Token {
        position += 1
        return token
    }

    private mutating func literal(_ word: StaticString) -> Token {
        let count = word.utf8CodeUnitCount
        let isSame = word.withUTF8Buffer { bytes[position..<end].starts(with: $0) }
        guard isSame else { return .invalid }
        position += count
        return .literal(tokenStart..<position)
    }

    private mutating func extended(_ word: StaticString) -> Token {
        let token = literal(word)
        if token != .invalid { holdsExtension = true }
        return token
    }

    private mutating func string() -> Token {
        var index = position + 1
        while index < end {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""):
                position = index + 1
                return .string(tokenStart..<position)
            case UInt8(ascii: "\\"):
                guard let count = escapeLength(at: index) else { return .invalid }
                index += count
            case 0x20...0x7F: index += 1
            case 0x00...0x1F: return .invalid
            default:
                guard case .character(let count) = TextCheck.sequence(bytes[..<end], at: index) else { return .invalid }
                index += count
            }
        }
        return .invalid
    }

    /// Bytes of the escape at `index`; `nil` when it is none. Halves of surrogate pairs are left as they are.
    private func escapeLength(at index: Int) -> Int? {
        guard index + 1 < end else { return nil }
        switch bytes[index + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return 2
        case UInt8(ascii: "u"):
            guard index + 6 <= end, bytes[index + 2..<index + 6].allSatisfy(Self.isHexadecimal) else { return nil }
            return 6
        default: return nil
        }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private mutating func number() -> Token {
        var index = position
        func digits() -> Int {
            let start = index
            while index < end, Self.isDigit(bytes[index]) { index += 1 }
            return index - start
        }
        func take(_ byte: UInt8) -> Bool {
            guard index < end, bytes[index] == byte else { return false }
            index += 1
            return true
        }
        _ = take(UInt8(ascii: "-"))
        let first = index
        let count = digits()
        guard count > 0, count == 1 || bytes[first] != UInt8(ascii: "0") else { return .invalid }
        if take(UInt8(ascii: ".")), digits() == 0 { return .invalid }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard digits() > 0 else { return .invalid }
        }
        position = index
        return .number(tokenStart..<position)
    }
}
