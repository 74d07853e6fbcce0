package import MQTT
import MQTTCodec

/// An MQTT session and its present connection as a value: bytes, instants and requests in, `Output` out.
///
/// It does no I/O and reads no clock. The driver opens connections, hands in what was read, writes what `takeOutput`
/// returns and wakes the session at `deadline`. What belongs to the session by the specification (messages under way,
/// subscriptions) outlives the connection, in memory; all else begins anew with `open`.
package struct Session: Sendable {
    /// Where the present connection stands.
    enum Phase: Sendable {
        /// There is none.
        case closed
        /// CONNECT was sent at this instant.
        case connecting(since: Instant)
        /// CONNACK accepted us at this instant.
        case established(since: Instant)
        /// It is over: nothing more is sent or listened to.
        case ended
    }

    /// Why the connection has to be closed by the driver.
    enum Ending: Sendable, Equatable {
        /// It failed.
        case failed(ConnectionFailure.Cause)
        /// The server answered a CONNECT of 5.0 as only older servers do: `cause` if no older version may be tried.
        case olderServer(ConnectionFailure.Cause)
        /// The configuration cannot be written as CONNECT.
        case misconfigured(ProtocolViolation)
        /// DISCONNECT was asked for.
        case closed
    }

    /// What has to be done with the results, in this order.
    package struct Output: Sendable {
        /// CONNACK that accepted us.
        var accepted: ConnAck?
        /// Subscriptions and outcomes.
        var events: [Delivery] = []
        /// Messages of the last read that were not offered and taken before.
        package var messages: Batch?
        /// What went over the wire.
        var trace: [TraceRecord] = []
        /// To be written.
        var bytes: [UInt8] = []
        /// How many of these bytes are PUBLISHes.
        var publishByteCount = 0
        /// The QoS 0 publishes in `bytes`, `written` once those are with the operating system.
        var written: [RequestID] = []
        /// The same of groups.
        var writtenParts: [GroupPart] = []
        /// The connection has to be closed after that.
        var ending: Ending?
    }

    /// Milliseconds that more of an answer which is not MQTT is waited for.
    static let strangerPatience: Int64 = 250
    /// Most bytes of an answer which is not MQTT that are kept.
    static let strangerLimit = 64

    /// What was asked for.
    let configuration: ClientConfiguration
    /// Where the present connection stands.
    var phase = Phase.closed
    /// Reads packets of the present version.
    var decoder: PacketDecoder
    /// Writes packets of the present version.
    var encoder: PacketEncoder
    /// What the server takes.
    var limits = ServerLimits()
    /// When to send PINGREQ and when to give up.
    var keepAlive = KeepAlive()
    /// What happened since `takeOutput`.
    var output = Output()
    /// What went over the wire since `takeOutput`.
    var trace: TraceLog
    /// The messages that came since `takeOutput` and were not taken yet.
    var batch: Batch
    /// Expected messages of the next read, to make room for.
    var usualCount = 16
    /// Whether publishes have to wait because the connection does not take more.
    var isWritingBlocked = false
    /// From so many bytes in `output` on publishes wait, until writing has been blocked and goes on.
    var outputLimit = Int.max
    /// When the last SUBACK came.
    var lastSubscribed: Instant?
    /// The name we go by: the one the server assigned, else the configured one.
    var clientIdentifier: String
    /// Topics that the server has given numbers.
    var aliases = TopicAliases()
    /// Topics that we have given numbers.
    var outgoingAliases = OutgoingAliases()
    /// How many QoS 1 and 2 messages the server may still begin, by its own count (section 4.9).
    var receiveQuota = 0
    /// How many of them it may begin besides as soon as it has what is written next.
    var returningQuota = 0
    /// The User Properties that the server ended the connection with.
    var lastWords: [UserProperty] = []
    /// The enhanced authentication under way.
    var exchange: (any Authentication)?
    /// Whether an AUTH came.
    var wasChallenged = false
    /// Whether CONNECT asked for a new session.
    var startsClean = true
    /// Whether CONNACK accepted us.
    var isAccepted = false
    /// Whether a CONNACK in the form of 5.0 came, sound or not.
    var isAnswered = false
    /// How long the server keeps the session, by our last word, seconds.
    var sessionExpiryInterval: UInt32 = 0
    /// An answer that is not MQTT, as far as it came, and until when more of it is waited for.
    var stranger: (bytes: [UInt8], until: Instant)?
    /// The beginning of something that may become CONNACK.
    var fragment: [UInt8] = []

    // What outlives the connection:

    /// Requests under way, by Packet Identifier.
    var requests = IdentifierTable<Request>()
    /// QoS 2 messages received and not released yet.
    var unreleased = IdentifierSet()
    /// Publishes that are not under way yet.
    var waiting = Queue<PendingPublish>()
    /// Groups of publishes of which not all are under way yet; those that wait go before them.
    var groups = Queue<PendingGroup>()
    /// How many messages of each group have not ended.
    var remaining: [RequestID: Int] = [:]
    /// Identifiers of publishes to be sent again, oldest first.
    var resending = Queue<UInt16>()
    /// How many publishes count against the server's Receive Maximum.
    var quotaUsed = 0
    /// What all messages kept here take, bytes.
    var heldBytes = 0
    /// Highest QoS of a PUBLISH of ours that the server has answered.
    var highestAnswered = QoS.atMostOnce
    /// Grows with each step of a publish, to repeat steps in their order.
    var nextOrder: UInt64 = 0
    /// What is subscribed to or shall be, in the order asked for.
    var wanted = WantedSubscriptions()
    /// Filters to unsubscribe from as soon as there is a connection.
    var unwanted: [UnwantedFilter] = []
    /// How many messages may come until those of QoS 1 and 2 wait; `nil` for all.
    var allowance: Int?
    /// Whether requests are taken: not after `finish`.
    var isTakingRequests = true
    /// Whether the next connection may take up what the server has, which is then no more than what is known here.
    var isResumable: Bool

    /// A session that has no connection yet.
    package init(_ configuration: ClientConfiguration) {
        self.configuration = configuration
        decoder = PacketDecoder(
            role: .client, version: .v5_0,
            maximumPacketSize: min(Int(configuration.maximumPacketSize), PacketDecoder.protocolLimit))
        encoder = PacketEncoder(role: .client, version: .v5_0)
        batch = Batch(arrival: .zero)
        trace = TraceLog(configuration.tracing)
        clientIdentifier = configuration.clientIdentifier
        isResumable = !configuration.cleanStart
        allowance = configuration.messageAllowance
        for subscription in configuration.subscriptions { want(subscription) }
    }

    /// A connection is there: CONNECT goes out.
    package mutating func open(version: ProtocolVersion, at now: Instant) {
        beginAnew(version)
        phase = .connecting(since: now)
        var connect = configuration.connect(version: version, identifier: clientIdentifier, cleanStart: startsClean)
        do throws(ProtocolViolation) {
            try beginAuthentication(in: &connect)
            try write(.connect(connect), at: now)
        } catch {
            end(.misconfigured(error))
        }
    }

    /// Forgets all that belongs to one connection.
    private mutating func beginAnew(_ version: ProtocolVersion) {
        decoder.version = version
        decoder.topicAliasMaximum = version >= .v5_0 ? configuration.topicAliasMaximum : 0
        encoder.version = version
        limits = ServerLimits()
        keepAlive = KeepAlive()
        stranger = nil
        lastSubscribed = nil
        isWritingBlocked = false
        aliases = TopicAliases()
        receiveQuota = Int(configuration.receiveMaximum)
        returningQuota = 0
        wasChallenged = false
        isAccepted = false
        isAnswered = false
        lastWords = []
        sessionExpiryInterval = configuration.sessionExpiryInterval
        // Before 5.0 a clean start also ends the session with the connection: there nothing could be resumed.
        startsClean = !isResumable || version < .v5_0 && configuration.cleanStart
    }

    /// Takes what was read, from the first byte of a packet on, and returns how much of it is done with. What is left
    /// is the beginning of a packet, to be handed in again with more behind it, or follows a batch that is full, to be
    /// handed in again as soon as that was taken.
    package mutating func receive(_ bytes: UnsafeRawBufferPointer, at now: Instant) -> Int {
        guard bytes.count > 0 else { return 0 }
        switch phase {
        case .closed, .ended: return bytes.count
        case .connecting:
            guard wasChallenged || mayComeFirst(bytes[0]) else {
                meet(strangerWith: bytes, at: now)
                return isEnded ? bytes.count : 0
            }
        case .established: keepAlive.received(at: now)
        }
        batch.arrival = now
        var index = 0
        var hasRoom = !batch.isEmpty
        do throws(ProtocolViolation) {
            while !isEnded, !batch.isFull {
                if case .connecting = phase, index < bytes.count, !mayComeFirst(bytes[index]) {
                    throw .protocolError("packet before CONNACK")  // [MQTT-3.2.0-1]
                }
                if index < bytes.count, bytes[index] >> 4 == PacketType.publish.rawValue {
                    if !hasRoom { reserve(bytes.count - index) }
                    hasRoom = true
                    try receivePublishes(bytes, at: &index)
                    if batch.isFull || holds(bytes, at: index) { break }
                }
                guard let frame = try decoder.frame(in: bytes, at: &index) else { break }
                if frame.type == .publish {
                    try receivePublish(frame, at: now)
                } else {
                    if frame.type == .connack, frame.body.count > 2 { isAnswered = true }
                    try receive(frame, at: now)
                }
            }
        } catch {
            violate(error, at: now)
        }
        if case .connecting = phase { fragment = Array(bytes[index...].prefix(Self.strangerLimit)) }
        if !batch.isEmpty { usualCount = batch.count }
        return isEnded ? bytes.count : index
    }

    /// Whether a packet that begins with `first` may come before CONNACK was received. [MQTT-3.2.0-1]
    private func mayComeFirst(_ first: UInt8) -> Bool { first == 0x20 || first == 0xF0 && exchange != nil }

    /// Makes room in the batch for what `byteCount` bytes bring, so that it grows once per read.
    private mutating func reserve(_ byteCount: Int) {
        let messageCount = min(usualCount + usualCount / 4, byteCount / 4)
        batch.reserve(byteCount: min(byteCount, 1 << 19), messageCount: messageCount)
    }

    /// Does what is due at `now`.
    mutating func wake(at now: Instant) {
        switch phase {
        case .closed, .ended: break
        case .connecting(let since):
            let patience = Int64(configuration.answerTimeout)
            if let stranger, now >= stranger.until {
                end(.failed(.notMQTT(stranger.bytes)))
            } else if now >= since.advanced(milliseconds: patience) {
                end(.failed(.noAnswer(milliseconds: configuration.answerTimeout)))
            }
        case .established:
            switch keepAlive.action(at: now) {
            case .none: break
            case .ping: send(.pingreq, at: now)
            case .giveUp: end(.failed(.keepAliveTimeout(seconds: keepAlive.seconds)))
            }
        }
    }

    /// When `wake` has something to do next.
    var deadline: Instant? {
        switch phase {
        case .closed, .ended: nil
        case .connecting(let since):
            stranger?.until ?? since.advanced(milliseconds: Int64(configuration.answerTimeout))
        case .established: keepAlive.deadline
        }
    }

    /// Offers messages that nothing has to be told before or with to `take`; how many it has taken.
    mutating func offerMessages(_ take: (Batch) -> Bool) -> Int {
        // Compared with `nil`, CONNACK would be copied.
        guard !batch.isEmpty, output.events.isEmpty, case .none = output.accepted, trace.tracing == .none, take(batch)
        else { return 0 }
        defer { batch.removeAll() }
        return batch.count
    }

    /// Everything that happened since the last call.
    package mutating func takeOutput() -> Output {
        trace.resolve(in: batch)
        output.trace = trace.take()
        if !batch.isEmpty {
            output.messages = batch
            batch = Batch(arrival: batch.arrival)
        }
        receiveQuota += returningQuota
        returningQuota = 0
        // Exchanged, as a copy would cost more than a message does.
        var taken = Output()
        taken.ending = output.ending
        swap(&taken, &output)
        return taken
    }

    /// Something came of which no packet can be seen yet, as a WebSocket frame is seen only when it is whole.
    mutating func heard(at now: Instant) {
        if isEstablished { keepAlive.received(at: now) }
    }

    /// Reading rests because the consumer is behind, or goes on.
    mutating func rest(_ rests: Bool, at now: Instant) { keepAlive.rest(rests, at: now) }

    /// Whether the connection is over.
    var isEnded: Bool {
        if case .ended = phase { true } else { false }
    }

    /// Whether CONNACK has accepted us.
    var isEstablished: Bool {
        if case .established = phase { true } else { false }
    }

    /// Ends the connection for `ending`.
    mutating func end(_ ending: Ending) {
        phase = .ended
        output.ending = ending
    }

    /// Bytes that cannot be the start of a CONNACK: enough of them are collected to tell what answers there.
    private mutating func meet(strangerWith bytes: UnsafeRawBufferPointer, at now: Instant) {
        let start = Array(bytes.prefix(Self.strangerLimit))
        if start.count == Self.strangerLimit {
            end(.failed(.notMQTT(start)))
        } else {
            stranger = (start, stranger?.until ?? now.advanced(milliseconds: Self.strangerPatience))
        }
    }

    /// Writes a packet that is known to be sound.
    mutating func send(_ packet: Packet, at now: Instant) {
        do throws(ProtocolViolation) {
            try write(packet, at: now)
        } catch {
            preconditionFailure("a packet of our own making cannot be written: \(error.detail)")
        }
    }

    /// Appends a packet to what goes out, and to the trace; `false`, and nothing of it, when the server does not take as
    /// large a packet. [MQTT-3.2.2-15]
    @discardableResult
    mutating func write(_ packet: Packet, at now: Instant) throws(ProtocolViolation) -> Bool {
        let start = output.bytes.count
        try encoder.encode(packet, into: &output.bytes)
        let size = output.bytes.count - start
        guard size <= limits.maximumPacketSize else {
            output.bytes.removeLast(size)
            return false
        }
        noteSent(packet, byteCount: size, at: now)
        return true
    }
}
