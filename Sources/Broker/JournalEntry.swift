/// An entry of the journal as `journalctl -o json` writes it: what of it says something about a line of the broker's.
struct JournalEntry {
    /// The line.
    private(set) var message: [UInt8] = []
    /// How grave it is for syslog: 3 is an error, 7 is for debugging.
    private(set) var priority: Int?
    /// Who wrote it.
    private(set) var identifier: String?
    /// When the journal took it, microseconds since 1970 UTC.
    private(set) var microseconds: Int64?

    /// Reads `{"MESSAGE":"…","PRIORITY":"5",…}`; `nil` when it is no such object, or has no message.
    init?(_ line: Piece) {
        guard line.starts(with: "{"), line.ends(with: "}") else { return nil }
        var scanner = Scanner(rest: line.bytes)
        var hasMessage = false
        _ = scanner.take("{")
        repeat {
            guard let name = scanner.string(), scanner.take(":"), let value = scanner.value() else { return nil }
            switch String(decoding: name, as: UTF8.self) {
            case "MESSAGE":
                message = value
                hasMessage = true
            case "PRIORITY": priority = Piece(value[...]).number
            case "SYSLOG_IDENTIFIER": identifier = String(decoding: value, as: UTF8.self)
            case "__REALTIME_TIMESTAMP": microseconds = Piece(value[...]).number.map(Int64.init)
            default: break
            }
        } while scanner.take(",")
        guard hasMessage, scanner.take("}"), scanner.rest.isEmpty else { return nil }
    }

    /// Reads JSON as far as the journal writes it: strings, bare words, and the bytes of a field that is no text.
    private struct Scanner {
        var rest: ArraySlice<UInt8>

        mutating func take(_ literal: String) -> Bool {
            rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            guard rest.starts(with: literal.utf8) else { return false }
            rest = rest.dropFirst(literal.utf8.count)
            return true
        }

        /// A string as its bytes, a list of numbers as the bytes that they are, anything else as it is written.
        mutating func value() -> [UInt8]? {
            if let string = string() { return string }
            guard take("[") else {
                let word = rest.prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "}") }
                rest = rest.dropFirst(word.count)
                return word.isEmpty ? nil : Array(word)
            }
            var bytes: [UInt8] = []
            repeat {
                _ = take("")
                let digits = rest.prefix { $0.decimalDigit != nil }
                rest = rest.dropFirst(digits.count)
                // A field that is there twice is a list of strings: the last one is as good as any.
                if digits.isEmpty {
                    guard let string = string() else { return nil }
                    bytes = string
                } else {
                    guard let byte = Piece(digits).number.flatMap(UInt8.init(exactly:)) else { return nil }
                    bytes.append(byte)
                }
            } while take(",")
            return take("]") ? bytes : nil
        }

        mutating func string() -> [UInt8]? {
            guard take("\"") else { return nil }
            var bytes: [UInt8] = []
            while let byte = rest.popFirst() {
                switch byte {
                case UInt8(ascii: "\""): return bytes
                case UInt8(ascii: "\\"):
                    guard let escaped = escape() else { return nil }
                    bytes += escaped
                default: bytes.append(byte)
                }
            }
            return nil
        }

        private mutating func escape() -> [UInt8]? {
            switch rest.popFirst() {
            case UInt8(ascii: "n"): return [0x0A]
            case UInt8(ascii: "t"): return [0x09]
            case UInt8(ascii: "r"): return [0x0D]
            case UInt8(ascii: "b"): return [0x08]
            case UInt8(ascii: "f"): return [0x0C]
            case UInt8(ascii: "u"): return scalar()
            case let other?: return [other]
            case nil: return nil
            }
        }

        /// The scalar after `\u`, which may be written as two surrogates; a lone surrogate is U+FFFD.
        private mutating func scalar() -> [UInt8]? {
            guard let first = unit() else { return nil }
            var units = [first]
            if UTF16.isLeadSurrogate(first), rest.starts(with: "\\u".utf8) {
                rest = rest.dropFirst(2)
                guard let second = unit() else { return nil }
                units.append(second)
            }
            return Array(String(decoding: units, as: UTF16.self).utf8)
        }

        private mutating func unit() -> UInt16? {
            let digits = rest.prefix(4)
            rest = rest.dropFirst(digits.count)
            guard digits.count == 4, digits.allSatisfy(\.isHexadecimalDigit) else { return nil }
            return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        }
    }
}
