import MQTT
import Testing

@testable import Commands

@Suite("Output: JSON")
struct OutputJSONTests {
    private let stamp = Printout.time("%Y-%m-%dT%H:%M:%S.786368%z")

    @Test("%j: the keys in their order, compact")
    func plain() throws {
        let expected = #"{"tst":"\#(stamp)","topic":"a/b","qos":0,"retain":false,"payloadlen":5,"payload":"Hello"}"#
        #expect(try Printout("Hello").text("%j") == expected)
    }

    @Test("%j: everything a 5.0 message brings, User Properties together where the first came")
    func everything() throws {
        let message = try Printout(
            [], qos: .exactlyOnce, isRetained: true, identifier: 12,
            properties: properties {
                $0.payloadFormatIndicator = 1
                $0.messageExpiryInterval = 60
                $0.contentType = "text"
                $0.responseTopic = "r"
                $0.correlationData = Array("c\0d".utf8)
                $0.subscriptionIdentifiers = [3, 4]
                $0.userProperties = [UserProperty("k1", "v1"), UserProperty("k1", "v2")]
            })
        let text = try message.text("%j")
        #expect(
            text.hasPrefix(
                #"{"tst":"\#(stamp)","topic":"a/b","qos":2,"retain":true,"payloadlen":0,"mid":12,"properties":{"#))
        for member in [
            #""payload-format-indicator":1"#, #""message-expiry-interval":60"#, #""content-type":"text""#,
            #""response-topic":"r""#, #""correlation-data":"c\u0000d""#, #""subscription-identifier":3"#,
            #""subscription-identifier":4"#, #""user-properties":[{"k1":"v1"},{"k1":"v2"}]"#,
        ] { #expect(text.contains(member), "\(member) in \(text)") }
        #expect(text.hasSuffix(#"},"payload":null}"#))
    }

    @Test("%j: the order of the properties is that of the packet")
    func order() throws {
        // User Property, Content Type, User Property.
        let section: [UInt8] = [0x26, 0, 1, 0x61, 0, 1, 0x62, 0x03, 0, 1, 0x63, 0x26, 0, 1, 0x64, 0, 1, 0x65]
        var message = try Printout("x")
        message.batch = Batch(arrival: .zero)
        message.batch.append(topic: "t", payload: [], properties: section)
        #expect(
            try message.text("%j").hasSuffix(
                #""properties":{"user-properties":[{"a":"b"},{"d":"e"}],"content-type":"c"},"payload":null}"#))
    }

    /// Payloads and the string that stands for them.
    static let strings: [(payload: [UInt8], text: String)] = [
        (Array("a\"b\\c/d".utf8), #""a\"b\\c/d""#),
        ([8, 12, 10, 13, 9, 0x1F, 0x7F], "\"\\b\\f\\n\\r\\t\\u001f\u{7f}\""),
        ([0x61, 0, 0x62], #""a\u0000b""#), (Array("ä€😀".utf8), "\"ä€😀\""), ([0x61, 0xFF, 0x62], "\"a\u{FFFD}b\""),
        ([0xE2, 0x82], "\"\u{FFFD}\u{FFFD}\""),
    ]

    @Test("%j: strings are always JSON: a NUL cuts nothing, what is no UTF-8 is U+FFFD", arguments: strings)
    func string(payload: [UInt8], text: String) throws {
        #expect(try Printout(payload).text("%j").hasSuffix(#""payload":\#(text)}"#))
    }

    /// JSON payloads, and what `%J` makes of them; `nil` is not JSON.
    static let values: [(payload: String, text: String?)] = [
        (#"{"b" : 1, "a": [1 ,2.5 , true ], "b": null}"#, #"{"b":1,"a":[1,2.5,true],"b":null}"#), (" 42 ", "42"),
        ("1.0", "1"), ("2e3", "2000"), ("123456789012345678", "1.2345678901234568e+17"), ("-0.5", "-0.5"),
        ("1e400", "null"), (#""a\u00e9\/\ud83d\ude00\n""#, #""aé/😀\n""#), ("[]", "[]"), ("{}", "{}"), ("true", "true"),
        ("\u{feff}1", "1"), ("nope", nil), ("1 2", nil), ("{\"a\":}", nil), ("[1,]", nil), ("\"a", nil),
        (#""\ud83d""#, nil), ("{\"a\" 1}", nil), ("[1", nil), (#""\x""#, nil), ("{1:2}", nil),
        (String(repeating: "[", count: 2_000), nil),
    ]

    @Test("%J: a payload that is JSON is a value, any other one is a complaint and nothing", arguments: values)
    func value(payload: String, text: String?) throws {
        var message = try Printout(payload)
        message.options.style = .format(try OutputFormat("<%J>".utf8))
        let (bytes, complaints) = message.printed()
        let printed = String(decoding: bytes, as: UTF8.self)
        if let text {
            #expect(printed.hasSuffix("\"payload\":\(text)}>\n") && complaints.isEmpty, "\(printed)")
        } else {
            #expect(printed == "<>\n")
            #expect(complaints == "Error: Message payload is not valid JSON on topic a/b.\n")
        }
    }

    @Test("--pretty: as cJSON lays it out")
    func pretty() throws {
        var message = try Printout(#"{"a":[1,2,{"b":3}],"c":{}}"#)
        message.options.isPretty = true
        let expected = """
            {
            \t"tst":\t"\(stamp)",
            \t"topic":\t"a/b",
            \t"qos":\t0,
            \t"retain":\tfalse,
            \t"payloadlen":\t26,
            \t"payload":\t{
            \t\t"a":\t[1, 2, {
            \t\t\t\t"b":\t3
            \t\t\t}],
            \t\t"c":\t{
            \t\t}
            \t}
            }
            """
        #expect(try message.text("%J") == expected)
    }

    @Test("--json: all that is known, one object on a line")
    func own() throws {
        let zone = Printout.time("%z")
        let time = Printout.time("%Y-%m-%dT%H:%M:%S") + ".786368637" + zone.prefix(3) + ":" + zone.suffix(2)
        #expect(
            try Printout("Hello\n").text(.json)
                == #"{"time":"\#(time)","topic":"a/b","qos":0,"retain":false,"dup":false,"payloadlen":6,"payload":"Hello\n"}"#
                + "\n")
        let message = try Printout(
            [0xFF, 0, 1], qos: .atLeastOnce, isRetained: true, isDuplicate: true, identifier: 7,
            properties: properties {
                $0.correlationData = [0xFE]
                $0.subscriptionIdentifiers = [1, 200]
                $0.userProperties = [UserProperty("k", "v")]
            })
        let text = message.text(.json)
        #expect(text.contains(#""qos":1,"retain":true,"dup":true,"mid":7,"payloadlen":3,"properties":{"#))
        #expect(text.contains(#""correlation-data-base64":"/g==""#))
        #expect(text.contains(#""subscription-identifiers":[1,200]"#))
        #expect(text.contains(#""user-properties":[{"k":"v"}]"#))
        #expect(text.hasSuffix("},\"payload-base64\":\"/wAB\"}\n"))
        #expect(try Printout("").text(.json).hasSuffix("\"payloadlen\":0,\"payload\":\"\"}\n"))
    }

    @Test("random bytes as JSON neither trap nor hang, and what is accepted is written") func fuzz() throws {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("{}[]\",:0123456789.eE+-truefalsn\\u \n\u{1}".utf8) + [0xC3, 0xA9, 0xFF]
        for _ in 0..<5_000 {
            let payload = (0..<Int.random(in: 0...24, using: &generator)).compactMap { _ in
                alphabet.randomElement(using: &generator)
            }
            let printed = try Printout(payload).text("%J")
            #expect(printed.isEmpty || printed.hasPrefix("{\"tst\"") && printed.hasSuffix("}"))
        }
    }
}
