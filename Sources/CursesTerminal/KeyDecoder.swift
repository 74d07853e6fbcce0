package import Screen

/// Turns the bytes of a terminal into what the user did. Knows the sequences of all usual terminals at once, swallows
/// those that are no keys (late answers to somebody's questions), and never gets stuck: Ctrl-C comes through in any
/// state.
package struct KeyDecoder: Sendable {
    /// Where in the stream of bytes the decoder is.
    private enum Mode {
        /// Between sequences.
        case keys
        /// In pasted text.
        case paste
        /// In a control string, up to ST or BEL.
        case string
        /// In a control sequence that is too long to be a key, up to its final byte.
        case sequence
    }

    private var mode = Mode.keys
    private var bytes: [UInt8] = []
    /// The first byte that is not decoded.
    private var start = 0
    /// Where to go on searching for the end of pasted text.
    private var searched = 0
    private let known: [[UInt8]: Key]

    /// True when what has come may be all there is, an Escape key, or the start of a sequence: wait a moment, then
    /// `giveUp`.
    package private(set) var isUndecided = false

    /// The most bytes of one `.paste`; longer text comes in several.
    package static let pasteLimit = 1 << 20

    private static let pasteEnd = Array("\u{1b}[201~".utf8)

    /// A decoder that knows the sequences `known`, besides those of its own.
    package init(known: [[UInt8]: Key] = [:]) { self.known = known }

    /// Takes bytes that the terminal sent.
    package mutating func feed(_ more: some Collection<UInt8>) {
        if mode == .paste, more.count == 1, more.first == 3 {
            // Nobody's clipboard: the end of the pasted text was lost, and the user wants out.
            mode = .keys
            start = bytes.count
        }
        if start > 0 {
            bytes.removeFirst(start)
            searched = max(0, searched - start)
            start = 0
        }
        bytes.append(contentsOf: more)
        isUndecided = false
    }

    /// The next input that is complete; nil when more bytes are needed.
    package mutating func next() -> Input? {
        while start < bytes.count {
            switch mode {
            case .keys:
                switch KeySequence.parse(bytes[start...], known: known) {
                case .input(let input, let count):
                    start += count
                    return input
                case .skip(let count): start += count
                case .paste(let count):
                    start += count
                    searched = start
                    mode = .paste
                case .string(let count):
                    start += count
                    mode = .string
                case .sequence(let count):
                    start += count
                    mode = .sequence
                case .more(let isUndecided):
                    self.isUndecided = isUndecided
                    return nil
                }
            case .paste:
                return nextPaste()
            case .string:
                guard skipString() else { return nil }
            case .sequence:
                skipSequence()
            }
        }
        return nil
    }

    /// Says that nothing followed: what was undecided is a key by itself.
    package mutating func giveUp() -> Input? {
        guard isUndecided else { return nil }
        isUndecided = false
        mode = .keys
        let waiting = bytes[start...]
        start = bytes.count
        guard waiting.count == 2, let last = waiting.last else { return .key(.escape) }
        return .key(.alt(Unicode.Scalar(last)))
    }

    /// The pasted text when its end has come, or a piece of it when it is very long.
    private mutating func nextPaste() -> Input? {
        let end = KeyDecoder.pasteEnd
        var index = searched
        while index < bytes.count {
            if bytes[index] == 0x1b {
                let rest = bytes[index...].prefix(end.count)
                if rest.elementsEqual(end) {
                    mode = .keys
                    return paste(upTo: index, next: index + end.count)
                }
                if end.starts(with: rest) { break }
            }
            index += 1
        }
        searched = index
        guard index - start >= KeyDecoder.pasteLimit else { return nil }
        return paste(upTo: index, next: index)
    }

    /// Pasted text as the program wants it: terminals send a carriage return for each line end.
    private mutating func paste(upTo end: Int, next: Int) -> Input {
        var text: [UInt8] = []
        text.reserveCapacity(end - start)
        for index in start..<end {
            let isSecond = bytes[index] == 0x0a && index > start && bytes[index - 1] == 0x0d
            if !isSecond { text.append(bytes[index] == 0x0d ? 0x0a : bytes[index]) }
        }
        start = next
        searched = next
        return .paste(String(decoding: text, as: UTF8.self))
    }

    /// Skips a control string; false when it is not known yet whether it ends here. Keys that no string holds end it,
    /// too.
    private mutating func skipString() -> Bool {
        while start < bytes.count {
            switch bytes[start] {
            case 0x07:
                start += 1
                mode = .keys
                return true
            case 0x1b:
                guard start + 1 < bytes.count else {
                    isUndecided = true
                    return false
                }
                if bytes[start + 1] == 0x5c { start += 2 }
                mode = .keys
                return true
            case ..<0x20:
                mode = .keys
                return true
            default:
                start += 1
            }
        }
        return true
    }

    private mutating func skipSequence() {
        while start < bytes.count, mode == .sequence {
            let byte = bytes[start]
            if !(0x20...0x3f).contains(byte) { mode = .keys }
            if byte >= 0x20 { start += 1 }
        }
    }
}
