/// When a log line was written, by the broker's clock.
package enum LogTime: Sendable, Hashable {
    /// Seconds since 1970 UTC.
    case epoch(Int64)
    /// Seconds since 1970 UTC, if the zone is ours: the broker wrote none. Ours is so many seconds ahead of UTC.
    case local(Int64, zoneSeconds: Int64)
    /// A time in a form of the broker's own, as it is written.
    case stamp(String)
    /// The line does not say.
    case unknown

    /// Seconds since 1970 UTC, as well as they are known; `nil` when the line did not say.
    package var epochSeconds: Int64? {
        switch self {
        case .epoch(let seconds), .local(let seconds, _): seconds
        case .stamp, .unknown: nil
        }
    }

    /// The time at the beginning of a line in one of mosquitto's own forms, and the text after it.
    static func split(_ line: Piece) -> (time: LogTime, text: Piece)? {
        guard let (stamp, text) = line.split(first: ": ") else { return nil }
        if stamp.bytes.count <= 11, let seconds = stamp.number { return (.epoch(Int64(seconds)), text) }
        guard let time = calendar(stamp) else { return nil }
        return (time, text)
    }

    /// `2026-11-24T00:13:38`, with or without a fraction and a zone (`Z`, `+0100`, `+01:00`).
    static func calendar(_ stamp: Piece) -> LogTime? {
        var rest = stamp
        guard let year = rest.takeNumber(), (1...9999).contains(year), rest.take("-"),
            let month = rest.takeNumber(), (1...12).contains(month), rest.take("-"),
            let day = rest.takeNumber(), (1...31).contains(day), rest.take("T") || rest.take(" "),
            let hour = rest.takeNumber(), hour < 24, rest.take(":"),
            let minute = rest.takeNumber(), minute < 60
        else { return nil }
        var second = 0
        if rest.take(":") {
            guard let number = rest.takeNumber(), number <= 60 else { return nil }
            second = number
            if rest.take(".") {
                // syslog's fraction of a second
                guard rest.takeNumber() != nil else { return nil }
            }
        }
        if rest.isEmpty { return .stamp(stamp.text) }
        guard let zone = zoneSeconds(rest) else { return nil }
        let days = daysSince1970(year: year, month: month, day: day)
        return .epoch(Int64(((days * 24 + hour) * 60 + minute) * 60 + second - zone))
    }

    /// Seconds that a zone is ahead of UTC.
    private static func zoneSeconds(_ zone: Piece) -> Int? {
        if zone.isEqual(to: "Z") { return 0 }
        var rest = zone
        let sign = rest.take("+") ? 1 : rest.take("-") ? -1 : 0
        guard sign != 0, rest.bytes.count >= 4 else { return nil }
        let hours = Piece(rest.bytes.prefix(2))
        rest = Piece(rest.bytes.dropFirst(2))
        _ = rest.take(":")
        guard let hours = hours.number, let minutes = rest.number, rest.bytes.count == 2, minutes < 60 else {
            return nil
        }
        return sign * (hours * 60 + minutes) * 60
    }

    /// Days of the Gregorian calendar, counted in years that begin in March so that leap days come last.
    static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let monthsSinceMarch = (month + 9) % 12
        let dayOfYear = (153 * monthsSinceMarch + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }
}
