/// What `TestTerminal` sends for keys.
enum TypedKeys {
    private static let sequences: [String: String] = [
        "Enter": "\r", "Esc": "\u{1b}", "Tab": "\t", "Shift-Tab": "\u{1b}[Z", "Space": " ", "Backspace": "\u{7f}",
        "Del": "\u{1b}[3~", "Ins": "\u{1b}[2~", "Up": "\u{1b}OA", "Down": "\u{1b}OB", "Right": "\u{1b}OC",
        "Left": "\u{1b}OD", "Home": "\u{1b}OH", "End": "\u{1b}OF", "PgUp": "\u{1b}[5~", "PgDn": "\u{1b}[6~",
        "F1": "\u{1b}OP", "F2": "\u{1b}OQ", "F3": "\u{1b}OR", "F4": "\u{1b}OS", "F5": "\u{1b}[15~", "F6": "\u{1b}[17~",
        "F7": "\u{1b}[18~", "F8": "\u{1b}[19~", "F9": "\u{1b}[20~", "F10": "\u{1b}[21~", "F11": "\u{1b}[23~",
        "F12": "\u{1b}[24~", "lt": "<",
    ]

    /// The bytes of a key by its name; nil when there is no such key.
    static func sequence(of name: String) -> String? {
        if let sequence = sequences[name] { return sequence }
        guard let scalar = name.unicodeScalars.last else { return nil }
        switch name.dropLast() {
        case "Ctrl-" where scalar.isASCII && scalar.value >= 0x40:
            return String(Unicode.Scalar(UInt8(scalar.value & 0x1f)))
        case "Alt-": return "\u{1b}" + String(scalar)
        default: return nil
        }
    }
}
