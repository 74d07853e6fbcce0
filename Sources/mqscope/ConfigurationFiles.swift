import Broker
import Glibc
import Screen

/// The files of a mosquitto's configuration: the main file, those of its `include_dir`, its password files.
struct ConfigurationFiles {
    /// Why a configuration cannot be read, in one line that is fit for a terminal.
    struct Failure: Error, CustomStringConvertible {
        /// The words.
        let description: String

        /// `what` could not be read, for a reason that reads on after a colon.
        init(_ what: String, _ reason: String) {
            description = "\(SafeText.of(String(what.prefix(1_000)))): \(reason)."
        }
    }

    /// Most bytes of one file.
    static let limit = 1 << 20
    /// Most bytes of all configuration files together.
    static let limitOfAll = 16 << 20

    /// The configuration.
    let configuration: BrokerConfiguration
    /// The password files it names, as far as they can be read.
    let passwordFiles: [PasswordFile]
    /// Those of the other files it names that are not there.
    let absentFiles: Set<String>

    /// Reads the configuration whose main file is `path`, and what it names. As with mosquitto a name without a slash
    /// at its beginning is looked for from the working directory.
    init(path: String) throws(Failure) {
        var size = 0
        var lines: [ConfigurationLine] = []
        for line in try Self.lines(of: path, "The configuration", &size) {
            lines.append(line)
            guard line.key == "include_dir", !line.value.isEmpty else { continue }
            // The files stand for the line; an include_dir in one of them does not count.
            let origin = "\(path):\(line.number): include_dir"
            for file in try Self.files(in: line.value, origin) { lines += try Self.lines(of: file, origin, &size) }
        }
        configuration = BrokerConfiguration(file: path, lines: lines)
        passwordFiles = configuration.passwordFiles.map(Self.passwordFile)
        absentFiles = configuration.namedFiles.filter { access($0, F_OK) != 0 && errno == ENOENT }
    }

    /// The lines of a file; `size` counts the bytes of all.
    private static func lines(of path: String, _ what: String, _ size: inout Int) throws(Failure)
        -> [ConfigurationLine]
    {
        let bytes: [UInt8]
        do {
            bytes = try read(path).bytes
        } catch {
            throw Failure("\(what) \(path) cannot be read", error.description)
        }
        size += bytes.count
        guard size <= limitOfAll else { throw Failure("\(what) \(path)", "all files together are longer than 16 MiB") }
        if let end = bytes.firstIndex(of: 0) {
            let line = bytes[..<end].count { $0 == UInt8(ascii: "\n") } + 1
            throw Failure(
                "\(what) \(path) is no text", "line \(line) has a NUL byte, and mosquitto reads nothing after one")
        }
        return ConfigurationLine.all(in: bytes, file: path)
    }

    /// The files of a folder that mosquitto includes, in its order: all that end in `.conf`, hidden ones too, by
    /// letters, of which the upper case comes first.
    private static func files(in folder: String, _ origin: String) throws(Failure) -> [String] {
        guard let stream = opendir(folder) else {
            throw Failure("\(origin) \(folder) cannot be read", String(cString: strerror(errno)))
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".conf"), name != ".conf" { names.append(name) }
        }
        let base = folder.hasSuffix("/") ? folder : folder + "/"
        return names.sorted { precedes($0.utf8, $1.utf8) }.map { base + $0 }
    }

    /// Whether mosquitto reads a file of the first name before one of the other.
    static func precedes(_ one: String.UTF8View, _ other: String.UTF8View) -> Bool {
        func upper(_ byte: UInt8) -> UInt8 { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte - 32 : byte }
        for (first, second) in zip(one, other) where first != second {
            return (upper(first), first) < (upper(second), second)
        }
        return one.count < other.count
    }

    private static func passwordFile(_ path: String) -> PasswordFile {
        do {
            let file = try read(path)
            return PasswordFile(path: path, content: .bytes(file.bytes), permissions: file.permissions)
        } catch {
            return PasswordFile(
                path: path, content: error.isAbsent ? .absent : .unreadable(error.description), permissions: 0)
        }
    }

    /// Why one file cannot be read.
    private struct Reason: Error {
        let description: String
        var isAbsent = false
    }

    /// The bytes of an ordinary file of at most 1 MiB, and its permission bits.
    private static func read(_ path: String) throws(Reason) -> (bytes: [UInt8], permissions: UInt32) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let code = errno
            throw Reason(description: String(cString: strerror(code)), isAbsent: code == ENOENT)
        }
        // Others, such as a pipe, could let us wait without end.
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw Reason(description: "it is a folder")
        default: throw Reason(description: "it is no ordinary file")
        }
        let bytes: [UInt8]
        do {
            bytes = try File.read(path, limit: limit + 1)
        } catch {
            throw Reason(description: error.description)
        }
        guard bytes.count <= limit else { throw Reason(description: "it is longer than 1 MiB") }
        return (bytes, status.st_mode & 0o7777)
    }
}
