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
        #expect(store.topicCount == 2)
        let summary = store.summary(battery)
        #expect(summary.messageCount == 2)
        #expect(summary.byteCount == 6)
        #expect(store.summary(robots).messageCount == 0)
        #expect(store.summary(robots).subtreeMessageCount == 3)
        #expect(store.summary(robots).subtreeTopicCount == 2)
        #expect(store.latestPayload(battery) == Array("7.8".utf8))
    }

    @Test(arguments: ["a//b", "/a", "a/", "/", "//", "a", "$SYS/broker", " ", "a/b/c/d/e/f/g/h/i/j"])
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
    }
}
