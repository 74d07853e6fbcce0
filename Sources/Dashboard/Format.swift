/// Numbers as people read them at a glance.
enum Format {
    /// `number` with at least `digits` digits.
    static func padded(_ number: Int, digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    /// A count with thousands separators: `1,204`.
    static func count(_ number: some BinaryInteger) -> String {
        var digits = Array(String(number))
        var index = digits.count - 3
        while index > 0, digits[index - 1] != "-" {
            digits.insert(",", at: index)
            index -= 3
        }
        return String(digits)
    }

    /// One decimal below 10, none above: `7.9`, `128`.
    static func short(_ number: Double) -> String {
        guard number.isFinite, number < 1e15 else { return "–" }
        if number >= 9.95 { return count(Int(number.rounded())) }
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// A rate per second: `128/s`, `0.2/s`, `2/min`, or `–` when nothing comes.
    static func rate(_ perSecond: Double?) -> String {
        guard let perSecond, perSecond > 0 else { return "–" }
        if perSecond >= 0.05 { return short(perSecond) + "/s" }
        if perSecond * 60 >= 0.5 { return "\(Int((perSecond * 60).rounded()))/min" }
        return "–"
    }

    /// A number of bytes: `797 B`, `45 KiB`, `1.2 MiB`.
    static func bytes(_ number: Double) -> String {
        if number < 1_000 { return "\(Int(number.rounded())) B" }
        if number < 1_000 * 1_024 { return short(number / 1_024) + " KiB" }
        if number < 1_000 * 1_048_576 { return short(number / 1_048_576) + " MiB" }
        return short(number / 1_073_741_824) + " GiB"
    }

    /// A number of bytes.
    static func bytes(_ number: some BinaryInteger) -> String { bytes(Double(number)) }

    /// How long ago, in the largest unit: `now`, `12s`, `3m`, `2h`, `5d`.
    static func age(nanoseconds: Int64) -> String {
        let seconds = nanoseconds / 1_000_000_000
        if seconds < 1 { return "now" }
        if seconds < 60 { return "\(seconds)s" }
        if seconds < 3600 { return "\(seconds / 60)m" }
        if seconds < 86_400 { return "\(seconds / 3600)h" }
        return "\(seconds / 86_400)d"
    }

    /// A span as a clock shows it: `00:12:41`.
    static func span(nanoseconds: Int64) -> String {
        let seconds = Int(max(0, nanoseconds / 1_000_000_000))
        return
            "\(padded(seconds / 3600, digits: 2)):\(padded(seconds / 60 % 60, digits: 2)):\(padded(seconds % 60, digits: 2))"
    }

    /// A short span: `0.4 ms`, `12 ms`, `3.2 s`.
    static func duration(seconds: Double) -> String {
        seconds < 1 ? short(seconds * 1_000) + " ms" : short(seconds) + " s"
    }

    /// `1 topic`, `2 topics`.
    static func plural(_ number: some BinaryInteger, _ noun: String) -> String {
        count(number) + " " + noun + (number == 1 ? "" : "s")
    }
}
