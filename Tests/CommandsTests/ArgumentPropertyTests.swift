import MQTT
import Testing

@testable import Commands

/// The properties of `-D`.
@Suite struct ArgumentPropertyTests {
    private func properties(_ lines: String...) throws -> PacketProperties {
        let words = lines.flatMap { ["-D"] + $0.split(separator: " ").map(String.init) }
        return try CommandSettings(least: .pub, words + ["--will-topic", "w"]).properties
    }

    @Test func eachPropertyGoesIntoItsPacket() throws {
        let properties = try properties(
            "connect authentication-method SCRAM", "connect authentication-data abc",
            "connect maximum-packet-size 1000",
            "connect receive-maximum 5", "connect request-problem-information 0",
            "connect request-response-information 1", "connect session-expiry-interval 60",
            "connect topic-alias-maximum 9", "connect user-property k v", "publish content-type text/csv",
            "publish correlation-data xyz", "publish message-expiry-interval 0x10",
            "publish payload-format-indicator 1",
            "publish response-topic a/b", "publish topic-alias 3", "publish user-property a b",
            "publish user-property a c", "subscribe subscription-identifier 7", "subscribe user-property s t",
            "unsubscribe user-property u v", "disconnect session-expiry-interval 9", "disconnect reason-string bye",
            "disconnect user-property d e", "will content-type x", "will correlation-data y",
            "will message-expiry-interval 8", "will payload-format-indicator 0", "will response-topic z",
            "will will-delay-interval 4", "will user-property w x")
        var connect = Properties()
        connect.authenticationMethod = "SCRAM"
        connect.authenticationData = Array("abc".utf8)
        connect.maximumPacketSize = 1_000
        connect.receiveMaximum = 5
        connect.requestProblemInformation = 0
        connect.requestResponseInformation = 1
        connect.sessionExpiryInterval = 60
        connect.topicAliasMaximum = 9
        connect.userProperties = [UserProperty("k", "v")]
        #expect(properties.connect == connect)
        var publish = Properties()
        publish.contentType = "text/csv"
        publish.correlationData = Array("xyz".utf8)
        publish.messageExpiryInterval = 16
        publish.payloadFormatIndicator = 1
        publish.responseTopic = "a/b"
        publish.topicAlias = 3
        publish.userProperties = [UserProperty("a", "b"), UserProperty("a", "c")]
        #expect(properties.publish == publish)
        #expect(properties.subscribe.subscriptionIdentifiers == [7])
        #expect(properties.subscribe.userProperties == [UserProperty("s", "t")])
        #expect(properties.unsubscribe.userProperties == [UserProperty("u", "v")])
        #expect(properties.disconnect.sessionExpiryInterval == 9 && properties.disconnect.reasonString == "bye")
        #expect(properties.disconnect.userProperties == [UserProperty("d", "e")])
        var will = Properties()
        will.contentType = "x"
        will.correlationData = Array("y".utf8)
        will.messageExpiryInterval = 8
        will.payloadFormatIndicator = 0
        will.responseTopic = "z"
        will.willDelayInterval = 4
        will.userProperties = [UserProperty("w", "x")]
        #expect(properties.will == will)
    }

    @Test func namesAreNotCaseSensitiveAndValuesMayBeAnything() throws {
        #expect(try properties("CONNECT Receive-Maximum 7").connect.receiveMaximum == 7)
        let words = ["-D", "publish", "USER-property", "-d", "--help", "-t", "b"]
        let settings = try CommandSettings(least: .pub, words)
        #expect(settings.properties.publish.userProperties == [UserProperty("-d", "--help")])
        #expect(settings.sending.topic?.string == "b")
    }

    @Test(arguments: [
        ("foo bar baz", "Error: Invalid command foo given in --property argument."),
        ("connect foo bar", "Error: Invalid property name foo given in --property argument."),
        ("connect content-type x", "Error: content-type property not allowed for connect in --property argument."),
        ("will reason-string x", "Error: reason-string property not allowed for will in --property argument."),
        (
            "unsubscribe subscription-identifier 3",
            "Error: subscription-identifier property not allowed for unsubscribe"
        ),
        ("publish subscription-identifier 3", "Error: subscription-identifier property not allowed for publish"),
        ("auth authentication-method x", "Error: authentication-method property not supported for auth"),
        ("puback reason-string x", "Error: reason-string property not supported for puback"),
        ("connack reason-string x", "Error: reason-string property not supported for connack"),
        ("connect", "Error: --property argument given but not enough arguments specified."),
        ("connect receive-maximum", "Error: --property argument given but not enough arguments specified."),
        ("publish user-property k", "Error: --property argument given but not enough arguments specified."),
        ("publish topic-alias 70000", "Error: Property value (70000) out of range for property topic-alias."),
        ("publish topic-alias 0", "Error: Property value (0) out of range for property topic-alias."),
        ("publish topic-alias -1", "Error: Property value (-1) out of range for property topic-alias."),
        ("publish topic-alias abc", "Error: Property value 'abc' not a number."),
        ("publish payload-format-indicator 2", "Error: Property value (2) out of range"),
        ("publish message-expiry-interval 4294967296", "Error: Property value (4294967296) out of range"),
        ("connect receive-maximum 0", "Error: Property value (0) out of range for property receive-maximum."),
        ("connect maximum-packet-size 0", "Error: Property value (0) out of range"),
        ("connect request-problem-information 2", "Error: Property value (2) out of range"),
        ("CONNECT RECEIVE-maximum 70000", "Error: Property value (70000) out of range for property RECEIVE-maximum."),
        ("subscribe subscription-identifier 0", "Error: Property value (0) out of range"),
        ("subscribe subscription-identifier 268435456", "Error: Property value (268435456) out of range"),
        ("publish response-topic a/#", "Error: Invalid response topic 'a/#'"),
        ("connect authentication-data x", "Error in CONNECT properties: authentication-data needs"),
    ]) func whatCannotBe(line: String, message: String) {
        let words = ["-t", "a", "-n", "-D"] + line.split(separator: " ").map(String.init)
        #expect(complaint(.pub, words).hasPrefix(message))
    }

    @Test func aPropertyStandsOnceAndNeedsMQTT5() {
        let twice = "Error in PUBLISH properties: Duplicate property in property list."
        let property = ["-D", "publish", "content-type", "x"]
        #expect(complaint(.pub, ["-t", "a", "-n"] + property + property).hasPrefix(twice))
        #expect(
            complaint(.pub, ["-t", "a", "-n"] + property + ["-V", "311"]).hasPrefix("Error: Properties need MQTT 5.0."))
        #expect(complaint(.pub, ["-t", "a", "-n", "-V", "311"] + property) == "")
        let expiry = ["-D", "connect", "session-expiry-interval", "5", "-x", "6"]
        #expect(complaint(.sub, ["-t", "a"] + expiry).hasPrefix("Error in CONNECT properties: Duplicate property"))
        let response = CommandSettings.least(.rr) + ["-D", "publish", "response-topic", "x"]
        #expect(complaint(.rr, response).hasPrefix("Error in PUBLISH properties: Duplicate response topic."))
    }

    @Test func aSessionThatEndsWithTheConnectionIsGivenNoTimeAtItsEnd() {
        func complaint(_ seconds: String, _ more: [String] = []) -> String {
            CommandsTests.complaint(
                .sub, ["-t", "a", "-D", "disconnect", "session-expiry-interval", seconds] + more)
        }
        for more in [[], ["-x", "0"], ["-D", "connect", "session-expiry-interval", "0"]] {
            #expect(complaint("1", more).hasPrefix("Error in DISCONNECT properties: "), "\(more)")
            #expect(complaint("0", more) == "")
        }
        for more in [["-x", "1"], ["-c", "-i", "me"], ["-D", "connect", "session-expiry-interval", "1"]] {
            #expect(complaint("4294967295", more) == "", "\(more)")
        }
    }

    @Test(arguments: Command.allCases) func allOfThemAreTakenByEveryCommand(command: Command) {
        for property in PropertyName.allCases {
            for packet in property.packets where packet != "will" {
                let value =
                    switch property {
                    case .userProperty: ["a", "b"]
                    default: ["1"]
                    }
                var words = CommandSettings.least(command) + ["-D", packet, property.rawValue] + value
                if property == .authenticationData { words += ["-D", "connect", "authentication-method", "x"] }
                if packet == "disconnect", property == .sessionExpiryInterval { words += ["-x", "9"] }
                if command == .rr, property == .responseTopic { continue }
                #expect(complaint(command, words) == "", "\(packet) \(property)")
            }
        }
    }
}
