import Glibc
import MQTT
import NIOCore

/// The one place where errors of NIO and of the operating system become ours.
extension SocketFailure {
    /// What `error` means for a socket.
    init(_ error: any Error) {
        switch error {
        case let error as IOError: self.init(errno: error.errnoCode)
        case ChannelError.connectTimeout: self = .timedOut
        case ChannelError.eof, ChannelError.inputClosed, ChannelError.outputClosed: self = .reset
        default: self = .other(0)
        }
    }

    /// The same for the socket at `address`, of which the system says “refused” also when it is none.
    init(_ error: any Error, at address: SocketAddress) {
        self.init(error)
        var entry = stat()
        guard self == .refused, let path = address.pathname, stat(path, &entry) == 0 else { return }
        if entry.st_mode & S_IFMT != S_IFSOCK { self = .notASocket }
    }

    /// What the operating system means by `errno`.
    init(errno: Int32) {
        switch errno {
        case ECONNREFUSED: self = .refused
        case ETIMEDOUT: self = .timedOut
        case ENETUNREACH: self = .networkUnreachable
        case EHOSTUNREACH: self = .hostUnreachable
        case ENOENT: self = .noSuchSocket
        case EACCES, EPERM, EINVAL: self = .notPermitted
        case ECONNRESET, EPIPE: self = .reset
        default: self = .other(errno)
        }
    }
}
