package import MQTT

/// A Control Packet as values: all fifteen of the specification, in the versions 3.1, 3.1.1 and 5.0.
///
/// Before 5.0 Reason Codes are those that 5.0 has for the same meaning, and properties are empty.
package indirect enum Packet: Sendable, Equatable {
    /// Client to server: asks for a connection.
    case connect(Connect)
    /// Server to client: the answer to CONNECT.
    case connack(ConnAck)
    /// A message.
    case publish(Publish)
    /// The answer to a QoS 1 PUBLISH.
    case puback(Acknowledgement)
    /// The first answer to a QoS 2 PUBLISH.
    case pubrec(Acknowledgement)
    /// The answer to PUBREC.
    case pubrel(Acknowledgement)
    /// The answer to PUBREL.
    case pubcomp(Acknowledgement)
    /// Client to server: asks for messages.
    case subscribe(Subscribe)
    /// Server to client: the answer to SUBSCRIBE.
    case suback(SubAck)
    /// Client to server: ends subscriptions.
    case unsubscribe(Unsubscribe)
    /// Server to client: the answer to UNSUBSCRIBE.
    case unsuback(SubAck)
    /// Client to server: are you there?
    case pingreq
    /// Server to client: the answer to PINGREQ.
    case pingresp
    /// The last packet; from the server in 5.0 only.
    case disconnect(Disconnect)
    /// A step of authentication; 5.0 only.
    case auth(Auth)

    /// Its kind.
    package var type: PacketType {
        switch self {
        case .connect: .connect
        case .connack: .connack
        case .publish: .publish
        case .puback: .puback
        case .pubrec: .pubrec
        case .pubrel: .pubrel
        case .pubcomp: .pubcomp
        case .subscribe: .subscribe
        case .suback: .suback
        case .unsubscribe: .unsubscribe
        case .unsuback: .unsuback
        case .pingreq: .pingreq
        case .pingresp: .pingresp
        case .disconnect: .disconnect
        case .auth: .auth
        }
    }
}

/// CONNECT (MQTT 5.0 section 3.1): asks the server for a connection.
package struct Connect: Sendable, Equatable {
    /// The version the client speaks.
    package var version: ProtocolVersion
    /// Whether an earlier session is to be dropped; Clean Session before 5.0.
    package var cleanStart: Bool
    /// Keep alive, seconds; 0 is off.
    package var keepAlive: UInt16
    /// The Client Identifier; may be empty where the server is to choose one.
    package var clientIdentifier: String
    /// What the server publishes when the connection ends without DISCONNECT.
    package var will: Will?
    /// The user name.
    package var userName: String?
    /// The password.
    package var password: [UInt8]?
    /// The properties; not those of the will.
    package var properties: Properties

    /// A CONNECT of `version`.
    package init(
        version: ProtocolVersion, clientIdentifier: String, cleanStart: Bool = true, keepAlive: UInt16 = 60,
        will: Will? = nil, userName: String? = nil, password: [UInt8]? = nil, properties: Properties = Properties()
    ) {
        self.version = version
        self.cleanStart = cleanStart
        self.keepAlive = keepAlive
        self.clientIdentifier = clientIdentifier
        self.will = will
        self.userName = userName
        self.password = password
        self.properties = properties
    }
}

/// CONNACK (section 3.2): the server's answer to CONNECT.
package struct ConnAck: Sendable, Equatable {
    /// Whether the server still has the session.
    package var isSessionPresent: Bool
    /// Success, or why it refuses.
    package var reasonCode: ReasonCode
    /// The server's limits and features.
    package var properties: Properties
    /// Whether it came in the two bytes that versions before 5.0 use.
    package var isShortForm: Bool

    /// A CONNACK with `reasonCode`.
    package init(
        _ reasonCode: ReasonCode = .success, isSessionPresent: Bool = false, properties: Properties = Properties(),
        isShortForm: Bool = false
    ) {
        self.isSessionPresent = isSessionPresent
        self.reasonCode = reasonCode
        self.properties = properties
        self.isShortForm = isShortForm
    }
}

/// PUBLISH (section 3.3): a message. Received ones are read in place instead, as `PublishView`.
package struct Publish: Sendable, Equatable {
    /// The message.
    package var message: Message
    /// The Packet Identifier; 0 at QoS 0.
    package var identifier: UInt16
    /// The DUP flag.
    package var isDuplicate: Bool

    /// A PUBLISH of `message`.
    package init(_ message: Message, identifier: UInt16 = 0, isDuplicate: Bool = false) {
        self.message = message
        self.identifier = identifier
        self.isDuplicate = isDuplicate
    }
}

/// PUBACK, PUBREC, PUBREL or PUBCOMP (sections 3.4 to 3.7).
package struct Acknowledgement: Sendable, Equatable {
    /// The Packet Identifier of the PUBLISH.
    package var identifier: UInt16
    /// How it went.
    package var reasonCode: ReasonCode
    /// Reason String and User Properties.
    package var properties: Properties

    /// An answer for `identifier`.
    package init(_ identifier: UInt16, _ reasonCode: ReasonCode = .success, properties: Properties = Properties()) {
        self.identifier = identifier
        self.reasonCode = reasonCode
        self.properties = properties
    }
}

/// SUBSCRIBE (section 3.8): asks for messages.
package struct Subscribe: Sendable, Equatable {
    /// The Packet Identifier.
    package var identifier: UInt16
    /// At least one filter with its options. Their identifier and User Properties stand in `properties`, for all of them.
    package var subscriptions: [Subscription]
    /// Subscription Identifier and User Properties.
    package var properties: Properties

    /// A SUBSCRIBE to `subscriptions`.
    package init(_ identifier: UInt16, _ subscriptions: [Subscription], properties: Properties = Properties()) {
        self.identifier = identifier
        self.subscriptions = subscriptions
        self.properties = properties
    }
}

/// SUBACK or UNSUBACK (sections 3.9 and 3.11): one Reason Code for each filter asked for, in that order.
package struct SubAck: Sendable, Equatable {
    /// The Packet Identifier of the request.
    package var identifier: UInt16
    /// One for each filter; none in an UNSUBACK before 5.0.
    package var reasonCodes: [ReasonCode]
    /// Reason String and User Properties.
    package var properties: Properties

    /// An answer to the request `identifier`.
    package init(_ identifier: UInt16, _ reasonCodes: [ReasonCode], properties: Properties = Properties()) {
        self.identifier = identifier
        self.reasonCodes = reasonCodes
        self.properties = properties
    }
}

/// UNSUBSCRIBE (section 3.10): ends subscriptions.
package struct Unsubscribe: Sendable, Equatable {
    /// The Packet Identifier.
    package var identifier: UInt16
    /// At least one filter.
    package var filters: [TopicFilter]
    /// User Properties.
    package var properties: Properties

    /// An UNSUBSCRIBE from `filters`.
    package init(_ identifier: UInt16, _ filters: [TopicFilter], properties: Properties = Properties()) {
        self.identifier = identifier
        self.filters = filters
        self.properties = properties
    }
}

/// DISCONNECT (section 3.14): the last packet of a connection.
package struct Disconnect: Sendable, Equatable {
    /// Why.
    package var reasonCode: ReasonCode
    /// Session Expiry Interval, Server Reference, Reason String, User Properties.
    package var properties: Properties

    /// A DISCONNECT for `reasonCode`.
    package init(_ reasonCode: ReasonCode = .success, properties: Properties = Properties()) {
        self.reasonCode = reasonCode
        self.properties = properties
    }
}

/// AUTH (section 3.15): a step of enhanced authentication, 5.0 only.
package struct Auth: Sendable, Equatable {
    /// Success, continue or re-authenticate.
    package var reasonCode: ReasonCode
    /// Authentication Method and Data, Reason String, User Properties.
    package var properties: Properties

    /// An AUTH with `reasonCode`.
    package init(_ reasonCode: ReasonCode, properties: Properties = Properties()) {
        self.reasonCode = reasonCode
        self.properties = properties
    }
}
