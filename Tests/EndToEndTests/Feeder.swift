import Foundation
import TestSupport

/// A publisher of raw MQTT 3.1.1, for a great many messages in a short time.
///
/// It knows nothing of the program's own codec. Every call returns when the kernel has the bytes; `finish` when the
/// broker has taken them all.
final class Feeder {
    /// What kept the messages from the broker.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var unacknowledged = 0
    private var identifier: UInt16 = 0
    private var answers: [UInt8] = []

    /// Bytes gathered before they are sent.
    private static let portion = 1 << 16
    /// Messages at QoS 1 that may be on their way at once.
    private static let window = 10_000

    /// A connection to the broker at `port`, accepted.
    init(port: Int, identifier: String = "feeder") throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let error = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        guard error == 0 else { throw Failure(description: "no connection to port \(port): errno \(errno)") }
        // A broker that hangs must not hang the test.
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        let name = Array(identifier.utf8)
        buffer = [0x10, UInt8(12 + name.count), 0, 4] + Array("MQTT".utf8) + [4, 2, 0, 0, 0, UInt8(name.count)] + name
        try flush()
        guard try read(4) == [0x20, 2, 0, 0] else { throw Failure(description: "the broker does not let us in") }
    }

    deinit { close(descriptor) }

    /// Publishes a message.
    func publish(_ topic: String, _ payload: some Collection<UInt8>, qos: Int = 0, isRetained: Bool = false) throws {
        var length = 2 + topic.utf8.count + (qos > 0 ? 2 : 0) + payload.count
        buffer.append(0x30 | UInt8(qos) << 1 | (isRetained ? 1 : 0))
        repeat {
            buffer.append(UInt8(length & 0x7F) | (length > 0x7F ? 0x80 : 0))
            length >>= 7
        } while length > 0
        append(UInt16(topic.utf8.count))
        buffer += topic.utf8
        if qos > 0 {
            identifier = identifier == .max ? 1 : identifier + 1
            append(identifier)
            unacknowledged += 1
        }
        buffer += payload
        guard buffer.count >= Self.portion || unacknowledged >= Self.window else { return }
        try flush()
        if unacknowledged >= Self.window { try takeAcknowledgements() }
    }

    /// Waits until the broker has taken all that was published.
    func finish() throws {
        try flush()
        try takeAcknowledgements()
        buffer = [0xC0, 0]
        try flush()
        guard try read(2) == [0xD0, 0] else { throw Failure(description: "the broker does not answer PINGREQ") }
    }

    private func append(_ number: UInt16) {
        buffer.append(UInt8(number >> 8))
        buffer.append(UInt8(number & 0xFF))
    }

    private func takeAcknowledgements() throws {
        while unacknowledged > 0 {
            guard try read(4).prefix(2) == [0x40, 2] else { throw Failure(description: "an answer that is no PUBACK") }
            unacknowledged -= 1
        }
    }

    private func flush() throws {
        var sent = 0
        while sent < buffer.count {
            let count = buffer.withUnsafeBytes {
                send(descriptor, $0.baseAddress! + sent, buffer.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(description: "the broker takes no more: errno \(errno)") }
            sent += count
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private func read(_ count: Int) throws -> [UInt8] {
        while answers.count < count {
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let received = recv(descriptor, &chunk, chunk.count, 0)
            guard received > 0 else { throw Failure(description: "the broker does not answer: errno \(errno)") }
            answers += chunk[..<received]
        }
        defer { answers.removeFirst(count) }
        return Array(answers[..<count])
    }
}
