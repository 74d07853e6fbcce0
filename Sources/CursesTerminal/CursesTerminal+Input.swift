internal import CLinux
internal import Glibc
package import Screen

extension CursesTerminal {
    /// The next thing the user did; nil when nothing waits. Waits at most for the rest of an escape sequence (25 ms).
    package mutating func nextInput() -> Input? {
        while true {
            if let input = decoder.next() { return input }
            guard state == .shown, !isClosed else { return nil }
            if decoder.isUndecided, clinux_wait_readable(inputDescriptor, environment.escapeDelay) == 0 {
                return decoder.giveUp()
            }
            guard read() else { return nil }
        }
    }

    /// Takes what the terminal has sent; false when that is nothing.
    private mutating func read() -> Bool {
        guard clinux_wait_readable(inputDescriptor, 0) != 0 else { return false }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4096) { buffer in
            var count: Int
            repeat {
                count = Glibc.read(inputDescriptor, buffer.baseAddress, buffer.count)
            } while count < 0 && errno == EINTR
            if count > 0 {
                decoder.feed(UnsafeBufferPointer(rebasing: buffer[..<count]))
            } else if count == 0 || errno != EAGAIN {
                isClosed = true
            }
            return count > 0
        }
    }

    /// Whether the mouse is reported.
    package var mouse: Bool {
        get { reportsMouse }
        set {
            guard newValue != reportsMouse else { return }
            reportsMouse = newValue
            guard state == .shown, !sendsModes else { return }
            output.append(newValue ? modes.mouseOn : modes.mouseOff)
            flush()
        }
    }

    /// Offers text to the clipboard (OSC 52); false when it is too long or the terminal is of a kind that has none.
    @discardableResult
    package mutating func copy(_ text: [UInt8]) -> Bool {
        guard state == .shown, modes.takesControlStrings,
            let sequence = Clipboard.sequence(for: text, through: environment.multiplexer)
        else { return false }
        output.append(sequence)
        flush()
        return !isClosed
    }
}
