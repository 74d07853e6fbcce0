import MQTT

/// Whose a publish is.
enum Requester: Sendable {
    /// A request of its own.
    case request(RequestID)
    /// The message at this place of a group.
    case group(RequestID, Int)

    /// Whether it belongs to a group.
    var isGroup: Bool {
        if case .group = self { true } else { false }
    }
}

/// A publish that is not under way yet.
struct PendingPublish: Sendable {
    /// Whose it is.
    var request: Requester
    /// The message.
    var message: Message
    /// When it was asked for.
    var asked: Instant

    /// What keeping it takes, bytes, about.
    var size: Int {
        let properties = message.properties
        let texts = [properties.contentType, properties.responseTopic].reduce(0) { $0 + ($1?.utf8.count ?? 0) }
        let pairs = properties.userProperties.reduce(0) { $0 + 32 + $1.name.utf8.count + $1.value.utf8.count }
        return 128 + message.topic.string.utf8.count + message.payload.count + texts + pairs
            + (properties.correlationData?.count ?? 0)
    }
}

/// A request that has a Packet Identifier until the server has answered it.
enum Request: Sendable {
    /// A QoS 1 or 2 PUBLISH.
    case publish(OutgoingPublish)
    /// A SUBSCRIBE to these filters.
    case subscribe([TopicFilter])
    /// An UNSUBSCRIBE from these filters.
    case unsubscribe([UnwantedFilter])
}

/// A QoS 1 or 2 publish under way.
struct OutgoingPublish: Sendable {
    /// Whose it is; `nil` when they have been told its end, and only the identifier is still taken.
    var request: Requester?
    /// Its QoS, 1 or 2.
    var qos: QoS
    /// When it was asked for.
    var asked: Instant
    /// The message while it may have to be sent again.
    var message: Message?
    /// What keeping the message takes, bytes.
    var size = 0
    /// When, among all steps, its first step was made.
    let begun: UInt64
    /// When, among all steps, its last step was made.
    var order: UInt64
    /// Whether PUBREC came and PUBREL is to be answered (QoS 2).
    var isReleased = false
    /// Whether it counts against the server's Receive Maximum.
    var usesQuota = true
    /// Whether it waits to be sent again.
    var isResending = false
    /// What PUBREC said: PUBCOMP does not repeat "No matching subscribers".
    var receivedCode = ReasonCode.success
    /// The Reason String that PUBREC brought.
    var receivedReason: String?
}
