internal import MQTT

/// A list of clients as a file for other programs.
package struct RosterExport: Sendable {
    private let clients: [RosterClient]
    /// Nanoseconds to add to an instant to get nanoseconds since 1970 UTC.
    private let clockOffset: Int64?

    /// The columns, and the names in JSON.
    private static let columns = [
        "identifier", "us", "state", "inferred", "address", "port", "user", "protocol", "clean_session", "keep_alive",
        "listener", "tls_version", "tls_cipher", "bridge", "connected_since", "last_end", "last_end_reason",
        "last_end_words", "last_refusal", "last_refusal_reason", "reconnects", "subscriptions_complete",
        "subscriptions",
    ]

    /// `clients` in their order. `clockOffset` are nanoseconds to add to an instant to get nanoseconds since 1970 UTC, for
    /// what the broker gives no time of; without it such a time is left empty.
    package init(_ clients: [RosterClient], clockOffset: Int64? = nil) {
        self.clients = clients
        self.clockOffset = clockOffset
    }

    /// A value of a column.
    private enum Value {
        case text(String)
        case number(Int)
        case truth(Bool)
        case subscriptions([RosterClient.Subscription])
        case none
    }

    /// Comma-separated values with a header (RFC 4180). A text that a spreadsheet would take for a formula, or that begins
    /// with an apostrophe, has an apostrophe before it.
    package var csv: [UInt8] {
        var bytes: [UInt8] = []
        func append(row: [String]) { bytes += (row.joined(separator: ",") + "\r\n").utf8 }
        append(row: Self.columns)
        for client in clients { append(row: values(of: client).map(Self.cell)) }
        return bytes
    }

    /// A JSON array of objects; what is not known is `null`.
    package var json: [UInt8] {
        let objects = clients.map { client in
            let members = zip(Self.columns, values(of: client)).map { "\"\($0)\": " + Self.json($1) }
            return "  {" + members.joined(separator: ", ") + "}"
        }
        return Array((objects.isEmpty ? "[]\n" : "[\n" + objects.joined(separator: ",\n") + "\n]\n").utf8)
    }

    private func values(of client: RosterClient) -> [Value] {
        func text(_ text: String?) -> Value { text.map(Value.text) ?? .none }
        func number(_ number: Int?) -> Value { number.map(Value.number) ?? .none }
        let isComplete = client.isSessionSeenWhole && !client.hasMoreSubscriptions
        return [
            .text(client.identifier), .truth(client.isUs), .text("\(client.state)"), .truth(client.isInferred),
            text(client.peer?.address), number(client.peer?.port), text(client.userName),
            text(client.version?.description), client.cleanStart.map(Value.truth) ?? .none, number(client.keepAlive),
            text(client.listener), text(client.encryption?.version), text(client.encryption?.cipher),
            .truth(client.isBridge), text(time(client.since)), text(time(client.lastEnd?.moment)),
            text(client.lastEnd?.reason?.name), text(client.lastEndWords),
            text(time(client.lastRefusal?.moment)), text(client.lastRefusal?.reason?.name),
            .number(client.reconnects), .truth(isComplete), .subscriptions(client.subscriptions),
        ]
    }

    /// As `2026-11-24T00:13:38Z` by the broker's clock, else by ours, else as the broker wrote it.
    private func time(_ moment: LogMoment?) -> String? {
        guard let moment else { return nil }
        switch moment.time {
        case .epoch(let seconds): return LogTime.calendar(seconds)
        // Without a zone, as the broker wrote it.
        case .local(let seconds, let zone): return String(LogTime.calendar(seconds &+ zone).dropLast())
        case .stamp(let stamp): return stamp
        case .unknown:
            return clockOffset.map { LogTime.calendar((moment.arrival.nanoseconds &+ $0) / 1_000_000_000) }
        }
    }

    // MARK: CSV

    private static func cell(_ value: Value) -> String {
        switch value {
        case .none: return ""
        case .number(let number): return "\(number)"
        case .truth(let truth): return "\(truth)"
        case .text(let text): return quoted(text)
        case .subscriptions(let subscriptions):
            return quoted(subscriptions.map { "\($0.qos.rawValue) \($0.filter)" }.joined(separator: "\n"))
        }
    }

    private static func quoted(_ text: String) -> String {
        guard let first = text.utf8.first else { return "" }
        let isFormula = "=+-@\t\r'".utf8.contains(first)
        guard isFormula || text.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return text }
        var cell: [UInt8] = [UInt8(ascii: "\"")]
        if isFormula { cell.append(UInt8(ascii: "'")) }
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { cell.append(byte) }
            cell.append(byte)
        }
        cell.append(UInt8(ascii: "\""))
        return String(decoding: cell, as: UTF8.self)
    }

    // MARK: JSON

    private static func json(_ value: Value) -> String {
        switch value {
        case .none: "null"
        case .number(let number): "\(number)"
        case .truth(let truth): "\(truth)"
        case .text(let text): json(text)
        case .subscriptions(let subscriptions):
            "["
                + subscriptions.map { "{\"filter\": \(json($0.filter)), \"qos\": \($0.qos.rawValue)}" }
                .joined(separator: ", ") + "]"
        }
    }

    private static func json(_ text: String) -> String {
        var string = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": string += "\\\""
            case "\\": string += "\\\\"
            // Controls, and what makes a line or turns the reading direction where the file is looked at.
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{200B}"..."\u{200F}", "\u{2028}"..."\u{202E}",
                "\u{2066}"..."\u{2069}":
                let digits = String(scalar.value, radix: 16)
                string += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: string.unicodeScalars.append(scalar)
            }
        }
        return string + "\""
    }
}

extension LogTime {
    /// `2026-11-24T00:13:38Z` of seconds since 1970 UTC, in the Gregorian calendar.
    static func calendar(_ epochSeconds: Int64) -> String {
        let day = 86_400 as Int64
        let second = (epochSeconds % day + day) % day
        // Years that begin in March, so that leap days come last.
        let days = (epochSeconds - second) / day + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func padded(_ number: Int64, _ count: Int) -> String {
            let digits = "\(number)"
            return String(repeating: "0", count: max(0, count - digits.count)) + digits
        }
        let date = [padded(year, 4), padded(month, 2), padded(dayOfYear - (153 * shifted + 2) / 5 + 1, 2)]
        let time = [second / 3_600, second / 60 % 60, second % 60].map { padded($0, 2) }
        return date.joined(separator: "-") + "T" + time.joined(separator: ":") + "Z"
    }
}
