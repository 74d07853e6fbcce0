package import MQTT

/// Bytes from Control Packets, appended to a byte array. What cannot be written is a violation and appends nothing.
package struct PacketEncoder: Sendable {
    /// Which end writes.
    package var role: PacketDecoder.Role
    /// The version both ends speak; a CONNECT says its own.
    package var version: ProtocolVersion

    /// An encoder of `version` for the end `role`.
    package init(role: PacketDecoder.Role, version: ProtocolVersion) {
        self.role = role
        self.version = version
    }

    /// Appends `packet` to `bytes`.
    package func encode(_ packet: Packet, into bytes: inout [UInt8]) throws(ProtocolViolation) {
        switch packet {
        case .connect(let packet): try append(0x10, try body(packet), to: &bytes)
        case .connack(let packet): try append(0x20, try body(packet), to: &bytes)
        case .publish(let packet):
            try publish(packet.message, identifier: packet.identifier, isDuplicate: packet.isDuplicate, into: &bytes)
        case .puback(let packet): try append(0x40, try body(packet), to: &bytes)
        case .pubrec(let packet): try append(0x50, try body(packet), to: &bytes)
        case .pubrel(let packet): try append(0x62, try body(packet), to: &bytes)  // [MQTT-3.6.1-1]
        case .pubcomp(let packet): try append(0x70, try body(packet), to: &bytes)
        case .subscribe(let packet): try append(0x82, try body(packet), to: &bytes)  // [MQTT-3.8.1-1]
        case .suback(let packet): try append(0x90, try body(packet, hasCodes: true), to: &bytes)
        case .unsubscribe(let packet): try append(0xA2, try body(packet), to: &bytes)  // [MQTT-3.10.1-1]
        case .unsuback(let packet): try append(0xB0, try body(packet, hasCodes: version >= .v5_0), to: &bytes)
        case .pingreq: bytes += [0xC0, 0]
        case .pingresp: bytes += [0xD0, 0]
        case .disconnect(let packet): try append(0xE0, try body(packet), to: &bytes)
        case .auth(let packet): try append(0xF0, try body(packet), to: &bytes)
        }
    }

    /// Appends a PUBLISH of `message`; `identifier` is not looked at for QoS 0. The topic is left out where the server
    /// knows it by the message's Topic Alias.
    package func publish(
        _ message: Message, identifier: UInt16, isDuplicate: Bool, leavingOutTopic: Bool = false,
        into bytes: inout [UInt8]
    ) throws(ProtocolViolation) {
        var properties: [UInt8] = []
        if version >= .v5_0 {
            let section: PropertySection = role == .client ? .publishToServer : .publishToClient
            try message.properties.encode(into: &properties, of: section)
        }
        let hasIdentifier = message.qos > .atMostOnce  // [MQTT-2.2.1-2]
        let topic = leavingOutTopic ? "".utf8 : message.topic.string.utf8
        let length = 2 + topic.count + (hasIdentifier ? 2 : 0) + properties.count + message.payload.count
        guard length <= [UInt8].variableByteIntegerLimit else { throw .tooLong(length) }
        let flags = PublishFlags(
            qos: message.qos, isRetained: message.isRetained, isDuplicate: isDuplicate && hasIdentifier)
        // Room for one packet alone is made at once; behind others the array grows by doubling, as each exact request would
        // copy all of them.
        if bytes.isEmpty { bytes.reserveCapacity(5 + length) }
        bytes.append(0x30 | flags.rawValue)
        bytes.append(variableByteInteger: length)
        bytes.append(twoByteInteger: UInt16(topic.count))
        bytes.append(contentsOf: topic)
        if hasIdentifier { bytes.append(twoByteInteger: identifier) }
        bytes.append(contentsOf: properties)
        bytes.append(contentsOf: message.payload)
    }

    /// What stands between the fixed header and the payload of a QoS 0 PUBLISH of `message` (MQTT 5.0 section 3.3.2).
    package func variableHeader(of message: Message) throws(ProtocolViolation) -> [UInt8] {
        var header: [UInt8] = []
        try header.append(text: message.topic.string)
        if version >= .v5_0 {
            try message.properties.encode(into: &header, of: role == .client ? .publishToServer : .publishToClient)
        }
        return header
    }

    /// Fixed header and body.
    private func append(_ first: UInt8, _ body: [UInt8], to bytes: inout [UInt8]) throws(ProtocolViolation) {
        guard body.count <= [UInt8].variableByteIntegerLimit else { throw .tooLong(body.count) }
        bytes.append(first)
        bytes.append(variableByteInteger: body.count)
        bytes += body
    }

    private func body(_ packet: Connect) throws(ProtocolViolation) -> [UInt8] {
        var body: [UInt8] = []
        try body.append(text: packet.version == .v3_1 ? "MQIsdp" : "MQTT")
        body.append(packet.version.rawValue)
        guard packet.password == nil || packet.userName != nil || packet.version >= .v5_0 else {
            throw .malformed("password without user name, which only MQTT 5.0 can say")  // [MQTT-3.1.2-22] of 3.1.1
        }
        guard
            !packet.clientIdentifier.isEmpty || packet.version >= .v5_0
                || packet.version == .v3_1_1 && packet.cleanStart
        else {
            // [MQTT-3.1.3-7] of 3.1.1; 3.1 has no empty one at all.
            throw .malformed("empty client identifier, which before MQTT 5.0 needs a clean start, and 3.1.1")
        }
        var flags: UInt8 = packet.cleanStart ? 2 : 0
        if let will = packet.will { flags |= 4 | will.message.qos.rawValue << 3 | (will.message.isRetained ? 0x20 : 0) }
        if packet.password != nil { flags |= 0x40 }
        if packet.userName != nil { flags |= 0x80 }
        body.append(flags)
        body.append(twoByteInteger: packet.keepAlive)
        if packet.version >= .v5_0 { try packet.properties.encode(into: &body, of: .connect) }
        try body.append(text: packet.clientIdentifier)
        if let will = packet.will {
            if packet.version >= .v5_0 {
                var properties = will.message.properties
                properties.willDelayInterval = will.delayInterval == 0 ? nil : will.delayInterval
                try properties.encode(into: &body, of: .will)
            }
            try body.append(text: will.message.topic.string)
            try body.append(binaryData: will.message.payload)
        }
        if let userName = packet.userName { try body.append(text: userName) }
        if let password = packet.password { try body.append(binaryData: password) }
        return body
    }

    private func body(_ packet: ConnAck) throws(ProtocolViolation) -> [UInt8] {
        let flags: UInt8 = packet.isSessionPresent ? 1 : 0
        guard version >= .v5_0, !packet.isShortForm else { return [flags, packet.reasonCode.returnCode] }
        var body = [flags, packet.reasonCode.rawValue]
        try packet.properties.encode(into: &body, of: .connack)
        return body
    }

    /// Identifier, and in 5.0 code and properties where they say something.
    private func body(_ packet: Acknowledgement) throws(ProtocolViolation) -> [UInt8] {
        var body: [UInt8] = []
        body.append(twoByteInteger: packet.identifier)
        try appendEnding(packet.reasonCode, packet.properties, of: .acknowledgement, to: &body)
        return body
    }

    private func body(_ packet: Disconnect) throws(ProtocolViolation) -> [UInt8] {
        var body: [UInt8] = []
        let section: PropertySection = role == .client ? .disconnectToServer : .disconnectToClient
        try appendEnding(packet.reasonCode, packet.properties, of: section, to: &body)
        return body
    }

    private func appendEnding(
        _ code: ReasonCode, _ properties: Properties, of section: PropertySection, to body: inout [UInt8]
    ) throws(ProtocolViolation) {
        let hasProperties = !properties.isEmpty
        guard version >= .v5_0, hasProperties || code != .success else { return }
        body.append(code.rawValue)
        if hasProperties { try properties.encode(into: &body, of: section) }
    }

    private func body(_ packet: Auth) throws(ProtocolViolation) -> [UInt8] {
        var body = [packet.reasonCode.rawValue]
        try packet.properties.encode(into: &body, of: .auth)
        return body
    }

    private func body(_ packet: Subscribe) throws(ProtocolViolation) -> [UInt8] {
        guard !packet.subscriptions.isEmpty else { throw .protocolError("SUBSCRIBE without a filter") }
        var body: [UInt8] = []
        body.append(twoByteInteger: packet.identifier)
        if version >= .v5_0 { try packet.properties.encode(into: &body, of: .subscribe) }
        for subscription in packet.subscriptions {
            try body.append(text: subscription.filter.string)
            body.append(options(of: subscription))
        }
        return body
    }

    /// The options byte of one filter; before 5.0 the QoS alone.
    package func options(of subscription: Subscription) -> UInt8 {
        guard version >= .v5_0 else { return subscription.qos.rawValue }
        // No Local with a shared subscription would be a Protocol Error. [MQTT-3.8.3-4]
        let noLocal = subscription.noLocal && !subscription.filter.isShared
        return subscription.qos.rawValue | (noLocal ? 4 : 0) | (subscription.retainAsPublished ? 8 : 0)
            | subscription.retainHandling.rawValue << 4
    }

    private func body(_ packet: SubAck, hasCodes: Bool) throws(ProtocolViolation) -> [UInt8] {
        var body: [UInt8] = []
        body.append(twoByteInteger: packet.identifier)
        if version >= .v5_0 { try packet.properties.encode(into: &body, of: .subscriptionAcknowledgement) }
        if hasCodes { body += packet.reasonCodes.map(\.rawValue) }
        return body
    }

    private func body(_ packet: Unsubscribe) throws(ProtocolViolation) -> [UInt8] {
        guard !packet.filters.isEmpty else { throw .protocolError("UNSUBSCRIBE without a filter") }
        var body: [UInt8] = []
        body.append(twoByteInteger: packet.identifier)
        if version >= .v5_0 { try packet.properties.encode(into: &body, of: .unsubscribe) }
        for filter in packet.filters { try body.append(text: filter.string) }
        return body
    }
}

extension ProtocolViolation {
    /// A packet whose Remaining Length would be `length` bytes, more than MQTT can say.
    package static func tooLong(_ length: Int) -> ProtocolViolation {
        .malformed(
            "its packet has a Remaining Length of \(length), MQTT has at most \([UInt8].variableByteIntegerLimit)")
    }
}
