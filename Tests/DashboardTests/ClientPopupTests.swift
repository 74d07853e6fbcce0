import Broker
import MQTT
import Testing

@testable import Dashboard

/// All that is known of one client, and what is not.
@Suite struct ClientPopupTests {
    /// The popup's lines after the broker said `lines`, by severity, the last but `seconds` ago.
    private func lines(
        _ client: String, _ lines: [(severity: String, text: String)], seconds: Int64 = 1, size: (Int, Int) = (43, 132)
    ) -> [String: String] {
        var driver = Driver(rows: size.0, columns: size.1)
        driver.connect()
        for (severity, text) in lines { driver.receive("$SYS/broker/log/\(severity)", "1795521600: \(text)") }
        driver.wait(milliseconds: seconds * 1_000)
        return shown(client, in: &driver)
    }

    /// What the popup of `client` shows: by what it tells, that; lines that go on are joined.
    private func shown(_ client: String, in driver: inout Driver) -> [String: String] {
        driver.type("3<Home>")
        for _ in 0..<20 where driver.dashboard.clients.selected != client { driver.type("<Down>") }
        #expect(driver.dashboard.clients.selected == client)
        driver.type("<Enter>")
        var found: [String: String] = [:]
        var name = ""
        for line in driver.lines() {
            guard let start = line.firstIndex(of: "│"), let end = line.lastIndex(of: "│"), start < end else { continue }
            let text = Array(line[line.index(after: start)..<end].dropFirst())
            let label = String(text.prefix(18)).split(separator: " ").joined(separator: " ")
            let value = String(text.dropFirst(19)).split(separator: " ").joined(separator: " ")
            if !label.isEmpty { name = label }
            found[name] = [found[name] ?? "", value].filter { !$0.isEmpty }.joined(separator: "; ")
        }
        return found
    }

    private static let connected = "New client connected from 10.0.0.1:50001 as ev3-1 (p4, c0, k15, u'ev3')."

    @Test func everythingThatTheLogTells() {
        let shown = lines(
            "ev3-1",
            [
                ("N", "mosquitto version 2.1.2 starting"),
                ("N", "New connection from 10.0.0.1:49000 on port 8883."),
                ("N", "New client connected from 10.0.0.1:49000 as ev3-1 (p4, c0, k15, u'ev3')."),
                ("N", "Client ev3-1 [10.0.0.1:49000] disconnected: exceeded timeout."),
                ("N", "New connection from 10.0.0.1:50001 on port 8883."),
                ("N", Self.connected),
                ("N", "Client ev3-1 negotiated TLSv1.3 cipher TLS_AES_256_GCM_SHA384"),
                ("M/subscribe", "ev3-1 1 robots/ev3-1/cmd"), ("M/subscribe", "ev3-1 0 a filter with blanks"),
            ], seconds: 65)
        #expect(shown["client identifier"] == "ev3-1")
        #expect(shown["state"] == "connected")
        #expect(shown["address"] == "10.0.0.1:50001")
        #expect(shown["user"] == "ev3")
        #expect(shown["protocol"] == "MQTT 3.1.1")
        #expect(shown["clean session"] == "no: the broker keeps its session")
        #expect(shown["keep-alive"] == "15 s")
        #expect(shown["listener"] == "8883")
        #expect(shown["TLS"] == "TLSv1.3, TLS_AES_256_GCM_SHA384")
        #expect(shown["connected since"] == "12:00:00 (1m ago)")
        #expect(shown["last disconnect"] == "12:00:00 (1m ago): silent for longer than its keep-alive")
        #expect(shown["last refused"] == nil)
        #expect(shown["reconnects"] == "1")
        #expect(
            shown["subscriptions"]
                == "robots/ev3-1/cmd (QoS 1); a filter with blanks (QoS 0); perhaps more, from before the log was seen",
            "the broker keeps its session, which may be older than the log")
    }

    @Test func whatIsNotKnownIsSaid() {
        let shown = lines("ghost", [("M/subscribe", "ghost 0 a")])
        #expect(shown["state"] == "connected, as a line that names it tells")
        #expect(shown["address"] == "not known")
        for name in ["user", "protocol", "clean session", "keep-alive"] {
            #expect(shown[name] == "not known: it was not seen to connect", "\(name)")
        }
        #expect(shown["listener"]?.hasPrefix("not told") == true)
        #expect(shown["TLS"] == "none told (only mosquitto 2.1 does)")
        #expect(shown["connected since"] == "not known: no client was logged to connect (connection_messages)")
        #expect(shown["last disconnect"] == "none seen")
        #expect(shown["reconnects"] == "none seen")
        #expect(shown["subscriptions"] == "a (QoS 0); perhaps more, from before the log was seen")
    }

    @Test func theMissingLinesOfTheConfigurationAreNamed() {
        let shown = lines("ev3-1", [("N", Self.connected)], seconds: 11)
        #expect(
            shown["subscriptions"]
                == "not known: mosquitto.conf lacks log_type subscribe; and log_type unsubscribe")
    }

    @Test func anonymousRefusedAndGone() {
        var shown = lines(
            "uav1",
            [
                ("N", "New client connected from 10.0.0.2:50002 as uav1 (p5, c1, k0)."),
                ("M/subscribe", "other 0 a"), ("N", "Client uav1 [10.0.0.2:50002] disconnected."),
                ("N", "Client uav1 [10.0.0.2:50003] disconnected: not authorised."),
            ])
        #expect(shown["user"] == "none" && shown["keep-alive"] == "off" && shown["clean session"] == "yes")
        #expect(shown["state"] == "not connected" && shown["connected since"] == "not connected")
        #expect(shown["last disconnect"] == "12:00:00 (1s ago): disconnected")
        #expect(shown["last refused"] == "12:00:00 (1s ago): login refused")
        shown = lines("mqscope-lab-a1b2c3", [])
        #expect(shown["client identifier"] == "mqscope-lab-a1b2c3 (mqscope itself)")
    }

    @Test func itScrollsLeadsToTheLogAndCloses() {
        var driver = Driver(rows: 12, columns: 40)
        driver.connect()
        driver.receive("$SYS/broker/log/N", "1795521600: " + Self.connected)
        for number in 0..<30 { driver.receive("$SYS/broker/log/M/subscribe", "1795521600: ev3-1 0 filter/\(number)") }
        driver.type("3<Home>")
        while driver.dashboard.clients.selected != "ev3-1" { driver.type("<Down>") }
        driver.type("<Enter>")
        #expect(driver.screen().contains("identifier") && !driver.screen().contains("filter/29"))
        driver.type("<End>")
        #expect(driver.screen().contains("filter/29"))
        // It lives on while lines come.
        driver.receive("$SYS/broker/log/M/subscribe", "1795521600: ev3-1 0 filter/30")
        driver.type("<PgDn>")
        #expect(driver.screen().contains("filter/30"))
        driver.receive("$SYS/broker/log/I", "1795521601: mosquitto version 2.1.2 starting")
        driver.type("<Home>")
        #expect(driver.screen().contains("not connected"))
        driver.receive("$SYS/broker/log/N", "1795521602: " + Self.connected)
        driver.type("l")
        #expect(driver.dashboard.brokerLog.selection.filter.client == "ev3-1")
        #expect(driver.dashboard.popup == nil)
        driver.type("<Enter><Esc>")
        #expect(driver.dashboard.popup == nil && driver.dashboard.view == .broker)
    }

    @Test func withoutASubscriptionToTheLogNoLineOfAConfigurationIsMissing() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        driver.wait(milliseconds: 20_000)
        driver.deliver(.subscription(.system, .removed))
        let shown = shown("mqscope-lab-a1b2c3", in: &driver)
        #expect(shown["subscriptions"] == "not known: the log is not subscribed to")
    }
}
