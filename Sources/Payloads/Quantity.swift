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

    /// `28 B`, `7.2 kB`, `1.5 MB`: in powers of 1,000.
    static func bytes(_ count: Int) -> String {
        guard count >= 1_000 else { return "\(count) B" }
        var (value, unit) = (count, "kB")
        for next in ["MB", "GB"] where value >= 999_950 { (value, unit) = (value / 1_000, next) }
        let tenths = (value + 50) / 100
        return tenths < 1_000 ? "\(tenths / 10).\(tenths % 10) \(unit)" : "\((value + 500) / 1_000) \(unit)"
    }
}
