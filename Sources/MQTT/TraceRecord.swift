/// The kind of a Control Packet (MQTT 5.0 table 2-1).
public enum PacketType: UInt8, Sendable, Hashable, CaseIterable {
    /// Client to server: first packet.
    case connect = 1
    /// Answer to CONNECT.
    case connack
    /// A message.
    case publish
    /// QoS 1 answer.
    case puback
    /// QoS 2, first answer.
    case pubrec
    /// QoS 2, release.
    case pubrel
    /// QoS 2, last answer.
    case pubcomp
    /// Asks for subscriptions.
    case subscribe
    /// Answer to SUBSCRIBE.
    case suback
    /// Ends subscriptions.
    case unsubscribe
    /// Answer to UNSUBSCRIBE.
    case unsuback
    /// Are you there?
    case pingreq
    /// Answer to PINGREQ.
    case pingresp
    /// End of the connection.
    case disconnect
    /// Enhanced authentication (5.0).
    case auth

    /// The name in the specification: `CONNECT`, `PUBLISH`, …
    public var name: String {
        switch self {
        case .connect: "CONNECT"
        case .connack: "CONNACK"
        case .publish: "PUBLISH"
        case .puback: "PUBACK"
        case .pubrec: "PUBREC"
        case .pubrel: "PUBREL"
        case .pubcomp: "PUBCOMP"
        case .subscribe: "SUBSCRIBE"
        case .suback: "SUBACK"
        case .unsubscribe: "UNSUBSCRIBE"
        case .unsuback: "UNSUBACK"
        case .pingreq: "PINGREQ"
        case .pingresp: "PINGRESP"
        case .disconnect: "DISCONNECT"
        case .auth: "AUTH"
        }
    }
}

/// One Control Packet on the wire, of fixed size: text is made only for what is on screen.
public struct TraceRecord: Sendable {
    /// Which way a packet went.
    public enum Direction: UInt8, Sendable {
        /// From us to the broker.
        case sent
        /// From the broker to us.
        case received
    }

    /// Most bytes of the topic that are kept.
    package static let topicCapacity = 64

    /// When it was read or written.
    public var time: Instant
    /// Which way it went.
    public var direction: Direction
    /// Its kind.
    public var type: PacketType
    /// The low four bits of its first byte.
    public var flags: UInt8
    /// The Reason Code (CONNACK, acknowledgements, SUBACK's first, DISCONNECT), 0 where it has none.
    public var reasonCode: UInt8
    /// The Packet Identifier, 0 where it has none.
    public var identifier: UInt16
    /// SUBSCRIBE: the Subscription Options of the (first) filter.
    public var subscriptionOptions: UInt8 = 0
    /// PUBLISH: bytes of the payload. Others: Remaining Length.
    public var length: UInt32
    /// PUBLISH, SUBSCRIBE, UNSUBSCRIBE: bytes of the (first) topic, which may be more than are kept.
    public private(set) var topicLength: UInt16 = 0
    private var topicBytes = InlineArray<64, UInt8>(repeating: 0)

    /// A record without a topic.
    package init(
        time: Instant, direction: Direction, type: PacketType, flags: UInt8 = 0, reasonCode: UInt8 = 0,
        identifier: UInt16 = 0, length: UInt32 = 0
    ) {
        self.time = time
        self.direction = direction
        self.type = type
        self.flags = flags
        self.reasonCode = reasonCode
        self.identifier = identifier
        self.length = length
    }

    /// Keeps the first 64 bytes of `topic`.
    package mutating func setTopic(_ topic: UnsafeRawBufferPointer) {
        topicLength = UInt16(clamping: topic.count)
        let kept = UnsafeRawBufferPointer(start: topic.baseAddress, count: min(topic.count, Self.topicCapacity))
        withUnsafeMutableBytes(of: &topicBytes) { $0.copyMemory(from: kept) }
    }

    /// Keeps the first 64 bytes of `topic`.
    package mutating func setTopic(_ topic: ArraySlice<UInt8>) { topic.withUnsafeBytes { setTopic($0) } }

    /// The kept bytes of the topic, cut at 64; what is cut inside a character ends in U+FFFD.
    public var topic: String {
        let count = min(Int(topicLength), Self.topicCapacity)
        return String(decoding: (0..<count).map { topicBytes[$0] }, as: UTF8.self)
    }
}
