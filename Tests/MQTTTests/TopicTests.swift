import MQTT
import Testing

@Suite("Topic Names and Topic Filters")
struct TopicTests {
    @Test(
        "a Topic Name is any text without wildcards and U+0000, control characters included",
        arguments: ["a", "/", "//", "a/b/c", " ", "$SYS/broker", "größe/温度", "esc\u{1B}[2J", "\u{202E}rtl", "a b"])
    func names(text: String) throws {
        #expect(try TopicName(text).string == text)
        #expect(try TopicFilter(text).string == text)
    }

    @Test("what is no Topic Name says why [MQTT-4.7.3-1, MQTT-4.7.3-2, MQTT-4.7.3-3, MQTT-4.7.1-1]")
    func badNames() {
        #expect(throws: TopicError.empty) { try TopicName("") }
        #expect(throws: TopicError.holdsNull) { try TopicName("a\0b") }
        #expect(throws: TopicError.wildcardInName) { try TopicName("a/+") }
        #expect(throws: TopicError.wildcardInName) { try TopicName("a#b") }
        #expect(throws: TopicError.tooLong(65_536)) { try TopicName(String(repeating: "x", count: 65_536)) }
        #expect((try? TopicName(String(repeating: "x", count: 65_535))) != nil)
    }

    @Test(
        "wildcards stand alone in their level, # at the end [MQTT-4.7.1-1, MQTT-4.7.1-2]",
        arguments: ["#", "+", "+/+", "a/#", "a/+/b", "/#", "+/", "$SYS/#", "$share/g/#", "$share/g/a/b", "$share/g//a"])
    func filters(text: String) throws {
        #expect(try TopicFilter(text).string == text)
    }

    @Test("what is no Topic Filter says why [MQTT-4.7.1-1, MQTT-4.7.1-2, MQTT-4.8.2-1, MQTT-4.8.2-2]")
    func badFilters() {
        #expect(throws: TopicError.multiLevelWildcardNotLast) { try TopicFilter("a/#/b") }
        #expect(throws: TopicError.multiLevelWildcardNotLast) { try TopicFilter("a#") }
        #expect(throws: TopicError.singleLevelWildcardNotAlone) { try TopicFilter("a+/b") }
        #expect(throws: TopicError.singleLevelWildcardNotAlone) { try TopicFilter("++") }
        #expect(throws: TopicError.malformedShare) { try TopicFilter("$share/g") }
        #expect(throws: TopicError.malformedShare) { try TopicFilter("$share//a") }
        #expect(throws: TopicError.malformedShare) { try TopicFilter("$share/a+/b") }
        #expect(throws: TopicError.malformedShare) { try TopicFilter("$share/g/") }
        #expect(throws: TopicError.empty) { try TopicFilter("") }
    }

    @Test(
        "filters match as the specification's examples say (section 4.7)",
        arguments: [
            ("sport/tennis/player1/#", "sport/tennis/player1", true),
            ("sport/tennis/player1/#", "sport/tennis/player1/ranking", true),
            ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true),
            ("sport/#", "sport", true), ("sport/#", "sports", false),
            ("sport/tennis/+", "sport/tennis/player1", true),
            ("sport/tennis/+", "sport/tennis/player1/ranking", false),
            ("sport/+", "sport", false), ("sport/+", "sport/", true),
            ("+/+", "/finance", true), ("/+", "/finance", true), ("+", "/finance", false),
            ("#", "a", true), ("#", "/", true), ("a/b", "a/b", true), ("a/b", "a", false), ("a", "a/b", false),
            ("a//b", "a//b", true), ("a/+/b", "a//b", true), ("+/#", "a", true), ("A", "a", false),
            ("$share/group/a/+", "a/b", true), ("$share/group/a/+", "b/a", false),
            ("größe/+", "größe/温度", true), ("a\u{E9}", "ae\u{301}", false),
        ])
    func matching(filter: String, topic: String, matches: Bool) throws {
        #expect(try TopicFilter(filter).matches(TopicName(topic)) == matches)
        #expect(try TopicFilter(filter).matches(Array(topic.utf8)) == matches)
    }

    @Test(
        "a leading wildcard never matches a leading $ [MQTT-4.7.2-1]",
        arguments: [
            ("#", "$SYS/a", false), ("+/monitor/Clients", "$SYS/monitor/Clients", false), ("$SYS/#", "$SYS/a", true),
            ("$SYS/#", "$SYS", true), ("$SYS/monitor/+", "$SYS/monitor/Clients", true), ("a/#", "a/$b", true),
            ("a/+", "a/$b", true), ("$share/g/#", "$SYS/a", false),
        ])
    func dollar(filter: String, topic: String, matches: Bool) throws {
        #expect(try TopicFilter(filter).matches(TopicName(topic)) == matches)
    }

    @Test(
        "two filters overlap when some topic is matched by both",
        arguments: [
            ("a/+", "+/b", true), ("a/#", "a", true), ("a/#", "b", false), ("a/+", "a/b/c", false), ("#", "a/b", true),
            ("#", "$SYS/#", false), ("+/broker", "$SYS/broker", false), ("$SYS/#", "$SYS/+/log", true),
            ("a/+/c", "a/b/#", true), ("a/b/c/#", "a/b", false), ("a/b", "a/b", true), ("a/+", "a/#", true),
            ("/", "+/+", true), ("$share/g/a", "a", false), ("$share/g/a", "$share/g/a", true),
        ])
    func overlapping(filter: String, other: String, overlaps: Bool) throws {
        #expect(try TopicFilter(filter).overlaps(TopicFilter(other)) == overlaps)
        #expect(try TopicFilter(other).overlaps(TopicFilter(filter)) == overlaps)
    }

    @Test(
        "a filter covers another when it matches all that the other matches",
        arguments: [
            ("#", "a/b", true), ("#", "#", true), ("#", "+/a", true), ("#", "$SYS/#", false), ("+/a", "#", false),
            ("a/#", "a", true), ("a/#", "a/+/b", true), ("a/+", "a/#", false), ("a/+", "a/b", true),
            ("a/+", "a/b/c", false), ("a/b", "a/+", false), ("$SYS/#", "$SYS/broker/log/#", true),
            ("+/broker", "$SYS/broker", false), ("a/#", "b/#", false), ("+/+", "a/b", true),
            ("$share/g/a", "$share/g/a", true), ("#", "$share/g/a", false),
        ])
    func covering(filter: String, other: String, covers: Bool) throws {
        #expect(try TopicFilter(filter).covers(TopicFilter(other)) == covers)
    }

    @Test("names and filters are compared byte by byte, without Unicode normalisation [MQTT-4.7.3-4]")
    func noNormalisation() throws {
        let (composed, decomposed) = ("gr\u{F6}\u{DF}e", "gro\u{308}\u{DF}e")
        #expect(composed == decomposed, "to Swift these are the same text")
        #expect(try TopicName(composed) != TopicName(decomposed))
        #expect(try TopicFilter(composed) != TopicFilter(decomposed))
        #expect(try !TopicFilter(composed + "/+").covers(TopicFilter(decomposed + "/a")))
        #expect(try !TopicFilter(composed).matches(TopicName(decomposed)))
        #expect(try Set([TopicName(composed), TopicName(decomposed), TopicName(composed)]).count == 2)
        #expect(try Set([TopicFilter(composed), TopicFilter(decomposed), TopicFilter(composed)]).count == 2)
    }

    @Test("a Shared Subscription is told by its bytes, whatever they combine to [MQTT-4.8.2-1]")
    func shared() throws {
        #expect(try TopicFilter("$share/g/a").isShared)
        #expect(try TopicFilter("$share/\u{301}g/a").isShared)
        #expect(try TopicFilter("$share/\u{301}g/a").matches(TopicName("a")))
        #expect(try !TopicFilter("$shared/g/a").isShared)
        #expect(try !TopicFilter("$share").isShared)
        #expect(try TopicFilter("+/\u{301}a").covers(TopicFilter("b/\u{301}a")))
    }

    @Test("32,000 levels are matched and covered as two are")
    func deep() throws {
        let deep = Array(repeating: "", count: 32_000).joined(separator: "/")
        #expect(try TopicFilter(deep).matches(TopicName(deep)))
        #expect(try TopicFilter("#").matches(TopicName(deep)))
        #expect(try TopicFilter(deep + "/#").matches(TopicName(deep)))
        #expect(try !TopicFilter(deep).matches(TopicName(deep + "/")))
        let wild = Array(repeating: "+", count: 32_000).joined(separator: "/")
        #expect(try TopicFilter(wild).covers(TopicFilter(deep)) && TopicFilter(wild).matches(TopicName(deep)))
    }

    @Test("the ready-made filters are what they would be by name")
    func readyMade() throws {
        #expect(try TopicFilter("#") == .everything)
        #expect(try TopicFilter("$SYS/#") == .system)
    }
}
