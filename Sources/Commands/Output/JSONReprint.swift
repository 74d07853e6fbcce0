import Glibc

/// Reads JSON and writes it again, as cJSON does: escapes decoded, blanks lost, names that repeat kept, numbers as the nearest
/// double. No tree is made.
struct JSONReprint {
    /// Deepest nesting.
    private static let depthLimit = 1_000

    private let source: UnsafeRawBufferPointer
    private var index = 0
    private var layout: JSONLayout
    private var depth = 0
    private var text: [UInt8] = []

    /// Reads `source` and writes it as `layout` says, which may stand within something else.
    init(_ source: UnsafeRawBufferPointer, layout: JSONLayout) {
        self.source = source
        self.layout = layout
    }

    /// Appends the value to `output`; `false`, and nothing is appended, when `source` is not one JSON value.
    mutating func append(to output: inout OutputBuffer) -> Bool {
        let before = output.count
        if source.count >= 3, source[0] == 0xEF, source[1] == 0xBB, source[2] == 0xBF { index = 3 }
        skipBlanks()
        if value(&output) {
            skipBlanks()
            if index == source.count { return true }
        }
        output.truncate(to: before)
        return false
    }

    private var next: UInt8? { index < source.count ? source[index] : nil }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || (0x09...0x0D).contains(byte) { index += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        index += 1
        return true
    }

    private mutating func value(_ output: inout OutputBuffer) -> Bool {
        switch next {
        case UInt8(ascii: "{"): return object(&output)
        case UInt8(ascii: "["): return array(&output)
        case UInt8(ascii: "\""):
            guard string() else { return false }
            text.withUnsafeBytes { layout.string($0, &output) }
            return true
        case UInt8(ascii: "t"): return word("true", &output)
        case UInt8(ascii: "f"): return word("false", &output)
        case UInt8(ascii: "n"): return word("null", &output)
        default: return number(&output)
        }
    }

    private mutating func word(_ word: StaticString, _ output: inout OutputBuffer) -> Bool {
        let end = index + word.utf8CodeUnitCount
        guard end <= source.count else { return false }
        for offset in 0..<word.utf8CodeUnitCount where source[index + offset] != word.utf8Start[offset] { return false }
        index = end
        output.append(word)
        return true
    }

    private mutating func object(_ output: inout OutputBuffer) -> Bool {
        index += 1
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { return false }
        layout.openObject(&output)
        skipBlanks()
        if !take(UInt8(ascii: "}")) {
            repeat {
                skipBlanks()
                guard next == UInt8(ascii: "\""), string() else { return false }
                text.withUnsafeBytes { layout.key($0, &output) }
                skipBlanks()
                guard take(UInt8(ascii: ":")) else { return false }
                skipBlanks()
                guard value(&output) else { return false }
                skipBlanks()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "}")) else { return false }
        }
        layout.closeObject(&output)
        return true
    }

    private mutating func array(_ output: inout OutputBuffer) -> Bool {
        index += 1
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { return false }
        layout.openArray(&output)
        skipBlanks()
        if !take(UInt8(ascii: "]")) {
            repeat {
                skipBlanks()
                layout.element(&output)
                guard value(&output) else { return false }
                skipBlanks()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "]")) else { return false }
        }
        layout.closeArray(&output)
        return true
    }

    /// Reads a string into `text`, its escapes decoded.
    private mutating func string() -> Bool {
        index += 1
        text.removeAll(keepingCapacity: true)
        while let byte = next {
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"): guard escape() else { return false }
            default: text.append(byte)
            }
        }
        return false
    }

    private mutating func escape() -> Bool {
        guard let letter = next else { return false }
        index += 1
        switch letter {
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
        case UInt8(ascii: "u"):
            guard let scalar = scalar(), let bytes = UTF8.encode(scalar) else { return false }
            text.append(contentsOf: bytes)
        default: return false
        }
        return true
    }

    /// The scalar of `\u` and four digits, or two such.
    private mutating func scalar() -> Unicode.Scalar? {
        guard let first = unit() else { return nil }
        guard UTF16.isLeadSurrogate(first) else { return Unicode.Scalar(first) }
        guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")), let second = unit(), UTF16.isTrailSurrogate(second)
        else { return nil }
        return Unicode.Scalar(0x1_0000 + (UInt32(first & 0x3FF) << 10 | UInt32(second & 0x3FF)))
    }

    private mutating func unit() -> UInt16? {
        guard index + 4 <= source.count else { return nil }
        var unit: UInt16 = 0
        for byte in source[index..<index + 4] {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 | UInt16(byte & 15)
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
                unit = unit << 4 | UInt16(byte & 15) + 9
            default: return nil
            }
        }
        index += 4
        return unit
    }

    private mutating func number(_ output: inout OutputBuffer) -> Bool {
        guard let first = next, first == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
        else { return false }
        let digits = source[index...].prefix(63).prefix { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.eE".utf8.contains(byte)
        }
        let (value, used) = OutputBuffer.double(Array(digits))
        guard used > 0 else { return false }
        index += used
        output.append(cJSONNumber: value)
        return true
    }
}

extension OutputBuffer {
    /// Appends a number as cJSON does: whole ones of 32 bits in digits, others with 15 or, where those do not say it, 17
    /// places.
    mutating func append(cJSONNumber value: Double) {
        guard value.isFinite else { return append("null") }
        if let whole = Int32(exactly: value) { return append(decimal: Int64(whole)) }
        let short = Self.formatted("%1.15g", [value])
        let again = Self.double(short).value
        let isExact = abs(again - value) <= max(abs(again), abs(value)) * .ulpOfOne
        append(isExact ? short : Self.formatted("%1.17g", [value]))
    }

    /// The number at the beginning of `text`, and how many bytes it takes.
    static func double(_ text: [UInt8]) -> (value: Double, used: Int) {
        var characters = text.map { CChar(bitPattern: $0) } + [0]
        return characters.withUnsafeMutableBufferPointer { characters in
            guard let start = characters.baseAddress else { return (0, 0) }
            var end: UnsafeMutablePointer<CChar>? = start
            let value = strtod(start, &end)
            return (value, (end ?? start) - start)
        }
    }

    /// What printf makes of a number: at most 4,096 bytes.
    static func formatted(_ format: String, _ arguments: [any CVarArg]) -> [UInt8] {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4_096) { text in
            let count = withVaList(arguments) { vsnprintf(text.baseAddress, text.count, format, $0) }
            return text[..<min(max(Int(count), 0), text.count - 1)].map { UInt8(bitPattern: $0) }
        }
    }
}
