import MQTT

/// `value` with `places` decimals, as C's `%.*f` writes it, but never `-0.00`.
func decimal(_ value: Double, _ places: Int) -> String {
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 9e18 else { return "0" }
    let digits = String(Int64(scaled))
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard places > 0 else { return sign + digits }
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.utf8.count)) + digits
    return sign + padded.dropLast(places) + "." + padded.suffix(places)
}

/// `text` as a JSON string with its quotes.
func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\u{0}"..."\u{1F}":
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}

/// Nanoseconds since 1970 as ISO 8601 in UTC with milliseconds, as VDA 5050 writes time: `2026-11-24T03:24:59.123Z`.
func timestamp(_ wall: Int64) -> String {
    func padded(_ value: Int64, _ width: Int = 2) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
    let milliseconds = max(0, wall) / 1_000_000
    let date = date(daysSince1970: milliseconds / 86_400_000)
    let time = milliseconds % 86_400_000
    let clock = [time / 3_600_000, time / 60_000 % 60, time / 1_000 % 60].map { padded($0) }.joined(separator: ":")
    return "\(padded(date.year, 4))-\(padded(date.month))-\(padded(date.day))T\(clock).\(padded(time % 1_000, 3))Z"
}

/// The Gregorian date of a day counted from 1970-01-01.
private func date(daysSince1970 days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    // The year begins in March here, so that the leap day is its last.
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    return (
        yearOfEra + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9,
        dayOfYear - (153 * month + 2) / 5 + 1
    )
}

/// The topic `text`, which this program wrote itself.
func topicName(_ text: String) -> TopicName {
    guard let name = try? TopicName(text) else { preconditionFailure("the lab's topic \(text) is no topic") }
    return name
}

/// The filter `text`, which this program wrote itself.
func topicFilter(_ text: String) -> TopicFilter {
    guard let filter = try? TopicFilter(text) else { preconditionFailure("the lab's filter \(text) is no filter") }
    return filter
}
