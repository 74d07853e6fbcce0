import MQTT
import Monitor
import Screen
import Testing

@testable import Dashboard

/// The topic tree as the user sees and drives it.
@Suite struct TreeTests {
    private func lab(rows: Int = 24, columns: Int = 80) -> Driver {
        var driver = Driver(rows: rows, columns: columns)
        driver.connect()
        driver.receive("robots/ev3-1/battery", "7.92")
        driver.receive("robots/ev3-1/motor/A/position", "-42")
        driver.receive("robots/tb3/odom", #"{"seq":4711}"#)
        driver.receive("vda5050/agv/state", "{}")
        driver.type("O")
        return driver
    }

    @Test func branchesExpandAndCollapse() {
        var driver = lab()
        #expect(driver.line(with: "▸ robots") != nil)
        #expect(driver.line(with: "▾ ev3-1") == nil)
        driver.type("<Right><Right>")
        #expect(driver.line(with: "▾ robots") != nil)
        #expect(driver.line(with: "▸ ev3-1") != nil)
        driver.type("<Left><Left>")
        #expect(driver.line(with: "▸ robots") != nil)
        driver.type("o")
        #expect(driver.line(with: "position")?.contains("-42") == true)
        driver.type("O")
        #expect(driver.line(with: "position") == nil || driver.line(with: "▸ robots") != nil)
    }

    @Test func theSelectionStaysWhenTopicsArrive() {
        var driver = lab()
        driver.type("o<Down><Down>")
        let selected = driver.dashboard.tree.selected
        for index in 0..<20 { driver.receive("a/\(index)", "new") }
        _ = driver.screen()
        #expect(driver.dashboard.tree.selected == selected)
    }

    @Test func aValueChangedWithinTheLastSecondIsMarked() {
        var driver = lab()
        driver.type("o")
        driver.wait(milliseconds: 5_000)
        driver.receive("robots/ev3-1/battery", "7.91")
        driver.wait(milliseconds: 900)
        #expect(driver.roles(of: "7.91") == [.topicValueChanged])
        driver.wait(milliseconds: 200)
        #expect(driver.roles(of: "7.91") == [.topicValue])
        driver.receive("robots/ev3-1/battery", "7.91")
        #expect(driver.roles(of: "7.91") == [.topicValue], "the same value again is no change")
    }

    @Test func whileDisconnectedEveryValueIsOldWithTheTimeOfTheLoss() {
        var driver = lab()
        driver.type("o<End>")
        driver.wait(milliseconds: 60_000)
        driver.lose(.lost(.reset, milliseconds: 60_000))
        #expect(driver.roles(of: "7.92") == [.topicValueOld])
        #expect(driver.line(with: "Topics")?.contains("old since 12:01:00") == true)
        #expect(driver.line(with: "battery")?.hasSuffix("old") == true)
    }

    @Test func afterAReconnectAValueIsOldUntilItComesAgain() {
        var driver = lab()
        driver.type("o<End>")
        driver.wait(milliseconds: 10_000)
        driver.lose(.lost(.reset, milliseconds: 10_000))
        driver.wait(milliseconds: 2_000)
        driver.connect()
        #expect(driver.roles(of: "7.92") == [.topicValueOld])
        driver.wait(milliseconds: 100)
        driver.receive("robots/ev3-1/battery", "7.80")
        #expect(driver.roles(of: "7.80") == [.topicValueChanged])
        #expect(driver.line(with: "battery")?.hasSuffix("now") == true)
    }

    @Test func retainedMessagesHaveNoAgeOfTheirOwn() {
        var driver = Driver()
        driver.connect()
        driver.receive("robots/ev3-1/info", "brick", isRetained: true)
        driver.wait(milliseconds: 3_000)
        driver.type("o")
        #expect(driver.line(with: "brick")?.hasSuffix("kept") == true)
        driver.type("<End><Enter>")
        #expect(driver.screen().contains("retained by the broker, unknown age"))
    }

    @Test func noRateIsADashNotZero() {
        var driver = lab()
        driver.type("o")
        #expect(driver.line(with: "battery")?.contains("–") == true)
        for _ in 0..<50 {
            driver.wait(milliseconds: 100)
            driver.receive("robots/ev3-1/battery", "7.9")
        }
        #expect(driver.line(with: "battery")?.contains("10/s") == true)
    }

    @Test func sortsByNameRateAgeAndCount() {
        var driver = Driver()
        driver.connect()
        driver.receive("a", "1")
        driver.wait(milliseconds: 10_000)
        for _ in 0..<30 {
            driver.wait(milliseconds: 100)
            driver.receive("b", "1")
        }
        driver.wait(milliseconds: 100)
        driver.receive("c", "1")
        func order(_ driver: inout Driver) -> String {
            driver.lines().compactMap { line in ["a", "b", "c"].first { line.hasPrefix("   \($0) ") } }.joined()
        }
        #expect(order(&driver) == "abc")
        driver.type("s")
        driver.wait(milliseconds: 1_000)
        #expect(order(&driver).hasPrefix("b"), "by rate")
        driver.type("s")
        driver.wait(milliseconds: 1_000)
        #expect(order(&driver) == "cba", "by age, freshest first")
        driver.type("s")
        driver.wait(milliseconds: 1_000)
        #expect(order(&driver).hasPrefix("b"), "by count")
        driver.type("s")
        driver.wait(milliseconds: 1_000)
        #expect(order(&driver) == "abc")
    }

    @Test func theFilterTakesTextAndMQTTFilters() {
        var driver = lab()
        driver.type("/odom<Enter>")
        #expect(driver.line(with: "odom") != nil)
        #expect(driver.line(with: "battery") == nil)
        #expect(driver.line(with: "Topics")?.contains("filter: odom (3 hidden)") == true)
        driver.type("/<Ctrl-U>robots/+/battery<Enter>")
        #expect(driver.line(with: "battery") != nil)
        #expect(driver.line(with: "odom") == nil)
        driver.type("<Esc>")
        driver.type("o")
        #expect(driver.line(with: "odom") != nil)
    }

    @Test func leavingTheFilterPromptPutsTheOldFilterBack() {
        var driver = lab()
        driver.type("/odom<Enter>/xyz<Esc>")
        let filter = driver.dashboard.tree.outline.filter.text
        #expect(filter == "odom")
        #expect(driver.line(with: "odom") != nil)
    }

    @Test func nextMatchGoesToTopicsThatMatchThemselves() {
        var driver = lab()
        driver.type("/o<Enter>g")
        driver.type("n")
        let first = driver.dashboard.tree.selected
        driver.type("n")
        #expect(driver.dashboard.tree.selected != first)
        driver.type("N")
        #expect(driver.dashboard.tree.selected == first)
    }

    @Test func aTopicWithEmptyLevelsIsShown() {
        var driver = Driver()
        driver.connect()
        driver.receive("/lead//x", "1")
        driver.type("o")
        #expect(driver.screen().contains("‹empty level›"))
    }
}
