import Broker
import MQTT
import Testing

@Suite("Client identifiers cannot fool the log")
struct HostileIdentifierTests {
    private static let identifiers = [
        "röbot 1 (p2, c1", "a b c", "id as other (p2, c1, k60).", "Client x disconnected.",
        "evil closed its connection",
        "x [1.2.3.4:5]", "x [1.2.3.4:5] disconnected: session taken over.", "a: b: c", "ends with:", " leading",
        "trailing ",
        "it's 'quoted' (p2, c1, k60, u'you')", "<unknown> ", "x disconnected, not authorised.", "0 #", "a 1 b/#",
        "日本 2 語",
        "from 1.2.3.4:5 on port 1883.", "negotiated TLSv1 cipher x", "127.0.0.1", "x: CONNECT with invalid protocol",
        "\u{202E}gnp", "nul\u{0}in it", "tab\tin it", "[31mred", "already connected, closing old connection.",
        "1795478240: N",
    ]

    /// Every sentence about a client, with `ID` for its identifier, in the wording of 2.0 and 1.x.
    private static let sentences = [
        ("N", "Client ID disconnected."), ("N", "Client ID closed its connection."),
        ("N", "Client ID has exceeded timeout, disconnecting."), ("N", "Client ID disconnected due to protocol error."),
        ("N", "Client ID disconnected due to oversize packet."), ("N", "Client ID disconnected, not authorised."),
        ("N", "Client ID disconnected: Connection reset by peer."), ("N", "Socket error on client ID, disconnecting."),
        ("E", "Client ID already connected, closing old connection."),
        ("N", "Bad socket read/write on client ID: Broken pipe"),
        ("N", "Bad client ID sending multiple CONNECT messages."),
        ("N", "Outgoing messages are being dropped for client ID."), ("N", "Expiring client ID due to timeout."),
        ("I", "Protocol error from ID: PUBLISH packet with mid = 0."), ("M/subscribe", "ID 1 robots/+/a b"),
        ("M/unsubscribe", "ID robots/+/a b"), ("N", "Client ID negotiated TLSv1.3 cipher TLS_AES_256_GCM_SHA384"),
        ("N", "Client ID [127.0.0.1:59450] disconnected."),
        ("N", "Client ID [127.0.0.1:59450] disconnected: session taken over."),
        ("N", "Client ID [127.0.0.1:59450] disconnected: bad socket read/write: Invalid input"),
        ("I", "Invalid QoS in PUBLISH from ID, disconnecting."),
    ]

    @Test("a client that connected is named rightly in every later line", arguments: identifiers)
    func known(identifier: String) {
        for (suffix, sentence) in Self.sentences {
            var log = BrokerLog()
            let arrival = log.take("N", "New client connected from 127.0.0.1:59450 as \(identifier) (p2, c1, k60).")
            #expect(arrival.client == identifier)
            let isAddress = identifier == "127.0.0.1" && sentence.hasPrefix("Invalid")
            let line = log.take(suffix, sentence.replacing("ID", with: identifier))
            #expect(line.client == (isAddress ? "?" : identifier), "\(sentence)")
            #expect(line.kind != .unknown, "\(sentence)")
        }
    }

    @Test("the roster knows that client, and no other", arguments: identifiers)
    func roster(identifier: String) {
        for (suffix, sentence) in Self.sentences {
            var log = BrokerLog()
            log.take("N", "New client connected from 127.0.0.1:59450 as \(identifier) (p2, c1, k60).")
            log.take(suffix, sentence.replacing("ID", with: identifier))
            #expect(log.roster.count == 1, "\(sentence)")
            #expect(log.roster[identifier]?.isInferred == false, "\(sentence)")
            let isEnd =
                sentence.contains(" disconnect") || sentence.contains("clos") || sentence.hasPrefix("Bad socket")
            let isOnlySaid = sentence.hasPrefix("Invalid") || sentence.hasPrefix("Bad client")
            let state: RosterClient.State = isEnd && !isOnlySaid ? .away : .connected
            #expect(log.roster[identifier]?.state == state, "\(sentence)")
        }
    }

    @Test("a client that was there before us is named rightly where the line leaves no choice")
    func unknown() {
        let identifiers = [
            "a b c", "röbot 1 (p2, c1", "evil closed its connection", "id as other (p2, c1, k60).", "a: b",
        ]
        for identifier in identifiers {
            for (suffix, sentence) in Self.sentences where !suffix.hasPrefix("M/") && !sentence.contains(": ") {
                var log = BrokerLog()
                #expect(
                    log.take(suffix, sentence.replacing("ID", with: identifier)).client == identifier, "\(sentence)")
            }
        }
    }

    @Test("a subscription of an unknown client with blanks is left as it is: it could be read in two ways")
    func ambiguous() {
        var log = BrokerLog()
        let line = log.take("M/subscribe", "my robot 0 1 a/b")
        #expect(line.kind == .unknown)
        #expect(line.words == "my robot 0 1 a/b")
        #expect(log.take("M/unsubscribe", "my robot a/b").kind == .unknown)
        #expect(log.take("M/subscribe", "my robot 0 a/b").client == "my robot")
    }

    @Test("the longest known identifier wins")
    func longest() {
        var log = BrokerLog()
        log.take("N", "New client connected from 127.0.0.1:1 as a (p2, c1, k60).")
        log.take("N", "New client connected from 127.0.0.1:2 as a 0 b (p2, c1, k60).")
        #expect(log.take("M/subscribe", "a 0 b 1 f").kind == .subscribed(client: "a 0 b", .atLeastOnce, filter: "f"))
        #expect(log.take("M/subscribe", "a 0 c 1 f").kind == .subscribed(client: "a", .atMostOnce, filter: "c 1 f"))
        #expect(log.take("M/unsubscribe", "a 0 b f").kind == .unsubscribed(client: "a 0 b", filter: "f"))
        #expect(log.take("M/unsubscribe", "a f g").kind == .unsubscribed(client: "a", filter: "f g"))
    }

    @Test("a user name cannot pass for another client", arguments: ["x (p2, c1, k1", "x') y", "u'", ") (", "(p9"])
    func userNames(name: String) {
        var log = BrokerLog()
        let line = log.take("N", "New client connected from 127.0.0.1:1 as ev3 (p2, c1, k60, u'\(name)').")
        #expect(line.client == "ev3")
        #expect(line.words.contains("as user \(name) ("))
    }

    @Test("what is not UTF-8 is repaired, and a client with such a name is known again")
    func notUTF8() {
        var log = BrokerLog()
        let name: [UInt8] = [0x62, 0xFF, 0x20, 0x30, 0x20, 0xC3]
        let arrival = Array("New client connected from 1.2.3.4 as ".utf8) + name + Array(" (c1, k60).".utf8)
        _ = log.ingest(topic: "$SYS/broker/log/N".utf8, payload: arrival, arrival: .zero)
        let line = log.ingest(
            topic: "$SYS/broker/log/M/subscribe".utf8, payload: name + Array(" 1 a 2 b".utf8), arrival: .zero)
        #expect(line?.client == "b\u{FFFD} 0 \u{FFFD}")
        #expect(line?.words == "subscribed to a 2 b (QoS 1)")
    }
}
