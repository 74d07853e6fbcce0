extension Properties {
    /// Appends Property Length and the properties of a `section`; a violation when one may not stand there or cannot be
    /// written. [MQTT-2.2.2-1]
    package func encode(into bytes: inout [UInt8], of section: PropertySection) throws(ProtocolViolation) {
        var writer = PropertyWriter(section: section)
        try writeNumbers(into: &writer)
        try writeTexts(into: &writer)
        try writer.write(.reasonString, text: reasonString)
        for property in userProperties { try writer.write(property) }
        guard writer.bytes.count <= [UInt8].variableByteIntegerLimit else { throw .malformed("properties too long") }
        bytes.append(variableByteInteger: writer.bytes.count)
        bytes.append(contentsOf: writer.bytes)
    }

    /// Whether there is none.
    package var isEmpty: Bool { self == Properties() }

    private func writeNumbers(into writer: inout PropertyWriter) throws(ProtocolViolation) {
        try writer.write(.payloadFormatIndicator, payloadFormatIndicator)
        try writer.write(.messageExpiryInterval, messageExpiryInterval)
        for identifier in subscriptionIdentifiers { try writer.write(.subscriptionIdentifier, identifier) }
        try writer.write(.sessionExpiryInterval, sessionExpiryInterval)
        try writer.write(.serverKeepAlive, serverKeepAlive)
        try writer.write(.requestProblemInformation, requestProblemInformation)
        try writer.write(.willDelayInterval, willDelayInterval)
        try writer.write(.requestResponseInformation, requestResponseInformation)
        try writer.write(.receiveMaximum, receiveMaximum)
        try writer.write(.topicAliasMaximum, topicAliasMaximum)
        try writer.write(.topicAlias, topicAlias)
        try writer.write(.maximumQoS, maximumQoS)
        try writer.write(.retainAvailable, retainAvailable)
        try writer.write(.maximumPacketSize, maximumPacketSize)
        try writer.write(.wildcardSubscriptionAvailable, wildcardSubscriptionAvailable)
        try writer.write(.subscriptionIdentifierAvailable, subscriptionIdentifierAvailable)
        try writer.write(.sharedSubscriptionAvailable, sharedSubscriptionAvailable)
    }

    private func writeTexts(into writer: inout PropertyWriter) throws(ProtocolViolation) {
        try writer.write(.contentType, text: contentType)
        try writer.write(.responseTopic, text: responseTopic)
        try writer.write(.correlationData, data: correlationData)
        try writer.write(.assignedClientIdentifier, text: assignedClientIdentifier)
        try writer.write(.authenticationMethod, text: authenticationMethod)
        try writer.write(.authenticationData, data: authenticationData)
        try writer.write(.responseInformation, text: responseInformation)
        try writer.write(.serverReference, text: serverReference)
        guard authenticationData == nil || authenticationMethod != nil else {
            throw .protocolError("authentication data without its method")
        }
    }
}

/// Writes the properties of one section, checking each by the rules for reading them.
private struct PropertyWriter {
    let section: PropertySection
    var bytes: [UInt8] = []
    private var seen: UInt64 = 0

    init(section: PropertySection) { self.section = section }

    /// Writes a number in the form its property has; nothing when it is absent.
    mutating func write(_ identifier: PropertyIdentifier, _ number: (some FixedWidthInteger)?) throws(ProtocolViolation)
    {
        guard let number else { return }
        let value = UInt32(truncatingIfNeeded: number)
        try PropertyReader.check(.integer(value), of: identifier)
        try begin(identifier)
        switch identifier.rule.kind {
        case .byte: bytes.append(UInt8(truncatingIfNeeded: value))
        case .twoByteInteger: bytes.append(twoByteInteger: UInt16(truncatingIfNeeded: value))
        case .variableByteInteger:
            guard value <= [UInt8].variableByteIntegerLimit else { throw .malformed("number too large for its field") }
            bytes.append(variableByteInteger: Int(value))
        default: bytes.append(fourByteInteger: value)
        }
    }

    /// Writes a text; nothing when it is absent.
    mutating func write(_ identifier: PropertyIdentifier, text: String?) throws(ProtocolViolation) {
        guard let text else { return }
        if identifier == .responseTopic, text.utf8.contains(where: { $0 == 0x2B || $0 == 0x23 }) {
            throw .protocolError("response topic with a wildcard")  // [MQTT-3.3.2-14]
        }
        try begin(identifier)
        try bytes.append(text: text)
    }

    /// Writes binary data; nothing when it is absent.
    mutating func write(_ identifier: PropertyIdentifier, data: [UInt8]?) throws(ProtocolViolation) {
        guard let data else { return }
        try begin(identifier)
        try bytes.append(binaryData: data)
    }

    /// Writes a User Property.
    mutating func write(_ property: UserProperty) throws(ProtocolViolation) {
        try begin(.userProperty)
        try bytes.append(text: property.name)
        try bytes.append(text: property.value)
    }

    private mutating func begin(_ identifier: PropertyIdentifier) throws(ProtocolViolation) {
        guard identifier.rule.sections.allows(section) else {
            throw .malformed("property that does not belong in this packet")
        }
        let bit: UInt64 = 1 << UInt64(identifier.rawValue)
        guard seen & bit == 0 || identifier.mayRepeat(in: section) else {
            throw .protocolError("property that may stand only once stands twice")
        }
        seen |= bit
        bytes.append(identifier.rawValue)
    }
}
