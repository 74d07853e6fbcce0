/// A `-F` format, compiled once into steps.
package struct OutputFormat: Sendable, Equatable {
    /// How a value is laid out: `%[flag][width][.precision][separator]`.
    struct Field: Sendable, Equatable {
        /// Whether blanks stand behind the value, not before it.
        var isLeft = false
        /// What fills up a value that is aligned right: a blank or `0`.
        var pad = UInt8(ascii: " ")
        /// The least width, 0 for none.
        var width = 0
        /// What stands behind the point.
        var precision: Int?
        /// What stands between groups of hexadecimal digits.
        var separator: UInt8?
    }

    /// A property that is a number.
    enum Number: Sendable, Equatable {
        /// `%A`
        case topicAlias
        /// `%E`
        case messageExpiryInterval
        /// `%F`
        case payloadFormatIndicator
        /// `%S`, the first of several
        case subscriptionIdentifier
    }

    /// What is appended for each message, one after the other.
    enum Step: Sendable, Equatable {
        /// The same bytes every time.
        case literal([UInt8])
        /// `%t`
        case topic(Field)
        /// `%p`
        case payload(Field)
        /// `%x`, `%X`
        case hex(Field, isUpper: Bool)
        /// `%f`, four bytes, or `%d`, eight
        case float(Field, byteCount: Int)
        /// `%l`
        case length(Field)
        /// `%m`
        case identifier(Field)
        /// `%q`
        case qos
        /// `%r`
        case retain
        /// `%A`, `%E`, `%F`, `%S`
        case number(Number, Field)
        /// `%C`
        case contentType(Field)
        /// `%R`
        case responseTopic(Field)
        /// `%D`
        case correlationData
        /// `%P`
        case userProperties
        /// `%I`
        case localTime(Field)
        /// `%U`
        case unixTime
        /// `@N`
        case nanoseconds
        /// `@` and another letter: its place in `conversions`
        case conversion(Int)
        /// `%j`, or `%J` where the payload is JSON
        case json(isPayloadJSON: Bool)
    }

    /// Why a text is no format.
    package enum Failure: Error, Equatable, CustomStringConvertible {
        /// The format ends within `%…` or behind `@`.
        case incompleteFormat
        /// The format ends behind a backslash.
        case incompleteEscape
        /// No such letter behind `%`.
        case unknownFormat(UInt8)
        /// No such letter behind a backslash.
        case unknownEscape(UInt8)

        /// One line in mosquitto's words.
        package var description: String {
            switch self {
            case .incompleteFormat: "Incomplete format specifier."
            case .incompleteEscape: "Incomplete escape specifier."
            case .unknownFormat(let letter): "Invalid format specifier '\(Self.shown(letter))'."
            case .unknownEscape(let letter): "Invalid escape specifier '\(Self.shown(letter))'."
            }
        }

        private static func shown(_ letter: UInt8) -> String {
            (0x21...0x7E).contains(letter) ? String(Unicode.Scalar(letter)) : "\\x" + String(letter, radix: 16)
        }
    }

    /// The steps.
    private(set) var steps: [Step] = []
    /// The letters of strftime that are used, one for each `conversion`.
    private(set) var conversions: [UInt8] = []

    /// The format `text`.
    package init(_ text: some Collection<UInt8>) throws(Failure) {
        var parser = Parser(rest: Array(text)[...])
        while let byte = parser.rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"): append(try parser.value())
            case UInt8(ascii: "\\"): append(.literal([try parser.escape()]))
            case UInt8(ascii: "@"): append(try time(parser.letter()))
            default: append(.literal([byte]))
            }
        }
    }

    private mutating func append(_ step: Step) {
        if case .literal(let bytes) = step, case .literal(let before)? = steps.last {
            steps[steps.count - 1] = .literal(before + bytes)
        } else {
            steps.append(step)
        }
    }

    private mutating func time(_ letter: UInt8) -> Step {
        switch letter {
        case UInt8(ascii: "@"): return .literal([letter])
        case UInt8(ascii: "N"): return .nanoseconds
        default:
            conversions.append(letter)
            return .conversion(conversions.count - 1)
        }
    }
}

/// Reads what stands behind `%`, `@` and a backslash.
private struct Parser {
    var rest: ArraySlice<UInt8>

    /// All that may stand between the digits of `%x`.
    private static let separators = Set("!\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~ ".utf8)

    mutating func letter() throws(OutputFormat.Failure) -> UInt8 {
        guard let letter = rest.popFirst() else { throw .incompleteFormat }
        return letter
    }

    mutating func escape() throws(OutputFormat.Failure) -> UInt8 {
        guard let letter = rest.popFirst() else { throw .incompleteEscape }
        switch letter {
        case UInt8(ascii: "\\"): return letter
        case UInt8(ascii: "0"): return 0
        case UInt8(ascii: "a"): return 0x07
        case UInt8(ascii: "e"): return 0x1B
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "v"): return 0x0B
        default: throw .unknownEscape(letter)
        }
    }

    mutating func value() throws(OutputFormat.Failure) -> OutputFormat.Step {
        let field = field()
        switch try letter() {
        case UInt8(ascii: "%"): return .literal([UInt8(ascii: "%")])
        case UInt8(ascii: "t"): return .topic(field)
        case UInt8(ascii: "p"): return .payload(field)
        case UInt8(ascii: "x"): return .hex(field, isUpper: false)
        case UInt8(ascii: "X"): return .hex(field, isUpper: true)
        case UInt8(ascii: "f"): return .float(field, byteCount: 4)
        case UInt8(ascii: "d"): return .float(field, byteCount: 8)
        case UInt8(ascii: "l"): return .length(field)
        case UInt8(ascii: "m"): return .identifier(field)
        case UInt8(ascii: "q"): return .qos
        case UInt8(ascii: "r"): return .retain
        case UInt8(ascii: "A"): return .number(.topicAlias, field)
        case UInt8(ascii: "E"): return .number(.messageExpiryInterval, field)
        case UInt8(ascii: "F"): return .number(.payloadFormatIndicator, field)
        case UInt8(ascii: "S"): return .number(.subscriptionIdentifier, field)
        case UInt8(ascii: "C"): return .contentType(field)
        case UInt8(ascii: "R"): return .responseTopic(field)
        case UInt8(ascii: "D"): return .correlationData
        case UInt8(ascii: "P"): return .userProperties
        case UInt8(ascii: "I"): return .localTime(field)
        case UInt8(ascii: "U"): return .unixTime
        case UInt8(ascii: "j"): return .json(isPayloadJSON: false)
        case UInt8(ascii: "J"): return .json(isPayloadJSON: true)
        case let letter: throw .unknownFormat(letter)
        }
    }

    private mutating func field() -> OutputFormat.Field {
        var field = OutputFormat.Field()
        switch rest.first {
        case UInt8(ascii: "-")?:
            field.isLeft = true
            rest.removeFirst()
        case UInt8(ascii: "0")?:
            field.pad = UInt8(ascii: "0")
            rest.removeFirst()
        default: break
        }
        field.width = number() ?? 0
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            field.precision = number() ?? 0
        }
        if let separator = rest.first, Self.separators.contains(separator) {
            field.separator = separator
            rest.removeFirst()
        }
        return field
    }

    /// Digits as a number, which is kept within reason.
    private mutating func number() -> Int? {
        var number: Int?
        while let digit = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) {
            number = min((number ?? 0) * 10 + Int(digit - UInt8(ascii: "0")), 1 << 20)
            rest.removeFirst()
        }
        return number
    }
}
