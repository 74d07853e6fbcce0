import Foundation
import MQTT
import MQTTCodec

/// A broker on 127.0.0.1 for one client, so cheap that the client is what is measured: after SUBSCRIBE it pours prepared
/// PUBLISH packets as fast as they are read, or at a rate, and it acknowledges what the client publishes.
///
/// It announces a Receive Maximum of 20 as mosquitto does, so that clients of 5.0 and 3.1.1 publish with the same window.
struct Firehose: Sendable {
    /// What is poured.
    struct Plan: Sendable {
        /// How many messages; 0: nothing is poured.
        var messageCount = 0
        /// On how many topics.
        var topicCount = 10_000
        /// Messages a second; 0: as fast as they are read.
        var rate = 0
    }

    /// Where it listens.
    let port: Int

    /// A broker that serves the next client by `plan` on a thread of its own and is gone with it.
    init(_ plan: Plan) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 1) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        guard isListening else { throw Trouble("the firehose cannot listen: errno \(errno)") }
        port = Int(UInt16(bigEndian: address.sin_port))
        // Made before the client comes, so that it never waits for them.
        let streams = try [ProtocolVersion.v3_1_1, .v5_0].map { version in
            try (version, PacketStream(version: version, topicCount: plan.topicCount))
        }
        Thread.detachNewThread {
            var waiting = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            let descriptor = poll(&waiting, 1, 60_000) > 0 ? accept(listener, nil, nil) : -1
            close(listener)
            guard descriptor >= 0 else { return }
            var served = Served(descriptor, plan, Dictionary(uniqueKeysWithValues: streams))
            served.run()
            close(descriptor)
        }
    }
}

/// The one connection of a firehose.
private struct Served {
    /// Bytes that are poured by one call at most, about.
    static let chunkSize = 256 << 10

    let descriptor: Int32
    let plan: Firehose.Plan
    let streams: [ProtocolVersion: PacketStream]
    var decoder = PacketDecoder(role: .server, version: .v3_1_1)
    var stream: PacketStream?
    /// Read and not understood yet.
    var input: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 256 << 10)
    /// Answers, which wait until no PUBLISH is half sent.
    var answers: [UInt8] = []
    /// Messages that were poured, the ones of the present piece included.
    var poured = 0
    /// What is being sent: bytes of the stream.
    var piece = 0..<0
    /// Number in the stream of the packet behind the piece.
    var nextPacket = 0
    var start = 0.0
    var isOver = false

    init(_ descriptor: Int32, _ plan: Firehose.Plan, _ streams: [ProtocolVersion: PacketStream]) {
        (self.descriptor, self.plan, self.streams) = (descriptor, plan, streams)
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
    }

    /// Serves until the client is gone.
    mutating func run() {
        while !isOver {
            if piece.isEmpty { sendAnswers() }
            let pause = piece.isEmpty ? takePiece() : 0
            var waiting = pollfd(
                fd: descriptor, events: Int16(POLLIN) | (piece.isEmpty ? 0 : Int16(POLLOUT)), revents: 0)
            guard poll(&waiting, 1, pause) >= 0 || errno == EINTR else { return }
            if waiting.revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 { receive() }
            if waiting.revents & Int16(POLLOUT) != 0 { pour() }
        }
    }

    /// Chooses what is poured next and says how long to wait, milliseconds: -1 until the client says something.
    private mutating func takePiece() -> Int32 {
        guard let stream, poured < plan.messageCount else { return -1 }
        var room = plan.messageCount - poured
        if plan.rate > 0 {
            let due = Int((Self.now() - start) * Double(plan.rate)) + 1 - poured
            guard due > 0 else {
                // Not by poll, whose milliseconds are too coarse.
                usleep(UInt32(1_000_000 / plan.rate))
                return 0
            }
            room = min(room, due)
        }
        if nextPacket == stream.count { nextPacket = 0 }
        let first = stream.start(of: nextPacket)
        var end = first
        while room > 0, nextPacket < stream.count, end - first < Self.chunkSize {
            end = stream.ends[nextPacket]
            nextPacket += 1
            room -= 1
            poured += 1
        }
        piece = first..<end
        return -1
    }

    private mutating func pour() {
        guard let stream else { return }
        let count = stream.bytes.withUnsafeBytes {
            send(
                descriptor, $0.baseAddress! + piece.lowerBound, piece.count,
                Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
        if count > 0 { piece = piece.lowerBound + count..<piece.upperBound } else if errno != EAGAIN { isOver = true }
    }

    private mutating func sendAnswers() {
        var sent = 0
        while sent < answers.count {
            let count = answers.withUnsafeBytes {
                send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else {
                isOver = true
                return
            }
            sent += count
        }
        answers.removeAll(keepingCapacity: true)
    }

    private mutating func receive() {
        let count = recv(descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
        guard count > 0 else {
            if count == 0 || errno != EAGAIN { isOver = true }
            return
        }
        input += chunk[..<count]
        let bytes = input
        let used = bytes.withUnsafeBytes { bytes in
            var index = 0
            do {
                while !isOver, let frame = try decoder.frame(in: bytes, at: &index) { try answer(frame) }
            } catch {
                isOver = true
            }
            return index
        }
        input.removeFirst(used)
    }

    private mutating func answer(_ frame: Frame) throws {
        switch frame.type {
        case .publish:
            let publish = try decoder.publish(frame)
            switch publish.flags.qos {
            case .atMostOnce: break
            case .atLeastOnce: acknowledge(0x40, publish.identifier)
            case .exactlyOnce: acknowledge(0x50, publish.identifier)
            }
        case .pubrel: acknowledge(0x70, UInt16(frame.body[0]) << 8 | UInt16(frame.body[1]))
        default: try answer(try decoder.packet(frame))
        }
    }

    private mutating func answer(_ packet: Packet) throws {
        let encoder = PacketEncoder(role: .server, version: decoder.version)
        switch packet {
        case .connect(let connect):
            decoder.version = connect.version
            var properties = Properties()
            if connect.version >= .v5_0 { properties.receiveMaximum = 20 }
            try PacketEncoder(role: .server, version: connect.version).encode(
                .connack(ConnAck(properties: properties, isShortForm: connect.version < .v5_0)), into: &answers)
        case .subscribe(let subscribe):
            let codes = subscribe.subscriptions.map { _ in ReasonCode.success }
            try encoder.encode(.suback(SubAck(subscribe.identifier, codes)), into: &answers)
            stream = streams[decoder.version]
            start = Self.now()
        case .pingreq: try encoder.encode(.pingresp, into: &answers)
        case .disconnect: isOver = true
        default: break
        }
    }

    private mutating func acknowledge(_ first: UInt8, _ identifier: UInt16) {
        answers += [first, 2, UInt8(identifier >> 8), UInt8(identifier & 0xFF)]
    }

    /// Seconds on a clock that never runs backwards.
    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
