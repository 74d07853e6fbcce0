import Screen
import Testing

/// What becomes of text on its way to the screen.
@Suite struct PutTests {
    /// A row of `columns` columns with `text` put at its start.
    private func shown(_ text: String, columns: Int = 20, width: Int = .max) -> (line: String, used: Int) {
        var surface = Surface(size: Size(rows: 1, columns: columns))
        let used = surface.put(text, row: 0, column: 0, width: width, role: .text)
        return (surface.line(0), used)
    }

    @Test(
        "Text that a terminal shows as it is stays as it is",
        arguments: [
            ("hello", 5), ("robots/ev3-1/motor/A", 20), ("Grüße", 5), ("−42 °C", 6), ("温度", 4), ("한국어", 6),
            ("ｗｉｄｅ", 8), ("😀", 2), ("👨", 2), ("🇬🇧", 2), ("▁▂▃▄▅▆▇█", 8), ("⠁⣿", 2), ("│─┌┐", 4), ("Ω≈ç√", 4),
            ("नमस", 3), ("a\u{a0}b", 3), ("\u{e000}", 1),
        ])
    func plain(text: String, width: Int) {
        let row = shown(text)
        #expect(row.line == text)
        #expect(row.used == width)
        #expect(Surface.width(of: text) == width)
    }

    @Test(
        "Whatever a terminal would obey or hide becomes visible",
        arguments: [
            ("\u{1b}[31mred", "␛[31mred"), ("a\nb", "a␊b"), ("a\r\nb", "a␍␊b"), ("a\tb", "a␉b"), ("\0", "␀"),
            ("\u{7}", "␇"), ("\u{8}", "␈"), ("\u{7f}", "␡"), ("\u{9b}31m", "�31m"), ("\u{90}", "�"), ("\u{85}", "␤"),
            ("a\u{2028}b\u{2029}c", "a␤b¶c"),
            ("\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}", "�����"), ("\u{2066}\u{2067}\u{2068}\u{2069}", "����"),
            ("\u{200e}\u{200f}\u{61c}", "���"), ("a\u{200b}b\u{200c}c\u{200d}d", "a�b�c�d"), ("\u{2060}\u{feff}", "��"),
            ("a\u{ad}b", "a�b"), ("\u{34f}\u{180e}\u{3164}", "���"), ("\u{e0041}\u{e007f}", "��"), ("\u{fff9}", "�"),
            ("\u{378}\u{1fae8}\u{10ffff}", "���"), ("👍🏽", "👍�"), ("👨\u{200d}👩", "👨�👩"),
        ])
    func hostile(text: String, expected: String) {
        let row = shown(text)
        #expect(row.line == expected)
        #expect(row.used == Surface.width(of: expected))
        #expect(Surface.width(of: text) == row.used)
    }

    @Test("Marks join the glyph before them, at most four, and never a glyph of somebody else")
    func combining() {
        var surface = Surface(size: Size(rows: 1, columns: 10))
        surface.put("│", row: 0, column: 0, role: .rule)
        #expect(surface.put("\u{301}x", row: 0, column: 1, role: .text) == 2)
        #expect(surface[0, 0].text == "│")
        #expect(surface[0, 1].text == "◌\u{301}")
        #expect(shown("e\u{301}te").used == 3)
        #expect(shown("e\u{301}te").line == "e\u{301}te")
        let many = shown("e" + String(repeating: "\u{301}", count: 6))
        #expect(many.used == 2)
        #expect(many.line == "e\u{301}\u{301}\u{301}\u{301}◌\u{301}\u{301}")
    }

    @Test("Korean vowels and final consonants join the first one")
    func jamo() {
        #expect(shown("\u{1112}\u{1161}\u{11ab}").used == 2)
    }

    @Test("A variation selector after a glyph says nothing; more than one is made visible")
    func selectors() {
        #expect(shown("❤\u{fe0f}!") == ("❤!", 2))
        #expect(shown("1\u{fe0f}\u{20e3}") == ("1\u{20e3}", 1))
        #expect(shown("\u{fe0f}a") == ("�a", 2))
        #expect(shown("a\u{fe0f}\u{fe0f}\u{fe0f}").used == 3)
        #expect(shown("a\u{e0100}b") == ("ab", 2))
    }

    @Test(
        "What does not fit is cut and ends in an ellipsis",
        arguments: [
            ("abcdef", 6, "abcdef"), ("abcdefg", 6, "abcde…"), ("ab", 1, "…"), ("", 5, ""), ("温度計", 6, "温度計"),
            ("温度計", 5, "温度…"), ("温度計", 4, "温…"), ("a温度", 3, "a…"), ("a温度", 4, "a温…"), ("温", 1, "…"),
            ("ab\u{301}c", 2, "a…"), ("abc\u{301}", 3, "abc\u{301}"),
        ])
    func cut(text: String, width: Int, expected: String) {
        let row = shown(text, width: width)
        #expect(row.line == expected)
        #expect(row.used == min(width, Surface.width(of: text)))
        let atEdge = shown(text, columns: width)
        #expect(atEdge.line == expected)
    }

    @Test(
        "Bytes that are not UTF-8 become one replacement character for each broken piece",
        arguments: [
            ([0x61, 0xff, 0x62], "a�b"), ([0xc3], "�"), ([0xc3, 0x28], "�("), ([0xe2, 0x82], "�"),
            ([0xe2, 0x28, 0xa1], "�(�"),
            ([0xf0, 0x9f, 0x98], "�"), ([0xf0, 0x9f, 0x98, 0x80], "😀"), ([0xed, 0xa0, 0x80], "���"),
            ([0xc0, 0xaf], "��"),
            ([0xf4, 0x90, 0x80, 0x80], "����"), ([0xe0, 0x80, 0xaf], "���"), ([0x80, 0xbf], "��"), ([0xc2, 0x9b], "�"),
        ] as [([UInt8], String)])
    func bytes(bytes: [UInt8], expected: String) {
        var surface = Surface(size: Size(rows: 1, columns: 20))
        let used = surface.put(bytes: bytes, row: 0, column: 0, role: .text)
        #expect(surface.line(0) == expected)
        #expect(used == Surface.width(of: bytes))
        // A collection that is not contiguous takes another way to the same end.
        var other = Surface(size: Size(rows: 1, columns: 20))
        #expect(other.put(bytes: bytes.lazy.map { $0 }, row: 0, column: 0, role: .text) == used)
        #expect(other.line(0) == expected)
    }

    @Test("The cost of putting is bound by the columns: an endless payload is not read to its end")
    func lazyReading() {
        let endless = CountingBytes(count: 1 << 40)
        var surface = Surface(size: Size(rows: 1, columns: 80))
        #expect(surface.put(bytes: endless, row: 0, column: 0, role: .text) == 80)
        #expect(surface.line(0).hasSuffix("…"))
        #expect(Surface.width(of: endless, limit: 80) >= 80)
    }

    @Test(
        "Nothing is written outside of the grid or to the left of the start",
        arguments: [
            (-1, 0), (3, 0), (0, -1), (0, 10), (.max, .max), (.min, .min),
        ])
    func outside(row: Int, column: Int) {
        var surface = Surface(size: Size(rows: 3, columns: 10))
        let before = surface
        #expect(surface.put("abc", row: row, column: column, role: .header) == 0)
        #expect(surface.put("abc", row: 0, column: 0, width: 0, role: .header) == 0)
        #expect(surface.put("abc", row: 0, column: 0, width: -5, role: .header) == 0)
        for row in 0..<3 { for column in 0..<10 { #expect(surface[row, column] == before[row, column]) } }
    }

    @Test("Overwriting half of a wide character takes the other half away")
    func halves() {
        var surface = Surface(size: Size(rows: 1, columns: 6))
        surface.put("温度計", row: 0, column: 0, role: .text)
        surface.put("x", row: 0, column: 1, role: .text)
        #expect(surface.line(0) == " x度計")
        surface.put("y", row: 0, column: 2, role: .text)
        #expect(surface.line(0) == " xy 計")
        surface.put("漢", row: 0, column: 3, role: .text)
        #expect(surface.line(0) == " xy漢")
    }

    @Test("Role and emphasis stand in every cell that was written")
    func look() {
        var surface = Surface(size: Size(rows: 1, columns: 6))
        surface.put("a温…", row: 0, column: 1, role: .match, emphasis: [.bold, .underline])
        for column in 1...4 {
            #expect(surface[0, column].role == .match)
            #expect(surface[0, column].emphasis == [.bold, .underline])
        }
        #expect(surface[0, 0].role == .text && surface[0, 5].role == .text)
        #expect(surface[0, 3].isContinuation && surface[0, 3].text.isEmpty)
    }
}

/// Many bytes that nobody could read, and no array of them.
private struct CountingBytes: Collection {
    let count: Int
    var startIndex: Int { 0 }
    var endIndex: Int { count }
    func index(after index: Int) -> Int { index + 1 }
    subscript(index: Int) -> UInt8 { UInt8(ascii: "0") + UInt8(index % 10) }
}
