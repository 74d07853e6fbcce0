import MQTT
import MQTTCodec

/// A subscription that shall be there.
struct WantedSubscription: Sendable {
    /// The filter and its options.
    var subscription: Subscription
    /// Whether the server's present session has it, or has refused it.
    var isConfirmed = false
    /// The identifier of the latest SUBSCRIBE for it, while that is under way: an earlier one's answer says nothing of it.
    var request: UInt16?
}

/// The subscriptions that shall be there, in the order asked for; by its filter each is found in O(1).
struct WantedSubscriptions: Sendable {
    /// All of them.
    private(set) var all: [WantedSubscription] = []
    private var places: [TopicFilter: Int] = [:]

    /// The one with this filter; setting a new one puts it behind all others, setting `nil` takes it away.
    subscript(filter: TopicFilter) -> WantedSubscription? {
        get { places[filter].map { all[$0] } }
        set {
            guard let newValue else { return remove([filter]) }
            if let place = places[filter] {
                all[place] = newValue
            } else {
                places[filter] = all.count
                all.append(newValue)
            }
        }
    }

    /// Takes those with these filters away.
    mutating func remove(_ filters: Set<TopicFilter>) {
        all.removeAll { filters.contains($0.subscription.filter) }
        places = Dictionary(uniqueKeysWithValues: all.indices.map { (all[$0].subscription.filter, $0) })
    }

    /// Changes each one, but not its filter.
    mutating func changeEach(_ change: (inout WantedSubscription) -> Void) {
        for index in all.indices { change(&all[index]) }
    }
}

/// A filter to unsubscribe from.
struct UnwantedFilter: Sendable {
    /// The filter.
    var filter: TopicFilter
    /// What UNSUBSCRIBE tells the server besides.
    var userProperties: [UserProperty] = []
}

/// Subscribing and unsubscribing (MQTT 5.0 sections 3.8 to 3.11).
extension Session {
    /// Asks for subscriptions, now or as soon as there is a connection; they are made again after each reconnect.
    mutating func subscribe(_ subscriptions: [Subscription], at now: Instant) {
        for subscription in subscriptions { want(subscription) }
        if isEstablished { sendSubscribe(subscriptions, at: now) }
    }

    /// Ends subscriptions.
    mutating func unsubscribe(_ filters: [TopicFilter], userProperties: [UserProperty] = [], at now: Instant) {
        guard !filters.isEmpty else { return }
        wanted.remove(Set(filters))
        let gone = filters.map { UnwantedFilter(filter: $0, userProperties: userProperties) }
        if isEstablished {
            sendUnsubscribe(gone, at: now)
        } else if isResumable {
            unwanted += gone
        } else {
            for filter in filters { output.events.append(.subscription(filter, .removed)) }
        }
    }

    /// Remembers a subscription, in place of an earlier one with the same filter.
    mutating func want(_ subscription: Subscription) {
        if unwanted.contains(where: { $0.filter == subscription.filter }) {
            unwanted.removeAll { $0.filter == subscription.filter }
            overrule(subscription.filter)
        }
        wanted[subscription.filter] = WantedSubscription(subscription: subscription)
        output.events.append(.subscription(subscription.filter, .requested))
    }

    /// Whether a filter shall be subscribed to.
    func isWanted(_ filter: TopicFilter) -> Bool { wanted[filter] != nil }

    /// An UNSUBSCRIBE is not sent, as its filter is subscribed to again since: who waits for its answer has it.
    mutating func overrule(_ filter: TopicFilter) { output.events.append(.subscription(filter, .removed)) }

    /// After CONNACK: everything the server's session does not have is asked for, in one SUBSCRIBE.
    mutating func renewSubscriptions(isSessionPresent: Bool, at now: Instant) {
        let gone = unwanted
        unwanted.removeAll()
        if isSessionPresent, !gone.isEmpty { sendUnsubscribe(gone, at: now) }
        sendSubscribe(wanted.all.filter { !$0.isConfirmed }.map(\.subscription), at: now)
    }

    /// The server has no subscription of ours, or may have none.
    mutating func confirmNoSubscription() {
        for wanted in wanted.all where wanted.isConfirmed {
            output.events.append(.subscription(wanted.subscription.filter, .requested))
        }
        wanted.changeEach { $0.isConfirmed = false }
    }

    /// One SUBSCRIBE for all that share an identifier and User Properties, or as few as the server's Maximum Packet Size
    /// allows.
    private mutating func sendSubscribe(_ subscriptions: [Subscription], at now: Instant) {
        var groups: [(properties: Properties, subscriptions: [Subscription])] = []
        for subscription in subscriptions {
            if let code = limits.refusal(of: subscription) {
                settle(subscription.filter, .refused(code, reasonString: nil))
                continue
            }
            var properties = Properties()
            if encoder.version >= .v5_0 {
                properties.subscriptionIdentifiers = subscription.identifier.map { [$0] } ?? []
                properties.userProperties = subscription.userProperties
            }
            if let index = groups.firstIndex(where: { $0.properties == properties }) {
                groups[index].subscriptions.append(subscription)
            } else {
                groups.append((properties, [subscription]))
            }
        }
        for group in groups {
            do throws(ProtocolViolation) {
                try sendSubscribe(group.subscriptions, group.properties, at: now)
            } catch {
                for subscription in group.subscriptions {
                    settle(subscription.filter, .refused(error.reasonCode, reasonString: error.detail))
                }
            }
        }
    }

    private mutating func sendSubscribe(
        _ subscriptions: [Subscription], _ properties: Properties, at now: Instant
    ) throws(ProtocolViolation) {
        let overhead = try size(of: properties, in: .subscribe)
        for part in parts(of: subscriptions, overhead: overhead, size: { $0.filter.string.utf8.count + 3 }) {
            let filters = part.map(\.filter)
            guard let identifier = requests.insert(.subscribe(filters)) else {
                for filter in filters { settle(filter, .refused(.packetIdentifierInUse, reasonString: nil)) }
                continue
            }
            guard try write(.subscribe(Subscribe(identifier, part, properties: properties)), at: now) else {
                requests[identifier] = nil
                for filter in filters { settle(filter, .refused(.packetTooLarge, reasonString: nil)) }
                continue
            }
            for filter in filters { wanted[filter]?.request = identifier }
        }
    }

    private mutating func sendUnsubscribe(_ unwanted: [UnwantedFilter], at now: Instant) {
        var rest = unwanted[...]
        while let first = rest.first {
            let group = Array(rest.prefix { $0.userProperties == first.userProperties })
            rest = rest.dropFirst(group.count)
            do throws(ProtocolViolation) {
                try sendUnsubscribe(group, first.userProperties, at: now)
            } catch {
                for unwanted in group {
                    output.events.append(.subscription(unwanted.filter, .notRemoved(error.reasonCode)))
                }
            }
        }
    }

    private mutating func sendUnsubscribe(
        _ unwanted: [UnwantedFilter], _ userProperties: [UserProperty], at now: Instant
    ) throws(ProtocolViolation) {
        var properties = Properties()
        if encoder.version >= .v5_0 { properties.userProperties = userProperties }
        let overhead = try size(of: properties, in: .unsubscribe)
        for part in parts(of: unwanted, overhead: overhead, size: { $0.filter.string.utf8.count + 2 }) {
            var code: ReasonCode?
            if let identifier = requests.insert(.unsubscribe(part)) {
                let packet = Unsubscribe(identifier, part.map(\.filter), properties: properties)
                if try !write(.unsubscribe(packet), at: now) {
                    requests[identifier] = nil
                    code = .packetTooLarge
                }
            } else {
                code = .packetIdentifierInUse
            }
            guard let code else { continue }
            for unwanted in part { output.events.append(.subscription(unwanted.filter, .notRemoved(code))) }
        }
    }

    /// What stands in a packet before its filters, bytes: identifier and properties.
    private func size(of properties: Properties, in section: PropertySection) throws(ProtocolViolation) -> Int {
        guard encoder.version >= .v5_0 else { return 2 }
        var bytes: [UInt8] = []
        try properties.encode(into: &bytes, of: section)
        return 2 + bytes.count
    }

    /// `elements` cut where a packet with `overhead` bytes before them would get larger than the server takes.
    private func parts<Element>(of elements: [Element], overhead: Int, size: (Element) -> Int) -> [[Element]] {
        var parts: [[Element]] = []
        var length = 0
        for element in elements {
            let size = size(element)
            if parts.isEmpty || 1 + variableByteIntegerSize(length + size) + length + size > limits.maximumPacketSize {
                parts.append([])
                length = overhead
            }
            parts[parts.count - 1].append(element)
            length += size
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
            let later = wanted[filter]?.request
            if let later, later != packet.identifier { continue }  // the answer to that one tells
            if let qos = QoS(rawValue: code.rawValue) {
                settle(filter, .granted(qos))
            } else {
                settle(filter, .refused(code, reasonString: packet.properties.reasonString))
            }
        }
    }

    /// The answer to UNSUBSCRIBE: in 5.0 one code for each filter.
    mutating func receiveUnsuback(_ packet: SubAck, at now: Instant) throws(ProtocolViolation) {
        guard case .unsubscribe(let unwanted)? = requests[packet.identifier] else {
            throw .protocolError("UNSUBACK for something that was not asked")  // [MQTT-2.2.1-6]
        }
        let codes = encoder.version >= .v5_0 ? packet.reasonCodes : unwanted.map { _ in .success }
        guard unwanted.count == codes.count else {
            throw .protocolError("UNSUBACK with another number of reason codes than filters")  // [MQTT-3.11.3-2]
        }
        requests[packet.identifier] = nil
        for (unwanted, code) in zip(unwanted, codes) {
            output.events.append(.subscription(unwanted.filter, code.isFailure ? .notRemoved(code) : .removed))
        }
    }

    /// The server's answer for one filter.
    private mutating func settle(_ filter: TopicFilter, _ state: SubscriptionState) {
        wanted[filter]?.isConfirmed = true
        wanted[filter]?.request = nil
        output.events.append(.subscription(filter, state))
    }
}
