import MQTT
import MQTTCodec

/// A subscription that shall be there.
struct WantedSubscription: Sendable {
    /// The filter and its options.
    var subscription: Subscription
    /// Whether the server's present session has it, or has refused it.
    var isConfirmed = false
}

/// Subscribing and unsubscribing (MQTT 5.0 sections 3.8 to 3.11).
extension Session {
    /// Asks for subscriptions, now or as soon as there is a connection; they are made again after each reconnect.
    mutating func subscribe(_ subscriptions: [Subscription], at now: Instant) {
        for subscription in subscriptions { want(subscription) }
        guard isEstablished else { return }
        sendSubscribe(subscriptions, at: now)
    }

    /// Ends subscriptions.
    mutating func unsubscribe(_ filters: [TopicFilter], at now: Instant) {
        guard !filters.isEmpty else { return }
        wanted.removeAll { filters.contains($0.subscription.filter) }
        if isEstablished {
            sendUnsubscribe(filters, at: now)
        } else if configuration.cleanStart {
            for filter in filters { output.events.append(.subscription(filter, .removed)) }
        } else {
            unwanted += filters
        }
    }

    /// Remembers a subscription, in place of an earlier one with the same filter.
    mutating func want(_ subscription: Subscription) {
        unwanted.removeAll { $0 == subscription.filter }
        if let index = wanted.firstIndex(where: { $0.subscription.filter == subscription.filter }) {
            wanted[index] = WantedSubscription(subscription: subscription)
        } else {
            wanted.append(WantedSubscription(subscription: subscription))
        }
    }

    /// After CONNACK: everything the server's session does not have is asked for, in one SUBSCRIBE.
    mutating func renewSubscriptions(isSessionPresent: Bool, at now: Instant) {
        let gone = unwanted
        unwanted.removeAll()
        if isSessionPresent, !gone.isEmpty { sendUnsubscribe(gone, at: now) }
        sendSubscribe(wanted.filter { !$0.isConfirmed }.map(\.subscription), at: now)
    }

    /// One SUBSCRIBE for all, or as few as the server's Maximum Packet Size allows.
    private mutating func sendSubscribe(_ subscriptions: [Subscription], at now: Instant) {
        var allowed: [Subscription] = []
        for subscription in subscriptions {
            if let code = limits.refusal(of: subscription.filter) {
                settle(subscription.filter, .refused(code, reasonString: nil))
            } else {
                allowed.append(subscription)
            }
        }
        // A filter takes its text and three bytes; the packet 12 at most besides.
        for part in parts(of: allowed, size: { $0.filter.string.utf8.count + 3 }) {
            if part.count == 1, part[0].filter.string.utf8.count + 15 > limits.maximumPacketSize {
                settle(part[0].filter, .refused(.packetTooLarge, reasonString: nil))
                continue
            }
            guard let identifier = requests.insert(.subscribe(part.map(\.filter))) else { continue }
            send(.subscribe(Subscribe(identifier, part)), at: now)
            for subscription in part { output.events.append(.subscription(subscription.filter, .requested)) }
        }
    }

    private mutating func sendUnsubscribe(_ filters: [TopicFilter], at now: Instant) {
        for part in parts(of: filters, size: { $0.string.utf8.count + 2 }) {
            guard let identifier = requests.insert(.unsubscribe(part)) else { continue }
            send(.unsubscribe(Unsubscribe(identifier, part)), at: now)
        }
    }

    /// `elements` cut where a packet would get larger than the server takes.
    private func parts<Element>(of elements: [Element], size: (Element) -> Int) -> [[Element]] {
        var parts: [[Element]] = []
        var room = 0
        for element in elements {
            let size = size(element)
            if parts.isEmpty || size > room {
                parts.append([])
                room = limits.maximumPacketSize - 12
            }
            parts[parts.count - 1].append(element)
            room -= size
        }
        return parts
    }

    /// The answer to SUBSCRIBE: one code for each filter.
    mutating func receiveSuback(_ packet: SubAck, at now: Instant) throws(ProtocolViolation) {
        guard case .subscribe(let filters)? = requests[packet.identifier] else {
            throw .protocolError("SUBACK for something that was not asked")  // [MQTT-2.2.1-6]
        }
        guard filters.count == packet.reasonCodes.count else {
            throw .protocolError("SUBACK with another number of reason codes than filters")  // [MQTT-3.8.4-6]
        }
        requests[packet.identifier] = nil
        lastSubscribed = now
        for (filter, code) in zip(filters, packet.reasonCodes) {
            if let qos = QoS(rawValue: code.rawValue) {
                settle(filter, .granted(qos))
            } else {
                settle(filter, .refused(code, reasonString: packet.properties.reasonString))
            }
        }
    }

    /// The answer to UNSUBSCRIBE: in 5.0 one code for each filter.
    mutating func receiveUnsuback(_ packet: SubAck, at now: Instant) throws(ProtocolViolation) {
        guard case .unsubscribe(let filters)? = requests[packet.identifier] else {
            throw .protocolError("UNSUBACK for something that was not asked")  // [MQTT-2.2.1-6]
        }
        let codes = encoder.version >= .v5_0 ? packet.reasonCodes : filters.map { _ in .success }
        guard filters.count == codes.count else {
            throw .protocolError("UNSUBACK with another number of reason codes than filters")  // [MQTT-3.11.3-2]
        }
        requests[packet.identifier] = nil
        for (filter, code) in zip(filters, codes) {
            output.events.append(.subscription(filter, code.isFailure ? .notRemoved(code) : .removed))
        }
    }

    /// The server's answer for one filter.
    private mutating func settle(_ filter: TopicFilter, _ state: SubscriptionState) {
        if let index = wanted.firstIndex(where: { $0.subscription.filter == filter }) {
            wanted[index].isConfirmed = true
        }
        output.events.append(.subscription(filter, state))
    }
}
