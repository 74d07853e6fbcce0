import Foundation
import Testing

@testable import mqscope

/// JSON as it is written.
@Suite("JSON text") struct JSONTextTests {
    @Test("Values are written on one line, members in their order")
    func values() {
        let value: JSONText = ["b": 1, "a": [true, false, nil, -2], "c": .number(0.5), "d": "x", "e": [], "f": [:]]
        #expect(value.text == #"{"b":1,"a":[true,false,null,-2],"c":0.5,"d":"x","e":[],"f":{}}"#)
    }

    @Test("Numbers that JSON does not have are null", arguments: [Double.nan, .infinity, -.infinity])
    func noNumbers(number: Double) { #expect(JSONText.number(number).text == "null") }

    @Test("Quotes, backslashes and what is not visible are escaped") func escapes() {
        #expect(JSONText.string("\"\\\n\r\t").text == #""\"\\\n\r\t""#)
        #expect(JSONText.string("\u{0}\u{1B}[m\u{7F}\u{9B}").text == #""\u0000\u001b[m\u007f\u009b""#)
        #expect(JSONText.string("\u{202E}\u{2028}\u{E0001}").text == #""\u202e\u2028\udb40\udc01""#)
        #expect(JSONText.string("é🤖/").text == "\"é🤖/\"")
        #expect((["\n": 1] as JSONText).text == #"{"\n":1}"#)
    }

    @Test("Another reader gets back what was written") func roundTrip() throws {
        let string = String(String.UnicodeScalarView((0...0x2_FFFF).compactMap(Unicode.Scalar.init)))
        let numbers = [0.1, -1e300, .leastNonzeroMagnitude, 123_456_789_012_345_680, 1e21, -0.0]
        let value: JSONText = [
            "s": .string(string), "n": .array(numbers.map { .number($0) }), "i": [.integer(.max), .integer(.min)],
        ]
        let read = try #require(try JSONSerialization.jsonObject(with: Data(value.text.utf8)) as? [String: Any])
        let readString = try #require(read["s"] as? String)
        #expect(Array(readString.unicodeScalars) == Array(string.unicodeScalars))
        #expect(read["n"] as? [Double] == numbers)
        #expect(read["i"] as? [Int] == [.max, .min])
    }
}
