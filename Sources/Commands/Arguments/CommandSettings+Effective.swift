package import MQTT

/// What follows from the settings.
extension CommandSettings {
    /// The will with all its properties; `nil` without one.
    package var will: Will? {
        guard let topic = session.will.topic else { return nil }
        var properties = properties.will
        let delay = properties.willDelayInterval ?? 0
        properties.willDelayInterval = nil
        return Will(
            message: Message(
                topic: topic, payload: session.will.payload ?? [], qos: session.will.qos,
                isRetained: session.will.isRetained, properties: properties), delayInterval: delay)
    }

    /// How long the broker keeps the session after the end of the connection, seconds: what `-x` or `-D connect` say, else
    /// for ever with `-c`; 5.0 only.
    package var sessionExpiryInterval: UInt32 {
        session.expiry ?? properties.connect.sessionExpiryInterval ?? (session.cleanStart ? 0 : .max)
    }

    /// Most messages of QoS 1 and 2 that the broker may have under way to us, where something asks for a limit; 5.0 only.
    /// A short `-C` does, so that no more come than are wanted.
    package var receiveMaximum: UInt16? {
        if let given = properties.connect.receiveMaximum { return given }
        let count = command == .rr ? 1 : receiving.count
        guard let count, count < 20 else { return nil }
        return UInt16(count)
    }

    /// What is subscribed to: the filters of `sub`, the response topic of `rr`.
    package var subscriptions: [Subscription] {
        let filters =
            command == .rr
            ? [sending.responseTopic].compactMap { $0.flatMap { try? TopicFilter($0.string) } } : receiving.filters
        return filters.map { filter in
            Subscription(
                filter, qos: qos, noLocal: false, retainAsPublished: receiving.retainAsPublished,
                retainHandling: receiving.retainHandling,
                identifier: properties.subscribe.subscriptionIdentifiers.first,
                userProperties: properties.subscribe.userProperties)
        }
    }

    /// What is published, but for the payload; `nil` for `sub`. The request of `rr` names the response topic.
    package var message: Message? {
        guard let topic = sending.topic else { return nil }
        var properties = properties.publish
        if command == .rr { properties.responseTopic = sending.responseTopic?.string }
        return Message(topic: topic, qos: qos, isRetained: sending.isRetained, properties: properties)
    }

    /// The Client Identifier of the process `processIdentifier`; empty where the broker gives one.
    package func clientIdentifier(processIdentifier: Int32) -> String {
        switch session.identifier {
        case .assigned: ""
        case .given(let name): name
        case .prefix(let prefix): prefix + String(processIdentifier)
        }
    }
}
