/// The value of one property, in place.
package enum PropertyValue {
    /// Any number.
    case integer(UInt32)
    /// Text or binary data.
    case bytes(UnsafeRawBufferPointer)
    /// Name and value of a User Property.
    case pair(UnsafeRawBufferPointer, UnsafeRawBufferPointer)
}

/// Reads the properties of one section one by one, checking each: no memory is taken.
package struct PropertyReader {
    private var reader: WireReader
    private let section: PropertySection
    private var seen: UInt64 = 0

    /// Reads `bytes`, the properties of a `section` without their length.
    package init(_ bytes: UnsafeRawBufferPointer, of section: PropertySection) {
        reader = WireReader(bytes)
        self.section = section
    }

    /// The next property, `nil` after the last; a violation when it may not stand here or has a wrong value.
    package mutating func next() throws(ProtocolViolation) -> (identifier: PropertyIdentifier, value: PropertyValue)? {
        guard !reader.isAtEnd else {
            let method = PropertyIdentifier.authenticationMethod
            let data = PropertyIdentifier.authenticationData
            guard !has(data) || has(method) else { throw .protocolError("authentication data without its method") }
            return nil
        }
        let number = try reader.variableByteInteger()
        guard let identifier = UInt8(exactly: number).flatMap(PropertyIdentifier.init) else {
            throw .malformed("unknown property")
        }
        let rule = identifier.rule
        guard rule.sections.allows(section) else { throw .malformed("property that does not belong in this packet") }
        guard !has(identifier) || identifier.mayRepeat(in: section) else {
            throw .protocolError("property that may stand only once stands twice")
        }
        seen |= 1 << UInt64(identifier.rawValue)
        let value = try value(rule.kind)
        try Self.check(value, of: identifier)
        return (identifier, value)
    }

    private func has(_ identifier: PropertyIdentifier) -> Bool { seen & 1 << UInt64(identifier.rawValue) != 0 }

    private mutating func value(_ kind: PropertyKind) throws(ProtocolViolation) -> PropertyValue {
        switch kind {
        case .byte: .integer(UInt32(try reader.byte()))
        case .twoByteInteger: .integer(UInt32(try reader.twoByteInteger()))
        case .fourByteInteger: .integer(try reader.fourByteInteger())
        case .variableByteInteger: .integer(UInt32(try reader.variableByteInteger()))
        case .text: .bytes(try reader.text())
        case .binaryData: .bytes(try reader.binaryData())
        case .textPair: .pair(try reader.text(), try reader.text())  // [MQTT-1.5.7-1]
        }
    }

    /// The values that the sections of the specification forbid.
    static func check(_ value: PropertyValue, of identifier: PropertyIdentifier) throws(ProtocolViolation) {
        switch (identifier, value) {
        case (.topicAlias, .integer(0)):
            throw ProtocolViolation(.topicAliasInvalid, "topic alias 0")  // [MQTT-3.3.2-8]
        case (.receiveMaximum, .integer(0)), (.maximumPacketSize, .integer(0)), (.subscriptionIdentifier, .integer(0)):
            throw .protocolError("property that may not be 0")
        case (.payloadFormatIndicator, .integer(2...)), (.requestProblemInformation, .integer(2...)),
            (.requestResponseInformation, .integer(2...)), (.maximumQoS, .integer(2...)),
            (.retainAvailable, .integer(2...)), (.wildcardSubscriptionAvailable, .integer(2...)),
            (.subscriptionIdentifierAvailable, .integer(2...)), (.sharedSubscriptionAvailable, .integer(2...)):
            throw .protocolError("property that is 0 or 1 has another value")
        case (.responseTopic, .bytes(let topic)) where topic.holdsWildcard:
            throw .protocolError("response topic with a wildcard")  // [MQTT-3.3.2-14]
        default: break
        }
    }
}
