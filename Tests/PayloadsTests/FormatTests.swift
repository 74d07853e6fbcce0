import Payloads
import Testing

@Suite("What a payload is taken for")
struct FormatTests {
    @Test(
        "text formats are told apart",
        arguments: [
            ("{\"a\": 1}", "JSON"), ("[]", "JSON"), (" {} \n", "JSON"), ("\"word\"", "JSON"), ("true", "JSON"),
            ("null", "JSON"), ("42", "number"), ("-0", "number"), ("1e400", "number"), ("23.5\n", "number"),
            ("+5", "number"), ("007", "number"), (".5", "number"), ("1.", "number"), ("1e", "text"), ("-", "text"),
            ("1 2", "text"), ("1,2", "text"), ("on", "text"), ("true story", "text"), ("23.4 °C", "text"),
            ("{\"a\": 1", "text"), ("{'a': 1}", "text"), ("[1,]", "text"), ("{} {}", "text"), ("[01]", "text"),
            ("\"tab\there\"", "text"), ("\u{1B}[31mred\u{1B}[0m", "text"), ("ROBOT\u{2028}x", "text"),
            ("{\"range\": [NaN, 1, -Infinity]}", "JSON with NaN"),
        ])
    func text(payload: String, name: String) {
        #expect(PayloadOutline(Array(payload.utf8)).formatName == name)
    }

    @Test(
        "bytes are told apart",
        arguments: [
            ([], "empty"), ([0x00], "hex"), ([0x01, 0x41], "hex"), ([0xC3, 0x28], "hex"), ([0xC3], "hex"),
            ([0xED, 0xA0, 0x80], "hex"), ([0xF5, 0x80, 0x80, 0x80], "hex"), ([0x41, 0x7F], "hex"),
            ([0xFF, 0xD8, 0xFF], "JPEG"), ([0x1F, 0x8B, 0x08, 0], "gzip"), ([0x28, 0xB5, 0x2F, 0xFD], "zstd"),
            (Array("RIFF\0\0\0\0WEBPVP8 ".utf8), "WebP"), (Array("GIF89a".utf8) + [0x40, 1, 0xF0, 0], "GIF 320×240"),
            ([0x81, 0xA1, 0x78, 0x93, 1, 2, 3], "MessagePack"), ([0xA1, 0x61, 0x78, 0x83, 1, 2, 3], "CBOR"),
            ([0x81, 0xA1, 0x78, 0x93, 1, 2], "hex"), ([0xA1, 0x61, 0x78, 0x83, 1, 2, 3, 4], "hex"),
            ([0xDE, 0xFF, 0xFF, 0xA1, 0x78, 1], "hex"), ([0x85, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9], "hex"),
        ] as [([UInt8], String)])
    func binary(payload: [UInt8], name: String) {
        #expect(PayloadOutline(payload).formatName == name)
    }

    @Test("a PNG tells its size")
    func png() {
        let header: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
        let png = header + [0, 0, 0x02, 0x80, 0, 0, 0x01, 0xE0, 8, 2, 0, 0, 0]
        #expect(PayloadOutline(png).formatName == "PNG 640×480")
        #expect(PayloadOutline(Array(png.prefix(20))).formatName == "PNG")
    }

    @Test("a JPEG tells its size, which stands behind other segments")
    func jpeg() {
        let start: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xC4, 0, 3, 9, 0xFF]
        let frame: [UInt8] = [0xFF, 0xC2, 0, 11, 8, 0, 0xF0, 0x01, 0x40, 1, 1, 0x11, 0]
        #expect(PayloadOutline(start + frame).formatName == "JPEG 320×240")
        #expect(PayloadOutline(start + frame.prefix(6)).formatName == "JPEG")
        #expect(PayloadOutline(start + [0xFF, 0xDA, 0, 2]).formatName == "JPEG")
        #expect(PayloadOutline([0xFF, 0xD8, 0xFF, 0xE0, 0, 0]).formatName == "JPEG")
    }

    @Test("a picture is shown as a hex dump")
    func pictureRows() {
        #expect(lines(PayloadOutline([0xFF, 0xD8, 0xFF])).first?.hasPrefix("0000  ff d8 ff") == true)
    }

    @Test("the user's choice wins over the guess")
    func chosen() {
        let json = Array("{\"a\":1}".utf8)
        #expect(PayloadOutline(json, format: .text).formatName == "text")
        #expect(lines(PayloadOutline(json, format: .text)) == ["{\"a\":1}"])
        #expect(PayloadOutline(json, format: .hex).formatName == "hex")
        #expect(PayloadOutline([0xFF, 0xFE], format: .text).rows[0].spans[0].text == "\u{FFFD}\u{FFFD}")
    }

    @Test("what is chosen as JSON and is none says where it breaks and stands as text")
    func chosenButNotJSON() {
        #expect(lines("{\"a\":1,}", .json) == ["not JSON from byte 7 on", "{\"a\":1,}"])
        #expect(lines("\u{1}", .json) == ["not JSON from byte 0 on", "\u{1}"])
    }

    @Test("an empty payload has no rows in any format", arguments: PayloadFormat.allCases)
    func empty(format: PayloadFormat) {
        let outline = PayloadOutline([], format: format)
        #expect(outline.formatName == "empty")
        #expect(outline.rows.isEmpty)
        #expect(outline.omission == nil)
    }
}
