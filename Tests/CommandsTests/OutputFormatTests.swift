import MQTT
import Testing

@testable import Commands

@Suite("Output: -F formats")
struct OutputFormatTests {
    /// A format, and what it makes of the message `a/b` `Hello`.
    static let ofHello: [(format: String, text: String)] = [
        ("", ""), ("plain", "plain"), ("%%", "%"), ("%5%", "%"), ("%t", "a/b"), ("%6t|", "   a/b|"),
        ("%-6t|", "a/b   |"),
        ("%06t", "   a/b"), ("%.1t", "a"), ("%5.2t", "   a/"), ("%p", "Hello"), ("%3p", "Hel"), ("%7p", "  Hello"),
        ("%07p", "00Hello"), ("%-7p|", "Hello  |"), ("%-p|", "Hello|"), ("%.2p", "Hello"), ("%x", "48656c6c6f"),
        ("%X", "48656C6C6F"), ("%.2x", "48 65 6c 6c 6f"), ("%.2:x", "48:65:6c:6c:6f"), ("%.4X", "4865 6C6C 6F"),
        ("%.3x", "486 56c 6c6 f"), ("%3x", "48656c"), ("%-3x|", "48656c|"), ("%12x", "  48656c6c6f"),
        ("%012x", "0048656c6c6f"), ("%-12x|", "48656c6c6f  |"), ("%l", "5"), ("%3l", "  5"), ("%03l", "005"),
        ("%-3l|", "5  |"), ("%-05l|", "5    |"), ("%m", "0"), ("%q %r", "0 0"), ("@@", "@"), ("@N", "786368637"),
        ("%U", "1470818858.786368637"), ("\\\\\\0\\a\\e\\n\\r\\t\\v", "\\\0\u{7}\u{1b}\n\r\t\u{b}"), ("[%t]", "[a/b]"),
        ("%,t", "a/b"), ("%A|%E|%F|%S", "|||"), ("%05E", "00000"), ("%3A|", "   |"), ("%-3S|", "   |"), ("%C|", "|"),
        ("%4C|", "    |"), ("%R|", "|"), ("%9R|", "|"), ("%D|", "|"), ("%P|", "|"),
        ("%025l", "0000000000000000000000005"),
    ]

    @Test("every escape and modifier", arguments: ofHello)
    func hello(format: String, text: String) throws {
        #expect(try Printout("Hello").text(format) == text)
    }

    /// Formats of the payload `AB` in hexadecimal.
    static let ofAB: [(format: String, text: String)] = [
        ("%.2x", "41 42"), ("%.2:x", "41:42"), ("%10x", "      4142"), ("%010x", "0000004142"),
        ("%08.2:x", "00:00:41:42"), ("%8.2:x", "      41:42"),
    ]

    @Test("hexadecimal digits are grouped, zeros before them too", arguments: ofAB)
    func hex(format: String, text: String) throws { #expect(try Printout("AB").text(format) == text) }

    @Test("what a 5.0 message brings, and what QoS 1 and RETAIN are")
    func everything() throws {
        let message = try Printout(
            [0x31], qos: .atLeastOnce, isRetained: true, identifier: 4_711,
            properties: properties {
                $0.topicAlias = 9
                $0.messageExpiryInterval = 60
                $0.payloadFormatIndicator = 1
                $0.subscriptionIdentifiers = [7, 8]
                $0.contentType = "text/csv"
                $0.responseTopic = "answer/here"
                $0.correlationData = [0x61, 0xFF, 0x62]
                $0.userProperties = [UserProperty("k1", "v1"), UserProperty("k2", "")]
            })
        #expect(try message.text("%q %r %m %06m %-6m|") == "1 1 4711 004711 4711  |")
        #expect(try message.text("%A %E %F %S") == "9 60 1 7")
        #expect(try message.text("%4A %04E") == "   9 0060")
        #expect(try message.text("%C %.4C %10C|%-10C|") == "text/csv text   text/csv|text/csv  |")
        #expect(try message.text("%R") == "answer/here")
        #expect(try message.text("%P") == "k1:v1 k2:")
        var copy = message
        copy.options.style = .format(try OutputFormat("%D".utf8))
        #expect(copy.printed().bytes == [0x61, 0xFF, 0x62, 0x0A])
    }

    @Test("empty texts of 5.0 are empty") func emptyTexts() throws {
        let message = try Printout("x", properties: properties { $0.contentType = "" })
        #expect(try message.text("[%C][%3C][%j]").hasPrefix("[][   ][{"))
        #expect(try message.text("%j").contains(#""content-type":"""#))
    }

    @Test("times are local, those of strftime and ISO 8601")
    func times() throws {
        let message = try Printout("x")
        #expect(try message.text("%I") == Printout.time("%Y-%m-%dT%H:%M:%S%z"))
        #expect(
            try message.text("%30I|%-30I|%.4I")
                == "      \(Printout.time("%FT%T%z"))|\(Printout.time("%FT%T%z"))      |2016")
        #expect(try message.text("@Y-@m-@d @H:@M:@S.@N @Z @s") == Printout.time("%Y-%m-%d %H:%M:%S.786368637 %Z %s"))
        #expect(try message.text("@Q") == Printout.time("%Q"))
    }

    @Test("payloads as numbers of this machine") func floats() throws {
        let float = try Printout(withUnsafeBytes(of: Float(1.5)) { Array($0) })
        #expect(try float.text("%f %10f|%-10f|%010.2f %.0f") == "1.500000   1.500000|1.500000  |0000001.50 2")
        let double = try Printout(withUnsafeBytes(of: -2.25) { Array($0) })
        #expect(try double.text("%d %.1d") == "-2.250000 -2.2")
        var wrong = float
        wrong.options.style = .format(try OutputFormat("[%d]".utf8))
        let printed = wrong.printed()
        #expect(printed.bytes == Array("[]\n".utf8))
        #expect(printed.complaints == "requested double printing, but non-double data received\n")
    }

    /// Formats that are none, and why.
    static let mistakes: [(format: String, failure: OutputFormat.Failure, words: String)] = [
        ("%z", .unknownFormat(0x7A), "Invalid format specifier 'z'."),
        ("%", .incompleteFormat, "Incomplete format specifier."),
        ("a%-05.3:", .incompleteFormat, "Incomplete format specifier."),
        ("@", .incompleteFormat, "Incomplete format specifier."),
        ("\\q", .unknownEscape(0x71), "Invalid escape specifier 'q'."),
        ("\\", .incompleteEscape, "Incomplete escape specifier."),
        ("%\u{1b}", .unknownFormat(0x1B), "Invalid format specifier '\\x1b'."),
    ]

    @Test("what is no format is refused", arguments: mistakes)
    func mistake(format: String, failure: OutputFormat.Failure, words: String) throws {
        #expect(throws: failure) { _ = try OutputFormat(format.utf8) }
        #expect(failure.description == words)
    }

    @Test("bytes of the format and of payloads pass as they are") func bytes() throws {
        var message = try Printout([0, 0xFF, 0x1B, 0x0A])
        message.options.style = .format(try OutputFormat([0xC3, 0x28, UInt8(ascii: "%"), UInt8(ascii: "p")]))
        #expect(message.printed().bytes == [0xC3, 0x28, 0, 0xFF, 0x1B, 0x0A, 0x0A])
    }

    @Test("random formats neither trap nor hang") func fuzz() throws {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("%%%%@\\-0123456789.:,#tpxXfdlmqrIUjJAEFSCRDP zN".utf8)
        let message = try Printout([0x31, 0x32, 0x33, 0x34], qos: .atLeastOnce, identifier: 3)
        for _ in 0..<5_000 {
            let format = (0..<Int.random(in: 0...12, using: &generator)).compactMap { _ in
                alphabet.randomElement(using: &generator)
            }
            guard let compiled = try? OutputFormat(format) else { continue }
            var copy = message
            copy.options.style = .format(compiled)
            _ = copy.printed()
        }
    }
}
