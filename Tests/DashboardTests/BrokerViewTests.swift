import Broker
import MQTT
import Screen
import Testing

@testable import Dashboard

/// View 3: the broker's clients, what goes wrong with them, its log.
@Suite struct BrokerViewTests {
    /// A dashboard that has seen clients come and go.
    private func busy(rows: Int = 43, columns: Int = 132) -> Driver {
        var driver = Driver(rows: rows, columns: columns)
        driver.connect()
        for (number, line) in [
            "New connection from 10.0.0.1:50001 on port 1883.",
            "New client connected from 10.0.0.1:50001 as ev3-1 (p2, c1, k15, u'ev3').",
            "New connection from 10.0.0.2:50002 on port 1883.",
            "New client connected from 10.0.0.2:50002 as uav1 (p5, c1, k60).",
            "Client ev3-1 has exceeded timeout, disconnecting.",
        ].enumerated() {
            driver.receive("$SYS/broker/log/N", "\(1_795_521_605 + number): \(line)")
        }
        driver.receive("$SYS/broker/clients/connected", "3")
        driver.type("3")
        return driver
    }

    @Test func clientsStandThereWithStateAndLastEnd() throws {
        var driver = busy()
        #expect(driver.line(with: " Clients ")?.contains("2 of 3 connected") == true)
        let (first, second) = (driver.line(with: "ev3-1 "), driver.line(with: "uav1 "))
        let gone = try #require(first)
        #expect(gone.hasPrefix(" ○ ev3-1") && gone.contains("10.0.0.1") && gone.contains("ev3 "))
        #expect(gone.contains("15 s") && gone.contains("silent for"))
        let here = try #require(second)
        #expect(here.hasPrefix(" ● uav1") && here.contains("10.0.0.2:50002") && here.contains("v5.0"))
    }

    @Test func aKeyLimitsTheLogToTheClientAndBack() {
        var driver = busy()
        driver.type("<Home>")
        while driver.dashboard.clients.selected != "uav1" { driver.type("<Down>") }
        driver.type("l")
        #expect(driver.line(with: " Broker log ")?.contains("client uav1") == true)
        #expect(driver.dashboard.brokerLog.selection.count(in: driver.dashboard.brokerLog.log) == 1)
        driver.type("l")
        #expect(driver.line(with: " Broker log ")?.contains("client uav1") == false)
    }

    @Test func enterOnALineGoesToItsClient() {
        var driver = busy()
        driver.type("<BackTab><Up><Enter>")
        #expect(driver.dashboard.focus == .clients)
        #expect(driver.dashboard.clients.selected == "ev3-1")
    }

    @Test func theLogIsLimitedByGravityEventsAndText() {
        var driver = busy()
        func shown() -> Int {
            _ = driver.screen()
            return driver.dashboard.brokerLog.selection.count(in: driver.dashboard.brokerLog.log)
        }
        #expect(shown() == 5)
        driver.type("<BackTab>vv")
        #expect(shown() == 1, "the time-out alone matters")
        driver.type("<Esc>")
        #expect(shown() == 5)
        driver.type("t")
        #expect(shown() == 4)
        driver.type("t")
        #expect(shown() == 1)
        driver.type("<Esc>/UAV<Enter>")
        #expect(shown() == 1)
        #expect(driver.line(with: "ev3-1") == nil, "clients are filtered too")
        driver.type("/<Ctrl-U>nothing<Enter>")
        #expect(driver.screen().contains("No line is shown; Esc shows all 5."))
        driver.type("<Esc>")
        #expect(shown() == 5)
        // The filter of topics is another.
        driver.type("1")
        #expect(driver.line(with: " Topics ")?.contains("filter") == false)
    }

    @Test func linesComeUnderAFilterAndOldOnesGo() {
        var driver = busy()
        driver.dashboard.brokerLog.log = BrokerLog(capacity: 10)
        driver.type("<BackTab>t")
        for number in 0..<40 {
            driver.receive("$SYS/broker/log/N", "New client connected from 10.0.0.1:5 as c\(number) (p2, c1, k15).")
            driver.receive("$SYS/broker/log/I", "Saving in-memory database to /var/lib/mosquitto/mosquitto.db.")
        }
        let screen = driver.screen()
        #expect(screen.contains("c39") && !screen.contains("Saving"))
        #expect(driver.dashboard.brokerLog.selection.count(in: driver.dashboard.brokerLog.log) == 5)
    }

    @Test func twoDevicesWithOneIdentifierAreAnAlarm() {
        var driver = busy()
        for _ in 0..<3 {
            driver.receive("$SYS/broker/log/E", "Client uav1 already connected, closing old connection.")
            driver.receive("$SYS/broker/log/N", "New client connected from 10.0.0.9:5 as uav1 (p5, c1, k60).")
        }
        #expect(driver.line(with: " Alarms ")?.contains("going on") == true)
        #expect(driver.screen().contains("two devices"))
        driver.type("1")
        #expect(driver.line(with: " Broker log ")?.contains("see 3") == true)
        driver.wait(milliseconds: 200_000)
        driver.type("3")
        #expect(driver.line(with: " Alarms ")?.contains("all over") == true)
    }

    @Test func clientsAreWrittenToAFile() {
        var driver = busy()
        guard case .save("mqscope-clients", "csv", let bytes)? = driver.type("e").last else {
            Issue.record("no file")
            return
        }
        #expect(String(decoding: bytes, as: UTF8.self).contains("\r\nuav1,"))
        guard case .save("mqscope-clients", "json", _)? = driver.type("E").last else {
            Issue.record("no file")
            return
        }
        _ = driver.dashboard.handle(.saved(path: "x.csv", failure: nil))
        #expect(driver.screen().contains("Written: x.csv"))
        _ = driver.dashboard.handle(.saved(path: "x.csv", failure: "Permission denied"))
        #expect(driver.screen().contains("Not written: x.csv: Permission denied."))
    }

    @Test func aLineThatTurnsOutToBeGraverIsShownAsSuch() {
        var driver = busy()
        driver.type("<BackTab>vv")
        let line = "1795521610: Something that only 2.2 writes."
        _ = driver.dashboard.handle(.brokerLog(lines: [Array(line.utf8)], driver.now))
        #expect(driver.line(with: "only 2.2 writes") == nil, "a notice, as far as can be told")
        driver.receive("$SYS/broker/log/W", line)
        #expect(driver.line(with: "only 2.2 writes") != nil)
    }

    @Test(
        "What is not of today says so",
        arguments: [
            (0, "12:00:00"), (43_000, "00:03:20"), (44_000, "-1d23:46"), (180_000, "-2d10:00"),
            (2_000_000, "-23d 08h"), (20_000_000, "-231d   "), (-86_400, "+1d12:00"),
        ] as [(Int64, String)])
    func otherDays(age: Int64, time: String) {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        _ = driver.dashboard.handle(.brokerLogSource(BrokerLogSource(name: "log", state: .reading)))
        let line = "\(1_795_521_600 - age): New client connected from 10.0.0.1:50001 as ev3 (p4, c1, k60)."
        _ = driver.dashboard.handle(.brokerLog(lines: [Array(line.utf8)], driver.now))
        driver.type("3")
        #expect(driver.line(with: "connected from 10.0.0.1")?.hasPrefix(" \(time)  N  ev3") == true)
        #expect(driver.line(with: " ● ev3 ")?.contains(" \(time)  ") == true)
    }

    @Test("A time of a form that is not known is shown as far as it is one")
    func strangeStamps() {
        var driver = busy()
        for stamp in ["24/11/26 03:57:21", "03:57:22"] {
            _ = driver.dashboard.handle(
                .brokerLog(lines: [Array("\(stamp): Client tb3 disconnected.".utf8)], driver.now))
        }
        let rows = driver.lines().filter { $0.contains("  tb3  ") && $0.contains(" N ") }
        #expect(rows.map { $0.dropFirst().prefix(8) } == ["03:57:21", "03:57:22"])
    }

    @Test("Times without a zone are said to be taken as ours")
    func zoneless() {
        var driver = busy()
        #expect(driver.line(with: " Broker log ")?.contains("zone") == false)
        let line = "2026-11-24T11:59:21: Client tb3 disconnected."
        _ = driver.dashboard.handle(.brokerLog(lines: [Array(line.utf8)], driver.now))
        #expect(driver.line(with: " 11:59:21  N  tb3 ") != nil)
        #expect(driver.line(with: " Broker log ")?.contains("times without a zone: as if of ours") == true)
    }

    @Test("Why a command fails stands there in full, in every size", arguments: [(24, 80), (43, 132), (12, 40)])
    func failingCommand(rows: Int, columns: Int) {
        var driver = Driver(rows: rows, columns: columns)
        driver.connect()
        let command = "ssh -p 25998 robot@127.0.0.1 journalctl -u mosquitto -o cat -f"
        let reason = "failed (255): ssh: connect to host 127.0.0.1 port 25998: Connection refused"
        let state = BrokerLogSource.State.failed(reason, retryAt: driver.now.advanced(milliseconds: 4_000))
        _ = driver.dashboard.handle(.brokerLogSource(BrokerLogSource(name: command, state: state)))
        driver.type(columns == 40 ? "3<BackTab>z" : "3")
        let words = driver.lines().map { $0.trimmingSpaces }.joined(separator: " ")
        if columns > 40 { #expect(words.contains("\(reason); again in 4 s: \(command).")) }
        #expect(words.contains("robot@127.0.0.1"))
        #expect(driver.line(with: " Broker log ")?.contains("ssh") == false)
    }

    @Test("Without connection messages nobody knows since when a client is there")
    func noConnectionMessages() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        driver.receive("$SYS/broker/log/M/subscribe", "1795521605: ev3 0 robots/#")
        driver.type("3")
        #expect(driver.line(with: " ev3 ")?.hasPrefix(" ◐ ev3") == true)
        #expect(driver.line(with: " ◐ ev3 ")?.contains("  ?  ") == true)
        #expect(driver.line(with: " Clients ")?.contains("no connection was logged (connection_messages)") == true)
        driver.receive("$SYS/broker/log/N", "1795521606: New client connected from 10.0.0.1:1 as tb3 (p2, c1, k15).")
        #expect(driver.line(with: " ◐ ev3 ")?.contains("before") == true)
        #expect(driver.line(with: " Clients ")?.contains("connection_messages") == false)
    }

    @Test("Clients for which there was no room are told")
    func tooManyClients() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        for number in 0..<10_050 {
            driver.dashboard.brokerLog.log.ingestLine(
                "1795521605: New client connected from 10.0.0.1:1 as c\(number) (p2, c1, k15).", at: driver.now)
        }
        driver.type("3")
        #expect(driver.line(with: " Clients ")?.contains(" had no room, others known since ") == true)
        #expect(driver.line(with: " Clients ")?.contains(" more below") == true)
    }

    @Test("The strip counts by the broker's clock", arguments: [0, -3_600, 1_000_000] as [Int64])
    func stripOfAnotherClock(ahead: Int64) {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        for minute in 0..<3 as Range<Int64> {
            let time = 1_795_521_600 + ahead + minute * 60
            for _ in 0...minute { driver.receive("$SYS/broker/log/N", "\(time): Client ev3 disconnected.") }
            driver.wait(milliseconds: 60_000)
        }
        driver.type("3")
        #expect(
            driver.line(with: " Broker log ")?.contains("▃▆█▁ a minute") == true,
            "\(driver.line(with: " Broker log ") ?? "")")
    }
}

extension BrokerLog {
    /// Takes a line by its topic.
    fileprivate mutating func ingestLine(_ text: String, at arrival: Instant) {
        _ = ingest(topic: "$SYS/broker/log/N".utf8, payload: text.utf8, arrival: arrival)
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        split(separator: " ").joined(separator: " ")
    }
}
