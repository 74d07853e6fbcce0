import MQTT
import Testing

@testable import Monitor

@Suite struct `Topics become levels of a tree` {
    @Test func `the same topic is the same level, and every level above it is one`() throws {
        var store = Store()
        store.take("robots/ev3/battery", "7.9")
        store.take("robots/ev3/battery", "7.8")
        store.take("robots/tb3/odom", "{}")
        let robots = try required(store.find("robots"))
        let battery = try required(store.find("robots/ev3/battery"))
        #expect(store.topic(battery) == Array("robots/ev3/battery".utf8))
        #expect(store.text(battery) == "battery")
        #expect(store.parent(battery) == store.find("robots/ev3"))
        #expect(store.parent(robots) == nil)
        #expect(store.roots == [robots])
        #expect(store.children(robots).map { store.text($0) } == ["ev3", "tb3"])
        #expect(store.hasChildren(robots) == true)
        #expect(store.hasChildren(battery) == false)
        #expect(store.find("robots/ev") == nil)
        #expect(store.find("robots/ev3/battery/") == nil)
        #expect(store.topicCount == 2)
        let summary = store.summary(battery)
        #expect(summary.messageCount == 2)
        #expect(summary.byteCount == 6)
        #expect(summary.lastSequence == 1)
        let branch = store.summary(robots)
        #expect(branch.messageCount == 0)
        #expect(branch.lastSequence == nil)
        #expect(branch.subtreeMessageCount == 3)
        #expect(branch.subtreeTopicCount == 2)
        #expect(store.latestPayload(battery) == Array("7.8".utf8))
        #expect(store.latestPayload(battery, limit: 1) == Array("7".utf8))
        #expect(store.latestPayload(robots) == [])
        #expect(store.isWithin(battery, branch: robots) == true)
        #expect(store.isWithin(robots, branch: battery) == false)
    }

    @Test func `a level may get messages of its own after levels below it did`() throws {
        var store = Store()
        store.take("a/b/c", "1")
        let revision = store.revision
        store.take("a/b", "2")
        let branch = try required(store.find("a/b"))
        #expect(store.revision != revision)
        #expect(store.topicCount == 2)
        #expect(store.summary(branch).messageCount == 1)
        #expect(store.summary(branch).subtreeMessageCount == 2)
        #expect(store.summary(branch).subtreeTopicCount == 2)
        let known = store.revision
        store.take("a/b", "3")
        #expect(store.revision == known)
    }

    @Test(arguments: ["a//b", "/a", "a/", "/", "//", "a", "$SYS/broker", " ", "a/b/c/d/e/f/g/h/i/j", ""])
    func `empty levels and leading slashes are levels like others`(topic: String) throws {
        var store = Store()
        store.take(topic, "1")
        var id = try required(store.find(topic))
        #expect(store.topic(id) == Array(topic.utf8))
        let levels = topic.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        for level in levels.reversed() {
            #expect(store.text(id) == level)
            guard let parent = store.parent(id) else { break }
            id = parent
        }
        #expect(store.roots == [id])
        #expect(store.summary(id).subtreeMessageCount == 1)
        #expect(store.isSystem(id) == topic.hasPrefix("$"))
    }

    @Test func `the longest topics there are take no recursion and come back whole`() throws {
        let deepest = [UInt8](repeating: UInt8(ascii: "/"), count: 65_535)
        let longest = [UInt8](repeating: UInt8(ascii: "x"), count: 65_535)
        let levels = Array(String(repeating: "a/", count: 32_767).utf8)
        var store = Store()
        for topic in [deepest, longest, levels, deepest] { store.take(topic, [1]) }
        for topic in [deepest, longest, levels] {
            let id = try required(store.find(topic))
            #expect(store.topic(id) == topic)
        }
        var id = try required(store.find(deepest))
        var depth = 1
        while let parent = store.parent(id) {
            id = parent
            depth += 1
        }
        #expect(depth == 65_536)
        #expect(store.summary(id).subtreeMessageCount == 2)
        #expect(store.topicCount == 3)
    }

    @Test(arguments: [0, 1, 7, UInt32.max])
    func `hashes that collide cost time, never a mix-up`(hashMask: UInt32) throws {
        var store = Store(hashMask: hashMask)
        let topics = (0..<400).map { "site/\($0 % 7)//robot\($0)" } + ["site", "", "/", "site/"]
        for round in 1...2 {
            for (number, topic) in topics.enumerated() { store.take(topic, "\(number + round)") }
        }
        #expect(store.topicCount == topics.count)
        for (number, topic) in topics.enumerated() {
            let id = try required(store.find(topic))
            #expect(store.topic(id) == Array(topic.utf8))
            #expect(store.summary(id).messageCount == 2)
            #expect(store.latestPayload(id) == Array("\(number + 2)".utf8))
        }
        #expect(store.find("site/8") == nil)
    }

    @Test func `the hash of a prefix is the same whether grown or made at once, and depends on the seed`() {
        var numbers = Numbers(seed: 1)
        for length in 0..<70 {
            let bytes = numbers.bytes(length + 1)
            bytes.withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                var grown = PrefixHash(seed: 3)
                for prefix in 0..<length { _ = grown.hash(base, length: prefix) }
                var whole = PrefixHash(seed: 3)
                var other = PrefixHash(seed: 4)
                let expected = whole.hash(base, length: length)
                #expect(grown.hash(base, length: length) == expected)
                #expect(other.hash(base, length: length) != expected)
            }
        }
    }

    @Test func `any bytes are a topic`() throws {
        var numbers = Numbers(seed: 2)
        var store = Store(history: 64 << 10)
        var topics = Set<[UInt8]>()
        for _ in 0..<3_000 {
            var topic = numbers.bytes(numbers.below(24))
            for index in topic.indices where numbers.below(4) == 0 { topic[index] = UInt8(ascii: "/") }
            topics.insert(topic)
            store.take(topic, numbers.bytes(numbers.below(40)))
        }
        for topic in topics {
            let id = try required(store.find(topic))
            #expect(store.topic(id) == topic)
        }
        #expect(store.topicCount == topics.count { $0.first != UInt8(ascii: "$") })
        var outline = Outline()
        outline.expandAll()
        for text in ["", "a", "+/#", "#", "\u{FFFD}"] {
            for order in TopicOrder.allCases {
                outline.filter = Filter(text)
                outline.order = order
                outline.update(store, now: .seconds(1))
            }
        }
        outline.filter = Filter("")
        outline.update(store, now: .seconds(2))
        #expect(outline.rows.count == Int(store.revision) - 1 - topics.count)
    }

    @Test func `what a message costs in memory is one cache line a level and a little more a topic`() {
        #expect(MemoryLayout<TopicTree.Node>.stride == 64)
        #expect(MemoryLayout<TopicTree.Topic>.stride == 96)
        #expect(MemoryLayout<History.Header>.size == 24)
    }
}
