internal import Screen

/// Spells the sequence that offers text to the clipboard of the user's own terminal (OSC 52), also from afar.
enum Clipboard {
    /// The longest encoded text that terminals are known to take, in bytes.
    static let encodedLimit = 74_994

    /// The bytes to send through `multiplexer`; nil when the text is too long.
    static func sequence(for text: [UInt8], through multiplexer: Multiplexer) -> [UInt8]? {
        guard (text.count + 2) / 3 * 4 <= encodedLimit else { return nil }
        let plain = Array("\u{1b}]52;c;".utf8) + Array(Base64.encoded(text).utf8) + [0x07]
        // A multiplexer may take the sequence itself or hand a wrapped one on, as it is set up: both are offered.
        switch multiplexer {
        case .none: return plain
        case .tmux:
            let doubled = plain.flatMap { $0 == 0x1b ? [0x1b, 0x1b] : [$0] }
            return plain + Array("\u{1b}Ptmux;".utf8) + doubled + Array("\u{1b}\\".utf8)
        case .screen:
            return plain + screenWrapped(plain)
        }
    }

    /// GNU screen hands on what stands in device control strings, which it limits to some hundred bytes.
    private static func screenWrapped(_ sequence: [UInt8]) -> [UInt8] {
        let piece = 240
        return stride(from: 0, to: sequence.count, by: piece).flatMap { start in
            Array("\u{1b}P".utf8) + sequence[start..<min(start + piece, sequence.count)] + Array("\u{1b}\\".utf8)
        }
    }
}
