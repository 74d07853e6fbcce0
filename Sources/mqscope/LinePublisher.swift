import Broker
import Commands
import Glibc
import MQTT
import MQTTClient

/// `pub -l`: each line of the standard input is a message. Lines are read as the broker takes them, in pieces.
struct LinePublisher: ~Copyable {
    /// Most bytes of one read.
    private static let readSize = 1 << 18
    /// After so many connections on which the broker took nothing of what was there, it is not going to.
    private static let fruitlessLimit = 5
    /// From so many bytes on that are handed over and not done, reading rests.
    private static let outstandingLimit = 1 << 20

    private var run: CommandRun
    private let settings: CommandSettings
    private let template: Message
    private var cutter = LineCutter()
    private var isAtEnd = false
    /// Lines that are handed over and not all done.
    private struct Group {
        /// The number of the first one.
        let firstNumber: Int
        /// Bytes of all of them.
        let byteCount: Int
        /// How many are not done.
        var remaining: Int
        /// The number of the first that was not answered when a connection was lost.
        var openNumber: Int
    }

    private var groups: [RequestID: Group] = [:]
    /// The first line that the end of the run has left undone.
    private var leftNumber: Int?
    private var outstanding = 0
    private var nextID: UInt64 = 0
    private var isConnected = false
    /// Connections that ended since the broker last took a line.
    private var fruitlessCount = 0
    private var hasFailed = false
    private var deniedCode: ReasonCode?

    init(
        _ settings: CommandSettings, _ configuration: ClientConfiguration, _ template: Message
    ) throws(UsageError) {
        run = try CommandRun(settings, configuration, isOneShot: false)
        self.settings = settings
        self.template = template
    }

    /// Runs until the last line is acknowledged; the exit code.
    mutating func execute() -> Int32 {
        run.begin()
        while run.exitCode == nil {
            // Nothing is read before there was a connection: without one it is left for somebody else.
            let reads = run.info != nil && !isAtEnd && (outstanding < Self.outstandingLimit || groups.isEmpty)
            let isReadable = run.wait(for: reads ? STDIN_FILENO : -1)
            takeAll()
            if reads, isReadable, run.exitCode == nil { read() }
            if isAtEnd, groups.isEmpty, run.exitCode == nil { finish() }
            run.flush()
        }
        run.leave()
        takeAll()
        if let number = firstOpenNumber { run.complain("Error: Not all lines from \(number) on are acknowledged") }
        return run.end()
    }

    /// Takes what the connection has said.
    private mutating func takeAll() {
        for delivery in run.take() {
            switch delivery {
            case .progress(let id, let progress): take(id, progress)
            case .status(.connected): isConnected = true
            case .status(.waiting): lost()
            default: break
            }
            run.note(delivery)
        }
    }

    /// The number of the first line that is not done, as far as that is known.
    private var firstOpenNumber: Int? { (groups.values.map(\.openNumber) + [leftNumber].compactMap(\.self)).min() }

    /// The connection was lost. A broker that closes it over a message would do so for ever.
    private mutating func lost() {
        guard isConnected else { return }
        isConnected = false
        guard let line = firstOpenNumber else {
            fruitlessCount = 0
            return
        }
        fruitlessCount += 1
        guard fruitlessCount == Self.fruitlessLimit, run.exitCode == nil else { return }
        let user = settings.session.userName.map { " as user \($0)" } ?? ""
        run.complain(
            "Error: The broker closed \(fruitlessCount) connections in a row without taking line \(line). "
                + "Is publishing to \(template.topic)\(user) allowed?")
        run.exitCode = 1
    }

    private mutating func finish() {
        let code = settings.isStrict ? deniedCode.map { Int32($0.rawValue) } : nil
        run.exitCode = hasFailed ? code ?? 1 : 0
    }

    // MARK: Lines

    private mutating func read() {
        var error: Int32 = 0
        var count = 0
        cutter.bytes.append(addingCapacity: Self.readSize) { output in
            output.withUnsafeMutableBufferPointer { buffer, used in
                count = Glibc.read(STDIN_FILENO, buffer.baseAddress, buffer.count)
                error = errno
                used += max(count, 0)
            }
        }
        guard count >= 0 else {
            guard error != EINTR, error != EAGAIN else { return }
            run.complain("Error: The standard input cannot be read: \(String(cString: strerror(error)))")
            hasFailed = true
            isAtEnd = true
            return
        }
        isAtEnd = count == 0
        while let lines = cutter.cut() { publish(lines) }
        if isAtEnd, let last = cutter.finish() { publish(last) }
        for line in cutter.overlong {
            hasFailed = true
            let (size, limit) = (Excerpt.count(line.byteCount), Excerpt.count(cutter.limit))
            run.complain("Warning: line \(line.number): not published: \(size) bytes, a packet has at most \(limit).")
        }
        cutter.overlong = []
    }

    private mutating func publish(_ lines: LineCutter.Lines) {
        let id = RequestID(rawValue: nextID)
        nextID += 1
        groups[id] = Group(
            firstNumber: lines.firstNumber, byteCount: lines.bytes.count, remaining: lines.ranges.count,
            openNumber: lines.firstNumber)
        outstanding += lines.bytes.count
        run.client.publish(PublishGroup(id: id, template: template, bytes: lines.bytes, payloads: lines.ranges))
    }

    private mutating func take(_ id: RequestID, _ progress: GroupProgress) {
        guard var group = groups[id] else { return }
        if progress.remaining < group.remaining { fruitlessCount = 0 }
        for failure in progress.failures {
            hasFailed = true
            complain(of: failure, in: group)
        }
        group.remaining = progress.remaining
        if let first = progress.firstRemaining { group.openNumber = group.firstNumber + first }
        guard progress.remaining == 0 else {
            groups[id] = group
            return
        }
        outstanding -= group.byteCount
        groups[id] = nil
    }

    private mutating func complain(of failure: GroupProgress.Failure, in group: Group) {
        let first = group.firstNumber + failure.messages.lowerBound
        let last = group.firstNumber + failure.messages.upperBound - 1
        let place = first == last ? "line \(first)" : "lines \(first)-\(last)"
        switch failure.outcome {
        case .acknowledged(let code, let reason, _):
            deniedCode = deniedCode ?? code
            run.complain("Warning: \(place): Publish failed: \(code.name).")
            if let reason { run.complain(reason) }
        case .unsendable(.connectionLost) where run.exitCode != nil,
            .unsendable(.notConnected) where run.exitCode != nil:
            leftNumber = min(leftNumber ?? first, first)  // told at the end, in one line
        case .unsendable(let why): run.complain("Warning: \(place): \(why.words).")
        case .queued, .written: break
        }
    }
}
