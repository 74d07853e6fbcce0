/// The places where properties stand: a Control Packet or the will in CONNECT (MQTT 5.0 table 2-4).
package enum PropertySection: UInt8, Sendable, Hashable, CaseIterable {
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
        /// One bit for each section.
        let rawValue: UInt16

        /// The sections of these bits.
        init(rawValue: UInt16) { self.rawValue = rawValue }

        /// These sections.
        init(_ sections: PropertySection...) { rawValue = sections.reduce(0) { $0 | 1 << UInt16($1.rawValue) } }

        /// Every packet that has properties.
        static let all = Mask(rawValue: 0xFFF)
        /// PUBLISH in both directions and the will.
        static let messages = Mask(.publishToServer, .publishToClient, .will)
        /// Wherever a Reason String may stand.
        static let answers = Mask(
            .connack, .acknowledgement, .subscriptionAcknowledgement, .disconnectToServer, .disconnectToClient, .auth)

        /// Whether `section` is one of them.
        func allows(_ section: PropertySection) -> Bool { rawValue & 1 << UInt16(section.rawValue) != 0 }
    }
}

/// How the value of a property is written (MQTT 5.0 section 1.5).
enum PropertyKind: UInt8, Sendable {
    /// One byte.
    case byte
    /// Two bytes, big-endian.
    case twoByteInteger
    /// Four bytes, big-endian.
    case fourByteInteger
    /// One to four bytes of seven bits.
    case variableByteInteger
    /// UTF-8 with a length before it.
    case text
    /// Bytes with a length before them.
    case binaryData
    /// Two texts.
    case textPair
}

/// One property of table 2-4, by its identifier.
package enum PropertyIdentifier: UInt8, Sendable, CaseIterable {
    /// 0x01: whether the payload is text.
    case payloadFormatIndicator = 0x01
    /// 0x02: how long the message is of use.
    case messageExpiryInterval = 0x02
    /// 0x03: what the payload is.
    case contentType = 0x03
    /// 0x08: where to answer to.
    case responseTopic = 0x08
    /// 0x09: what the answer has to repeat.
    case correlationData = 0x09
    /// 0x0B: which subscription it came by.
    case subscriptionIdentifier = 0x0B
    /// 0x11: how long the session is kept.
    case sessionExpiryInterval = 0x11
    /// 0x12: the name the server gives.
    case assignedClientIdentifier = 0x12
    /// 0x13: the interval the server wants.
    case serverKeepAlive = 0x13
    /// 0x15: how to authenticate.
    case authenticationMethod = 0x15
    /// 0x16: what the method exchanges.
    case authenticationData = 0x16
    /// 0x17: whether reasons are wanted.
    case requestProblemInformation = 0x17
    /// 0x18: how long the will waits.
    case willDelayInterval = 0x18
    /// 0x19: whether Response Information is wanted.
    case requestResponseInformation = 0x19
    /// 0x1A: where answers may go.
    case responseInformation = 0x1A
    /// 0x1C: another server.
    case serverReference = 0x1C
    /// 0x1F: the reason in words.
    case reasonString = 0x1F
    /// 0x21: most messages under way.
    case receiveMaximum = 0x21
    /// 0x22: highest Topic Alias.
    case topicAliasMaximum = 0x22
    /// 0x23: a number in place of the topic.
    case topicAlias = 0x23
    /// 0x24: highest QoS the server takes.
    case maximumQoS = 0x24
    /// 0x25: whether the server keeps retained messages.
    case retainAvailable = 0x25
    /// 0x26: what the application likes to say.
    case userProperty = 0x26
    /// 0x27: largest packet.
    case maximumPacketSize = 0x27
    /// 0x28: whether filters may have wildcards.
    case wildcardSubscriptionAvailable = 0x28
    /// 0x29: whether subscriptions may have identifiers.
    case subscriptionIdentifierAvailable = 0x29
    /// 0x2A: whether subscriptions may be shared.
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
