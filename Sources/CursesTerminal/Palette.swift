internal import CTerminal
internal import Screen

/// What each role of a theme is to ncurses. Pairs of colours are set when they are first used.
struct Palette {
    /// Emphasis and pair of a role.
    struct Look {
        let emphasis: Emphasis
        let pair: Int32
    }

    private struct Colors: Hashable {
        let foreground: Int32
        let background: Int32
    }

    private let theme: Theme
    private let depth: ColorDepth
    private let hasColor: Bool
    private var looks: [Look?]
    private var pairs: [Colors: Int32] = [:]

    /// A palette without any pair yet; ncurses must have none either.
    init(theme: Theme, depth: ColorDepth) {
        self.theme = theme
        self.depth = depth
        hasColor = depth > .monochrome
        looks = Array(repeating: nil, count: Role.allCases.count)
    }

    /// How `role` looks.
    mutating func look(_ role: Role) -> Look {
        if let known = looks[Int(role.rawValue)] { return known }
        let style = theme[role].reduced(to: depth)
        let look = Look(emphasis: style.emphasis, pair: hasColor ? pair(for: style) : 0)
        looks[Int(role.rawValue)] = look
        return look
    }

    private mutating func pair(for style: Style) -> Int32 {
        let colors = Colors(foreground: number(of: style.foreground), background: number(of: style.background))
        guard colors != Colors(foreground: -1, background: -1) else { return 0 }
        if let known = pairs[colors] { return known }
        let next = Int32(pairs.count + 1)
        guard next <= cterminal_pairs(), cterminal_set_pair(next, colors.foreground, colors.background) != 0 else {
            return 0
        }
        pairs[colors] = next
        return next
    }

    /// The number that ncurses has for a colour at this depth.
    private func number(of color: Color) -> Int32 {
        switch color {
        case .standard: return -1
        case .named(let index) where depth < .direct || index < 8: return Int32(index)
        case .indexed(let index) where depth < .direct: return Int32(index)
        default:
            guard let (red, green, blue) = color.components else { return -1 }
            // Red, green and blue that are all but black would be one of the eight named colours.
            return max(8, Int32(red) << 16 | Int32(green) << 8 | Int32(blue))
        }
    }
}
