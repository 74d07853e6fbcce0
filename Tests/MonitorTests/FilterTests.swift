import MQTT
import Testing

@testable import Monitor

@Suite struct `Filters` {
    @Test(arguments: [
        ("", "a/b", "x", true), ("a/+", "a/b", "", true), ("a/+", "a/b/c", "", false), ("#", "a", "", true),
        ("#", "$SYS/a", "", false), ("+/a", "$SYS/a", "", false), ("$SYS/#", "$SYS/a", "", true),
        ("a/#", "a", "", true), ("a/+", "a", "", false), ("a/+", "a/", "", true), ("+", "", "", true),
        ("+/+", "/", "", true), ("/+", "/", "", true), ("/+", "a", "", false), ("$share/g/a/+", "a/b", "", true),
        ("BATT", "robots/ev3/battery", "", true), ("volt", "battery", "{\"Voltage\":7}", true),
        ("volt", "battery", "7", false), ("c++", "a", "I write C++", true), ("a+b", "x", "a+b", true),
        ("grad", "a", "GRAD", true), ("é", "a", "É", false), ("É", "a/É", "", true), ("@", "a`", "", false),
        ("[", "{", "", false),
    ])
    func `mean a topic filter when they are one, and otherwise a text`(
        filter: String, topic: String, payload: String, matches: Bool
    ) {
        #expect(Filter(filter).matches(topic: topic.utf8, payload: payload.utf8) == matches)
    }

    @Test func `match topics as the specification says`() throws {
        var numbers = Numbers(seed: 3)
        let levels = ["a", "b", "", "$SYS", "ab", "+", "#"]
        func path(_ count: Int, of levels: ArraySlice<String>) -> String {
            (0..<count).map { _ in levels[numbers.below(levels.count)] }.joined(separator: "/")
        }
        var compared = 0
        for _ in 0..<20_000 {
            guard let filter = try? TopicFilter(path(1 + numbers.below(5), of: levels[...])) else { continue }
            let topic = path(1 + numbers.below(5), of: levels[..<5])
            let matches = topic.utf8.withRawBytes { TopicPattern(filter).matches($0) }
            #expect(matches == filter.matches(topic.utf8), "\(filter) \(topic)")
            compared += 1
        }
        #expect(compared > 5_000)
    }

    @Test func `find a text wherever it is and nowhere else`() {
        var numbers = Numbers(seed: 4)
        for _ in 0..<4_000 {
            let haystack = (0..<numbers.below(40)).map { _ in UInt8(ascii: "a") + UInt8(numbers.below(3)) }
            let needle = (0..<1 + numbers.below(4)).map { _ in UInt8(ascii: "A") + UInt8(numbers.below(3)) }
            let lowered = needle.map { $0 | 0x20 }
            let expected = haystack.indices.contains { haystack[$0...].starts(with: lowered) }
            let filter = Filter(String(decoding: needle, as: UTF8.self))
            #expect(filter.matches(topic: [], payload: haystack) == expected)
        }
    }

    @Test func `are the same when their text is`() {
        #expect(Filter("a/#") == Filter("a/#"))
        #expect(Filter("a") != Filter("A"))
        #expect(Filter("").isEmpty && !Filter(" ").isEmpty)
        #expect(Filter("a/+").text == "a/+")
    }
}

@Suite struct `The order of names` {
    @Test func `is that of people`() {
        let names = [
            "", "\u{01}", " ", "-1", "0", "00", "01", "1", "1a", "2", "9", "10", "10a", "099", "100", "1000000000",
            "12345678901",
            "99999999999", "123456789012", ":", "_", "A", "a", "a1", "a01b", "a1b", "A2", "a10", "a10.2", "a10.10", "B",
            "b", "ev3-2",
            "ev3-10", "é",
        ]
        var numbers = Numbers(seed: 7)
        let sorted = names.shuffled(using: &numbers).sorted(by: precedes)
        for (left, right) in zip(sorted, sorted.dropFirst()) { #expect(!precedes(right, left), "\(left) \(right)") }
        #expect(precedes("ev3-2", "ev3-10") && precedes("a", "B") && precedes("B", "c") && precedes("A", "a"))
        #expect(precedes("1", "01") || precedes("01", "1"))
        #expect(precedes("x9", "x10") && precedes("x", "x1") && precedes("99999999999", "123456789012"))
    }

    @Test func `is strict, total and agrees with its keys`() {
        var numbers = Numbers(seed: 6)
        let alphabet = Array("0019aAbB/-\u{00}z".utf8)
        func name() -> [UInt8] { (0..<numbers.below(14)).map { _ in alphabet[numbers.below(alphabet.count)] } }
        for _ in 0..<30_000 {
            let (first, second, third) = (name(), name(), name())
            let isLess = first.withRawBytes { first in second.withRawBytes { NameOrder.precedes(first, $0) } }
            let isMore = second.withRawBytes { second in first.withRawBytes { NameOrder.precedes(second, $0) } }
            #expect(first == second ? !isLess && !isMore : isLess != isMore)
            let thirdIsMore = second.withRawBytes { second in third.withRawBytes { NameOrder.precedes(second, $0) } }
            if isLess, thirdIsMore {
                #expect(first.withRawBytes { first in third.withRawBytes { NameOrder.precedes(first, $0) } })
            }
            let prefix = first.withRawBytes { first in
                second.withRawBytes { NameOrder.commonPrefix(of: first, and: $0, limit: first.count) }
            }
            let key = first.withRawBytes { NameOrder.key($0, from: prefix) }
            let other = second.withRawBytes { NameOrder.key($0, from: prefix) }
            if key != other { #expect((key < other) == isLess, "\(first) \(second)") }
        }
    }

    private func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.withRawBytes { left in right.utf8.withRawBytes { NameOrder.precedes(left, $0) } }
    }
}
