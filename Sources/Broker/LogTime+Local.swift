/// Times that the broker writes without a zone: in a form of its own (`log_timestamp_format`), or as syslog does.
extension LogTime {
    /// What our clock says, and our zone, to which times without one are taken to belong.
    struct Here: Sendable {
        /// Seconds since 1970 UTC.
        var epochSeconds: Int64
        /// Seconds that local time is ahead of UTC.
        var zoneSeconds: Int64
    }

    /// The time that a stamp without a zone means if it is of our zone; itself where it is in no known form.
    func resolved(_ here: Here) -> LogTime {
        guard case .stamp(let stamp) = self else { return self }
        var text = Piece(Array(stamp.utf8)[...])
        if text.take("["), let inner = text.dropping(last: "]") { text = inner }
        if text.bytes.count >= 9, let seconds = text.number { return .epoch(Int64(seconds)) }
        for read in [Self.yearFirst, Self.dayFirst] {
            var rest = text
            guard let date = read(&rest), let time = Self.clock(&rest), rest.isEmpty else { continue }
            return Self.local(year: date.year, date.month, date.day, time, here)
        }
        var rest = text
        guard let date = Self.monthFirst(&rest), let time = Self.clock(&rest), rest.isEmpty else { return self }
        // Without a year: the latest time that is not yet to come, but for a clock that is ahead.
        let year = Self.year(here.epochSeconds + here.zoneSeconds)
        let time1 = Self.local(year: year, date.month, date.day, time, here)
        guard let seconds = time1.epochSeconds, seconds > here.epochSeconds + 86_400 else { return time1 }
        return Self.local(year: year - 1, date.month, date.day, time, here)
    }

    private static func local(year: Int, _ month: Int, _ day: Int, _ seconds: Int, _ here: Here) -> LogTime {
        let days = Int64(daysSince1970(year: year, month: month, day: day))
        return .local(days * 86_400 + Int64(seconds) - here.zoneSeconds, zoneSeconds: here.zoneSeconds)
    }

    private static func year(_ seconds: Int64) -> Int {
        Int(calendar(seconds).prefix { $0 != "-" }) ?? 1970
    }

    /// Takes `2026-11-24` and what stands between date and time.
    private static func yearFirst(_ rest: inout Piece) -> (year: Int, month: Int, day: Int)? {
        for separator in ["-", "/", "."] {
            var text = rest
            guard let year = text.takeNumber(), (1_000...9_999).contains(year), text.take(separator),
                let month = text.takeNumber(), (1...12).contains(month), text.take(separator),
                let day = text.takeNumber(), (1...31).contains(day), takeGap(&text)
            else { continue }
            rest = text
            return (year, month, day)
        }
        return nil
    }

    /// Takes `24.11.2026` or `24.11.26`: with points the day is first.
    private static func dayFirst(_ rest: inout Piece) -> (year: Int, month: Int, day: Int)? {
        var text = rest
        guard let day = text.takeNumber(), (1...31).contains(day), text.take("."),
            let month = text.takeNumber(), (1...12).contains(month), text.take("."),
            let year = text.takeNumber(), (0...99).contains(year) || (1_000...9_999).contains(year), takeGap(&text)
        else { return nil }
        rest = text
        return (year < 100 ? year + 2_000 : year, month, day)
    }

    /// Takes `Nov 24` or `Nov  6`.
    private static func monthFirst(_ rest: inout Piece) -> (month: Int, day: Int)? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        var text = rest
        guard let month = months.firstIndex(where: { text.take($0) }), text.take(" ") else { return nil }
        _ = text.take(" ")
        guard let day = text.takeNumber(), (1...31).contains(day), takeGap(&text) else { return nil }
        rest = text
        return (month + 1, day)
    }

    private static func takeGap(_ rest: inout Piece) -> Bool {
        rest.take("T") || rest.take(", ") || rest.take(" ")
    }

    /// Takes `00:13:38`, with or without seconds and a fraction of them; seconds of the day.
    private static func clock(_ rest: inout Piece) -> Int? {
        guard let hour = rest.takeNumber(), hour < 24, rest.take(":"), let minute = rest.takeNumber(), minute < 60
        else { return nil }
        var second = 0
        if rest.take(":") {
            guard let number = rest.takeNumber(), number <= 60 else { return nil }
            second = number
            if rest.take(".") { _ = rest.takeNumber() }
        }
        return (hour * 60 + minute) * 60 + second
    }
}
