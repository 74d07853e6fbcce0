import MQTT
import Screen
import Testing

@testable import Dashboard

/// The detail of the selected topic.
@Suite struct DetailTests {
    private func detail(_ payload: [UInt8], rows: Int = 43, columns: Int = 132) -> Driver {
        var driver = Driver(rows: rows, columns: columns)
        driver.connect()
        driver.receive("a/b", payload, qos: .atLeastOnce)
        driver.type("o<End>")
        return driver
    }

    @Test func jsonKeepsKeyOrderAndNumberSpelling() {
        var driver = detail(Array(#"{"z":1.10,"a":[1e400,-0],"m":{"k":"v"}}"#.utf8))
        let detail = driver.lines().map { $0.dropFirst(73) }.joined(separator: "\n")
        let parts = [#""z": 1.10"#, #""a": ["#, "1e400", "-0", #""m": {"#].map { detail.range(of: $0)?.lowerBound }
        #expect(parts.allSatisfy { $0 != nil })
        #expect(parts.compactMap(\.self) == parts.compactMap(\.self).sorted())
        #expect(driver.screen().contains("JSON · 40 B · QoS 1") || driver.screen().contains("JSON · 39 B · QoS 1"))
    }

    @Test func textAndBinaryAreShownAsWhatTheyAre() {
        var text = detail(Array("hello\nworld".utf8))
        #expect(text.screen().contains("text · 11 B"))
        var binary = detail([0x0F, 0x00, 0xFF, 0x41])
        #expect(binary.screen().contains("0f 00 ff 41"))
    }

    @Test func theFormatCanBeChosen() {
        var driver = detail(Array("{}".utf8))
        driver.type("<Tab>")
        #expect(driver.dashboard.focus == .detail)
        // It is JSON already: that comes once only.
        #expect(driver.screen().contains("JSON · 2 B"))
        driver.type("x")
        #expect(driver.screen().contains("text · 2 B"))
        driver.type("x")
        #expect(driver.screen().contains("7b 7d"))
        driver.type("x")
        #expect(driver.screen().contains("JSON · 2 B"))
    }

    @Test func sizeQoSRetainAndRateAreToldInOneLine() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        for index in 0..<30 {
            driver.wait(milliseconds: 50)
            driver.receive("a/b", "\(index)", qos: .exactlyOnce, isRetained: index > 20)
        }
        driver.type("o<End>")
        let line = driver.line(with: "QoS 2") ?? ""
        #expect(line.contains("2 B"))
        #expect(line.contains("RETAIN"))
        #expect(line.contains("20/s"))
    }

    @Test func historyIsPagedThroughMessageByMessage() {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        for index in 0..<5 {
            driver.wait(milliseconds: 100)
            driver.receive("a/b", "value \(index)")
        }
        driver.type("o<End><Tab><Left>")
        #expect(driver.screen().contains("older message"))
        #expect(driver.line(with: "▸ 12:00:00.4")?.contains("value 3") == true)
        driver.receive("a/b", "value 5")
        #expect(driver.line(with: "▸ 12:00:00.4")?.contains("value 3") == true, "it stays while messages come")
        driver.type("<Right><Right>")
        #expect(driver.screen().contains("older message") == false)
        #expect(driver.screen().contains("value 5"))
    }

    @Test func wherePanesStackEnterOpensTheDetailAndEscapeClosesIt() {
        var driver = detail(Array("hello".utf8), rows: 24, columns: 80)
        #expect(driver.dashboard.layout.rect(of: .detail) == nil)
        driver.type("<Enter>")
        #expect(driver.dashboard.layout.rect(of: .detail) != nil)
        #expect(driver.screen().contains("text · 5 B"))
        driver.type("<Esc>")
        #expect(driver.dashboard.layout.rect(of: .detail) == nil)
    }

    @Test func propertiesOfAMessageAreShown() throws {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect()
        var properties = Properties()
        properties.responseTopic = "robots/ack"
        properties.contentType = "application/json"
        var encoded: [UInt8] = []
        try properties.encode(into: &encoded, of: .publishToClient)
        var batch = Batch(arrival: driver.now)
        Array("cmd".utf8).withUnsafeBytes { topic in
            Array("{}".utf8).withUnsafeBytes { payload in
                encoded.dropFirst().withUnsafeBytes {
                    batch.append(topic: topic, payload: payload, properties: $0, flags: PublishFlags(rawValue: 0))
                }
            }
        }
        driver.deliver(.messages(batch))
        #expect(driver.screen().contains("Response Topic robots/ack"))
        #expect(driver.screen().contains("Content Type application/json"))
    }
}
