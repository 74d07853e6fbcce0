/// What a client says when it leaves (MQTT 5.0 section 3.14); before 5.0 only whether the will is to be published can be
/// said, by leaving with DISCONNECT or without.
public struct Disconnection: Sendable, Hashable {
    /// Why: Normal disconnection (0x00), Disconnect with Will Message (0x04), or a failure that clients may name.
    public let reasonCode: ReasonCode
    /// How long the server keeps the session from now on, seconds; `nil` leaves it at what CONNECT said. Where that was 0
    /// nothing else is sent: what was not to be kept cannot be kept afterwards (section 3.14.2.2.2).
    public var sessionExpiryInterval: UInt32?
    /// Why, for people; left out when the packet would get larger than the server takes.
    public var reasonString: String?
    /// What else the application likes to say; left out when the packet would get larger than the server takes.
    public var userProperties: [UserProperty]

    /// A good-bye for `reasonCode`, which must be one that table 3-10 gives to clients.
    public init(
        _ reasonCode: ReasonCode = .success, sessionExpiryInterval: UInt32? = nil, reasonString: String? = nil,
        userProperties: [UserProperty] = []
    ) {
        precondition(Self.reasonCodes.contains(reasonCode), "a client does not leave for \(reasonCode)")
        self.reasonCode = reasonCode
        self.sessionExpiryInterval = sessionExpiryInterval
        self.reasonString = reasonString
        self.userProperties = userProperties
    }

    /// The codes that a client may send in DISCONNECT (table 3-10). [MQTT-3.14.2-1]
    package static let reasonCodes: [ReasonCode] = [
        .success, .disconnectWithWill, .unspecifiedError, .malformedPacket, .protocolError,
        .implementationSpecificError, .topicNameInvalid, .receiveMaximumExceeded, .topicAliasInvalid, .packetTooLarge,
        .messageRateTooHigh, .quotaExceeded, .administrativeAction, .payloadFormatInvalid,
    ]
}
