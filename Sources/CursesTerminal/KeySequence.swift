internal import Screen

/// What the first bytes of input between sequences are.
enum KeySequence {
    /// The verdict on the first bytes.
    enum Step: Equatable {
        /// They are this input.
        case input(Input, Int)
        /// They are nothing that a user did.
        case skip(Int)
        /// Pasted text follows.
        case paste(Int)
        /// A control string follows.
        case string(Int)
        /// A control sequence without end follows.
        case sequence(Int)
        /// They go on. `isUndecided`: or they do not, and a key was pressed.
        case more(isUndecided: Bool)
    }

    /// The longest control sequence that is looked at, in bytes.
    private static let limit = 64

    /// Judges `bytes`, which must not be empty; never looks further than it has to.
    static func parse(_ bytes: ArraySlice<UInt8>, known: [[UInt8]: Key]) -> Step {
        let first = bytes[bytes.startIndex]
        switch first {
        case 0x1b: return escape(bytes, known)
        case 0: return .input(.key(.control(" ")), 1)
        case 0x08, 0x7f: return .input(.key(.backspace), 1)
        case 0x09: return .input(.key(.tab), 1)
        case 0x0a, 0x0d: return .input(.key(.enter), 1)
        case 1...26: return .input(.key(.control(Unicode.Scalar(first + 0x60))), 1)
        case 28...31: return .input(.key(.control(Unicode.Scalar(first + 0x40))), 1)
        case 0x20...0x7e: return .input(.key(.character(Unicode.Scalar(first))), 1)
        default: return character(bytes) { .character($0) }
        }
    }

    /// A character beyond ASCII. Bytes that are no UTF-8 are nothing.
    private static func character(_ bytes: ArraySlice<UInt8>, _ key: (Unicode.Scalar) -> Key) -> Step {
        let length: Int
        switch bytes[bytes.startIndex] {
        case 0xc2...0xdf: length = 2
        case 0xe0...0xef: length = 3
        case 0xf0...0xf4: length = 4
        default: return .skip(1)
        }
        let available = bytes.prefix(length)
        guard available.dropFirst().allSatisfy({ $0 & 0xc0 == 0x80 }) else { return .skip(1) }
        guard available.count == length else { return .more(isUndecided: false) }
        let scalars = String(decoding: available, as: UTF8.self).unicodeScalars
        guard scalars.count == 1, let scalar = scalars.first, scalar.value >= 0xa0 else { return .skip(length) }
        return .input(.key(key(scalar)), length)
    }

    private static func escape(_ bytes: ArraySlice<UInt8>, _ known: [[UInt8]: Key]) -> Step {
        guard let second = bytes.dropFirst().first else { return .more(isUndecided: true) }
        switch second {
        case UInt8(ascii: "["): return controlSequence(bytes, known)
        case UInt8(ascii: "O"): return singleShift(bytes, known)
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"), UInt8(ascii: "X"):
            // A person may press Alt and this key; what a terminal sends goes on at once.
            guard let third = bytes.dropFirst(2).first else { return .more(isUndecided: true) }
            return (0x20...0x7e).contains(third) ? .string(2) : .input(.key(.alt(Unicode.Scalar(second))), 2)
        case 0x1b: return .input(.key(.escape), 1)
        case 0x20...0x7e: return .input(.key(.alt(Unicode.Scalar(second))), 2)
        case 0x80...0xff:
            switch character(bytes.dropFirst(), { .alt($0) }) {
            case .input(let input, let count): return .input(input, count + 1)
            case .skip(let count): return .skip(count + 1)
            case let other: return other
            }
        default:
            // Alt and a key without an Alt form (Alt-Backspace): the key alone.
            return .skip(1)
        }
    }

    /// ESC O and one byte: arrows, function keys and the keypad in application mode.
    private static func singleShift(_ bytes: ArraySlice<UInt8>, _ known: [[UInt8]: Key]) -> Step {
        guard let third = bytes.dropFirst(2).first else { return .more(isUndecided: true) }
        if let key = known[Array(bytes.prefix(3))] { return .input(.key(key), 3) }
        switch third {
        case UInt8(ascii: "M"): return .input(.key(.enter), 3)
        case UInt8(ascii: "I"): return .input(.key(.tab), 3)
        case UInt8(ascii: "X"): return .input(.key(.character("=")), 3)
        case UInt8(ascii: "j")...UInt8(ascii: "y"): return .input(.key(.character(Unicode.Scalar(third - 0x40))), 3)
        case UInt8(ascii: "a")...UInt8(ascii: "d"): return arrow(third - 0x20, 3)
        case 0x40...0x7e: return arrow(third, 3)
        default: return .input(.key(.alt("O")), 2)
        }
    }

    /// A key that is named by one letter in the same way in both kinds of sequences.
    private static func arrow(_ letter: UInt8, _ count: Int) -> Step {
        switch letter {
        case UInt8(ascii: "A"): .input(.key(.up), count)
        case UInt8(ascii: "B"): .input(.key(.down), count)
        case UInt8(ascii: "C"): .input(.key(.right), count)
        case UInt8(ascii: "D"): .input(.key(.left), count)
        case UInt8(ascii: "F"): .input(.key(.end), count)
        case UInt8(ascii: "H"): .input(.key(.home), count)
        case UInt8(ascii: "P")...UInt8(ascii: "S"): .input(.key(.function(Int(letter) - 0x4f)), count)
        case UInt8(ascii: "Z"): .input(.key(.backTab), count)
        default: .skip(count)
        }
    }

    /// ESC [ and parameters up to a final byte.
    private static func controlSequence(_ bytes: ArraySlice<UInt8>, _ known: [[UInt8]: Key]) -> Step {
        let body = bytes.dropFirst(2)
        guard let third = body.first else { return .more(isUndecided: true) }
        if third == UInt8(ascii: "[") {
            // F1 to F5 of the Linux console.
            guard let letter = body.dropFirst().first else { return .more(isUndecided: false) }
            guard (0x41...0x45).contains(letter) else { return .skip((0x40...0x7e).contains(letter) ? 4 : 3) }
            return .input(.key(.function(Int(letter) - 0x40)), 4)
        }
        if third == UInt8(ascii: "M") { return oldMouse(body.dropFirst()) }
        guard let end = body.firstIndex(where: { !(0x20...0x3f).contains($0) }) else {
            return body.count < limit ? .more(isUndecided: false) : .sequence(bytes.count)
        }
        let length = end - bytes.startIndex + 1
        // A control character is no part of the sequence: somebody lost the rest and pressed a key.
        guard (0x40...0x7e).contains(bytes[end]) else { return .skip(length - 1) }
        if let key = known[Array(bytes.prefix(length))] { return .input(.key(key), length) }
        let parameters = body[..<end]
        if parameters.first == UInt8(ascii: "<") { return mouse(parameters.dropFirst(), final: bytes[end], length) }
        guard parameters.allSatisfy({ (0x30...0x3b).contains($0) }) else { return .skip(length) }
        return key(numbers(parameters), final: bytes[end], length)
    }

    /// The key that a control sequence with plain numbers stands for; modifiers are not told apart.
    private static func key(_ numbers: [Int], final: UInt8, _ length: Int) -> Step {
        let first = numbers.first ?? 1
        switch final {
        case UInt8(ascii: "~") where first == 27 && numbers.count == 3: return modified(numbers[2], numbers[1], length)
        case UInt8(ascii: "u"): return modified(first, numbers.count > 1 ? numbers[1] : 1, length)
        case UInt8(ascii: "~"), UInt8(ascii: "^"), UInt8(ascii: "@"), UInt8(ascii: "$"):
            if first == 200 { return .paste(length) }
            guard let key = editing[first] else { return .skip(length) }
            return .input(.key(key), length)
        case UInt8(ascii: "a")...UInt8(ascii: "d") where numbers.isEmpty: return arrow(final - 0x20, length)
        // With numbers it is the answer to the question where the cursor is.
        case UInt8(ascii: "R") where !numbers.isEmpty: return .skip(length)
        default: return first == 1 ? arrow(final, length) : .skip(length)
        }
    }

    /// A key that a terminal reports by its character and modifiers.
    private static func modified(_ code: Int, _ modifiers: Int, _ length: Int) -> Step {
        let bits = max(0, modifiers - 1)
        switch code {
        case 9: return .input(.key(bits & 1 != 0 ? .backTab : .tab), length)
        case 13: return .input(.key(.enter), length)
        case 27: return .input(.key(.escape), length)
        case 8, 127: return .input(.key(.backspace), length)
        default: break
        }
        // The private characters of the protocol are keys of their own: Caps Lock, media keys and so on.
        guard code >= 0x20, !(0xe000...0xf8ff).contains(code), let scalar = Unicode.Scalar(UInt32(code)) else {
            return .skip(length)
        }
        if bits & 4 != 0, let key = Key(name: "Ctrl-" + String(scalar)) { return .input(.key(key), length) }
        guard bits & 4 == 0, Key.isPrintable(scalar) else { return .skip(length) }
        return .input(.key(bits & 2 != 0 ? .alt(scalar) : .character(scalar)), length)
    }

    /// The numbers of editing and function keys.
    private static let editing: [Int: Key] = [
        1: .home, 2: .insert, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
        11: .function(1), 12: .function(2), 13: .function(3), 14: .function(4), 15: .function(5), 17: .function(6),
        18: .function(7), 19: .function(8), 20: .function(9), 21: .function(10), 23: .function(11), 24: .function(12),
        25: .function(13), 26: .function(14), 28: .function(15), 29: .function(16), 31: .function(17),
        32: .function(18), 33: .function(19), 34: .function(20),
    ]

    /// Semicolon-separated numbers; a missing or huge one is 0, and what follows a colon does not count.
    private static func numbers(_ parameters: ArraySlice<UInt8>) -> [Int] {
        guard !parameters.isEmpty else { return [] }
        return parameters.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { field in
            Int(String(decoding: field.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)) ?? 0
        }
    }

    /// ESC [ < button ; column ; row, and M for down or m for up.
    private static func mouse(_ parameters: ArraySlice<UInt8>, final: UInt8, _ length: Int) -> Step {
        let values = numbers(parameters)
        guard values.count == 3, final == UInt8(ascii: "M") || final == UInt8(ascii: "m") else { return .skip(length) }
        return mouse(
            button: values[0], column: values[1] - 1, row: values[2] - 1, isRelease: final == UInt8(ascii: "m"), length)
    }

    /// ESC [ M and three bytes: button, column and row, all plus 32.
    private static func oldMouse(_ bytes: ArraySlice<UInt8>) -> Step {
        let values = bytes.prefix(3).map { Int($0) - 32 }
        guard values.count == 3 else { return .more(isUndecided: false) }
        return mouse(
            button: values[0], column: values[1] - 1, row: values[2] - 1, isRelease: values[0] & 67 == 3, 6)
    }

    private static func mouse(button: Int, column: Int, row: Int, isRelease: Bool, _ length: Int) -> Step {
        let isMotion = button & 32 != 0
        guard column >= 0, row >= 0, button >= 0, button < 128, !isMotion else { return .skip(length) }
        let kind: Mouse.Kind
        if button & 64 != 0 {
            guard button & 3 < 2 else { return .skip(length) }
            kind = button & 3 == 0 ? .wheelUp : .wheelDown
        } else {
            kind = isRelease ? .release : .press(button & 3)
        }
        return .input(.mouse(Mouse(row: row, column: column, kind: kind)), length)
    }
}
