import MQTT
import Monitor
import Screen
import Testing

@testable import Dashboard

/// Connection, failure, and whether all is accounted for.
@Suite struct ConnectionTests {
    @Test func theStatusLineTellsTheConnectionTheRatesAndTheTruth() {
        var driver = Driver(rows: 24, columns: 132)
        driver.connect()
        for _ in 0..<40 {
            driver.wait(milliseconds: 50)
            driver.receive("a", "12345678")
        }
        let line = driver.lines()[0]
        #expect(line.contains("robots@10.42.0.3:1883"))
        #expect(line.contains("v5  ● live 00:00:02"))
        #expect(line.contains("20 msg/s") || line.contains("21 msg/s"))
        #expect(line.contains(" B/s"))
        #expect(line.contains("1 topic"))
        #expect(line.contains("… checking"))
    }

    static let failures: [(ConnectionFailure.Cause, String)] = [
        (
            .unreachable([AddressFailure(address: "10.42.0.3:1883", failure: .refused)]),
            "Nothing listens on 10.42.0.3:1883"
        ),
        (.nameUnknown, "not known"),
        (.noAnswer(milliseconds: 4_000), "does not answer MQTT"),
        (.closedBeforeAnswer(wasReset: false), "without an MQTT answer"),
        (.notMQTT(Array("HTTP/1.1 400 Bad Request\r\n".utf8)), "web server"),
        (.notMQTT(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)), "SSH"),
        (.notMQTT([0x15, 0x03, 0x03, 0x00, 0x02]), "TLS"),
        (.refused(.notAuthorized, reasonString: nil, serverReference: nil), "robots"),
    ]

    @Test(arguments: failures) func aFailureIsAPanelThatLeavesThePanesReadable(
        cause: ConnectionFailure.Cause, words: String
    ) {
        var driver = Driver()
        driver.connect()
        driver.receive("a", "value")
        driver.lose(cause)
        let screen = driver.screen()
        #expect(screen.contains(words))
        #expect(screen.contains("Next attempt in 4 s"))
        #expect(screen.contains("value"))
        #expect(driver.lines()[0].contains("○ not connected"))
    }

    @Test func aFailureThatRetryingCannotMendSaysSoAndRTriesNow() {
        var driver = Driver()
        driver.lose(.refused(.badUserNameOrPassword, reasonString: nil, serverReference: nil), retryInSeconds: nil)
        #expect(driver.screen().contains("Not tried again by itself"))
        #expect(driver.type("R") == [.reconnect])
    }

    @Test func fallingBackToAnOlderVersionIsTold() {
        var driver = Driver()
        driver.deliver(
            .status(
                .connected(
                    ConnectionInfo(
                        endpoint: Driver.endpoint, address: "10.42.0.3:1883", version: .v3_1_1, refusedVersion: .v5_0,
                        clientIdentifier: "m", keepAlive: 60, since: driver.now))))
        #expect(driver.screen().contains("refused MQTT 5.0, or did not answer it"))
        #expect(driver.lines()[0].contains("v3.1.1"))
    }

    @Test func whatWasAgreedOnInTLSIsShownAndThatNothingWasChecked() {
        for (check, words) in [(TLSInfo.Check.authority, "certificate checked"), (.none, "NOT checked")] {
            var driver = Driver()
            let certificate = Certificate(
                subject: "CN=robot", issuer: "CN=Lab CA", notBefore: 0, notAfter: 1, names: ["robot.lab"],
                fingerprint: Fingerprint(bytes: Array(repeating: 0xAB, count: 32)))
            let endpoint = Endpoint(host: "robot.lab", port: 8883, transport: .tls)
            driver.deliver(
                .status(
                    .connected(
                        ConnectionInfo(
                            endpoint: endpoint, address: "10.42.0.3:8883", proxy: "jump:1080",
                            tls: TLSInfo(version: .v1_3, certificate: certificate, check: check), version: .v5_0,
                            clientIdentifier: "m", keepAlive: 60, since: driver.now))))
            _ = driver.type("4")
            let screen = driver.screen()
            for text in ["1.3, ", words, "CN=robot, signed by CN=Lab CA", "robot.lab", "jump:1080 (SOCKS 5)"] {
                #expect(screen.contains(text), "\(text)")
            }
        }
    }

    // MARK: Truth

    private func statistics(_ driver: inout Driver, dropped: String?, isStored: Bool = false) {
        driver.receive("$SYS/broker/uptime", "\(driver.now.nanoseconds / 1_000_000_000) seconds", isRetained: isStored)
        if let dropped { driver.receive("$SYS/broker/publish/messages/dropped", dropped, isRetained: isStored) }
    }

    @Test func completeIsSaidOnlyAfterTheBrokersCountWasSeenToStandStill() {
        var driver = Driver()
        driver.connect()
        statistics(&driver, dropped: "7", isStored: true)
        driver.wait(milliseconds: 5_000)
        #expect(driver.lines()[0].contains("… checking"))
        statistics(&driver, dropped: nil)
        driver.wait(milliseconds: 1_000)
        #expect(driver.lines()[0].contains("✓ complete"))
    }

    @Test func aGrowingCountOfDroppedMessagesIsALoss() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        statistics(&driver, dropped: "7", isStored: true)
        driver.wait(milliseconds: 11_000)
        statistics(&driver, dropped: "107")
        driver.wait(milliseconds: 1_000)
        #expect(!driver.screen().contains("✓"))
        #expect(driver.lines()[0].contains("! broker dropped"))
        driver.type("4")
        #expect(driver.screen().contains("The broker dropped messages, for us or other"))
    }

    @Test func aCountFirstSeenLiveMayHoldDropsFromBefore() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        driver.wait(milliseconds: 5_000)
        statistics(&driver, dropped: "100")
        driver.wait(milliseconds: 1_000)
        #expect(!driver.screen().contains("✓"))
        driver.type("4")
        #expect(driver.screen().contains("up to 100"))
        #expect(driver.screen().contains("perhaps before we connected"))
    }

    @Test func theBrokersLogNamingUsIsALoss() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        driver.receive("$SYS/broker/log/N", "1795521605: Outgoing messages are being dropped for client somebody-else.")
        driver.type("4")
        #expect(!driver.screen().contains("dropped messages for us"))
        driver.receive(
            "$SYS/broker/log/N", "1795521605: Outgoing messages are being dropped for client mqscope-lab-a1b2c3.")
        #expect(driver.screen().contains("The broker dropped messages for us: its log said so 1 time"))
    }

    @Test func aLostConnectionIsAGapThatStaysOnRecord() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        driver.wait(milliseconds: 60_000)
        driver.lose(.lost(nil, milliseconds: 60_000))
        driver.wait(milliseconds: 4_000)
        driver.connect()
        driver.type("4")
        driver.type("<Tab>z")
        #expect(driver.screen().contains("Not connected from 12:01:00 for 4.0 s: messages in between are not seen."))
        #expect(driver.screen().contains("closed the connection after 60 s"))
        #expect(driver.lines()[0].contains("! 1 gap"))
    }

    @Test func aGapEndsWhenASubscriptionIsGrantedAgain() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        driver.lose(.lost(nil, milliseconds: 0), retryInSeconds: 0)
        driver.deliver(
            .status(
                .connected(
                    ConnectionInfo(
                        endpoint: Driver.endpoint, address: "10.42.0.3:1883", version: .v5_0, clientIdentifier: "x",
                        keepAlive: 60, since: driver.now))))
        driver.type("4")
        #expect(driver.screen().contains("Not connected from 12:00:00 on"))
        driver.wait(milliseconds: 300)
        driver.deliver(.subscription(.everything, .granted(.atMostOnce)))
        #expect(driver.screen().contains("Not connected from 12:00:00 for 300 ms"))
    }

    @Test func aGapTooShortToMeasureIsNotZero() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        driver.lose(.lost(nil, milliseconds: 0), retryInSeconds: 0)
        driver.connect()
        driver.type("4")
        #expect(driver.screen().contains("for less than 20 ms"))
    }

    @Test func whatTheLastAttemptMetStaysInSightWhileTheNextIsUnderWay() {
        var driver = Driver(rows: 43, columns: 132)
        driver.lose(.noAnswer(milliseconds: 4_000))
        #expect(driver.screen().contains("does not answer MQTT"))
        let rows = driver.dashboard.banner.count
        driver.deliver(.status(.connecting(attempt: 2)))
        #expect(driver.screen().contains("does not answer MQTT"))
        #expect(driver.screen().contains("attempt 2"))
        #expect(driver.dashboard.banner.count == rows)
        driver.connect()
        #expect(driver.dashboard.banner.isEmpty)
    }

    @Test func noClientConnectedIsACountOfBeforeWeCame() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        driver.receive("$SYS/broker/clients/connected", "0", isRetained: true)
        #expect(!driver.screen().contains("0 clients"))
        driver.receive("$SYS/broker/clients/connected", "2")
        #expect(driver.screen().contains("2 clients connected"))
    }

    @Test func filtersThatOverlapInPartSayThatMessagesComeTwice() throws {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        driver.deliver(.subscription(.everything, .removed))
        let words = "What both a/+ and +/b match may come, and count, twice."
        for text in ["a/+", "c", "+/b"] {
            let filter = try TopicFilter(text)
            driver.deliver(.subscription(filter, .requested))
            #expect(!driver.screen().contains("twice"))
            driver.deliver(.subscription(filter, .granted(.atMostOnce)))
            #expect(driver.screen().contains(words) == (text == "+/b"))
        }
    }

    @Test func whatABroaderFilterCoversIsRemovedAndARefusedOneCoversNothing() throws {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        let robots = try TopicFilter("robots/#")
        driver.deliver(.subscription(.everything, .refused(.notAuthorized, reasonString: nil)))
        #expect(driver.type("4arobots/#<Enter>") == [.subscribe([Subscription(robots)])])
        driver.deliver(.subscription(robots, .granted(.atMostOnce)))
        #expect(
            driver.type("a#<Enter>") == [.unsubscribe([robots]), .subscribe([Subscription(.everything)])])
        #expect(driver.screen().contains("# covers robots/#, which is removed"))
    }

    @Test func theBrokersOwnTopicsAreSubscribedToWithoutRetainAsPublished() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        driver.deliver(.subscription(.system, .removed))
        #expect(
            driver.type("4a$SYS/#<Enter>") == [.subscribe([Subscription(.system, retainAsPublished: false)])])
    }

    @Test func completeIsNotSaidForLongerThanItIsKnown() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        for _ in 0..<3 {
            driver.wait(milliseconds: 11_000)
            statistics(&driver, dropped: "0")
        }
        driver.wait(milliseconds: 1_000)
        #expect(driver.lines()[0].contains("✓ complete"))
        driver.wait(milliseconds: 30_000)
        #expect(driver.lines()[0].contains("○ no loss known"))
        statistics(&driver, dropped: "0")
        driver.wait(milliseconds: 1_000)
        #expect(driver.lines()[0].contains("✓ complete"))
        driver.deliver(.subscription(.system, .removed))
        #expect(!driver.lines()[0].contains("✓"))
    }

    @Test func theOldestLossCanBeScrolledTo() {
        var driver = Driver(rows: 12, columns: 40)
        for index in 0..<10 {
            driver.connect()
            driver.wait(milliseconds: index == 0 ? 60_000 : 3_600_000)
            driver.lose(.lost(nil, milliseconds: 60_000))
            driver.wait(milliseconds: 4_000)
        }
        driver.connect()
        driver.type("4<Tab>z")
        #expect(driver.line(with: "Losses")?.contains(" more rows ") == true)
        driver.type("<End>")
        #expect(driver.line(with: "Losses")?.contains("more row") == false)
        #expect(driver.screen().contains("Not connected from 12:01:00"))
    }

    @Test func aPauseHoldsEveryPaneAndEachSaysSo() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        func trace(_ topic: String) -> Delivery {
            var record = TraceRecord(time: driver.now, direction: .received, type: .publish)
            Array(topic.utf8).withUnsafeBytes { record.setTopic($0) }
            return .trace([record])
        }
        for index in 1...3 {
            driver.receive("robots/a", "\(index)")
            driver.receive("robots/b", "\(index)")
            driver.wait(milliseconds: 500)
        }
        driver.deliver(trace("before"))
        #expect(driver.screen().contains("branch · 2 topics · 6 messages"))
        driver.type("<Space>")
        driver.wait(milliseconds: 500)
        driver.receive("robots/a", "4")
        driver.receive("$SYS/broker/log/N", "1795521605: New connection from 10.0.0.1:5 on port 1883.")
        driver.deliver(trace("after"))
        driver.wait(milliseconds: 500)
        #expect(driver.screen().contains("branch · 2 topics · 6 messages"))
        #expect(driver.line(with: " Broker log ")?.contains("paused") == true)
        #expect(driver.line(with: " Messages ")?.contains("paused") == true)
        #expect(driver.line(with: " Topics ")?.contains("paused") == true)
        #expect(!driver.screen().contains("10.0.0.1"))
        // Nor do the broker's clients and alarms change, nor what is known of one.
        for _ in 0..<3 {
            driver.receive("$SYS/broker/log/E", "1795521606: Client uav1 already connected, closing old connection.")
        }
        driver.receive("$SYS/broker/clients/connected", "9")
        driver.type("3")
        #expect(driver.line(with: " Alarms ")?.contains("going on") == false)
        #expect(driver.line(with: " Clients ")?.contains("1 known to be connected") == true)
        #expect(!driver.screen().contains("uav1"))
        driver.type("4")
        #expect(driver.line(with: " Wire trace ")?.contains("paused") == true)
        #expect(driver.screen().contains("'before'") && !driver.screen().contains("'after'"))
        driver.type("<Space>")
        #expect(driver.screen().contains("'after'"))
        driver.type("1")
        #expect(driver.screen().contains("branch · 2 topics · 7 messages") && driver.screen().contains("uav1"))
        driver.type("3")
        #expect(driver.line(with: " Alarms ")?.contains("1 going on") == true)
        #expect(driver.line(with: " Clients ")?.contains("of 9 connected") == true)
    }

    @Test func aBrokerWithoutStatisticsCannotBeCheckedAndThatIsSaid() {
        var driver = Driver()
        driver.connect()
        driver.wait(milliseconds: 16_000)
        #expect(driver.lines()[0].contains("○ no loss known"))
        #expect(!driver.screen().contains("✓"))
    }

    @Test func evictedMessagesAreCountedExactly() {
        var options = DashboardOptions(endpoint: Driver.endpoint)
        options.limits.historyBytes = 65_536
        var driver = Driver(rows: 43, columns: 132, options: options)
        driver.connect()
        for index in 0..<5_000 { driver.receive("a", "payload number \(index)") }
        let evicted = driver.dashboard.store.evictedCount
        let held = driver.dashboard.store.nextSequence - driver.dashboard.store.oldestSequence
        #expect(evicted + held == 5_000)
        driver.type("4")
        #expect(driver.screen().contains("\(Format.count(evicted)) messages left the history"))
    }

    // MARK: View 4

    @Test func limitsSubscriptionsAndTraceStandInViewFour() {
        var driver = Driver(rows: 43, columns: 132)
        var properties = Properties()
        properties.receiveMaximum = 20
        properties.maximumPacketSize = 2_000_000
        properties.topicAliasMaximum = 10
        driver.connect(properties: properties)
        var record = TraceRecord(time: driver.now, direction: .received, type: .publish, identifier: 3, length: 5)
        Array("topic".utf8).withUnsafeBytes { record.setTopic($0) }
        driver.deliver(.trace([TraceRecord(time: driver.now, direction: .sent, type: .connect), record]))
        driver.type("4")
        let screen = driver.screen()
        #expect(screen.contains("Receive Maximum"))
        #expect(screen.contains("2,000,000 B"))
        #expect(driver.line(with: "$SYS/#")?.contains("granted, QoS 0") == true)
        #expect(screen.contains("Client mqscope-lab-a1b2c3 sending CONNECT"))
        #expect(screen.contains("Client mqscope-lab-a1b2c3 received PUBLISH (d0, q0, r0, m3, 'topic', ... (5 bytes))"))
    }

    @Test func subscriptionsAreAddedAndRemovedWhileConnected() throws {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        driver.type("4")
        #expect(driver.dashboard.focus == .subscriptions)
        #expect(driver.type("arobots/#<Enter>").isEmpty, "# covers it already")
        #expect(driver.screen().contains("# covers it already"))
        #expect(driver.type("<Ctrl-U>a/#/b<Enter>").isEmpty)
        #expect(driver.screen().contains("stands alone"))
        let filter = try TopicFilter("$share/g/a")
        #expect(driver.type("<Ctrl-U>$share/g/a<Enter>") == [.subscribe([Subscription(filter)])])
        driver.deliver(.subscription(filter, .refused(.notAuthorized, reasonString: nil)))
        #expect(driver.screen().contains("refused: Not authorized (0x87)"))
        #expect(driver.lines()[0].contains("! refused"))
        driver.type("<End>")
        #expect(driver.type("d") == [.unsubscribe([filter])])
        driver.deliver(.subscription(filter, .removed))
        driver.wait(milliseconds: 10_000)
        #expect(driver.line(with: "$share/g/a") == nil)
    }
}
