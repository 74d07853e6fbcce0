import MQTT

/// What one `-D` says: a packet, a property, and its value.
struct PropertyArgument {
    private let packet: WritableKeyPath<PacketProperties, Properties>
    private let packetName: String
    private let property: PropertyName
    private let propertyName: String
    private let values: [[UInt8]]

    /// The parts of the arguments of `use`, checked as far as they can be without knowing what else is said.
    init(_ use: OptionUse) throws(UsageError) {
        packetName = String(decoding: use.arguments[0], as: UTF8.self).shortened
        propertyName = String(decoding: use.arguments[1], as: UTF8.self).shortened
        values = Array(use.arguments.dropFirst(2))
        let behind = "given in --property argument."
        let packetName = packetName.lowercased()
        guard Self.packetNames.contains(packetName) || Self.unsupportedPackets.contains(packetName) else {
            throw UsageError(
                "Error: Invalid command \(self.packetName) \(behind)",
                "It is one of \(Self.packets.joined(separator: ", ")).")
        }
        guard let property = PropertyName(rawValue: propertyName.lowercased()) else {
            throw UsageError("Error: Invalid property name \(propertyName) \(behind)", Self.allowed(in: packetName))
        }
        guard let packet = Self.paths[packetName] else {
            throw UsageError(
                "Error: \(propertyName) property not supported for \(self.packetName) in --property argument.",
                "It is not sent by us, or not by choice.")
        }
        guard property.packets.contains(packetName) else {
            throw UsageError(
                "Error: \(propertyName) property not allowed for \(self.packetName) in --property argument.",
                Self.allowed(in: packetName))
        }
        self.packet = packet
        self.property = property
    }

    /// The packets that `-D` can add properties to.
    static let packets = ["connect", "publish", "subscribe", "unsubscribe", "disconnect", "will"]
    /// The properties that `-D` can add.
    static let names = PropertyName.allCases.map(\.rawValue)

    private static let packetNames = Set(packets)
    private static let unsupportedPackets: Set = [
        "auth", "connack", "puback", "pubrec", "pubrel", "pubcomp", "suback", "unsuback",
    ]
    private static var paths: [String: WritableKeyPath<PacketProperties, Properties>] {
        [
            "connect": \.connect, "publish": \.publish, "subscribe": \.subscribe, "unsubscribe": \.unsubscribe,
            "disconnect": \.disconnect, "will": \.will,
        ]
    }

    /// The properties that can stand in the packet `name`, for people.
    private static func allowed(in name: String) -> String {
        let names = PropertyName.allCases.filter { $0.packets.contains(name) }.map(\.rawValue)
        return names.isEmpty ? "" : "For \(name) there are \(names.joined(separator: ", "))."
    }

    /// Adds the property; each can stand only once, user properties any number of times.
    func apply(to settings: inout CommandSettings, _ use: OptionUse) throws(UsageError) {
        var properties = settings.properties[keyPath: packet]
        let value = values.first ?? []
        let isFree: Bool
        switch property {
        case .userProperty:
            properties.userProperties.append(
                UserProperty(try use.text(value), try use.text(values.dropFirst().first ?? [])))
            isFree = true
        case .subscriptionIdentifier:
            isFree = properties.subscriptionIdentifiers.isEmpty
            properties.subscriptionIdentifiers = [UInt32(try number(value, 1...268_435_455))]
        case .contentType: isFree = try set(\.contentType, of: &properties, to: use.text(value))
        case .responseTopic:
            isFree = try set(\.responseTopic, of: &properties, to: use.topic("response topic", use.text(value)).string)
        case .reasonString: isFree = try set(\.reasonString, of: &properties, to: use.text(value))
        case .authenticationMethod: isFree = try set(\.authenticationMethod, of: &properties, to: use.text(value))
        case .authenticationData: isFree = set(\.authenticationData, of: &properties, to: try data(value))
        case .correlationData: isFree = set(\.correlationData, of: &properties, to: try data(value))
        case .maximumPacketSize: isFree = try set(\.maximumPacketSize, of: &properties, to: number32(value, from: 1))
        case .sessionExpiryInterval: isFree = try set(\.sessionExpiryInterval, of: &properties, to: number32(value))
        case .messageExpiryInterval: isFree = try set(\.messageExpiryInterval, of: &properties, to: number32(value))
        case .willDelayInterval: isFree = try set(\.willDelayInterval, of: &properties, to: number32(value))
        case .receiveMaximum: isFree = try set(\.receiveMaximum, of: &properties, to: number16(value, from: 1))
        case .topicAliasMaximum: isFree = try set(\.topicAliasMaximum, of: &properties, to: number16(value))
        case .topicAlias: isFree = try set(\.topicAlias, of: &properties, to: number16(value, from: 1))
        case .requestProblemInformation:
            isFree = try set(\.requestProblemInformation, of: &properties, to: bit(value))
        case .requestResponseInformation:
            isFree = try set(\.requestResponseInformation, of: &properties, to: bit(value))
        case .payloadFormatIndicator: isFree = try set(\.payloadFormatIndicator, of: &properties, to: bit(value))
        }
        guard isFree else {
            throw UsageError(
                "Error in \(packetName.uppercased()) properties: Duplicate property in property list.",
                "Give \(property.rawValue) once.")
        }
        settings.properties[keyPath: packet] = properties
    }

    /// Sets one property; whether it was not set before.
    private func set<Value>(
        _ path: WritableKeyPath<Properties, Value?>, of properties: inout Properties, to value: Value
    ) -> Bool {
        defer { properties[keyPath: path] = value }
        return properties[keyPath: path] == nil
    }

    private func data(_ bytes: [UInt8]) throws(UsageError) -> [UInt8] {
        guard bytes.count <= 65_535 else {
            throw UsageError(
                "Error: Property value too long for property \(propertyName).", "It has at most 65535 bytes.")
        }
        return bytes
    }

    private func number32(_ bytes: [UInt8], from least: Int = 0) throws(UsageError) -> UInt32 {
        UInt32(try number(bytes, least...Int(UInt32.max)))
    }

    private func number16(_ bytes: [UInt8], from least: Int = 0) throws(UsageError) -> UInt16 {
        UInt16(try number(bytes, least...65_535))
    }

    private func bit(_ bytes: [UInt8]) throws(UsageError) -> UInt8 { UInt8(try number(bytes, 0...1)) }

    private func number(_ bytes: [UInt8], _ range: ClosedRange<Int>) throws(UsageError) -> Int {
        guard let number = ArgumentNumber.decimal(bytes) ?? ArgumentNumber.anyBase(bytes) else {
            let text = String(decoding: bytes, as: UTF8.self).shortened
            throw UsageError("Error: Property value '\(text)' not a number.", "\(property.rawValue) is a whole number.")
        }
        guard range.contains(number) else {
            throw UsageError(
                "Error: Property value (\(number)) out of range for property \(propertyName).",
                "It is \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }
}

/// A property that `-D` knows, as it is spelled there.
enum PropertyName: String, CaseIterable {
    /// How to authenticate.
    case authenticationMethod = "authentication-method"
    /// What the method begins with.
    case authenticationData = "authentication-data"
    /// Largest packet we take, bytes.
    case maximumPacketSize = "maximum-packet-size"
    /// Most messages under way to us.
    case receiveMaximum = "receive-maximum"
    /// Whether reasons in words are wanted.
    case requestProblemInformation = "request-problem-information"
    /// Whether Response Information is wanted.
    case requestResponseInformation = "request-response-information"
    /// How long the session is kept, seconds.
    case sessionExpiryInterval = "session-expiry-interval"
    /// Highest Topic Alias we take.
    case topicAliasMaximum = "topic-alias-maximum"
    /// What the payload is.
    case contentType = "content-type"
    /// What an answer has to repeat.
    case correlationData = "correlation-data"
    /// How long the message is of use, seconds.
    case messageExpiryInterval = "message-expiry-interval"
    /// Whether the payload is text.
    case payloadFormatIndicator = "payload-format-indicator"
    /// Where to answer to.
    case responseTopic = "response-topic"
    /// A number in place of the topic.
    case topicAlias = "topic-alias"
    /// A number that comes with each message of the subscription.
    case subscriptionIdentifier = "subscription-identifier"
    /// Why, for people.
    case reasonString = "reason-string"
    /// How long the will waits, seconds.
    case willDelayInterval = "will-delay-interval"
    /// What else there is to say.
    case userProperty = "user-property"

    /// The packets it can stand in, of those that we send.
    var packets: [String] {
        switch self {
        case .authenticationMethod, .authenticationData, .maximumPacketSize, .receiveMaximum,
            .requestProblemInformation, .requestResponseInformation, .topicAliasMaximum:
            ["connect"]
        case .sessionExpiryInterval: ["connect", "disconnect"]
        case .contentType, .correlationData, .messageExpiryInterval, .payloadFormatIndicator, .responseTopic:
            ["publish", "will"]
        case .topicAlias: ["publish"]
        case .subscriptionIdentifier: ["subscribe"]
        case .reasonString: ["disconnect"]
        case .willDelayInterval: ["will"]
        case .userProperty: PropertyArgument.packets
        }
    }

    /// What its value is, for the manual.
    var value: String {
        switch self {
        case .authenticationMethod, .contentType, .responseTopic, .reasonString: "TEXT"
        case .authenticationData, .correlationData: "BYTES"
        case .requestProblemInformation, .requestResponseInformation, .payloadFormatIndicator: "0 or 1"
        case .receiveMaximum, .topicAlias: "1 to 65535"
        case .topicAliasMaximum: "0 to 65535"
        case .maximumPacketSize: "1 to 4294967295"
        case .sessionExpiryInterval, .messageExpiryInterval, .willDelayInterval: "0 to 4294967295"
        case .subscriptionIdentifier: "1 to 268435455"
        case .userProperty: "KEY VALUE"
        }
    }
}
