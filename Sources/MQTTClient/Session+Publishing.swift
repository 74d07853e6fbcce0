import MQTT
import MQTTCodec

/// Publishing: the queue, the in-flight window, the flows of QoS 1 and 2 as sender (MQTT 5.0 section 4.3).
extension Session {
    /// Most bytes that messages waiting and under way may take.
    static let heldLimit = 16 << 20
    /// Most publishes under way, whatever the server says: some identifiers are left for subscriptions.
    static let windowLimit = 65_000

    /// Publishes `message`: at once, or as soon as there is a connection and room in the window.
    mutating func publish(_ message: Message, id: RequestID, at now: Instant) {
        guard isTakingRequests else { return report(.request(id), .unsendable(.notConnected)) }
        let publish = PendingPublish(request: .request(id), message: message, asked: now)
        if isEstablished, waiting.isEmpty, resending.isEmpty, send(publish, at: now) { return }
        let size = publish.size
        guard heldBytes + size <= Self.heldLimit || heldBytes == 0 else {
            return report(.request(id), .unsendable(.queueFull))
        }
        heldBytes += size
        waiting.append(publish)
        report(.request(id), .queued)
    }

    /// The connection takes more, or does not for now.
    mutating func blockWriting(_ isBlocked: Bool, at now: Instant) {
        isWritingBlocked = isBlocked
        if !isBlocked { pump(at: now) }
    }

    /// Sends what waits, as far as the window and the connection allow, in order. [MQTT-4.6.0-1]
    mutating func pump(at now: Instant) {
        guard isEstablished else { return }
        while let identifier = resending.first {
            guard resend(identifier, at: now) else { return }
            resending.popFirst()
        }
        while let publish = waiting.first {
            let size = publish.size
            heldBytes -= size
            guard send(publish, at: now) else {
                heldBytes += size
                return
            }
            waiting.popFirst()
        }
        pumpGroups(at: now)
    }

    /// Whether the connection takes another PUBLISH now.
    var mayWrite: Bool { !isWritingBlocked && output.bytes.count < outputLimit }

    /// Whether another QoS 1 or 2 publish may be under way. [MQTT-3.3.4-7]
    var hasQuota: Bool { quotaUsed < window }

    /// Most QoS 1 and 2 publishes under way.
    private var window: Int {
        let stated = encoder.version >= .v5_0 ? limits.receiveMaximum : Self.windowLimit
        let wanted = configuration.inFlightMaximum.map { min(Int($0), stated) } ?? limits.receiveMaximum
        return min(wanted, Self.windowLimit)
    }

    /// Sends a publish or reports why it cannot be sent; `false` when it has to wait.
    mutating func send(_ publish: PendingPublish, at now: Instant) -> Bool {
        guard mayWrite else { return false }
        var publish = publish
        if let refusal = limits.refusal(of: publish.message) ?? age(&publish, at: now) {
            report(publish.request, .unsendable(refusal))
            return true
        }
        guard publish.message.qos > .atMostOnce else {
            if let refusal = write(publish.message, identifier: 0, isDuplicate: false, at: now) {
                report(publish.request, .unsendable(refusal))
            } else {
                noteWritten(publish.request)
            }
            return true
        }
        guard hasQuota else { return false }
        // What is kept to be sent again is bounded too: a server need not ever answer.
        let isKept = keepsSession || publish.request.isGroup
        guard !isKept || heldBytes == 0 || heldBytes + publish.size <= Self.heldLimit else { return false }
        var outgoing = OutgoingPublish(
            request: publish.request, qos: publish.message.qos, asked: publish.asked, begun: nextOrder,
            order: nextOrder)
        if isKept {
            outgoing.message = publish.message
            outgoing.size = publish.size
        }
        guard let identifier = requests.insert(.publish(outgoing)) else { return false }
        if let refusal = write(publish.message, identifier: identifier, isDuplicate: false, at: now) {
            requests[identifier] = nil
            report(publish.request, .unsendable(refusal))
        } else {
            nextOrder += 1
            quotaUsed += 1
            heldBytes += outgoing.size
        }
        return true
    }

    /// Takes the time that a publish has waited here off its Message Expiry Interval; why it may not be sent any more.
    /// Once sent it does not age. [MQTT-4.3.3-7]
    private func age(_ publish: inout PendingPublish, at now: Instant) -> Outcome.Unsendable? {
        let waited = now.since(publish.asked)
        guard encoder.version >= .v5_0, waited > 0,
            let interval = publish.message.properties.messageExpiryInterval
        else { return nil }
        guard waited < Int64(interval) * 1_000_000_000 else { return .expired }
        publish.message.properties.messageExpiryInterval = interval - UInt32(waited / 1_000_000_000)
        return nil
    }

    /// Sends a publish of an earlier connection again, as a duplicate [MQTT-3.3.1-1]; `false` when it has to wait.
    private mutating func resend(_ identifier: UInt16, at now: Instant) -> Bool {
        guard case .publish(var publish)? = requests[identifier], publish.isResending, let message = publish.message
        else { return true }
        guard mayWrite, hasQuota else { return false }
        let refusal = limits.refusal(of: message) ?? write(message, identifier: identifier, isDuplicate: true, at: now)
        if let refusal {
            abandon(publish, identifier, refusal)
            return true
        }
        publish.isResending = false
        publish.usesQuota = true
        quotaUsed += 1
        requests[identifier] = .publish(publish)
        return true
    }

    /// Appends a PUBLISH to what goes out, and to the trace; why not, when it cannot be sent.
    private mutating func write(
        _ message: Message, identifier: UInt16, isDuplicate: Bool, at now: Instant
    ) -> Outcome.Unsendable? {
        let start = output.bytes.count
        var alias = outgoingAliases.alias(for: message.topic)
        do throws(ProtocolViolation) {
            try encode(message, identifier: identifier, isDuplicate: isDuplicate, alias: alias)
            if output.bytes.count - start > limits.maximumPacketSize, alias?.isKnown == false {
                // The alias may be what makes it too large.
                output.bytes.removeLast(output.bytes.count - start)
                alias = nil
                try encode(message, identifier: identifier, isDuplicate: isDuplicate, alias: nil)
            }
        } catch {
            return .malformed(error.detail)
        }
        let size = output.bytes.count - start
        guard size <= limits.maximumPacketSize else {  // [MQTT-3.2.2-15]
            output.bytes.removeLast(size)
            return .packetTooLarge(size: size, limit: limits.maximumPacketSize)
        }
        output.publishByteCount += size
        keepAlive.sent(at: now)
        if let alias, !alias.isKnown { outgoingAliases.give(alias.number, to: message.topic) }
        guard trace.tracing != .none else { return nil }
        var record = TraceRecord(
            time: now, direction: .sent, type: .publish, flags: output.bytes[start] & 0x0F, identifier: identifier,
            length: UInt32(truncatingIfNeeded: message.payload.count))
        var topic = message.topic.string
        topic.withUTF8 { record.setTopic(UnsafeRawBufferPointer($0)) }
        trace.append(record)
        return nil
    }

    /// Appends the bytes of a PUBLISH with the alias we give it; one that it brings belongs to another connection.
    private mutating func encode(
        _ message: Message, identifier: UInt16, isDuplicate: Bool, alias: (number: UInt16, isKnown: Bool)?
    ) throws(ProtocolViolation) {
        var message = message
        message.properties.topicAlias = alias?.number
        try encoder.publish(
            message, identifier: identifier, isDuplicate: isDuplicate, leavingOutTopic: alias?.isKnown == true,
            into: &output.bytes)
    }

    /// The answer to a QoS 1 PUBLISH.
    mutating func receivePuback(_ packet: Acknowledgement, at now: Instant) throws(ProtocolViolation) {
        guard let request = requests[packet.identifier] else { return }  // answered before the connection was lost
        guard case .publish(let publish) = request, publish.qos == .atLeastOnce else {
            throw .protocolError("PUBACK for something else than a QoS 1 PUBLISH")  // [MQTT-2.2.1-5]
        }
        highestAnswered = max(highestAnswered, .atLeastOnce)
        complete(publish, packet.identifier, packet.reasonCode, packet.properties.reasonString, at: now)
    }

    /// The first answer to a QoS 2 PUBLISH.
    mutating func receivePubrec(_ packet: Acknowledgement, at now: Instant) throws(ProtocolViolation) {
        guard let request = requests[packet.identifier] else {
            guard !packet.reasonCode.isFailure else { return }
            let code = encoder.version >= .v5_0 ? ReasonCode.packetIdentifierNotFound : .success
            return send(.pubrel(Acknowledgement(packet.identifier, code)), at: now)
        }
        guard case .publish(var publish) = request, publish.qos == .exactlyOnce else {
            throw .protocolError("PUBREC for something else than a QoS 2 PUBLISH")  // [MQTT-2.2.1-5]
        }
        highestAnswered = .exactlyOnce
        guard !packet.reasonCode.isFailure else {  // [MQTT-4.4.0-2]
            return complete(publish, packet.identifier, packet.reasonCode, packet.properties.reasonString, at: now)
        }
        if !publish.isReleased {
            publish.isReleased = true
            publish.isResending = false
            publish.order = nextOrder
            publish.receivedCode = packet.reasonCode
            publish.receivedReason = packet.properties.reasonString
            nextOrder += 1
            // A message of a group is published anew should the server lose the session before PUBCOMP.
            if publish.request?.isGroup != true {
                publish.message = nil
                heldBytes -= publish.size
                publish.size = 0
            }
            requests[packet.identifier] = .publish(publish)
        }
        sendAcknowledgement(.pubrel, packet.identifier, at: now)  // [MQTT-4.3.3-4]
    }

    /// The last answer to a QoS 2 PUBLISH.
    mutating func receivePubcomp(_ packet: Acknowledgement, at now: Instant) throws(ProtocolViolation) {
        guard let request = requests[packet.identifier] else { return }
        guard case .publish(let publish) = request, publish.isReleased else {
            throw .protocolError("PUBCOMP without PUBREC")  // [MQTT-4.3.3-5]
        }
        let isPlain = packet.reasonCode == .success
        complete(
            publish, packet.identifier, isPlain ? publish.receivedCode : packet.reasonCode,
            packet.properties.reasonString ?? publish.receivedReason, at: now)
    }

    /// The server's last word on a publish: its identifier and its place in the window are free again.
    private mutating func complete(
        _ publish: OutgoingPublish, _ identifier: UInt16, _ code: ReasonCode, _ reason: String?, at now: Instant
    ) {
        requests[identifier] = nil
        heldBytes -= publish.size
        if publish.usesQuota { quotaUsed -= 1 }
        let microseconds = now.since(publish.asked) / 1_000
        report(publish.request, .acknowledged(code, reasonString: reason, microseconds: microseconds))
        pump(at: now)
    }

    /// Says what became of a publish.
    mutating func report(_ request: Requester?, _ outcome: Outcome) {
        switch request {
        case nil: break
        case .request(let id): output.events.append(.outcome(id, outcome))
        case .group(let id, let index): settle(GroupPart(id: id, messages: index..<index + 1), outcome)
        }
    }
}
