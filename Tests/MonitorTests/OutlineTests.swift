import MQTT
import Testing

@testable import Monitor

@Suite final class `The outline` {
    private var store: Store
    private var outline = Outline()

    init() {
        store = Store()
        for topic in ["$SYS/broker/uptime", "robots/ev3-10/odom", "robots/ev3-2/battery", "robots/EV3-3", "lab/door"] {
            store.take(topic, "1", at: .seconds(1))
        }
    }

    /// The rows as text: two blanks a level, `▾` before what is expanded, `▸` before what could be.
    private func text(_ outline: Outline, _ store: borrowing Store) -> [String] {
        outline.rows.map { row in
            let mark = row.isExpanded ? "▾" : row.hasChildren ? "▸" : ""
            return String(repeating: "  ", count: row.depth) + mark + store.text(row.id)
        }
    }

    private func rows(at second: Double = 1) -> [String] {
        outline.update(store, now: .seconds(second))
        for (index, row) in outline.rows.enumerated() { #expect(outline.index(of: row.id) == index) }
        return text(outline, store)
    }

    @Test func `begins collapsed, by name, with the broker's own topics last`() {
        #expect(rows() == ["▸lab", "▸robots", "▸$SYS"])
    }

    @Test func `expands and collapses one level and all`() throws {
        let robots = try required(store.find("robots"))
        outline.expand(robots)
        #expect(rows() == ["▸lab", "▾robots", "  ▸ev3-2", "  EV3-3", "  ▸ev3-10", "▸$SYS"])
        #expect(outline.isExpanded(robots))
        outline.toggle(robots)
        #expect(rows() == ["▸lab", "▸robots", "▸$SYS"])
        outline.expandAll()
        let all = [
            "▾lab", "  door", "▾robots", "  ▾ev3-2", "    battery", "  EV3-3", "  ▾ev3-10", "    odom", "▾$SYS",
            "  ▾broker", "    uptime",
        ]
        #expect(rows() == all)
        outline.collapse(robots)
        #expect(rows().count == all.count - 5)
        store.take("new/level", "1")
        #expect(rows().contains("▾new"), "all means also what appears later")
        outline.collapseAll()
        #expect(rows() == ["▸lab", "▸new", "▸robots", "▸$SYS"])
        let door = try required(store.find("lab/door"))
        #expect(outline.index(of: door) == nil)
    }

    @Test func `reveals a level by expanding those above it`() throws {
        let odom = try required(store.find("robots/ev3-10/odom"))
        outline.reveal(odom, in: store)
        #expect(rows() == ["▸lab", "▾robots", "  ▸ev3-2", "  EV3-3", "  ▾ev3-10", "    odom", "▸$SYS"])
        #expect(outline.rows[outline.index(of: odom) ?? 0].id == odom)
    }

    @Test func `shows what appears, and nothing else makes it anew`() throws {
        _ = rows()
        store.take("zoo", "1")
        #expect(rows() == ["▸lab", "▸robots", "zoo", "▸$SYS"])
        store.take("zoo", "2")
        let revision = store.revision
        store.take("zoo/cat", "2")
        #expect(store.revision != revision)
        #expect(rows() == ["▸lab", "▸robots", "▸zoo", "▸$SYS"])
    }

    @Test func `sorts by count, age and rate, alike ones by name, at most once a second`() {
        for number in 0..<30 {
            store.take("robots/EV3-3", "\(number)", at: .seconds(2 + Double(number) / 10))
            if number % 5 == 0 { store.take("lab/door", "\(number)", at: .seconds(2 + Double(number) / 10)) }
        }
        store.take("lab/door", "late", at: .seconds(6))
        outline.order = .count
        #expect(rows(at: 6) == ["▸robots", "▸lab", "▸$SYS"])
        outline.order = .age
        #expect(rows(at: 6) == ["▸lab", "▸robots", "▸$SYS"])
        outline.order = .rate
        #expect(rows(at: 6) == ["▸robots", "▸lab", "▸$SYS"])
        outline.order = .count
        #expect(rows(at: 6) == ["▸robots", "▸lab", "▸$SYS"])
        for _ in 0..<100 { store.take("lab/door", "x", at: .seconds(6)) }
        #expect(rows(at: 6.5) == ["▸robots", "▸lab", "▸$SYS"])
        #expect(rows(at: 7.5) == ["▸lab", "▸robots", "▸$SYS"])
        outline.order = .name
        #expect(rows(at: 7.6) == ["▸lab", "▸robots", "▸$SYS"])
    }

    @Test func `keeps topics of which only stored messages are known last when sorted by age`() {
        store.beginSession(at: .seconds(5), retainMeansStored: true)
        store.take("aaa", "1", flags: retained, at: .seconds(5))
        outline.order = .age
        #expect(rows(at: 6) == ["▸lab", "▸robots", "aaa", "▸$SYS"])
    }

    @Test func `filters by topic filter and keeps the levels above`() {
        outline.filter = Filter("robots/+/odom")
        #expect(rows() == ["▾robots", "  ▾ev3-10", "    odom"])
        #expect(outline.hiddenTopicCount == 3)
        store.take("robots/ev3-1/odom", "1")
        #expect(rows() == ["▾robots", "  ▾ev3-1", "    odom", "  ▾ev3-10", "    odom"])
        outline.filter = Filter("#")
        #expect(rows().contains("▸$SYS") == false)
        #expect(outline.hiddenTopicCount == 0)
        outline.filter = Filter("nothing")
        #expect(rows() == [])
        #expect(outline.hiddenTopicCount == 5)
        outline.filter = Filter("")
        #expect(rows() == ["▸lab", "▸robots", "▸$SYS"])
        #expect(outline.hiddenTopicCount == 0)
    }

    @Test func `filters by a text in topics and in values as they change`() {
        outline.filter = Filter("EV3-1")
        #expect(rows() == ["▾robots", "  ▾ev3-10", "    odom"])
        outline.filter = Filter("open")
        #expect(rows() == [])
        store.take("lab/door", "{\"state\":\"OPEN\"}", at: .seconds(2))
        #expect(rows(at: 2.5) == ["▾lab", "  door"])
        store.take("lab/door", "closed", at: .seconds(3))
        #expect(rows(at: 3.6) == [])
    }

    @Test func `a level that got its first message later is found by the filter`() {
        outline.filter = Filter("robots/+")
        #expect(rows() == ["▾robots", "  EV3-3"])
        store.take("robots/ev3-2", "1")
        #expect(rows() == ["▾robots", "  ev3-2", "  EV3-3"])
        store.take("robots", "1")
        outline.filter = Filter("robots/#")
        #expect(rows() == ["▾robots", "  ▾ev3-2", "    battery", "  EV3-3", "  ▾ev3-10", "    odom"])
    }

    @Test func `a level that matches leads to matches that appear below it`() {
        outline.filter = Filter("door")
        #expect(rows() == ["▾lab", "  door"])
        store.take("lab/door/bell", "1")
        #expect(rows() == ["▾lab", "  ▾door", "    bell"])
    }

    @Test func `matches can be collapsed without forgetting what was expanded before`() throws {
        let robots = try required(store.find("robots"))
        let lab = try required(store.find("lab"))
        outline.expand(lab)
        outline.filter = Filter("o")
        _ = rows()
        outline.collapse(robots)
        #expect(rows().contains("▸robots"))
        #expect(!outline.isExpanded(robots))
        outline.expandAll()
        #expect(rows().contains("▾robots"))
        outline.collapseAll()
        #expect(rows().allSatisfy { !$0.hasPrefix("▾") })
        outline.filter = Filter("")
        #expect(rows() == ["▾lab", "  door", "▸robots", "▸$SYS"])
    }

    @Test func `a tree as deep as a topic can be is shown without recursion`() {
        var store = Store()
        store.take([UInt8](repeating: UInt8(ascii: "/"), count: 65_535), [1])
        var outline = Outline()
        outline.expandAll()
        outline.update(store, now: .zero)
        #expect(outline.rows.count == 65_536)
        #expect(outline.rows.last?.depth == 65_535)
        outline.filter = Filter("/")
        outline.update(store, now: .zero)
        #expect(outline.rows.count == 65_536)
    }

    @Test func `a flood of new topics makes a long tree anew twice a second only`() {
        var flood = Batch(arrival: .seconds(20))
        for number in 0..<10_500 { flood.append(topic: "flood/\(number)", payload: []) }
        store.ingest(flood)
        outline.expandAll()
        let count = rows(at: 20).count
        #expect(count > 10_500)
        store.take("another", "1")
        #expect(rows(at: 20.4).count == count)
        #expect(rows(at: 20.5).count == count + 1)
        store.take("a third", "1")
        outline.collapseAll()
        #expect(rows(at: 20.6).count == 6, "what the user does shows at once")
    }

    @Test(arguments: TopicOrder.allCases)
    func `shows every level once, below its parent and in order`(order: TopicOrder) throws {
        var numbers = Numbers(seed: 8)
        var store = Store()
        for _ in 0..<2_000 {
            let path = (0...numbers.below(4)).map { _ in
                "\(["a", "B", "x-", "$"][numbers.below(4)])\(numbers.below(12))"
            }
            store.take(path.joined(separator: "/"), "1", at: .seconds(Double(numbers.below(100)) / 10))
        }
        var outline = Outline(order: order)
        outline.expandAll()
        let now = Instant.seconds(10)
        outline.update(store, now: now)
        #expect(outline.rows.count == Int(store.revision) - 1 - store.tree.topics.count)
        var above: [TopicID] = []
        var last: [TopicID: TopicID] = [:]
        for row in outline.rows {
            above.removeLast(above.count - row.depth)
            #expect(store.parent(row.id) == above.last)
            above.append(row.id)
            let parent = store.parent(row.id) ?? TopicID(rawValue: 0)
            if let before = last[parent] { #expect(isOrdered(before, row.id, order, store, now) == true) }
            last[parent] = row.id
        }
    }

    /// Whether `second` may stand behind its sibling `first`.
    private func isOrdered(
        _ first: TopicID, _ second: TopicID, _ order: TopicOrder, _ store: borrowing Store, _ now: Instant
    ) -> Bool {
        if store.parent(first) == nil, store.isSystem(first) != store.isSystem(second) { return store.isSystem(second) }
        let left = store.summary(first)
        let right = store.summary(second)
        let ranks: (Double, Double) =
            switch order {
            case .name: (0, 0)
            case .rate: (left.subtreeRate(at: now) ?? 0, right.subtreeRate(at: now) ?? 0)
            case .age: (age(left), age(right))
            case .count: (Double(left.subtreeMessageCount), Double(right.subtreeMessageCount))
            }
        if ranks.0 != ranks.1 { return ranks.0 > ranks.1 }
        return store.name(first).withRawBytes { first in
            store.name(second).withRawBytes { NameOrder.precedes(first, $0) }
        }
    }

    private func age(_ summary: TopicSummary) -> Double {
        Double(summary.subtreeLastArrival?.nanoseconds ?? .min)
    }
}
