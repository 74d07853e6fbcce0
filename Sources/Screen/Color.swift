/// A colour as a theme names it.
package enum Color: Hashable, Sendable {
    /// The terminal's own foreground or background.
    case standard
    /// One of the 16 colours that the user's terminal chooses: 0–7 black…white, 8–15 the bright ones.
    case named(UInt8)
    /// A colour of the 256-colour palette.
    case indexed(UInt8)
    /// Red, green and blue, 0…255 each.
    case rgb(UInt8, UInt8, UInt8)
}

/// How many colours there are to choose from.
package enum ColorDepth: Hashable, Sendable, Comparable {
    /// None: only emphasis.
    case monochrome
    /// Black to white.
    case colors8
    /// Black to white, and bright ones.
    case colors16
    /// The palette of xterm.
    case colors256
    /// Red, green and blue.
    case direct
}

extension Color {
    /// Red, green and blue as xterm shows the colour; nil for the terminal's own, which nobody knows.
    package var components: (red: UInt8, green: UInt8, blue: UInt8)? {
        switch self {
        case .standard: return nil
        case .rgb(let red, let green, let blue): return (red, green, blue)
        case .named(let index): return Color.ansi[Int(index & 15)]
        case .indexed(let index) where index < 16: return Color.ansi[Int(index)]
        case .indexed(let index) where index < 232:
            let cube = Int(index) - 16
            return (Color.steps[cube / 36], Color.steps[cube / 6 % 6], Color.steps[cube % 6])
        case .indexed(let index):
            let grey = 8 + 10 * (index - 232)
            return (grey, grey, grey)
        }
    }

    /// The nearest colour that `depth` has; the terminal's own stays what it is.
    package func nearest(in depth: ColorDepth) -> Color {
        guard let target = components else { return .standard }
        switch depth {
        case .monochrome: return .standard
        case .direct: return self
        case .colors256:
            if case .rgb = self { return .indexed(Color.closest(to: target, among: 16...255)) }
            return self
        case .colors16:
            if let index = ansiIndex { return .named(index) }
            return .named(Color.closest(to: target, among: 0...15))
        case .colors8:
            if let index = ansiIndex { return .named(index & 7) }
            return .named(Color.closest(to: target, among: 0...15) & 7)
        }
    }

    /// True for black itself, however it is named.
    var isBlack: Bool {
        guard let components else { return false }
        return components == (0, 0, 0)
    }

    /// 0…15 when the colour is one of the 16 that the terminal chooses.
    private var ansiIndex: UInt8? {
        switch self {
        case .named(let index): index & 15
        case .indexed(let index): index < 16 ? index : nil
        default: nil
        }
    }

    private static func closest(
        to target: (red: UInt8, green: UInt8, blue: UInt8), among candidates: ClosedRange<UInt8>
    ) -> UInt8 {
        var best = candidates.lowerBound
        var bestDistance = Int.max
        for candidate in candidates {
            guard let color = Color.indexed(candidate).components else { continue }
            let distance = Color.distance(target, color)
            if distance < bestDistance { (best, bestDistance) = (candidate, distance) }
        }
        return best
    }

    /// A squared distance that weighs the components about as the eye does.
    private static func distance(
        _ left: (red: UInt8, green: UInt8, blue: UInt8), _ right: (red: UInt8, green: UInt8, blue: UInt8)
    ) -> Int {
        let mean = (Int(left.red) + Int(right.red)) / 2
        let red = Int(left.red) - Int(right.red)
        let green = Int(left.green) - Int(right.green)
        let blue = Int(left.blue) - Int(right.blue)
        return (512 + mean) * red * red + 1024 * green * green + (767 - mean) * blue * blue
    }

    /// The levels of the palette's colour cube.
    private static let steps: [UInt8] = [0, 95, 135, 175, 215, 255]

    /// The 16 colours as xterm has them by default.
    private static let ansi: [(red: UInt8, green: UInt8, blue: UInt8)] = [
        (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
        (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
        (255, 255, 255),
    ]
}
