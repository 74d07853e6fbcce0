/// Spells the sequence that offers text to the clipboard of the user's own terminal (OSC 52), also from afar.
enum Clipboard {
    /// The longest encoded text that terminals are known to take, in bytes.
    static let encodedLimit = 74_994

    /// The bytes to send through `multiplexer`; nil when the text is too long.
    static func sequence(for text: [UInt8], through multiplexer: Multiplexer) -> [UInt8]? {
        guard (text.count + 2) / 3 * 4 <= encodedLimit else { return nil }
        let plain = Array("\u{1b}]52;c;".utf8) + base64(text) + [0x07]
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

    /// RFC 4648, with padding.
    static func base64(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let present = min(3, bytes.count - start)
            var group = 0
            for offset in 0..<3 { group = group << 8 | (offset < present ? Int(bytes[start + offset]) : 0) }
            for digit in 0..<4 {
                result.append(digit <= present ? digits[group >> (18 - 6 * digit) & 63] : UInt8(ascii: "="))
            }
        }
        return result
    }
}
