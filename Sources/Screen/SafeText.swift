/// Text for a terminal that no `Surface` stands before, as commands print it.
package enum SafeText {
    /// `text` with a visible stand-in for whatever a terminal would not show as a glyph, line breaks and tabs among it.
    package static func of(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch Glyph(scalar) {
            case .spacing(let glyph, _): result.append(glyph)
            case .mark(let mark): result.append(mark)
            case .selector: break
            }
        }
        return String(result)
    }
}
