import FuzzSeeds
import MQTT
import MQTTCodec

@testable import MQTTClient

/// Whatever a server says in whatever pieces, and whatever is asked for meanwhile: a session never traps, its books
/// balance, and it says only sound packets.
///
/// The first byte of the input chooses the configuration; then steps follow: one byte for what happens, one for how much.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSession(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count > 0, let data else { return 0 }
    var run = Run(choice: data[0])
    var index = 1
    while index + 1 < count {
        let (step, amount) = (data[index], Int(data[index + 1]))
        index += 2
        if step & 0x80 != 0 {
            let length = min(amount, count - index)
            run.receive(UnsafeRawBufferPointer(start: data + index, count: length))
            index += length
        } else {
            run.act(step, amount)
        }
        run.check()
    }
    run.end()
    return 0
}

/// One session and what a driver does for it.
private struct Run {
    var session: Session
    var version: ProtocolVersion
    var now = Instant(nanoseconds: 1_000_000_000)
    /// Read and not used yet.
    var unread: [UInt8] = []
    var nextRequest: UInt64 = 0
    /// Publishes that have their last word.
    var ended: Set<UInt64> = []
    /// Topics that the session has given numbers on the present connection, as the server knows them.
    var aliases = TopicAliases()

    init(choice: UInt8) {
        var configuration = ClientConfiguration(
            endpoint: Endpoint(host: "localhost", port: 1883), clientIdentifier: choice & 16 == 0 ? "fuzz" : "")
        version = ProtocolVersion.allCases[Int(choice & 3) % ProtocolVersion.allCases.count]
        configuration.cleanStart = choice & 4 == 0
        configuration.receiveMaximum = choice & 8 == 0 ? 65_535 : 3
        configuration.subscriptions = choice & 32 == 0 ? [] : [Subscription(Seeds.filter, qos: .exactlyOnce)]
        configuration.topicAliasMaximum = choice & 64 == 0 ? 0 : 3
        configuration.assignsTopicAliases = choice & 64 != 0
        if choice & 128 != 0 {
            configuration.authentication = Exchange()
            version = .v5_0
        }
        session = Session(configuration)
        session.open(version: version, at: now)
        take()
    }

    /// The server says `bytes`.
    mutating func receive(_ bytes: UnsafeRawBufferPointer) {
        unread += bytes
        let used = unread.withUnsafeBytes { session.receive($0, at: now) }
        precondition(used >= 0 && used <= unread.count, "no more is used than came")
        unread.removeFirst(used)
        take()
    }

    /// Something else happens.
    mutating func act(_ step: UInt8, _ amount: Int) {
        switch step % 9 {
        case 0...2:
            let message = Message(
                topic: Seeds.topic, payload: [UInt8](repeating: 1, count: amount),
                qos: QoS.allCases[Int(step % 9)], isRetained: amount == 0)
            session.publish(message, id: RequestID(rawValue: nextRequest), at: now)
            nextRequest += 1
        case 3: session.subscribe([Subscription(Seeds.filter, qos: QoS.allCases[amount % 3])], at: now)
        case 4: session.unsubscribe([Seeds.filter], at: now)
        case 5:
            now = now.advanced(milliseconds: Int64(amount) * 1_000)
            session.wake(at: now)
        case 6: session.blockWriting(amount & 1 == 0, at: now)
        case 7: reopen()
        default: session.reauthenticate(at: now)
        }
        take()
        if session.isEnded { reopen() }
    }

    /// The connection breaks and there is another.
    private mutating func reopen() {
        _ = session.closed(by: nil, at: now)
        take()
        unread = []
        aliases = TopicAliases()
        session.open(version: version, at: now)
        take()
    }

    /// What the driver would do with the results.
    private mutating func take() {
        let output = session.takeOutput()
        for event in output.events {
            guard case .outcome(let id, let outcome) = event, outcome != .queued else { continue }
            precondition(ended.insert(id.rawValue).inserted, "a publish ends once")
        }
        for id in output.written { precondition(ended.insert(id.rawValue).inserted, "a publish ends once") }
        var decoder = PacketDecoder(role: .server, version: version)
        decoder.topicAliasMaximum = UInt16(session.limits.topicAliasMaximum)
        output.bytes.withUnsafeBytes { bytes in
            var index = 0
            while let frame = (try? decoder.frame(in: bytes, at: &index)) ?? nil {
                precondition(isSound(frame, for: decoder), "a session says sound packets")
            }
            precondition(index == bytes.count, "a session says whole packets")
        }
    }

    /// Whether the server can read `frame`, and knows the topic of a PUBLISH.
    private mutating func isSound(_ frame: Frame, for decoder: PacketDecoder) -> Bool {
        do {
            guard frame.type == .publish else { return try decoder.packet(frame).type != .connack }
            let publish = try decoder.publish(frame)
            if publish.alias > 0 { try aliases.learn(publish) }
            return true
        } catch {
            return false
        }
    }

    /// What must be true at any time.
    func check() {
        var quota = 0
        for (_, request) in session.requests.entries {
            if case .publish(let publish) = request, publish.usesQuota { quota += 1 }
        }
        precondition(session.quotaUsed == quota && quota <= session.limits.receiveMaximum, "the window is kept")
        precondition(session.heldBytes >= 0, "what is held is counted")
    }

    /// All ends: every publish has had its last word.
    mutating func end() {
        session.disconnect(at: now)
        take()
        _ = session.closed(by: nil, at: now)
        session.finish()
        take()
        precondition(ended.count == Int(nextRequest), "every publish ends")
        precondition(session.heldBytes == 0 && session.quotaUsed == 0 && session.requests.count == 0, "nothing is left")
    }
}

/// An authentication of any number of steps, which trusts whoever does not say 0 first.
private struct Exchange: Authentication {
    var method: String { Seeds.method }
    func begin() -> [UInt8]? { [1] }
    func answer(_ data: [UInt8]?) throws(AuthenticationFailure) -> [UInt8]? {
        guard data?.first != 0 else { throw AuthenticationFailure("0") }
        return data
    }
    func finish(_ data: [UInt8]?) throws(AuthenticationFailure) { _ = try answer(data) }
}

/// Writes what to begin with: connections that say everything, one packet a read and all in one.
@_cdecl("LLVMFuzzerInitialize")
public func beginSession(_ argc: UnsafeMutableRawPointer, _ argv: UnsafeMutableRawPointer) -> CInt {
    var inputs: [[UInt8]] = []
    for (number, version) in ProtocolVersion.allCases.enumerated() {
        let packets =
            Seeds.bytes(Seeds.server(version), from: .server, version) + (version >= .v5_0 ? Seeds.aliased : [])
        let accepted = Seeds.bytes([Seeds.authenticated], from: .server, .v5_0)[0]
        let reads: [UInt8] = packets.flatMap { packet -> [UInt8] in [0x80, UInt8(packet.count)] + packet }
        let asked: [UInt8] = [0, 5, 1, 5, 2, 5, 3, 1, 4, 0]
        for choice in stride(from: UInt8(0), to: 252, by: 4) {
            // One that authenticates is let in with its method only.
            let first = choice & 128 == 0 ? packets[0] : accepted
            let start = [choice | UInt8(number), 0x80, UInt8(first.count)] + first
            inputs.append(start + asked + reads)
            inputs.append(start + asked + [7, 0] + reads)
            inputs.append(start + asked + [8, 0] + reads)
            for packet in packets.dropFirst() { inputs.append(start + asked + [0x80, UInt8(packet.count)] + packet) }
        }
    }
    Seeds.write(inputs)
    return 0
}
