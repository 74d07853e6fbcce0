import Screen
import Testing

/// The names of keys.
@Suite struct KeyTests {
    @Test("Every key has a name by which it is found again")
    func roundTrip() {
        let named: [Key] = [
            .up, .down, .left, .right, .pageUp, .pageDown, .home, .end, .tab, .backTab, .enter, .escape, .backspace,
            .delete, .insert,
        ]
        let printable = (0x20...0x7e).compactMap { Unicode.Scalar(UInt8($0)) } + ["é", "ß", "温"]
        let keys =
            named + printable.map { .character($0) } + printable.map { .alt($0) } + (1...63).map { .function($0) }
            + "abcdefghijklmnopqrstuvwxyz \\]^_".unicodeScalars.map { .control($0) }
        for key in keys { #expect(Key(name: key.name) == key, "\(key.name)") }
        #expect(Set(keys.map(\.name)).count == keys.count)
    }

    @Test(
        "Keys are written as people write them",
        arguments: [
            (Key.control("l"), "Ctrl-L"), (.character(" "), "Space"), (.character("/"), "/"), (.function(1), "F1"),
            (.pageUp, "PgUp"), (.alt("x"), "Alt-x"), (.backTab, "Shift-Tab"), (.escape, "Esc"), (.character("G"), "G"),
        ])
    func names(key: Key, name: String) {
        #expect(key.name == name)
    }

    @Test(
        "Names are found whatever their capitals, and by the long forms",
        arguments: [
            ("ctrl-l", Key.control("l")), ("CTRL-L", .control("l")), ("space", .character(" ")), ("pageup", .pageUp),
            ("Escape", .escape), ("return", .enter), ("f12", .function(12)), ("alt-X", .alt("X")), ("Delete", .delete),
            ("-", .character("-")), ("f", .character("f")), ("F", .character("F")),
        ])
    func aliases(name: String, key: Key) {
        #expect(Key(name: name) == key)
    }

    @Test(
        "What is no key has no key",
        arguments: [
            "", " ", "ab", "Ctrl-", "Ctrl-é", "Ctrl-1", "Ctrl-ab", "Alt-", "Alt-\u{1b}", "F0", "F64", "Fx", "\u{7}",
            "\u{200b}",
        ])
    func unknown(name: String) {
        #expect(Key(name: name) == nil)
    }
}
