internal import CTerminal
internal import Screen

/// The sequences that switch on and off what the program needs besides the screen itself, as the terminfo entry has
/// them.
struct TerminalModes {
    /// Application keys and bracketed paste on.
    let on: [UInt8]
    /// The reverse of `on`.
    let off: [UInt8]
    /// Mouse reports on; empty for terminals without a mouse.
    let mouseOn: [UInt8]
    /// Mouse reports off.
    let mouseOff: [UInt8]
    /// Everything off, the cursor visible and the screen left, at most 512 bytes: for when nobody knows what was on.
    let reset: [UInt8]
    /// True for terminals that swallow control strings which they do not know.
    let takesControlStrings: Bool

    /// The modes of the screen that is open.
    init() {
        let leave = TerminalModes.capability("rmcup")
        // Who has a second screen behind a private mode understands or ignores the others.
        let isModern = TerminalModes.capability("smcup").starts(with: Array("\u{1b}[?".utf8))
        let hasMouse = isModern && !TerminalModes.capability("kmous").isEmpty
        takesControlStrings = isModern
        on = TerminalModes.capability("smkx") + (isModern ? Array("\u{1b}[?2004h".utf8) : [])
        off = (isModern ? Array("\u{1b}[?2004l".utf8) : []) + TerminalModes.capability("rmkx")
        mouseOn = hasMouse ? Array("\u{1b}[?1000h\u{1b}[?1006h".utf8) : []
        mouseOff = hasMouse ? Array("\u{1b}[?1006l\u{1b}[?1000l".utf8) : []
        let hasRegions = TerminalModes.capability("csr").starts(with: Array("\u{1b}[".utf8))
        let everything =
            mouseOff + off + TerminalModes.capability("sgr0") + TerminalModes.capability("op")
            + (hasRegions ? Array("\u{1b}[r".utf8) : []) + TerminalModes.capability("cnorm") + leave + Array("\r".utf8)
            + (leave.isEmpty ? Array("\n".utf8) : [])
        reset = Array(everything.prefix(512))
    }

    /// The sequences that the entry gives for keys.
    static func keys() -> [[UInt8]: Key] {
        var result: [[UInt8]: Key] = [:]
        for (name, key) in names {
            let sequence = capability(name)
            if sequence.count > 2, sequence.first == 0x1b { result[sequence] = key }
        }
        for number in 1...12 {
            let sequence = capability("kf\(number)")
            if sequence.count > 2, sequence.first == 0x1b { result[sequence] = .function(number) }
        }
        return result
    }

    private static let names: [(String, Key)] = [
        ("kcuu1", .up), ("kcud1", .down), ("kcub1", .left), ("kcuf1", .right), ("kpp", .pageUp), ("knp", .pageDown),
        ("khome", .home), ("kend", .end), ("kdch1", .delete), ("kich1", .insert), ("kcbt", .backTab), ("kent", .enter),
    ]

    /// A string of the entry; empty when there is none.
    private static func capability(_ name: String) -> [UInt8] {
        let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer -> [UInt8] in
            let count = Int(cterminal_capability(name, buffer.baseAddress, Int32(buffer.count)))
            return buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
        }
        return text
    }
}
