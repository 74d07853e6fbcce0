/// Numbers for people.
enum Quantity {
    /// `1,234,567`.
    static func grouped(_ number: Int) -> String {
        let digits = Array(String(number.magnitude))
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    /// `28 B`, `7.2 KiB`, `45 KiB`, `1.5 MiB`: in powers of 1,024, one decimal below 10.
    static func bytes(_ count: Int) -> String {
        guard count >= 1_000 else { return "\(count) B" }
        var (divisor, unit) = (1_024, "KiB")
        for next in ["MiB", "GiB"] where count >= divisor * 1_000 { (divisor, unit) = (divisor * 1_024, next) }
        let tenths = (count * 10 + divisor / 2) / divisor
        return tenths < 100 ? "\(tenths / 10).\(tenths % 10) \(unit)" : "\((count + divisor / 2) / divisor) \(unit)"
    }
}
