internal import CLinux

/// What a scalar of foreign text becomes on the screen: the one place that decides what is harmless and how wide it is.
///
/// Widths are glibc's, scalar by scalar, because that is how ncurses and most terminals count. Whatever a terminal
/// would not show as a glyph of its own becomes a visible stand-in of one column: nothing hides, nothing is executed.
enum Glyph: Equatable {
    /// A glyph with a width of 1 or 2 columns.
    case spacing(Unicode.Scalar, width: Int)
    /// A mark that goes on top of the glyph before it.
    case mark(Unicode.Scalar)
    /// A variation selector: after a glyph it says nothing that a terminal cell can show.
    case selector

    /// Stands for what has no glyph: bytes that are no UTF-8, invisible and directional controls, unassigned scalars.
    static let replacement: Unicode.Scalar = "\u{fffd}"
    /// Carries a mark that has no glyph before it, or no room on it.
    static let markCarrier: Unicode.Scalar = "\u{25cc}"
    /// Ends text that was cut.
    static let ellipsis: Unicode.Scalar = "\u{2026}"

    /// The glyph for any scalar.
    init(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x20...0x7e, 0xa0...0xac, 0xae...0x2ff, 0x2500...0x25fc:
            self = .spacing(scalar, width: 1)
        case 0..<0x20:
            self = .spacing(Glyph.picture(scalar.value), width: 1)
        case 0x7f:
            self = .spacing("\u{2421}", width: 1)
        case 0x85, 0x2028:
            self = .spacing("\u{2424}", width: 1)
        case 0x2029:
            self = .spacing("\u{b6}", width: 1)
        case 0x80...0x9f, 0xad:
            self = .spacing(Glyph.replacement, width: 1)
        case 0xfe00...0xfe0f, 0xe0100...0xe01ef:
            self = .selector
        case 0x1f3fb...0x1f3ff:
            // Terminals disagree whether a skin tone joins the glyph before it.
            self = .spacing(Glyph.replacement, width: 1)
        default:
            self = Glyph.looked(up: scalar)
        }
    }

    /// The picture of a C0 control, as ␛ for ESC.
    private static func picture(_ control: UInt32) -> Unicode.Scalar {
        Unicode.Scalar(0x2400 + control) ?? replacement
    }

    private static func looked(up scalar: Unicode.Scalar) -> Glyph {
        let width = Int(clinux_wcwidth(scalar.value))
        let properties = scalar.properties
        guard width >= 0, !properties.isDefaultIgnorableCodePoint else { return .spacing(replacement, width: 1) }
        switch properties.generalCategory {
        case .control, .format, .surrogate, .unassigned, .lineSeparator, .paragraphSeparator:
            return .spacing(replacement, width: 1)
        default:
            return width == 0 ? .mark(scalar) : .spacing(scalar, width: width)
        }
    }
}
