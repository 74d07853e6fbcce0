import Foundation

/// A client of raw MQTT bytes, whose every call returns when the broker has dealt with it.
final class RawClient {
    /// What went wrong between the test and the broker.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// A Control Packet: its first byte and what follows its length.
    typealias Packet = (first: UInt8, body: [UInt8])

    private let descriptor: Int32
    private var received: [UInt8] = []
    /// The port of our end; 0 for a unix socket.
    let port: Int

    /// A connection to `port` on 127.0.0.1, with a receive buffer of `window` bytes where it matters.
    init(port: Int, window: Int32? = nil) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        if var window { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &window, socklen_t(MemoryLayout<Int32>.size)) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        var own = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, size) == 0 }
        }
        _ = withUnsafeMutablePointer(to: &own) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        self.descriptor = descriptor
        self.port = Int(UInt16(bigEndian: own.sin_port))
        guard isConnected else { throw Failure(description: "no connection to port \(port): errno \(errno)") }
        var patience = timeval(tv_sec: 15, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    deinit { close(descriptor) }

    // MARK: Packets

    /// Sends CONNECT; the code of the CONNACK, `nil` when the broker closed the connection instead. The protocol level is
    /// 3, 4 or 5.
    @discardableResult
    func connect(
        as identifier: String, user: String? = nil, password: String? = nil, isClean: Bool = true, keepAlive: Int = 60,
        level: UInt8 = 4
    ) throws -> UInt8? {
        let name = level == 3 ? "MQIsdp" : "MQTT"
        let flags: UInt8 = (isClean ? 2 : 0) | (user == nil ? 0 : 0x80) | (password == nil ? 0 : 0x40)
        var body = Self.text(name) + [level, flags, UInt8(keepAlive >> 8), UInt8(keepAlive & 0xFF)]
        if level == 5 { body.append(0) }
        body += Self.text(identifier) + (user.map(Self.text) ?? []) + (password.map(Self.text) ?? [])
        try send(first: 0x10, body)
        guard let packet = try next() else { return nil }
        guard packet.first == 0x20, packet.body.count >= 2 else { throw Failure(description: "not a CONNACK") }
        return packet.body[1]
    }

    /// Subscribes, and waits for the SUBACK.
    func subscribe(_ filters: [String], qos: UInt8 = 0) throws {
        try send(first: 0x82, [0, 1] + filters.flatMap { Self.text($0) + [qos] })
        while let packet = try next(), packet.first != 0x90 {}
    }

    /// Unsubscribes, and waits for the UNSUBACK.
    func unsubscribe(_ filter: String) throws {
        try send(first: 0xA2, [0, 2] + Self.text(filter))
        while let packet = try next(), packet.first != 0xB0 {}
    }

    /// Publishes at QoS 0.
    func publish(_ topic: String, _ payload: [UInt8]) throws { try send(first: 0x30, Self.text(topic) + payload) }

    /// Sends DISCONNECT, and waits until the broker has closed the connection.
    func disconnect() throws {
        try send([0xE0, 0])
        try awaitEnd()
    }

    /// Closes our half of the connection without DISCONNECT, and waits until the broker has closed its half.
    func hangUp() throws {
        shutdown(descriptor, Int32(SHUT_WR))
        try awaitEnd()
    }

    /// Sends bytes that the broker does not take, and waits until it has closed the connection.
    func offend(_ bytes: [UInt8]) throws {
        try send(bytes)
        try awaitEnd()
    }

    /// Waits until the broker has closed the connection.
    func awaitEnd() throws { while try next() != nil {} }

    /// The next packet; `nil` at the end of the connection.
    func next() throws -> Packet? {
        while true {
            if let packet = takePacket() { return packet }
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count == 0 || (count < 0 && errno == ECONNRESET) { return nil }
            guard count > 0 else { throw Failure(description: "the broker says nothing: errno \(errno)") }
            received += chunk[..<count]
        }
    }

    /// The next packet, if it comes within `milliseconds`.
    func next(within milliseconds: Int32) throws -> Packet? {
        if let packet = takePacket() { return packet }
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&wait, 1, milliseconds) > 0 ? try next() : nil
    }

    // MARK: Bytes

    /// Sends a packet.
    func send(first: UInt8, _ body: [UInt8]) throws {
        var length = body.count
        var bytes = [first]
        repeat {
            bytes.append(UInt8(length & 0x7F) | (length > 0x7F ? 0x80 : 0))
            length >>= 7
        } while length > 0
        try send(bytes + body)
    }

    /// Sends bytes. What the broker does not want any more is not a failure: it says so by closing the connection.
    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EPIPE || errno == ECONNRESET { return }
            guard count > 0 else { throw Failure(description: "the broker takes no more: errno \(errno)") }
            sent += count
        }
    }

    private static func text(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes
    }

    private func takePacket() -> Packet? {
        var (length, index, shift) = (0, 1, 0)
        while true {
            guard index < received.count else { return nil }
            length |= Int(received[index] & 0x7F) << shift
            shift += 7
            index += 1
            if received[index - 1] < 0x80 { break }
        }
        guard received.count >= index + length else { return nil }
        defer { received.removeFirst(index + length) }
        return (received[0], Array(received[index..<(index + length)]))
    }
}
