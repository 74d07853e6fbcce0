import Testing

@testable import Screen

@Suite("Text that commands print")
struct SafeTextTests {
    @Test(
        "nothing that steers a terminal is left, and what is harmless stays as it is",
        arguments: [
            ("grün 温度 🤖 e\u{301}", "grün 温度 🤖 e\u{301}"),
            ("a\u{1B}[2Jb", "a\u{241B}[2Jb"), ("a\r\nb\tc", "a\u{240D}\u{240A}b\u{2409}c"),
            ("\u{9B}31m", "\u{FFFD}31m"), ("a\u{202E}b", "a\u{FFFD}b"), ("\u{7F}", "\u{2421}"), ("", ""),
        ])
    func standIns(text: String, shown: String) {
        #expect(SafeText.of(text).unicodeScalars.elementsEqual(shown.unicodeScalars))
    }
}
