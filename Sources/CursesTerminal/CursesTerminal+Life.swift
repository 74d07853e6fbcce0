internal import CLinux
internal import CTerminal
internal import Glibc

extension CursesTerminal {
    /// Gives the terminal back to the shell, as before.
    package mutating func suspend() {
        guard state == .shown else { return }
        leave()
        state = .suspended
    }

    /// Takes the terminal again; the next `present` draws everything. Also after somebody else has used it without
    /// asking.
    package mutating func resume() {
        switch state {
        case .closed: return
        case .shown: repaint()
        case .suspended:
            clinux_terminal_raw(inputDescriptor, saved)
            enter()
        }
        resize()
    }

    /// Gives the terminal back for good.
    package mutating func close() {
        guard state != .closed else { return }
        if state == .shown { leave() }
        state = .closed
        isClosed = true
        cterminal_close()
        clinux_terminal_free(saved)
        Glibc.close(inputDescriptor)
        Glibc.close(outputDescriptor)
    }

    /// Takes the screen with the next frame.
    mutating func enter() {
        state = .shown
        sendsModes = true
        if guardsCrashes { clinux_crash_guard_arm() }
    }

    private mutating func leave() {
        if reportsMouse { output.append(modes.mouseOff) }
        output.append(modes.off)
        cterminal_end()
        queueScreen()
        if !output.drain(milliseconds: 500) {
            // The line is stuck: half a screen more does not matter, the modes do.
            output.removeAll()
            clinux_output_discard(outputDescriptor)
            output.append(modes.reset)
            _ = output.drain(milliseconds: 500)
        }
        clinux_terminal_restore(inputDescriptor, saved)
        if guardsCrashes { clinux_crash_guard_disarm() }
    }
}
