import MQTT
import MQTTCodec

/// A group of publishes of which not all are under way yet.
struct PendingGroup: Sendable {
    /// The group.
    var group: PublishGroup
    /// When it was asked for.
    var asked: Instant
    /// The first message that is not under way.
    var next = 0

    /// Whether all are under way, or done.
    var isDone: Bool { next == group.payloads.count }
}

/// Messages of a group that share a fate.
struct GroupPart: Sendable, Equatable {
    /// Which group.
    var id: RequestID
    /// Their places in it.
    var messages: Range<Int>
}

/// Publishing many messages by one request.
extension Session {
    /// Publishes the messages of `group`, each as soon as there is a connection and room in the window.
    mutating func publish(_ group: PublishGroup, at now: Instant) {
        precondition(!group.payloads.isEmpty, "a group holds at least one message")
        remaining[group.id] = group.payloads.count
        guard isTakingRequests else {
            return settle(GroupPart(id: group.id, messages: group.payloads.indices), .unsendable(.notConnected))
        }
        groups.append(PendingGroup(group: group, asked: now))
        pump(at: now)
    }

    /// Sends what waits of groups, as far as the window and the connection allow, in order.
    mutating func pumpGroups(at now: Instant) {
        while mayWrite, var pending = groups.first {
            guard pending.group.template.qos == .atMostOnce || hasQuota else { return }
            let isDone = send(&pending, at: now)
            guard isDone else { return groups.replaceFirst(with: pending) }
            groups.popFirst()
        }
    }

    /// Sends what can be sent of a group; whether that is all of it.
    private mutating func send(_ pending: inout PendingGroup, at now: Instant) -> Bool {
        let template = pending.group.template
        let isPlain =
            template.qos == .atMostOnce && trace.tracing == .none && limits.refusal(of: template) == nil
            && template.properties.messageExpiryInterval == nil && template.properties.topicAlias == nil
            && outgoingAliases.alias(for: template.topic) == nil
        if isPlain, let header = try? encoder.variableHeader(of: template) {
            sendPlain(&pending, header: header, at: now)
            return pending.isDone
        }
        while !pending.isDone {
            guard mayWrite, template.qos == .atMostOnce || hasQuota else { return false }
            let range = pending.group.payloads[pending.next]
            let bytes = pending.group.bytes
            var message = template
            message.payload = range == bytes.indices ? bytes : Array(bytes[range])
            let requester = Requester.group(pending.group.id, pending.next)
            guard send(PendingPublish(request: requester, message: message, asked: pending.asked), at: now) else {
                return false
            }
            pending.next += 1
        }
        return true
    }

    /// Writes QoS 0 messages that differ in nothing but their payload, with nothing else to look at.
    private mutating func sendPlain(_ pending: inout PendingGroup, header: [UInt8], at now: Instant) {
        let group = pending.group
        let first: UInt8 = group.template.isRetained ? 0x31 : 0x30
        let start = output.bytes.count
        var written = pending.next..<pending.next
        while !pending.isDone, mayWrite {
            let payload = group.payloads[pending.next]
            let length = header.count + payload.count
            let size = 1 + variableByteIntegerSize(length) + length
            let isTooLong = length > [UInt8].variableByteIntegerLimit
            if isTooLong || size > limits.maximumPacketSize {
                noteWritten(GroupPart(id: group.id, messages: written))
                let why: Outcome.Unsendable =
                    isTooLong
                    ? .malformed(ProtocolViolation.tooLong(length).detail)
                    : .packetTooLarge(size: size, limit: limits.maximumPacketSize)  // [MQTT-3.2.2-15]
                settle(GroupPart(id: group.id, messages: pending.next..<pending.next + 1), .unsendable(why))
                written = pending.next + 1..<pending.next + 1
            } else {
                output.bytes.append(first)
                output.bytes.append(variableByteInteger: length)
                output.bytes.append(contentsOf: header)
                group.bytes.withUnsafeBufferPointer { bytes in
                    output.bytes.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[payload]))
                }
                written = written.lowerBound..<pending.next + 1
            }
            pending.next += 1
        }
        noteWritten(GroupPart(id: group.id, messages: written))
        output.publishByteCount += output.bytes.count - start
        keepAlive.sent(at: now)
    }

    /// A QoS 0 publish is in what goes out.
    mutating func noteWritten(_ requester: Requester) {
        switch requester {
        case .request(let id): output.written.append(id)
        case .group(let id, let index): noteWritten(GroupPart(id: id, messages: index..<index + 1))
        }
    }

    private mutating func noteWritten(_ part: GroupPart) {
        guard !part.messages.isEmpty else { return }
        if let last = output.writtenParts.last, last.id == part.id, last.messages.upperBound == part.messages.lowerBound
        {
            let messages = last.messages.lowerBound..<part.messages.upperBound
            output.writtenParts[output.writtenParts.count - 1].messages = messages
        } else {
            output.writtenParts.append(part)
        }
    }

    /// What became of messages of a group, which have no other end.
    mutating func settle(_ part: GroupPart, _ outcome: Outcome) {
        guard let before = remaining[part.id] else { return }
        let rest = before - part.messages.count
        remaining[part.id] = rest > 0 ? rest : nil
        let failures = outcome.isFailure ? [GroupProgress.Failure(messages: part.messages, outcome: outcome)] : []
        guard rest == 0 || !failures.isEmpty else { return }
        output.events.append(.progress(part.id, GroupProgress(failures: failures, remaining: rest)))
    }

    /// The connection is gone: says how far each group has come.
    mutating func reportGroups() {
        guard !remaining.isEmpty else { return }
        var first: [RequestID: Int] = [:]
        func note(_ requester: Requester?) {
            guard case .group(let id, let index) = requester else { return }
            first[id] = min(first[id] ?? index, index)
        }
        for case (_, .publish(let publish)) in requests.entries where !publish.isReleased { note(publish.request) }
        for publish in waiting.all { note(publish.request) }
        for pending in groups.all { note(.group(pending.group.id, pending.next)) }
        for (id, count) in remaining.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let progress = GroupProgress(failures: [], remaining: count, firstRemaining: first[id])
            output.events.append(.progress(id, progress))
        }
    }

    /// No connection is coming: what waits of groups ends.
    mutating func endGroups() {
        while let pending = groups.popFirst() {
            let messages = pending.next..<pending.group.payloads.count
            settle(GroupPart(id: pending.group.id, messages: messages), .unsendable(.notConnected))
        }
    }
}

extension Outcome {
    /// Whether the message was not taken.
    fileprivate var isFailure: Bool {
        switch self {
        case .queued, .written: false
        case .acknowledged(let code, _, _): code.isFailure
        case .unsendable: true
        }
    }
}
