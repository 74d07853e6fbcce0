/// An Application Message: what is published and what arrives.
public struct Message: Sendable, Hashable {
    /// The topic it is published to.
    public var topic: TopicName
    /// The payload, any bytes.
    public var payload: [UInt8]
    /// The delivery guarantee.
    public var qos: QoS
    /// The RETAIN flag: on the way out "keep this", on the way in "this was kept".
    public var isRetained: Bool
    /// The properties of 5.0; ignored by earlier versions.
    public var properties: Properties

    /// A message for `topic`.
    public init(
        topic: TopicName, payload: [UInt8] = [], qos: QoS = .atMostOnce, isRetained: Bool = false,
        properties: Properties = Properties()
    ) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.isRetained = isRetained
        self.properties = properties
    }
}

/// The Will Message: what the broker publishes when the connection ends without a DISCONNECT (MQTT 5.0 section 3.1.2.5).
public struct Will: Sendable, Hashable {
    /// The message the broker publishes.
    public var message: Message
    /// Will Delay Interval in seconds; 5.0 only.
    public var delayInterval: UInt32

    /// A will that publishes `message`.
    public init(message: Message, delayInterval: UInt32 = 0) {
        self.message = message
        self.delayInterval = delayInterval
    }
}
