/// How a cell stands out without colour.
package struct Emphasis: OptionSet, Hashable, Sendable {
    /// One bit for each kind of emphasis.
    package var rawValue: UInt8

    /// The emphasis with these bits.
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Heavier strokes.
    package static let bold = Emphasis(rawValue: 1)
    /// Fainter than usual.
    package static let dim = Emphasis(rawValue: 2)
    /// Slanted, where the terminal can.
    package static let italic = Emphasis(rawValue: 4)
    /// A line below.
    package static let underline = Emphasis(rawValue: 8)
    /// Foreground and background exchanged.
    package static let reverse = Emphasis(rawValue: 16)
}
