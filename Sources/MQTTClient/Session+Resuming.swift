import MQTT
import MQTTCodec

/// What outlives a connection, and when (MQTT 5.0 sections 3.1.2.4, 4.1 and 4.4).
extension Session {
    /// Whether what is under way outlives the present connection.
    var keepsSession: Bool {
        guard isAccepted else { return !startsClean }
        return encoder.version >= .v5_0 ? sessionExpiryInterval > 0 || !configuration.cleanStart : !startsClean
    }

    /// Goes on where the last connection ended, or begins anew.
    mutating func takeUpSession(isPresent: Bool, at now: Instant) {
        // 3.1 cannot say whether it has the session. Sending again does no harm if it has not, nor does subscribing again
        // if it has.
        let isUnknown = encoder.version == .v3_1 && !startsClean
        if isPresent || isUnknown { repeatRequests(at: now) } else { dropRequests() }
        if isUnknown { confirmNoSubscription() }
        renewSubscriptions(isSessionPresent: isPresent || isUnknown, at: now)
    }

    /// No connection is coming: what waits or is under way ends, and nothing is taken any more.
    mutating func finish() {
        // Publishes of QoS 2 that end here may still be under way for the server: it could take new ones with their
        // identifiers for the old ones. Then only a clean start is safe.
        let holdsUncertain = requests.entries.contains { entry in
            if case .publish(let publish) = entry.value { publish.qos == .exactlyOnce } else { false }
        }
        if holdsUncertain { isResumable = false }
        if isResumable { abandon(.atLeastOnce) } else { dropRequests(forGood: true) }
        while let publish = waiting.popFirst() { report(publish.request, .unsendable(.notConnected)) }
        endGroups()
        heldBytes = 0
        isTakingRequests = false
    }

    /// A connection is coming: requests are taken again.
    mutating func restart() { isTakingRequests = true }

    /// The highest QoS of what is under way, where the server has never answered a PUBLISH of it.
    var doubtfulQoS: QoS? {
        let levels = requests.entries.compactMap { entry in
            if case .publish(let publish) = entry.value, publish.request != nil { publish.qos } else { nil }
        }
        return levels.max().flatMap { $0 > highestAnswered ? $0 : nil }
    }

    /// Ends what is under way at `qos`, instead of sending it again.
    mutating func abandon(_ qos: QoS) {
        for (identifier, request) in requests.entries {
            guard case .publish(let publish) = request, publish.qos == qos else { continue }
            abandon(publish, identifier, .connectionLost)
        }
    }

    /// Ends a publish of an earlier connection. An identifier of QoS 2 stays taken until the server lets go of it or the
    /// session ends: the server may have it, and would take another message under it for this one.
    mutating func abandon(_ publish: OutgoingPublish, _ identifier: UInt16, _ reason: Outcome.Unsendable) {
        report(publish.request, .unsendable(reason))
        heldBytes -= publish.size
        var rest = publish
        rest.request = nil
        rest.message = nil
        rest.size = 0
        rest.isResending = false
        requests[identifier] = publish.qos == .exactlyOnce ? .publish(rest) : nil
    }

    /// The connection is gone: what was under way waits for the next one, or is lost if the session ended with it.
    mutating func loseRequests() {
        quotaUsed = 0
        resending = Queue()
        for (identifier, request) in requests.entries {
            switch request {
            case .publish(var publish):
                publish.usesQuota = false
                requests[identifier] = .publish(publish)
            case .subscribe: requests[identifier] = nil
            case .unsubscribe(let filters):
                requests[identifier] = nil
                for filter in filters { isWanted(filter.filter) ? overrule(filter.filter) : unwanted.append(filter) }
            }
        }
        wanted.changeEach { $0.request = nil }
        if !keepsSession { dropRequests() }
    }

    /// The server has nothing of our session (any more): what was under way ends [MQTT-3.2.2-5], but for messages of groups,
    /// which are published anew unless it is `forGood`.
    mutating func dropRequests(forGood: Bool = false) {
        unreleased.removeAll()
        resending = Queue()
        quotaUsed = 0
        var lost: [OutgoingPublish] = []
        for (identifier, request) in requests.entries {
            if case .publish(let publish) = request { lost.append(publish) }
            requests[identifier] = nil
        }
        lost.sort { $0.begun < $1.begun }
        var again = Queue<PendingPublish>()
        for publish in lost {
            heldBytes -= publish.size
            if !forGood, let request = publish.request, request.isGroup, let message = publish.message {
                let pending = PendingPublish(request: request, message: message, asked: publish.asked)
                heldBytes += pending.size
                again.append(pending)
            } else {
                report(publish.request, .unsendable(.connectionLost))
            }
        }
        if !again.isEmpty {
            while let publish = waiting.popFirst() { again.append(publish) }
            waiting = again
        }
        confirmNoSubscription()
        for unwanted in unwanted { output.events.append(.subscription(unwanted.filter, .removed)) }
        unwanted.removeAll()
    }

    /// The server still has our session: what was under way is sent again in its order. [MQTT-4.4.0-1, MQTT-4.6.0-1]
    mutating func repeatRequests(at now: Instant) {
        var publishes: [(identifier: UInt16, publish: OutgoingPublish)] = []
        for (identifier, request) in requests.entries {
            if case .publish(let publish) = request { publishes.append((identifier, publish)) }
        }
        publishes.sort { $0.publish.order < $1.publish.order }
        for (identifier, var publish) in publishes {
            if publish.isReleased {
                sendAcknowledgement(.pubrel, identifier, at: now)  // [MQTT-4.6.0-4]
            } else if publish.message != nil {
                publish.isResending = true
                requests[identifier] = .publish(publish)
                resending.append(identifier)
            }
        }
    }
}
