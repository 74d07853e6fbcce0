import MQTT
import MQTTCodec

/// What the server takes, from CONNACK (MQTT 5.0 section 3.2.2.3); before 5.0 servers do not say.
struct ServerLimits: Sendable, Equatable {
    /// Most QoS 1 and 2 messages under way to it.
    var receiveMaximum = 65_535
    /// Highest QoS of a PUBLISH.
    var maximumQoS = QoS.exactlyOnce
    /// Whether it keeps retained messages.
    var retainAvailable = true
    /// Largest packet, bytes.
    var maximumPacketSize = PacketDecoder.protocolLimit
    /// Whether filters may hold wildcards.
    var wildcardSubscriptionAvailable = true
    /// Whether filters may be shared.
    var sharedSubscriptionAvailable = true
    /// Whether subscriptions may have identifiers.
    var subscriptionIdentifierAvailable = true
    /// Highest Topic Alias of a PUBLISH; 0 is none.
    var topicAliasMaximum = 0

    /// Most QoS 1 and 2 messages under way to a server that cannot say its limit, which is usually this (mosquitto's
    /// `max_inflight_messages`): with more it may close the connection when they are sent again.
    static let unstatedReceiveMaximum = 20

    /// The protocol's own limits.
    init() {}

    /// The limits that `properties` of a CONNACK of `version` set.
    init(_ properties: Properties, version: ProtocolVersion) {
        if version < .v5_0 { receiveMaximum = Self.unstatedReceiveMaximum }
        if let value = properties.receiveMaximum { receiveMaximum = Int(value) }
        if let value = properties.maximumQoS.flatMap(QoS.init) { maximumQoS = value }
        if let value = properties.retainAvailable { retainAvailable = value != 0 }
        if let value = properties.maximumPacketSize { maximumPacketSize = min(Int(value), maximumPacketSize) }
        if let value = properties.wildcardSubscriptionAvailable { wildcardSubscriptionAvailable = value != 0 }
        if let value = properties.sharedSubscriptionAvailable { sharedSubscriptionAvailable = value != 0 }
        if let value = properties.subscriptionIdentifierAvailable { subscriptionIdentifierAvailable = value != 0 }
        if let value = properties.topicAliasMaximum { topicAliasMaximum = Int(value) }
    }

    /// Why `message` may not be sent at all, or `nil`. [MQTT-3.2.2-11, MQTT-3.2.2-14]
    func refusal(of message: Message) -> Outcome.Unsendable? {
        if message.qos > maximumQoS { return .qosNotSupported(maximum: maximumQoS) }
        if message.isRetained, !retainAvailable { return .retainNotSupported }
        return nil
    }

    /// Why `subscription` may not be asked for, or `nil` (section 3.2.2.3).
    func refusal(of subscription: Subscription) -> ReasonCode? {
        if subscription.filter.isShared, !sharedSubscriptionAvailable { return .sharedSubscriptionsNotSupported }
        if subscription.identifier != nil, !subscriptionIdentifierAvailable {
            return .subscriptionIdentifiersNotSupported
        }
        let isRefused = subscription.filter.holdsWildcard && !wildcardSubscriptionAvailable
        return isRefused ? .wildcardSubscriptionsNotSupported : nil
    }
}
