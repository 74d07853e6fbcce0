internal import CLinux
internal import Glibc

/// Bytes on their way to the terminal. What the terminal does not take at once waits here, so that nobody waits for it.
struct OutputQueue {
    private let descriptor: Int32
    /// False when others share the descriptor's flags: then it must not block only while we write.
    private let isNonBlocking: Bool
    private var bytes: [UInt8] = []
    private var start = 0
    /// True after the terminal went away.
    private(set) var isBroken = false
    /// The number of bytes ever queued.
    private(set) var total = 0

    /// A queue to an open terminal.
    init(descriptor: Int32, isNonBlocking: Bool) {
        self.descriptor = descriptor
        self.isNonBlocking = isNonBlocking
    }

    /// True when nothing waits.
    var isEmpty: Bool { start == bytes.count }

    /// Adds bytes at the end.
    mutating func append(_ more: some Collection<UInt8>) {
        guard !isBroken else { return }
        total += more.count
        bytes.append(contentsOf: more)
    }

    /// Forgets what waits.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        start = 0
    }

    /// Writes what the terminal takes now.
    mutating func flush() {
        guard !isEmpty, !isBroken else { return }
        if !isNonBlocking { clinux_set_nonblocking(descriptor, 1) }
        defer { if !isNonBlocking { clinux_set_nonblocking(descriptor, 0) } }
        while !isEmpty {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + start, $0.count - start) }
            if count > 0 {
                start += count
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                isBroken = true
                break
            }
        }
        removeAll()
    }

    /// Writes everything, as long as the terminal takes something within `milliseconds`; false when it does not.
    mutating func drain(milliseconds: Int32) -> Bool {
        flush()
        while !isEmpty, !isBroken {
            guard clinux_wait_writable(descriptor, milliseconds) == 1 else { return false }
            flush()
        }
        return !isBroken
    }
}
