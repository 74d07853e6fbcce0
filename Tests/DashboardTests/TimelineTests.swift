import Broker
import CAllocationCount
import MQTT
import Monitor
import Screen
import Testing

@testable import Dashboard

/// Events among the messages: of the broker's log, of our connection, of own publishes.
@Suite struct TimelineTests {
    static let motor = "robots/ev3-2/motor/A/position"

    /// A lab in which a robot falls silent: its motor's position comes until its broker misses it.
    static func silent(_ size: Size = Size(rows: 43, columns: 132)) -> Driver {
        var driver = Driver(rows: size.rows, columns: size.columns)
        driver.connect()
        driver.receive(
            "$SYS/broker/log/N", "1795521600: New client connected from 10.0.0.2:50001 as ev3-2 (p2, c1, k2, u'ev3').")
        for step in 0..<12 {
            driver.wait(milliseconds: 250)
            if step < 6 { driver.receive(motor, "\(step * 15)") }
            if step % 3 == 0 { driver.receive("robots/tb3/battery", "\(12.0 - Double(step) / 10)") }
        }
        driver.receive("$SYS/broker/log/N", "1795521603: Client ev3-2 has exceeded timeout, disconnecting.")
        driver.wait(milliseconds: 120)
        driver.receive("robots/tb3/battery", "10.8")
        return driver
    }

    // MARK: Merging

    @Test func aTopicThatFellSilentAndWhyAreOneScreen() throws {
        var driver = Self.silent()
        driver.type("2")
        #expect(driver.line(with: "silent for longer") == nil, "messages only, until events are asked for")
        driver.type("t")
        #expect(driver.line(with: " Messages ")?.contains("and events") == true)
        let rows = driver.messageRows()
        let last = try #require(rows.lastIndex { $0.contains(Self.motor) })
        let event = try #require(rows.firstIndex { $0.contains("silent for longer than its keep-alive") })
        #expect(last < event)
        #expect(rows[last + 1..<event].allSatisfy { !$0.contains("ev3-2") }, "nothing of it in between")
        #expect(rows[event].hasPrefix(" 12:00:03.000 B ev3-2 "))
        #expect(rows[event + 1].contains("10.8"), "what came later stands below")
        #expect(rows.contains { $0.contains(" C connected to 10.42.0.3:1883 as mqscope-lab-a1b2c3 (MQTT 5.0") })
        #expect(rows.contains { $0.contains(" C subscribed to # (QoS 0)") })
        driver.type("t")
        #expect(driver.line(with: "silent for longer") == nil)
        #expect(driver.line(with: " Messages ")?.contains("and events") == false)
    }

    @Test func aLineStandsBetweenTheMessagesOfItsBatch() throws {
        var driver = Driver()
        driver.connect()
        var batch = Batch(arrival: driver.now)
        for number in 0..<6 {
            batch.append(topic: "a", payload: Array("payload \(number)".utf8))
            if number == 2 {
                batch.append(
                    topic: "$SYS/broker/log/N", payload: Array("1795521600: Client x disconnected.".utf8))
            }
        }
        driver.deliver(.messages(batch))
        driver.type("2t")
        let rows = driver.messageRows()
        let event = try #require(rows.firstIndex { $0.contains(" B x ") })
        #expect(rows[event - 1].contains("payload 2") && rows[event + 1].contains("payload 3"))
        #expect(driver.dashboard.store.messageCount == 6)
        // With $SYS the message itself stands before what it says.
        driver.type("$")
        let all = driver.messageRows()
        let line = try #require(all.firstIndex { $0.contains(" B x ") })
        #expect(all[line - 1].contains("$SYS/broker/log/N"))
    }

    @Test func everyKindHasItsOwnLetterAndLook() {
        var driver = Self.silent()
        driver.type("2t")
        driver.publish("robots/ev3-2/cmd", "stop", qos: "1")
        driver.deliver(
            .outcome(RequestID(rawValue: 1), .acknowledged(.success, reasonString: nil, microseconds: 1_234)))
        #expect(driver.roles(of: "silent for longer") == [.eventBroker])
        #expect(driver.roles(of: "subscribed to #") == [.eventConnection])
        #expect(driver.roles(of: "acknowledged after 1.2 ms: Success") == [.eventPublish])
        let looks = ["B ev3-2", "C subscribed", "P robots/ev3-2/cmd"]
        for look in looks { #expect(driver.screen().contains(look), "\(look)") }
    }

    // MARK: Connection

    @Test func lossesRefusalsAndReturnsAreToldOnce() {
        var driver = Driver(rows: 43, columns: 132)
        driver.type("2t")
        for _ in 0..<5 {
            driver.lose(.unreachable([AddressFailure(address: "10.42.0.3:1883", failure: .refused)]))
            driver.deliver(.status(.connecting(attempt: 2)))
        }
        driver.lose(.refused(.badUserNameOrPassword, reasonString: nil, serverReference: nil))
        driver.connect()
        driver.deliver(
            .subscription(TopicFilter.everything, .refused(.notAuthorized, reasonString: "not for you")))
        driver.deliver(.subscription(TopicFilter.system, .removed))
        driver.wait(milliseconds: 1_000)
        driver.lose(.lost(nil, milliseconds: 1_000))
        driver.lose(.unreachable([AddressFailure(address: "10.42.0.3:1883", failure: .refused)]))
        driver.connect()
        driver.deliver(.status(.connecting(attempt: 1)))
        let events = driver.messageRows().filter { !$0.isEmpty }.map { String($0.dropFirst(14)) }
        let expected = [
            "C no connection: Nothing listens", "C no connection: User name or password wrong",
            "C connected to 10.42.0.3:1883", "C subscribed to $SYS/#", "C subscribed to #",
            "C subscription to # refused: Not authorized", "C unsubscribed from $SYS/#",
            "C lost the connection: 10.42.0.3:1883 closed", "C no connection: Nothing listens",
            "C connected to 10.42.0.3:1883", "C subscribed to $SYS/#", "C subscribed to #",
            "C disconnected, as asked for",
        ]
        #expect(events.count == expected.count, "\(events)")
        for (event, beginning) in zip(events, expected) { #expect(event.hasPrefix(beginning), "\(event)") }
        #expect(events[5].contains("“not for you”"))
    }

    // MARK: Own publishes

    @Test func anOwnPublishTellsWhatBecameOfIt() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        driver.type("2t")
        driver.publish("robots/ev3-2/cmd", "stop", qos: "1")
        #expect(driver.line(with: " P robots/ev3-2/cmd")?.contains("queued · stop") == true)
        driver.receive("robots/tb3/battery", "11")
        driver.deliver(
            .outcome(RequestID(rawValue: 1), .acknowledged(.notAuthorized, reasonString: nil, microseconds: 900)))
        #expect(driver.line(with: " P ")?.contains("refused after 0.9 ms: Not authorized (0x87) · stop") == true)
        driver.publish("robots/ev3-2/cmd", "go")
        driver.deliver(.outcome(RequestID(rawValue: 2), .written))
        driver.wait(milliseconds: 3)
        driver.receive("robots/ev3-2/cmd", "go")
        let rows = driver.messageRows()
        let events = rows.indices.filter { rows[$0].contains(" P ") }
        #expect(events.count == 2)
        #expect(rows[events[1]].contains("echoed back after 3.0 ms"))
        #expect(rows[events[0] + 1].contains("tb3"), "each stands where it was asked for")
        #expect(rows[events[1] + 1].contains("robots/ev3-2/cmd"), "and its echo below")
    }

    @Test func theFateOfAPublishIsKnownHoweverManyFollow() {
        var driver = Driver(rows: 43, columns: 132)
        driver.type("2t")
        for number in 0..<70 { driver.publish("a", "number \(number)", qos: "1") }
        driver.connect()
        for number in 1...70 {
            driver.deliver(
                .outcome(
                    RequestID(rawValue: UInt64(number)),
                    .acknowledged(.success, reasonString: nil, microseconds: 900)))
        }
        driver.type("g")
        #expect(driver.line(with: "number 0")?.contains("acknowledged") == true)
    }

    // MARK: Filters

    @Test func aTextFiltersBothKinds() {
        var driver = Self.silent()
        driver.type("2t/EV3-2<Enter>")
        let rows = driver.messageRows()
        #expect(rows.contains { $0.contains(Self.motor) } && rows.contains { $0.contains("silent for longer") })
        #expect(!rows.contains { $0.contains("tb3") } && !rows.contains { $0.contains(" C ") })
        driver.type("/<Ctrl-U>KEEP-alive<Enter>")
        #expect(driver.messageRows().filter { !$0.isEmpty }.count == 2, "it connected, and it was silent")
        driver.type("<Esc>")
        #expect(driver.messageRows().contains { $0.contains(" C ") })
    }

    @Test func aTopicFilterChoosesMessagesAndLeavesTheEvents() {
        var driver = Self.silent()
        driver.type("2t")
        driver.publish("robots/tb3/cmd", "go")
        driver.type("/robots/ev3-2/#<Enter>")
        let rows = driver.messageRows()
        #expect(rows.contains { $0.contains(Self.motor) } && rows.contains { $0.contains("silent for longer") })
        #expect(rows.contains { $0.contains(" C ") })
        #expect(!rows.contains { $0.contains("tb3") }, "an own publish is chosen by its topic")
    }

    @Test func aBranchChoosesMessagesAndLeavesTheEvents() {
        var driver = Self.silent()
        driver.type("2t")
        driver.publish("robots/tb3/cmd", "go")
        while driver.dashboard.selectedTopic.map({ driver.dashboard.store.topic($0) }) != Array(Self.motor.utf8) {
            driver.type("<Up>")
        }
        driver.type("b")
        let rows = driver.messageRows()
        #expect(rows.contains { $0.contains(Self.motor) } && rows.contains { $0.contains("silent for longer") })
        #expect(!rows.contains { $0.contains("tb3") })
    }

    // MARK: Moving

    @Test func aSelectedEventStaysWhileOthersCome() {
        var driver = Self.silent(Size(rows: 16, columns: 80))
        driver.type("2t<Up><Up>")
        #expect(driver.roles(of: "silent for longer") == [.selection])
        let before = driver.messageRows()
        for number in 0..<50 { driver.receive("a", "more \(number)") }
        #expect(driver.messageRows() == before)
        #expect(driver.line(with: " Messages ")?.contains("held") == true)
        driver.type("<Down>")
        #expect(
            driver.dashboard.selectedTopic.map { driver.dashboard.store.topic($0) } == Array("robots/tb3/battery".utf8))
        // Without events the selection stands at the next message, and is back with them.
        driver.type("<Up>t")
        #expect(driver.roles(of: "10.8") == [.selection])
        driver.type("t")
        #expect(driver.roles(of: "silent for longer") == [.selection])
        driver.type("g")
        #expect(driver.messageRows().first?.contains("C connected") == true)
        driver.type("G")
        #expect(driver.line(with: "more 49") != nil)
    }

    @Test func pagesMoveByRowsOfBothKinds() {
        var driver = Driver(rows: 12, columns: 80)
        driver.connect()
        for number in 0..<40 {
            driver.receive("a", "message \(number)")
            driver.receive("$SYS/broker/log/N", "1795521600: Client c\(number) disconnected.")
        }
        driver.type("2t<Home>")
        var seen: [String] = []
        for _ in 0..<20 {
            seen += driver.messageRows().filter { !seen.contains($0) }
            driver.type("<PgDn>")
        }
        #expect(seen.count { $0.contains(" message ") } == 40 && seen.count { $0.contains(" B c") } == 40)
        for number in 0..<40 {
            let message = seen.firstIndex { $0.hasSuffix("message \(number)") } ?? 0
            #expect(seen[message + 1].contains(" B c\(number) "))
        }
    }

    @Test func aPauseFreezesEventsToo() {
        var driver = Self.silent()
        driver.type("2t<Space>")
        let before = driver.messageRows()
        driver.receive("$SYS/broker/log/N", "1795521603: Client latecomer disconnected.")
        driver.lose(.lost(nil, milliseconds: 1_000))
        #expect(driver.screen().contains("latecomer") == false)
        #expect(driver.messageRows().prefix(20) == before.prefix(20))
        driver.type("<Space>")
        #expect(driver.screen().contains("latecomer") && driver.screen().contains("lost the connection"))
    }

    @Test func enterGoesToTheLineInTheBrokersLog() throws {
        var driver = Self.silent()
        driver.type("3<Tab><Tab>t12t<Up><Up>")
        #expect(driver.roles(of: "silent for longer") == [.selection])
        driver.type("<Enter>")
        #expect(driver.dashboard.view == .broker && driver.dashboard.focus == .brokerLog)
        #expect(driver.dashboard.brokerLog.selected?.words == "silent for longer than its keep-alive")
        driver.type("<Enter>")
        #expect(driver.dashboard.focus == .clients && driver.dashboard.clients.selected == "ev3-2")
        driver.type("2g<Enter>")
        #expect(driver.dashboard.view == .connection)
        driver.type("2<End><Up><Enter>")
        #expect(driver.dashboard.view == .messages)
        #expect(driver.screen().contains("Not now: no event of the broker or the connection is selected."))
    }

    // MARK: What is gone

    @Test func eventsGoWithTheMessagesThatTheyStoodAmongAndAreCounted() {
        var options = DashboardOptions(endpoint: Driver.endpoint)
        options.limits.historyBytes = 65_536
        var driver = Driver(rows: 24, columns: 132, options: options)
        driver.connect()
        driver.receive("a", "first")
        driver.receive("$SYS/broker/log/N", "1795521600: Client early disconnected.")
        driver.type("2t")
        #expect(driver.line(with: " Messages ")?.contains("gone") == false)
        for number in 0..<5_000 { driver.receive("a", "number \(number)") }
        driver.receive("$SYS/broker/log/N", "1795521600: Client late disconnected.")
        driver.type("g")
        #expect(driver.line(with: "early") == nil)
        let gone = driver.dashboard.store.evictedCount
        #expect(gone > 0)
        #expect(
            driver.line(with: " Messages ")?.contains("\(Format.count(gone)) older ones and 4 events gone") == true,
            "connected, two subscriptions, and who left early")
        driver.type("G")
        #expect(driver.line(with: "late") != nil)
    }

    // MARK: Time

    @Test func aLineOfAnotherTimeStandsWhereItCameAndSaysSo() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        driver.receive("a", "before")
        driver.wait(milliseconds: 5_000)
        _ = driver.dashboard.handle(
            .brokerLog(
                lines: [
                    Array("1795521544: Client old disconnected.".utf8),
                    Array("1795262404: Client older disconnected.".utf8),
                    Array("23/11/26 09:00:00: Client stamped disconnected.".utf8),
                    Array("2026-11-24T12:00:05: Client fresh disconnected.".utf8),
                ], driver.now))
        driver.receive("a", "after")
        driver.type("2t")
        let rows = driver.messageRows()
        let lines = rows.filter { $0.contains(" B ") }
        #expect(lines.count == 3, "what is days older than the rest is the past, not an event")
        #expect(lines.allSatisfy { $0.hasPrefix(" 12:00:05.000 B ") })
        #expect(lines[0].hasSuffix("disconnected (11:59:04 by the broker's clock)"))
        #expect(lines[1].hasSuffix("(23/11/26 09:00:00 by the broker's clock)"))
        #expect(lines[2].hasSuffix("disconnected"))
        #expect(rows.firstIndex { $0.contains("before") && !$0.contains(" B ") } == rows.firstIndex(of: lines[0])! - 1)
        #expect(rows.firstIndex { $0.contains("after") } == rows.firstIndex(of: lines[2])! + 1)
    }

    @Test func whatAFileTellsOfThePastIsNoEvent() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        driver.receive("a", "before")
        _ = driver.dashboard.handle(.brokerLogSource(BrokerLogSource(name: "log", state: .reading)))
        // In parts, as a long file is read: beside the lines of its own part each is new.
        for part in 0..<4 {
            let time = 1_795_521_600 - 400_000 + part * 100_000
            let lines = (0..<5).map { Array("\(time + $0): Client old\($0) disconnected.".utf8) }
            _ = driver.dashboard.handle(.brokerLog(lines: lines, driver.now))
        }
        _ = driver.dashboard.handle(
            .brokerLog(lines: [Array("1795521600: Client last disconnected.".utf8)], driver.now))
        _ = driver.dashboard.handle(.brokerLog(lines: [Array("1795521601: Client new disconnected.".utf8)], driver.now))
        driver.type("2t")
        #expect(driver.messageRows().filter { $0.contains(" B ") }.count == 1)
        #expect(driver.line(with: " B ")?.contains("new") == true)
    }

    // MARK: Cost

    @Test(
        "messages ask for no memory, however many come between events",
        .enabled(if: allocation_count() >= 0, "sanitizers bring a malloc of their own"))
    func allocations() {
        var driver = Self.silent()
        driver.type("2t")
        func requests(_ count: Int) -> Int64 {
            var requests: Int64 = 0
            for _ in 0..<3 {
                var batch = Batch(arrival: driver.now)
                for number in 0..<count {
                    batch.append(topic: Self.motor, payload: Array("\(number % 10)".utf8))
                }
                let event = Event.connection(.messages(batch))
                let before = allocation_count()
                _ = driver.dashboard.handle(event)
                requests = allocation_count() - before
            }
            return requests
        }
        #expect(requests(200) == requests(2_000))
    }
}

extension Driver {
    /// The rows of the message log.
    mutating func messageRows() -> [String] {
        let lines = lines()
        guard let title = lines.firstIndex(where: { $0.hasPrefix(" Messages ─") }) else { return [] }
        return Array(lines[(title + 1)...].prefix { !$0.hasPrefix(" Broker log ─") }.dropLast())
    }

    /// Composes and sends.
    mutating func publish(_ topic: String, _ payload: String, qos: String = "0") {
        type("p")
        while dashboard.composer.field != .topic { type("<Tab>") }
        type("<Ctrl-U>\(topic)<Tab>\(qos)<Tab><Tab><Ctrl-U>\(payload)<Ctrl-S><Esc>")
    }
}
