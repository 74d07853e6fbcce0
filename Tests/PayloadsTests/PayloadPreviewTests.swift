import Payloads
import Testing

@Suite("A payload in one line")
struct PayloadPreviewTests {
    @Test(
        "text and JSON stand as they are",
        arguments: ["42", "{\"a\": 1}", "two\nlines", "23.4 °C", " ", "\u{1B}[31mred", "日本"])
    func text(payload: String) {
        #expect(payloadPreview(payload.utf8, limit: 100) == payload)
    }

    @Test("nothing is called empty")
    func empty() {
        #expect(payloadPreview([], limit: 10) == "‹empty›")
        #expect(payloadPreview([], limit: 0, length: 0) == "‹empty›")
    }

    @Test("what is not text is its size and its first bytes")
    func binary() {
        #expect(payloadPreview([0x0F, 0x00], limit: 40) == "‹2 B› 0f 00")
        #expect(payloadPreview(Array(repeating: 0, count: 28), limit: 20) == "‹28 B› 00 00 00 00 …")
        #expect(payloadPreview([0], limit: 256) == "‹1 B› 00")
        #expect(payloadPreview(Array(repeating: 0, count: 16), limit: 16, length: 1_234_567) == "‹1.2 MiB› 00 …")
    }

    @Test("a picture is its name and its size")
    func picture() {
        let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0] + Array(repeating: 0, count: 7_196)
        #expect(payloadPreview(jpeg, limit: 64) == "‹JPEG 7.0 KiB›")
        #expect(payloadPreview(jpeg.prefix(64), limit: 64, length: 7_200) == "‹JPEG 7.0 KiB›")
    }

    @Test("what is cut ends in … and never inside a character", arguments: 0...12)
    func cut(limit: Int) {
        let text = "aé日😀b"
        let whole = [0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11][limit]
        let expected = String(decoding: text.utf8.prefix(whole), as: UTF8.self) + (limit < 11 ? "…" : "")
        #expect(payloadPreview(text.utf8, limit: limit) == expected)
        #expect(payloadPreview(Array(text.utf8.prefix(limit)), limit: limit, length: 11) == expected)
    }

    @Test("a payload that really ends inside a character is not text")
    func incomplete() {
        #expect(payloadPreview([0x61, 0xC3], limit: 10) == "‹2 B› 61 …")
        #expect(payloadPreview([0x61, 0xC3], limit: 30) == "‹2 B› 61 c3")
    }

    @Test(
        "sizes are in powers of 1,024",
        arguments: [
            (999, "999 B"), (1_000, "1.0 KiB"), (7_373, "7.2 KiB"), (10_188, "9.9 KiB"), (10_189, "10 KiB"),
            (1_023_487, "999 KiB"), (1_024_000, "1.0 MiB"), (8_388_608, "8.0 MiB"), (268_435_455, "256 MiB"),
        ])
    func sizes(length: Int, expected: String) {
        #expect(payloadPreview([0xFF, 0xD8, 0xFF], limit: 3, length: length) == "‹JPEG \(expected)›")
    }
}
