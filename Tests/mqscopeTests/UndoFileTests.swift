import MQTT
import Testing

@testable import mqscope

/// Messages as lines of an undo file, and what these are made of.
@Suite("Undo file") struct UndoFileTests {
    private static let legal: [(String, JSONText)] = [
        ("null", nil), (" true ", true), ("-12", -12), ("0.5", .number(0.5)), ("1e2", .number(100)),
        (#""a\"\\\/\b\f\n\r\t\u00e9""#, "a\"\\/\u{8}\u{C}\n\r\té"), (#""\ud83e\udd16é""#, "🤖é"), ("[]", []),
        ("[1,[2],{}]", [1, [2], [:]]), (#"{"a":1,"b":{"c":null}}"#, ["a": 1, "b": ["c": nil]]),
    ]

    @Test("JSON is read as RFC 8259 has it", arguments: legal) func parsing(text: String, value: JSONText) {
        #expect(JSONText(parsing: text) == value)
    }

    @Test(
        "What is no JSON is refused",
        arguments: [
            "", "nul", "01", "1.", "+1", "'a'", "\"a", "\"\n\"", #""\x""#, #""\u12""#, #""\ud83e""#, #""\udd16""#,
            "[1,]", "[1",
            "{a:1}", #"{"a"}"#, #"{"a":1,}"#, "1 2", "[1] x", "--1", "1e", ".5",
        ]) func noJSON(text: String)
    { #expect(JSONText(parsing: text) == nil) }

    @Test("Nesting has a limit") func depth() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(JSONText(parsing: deep) == nil)
    }

    @Test("A message comes back from its line, with all that it has") func roundTrip() throws {
        var properties = Properties()
        properties.payloadFormatIndicator = 0
        properties.messageExpiryInterval = .max
        properties.contentType = ""
        properties.responseTopic = "a/\u{202E}"
        properties.correlationData = [0, 255]
        properties.userProperties = [UserProperty("k", "\u{1}"), UserProperty("k", "")]
        let full = Message(
            topic: try TopicName("é\u{1}/\""), payload: Array(0...255), qos: .exactlyOnce, isRetained: true,
            properties: properties)
        let least = Message(topic: try TopicName("a"), isRetained: true)
        for message in [full, least] {
            let line = UndoFile.line(message)
            #expect(!line.contains("\n"))
            #expect(UndoFile.message(line) == message)
        }
        #expect(UndoFile.line(least) == #"{"topic":"a","qos":0,"payload":""}"#)
    }

    @Test(
        "A line that lacks or garbles something is none",
        arguments: [
            "{}", "[]", #"{"topic":"a","qos":3,"payload":""}"#, #"{"topic":"a/#","qos":0,"payload":""}"#,
            #"{"topic":"a","qos":0}"#, #"{"topic":"a","qos":0,"payload":"x"}"#,
            #"{"topic":"a","qos":"0","payload":""}"#,
            #"{"topic":"a","qos":0,"payload":"","properties":[]}"#,
            #"{"topic":"a","qos":0,"payload":"","properties":{"content-type":1}}"#,
            #"{"topic":"a","qos":0,"payload":"","properties":{"user-properties":[["a"]]}}"#,
            #"{"topic":"a","qos":0,"payload":"","properties":{"unknown":1}}"#,
        ]) func noMessage(line: String)
    { #expect(UndoFile.message(line) == nil) }

    @Test("Whatever stands in a line, it is a message or none") func fuzz() throws {
        var properties = Properties()
        properties.contentType = "text/plain"
        properties.userProperties = [UserProperty("k", "v")]
        let message = Message(
            topic: try TopicName("a/b"), payload: Array("hello".utf8), isRetained: true, properties: properties)
        let line = Array(UndoFile.line(message).utf8)
        var generator = Generator(state: 1)
        for _ in 0..<20_000 {
            var bytes = line
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: index)
                default: bytes.insert(bytes.randomElement(using: &generator) ?? 0, at: index)
                }
            }
            let text = String(decoding: bytes, as: UTF8.self)
            if let read = UndoFile.message(text) { #expect(UndoFile.message(UndoFile.line(read)) == read) }
        }
    }
}

/// Numbers that are the same in each run.
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
