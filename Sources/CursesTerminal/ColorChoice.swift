package import Screen

/// What the user says about colours.
package enum ColorChoice: Hashable, Sendable {
    /// As many as the terminal has; none when `NO_COLOR` is set.
    case automatic
    /// None.
    case never
    /// At most these, whatever `NO_COLOR` says.
    case limited(ColorDepth)

    /// The choice of this spelling: auto, never, always, 8, 16, 256 or direct; nil for any other.
    package init?(spelled text: String) {
        switch text {
        case "auto": self = .automatic
        case "never": self = .never
        case "8": self = .limited(.colors8)
        case "16": self = .limited(.colors16)
        case "256": self = .limited(.colors256)
        case "direct", "always": self = .limited(.direct)
        default: return nil
        }
    }

    /// The colours to use when the terminal has `count` of them (1 << 24: red, green and blue).
    func depth(count: Int32, refused: Bool) -> ColorDepth {
        let available: ColorDepth =
            switch count {
            case ..<8: .monochrome
            case ..<16: .colors8
            case ..<256: .colors16
            case ..<(1 << 24): .colors256
            default: .direct
            }
        switch self {
        case .automatic: return refused ? .monochrome : available
        case .never: return .monochrome
        case .limited(let limit): return min(limit, available)
        }
    }
}
