import MQTT
import MQTTCodec

@testable import MQTTClient

/// A `Session` with a server at its other end that says what the test tells it to, and a clock the test turns.
struct SessionBench {
    var session: Session
    var version: ProtocolVersion
    var now = Instant(nanoseconds: 1_000_000_000)
    /// What the last step brought.
    var output = Session.Output()
    /// Everything that was said of requests so far.
    var events: [Delivery] = []
    private var unread: [UInt8] = []
    /// Topics that the session has given numbers, as the server knows them, which takes at most so many.
    private var aliases = TopicAliases()
    private var aliasMaximum: UInt16 = 0

    init(
        version: ProtocolVersion = .v5_0, name clientIdentifier: String = "bench",
        _ change: (inout ClientConfiguration) -> Void = { _ in }
    ) {
        var configuration = ClientConfiguration(
            endpoint: Endpoint(host: "localhost", port: 1883), clientIdentifier: clientIdentifier)
        change(&configuration)
        self.version = version
        session = Session(configuration)
    }

    /// A bench whose session is connected, without what was sent and said so far.
    static func connected(
        version: ProtocolVersion = .v5_0, properties: Properties = Properties(), isSessionPresent: Bool = false,
        _ change: (inout ClientConfiguration) -> Void = { _ in }
    ) throws -> SessionBench {
        var bench = SessionBench(version: version, change)
        try bench.connect(properties: properties, isSessionPresent: isSessionPresent)
        bench.events = []
        return bench
    }

    /// Connects; what the session sends after CONNACK.
    @discardableResult
    mutating func connect(properties: Properties = Properties(), isSessionPresent: Bool = false) throws -> [Packet] {
        unread = []
        aliases = TopicAliases()
        aliasMaximum = properties.topicAliasMaximum ?? 0
        session.open(version: version, at: now)
        _ = try sent()
        return try receive(
            .connack(
                ConnAck(isSessionPresent: isSessionPresent, properties: properties, isShortForm: version < .v5_0)))
    }

    /// The server says `packets`, in one read; what the session sends then.
    @discardableResult
    mutating func receive(_ packets: Packet...) throws -> [Packet] {
        var bytes: [UInt8] = []
        for packet in packets { try PacketEncoder(role: .server, version: version).encode(packet, into: &bytes) }
        return try receive(bytes)
    }

    /// The server says `bytes`, in one read.
    @discardableResult
    mutating func receive(_ bytes: [UInt8]) throws -> [Packet] {
        unread += bytes
        let used = unread.withUnsafeBytes { session.receive($0, at: now) }
        unread.removeFirst(used)
        return try sent()
    }

    /// What the session has to send now; its other results are in `output`.
    @discardableResult
    mutating func sent() throws -> [Packet] {
        output = session.takeOutput()
        events += output.events
        var decoder = PacketDecoder(role: .server, version: version)
        decoder.topicAliasMaximum = aliasMaximum
        return try output.bytes.withUnsafeBytes { bytes in
            var packets: [Packet] = []
            var index = 0
            while let frame = try decoder.frame(in: bytes, at: &index) {
                packets.append(
                    frame.type == .publish ? try publish(decoder.publish(frame)) : try decoder.packet(frame))
            }
            precondition(index == bytes.count, "the session sends whole packets")
            return packets
        }
    }

    /// A PUBLISH of the session with its topic, as the server has it.
    private mutating func publish(_ view: PublishView) throws -> Packet {
        if view.alias > 0 { try aliases.learn(view) }
        let topic = aliases.withTopic(of: view) { String(decoding: $0, as: UTF8.self) }
        let message = Message(
            topic: try TopicName(topic), payload: Array(view.payload), qos: view.flags.qos,
            isRetained: view.flags.isRetained,
            properties: try Properties(decoding: view.properties, of: .publishToServer))
        return .publish(Publish(message, identifier: view.identifier, isDuplicate: view.flags.isDuplicate))
    }

    /// Publishes and says what is sent.
    @discardableResult
    mutating func publish(
        _ topic: String, _ payload: [UInt8] = [], qos: QoS = .atMostOnce, isRetained: Bool = false, id: UInt64 = 1,
        properties: Properties = Properties()
    ) throws -> [Packet] {
        let message = Message(
            topic: name(topic), payload: payload, qos: qos, isRetained: isRetained, properties: properties)
        session.publish(message, id: RequestID(rawValue: id), at: now)
        return try sent()
    }

    /// Time passes; what the session sends when it is woken at each of its deadlines on the way.
    @discardableResult
    mutating func wait(milliseconds: Int64) throws -> [Packet] {
        let end = now.advanced(milliseconds: milliseconds)
        var packets: [Packet] = []
        while let deadline = session.deadline, deadline <= end {
            now = max(now, deadline)
            session.wake(at: now)
            packets += try sent()
        }
        now = end
        return packets
    }

    /// The connection breaks.
    @discardableResult
    mutating func lose(_ failure: SocketFailure? = nil) throws -> Session.Ending {
        let ending = session.closed(by: failure, at: now)
        unread = []
        try sent()
        return ending
    }

    /// What was said of the publish `id`, in order.
    func outcomes(_ id: UInt64 = 1) -> [Outcome] {
        events.compactMap { event in
            guard case .outcome(let request, let outcome) = event, request.rawValue == id else { return nil }
            return outcome
        }
    }

    /// What was said of the subscription to `filter`, in order.
    func states(_ text: String) -> [SubscriptionState] {
        events.compactMap { event in
            guard case .subscription(let filter, let state) = event, filter.string == text else { return nil }
            return state
        }
    }

    /// Topic and payload of the messages of the last step.
    var messages: [String] {
        guard let batch = output.messages else { return [] }
        return batch.records.map { record in
            String(decoding: batch.topic(record), as: UTF8.self) + "="
                + String(decoding: batch.payload(record), as: UTF8.self)
        }
    }
}

/// A PUBLISH from the server.
func delivery(
    _ topic: String, _ payload: String = "", qos: QoS = .atMostOnce, identifier: UInt16 = 0, isDuplicate: Bool = false
) -> Packet {
    .publish(
        Publish(
            Message(topic: name(topic), payload: Array(payload.utf8), qos: qos), identifier: identifier,
            isDuplicate: isDuplicate))
}

/// Properties made by `change`.
func properties(_ change: (inout Properties) -> Void) -> Properties {
    var properties = Properties()
    change(&properties)
    return properties
}

/// A topic known to be one.
func name(_ text: String) -> TopicName {
    guard let name = try? TopicName(text) else { preconditionFailure("\(text) is no Topic Name") }
    return name
}

/// A filter known to be one.
func filter(_ text: String) -> TopicFilter {
    guard let filter = try? TopicFilter(text) else { preconditionFailure("\(text) is no Topic Filter") }
    return filter
}

/// A generator whose numbers depend on its seed alone (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
