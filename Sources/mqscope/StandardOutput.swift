import Glibc

/// The standard output, without ever blocking where that can be had: a reader that is slow must not keep signals waiting.
struct StandardOutput: ~Copyable {
    /// To write to, and to wait for.
    let descriptor: Int32
    /// Whether it is a terminal.
    let isTerminal: Bool
    /// Whether nobody reads any more.
    private(set) var isClosed = false
    /// The errno for which nothing can be written any more; 0 where its reader has left.
    private(set) var error: Int32 = 0
    private let isOwned: Bool
    private let isSocket: Bool

    init() {
        var status = stat()
        isClosed = fstat(STDOUT_FILENO, &status) != 0
        isTerminal = isatty(STDOUT_FILENO) == 1
        let kind = status.st_mode & S_IFMT
        isSocket = kind == S_IFSOCK
        // Opened once more, so that not to block is ours alone and not of those who share the pipe or the terminal.
        let flags = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
        let own = kind == S_IFIFO || kind == S_IFCHR ? open("/proc/self/fd/1", flags) : -1
        isOwned = own >= 0
        descriptor = own >= 0 ? own : STDOUT_FILENO
    }

    /// Whether `write` never waits; into a file it does.
    var neverWaits: Bool { isOwned || isSocket }

    deinit { if isOwned { close(descriptor) } }

    /// Writes the beginning of `bytes`; how many bytes of them, 0 when it would have to wait, or nobody reads.
    mutating func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        while true {
            let count =
                isSocket
                ? send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
                : Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            guard count < 0 else { return count }
            if errno == EINTR { continue }
            let error = errno
            guard error != EAGAIN else { return 0 }
            isClosed = true
            if error != EPIPE, error != ECONNRESET { self.error = error }
            return 0
        }
    }

    /// What `poll` found: nobody reads any more.
    mutating func note(_ events: Int16) {
        if events & Int16(POLLERR | POLLHUP | POLLNVAL) != 0 { isClosed = true }
    }
}

/// The standard error, for lines.
enum StandardError {
    /// Writes bytes.
    static func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(count, 0))
        }
    }
}
