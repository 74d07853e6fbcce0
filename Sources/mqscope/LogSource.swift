import CLinux
import Dashboard
import Glibc
import MQTT

/// Where the broker's log is read from besides its topics: a file that is followed, or a command whose output is.
///
/// Nothing here waits: it is looked at when one of its descriptors is readable and when its time has come.
struct LogSource: ~Copyable {
    /// What to read.
    enum Kind: Equatable {
        /// The file at this path.
        case file(String)
        /// The output of this command of the user's shell.
        case command(String)
    }

    private let name: String
    private let kind: Kind
    private var file = FollowedFile()
    private var command = LogCommand()
    private var told: BrokerLogSource?
    /// When to look again, whatever the descriptors say.
    private(set) var nextLook = Instant.zero

    /// A source that was not looked at yet.
    init(_ kind: Kind) {
        self.kind = kind
        switch kind {
        case .file(let path): name = path
        case .command(let line): name = line
        }
    }

    /// Readable when there is something to look at; two of them, -1 for none.
    var descriptors: [Int32] { command.descriptors }

    /// What is new at `now`: lines, a bounded number, and how the source stands when that has changed.
    mutating func look(at now: Instant) -> [Event] {
        let news: LogNews
        switch kind {
        case .file(let path):
            guard now >= nextLook else { return [] }
            news = file.look(path, at: now)
        case .command(let line): news = command.look(line, at: now)
        }
        nextLook = news.nextLook
        var events: [Event] = []
        if let state = news.state {
            let status = BrokerLogSource(name: name, state: state)
            if news.hasBegun || status != told { events.append(.brokerLogSource(status)) }
            told = status
        }
        if !news.lines.isEmpty { events.append(.brokerLog(lines: news.lines, now)) }
        if let ending = news.ending {
            let status = BrokerLogSource(name: name, state: ending)
            events.append(.brokerLogSource(status))
            told = status
        }
        return events
    }

    /// Ends the command with all that it started.
    mutating func stop() { command.stop() }
}

/// What a look at a source brought, in this order: how it stands, lines, its end.
struct LogNews {
    /// How it stands; `nil` for as before.
    var state: BrokerLogSource.State?
    /// Whether it is read from its beginning (again).
    var hasBegun = false
    /// Lines, without their ends.
    var lines: [[UInt8]] = []
    /// Why it ended.
    var ending: BrokerLogSource.State?
    /// When to look again.
    var nextLook: Instant
}

/// Cuts what is read into lines.
struct LineSplitter {
    /// Most bytes of a line; what is longer is cut.
    static let capacity = 16_384
    private var line: [UInt8] = []

    /// The lines that `bytes` end.
    mutating func lines(_ bytes: some Sequence<UInt8>) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                if line.last == UInt8(ascii: "\r") { line.removeLast() }
                lines.append(line)
                line = []
            } else if line.count < Self.capacity {
                line.append(byte)
            }
        }
        return lines
    }

    /// The line that has no end.
    mutating func rest() -> [UInt8] {
        defer { line = [] }
        return line
    }
}

/// A file that is read from its beginning and then followed, through rotation and truncation.
private struct FollowedFile: ~Copyable {
    /// Most bytes of what the file holds at first.
    private static let capacity: Int64 = 8 << 20
    /// Most bytes read in one look: keys wait no longer than what these lines take.
    private static let slice = 65_536
    /// Milliseconds between looks at a file that does not grow.
    private static let interval: Int64 = 250

    private var descriptor: Int32 = -1
    private var identity: (device: dev_t, inode: ino_t) = (0, 0)
    private var offset: Int64 = 0
    private var splitter = LineSplitter()
    /// Whether the first line read is the rest of one that was cut.
    private var isInsideLine = false

    deinit { if descriptor >= 0 { close(descriptor) } }

    mutating func look(_ path: String, at now: Instant) -> LogNews {
        var news = LogNews(nextLook: now.advanced(milliseconds: Self.interval))
        if descriptor < 0 {
            if let reason = open(path, &news) {
                news.state = .failed(reason, retryAt: now.advanced(milliseconds: 1_000))
                news.nextLook = now.advanced(milliseconds: 1_000)
                return news
            }
        }
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_size < offset {
            begin(at: 0)
            news.hasBegun = true
            news.state = .reading
        }
        var buffer = [UInt8](repeating: 0, count: Self.slice)
        let count = pread(descriptor, &buffer, buffer.count, off_t(offset))
        if count > 0 {
            offset += Int64(count)
            news.lines = splitter.lines(buffer[..<count])
            if isInsideLine, !news.lines.isEmpty {
                news.lines.removeFirst()
                isInsideLine = false
            }
            news.nextLook = now
        } else if isReplaced(path) {
            // All of the old one has been read. What takes its place is looked at next, or is missing.
            close(descriptor)
            descriptor = -1
            news.nextLook = now
        }
        return news
    }

    /// Opens the file; why that cannot be done.
    private mutating func open(_ path: String, _ news: inout LogNews) -> String? {
        let descriptor = Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return "cannot be read: \(File.Failure(errno: errno))" }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return "is no regular file"
        }
        self.descriptor = descriptor
        identity = (status.st_dev, status.st_ino)
        let excess = Int64(status.st_size) - Self.capacity
        begin(at: max(0, excess))
        news.hasBegun = true
        news.state = excess > 0 ? .readingEnd(byteCount: Int(Self.capacity)) : .reading
        return nil
    }

    private mutating func begin(at offset: Int64) {
        self.offset = offset
        isInsideLine = offset > 0
        splitter = LineSplitter()
    }

    private func isReplaced(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return errno == ENOENT }
        return (status.st_dev, status.st_ino) != identity
    }
}
