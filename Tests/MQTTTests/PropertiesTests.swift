import MQTT
import Testing

@Suite("Properties")
struct PropertiesTests {
    /// Every property there is, with its bytes.
    private static let all: [(number: UInt8, bytes: [UInt8], set: @Sendable (inout Properties) -> Void)] = [
        (0x01, [0x01, 1], { $0.payloadFormatIndicator = 1 }),
        (0x02, [0x02, 0, 0, 1, 2], { $0.messageExpiryInterval = 258 }),
        (0x03, [0x03, 0, 1, 0x61], { $0.contentType = "a" }),
        (0x08, [0x08, 0, 1, 0x62], { $0.responseTopic = "b" }),
        (0x09, [0x09, 0, 2, 0, 0xFF], { $0.correlationData = [0, 0xFF] }),
        (0x0B, [0x0B, 0x80, 0x01], { $0.subscriptionIdentifiers = [128] }),
        (0x11, [0x11, 0xFF, 0xFF, 0xFF, 0xFF], { $0.sessionExpiryInterval = .max }),
        (0x12, [0x12, 0, 1, 0x63], { $0.assignedClientIdentifier = "c" }),
        (0x13, [0x13, 0, 60], { $0.serverKeepAlive = 60 }),
        (0x15, [0x15, 0, 1, 0x64], { $0.authenticationMethod = "d" }),
        (
            0x16, [0x15, 0, 1, 0x64, 0x16, 0, 1, 9],
            {
                $0.authenticationMethod = "d"
                $0.authenticationData = [9]
            }
        ),
        (0x17, [0x17, 0], { $0.requestProblemInformation = 0 }),
        (0x18, [0x18, 0, 0, 0, 5], { $0.willDelayInterval = 5 }),
        (0x19, [0x19, 1], { $0.requestResponseInformation = 1 }),
        (0x1A, [0x1A, 0, 1, 0x65], { $0.responseInformation = "e" }),
        (0x1C, [0x1C, 0, 1, 0x66], { $0.serverReference = "f" }),
        (0x1F, [0x1F, 0, 1, 0x67], { $0.reasonString = "g" }),
        (0x21, [0x21, 0, 20], { $0.receiveMaximum = 20 }),
        (0x22, [0x22, 0, 10], { $0.topicAliasMaximum = 10 }),
        (0x23, [0x23, 0, 3], { $0.topicAlias = 3 }),
        (0x24, [0x24, 1], { $0.maximumQoS = 1 }),
        (0x25, [0x25, 0], { $0.retainAvailable = 0 }),
        (0x26, [0x26, 0, 1, 0x68, 0, 1, 0x69], { $0.userProperties = [UserProperty("h", "i")] }),
        (0x27, [0x27, 0, 16, 0, 0], { $0.maximumPacketSize = 1 << 20 }),
        (0x28, [0x28, 0], { $0.wildcardSubscriptionAvailable = 0 }),
        (0x29, [0x29, 0], { $0.subscriptionIdentifierAvailable = 0 }),
        (0x2A, [0x2A, 0], { $0.sharedSubscriptionAvailable = 0 }),
    ]

    /// Table 2-4: where each property may stand.
    private static let table: [PropertySection: Set<UInt8>] = [
        .connect: [0x11, 0x15, 0x16, 0x17, 0x19, 0x21, 0x22, 0x26, 0x27],
        .will: [0x01, 0x02, 0x03, 0x08, 0x09, 0x18, 0x26],
        .connack: [
            0x11, 0x12, 0x13, 0x15, 0x16, 0x1A, 0x1C, 0x1F, 0x21, 0x22, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2A,
        ],
        .publishToServer: [0x01, 0x02, 0x03, 0x08, 0x09, 0x23, 0x26],
        .publishToClient: [0x01, 0x02, 0x03, 0x08, 0x09, 0x0B, 0x23, 0x26],
        .acknowledgement: [0x1F, 0x26], .subscribe: [0x0B, 0x26], .subscriptionAcknowledgement: [0x1F, 0x26],
        .unsubscribe: [0x26], .disconnectToServer: [0x11, 0x1F, 0x26], .disconnectToClient: [0x1C, 0x1F, 0x26],
        .auth: [0x15, 0x16, 0x1F, 0x26],
    ]

    @Test("every property stands where table 2-4 says and nowhere else", arguments: PropertySection.allCases)
    func table(section: PropertySection) throws {
        let allowed = try #require(Self.table[section])
        for (number, bytes, set) in Self.all {
            var properties = Properties()
            set(&properties)
            guard allowed.contains(number) else {
                #expect(throws: ProtocolViolation.self) { try Properties(decoding: bytes, of: section) }
                var written: [UInt8] = []
                #expect(throws: ProtocolViolation.self) { try properties.encode(into: &written, of: section) }
                #expect(written.isEmpty)
                continue
            }
            #expect(try Properties(decoding: bytes, of: section) == properties)
            var written: [UInt8] = []
            try properties.encode(into: &written, of: section)
            #expect(written == [UInt8(bytes.count)] + bytes)
        }
    }

    @Test("a property in a packet that does not have it is a Malformed Packet (2.2.2.2)")
    func foreign() {
        let violation = violation([0x24, 1], .publishToClient)
        #expect(violation?.reasonCode == .malformedPacket)
    }

    @Test("a single-use property twice is a Protocol Error (2.2.2)")
    func twice() {
        for (number, bytes, _) in Self.all where number != 0x26 && number != 0x0B {
            guard let section = Self.table.first(where: { $0.value.contains(number) })?.key else { continue }
            #expect(violation(bytes + bytes, section)?.reasonCode == .protocolError, "\(number)")
        }
        #expect(violation([0x0B, 1, 0x0B, 2], .subscribe)?.reasonCode == .protocolError)
    }

    @Test("User Properties repeat and keep their order, Subscription Identifiers repeat in deliveries")
    func repeated() throws {
        let bytes: [UInt8] = [0x26, 0, 1, 0x61, 0, 0, 0x0B, 7, 0x26, 0, 1, 0x61, 0, 1, 0x62, 0x0B, 3]
        let properties = try Properties(decoding: bytes, of: .publishToClient)
        #expect(properties.userProperties == [UserProperty("a", ""), UserProperty("a", "b")])
        #expect(properties.subscriptionIdentifiers == [7, 3])
    }

    @Test(
        "values that the specification forbids are refused",
        arguments: [
            ([0x01, 2], .publishToClient, .protocolError), ([0x17, 2], .connect, .protocolError),
            ([0x19, 9], .connect, .protocolError), ([0x24, 2], .connack, .protocolError),
            ([0x25, 2], .connack, .protocolError), ([0x28, 2], .connack, .protocolError),
            ([0x29, 2], .connack, .protocolError), ([0x2A, 2], .connack, .protocolError),
            ([0x21, 0, 0], .connack, .protocolError), ([0x27, 0, 0, 0, 0], .connack, .protocolError),
            ([0x0B, 0], .publishToClient, .protocolError), ([0x23, 0, 0], .publishToClient, .topicAliasInvalid),
            ([0x08, 0, 1, 0x2B], .publishToClient, .protocolError), ([0x08, 0, 1, 0x23], .will, .protocolError),
            ([0x16, 0, 0], .auth, .protocolError),
        ] as [([UInt8], PropertySection, ReasonCode)])
    func forbidden(bytes: [UInt8], section: PropertySection, code: ReasonCode) {
        #expect(violation(bytes, section)?.reasonCode == code)
    }

    @Test(
        "cut, unknown and ill-formed properties are Malformed Packets [MQTT-1.5.4-1, MQTT-1.5.7-1]",
        arguments: [
            [0x01], [0x02, 0, 0, 0], [0x03, 0, 2, 0x61], [0x09, 0, 9, 1], [0x0B, 0x80], [0x23, 0], [0x26, 0, 1, 0x61],
            [0x26, 0, 1, 0x61, 0, 1, 0xFF], [0x26, 0, 1, 0, 0, 0], [0x03, 0, 1, 0xC0], [0x00], [0x7F], [0x80, 0x01],
            [0x81, 0x00, 1], [0xFF, 0xFF, 0xFF, 0xFF],
        ] as [[UInt8]])
    func malformed(bytes: [UInt8]) {
        #expect(violation(bytes, .publishToClient)?.reasonCode == .malformedPacket)
    }

    @Test("checking without making values finds the same, and the Topic Alias")
    func checked() throws {
        func alias(_ bytes: [UInt8]) throws -> UInt16? {
            try bytes.withUnsafeBytes { try Properties.check($0, of: .publishToClient) }
        }
        #expect(try alias([0x23, 0, 9]) == 9)
        #expect(try alias([0x01, 1]) == nil)
        #expect(throws: ProtocolViolation.self) { try alias([0x24, 1]) }
    }

    @Test("what cannot be written is refused: wildcards, forbidden and too long values")
    func unwritable() {
        func refuses(_ change: (inout Properties) -> Void) -> Bool {
            var properties = Properties()
            change(&properties)
            var bytes: [UInt8] = []
            do throws(ProtocolViolation) {
                try properties.encode(into: &bytes, of: .publishToServer)
                return false
            } catch { return bytes.isEmpty }
        }
        #expect(refuses { $0.responseTopic = "a/+" })
        #expect(refuses { $0.payloadFormatIndicator = 2 })
        #expect(refuses { $0.topicAlias = 0 })
        #expect(refuses { $0.contentType = String(repeating: "x", count: 65_536) })
        #expect(refuses { $0.contentType = "\0" })
        #expect(refuses { $0.userProperties = [UserProperty("\0", "")] })
        #expect(refuses { $0.subscriptionIdentifiers = [1] })
        #expect(refuses { $0.sessionExpiryInterval = 1 })
        #expect(!refuses { $0.contentType = "text/plain" })
    }

    private func violation(_ bytes: [UInt8], _ section: PropertySection) -> ProtocolViolation? {
        do throws(ProtocolViolation) {
            _ = try Properties(decoding: bytes, of: section)
            return nil
        } catch { return error }
    }
}
