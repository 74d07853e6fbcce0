import Screen

/// A row of bars, as many columns as values.
enum Sparkline {
    private static let bars = Array("▁▂▃▄▅▆▇█")

    /// A bar for each value, the largest full; a space where there is none.
    static func text(_ values: [Double?]) -> String {
        let largest = values.compactMap(\.self).max() ?? 0
        return String(
            values.map { value in
                guard let value else { return " " }
                guard largest > 0, value > 0 else { return bars[0] }
                return bars[min(bars.count - 1, Int(value / largest * Double(bars.count - 1) + 0.5))]
            })
    }
}
