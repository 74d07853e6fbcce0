import MQTT
import Monitor
import Screen
import Testing

@testable import Dashboard

/// Composing, publishing, clearing, and what became of it.
@Suite struct ComposerTests {
    private func lab(_ options: DashboardOptions? = nil) -> Driver {
        var driver = Driver(rows: 43, columns: 132, options: options)
        driver.connect()
        driver.receive("robots/ev3-1/cmd", "{}")
        driver.type("o<End>")
        return driver
    }

    private func published(_ effects: [Effect]) -> (id: RequestID, message: Message)? {
        for case .publish(_, let id, let message) in effects { return (id, message) }
        return nil
    }

    @Test func beginsWithTheSelectedTopicAndTakesSeveralLines() throws {
        var driver = lab()
        driver.type("pline 1<Enter>line 2")
        let (_, message) = try #require(published(driver.type("<Ctrl-S>")))
        #expect(message.topic.string == "robots/ev3-1/cmd")
        #expect(message.payload == Array("line 1\nline 2".utf8))
        #expect(message.qos == .atMostOnce)
        #expect(!message.isRetained)
    }

    @Test func qosAndRetainAreFields() throws {
        var driver = lab()
        driver.type("px<BackTab><Space><BackTab>2")
        let (_, message) = try #require(published(driver.type("<F5>")))
        #expect(message.qos == .exactlyOnce)
        #expect(message.isRetained)
    }

    @Test func retainIsNotTakenAlongToAnotherTopic() throws {
        var driver = lab()
        driver.type("px<BackTab><Space>")
        #expect(try #require(published(driver.type("<F5>"))).message.isRetained)
        driver.receive("robots/ev3-2/cmd", "{}")
        driver.type("<Esc><End>px")
        let (_, message) = try #require(published(driver.type("<F5>")))
        #expect(message.topic.string == "robots/ev3-2/cmd" && !message.isRetained)
    }

    @Test func anEmptyRetainedMessageClearsSoItIsAskedFor() throws {
        var driver = lab()
        driver.type("p<BackTab><Space>")
        #expect(driver.type("<F5>").isEmpty)
        #expect(driver.screen().contains("Clear the retained message of"))
        let (_, message) = try #require(published(driver.type("y")))
        #expect(message.isRetained && message.payload.isEmpty)
    }

    @Test func whatBecameOfEarlierOnesCanBeScrolledTo() {
        var driver = Driver(rows: 24, columns: 80)
        driver.connect()
        driver.type("p")
        for topic in ["first", "second", "third"] { driver.type("<Ctrl-U>\(topic)<Ctrl-S>") }
        #expect(driver.line(with: "first q0") == nil)
        driver.type("<PgUp><PgUp>")
        #expect(driver.line(with: "first q0") != nil)
        driver.type("<PgDn><PgDn>")
        #expect(driver.line(with: "third q0") != nil)
    }

    @Test func whatIsEmptyAlreadyIsNotClearedAgain() {
        var driver = lab()
        driver.receive("robots/ev3-1/cmd", "")
        driver.type("<Del>")
        #expect(!driver.screen().contains("Sure?"))
        #expect(driver.screen().contains("the latest message is empty"))
    }

    @Test func whatTheTerminalCannotCopyIsSaid() {
        var driver = lab()
        #expect(driver.dashboard.handle(.notCopied(byteCount: 5_000_000)).isEmpty)
        #expect(driver.screen().contains("Not copied: this terminal has no clipboard, or 4.8 MiB are too much for it."))
    }

    @Test func aTopicThatCannotBePublishedToIsToldAndNothingGoesOut() {
        var driver = lab()
        driver.type("p<Tab>")
        driver.type("<Ctrl-U>a/+")
        #expect(driver.type("<Ctrl-S>").isEmpty)
        #expect(driver.screen().contains("Not published"))
        #expect(driver.screen().contains("wildcards"))
    }

    @Test func pastedTextArrivesAsItIs() throws {
        var driver = lab()
        driver.type("p")
        #expect(driver.dashboard.handle(.paste("q \r\nü\t1")).isEmpty)
        let (_, message) = try #require(published(driver.type("<Ctrl-S>")))
        #expect(message.payload == Array("q \nü\t1".utf8))
    }

    @Test func theDraftIsKeptWhenThePaneIsClosed() throws {
        var driver = lab()
        driver.type("pabc<Esc>")
        #expect(driver.dashboard.isComposing == false)
        driver.type("pd")
        let (_, message) = try #require(published(driver.type("<Ctrl-S>")))
        #expect(message.payload == Array("abcd".utf8))
    }

    static let outcomes: [(Outcome, String)] = [
        (.queued, "queued"),
        (.written, "handed to the network"),
        (.acknowledged(.success, reasonString: nil, microseconds: 12_300), "acknowledged after 12 ms: Success (0x00)"),
        (.acknowledged(.noMatchingSubscribers, reasonString: nil, microseconds: 1_000), "nobody is subscribed (0x10)"),
        (
            .acknowledged(.notAuthorized, reasonString: "no", microseconds: 1_000),
            "refused after 1.0 ms: Not authorized (0x87) “no”"
        ),
        (.unsendable(.connectionLost), "connection was lost before the broker answered"),
        (.unsendable(.notConnected), "there is no connection"),
        (
            .unsendable(.packetTooLarge(size: 2_000_000, limit: 1_048_576)),
            "2,000,000 bytes, the broker takes at most 1,048,576"
        ),
        (.unsendable(.qosNotSupported(maximum: .atLeastOnce)), "at most QoS 1"),
        (.unsendable(.retainNotSupported), "keeps no retained messages"),
        (.unsendable(.queueFull), "too many wait"), (.unsendable(.expired), "waited longer than its expiry"),
    ]

    @Test(arguments: outcomes) func whatBecameOfItIsTold(outcome: Outcome, words: String) throws {
        var driver = lab()
        let (id, _) = try #require(published(driver.type("px<Ctrl-S>")))
        driver.deliver(.outcome(id, outcome))
        #expect(driver.screen().contains(words))
        #expect(!driver.screen().lowercased().contains("sent"))
    }

    @Test func theEchoOfOurOwnMessageIsProof() throws {
        var driver = lab()
        let (id, _) = try #require(published(driver.type("pgo<Ctrl-S>")))
        driver.deliver(.outcome(id, .written))
        driver.wait(milliseconds: 7)
        driver.receive("robots/ev3-1/cmd", "go ")
        #expect(!driver.screen().contains("echoed back"), "another payload is no echo")
        driver.receive("robots/ev3-1/cmd", "go")
        #expect(driver.screen().contains("echoed back after 7.0 ms"))
    }

    @Test func earlierVersionsCannotReportARefusal() throws {
        var driver = Driver(rows: 43, columns: 132)
        driver.connect(version: .v3_1_1)
        driver.receive("a", "1")
        driver.type("o<End>")
        let (id, _) = try #require(published(driver.type("px<Ctrl-S>")))
        driver.deliver(.outcome(id, .acknowledged(.success, reasonString: nil, microseconds: 500)))
        #expect(driver.screen().contains("MQTT 3.1.1 cannot report a refusal"))
    }

    @Test func clearingAsksWithTopicAndBrokerFirst() throws {
        var driver = lab()
        #expect(driver.type("<Del>").isEmpty)
        #expect(driver.screen().contains("robots/ev3-1/cmd"))
        #expect(driver.screen().contains("on 10.42.0.3:1883?"))
        #expect(driver.type("n").isEmpty)
        #expect(driver.type("<Del><Enter>").isEmpty, "only y is yes")
        let (_, message) = try #require(published(driver.type("y")))
        #expect(message.payload.isEmpty)
        #expect(message.isRetained)
        #expect(message.topic.string == "robots/ev3-1/cmd")
    }

    @Test func readOnlyMakesPublishingAndClearingImpossible() {
        #expect(PublishPermit.issued(isReadOnly: true) == nil)
        var driver = lab(DashboardOptions(endpoint: Driver.endpoint, isReadOnly: true))
        #expect(driver.type("pabc<Ctrl-S><Esc>").isEmpty)
        #expect(driver.dashboard.isComposing == false)
        #expect(driver.type("<Del>y").allSatisfy { if case .publish = $0 { false } else { true } })
        #expect(driver.dashboard.popup == nil)
        driver.type("p")
        #expect(driver.screen().contains("--read-only"))
    }

    @Test func copiesTopicAndPayload() {
        var driver = lab()
        #expect(driver.type("y") == [.copy(Array("robots/ev3-1/cmd".utf8))])
        #expect(driver.type("Y") == [.copy(Array("{}".utf8))])
        #expect(!driver.screen().contains("copied"), "whether the terminal took it is not known")
    }
}
