import MQTT
import Monitor
import Screen
import Testing

@testable import Dashboard

/// The message log and the broker log.
@Suite struct LogTests {
    private func flood(_ count: Int) -> Driver {
        var driver = Driver()
        driver.connect()
        for index in 0..<count { driver.receive("robots/\(index % 3)/n", "number \(index)") }
        driver.type("2")
        return driver
    }

    @Test func followsTheNewestMessage() {
        var driver = flood(100)
        #expect(driver.line(with: "number 99") != nil)
        driver.receive("x", "number 100")
        #expect(driver.line(with: "number 100") != nil)
        #expect(driver.line(with: "Messages")?.contains("following") == true)
    }

    @Test(arguments: ["<Up>", "<Down>", "<PgUp>", "<PgDn>", "<Home>", "k", "j", "g"], ["<End>", "G"])
    func anyMoveStopsFollowingAndTheEndResumes(key: String, end: String) {
        var driver = flood(100)
        driver.type(key)
        let before = driver.lines().dropFirst(2).dropLast(1)
        for index in 0..<50 { driver.receive("y", "more \(index)") }
        #expect(driver.line(with: "more 49") == nil)
        #expect(Array(driver.lines().dropFirst(2).dropLast(1)) == Array(before), "the lines in sight stay")
        #expect(driver.line(with: "Messages")?.contains("held") == true)
        driver.type(end)
        #expect(driver.line(with: "more 49") != nil)
        #expect(driver.line(with: "Messages")?.contains("following") == true)
    }

    @Test func aPauseThatOutlivesTheHistorySaysSo() {
        var options = DashboardOptions(endpoint: Driver.endpoint)
        options.limits.historyBytes = 65_536
        var driver = Driver(rows: 43, columns: 132, options: options)
        driver.connect()
        driver.receive("m/a", "before")
        driver.type("<Space>")
        driver.receive("a/first", "new")
        for index in 0..<5_000 { driver.receive("m/a", "payload number \(index)") }
        driver.wait(milliseconds: 11_000)
        #expect(!driver.screen().contains("nothing arrives"))
        #expect(driver.screen().contains("the messages of that time have left the history"))
        #expect(driver.line(with: "first") == nil, "the tree stands still too")
        driver.type("<Space>")
        #expect(driver.line(with: "first") != nil)
    }

    @Test func aLogThatFellSilentAfterAReconnectSaysSo() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        driver.receive("$SYS/broker/log/N", "1795521605: New connection from 10.0.0.1:5 on port 1883.")
        driver.wait(milliseconds: 1_000)
        driver.lose(.lost(nil, milliseconds: 60_000))
        driver.connect()
        driver.wait(milliseconds: 9_000)
        #expect(driver.line(with: " Broker log ")?.contains("known since") == true)
        driver.wait(milliseconds: 2_000)
        #expect(driver.line(with: " Broker log ")?.contains("log_dest topic?") == true)
    }

    @Test func limitedToTheSelectedBranch() {
        var driver = flood(30)
        driver.type("1o<Home><Down>b2")
        #expect(driver.line(with: "Messages")?.contains("below robots/0") == true)
        #expect(driver.line(with: "number 27") != nil)
        #expect(driver.line(with: "number 28") == nil)
        driver.type("b")
        #expect(driver.line(with: "number 28") != nil)
    }

    @Test func whatTheBrokerSaysStaysOutUntilAskedFor() {
        var driver = flood(3)
        driver.receive("$SYS/broker/uptime", "7 seconds")
        #expect(driver.line(with: "7 seconds") == nil)
        driver.type("$")
        #expect(driver.line(with: "7 seconds") != nil)
        driver.type("$<Esc>")
        #expect(driver.line(with: "7 seconds") == nil)
    }

    @Test func aMessageTooLongForTheHistoryIsStillListed() {
        var driver = Driver()
        driver.connect()
        driver.receive("big", [UInt8](repeating: UInt8(ascii: "x"), count: 6 << 20))
        driver.type("2")
        #expect(driver.line(with: "big") != nil)
    }

    @Test func aBrokerLogLineIsToldInWords() {
        var driver = Driver()
        driver.connect()
        driver.receive(
            "$SYS/broker/log/N", "1795521605: New client connected from 127.0.0.1:57036 as uav1 (p2, c1, k60, u'ev3').")
        let line = driver.line(with: "uav1") ?? ""
        #expect(line.contains("12:00:05"))
        #expect(line.contains("N  uav1"))
        #expect(line.contains("connected"))
        #expect(line.contains("ev3"))
    }

    @Test func aBrokerWithoutLogIsToldWhatToAdd() {
        var driver = Driver()
        driver.connect()
        #expect(!driver.screen().contains("No broker log"))
        driver.wait(milliseconds: 10_000)
        #expect(driver.screen().contains("No broker log: add `log_dest topic` to mosquitto.conf"))
    }

    @Test func silenceAfterSubscribingGetsAWord() {
        var driver = Driver()
        driver.connect()
        driver.wait(milliseconds: 10_000)
        #expect(driver.screen().contains("nothing arrives"))
    }

    @Test func aPauseFreezesWhatIsShownAndMissesNothing() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        driver.receive("a", "before")
        driver.receive("$SYS/broker/log/N", "1795521601: Client x disconnected.")
        driver.type("o<Space>")
        driver.wait(milliseconds: 1_000)
        driver.receive("a", "after")
        driver.receive("$SYS/broker/log/N", "1795521602: Client latecomer disconnected.")
        #expect(!driver.screen().contains("after"))
        #expect(driver.screen().contains("before"))
        #expect(!driver.screen().contains("latecomer"))
        #expect(driver.screen().contains("paused"))
        driver.type("<Space>")
        #expect(driver.screen().contains("after") && driver.screen().contains("latecomer"))
        let count = driver.dashboard.store.messageCount
        #expect(count == 2)
    }

    @Test func zoomFillsTheScreenWithTheFocusedPane() {
        var driver = flood(10)
        driver.type("1z")
        #expect(driver.dashboard.layout.panes.map(\.pane) == [.tree])
        driver.type("<Tab>")
        #expect(driver.dashboard.layout.panes.count == 1)
        #expect(driver.dashboard.layout.panes[0].pane != .tree)
        driver.type("z")
        #expect(driver.dashboard.layout.panes.count > 1)
    }
}
