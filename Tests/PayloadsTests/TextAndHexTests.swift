import Payloads
import Testing

@Suite("Text and hex dumps")
struct TextAndHexTests {
    @Test(
        "a row for each line",
        arguments: [
            ("one", ["one"]), ("a\nb", ["a", "b"]), ("a\r\nb\r\n", ["a", "b"]), ("a\n", ["a"]), ("\n", [""]),
            ("\n\na", ["", "", "a"]), ("a\rb c", ["a\rb c"]), ("x\n\r\n", ["x", ""]),
        ])
    func text(payload: String, expected: [String]) {
        #expect(lines(payload) == expected)
    }

    @Test("a long line goes on in the next rows and loses nothing")
    func longLine() {
        for length in [1_023, 1_024, 1_025, 3_000] {
            let text = String(repeating: "ü", count: length) + "\nend"
            let rows = lines(text)
            #expect(rows.dropLast().joined() + "\n" + rows[rows.count - 1] == text)
            #expect(rows.allSatisfy { $0.utf8.count <= 1_024 })
        }
        let exact = String(repeating: "x", count: 1_024)
        #expect(lines(exact + "\ny") == [exact, "y"])
    }

    @Test("lines beyond the limit are counted in bytes")
    func textLimit() {
        let outline = PayloadOutline(Array("a\nbc\nd\n".utf8), rowLimit: 2)
        #expect(lines(outline) == ["a", "bc"])
        #expect(outline.omission == "2 more bytes")
        #expect(PayloadOutline(Array("a\nbc\nd".utf8), rowLimit: 2).omission == "1 more byte")
        #expect(PayloadOutline(Array("a\nbc\n".utf8), rowLimit: 2).omission == nil)
    }

    @Test("where 16 bytes do not fit, a row has 8")
    func hexNarrow() {
        let outline = PayloadOutline(Array(0..<10), format: .hex, columns: 71)
        #expect(outline.rows.count == 2)
        let rows = outline.rows.map { $0.spans.map(\.text).joined() }
        #expect(rows[0] == "0000  00 01 02 03 04 05 06 07  ........")
        #expect(PayloadOutline(Array(0..<10), format: .hex, columns: 72).rows.count == 1)
    }

    @Test("a hex dump has offset, bytes and ASCII, and its last row is padded")
    func hex() {
        let outline = PayloadOutline(Array(0..<18), format: .hex)
        #expect(
            lines(outline) == [
                "0000  00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f  ................",
                "0010  10 11                                             ..",
            ])
        #expect(outline.rows[0].spans.map(\.kind) == [.offset, .bytes, .text])
        #expect(lines("A~z{ }", .hex) == ["0000  41 7e 7a 7b 20 7d                                 A~z{ }"])
    }

    @Test("a large payload has longer offsets, 5,000 rows, and the rest is counted")
    func hexLimit() {
        let outline = PayloadOutline(Array(repeating: 0xAB, count: 8 << 20))
        #expect(outline.rows.count == 5_000)
        #expect(outline.rows[4_999].spans[0].text == "00013870  ")
        #expect(outline.omission == "8,308,608 more bytes")
    }

    @Test("no limit at all leaves everything out, honestly", arguments: PayloadFormat.allCases)
    func nothing(format: PayloadFormat) {
        let outline = PayloadOutline(Array("[1]".utf8), format: format, rowLimit: -1)
        #expect(outline.rows.isEmpty)
        #expect(outline.omission == "3 more bytes")
    }
}
