import ArgumentParser
import Glibc

/// Reading and writing small files, with errors that say what the system said.
enum File {
    /// Why a file could not be read or written.
    struct Failure: Error, CustomStringConvertible {
        /// The system's words.
        let description: String

        init(errno code: Int32) { description = String(cString: strerror(code)) }
    }

    /// The first `limit` bytes of a file.
    static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(errno: errno) }
        defer { close(descriptor) }
        return try read(descriptor: descriptor, limit: limit)
    }

    /// The next `limit` bytes behind `descriptor`, or as many as there are.
    static func read(descriptor: Int32, limit: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < limit {
            let count = Glibc.read(descriptor, &buffer, min(buffer.count, limit - bytes.count))
            guard count >= 0 else {
                if errno == EINTR { continue }
                throw Failure(errno: errno)
            }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return bytes
    }

    /// The first line of a file that is called `kind` when it cannot be read.
    static func firstLine(of path: String, called kind: String) throws -> [UInt8] {
        do {
            let bytes = try read(path, limit: 65_536)
            var line = Array(bytes.prefix { $0 != UInt8(ascii: "\n") })
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            return line
        } catch {
            throw ValidationError("The \(kind) \(path) cannot be read: \(error).")
        }
    }

    /// Writes `bytes` to a new file `name-20261126-095601.suffix` in the working directory; its path, and why it could not
    /// be written.
    static func save(_ bytes: [UInt8], name: String, suffix: String) -> (path: String, failure: Failure?) {
        let path = "\(name)-\(stamp()).\(suffix)"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return (path, Failure(errno: errno)) }
        defer { close(descriptor) }
        do {
            try write(bytes, to: descriptor)
        } catch {
            return (path, error)
        }
        return (path, nil)
    }

    /// Writes all of `bytes`.
    static func write(_ bytes: [UInt8], to descriptor: Int32) throws(Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else {
                if errno == EINTR { continue }
                throw Failure(errno: errno)
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Makes a folder that only we can look into, with those above it, where it is not there.
    static func makeFolder(_ path: String) throws(Failure) {
        for end in path.indices.dropFirst() where path[end] == "/" { mkdir(String(path[..<end]), 0o700) }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Failure(errno: errno) }
    }

    /// The time for the name of a file: `20261126-095601`.
    static func stamp() -> String {
        var seconds = time(nil)
        var parts = tm()
        localtime_r(&seconds, &parts)
        var stamp = [CChar](repeating: 0, count: 32)
        strftime(&stamp, stamp.count, "%Y%m%d-%H%M%S", &parts)
        return String(decoding: stamp.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
