/// One filter of a SUBSCRIBE packet with its options (MQTT 5.0 section 3.8.3.1).
public struct Subscription: Sendable, Hashable {
    /// Which topics.
    public var filter: TopicFilter
    /// The highest QoS the broker may deliver with.
    public var qos: QoS
    /// Whether our own publishes are kept from us; 5.0 only, and not with a Shared Subscription.
    public var noLocal: Bool
    /// Whether the RETAIN flag arrives as it was published; 5.0 only.
    public var retainAsPublished: Bool
    /// When the broker sends the messages it keeps; 5.0 only.
    public var retainHandling: RetainHandling
    /// A number that comes with each message of this subscription, 1 to 268,435,455; 5.0 only. Filters with different
    /// numbers go out in different SUBSCRIBE packets.
    public var identifier: UInt32?
    /// What SUBSCRIBE tells the broker besides; 5.0 only. Filters with different ones go out in different packets.
    public var userProperties: [UserProperty]

    /// A subscription of somebody who watches: Retain As Published, so that live and retained can be told apart, but not
    /// for `$SYS`, where RETAIN is to tell a statistic that was stored from one that is new.
    package static func watching(_ filter: TopicFilter, qos: QoS) -> Subscription {
        Subscription(filter, qos: qos, retainAsPublished: !filter.string.hasPrefix("$SYS/"))
    }

    /// A subscription to `filter`, with Retain As Published on so that live and retained can be told apart.
    public init(
        _ filter: TopicFilter, qos: QoS = .atMostOnce, noLocal: Bool = false, retainAsPublished: Bool = true,
        retainHandling: RetainHandling = .always, identifier: UInt32? = nil, userProperties: [UserProperty] = []
    ) {
        self.filter = filter
        self.qos = qos
        self.noLocal = noLocal
        self.retainAsPublished = retainAsPublished
        self.retainHandling = retainHandling
        self.identifier = identifier
        self.userProperties = userProperties
    }
}

/// When a subscription brings the messages that the broker keeps (MQTT 5.0 section 3.8.3.1).
public enum RetainHandling: UInt8, Sendable, Hashable, CaseIterable {
    /// Whenever it is made. [MQTT-3.3.1-9]
    case always = 0
    /// When it is made and was not there before. [MQTT-3.3.1-10]
    case whenNew = 1
    /// Never. [MQTT-3.3.1-11]
    case never = 2
}
