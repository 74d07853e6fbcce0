extension Properties {
    /// The properties in `bytes`, a section without its Property Length, or how they break the rules of `section`.
    package init(decoding bytes: some Collection<UInt8>, of section: PropertySection) throws(ProtocolViolation) {
        let result: Result<Properties, ProtocolViolation> = Array(bytes).withUnsafeBytes { bytes in
            do throws(ProtocolViolation) {
                return .success(try Properties(decoding: bytes, of: section))
            } catch {
                return .failure(error)
            }
        }
        self = try result.get()
    }

    /// The same for bytes in place.
    package init(decoding bytes: UnsafeRawBufferPointer, of section: PropertySection) throws(ProtocolViolation) {
        self.init()
        var reader = PropertyReader(bytes, of: section)
        while let (identifier, value) = try reader.next() { set(identifier, to: value) }
    }

    /// Throws what the initialiser would, without making anything of the values; the Topic Alias when there is one.
    @discardableResult
    package static func check(
        _ bytes: UnsafeRawBufferPointer, of section: PropertySection
    ) throws(ProtocolViolation) -> UInt16? {
        var reader = PropertyReader(bytes, of: section)
        var alias: UInt16?
        while let (identifier, value) = try reader.next() {
            if identifier == .topicAlias, case .integer(let number) = value {
                alias = UInt16(truncatingIfNeeded: number)
            }
        }
        return alias
    }

    private mutating func set(_ identifier: PropertyIdentifier, to value: PropertyValue) {
        switch value {
        case .integer(let value): set(identifier, to: value)
        case .bytes(let value): set(identifier, to: value)
        case .pair(let name, let value):
            userProperties.append(
                UserProperty(String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
        }
    }

    private mutating func set(_ identifier: PropertyIdentifier, to value: UInt32) {
        switch identifier {
        case .payloadFormatIndicator: payloadFormatIndicator = UInt8(truncatingIfNeeded: value)
        case .messageExpiryInterval: messageExpiryInterval = value
        case .subscriptionIdentifier: subscriptionIdentifiers.append(value)
        case .sessionExpiryInterval: sessionExpiryInterval = value
        case .serverKeepAlive: serverKeepAlive = UInt16(truncatingIfNeeded: value)
        case .requestProblemInformation: requestProblemInformation = UInt8(truncatingIfNeeded: value)
        case .willDelayInterval: willDelayInterval = value
        case .requestResponseInformation: requestResponseInformation = UInt8(truncatingIfNeeded: value)
        case .receiveMaximum: receiveMaximum = UInt16(truncatingIfNeeded: value)
        case .topicAliasMaximum: topicAliasMaximum = UInt16(truncatingIfNeeded: value)
        case .topicAlias: topicAlias = UInt16(truncatingIfNeeded: value)
        case .maximumQoS: maximumQoS = UInt8(truncatingIfNeeded: value)
        case .retainAvailable: retainAvailable = UInt8(truncatingIfNeeded: value)
        case .maximumPacketSize: maximumPacketSize = value
        case .wildcardSubscriptionAvailable: wildcardSubscriptionAvailable = UInt8(truncatingIfNeeded: value)
        case .subscriptionIdentifierAvailable: subscriptionIdentifierAvailable = UInt8(truncatingIfNeeded: value)
        case .sharedSubscriptionAvailable: sharedSubscriptionAvailable = UInt8(truncatingIfNeeded: value)
        default: preconditionFailure("\(identifier) is not a number")
        }
    }

    private mutating func set(_ identifier: PropertyIdentifier, to value: UnsafeRawBufferPointer) {
        switch identifier {
        case .correlationData: correlationData = Array(value)
        case .authenticationData: authenticationData = Array(value)
        case .contentType: contentType = String(decoding: value, as: UTF8.self)
        case .responseTopic: responseTopic = String(decoding: value, as: UTF8.self)
        case .assignedClientIdentifier: assignedClientIdentifier = String(decoding: value, as: UTF8.self)
        case .authenticationMethod: authenticationMethod = String(decoding: value, as: UTF8.self)
        case .responseInformation: responseInformation = String(decoding: value, as: UTF8.self)
        case .serverReference: serverReference = String(decoding: value, as: UTF8.self)
        case .reasonString: reasonString = String(decoding: value, as: UTF8.self)
        default: preconditionFailure("\(identifier) is not text or bytes")
        }
    }
}
