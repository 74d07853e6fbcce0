/// A name and value that the application chose (MQTT 5.0 section 3.3.2.3.7).
public struct UserProperty: Sendable, Hashable {
    /// The name; may repeat.
    public var name: String
    /// The value.
    public var value: String

    /// A User Property `name` = `value`.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The properties of an MQTT 5.0 Control Packet (section 2.2.2.2). `nil` is absent; which may stand where is checked at coding time.
public struct Properties: Sendable, Hashable {
    /// 0x01: 1 says the payload is UTF-8 text.
    public var payloadFormatIndicator: UInt8?
    /// 0x02, seconds.
    public var messageExpiryInterval: UInt32?
    /// 0x03.
    public var contentType: String?
    /// 0x08.
    public var responseTopic: String?
    /// 0x09.
    public var correlationData: [UInt8]?
    /// 0x0B; several in a PUBLISH from the server.
    public var subscriptionIdentifiers: [UInt32] = []
    /// 0x11, seconds.
    public var sessionExpiryInterval: UInt32?
    /// 0x12.
    public var assignedClientIdentifier: String?
    /// 0x13, seconds.
    public var serverKeepAlive: UInt16?
    /// 0x15.
    public var authenticationMethod: String?
    /// 0x16.
    public var authenticationData: [UInt8]?
    /// 0x17.
    public var requestProblemInformation: UInt8?
    /// 0x18, seconds.
    public var willDelayInterval: UInt32?
    /// 0x19.
    public var requestResponseInformation: UInt8?
    /// 0x1A.
    public var responseInformation: String?
    /// 0x1C.
    public var serverReference: String?
    /// 0x1F, for people.
    public var reasonString: String?
    /// 0x21.
    public var receiveMaximum: UInt16?
    /// 0x22.
    public var topicAliasMaximum: UInt16?
    /// 0x23. It belongs to one connection: a client gives aliases itself and pays no heed to one in a message to send.
    public var topicAlias: UInt16?
    /// 0x24.
    public var maximumQoS: UInt8?
    /// 0x25.
    public var retainAvailable: UInt8?
    /// 0x26, in the order they came.
    public var userProperties: [UserProperty] = []
    /// 0x27, bytes.
    public var maximumPacketSize: UInt32?
    /// 0x28.
    public var wildcardSubscriptionAvailable: UInt8?
    /// 0x29.
    public var subscriptionIdentifierAvailable: UInt8?
    /// 0x2A.
    public var sharedSubscriptionAvailable: UInt8?

    /// No properties.
    public init() {}
}
