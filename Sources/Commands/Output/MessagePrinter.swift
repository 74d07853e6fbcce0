package import MQTT
internal import Screen

/// What becomes of the messages that arrive: which of them are wanted, and how they are printed. A value: bytes to be written
/// collect in `output` and `complaints`.
package struct MessagePrinter: ~Copyable {
    /// How a message is printed.
    package enum Style: Sendable, Equatable {
        /// The payload; nothing for an empty one.
        case payload
        /// Topic, blank, payload.
        case verbose
        /// As a format says.
        case format(OutputFormat)
        /// A JSON object with all that is known of it.
        case json
    }

    /// How messages are printed, and which.
    package struct Options: Sendable {
        /// How a message is printed.
        package var style = Style.payload
        /// Whether a line feed follows each message.
        package var endsLines = true
        /// Whether JSON is laid out for people.
        package var isPretty = false
        /// Whether what a terminal would not show is replaced by something visible.
        package var isSafe = false
        /// Messages of these topics are left out.
        package var filteredOut: [TopicFilter] = []
        /// Whether messages with RETAIN are left out.
        package var skipsRetained = false
        /// Whether the first message without RETAIN ends it, unprinted.
        package var isRetainedOnly = false
        /// Whether the topics of messages with RETAIN are collected in `removals`.
        package var removesRetained = false
        /// After so many messages it is done.
        package var limit: Int?
        /// The part of the messages that is printed, chosen at random, in percent.
        package var share: Double?
        /// Where the choice begins.
        package var seed: UInt64 = 1
        /// The lines of the screen that messages are shown on, in place of one behind the other.
        package var watched: WatchedLines?

        /// Prints the payload of everything.
        package init() {}
    }

    /// What is to be written to stdout.
    package var output = OutputBuffer(capacity: 1 << 18)
    /// What is to be written to stderr.
    package var complaints: [UInt8] = []
    /// Whether nothing more is wanted.
    package private(set) var isDone = false
    /// Messages that were wanted, printed or not.
    package private(set) var count = 0
    /// Topics of messages with RETAIN that were wanted, since somebody took them.
    package var removals: [TopicName] = []
    /// The lines of the screen that messages are shown on, if they are.
    package var watched: WatchedLines?
    /// The time that is printed.
    var time: LocalTime
    /// How messages are printed, and which.
    let options: Options
    /// Whether messages of QoS 0 are left out from now on; the others are acknowledged, so they are printed.
    package var skipsAtMostOnce = false
    private let isPlain: Bool
    private let needsTime: Bool
    private var random: UInt64

    /// A printer that has printed nothing.
    package init(_ options: Options) {
        self.options = options
        random = options.seed | 1
        watched = options.watched
        isPlain =
            options.filteredOut.isEmpty && !options.skipsRetained && !options.isRetainedOnly && !options.removesRetained
            && options.limit == nil && options.share == nil && options.watched == nil
        switch options.style {
        case .payload, .verbose:
            needsTime = false
            time = LocalTime()
        case .json:
            needsTime = true
            time = LocalTime()
        case .format(let format):
            needsTime = true
            time = LocalTime(conversions: format.conversions)
        }
    }

    /// Takes all messages of `batch` at a time of the wall clock, nanoseconds since 1970-01-01T00:00:00Z.
    package mutating func take(_ batch: borrowing Batch, wallNanoseconds: @autoclosure () -> Int64) {
        if needsTime { time.set(wallNanoseconds: wallNanoseconds()) }
        batch.bytes.withUnsafeBytes { bytes in
            for record in batch.records { take(ReceivedMessage(record, in: bytes)) }
        }
        drawWatched()
    }

    /// Takes one message of `batch`.
    package mutating func take(_ record: Batch.Record, of batch: borrowing Batch, wallNanoseconds: Int64) {
        if needsTime { time.set(wallNanoseconds: wallNanoseconds) }
        batch.bytes.withUnsafeBytes { take(ReceivedMessage(record, in: $0)) }
    }

    /// Prints one message, if it is wanted.
    @inline(__always)
    private mutating func take(_ message: ReceivedMessage) {
        guard !isDone else { return }
        if isPlain, !skipsAtMostOnce { append(message) } else if wants(message) { show(message) }
    }

    /// Appends what the screen has to be sent to show the lines that are watched, where there are any.
    package mutating func drawWatched() { watched?.draw(to: &output) }

    /// Whether a message is printed; counts those that are wanted.
    private mutating func wants(_ message: ReceivedMessage) -> Bool {
        if skipsAtMostOnce, message.flags.qos == .atMostOnce { return false }
        if options.isRetainedOnly, !message.flags.isRetained {
            isDone = true
            return false
        }
        if options.skipsRetained, message.flags.isRetained { return false }
        for filter in options.filteredOut where filter.matches(message.topic) { return false }
        if options.removesRetained, message.flags.isRetained,
            let topic = try? TopicName(String(decoding: message.topic, as: UTF8.self))
        {
            removals.append(topic)
        }
        count += 1
        if let limit = options.limit, count >= limit { isDone = true }
        guard let share = options.share else { return true }
        // xorshift64*
        random ^= random >> 12
        random ^= random << 25
        random ^= random >> 27
        let drawn = random &* 0x2545_F491_4F6C_DD1D
        return Double(drawn >> 11) / Double(1 << 53 as UInt64) * 100 < share
    }

    /// Appends a message, or puts it on the line of its topic.
    private mutating func show(_ message: ReceivedMessage) {
        let before = output.count
        append(message)
        guard watched != nil else { return }
        watched?.set(UnsafeRawBufferPointer(rebasing: output.bytes[before...]), topic: message.topic)
        output.truncate(to: before)
    }

    /// Appends a message in its style.
    private mutating func append(_ message: ReceivedMessage) {
        switch options.style {
        case .payload:
            guard message.payload.count > 0 else { return }
            output.reserve(message.payload.count + 1)
            appendText(message.payload, keepsLines: true)
        case .verbose:
            guard message.payload.count > 0 || options.endsLines else { return }
            output.reserve(message.topic.count + message.payload.count + 8)
            appendText(message.topic, keepsLines: false)
            output.append(UInt8(ascii: " "))
            if message.payload.count > 0 {
                appendText(message.payload, keepsLines: true)
            } else {
                output.append("(null)")
            }
        case .format(let format): append(message, format)
        case .json: appendJSON(message)
        }
        if options.endsLines { output.append(UInt8(ascii: "\n")) }
    }

    /// Appends text from elsewhere, made visible where that is asked for.
    @inline(__always)
    mutating func appendText(_ bytes: UnsafeRawBufferPointer, keepsLines: Bool) {
        guard options.isSafe else { return output.append(bytes) }
        appendSafe(bytes, keepsLines: keepsLines && watched == nil)
    }

    private mutating func appendSafe(_ bytes: UnsafeRawBufferPointer, keepsLines: Bool) {
        guard !SafeText.isPlain(bytes, keepsLines: keepsLines) else { return output.append(bytes) }
        var safe: [UInt8] = []
        SafeText.append(bytes, keepsLines: keepsLines, to: &safe)
        output.append(safe)
    }

    /// Adds a line for stderr.
    mutating func complain(_ line: String) { complaints += Array((line + "\n").utf8) }
}
