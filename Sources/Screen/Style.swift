/// How a role looks.
package struct Style: Hashable, Sendable {
    /// The colour of the glyph.
    package var foreground: Color
    /// The colour behind it.
    package var background: Color
    /// What makes it stand out without colour.
    package var emphasis: Emphasis

    /// A look; by default that of the terminal itself.
    package init(foreground: Color = .standard, background: Color = .standard, emphasis: Emphasis = []) {
        self.foreground = foreground
        self.background = background
        self.emphasis = emphasis
    }

    /// The same look with the colours that `depth` has. What would become unreadable becomes emphasis instead.
    package func reduced(to depth: ColorDepth) -> Style {
        var result = Style(
            foreground: foreground.nearest(in: depth), background: background.nearest(in: depth), emphasis: emphasis)
        if depth == .monochrome {
            // Black behind is as good as nothing behind; anything else stands out.
            if background != .standard, !background.isBlack { result.emphasis.formSymmetricDifference(.reverse) }
            return result
        }
        guard depth <= .colors16 else { return result }
        if depth == .colors8, case .named(let index) = foreground.nearest(in: .colors16), index >= 8 {
            // Bright black on a black screen would be gone; the other bright ones are bold ones here.
            if index == 8 {
                result.foreground = .standard
                result.emphasis.insert(.dim)
            } else {
                result.emphasis.insert(.bold)
            }
        }
        if result.foreground == .named(0), result.background == .standard, !foreground.isBlack {
            // Dark grey has become black, and the screen may be black.
            result.foreground = .standard
        }
        guard background != .standard else { return result }
        // Dark grey behind has become black: gone on a black screen. And nobody knows whether the terminal's own
        // foreground can be read on one of few backgrounds.
        let isGone = result.background == .named(0) && !background.isBlack
        if isGone || result.foreground == .standard || result.foreground == result.background {
            result.foreground = .standard
            result.background = .standard
            result.emphasis.formSymmetricDifference(.reverse)
        }
        return result
    }
}

extension Style {
    /// The style that a theme spells: `bold`, `dim`, `italic`, `underline`, `reverse`, a colour and `on` a colour, in
    /// any order. Colours: `default`, `black`…`white`, `bright-black`…`bright-white`, 0…255, `#rrggbb`.
    ///
    /// Throws the first word that is none of these, or that comes twice.
    init(spelled text: String) throws(UnknownWord) {
        self.init()
        var hasForeground = false
        var hasBackground = false
        var expectsBackground = false
        for word in text.split(whereSeparator: { $0 == " " || $0 == "\t" }) {
            if expectsBackground {
                guard !hasBackground, let color = Color(spelled: word) else { throw UnknownWord(word: String(word)) }
                background = color
                (hasBackground, expectsBackground) = (true, false)
            } else if word == "on" {
                expectsBackground = true
            } else if let added = Emphasis(spelled: word), emphasis.isDisjoint(with: added) {
                emphasis.insert(added)
            } else if !hasForeground, let color = Color(spelled: word) {
                foreground = color
                hasForeground = true
            } else {
                throw UnknownWord(word: String(word))
            }
        }
        if expectsBackground { throw UnknownWord(word: "on") }
    }

    /// A word that has no meaning where it stands.
    struct UnknownWord: Error {
        let word: String
    }
}

extension Emphasis {
    /// The emphasis of this name in themes.
    fileprivate init?(spelled word: Substring) {
        switch word {
        case "bold": self = .bold
        case "dim": self = .dim
        case "italic": self = .italic
        case "underline": self = .underline
        case "reverse": self = .reverse
        default: return nil
        }
    }
}

extension Color {
    private static let names: [Substring] = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]

    /// The colour that a theme spells so.
    fileprivate init?(spelled word: Substring) {
        let isBright = word.hasPrefix("bright-")
        let plain = isBright ? word.dropFirst("bright-".count) : word
        if word == "default" {
            self = .standard
        } else if let index = Color.names.firstIndex(of: plain) {
            self = .named(UInt8(index + (isBright ? 8 : 0)))
        } else if word.first?.isNumber == true, let index = UInt8(word) {
            self = .indexed(index)
        } else if let color = Color(hexadecimal: word) {
            self = color
        } else {
            return nil
        }
    }

    private init?(hexadecimal word: Substring) {
        let digits = word.dropFirst().compactMap(\.hexDigitValue)
        guard word.first == "#", word.utf8.count == 7, digits.count == 6 else { return nil }
        let bytes = stride(from: 0, to: 6, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
        self = .rgb(bytes[0], bytes[1], bytes[2])
    }
}
