/// A line of the broker's log as a file, syslog or the journal holds it, taken apart from what they put before it.
struct SourceLine: Sendable {
    /// The line as the broker wrote it, its own time included where it wrote one.
    var text: [UInt8]
    /// When syslog or the journal took it.
    var time = LogTime.unknown
    /// How grave it is, where the journal says so.
    var severity: Severity?
    /// Whether the broker, or the system about the broker, wrote it.
    var isOfBroker = true
    /// Whether it is known to be for those who debug the broker.
    var isDebug = false

    /// Takes a line apart; what is in no known form is the broker's as it is.
    init(_ bytes: ArraySlice<UInt8>) {
        let line = Piece(bytes)
        if let entry = JournalEntry(line) {
            text = entry.message
            time = entry.microseconds.map { .epoch($0 / 1_000_000) } ?? .unknown
            isOfBroker = entry.identifier.map { Self.isOfBroker(tag: $0, text: Piece(entry.message[...])) } ?? true
            severity = Self.severity(priority: entry.priority)
            isDebug = entry.priority == 7
        } else if let (head, rest) = line.split(first: ": "), let (stamp, tag) = Self.prefix(head) {
            text = Array(rest.bytes)
            time = stamp
            isOfBroker = Self.isOfBroker(tag: tag.text, text: rest)
        } else {
            text = Array(bytes)
            isOfBroker = !line.starts(with: "-- ")  // journalctl's own remarks
        }
    }

    /// All that a service writes to its standard output is 6: that says nothing.
    private static func severity(priority: Int?) -> Severity? {
        switch priority {
        case 3: .error
        case 4: .warning
        case 5: .notice
        default: nil
        }
    }

    /// `Nov 26 09:00:00 HOST TAG` or `2026-11-26T09:00:00+0000 HOST TAG`: the time, and the tag without its process.
    private static func prefix(_ head: Piece) -> (time: LogTime, tag: Piece)? {
        guard let (rest, tag) = head.split(last: " "), let (stamp, host) = rest.split(last: " "), !host.isEmpty else {
            return nil
        }
        let name = tag.split(first: "[").flatMap { $0.after.dropping(last: "]")?.number == nil ? nil : $0.before }
        if let time = LogTime.calendar(stamp) { return (time, name ?? tag) }
        return isSyslogTime(stamp) ? (.stamp(stamp.text), name ?? tag) : nil
    }

    /// Whether it is `Nov 26 09:00:00` or `Nov  6 09:00:00`.
    private static func isSyslogTime(_ stamp: Piece) -> Bool {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard stamp.bytes.count == 15, let month = months.first(where: { stamp.starts(with: $0) }) else { return false }
        var rest = stamp
        guard rest.take(month), rest.take(" ") else { return false }
        _ = rest.take(" ")
        for end in [" ", ":", ":", ""] { guard rest.takeNumber() != nil, rest.take(end) else { return false } }
        return rest.isEmpty
    }

    /// The broker's own lines, and the system's about its service.
    private static func isOfBroker(tag: String, text: Piece) -> Bool {
        tag == "mosquitto" || tag == "systemd" && text.split(first: "mosquitto") != nil
    }
}

extension Severity {
    /// What the text of a line, without its time, tells of how grave the broker takes it to be.
    init(inferredFrom text: Piece) {
        if Self.errorBeginnings.contains(where: { text.starts(with: $0) })
            || text.between("Client ", " already connected, closing old connection.") != nil
            || text.between("Protocol error from ", " closing connection.") != nil
        {
            self = .error
        } else if Self.warningBeginnings.contains(where: { text.starts(with: $0) }) {
            self = .warning
        } else if Self.informationBeginnings.contains(where: { text.starts(with: $0) }) {
            self = .information
        } else {
            self = .notice
        }
    }

    private static let errorBeginnings = ["Error", "OpenSSL Error"]
    private static let warningBeginnings = [
        "Warning", "Starting in local only mode.", "Create a configuration file ", "For more details see ",
        "Unable to accept new connection", "Reused message ID ", "Failed to associate persisted user ",
    ]
    private static let informationBeginnings = [
        "mosquitto version ", "Config loaded from ", "Using default config.", "Opening ", "Saving in-memory database ",
        "Reloading config.", "Info: ", "Protocol error from ", "Invalid ", "Empty ", "Too high QoS in ",
    ]
}

extension Piece {
    /// Whether it warns that a later version refuses a file, after which a second line says what to do.
    var isRefusedInFuture: Bool {
        starts(with: "Warning: File ") && split(first: "Future versions will refuse to load this file.") != nil
    }

    /// How the lines begin that are written for those who debug the broker.
    private static let debugging = [
        "Denied PUBLISH from ", "Dropped too large PUBLISH from ", "No will message specified.",
    ]

    /// Whether it is a line for those who debug the broker: one for every packet.
    var isDebugLine: Bool {
        if Self.debugging.contains(where: starts(with:)) { return true }
        if starts(with: "Will message specified (") || starts(with: "\t") { return true }
        for (verb, preposition) in [("Sending ", "to"), ("Received ", "from")] {
            guard let rest = dropping(first: verb), let (packet, other) = rest.split(first: " ") else { continue }
            let isName = packet.bytes.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
            if isName, !packet.isEmpty, other.starts(with: preposition + " ") { return true }
        }
        return false
    }
}
