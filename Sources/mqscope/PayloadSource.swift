import Commands
import Glibc

/// Where a single payload comes from.
enum PayloadSource {
    /// Most bytes of a payload.
    private static let limit = 268_435_455

    /// All of the payload; what is wrong with its source in mosquitto's words.
    static func payload(of source: SendingSettings.Source) throws(UsageError) -> [UInt8] {
        switch source {
        case .argument(let bytes):
            try check(bytes, "Error: Message length must be less than \(limit) bytes.")
            return bytes
        case .empty, .lines: return []
        case .file(let path): return try file(path)
        case .standardInput:
            let bytes: [UInt8]
            do throws(File.Failure) {
                bytes = try File.read(descriptor: STDIN_FILENO, limit: limit + 1)
            } catch {
                throw UsageError("Error: Unable to read the standard input: \(error).")
            }
            guard !bytes.isEmpty else { throw UsageError("Error: Zero length input.", "-n sends an empty message.") }
            try check(bytes, "Error: Message length must be less than \(limit) bytes.")
            return bytes
        }
    }

    private static func file(_ path: String) throws(UsageError) -> [UInt8] {
        let loading = "Error loading input file \"\(path)\"."
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            let why = File.Failure(errno: errno)
            throw UsageError("Error: Unable to read file \"\(path)\": \(why).", loading)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw UsageError("Error: \(path) is not a file.", loading)
        }
        let bytes: [UInt8]
        do throws(File.Failure) {
            bytes = try File.read(descriptor: descriptor, limit: limit + 1)
        } catch {
            throw UsageError("Error: Unable to read file \"\(path)\": \(error).", loading)
        }
        try check(bytes, "Error: File must be less than \(limit) bytes.")
        return bytes
    }

    private static func check(_ bytes: [UInt8], _ words: String) throws(UsageError) {
        guard bytes.count <= limit else { throw UsageError(words, "MQTT has no longer messages.") }
    }
}
