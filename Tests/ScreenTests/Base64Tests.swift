import Testing

@testable import Screen

@Suite("Base64") struct Base64Tests {
    @Test(
        "Base64 is that of RFC 4648 section 10",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ]) func base64(plain: String, text: String)
    {
        #expect(Base64.encoded(Array(plain.utf8)) == text)
        #expect(Base64.decoded(text) == Array(plain.utf8))
    }

    @Test("All bytes come back") func allBytes() {
        for count in 0..<300 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ count) }
            #expect(Base64.decoded(Base64.encoded(bytes)) == bytes)
        }
    }

    @Test("What is not base64 is none", arguments: ["a", "ab", "abc", "ab=c", "a===", "====", "ab*=", "é==="])
    func noBase64(text: String) { #expect(Base64.decoded(text) == nil) }
}
