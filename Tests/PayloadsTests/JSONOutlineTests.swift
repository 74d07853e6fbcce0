import Payloads
import Testing

@Suite("JSON, pretty-printed")
struct JSONOutlineTests {
    @Test("objects, lists, names, values")
    func pretty() {
        let json = """
            {"header":{"seq":4711,"stamp":{"sec":1795479112,"nanosec":12}},"frames":["odom",{"id":"base_link"}],"ok":true}
            """
        #expect(
            lines(json) == [
                "{",
                "  \"header\": {",
                "    \"seq\": 4711,",
                "    \"stamp\": {\"sec\": 1795479112, \"nanosec\": 12}",
                "  },",
                "  \"frames\": [",
                "    \"odom\",",
                "    {\"id\": \"base_link\"}",
                "  ],",
                "  \"ok\": true",
                "}",
            ])
    }

    @Test("a short container stands on one row, a longer one does not")
    func short() {
        #expect(lines("{\"x\":1.2,\"y\":0.3}") == ["{\"x\": 1.2, \"y\": 0.3}"])
        #expect(lines("[ ]") == ["[]"])
        #expect(lines("{\n}") == ["{}"])
        #expect(lines("{\"name\":\"a rather long name\",\"value\":\"another one\"}").count == 4)
    }

    @Test("a long list of numbers shares rows and loses none")
    func numbers() {
        let json = "[" + (0..<30).map { "\($0).50" }.joined(separator: ",") + "]"
        let rows = lines(json)
        #expect(rows.count == 7)
        #expect(rows[1] == "  0.50, 1.50, 2.50, 3.50, 4.50, 5.50, 6.50,")
        #expect(rows.joined().filter { $0 != " " } == json)
    }

    @Test(
        "numbers keep their spelling",
        arguments: ["1e400", "-0", "1.10", "1E+5", "0.000", "123456789012345678901234567890", "-1.0e-7"])
    func spelling(number: String) {
        #expect(lines(number) == [number])
        #expect(lines("{\"v\":\(number)}") == ["{\"v\": \(number)}"])
    }

    @Test("the order of names is kept, and a name that comes twice")
    func order() {
        #expect(lines("{\"z\":1,\"a\":2,\"z\":3}") == ["{\"z\": 1, \"a\": 2, \"z\": 3}"])
    }

    @Test("escapes are left as they are, whole or not")
    func escapes() {
        let json = #"["\u00f6\ud83d\ude00","\ud800","a\/b\"c","\u0000"]"#
        let texts = lines(json).dropFirst().dropLast().map { $0.filter { $0 != " " } }
        let joined = "[" + texts.joined() + "]"
        #expect(joined == json)
        let short = #"["\u00e9"]"#
        #expect(lines(short) == [short])
    }

    @Test("every kind of span is marked")
    func kinds() {
        let spans = PayloadOutline(Array("{\"k\":[1,\"s\",null]}".utf8)).rows.flatMap(\.spans)
        let kinds = spans.filter { $0.kind != .punctuation }.map { "\($0.kind) \($0.text)" }
        #expect(kinds == ["key \"k\"", "number 1", "string \"s\"", "literal null"])
    }

    @Test(
        "what is not JSON is text",
        arguments: [
            "{", "}", "[", "]", "[}", "{]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{1:2}", "[,]", "[1,,2]", "[1 2]",
            "\"",
            "\"\\x\"", "\"\\u12g4\"", "\"\\u12", "tru", "truex", "nul", "+1x", "-", "--1", "[1.]", "[.5]",
            "[1e]",
            "{\"a\":1}}", "[1]x", "{,}", "[-]", "{\"a\":1 \"b\":2}", "NaN", "[nan]", "[-Inf]", "[\"\u{0}\"]x",
        ])
    func invalid(text: String) {
        let outline = PayloadOutline(Array(text.utf8))
        #expect(!outline.formatName.hasPrefix("JSON"))
        #expect(outline.formatName == "text" || outline.formatName == "hex")
    }

    @Test("100,000 brackets in each other are read")
    func deep() {
        let depth = 100_000
        let lists = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let outline = PayloadOutline(Array(lists.utf8))
        #expect(outline.formatName == "JSON")
        #expect(outline.rows.count == 5_000)
        #expect(outline.omission == "195,000 more bytes")
        #expect(outline.rows.map(\.depth).max() == 64)
        let objects = String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
        #expect(PayloadOutline(Array(objects.utf8)).formatName == "JSON")
        #expect(PayloadOutline(Array(objects.utf8.dropLast())).formatName == "text")
    }

    @Test("all rows are made when they fit exactly, and what is left out is counted to the byte")
    func limit() {
        let json = "{\"a\":{\"b\":[1,{}]},\"c\":[[],[]]}"
        let all = lines(json)
        for limit in 0...all.count + 1 {
            let outline = PayloadOutline(Array(json.utf8), rowLimit: limit)
            #expect(outline.formatName == "JSON")
            #expect(lines(outline) == Array(all.prefix(limit)) || limit < all.count)
            #expect(outline.rows.count == min(limit, all.count))
            #expect((outline.omission == nil) == (limit >= all.count))
            let shown = lines(outline).joined().filter { $0 != " " }
            #expect(json.hasPrefix(shown))
            #expect(outline.omittedByteCount == json.utf8.count - shown.utf8.count)
        }
    }

    @Test("a text longer than a row goes on in the next ones, whole characters each")
    func longString() {
        let text = "\"" + String(repeating: "é", count: 2_000) + "\""
        let rows = PayloadOutline(Array("[\(text),1]".utf8)).rows
        #expect(rows.map { $0.spans.map(\.text).joined() }.joined() == "[\(text),1]")
        #expect(rows.allSatisfy { $0.spans.allSatisfy { $0.text.utf8.count <= 1_024 } })
        #expect(rows.map(\.depth) == [0, 1, 2, 2, 2, 1, 0])
    }

    @Test("a name longer than a row is cut and says so")
    func longName() {
        let row = lines("{\"" + String(repeating: "n", count: 3_000) + "\":1}")[1]
        #expect(row.hasSuffix("… (3,002 bytes): 1"))
    }
}
