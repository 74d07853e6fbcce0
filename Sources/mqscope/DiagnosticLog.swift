import ArgumentParser
import Glibc
import Logging

/// Diagnostics of mqscope itself, to a file and never to the screen. Nothing secret is ever handed to it.
struct DiagnosticLog {
    /// Where to log; discards everything without `--log-file`.
    let logger: Logger

    /// A log that appends to the file `path`, or that discards everything.
    init(path: String?) throws {
        guard let path else {
            logger = Logger(label: "mqscope") { _ in SwiftLogNoOpLogHandler() }
            return
        }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ValidationError("The log file \(path) cannot be written: \(File.Failure(errno: errno)).")
        }
        logger = Logger(label: "mqscope") { _ in FileLogHandler(descriptor: descriptor) }
    }
}

/// Appends each line with one write, so that it needs no lock.
private struct FileLogHandler: LogHandler {
    let descriptor: Int32
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug

    init(descriptor: Int32) { self.descriptor = descriptor }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// No control characters, and none that change the direction of text or are not seen.
    private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }

    func log(event: LogEvent) {
        var time = time(nil)
        var parts = tm()
        localtime_r(&time, &parts)
        var stamp = [CChar](repeating: 0, count: 32)
        strftime(&stamp, stamp.count, "%Y-%m-%dT%H:%M:%S%z", &parts)
        let text = String(decoding: stamp.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let safe = event.message.description.unicodeScalars.map { Self.isSafe($0) ? String($0) : "·" }
            .joined()
        let line = Array("\(text) \(event.level) \(safe)\n".utf8)
        _ = write(descriptor, line, line.count)
    }
}
