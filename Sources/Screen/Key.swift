/// A key as the program knows it, whatever the terminal sends for it.
package enum Key: Hashable, Sendable {
    /// A printable character, the space included.
    case character(Unicode.Scalar)
    /// Control and a lowercase letter, a space or one of `\ ] ^ _`.
    case control(Unicode.Scalar)
    /// Alt (Meta) and a printable character.
    case alt(Unicode.Scalar)
    /// The arrows.
    case up, down, left, right
    /// The keys that move far.
    case pageUp, pageDown, home, end
    /// The keys that edit and answer; backTab is Shift and Tab.
    case tab, backTab, enter, escape, backspace, delete, insert
    /// F1 and so on, 1…63.
    case function(Int)
}

extension Key {
    /// The key as people write it, in help and configuration: "a", "Space", "Ctrl-L", "Alt-x", "PgUp", "F1".
    package var name: String {
        switch self {
        case .character(" "): "Space"
        case .character(let scalar): String(scalar)
        case .control(" "): "Ctrl-Space"
        case .control(let scalar): "Ctrl-" + scalar.properties.uppercaseMapping
        case .alt(" "): "Alt-Space"
        case .alt(let scalar): "Alt-" + String(scalar)
        case .function(let number): "F\(number)"
        default: Key.names.first { $0.key == self }?.name ?? ""
        }
    }

    /// The key of this name; nil when there is none. Capital letters matter only for a single character.
    package init?(name: String) {
        let lowered = name.lowercased()
        let scalars = name.unicodeScalars
        if let first = scalars.first, scalars.count == 1 {
            guard Key.isPrintable(first), first != " " else { return nil }
            self = .character(first)
        } else if lowered == "space" {
            self = .character(" ")
        } else if let named = (Key.names + Key.aliases).first(where: { $0.name.lowercased() == lowered }) {
            self = named.key
        } else if lowered.hasPrefix("f"), let number = Int(lowered.dropFirst()), (1...63).contains(number) {
            self = .function(number)
        } else if lowered.hasPrefix("ctrl-"), let scalar = Key.single(lowered.dropFirst(5)), Key.isControllable(scalar)
        {
            self = .control(scalar)
        } else if lowered.hasPrefix("alt-"), let scalar = Key.single(name.dropFirst(4)), Key.isPrintable(scalar) {
            self = .alt(scalar)
        } else {
            return nil
        }
    }

    private static let names: [(key: Key, name: String)] = [
        (.up, "Up"), (.down, "Down"), (.left, "Left"), (.right, "Right"),
        (.pageUp, "PgUp"), (.pageDown, "PgDn"), (.home, "Home"), (.end, "End"),
        (.tab, "Tab"), (.backTab, "Shift-Tab"), (.enter, "Enter"), (.escape, "Esc"),
        (.backspace, "Backspace"), (.delete, "Del"), (.insert, "Ins"),
    ]

    private static let aliases: [(key: Key, name: String)] = [
        (.pageUp, "PageUp"), (.pageDown, "PageDown"), (.backTab, "BackTab"), (.enter, "Return"),
        (.escape, "Escape"), (.delete, "Delete"), (.insert, "Insert"),
    ]

    private static func single(_ text: Substring) -> Unicode.Scalar? {
        if text.lowercased() == "space" { return " " }
        guard text.unicodeScalars.count == 1 else { return nil }
        return text.unicodeScalars.first
    }

    /// True for scalars that a key can stand for by itself.
    package static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if case .spacing(let shown, _) = Glyph(scalar) { return shown == scalar }
        return false
    }

    private static func isControllable(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || " \\]^_".unicodeScalars.contains(scalar)
    }
}
