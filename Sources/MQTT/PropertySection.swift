/// The places where properties stand: a Control Packet or the will in CONNECT (MQTT 5.0 table 2-4).
public enum PropertySection: UInt8, Sendable, Hashable, CaseIterable {
    /// In CONNECT.
    case connect
    /// Of the will, in the payload of CONNECT.
    case will
    /// In CONNACK.
    case connack
    /// In a PUBLISH to the server.
    case publishToServer
    /// In a PUBLISH to the client: Subscription Identifiers come only here.
    case publishToClient
    /// In PUBACK, PUBREC, PUBREL or PUBCOMP.
    case acknowledgement
    /// In SUBSCRIBE.
    case subscribe
    /// In SUBACK or UNSUBACK.
    case subscriptionAcknowledgement
    /// In UNSUBSCRIBE.
    case unsubscribe
    /// In a DISCONNECT to the server.
    case disconnectToServer
    /// In a DISCONNECT to the client.
    case disconnectToClient
    /// In AUTH.
    case auth

    /// Several sections as a set.
    struct Mask: OptionSet, Sendable {
        let rawValue: UInt16

        init(rawValue: UInt16) { self.rawValue = rawValue }
        init(_ sections: PropertySection...) { rawValue = sections.reduce(0) { $0 | 1 << UInt16($1.rawValue) } }

        /// Every packet that has properties.
        static let all = Mask(rawValue: 0xFFF)
        /// PUBLISH in both directions and the will.
        static let messages = Mask(.publishToServer, .publishToClient, .will)
        /// Wherever a Reason String may stand.
        static let answers = Mask(
            .connack, .acknowledgement, .subscriptionAcknowledgement, .disconnectToServer, .disconnectToClient, .auth)

        func allows(_ section: PropertySection) -> Bool { rawValue & 1 << UInt16(section.rawValue) != 0 }
    }
}

/// How the value of a property is written (MQTT 5.0 section 1.5).
enum PropertyKind: UInt8, Sendable {
    case byte
    case twoByteInteger
    case fourByteInteger
    case variableByteInteger
    case text
    case binaryData
    case textPair
}

/// One property of table 2-4, by its identifier.
enum PropertyIdentifier: UInt8, Sendable, CaseIterable {
    case payloadFormatIndicator = 0x01
    case messageExpiryInterval = 0x02
    case contentType = 0x03
    case responseTopic = 0x08
    case correlationData = 0x09
    case subscriptionIdentifier = 0x0B
    case sessionExpiryInterval = 0x11
    case assignedClientIdentifier = 0x12
    case serverKeepAlive = 0x13
    case authenticationMethod = 0x15
    case authenticationData = 0x16
    case requestProblemInformation = 0x17
    case willDelayInterval = 0x18
    case requestResponseInformation = 0x19
    case responseInformation = 0x1A
    case serverReference = 0x1C
    case reasonString = 0x1F
    case receiveMaximum = 0x21
    case topicAliasMaximum = 0x22
    case topicAlias = 0x23
    case maximumQoS = 0x24
    case retainAvailable = 0x25
    case userProperty = 0x26
    case maximumPacketSize = 0x27
    case wildcardSubscriptionAvailable = 0x28
    case subscriptionIdentifierAvailable = 0x29
    case sharedSubscriptionAvailable = 0x2A

    /// How its value is written, and where it may stand.
    var rule: (kind: PropertyKind, sections: PropertySection.Mask) {
        switch self {
        case .payloadFormatIndicator: (.byte, .messages)
        case .messageExpiryInterval: (.fourByteInteger, .messages)
        case .contentType: (.text, .messages)
        case .responseTopic: (.text, .messages)
        case .correlationData: (.binaryData, .messages)
        case .subscriptionIdentifier: (.variableByteInteger, .init(.publishToClient, .subscribe))
        case .sessionExpiryInterval: (.fourByteInteger, .init(.connect, .connack, .disconnectToServer))
        case .assignedClientIdentifier: (.text, .init(.connack))
        case .serverKeepAlive: (.twoByteInteger, .init(.connack))
        case .authenticationMethod: (.text, .init(.connect, .connack, .auth))
        case .authenticationData: (.binaryData, .init(.connect, .connack, .auth))
        case .requestProblemInformation: (.byte, .init(.connect))
        case .willDelayInterval: (.fourByteInteger, .init(.will))
        case .requestResponseInformation: (.byte, .init(.connect))
        case .responseInformation: (.text, .init(.connack))
        case .serverReference: (.text, .init(.connack, .disconnectToClient))
        case .reasonString: (.text, .answers)
        case .receiveMaximum: (.twoByteInteger, .init(.connect, .connack))
        case .topicAliasMaximum: (.twoByteInteger, .init(.connect, .connack))
        case .topicAlias: (.twoByteInteger, .init(.publishToServer, .publishToClient))
        case .maximumQoS: (.byte, .init(.connack))
        case .retainAvailable: (.byte, .init(.connack))
        case .userProperty: (.textPair, .all)
        case .maximumPacketSize: (.fourByteInteger, .init(.connect, .connack))
        case .wildcardSubscriptionAvailable: (.byte, .init(.connack))
        case .subscriptionIdentifierAvailable: (.byte, .init(.connack))
        case .sharedSubscriptionAvailable: (.byte, .init(.connack))
        }
    }

    /// Whether it may stand more than once in `section`.
    func mayRepeat(in section: PropertySection) -> Bool {
        self == .userProperty || self == .subscriptionIdentifier && section == .publishToClient
    }
}
