package import MQTT
import MQTTCodec

/// An MQTT session and its present connection as a value: bytes, instants and requests in, `Output` out.
///
/// It does no I/O and reads no clock. The driver opens connections, hands in what was read, writes what `takeOutput`
/// returns and wakes the session at `deadline`. What belongs to the session by the specification (messages under way,
/// subscriptions) outlives the connection; all else begins anew with `open`.
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
        /// Messages of the last read.
        package var messages: Batch?
        /// What went over the wire.
        var trace: [TraceRecord] = []
        /// To be written.
        var bytes: [UInt8] = []
        /// How many of these bytes are PUBLISHes.
        var publishByteCount = 0
        /// The QoS 0 publishes in `bytes`, `written` once those are with the operating system.
        var written: [RequestID] = []
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
    var trace = TraceLog()
    /// The messages that came since `takeOutput`.
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
    private var stranger: (bytes: [UInt8], until: Instant)?
    /// The beginning of something that may become CONNACK.
    private var fragment: [UInt8] = []

    // What outlives the connection:

    /// Requests under way, by Packet Identifier.
    var requests = IdentifierTable<Request>()
    /// QoS 2 messages received and not released yet.
    var unreleased = IdentifierSet()
    /// QoS 1 acknowledgements that are not written yet.
    var unwrittenAcknowledgements = 0
    /// Publishes that are not under way yet.
    var waiting = Queue<PendingPublish>()
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
    var wanted: [WantedSubscription] = []
    /// Filters to unsubscribe from as soon as there is a connection.
    var unwanted: [TopicFilter] = []
    /// Whether requests are taken: not after `finish`.
    var isTakingRequests = true

    /// A session that has no connection yet.
    package init(_ configuration: ClientConfiguration) {
        self.configuration = configuration
        decoder = PacketDecoder(
            role: .client, version: .v5_0,
            maximumPacketSize: min(Int(configuration.maximumPacketSize), PacketDecoder.protocolLimit))
        encoder = PacketEncoder(role: .client, version: .v5_0)
        batch = Batch(arrival: .zero)
        clientIdentifier = configuration.clientIdentifier
        for subscription in configuration.subscriptions { want(subscription) }
    }

    /// A connection is there: CONNECT goes out.
    package mutating func open(version: ProtocolVersion, at now: Instant) {
        decoder.version = version
        encoder.version = version
        limits = ServerLimits()
        keepAlive = KeepAlive()
        stranger = nil
        lastSubscribed = nil
        isWritingBlocked = false
        phase = .connecting(since: now)
        let connect = configuration.connect(version: version, identifier: clientIdentifier)
        do throws(ProtocolViolation) {
            try write(.connect(connect), at: now)
        } catch {
            end(.misconfigured(error))
        }
    }

    /// Takes what was read, from the first byte of a packet on, and returns how much of it is done with. What is left
    /// is the beginning of a packet: it has to be handed in again with more behind it.
    package mutating func receive(_ bytes: UnsafeRawBufferPointer, at now: Instant) -> Int {
        guard bytes.count > 0 else { return 0 }
        switch phase {
        case .closed, .ended: return bytes.count
        case .connecting:
            // The server's first packet is CONNACK. [MQTT-3.2.0-1]
            guard bytes[0] == 0x20 else {
                meet(strangerWith: bytes, at: now)
                return isEnded ? bytes.count : 0
            }
        case .established: keepAlive.received(at: now)
        }
        batch.arrival = now
        var index = 0
        do throws(ProtocolViolation) {
            while !isEnded {
                if index < bytes.count, bytes[index] >> 4 == PacketType.publish.rawValue {
                    reserve(bytes.count - index)
                    try receivePublishes(bytes, at: &index)
                }
                guard let frame = try decoder.frame(in: bytes, at: &index) else { break }
                if frame.type == .publish {
                    try receivePublish(frame, at: now)
                } else {
                    try receive(frame, at: now)
                }
            }
        } catch {
            violate(error, at: now)
        }
        if case .connecting = phase { fragment = Array(bytes.prefix(Self.strangerLimit)) }
        trace.resolve(in: batch)
        if !batch.isEmpty { usualCount = batch.count }
        return isEnded ? bytes.count : index
    }

    /// Makes room in the batch for what `byteCount` bytes bring, so that it grows once per read.
    private mutating func reserve(_ byteCount: Int) {
        let messageCount = min(usualCount + usualCount / 4, byteCount / 4)
        batch.reserve(
            byteCount: min(byteCount, 1 << 19), messageCount: max(0, messageCount - batch.count))
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

    /// Says good-bye: DISCONNECT goes out, then nothing more.
    mutating func disconnect(at now: Instant) {
        switch phase {
        case .closed, .ended: return
        case .connecting, .established: send(.disconnect(Disconnect()), at: now)
        }
        end(.closed)
    }

    /// The connection is gone, by `failure` where the operating system named one. Returns why in terms of MQTT.
    mutating func closed(by failure: SocketFailure?, at now: Instant) -> Ending {
        let ending: Ending
        switch phase {
        case .closed: ending = .closed
        case .ended: ending = output.ending ?? .closed
        case .connecting:
            let bytes = stranger?.bytes ?? fragment
            if !bytes.isEmpty {
                ending = .failed(.notMQTT(bytes))
            } else {
                ending = .failed(.closedBeforeAnswer(wasReset: failure == .reset))
            }
        case .established(let since):
            ending = .failed(.lost(failure, milliseconds: Int(now.since(since) / 1_000_000)))
        }
        phase = .closed
        stranger = nil
        fragment = []
        output.ending = nil
        output.bytes.removeAll()
        for request in output.written { output.events.append(.outcome(request, .unsendable(.connectionLost))) }
        output.written.removeAll()
        loseRequests()
        return ending
    }

    /// Everything that happened since the last call.
    package mutating func takeOutput() -> Output {
        output.trace = trace.take()
        if !batch.isEmpty {
            output.messages = batch
            batch = Batch(arrival: batch.arrival)
        }
        unwrittenAcknowledgements = 0
        defer {
            let ending = output.ending
            output = Output()
            output.ending = ending
        }
        return output
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

    /// The server broke the protocol: say so where the version can (section 4.13), and end.
    mutating func violate(_ violation: ProtocolViolation, at now: Instant) {
        if isEstablished, encoder.version >= .v5_0 {
            send(.disconnect(Disconnect(violation.reasonCode)), at: now)
        }
        end(.failed(.protocolViolation(violation)))
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

    /// Appends a packet to what goes out, and to the trace.
    mutating func write(_ packet: Packet, at now: Instant) throws(ProtocolViolation) {
        let start = output.bytes.count
        try encoder.encode(packet, into: &output.bytes)
        noteSent(packet, byteCount: output.bytes.count - start, at: now)
    }
}
