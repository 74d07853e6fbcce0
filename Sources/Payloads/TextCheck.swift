/// Whether bytes are text.
enum TextCheck {
    /// What a byte sequence begins with.
    enum Sequence: Equatable {
        /// A character of this many bytes.
        case character(Int)
        /// The beginning of a character that the bytes end inside of.
        case incomplete
        /// Not UTF-8.
        case invalid
    }

    /// The UTF-8 sequence at `index` of `bytes` (Unicode 16, table 3-7).
    static func sequence(_ bytes: ArraySlice<UInt8>, at index: Int) -> Sequence {
        let lead = bytes[index]
        let (count, second): (Int, ClosedRange<UInt8>)
        switch lead {
        case 0x00...0x7F: return .character(1)
        case 0xC2...0xDF: (count, second) = (2, 0x80...0xBF)
        case 0xE0: (count, second) = (3, 0xA0...0xBF)
        case 0xED: (count, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (count, second) = (3, 0x80...0xBF)
        case 0xF0: (count, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (count, second) = (4, 0x80...0xBF)
        case 0xF4: (count, second) = (4, 0x80...0x8F)
        default: return .invalid
        }
        for offset in 1..<count {
            guard index + offset < bytes.endIndex else { return .incomplete }
            guard (offset == 1 ? second : 0x80...0xBF).contains(bytes[index + offset]) else { return .invalid }
        }
        return .character(count)
    }

    /// Whether a byte is a control character that text does not hold: all but white space and ESC, which colours logs.
    static func isBinaryControl(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x00...0x08, 0x0E...0x1A, 0x1C...0x1F, 0x7F: true
        default: false
        }
    }

    /// Whether `bytes` are UTF-8 text; `mayBeCut` allows them to end inside a character.
    static func isText(_ bytes: ArraySlice<UInt8>, mayBeCut: Bool = false) -> Bool {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            guard !isBinaryControl(bytes[index]) else { return false }
            switch sequence(bytes, at: index) {
            case .character(let count): index += count
            case .incomplete: return mayBeCut
            case .invalid: return false
            }
        }
        return true
    }

    /// Whether `bytes` are one decimal number, perhaps between spaces: also `+5`, `007` and `.5`, which JSON does not know.
    static func isNumber(_ bytes: [UInt8]) -> Bool {
        guard bytes.count <= 64 else { return false }
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        var rest = bytes.drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        func take(_ accepted: StaticString) -> Bool {
            let isTaken = accepted.withUTF8Buffer { accepted in rest.first.map(accepted.contains) ?? false }
            if isTaken { rest.removeFirst() }
            return isTaken
        }
        func takeDigits() -> Int {
            let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
            rest.removeFirst(count)
            return count
        }
        _ = take("+-")
        var digitCount = takeDigits()
        if take(".") { digitCount += takeDigits() }
        guard digitCount > 0 else { return false }
        if take("eE") {
            _ = take("+-")
            guard takeDigits() > 0 else { return false }
        }
        return rest.isEmpty
    }
}
