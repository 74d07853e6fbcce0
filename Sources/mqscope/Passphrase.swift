import ArgumentParser
import CLinux
import Glibc

/// Asks for a passphrase or a password on the terminal.
enum Passphrase {
    /// What is typed after `question`, unseen; `nil` where there is no terminal. Ctrl-C and signals throw the code that the
    /// program has to end with.
    static func ask(_ question: String) throws(ExitCode) -> [UInt8]? {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard terminal >= 0 else { return nil }
        defer { close(terminal) }
        var before = termios()
        guard tcgetattr(terminal, &before) == 0 else { return nil }
        var unseen = before
        // Signals are taken from a descriptor: Ctrl-C is read as a character.
        unseen.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        tcsetattr(terminal, TCSAFLUSH, &unseen)
        defer { tcsetattr(terminal, TCSAFLUSH, &before) }
        say(question, on: terminal)
        defer { say("\n", on: terminal) }
        return try line(from: terminal)
    }

    /// The keys up to Enter, with those that take something back.
    private static func line(from terminal: Int32) throws(ExitCode) -> [UInt8] {
        let signals = Signals.descriptor
        var line: [UInt8] = []
        var key: UInt8 = 0
        while true {
            var waiting = [terminal, signals].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            poll(&waiting, 2, -1)
            let signal = waiting[1].revents == 0 ? 0 : clinux_signals_read(signals)
            if [SIGTERM, SIGINT, SIGHUP].contains(signal) { throw ExitCode(128 + signal) }
            guard waiting[0].revents != 0 else { continue }
            let count = read(terminal, &key, 1)
            switch key {
            case _ where count <= 0, 3, 4: throw ExitCode(130)  // hung up, Ctrl-C, Ctrl-D
            case 10, 13: return line
            case 8, 127: _ = line.popLast()
            case 21: line.removeAll()  // Ctrl-U
            default: line.append(key)
            }
        }
    }

    private static func say(_ text: String, on terminal: Int32) {
        let bytes = Array(text.utf8)
        _ = write(terminal, bytes, bytes.count)
    }
}
