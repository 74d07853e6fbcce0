/// One filter of a SUBSCRIBE packet with its options (MQTT 5.0 section 3.8.3.1).
public struct Subscription: Sendable, Hashable {
    /// Which topics.
    public var filter: TopicFilter
    /// The highest QoS the broker may deliver with.
    public var qos: QoS
    /// Whether our own publishes are kept from us; 5.0 only.
    public var noLocal: Bool
    /// Whether the RETAIN flag arrives as it was published; 5.0 only.
    public var retainAsPublished: Bool

    /// A subscription to `filter`, with Retain As Published on so that live and retained can be told apart.
    public init(_ filter: TopicFilter, qos: QoS = .atMostOnce, noLocal: Bool = false, retainAsPublished: Bool = true) {
        self.filter = filter
        self.qos = qos
        self.noLocal = noLocal
        self.retainAsPublished = retainAsPublished
    }
}
