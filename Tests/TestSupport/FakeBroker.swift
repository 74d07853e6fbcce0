import Foundation
import Synchronization

/// A server under the test's control: what it does with each connection is a script, run on a thread of its own.
///
/// It knows just enough of MQTT's bytes to be an answer to a client, and nothing of the program's own codec.
package final class FakeBroker: Sendable {
    /// What happens on a connection; when it returns, the connection is closed.
    package typealias Script = @Sendable (Connection) -> Void

    /// Where it listens, on 127.0.0.1.
    package let port: Int
    private let listener: Int32
    private let state: Shared<State>

    /// Connections so far and those that are open.
    private struct State: Sendable {
        var open: [Int: Connection] = [:]
        var latest: Connection?
        var count = 0
        var isStopped = false
    }

    /// A server that runs the first of `scripts` for its first connection and so on, the last one for all that follow.
    package init(_ scripts: Script...) {
        let (listener, port) = Self.listen(port: 0)
        self.listener = listener
        self.port = port
        let state = Shared(State())
        self.state = state
        Thread.detachNewThread { Self.accept(on: listener, scripts, state) }
    }

    /// The same on a port that is known already, so that it can come later than its clients.
    package init(port: Int, _ script: @escaping Script) {
        let (listener, port) = Self.listen(port: port)
        self.listener = listener
        self.port = port
        let state = Shared(State())
        self.state = state
        Thread.detachNewThread { Self.accept(on: listener, [script], state) }
    }

    deinit { stop() }

    /// How many connections came so far.
    package var connectionCount: Int {
        state.with { $0.count }
    }

    /// The connections that are open now, oldest first.
    package var connections: [Connection] {
        state.with { $0.open.sorted { $0.key < $1.key }.map(\.value) }
    }

    /// The connection that came last, open or not.
    package var latest: Connection? {
        state.with { $0.latest }
    }

    /// Waits at most 30 s until no connection is open any more; whether that is so.
    package func waitUntilAllAreClosed() -> Bool {
        state.wait { $0.open.isEmpty ? true : nil } ?? false
    }

    /// Waits at most 30 s until `count` connections have come; whether they have.
    package func waitForConnections(_ count: Int) -> Bool {
        state.wait { $0.count >= count ? true : nil } ?? false
    }

    /// Closes the listener and all connections.
    package func stop() {
        let open: [Connection]? = state.with { state in
            defer { state.isStopped = true }
            return state.isStopped ? nil : Array(state.open.values)
        }
        guard let open else { return }
        shutdown(listener, Int32(SHUT_RDWR))
        for connection in open { connection.close() }
    }

    /// Sends `bytes` on every open connection.
    package func push(_ bytes: [UInt8]) {
        for connection in connections { connection.send(bytes) }
    }

    private static func listen(port: Int) -> (Int32, Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var on: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, 4)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && Foundation.listen(listener, 64) == 0
                    && getsockname(listener, $0, &size) == 0
            }
        }
        precondition(isListening, "the scripted server cannot listen: errno \(errno)")
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }

    private static func accept(on listener: Int32, _ scripts: [Script], _ state: Shared<State>) {
        var number = 0
        while true {
            let descriptor = Foundation.accept(listener, nil, nil)
            guard descriptor >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                Foundation.close(listener)
                return
            }
            number += 1
            let connection = Connection(descriptor, number: number)
            let isTaken = state.with { [number] state in
                guard !state.isStopped else { return false }
                state.open[number] = connection
                state.latest = connection
                state.count = number
                return true
            }
            guard isTaken else {
                connection.close()
                continue
            }
            let script = scripts[min(number, scripts.count) - 1]
            Thread.detachNewThread { [number] in
                script(connection)
                connection.close()
                state.with { $0.open[number] = nil }
            }
        }
    }
}

/// A value that several threads see, and that can be waited for.
private final class Shared<Value: Sendable>: Sendable {
    private let condition = NSCondition()
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    /// Reads or changes it.
    func with<Result: Sendable>(_ body: @Sendable (inout Value) -> Result) -> Result {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
        }
        return value.withLock { body(&$0) }
    }

    /// Waits at most `seconds` until `found` finds something in it.
    func wait<Result: Sendable>(_ seconds: Double = 30, until found: (borrowing Value) -> Result?) -> Result? {
        let deadline = Date() + seconds
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let result = value.withLock({ found($0) }) { return result }
            guard condition.wait(until: deadline) else { return nil }
        }
    }
}

extension FakeBroker {
    /// One accepted connection, with blocking calls for scripts.
    package final class Connection: Sendable {
        /// Its number, from 1.
        package let number: Int
        private let descriptor: Int32
        private let state = Shared(State())
        private let sending = NSLock()

        /// What is read and not used, what was read as packets, and whether the connection was ended.
        private struct State: Sendable {
            var buffer: [UInt8] = []
            var packets: [[UInt8]] = []
            var isClosed = false

            /// Takes a whole packet out of what was read.
            mutating func takePacket() -> [UInt8]? {
                guard let length = Connection.length(of: buffer), buffer.count >= length else { return nil }
                packets.append(Array(buffer[..<length]))
                buffer.removeFirst(length)
                return packets.last
            }
        }

        /// The connection behind `descriptor`, which it owns from now on.
        init(_ descriptor: Int32, number: Int) {
            self.descriptor = descriptor
            self.number = number
            var on: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
        }

        deinit { Foundation.close(descriptor) }

        /// Every packet that was read so far, each from its first byte.
        package var packets: [[UInt8]] { state.with { $0.packets } }

        /// Reads one Control Packet whole; `nil` when the client has closed.
        @discardableResult
        package func readPacket() -> [UInt8]? {
            while true {
                if let packet = state.with({ $0.takePacket() }) { return packet }
                var chunk = [UInt8](repeating: 0, count: 65_536)
                let count = recv(descriptor, &chunk, chunk.count, 0)
                guard count > 0 else { return nil }
                state.with { [chunk] in $0.buffer += chunk[..<count] }
            }
        }

        /// What comes next, any bytes; `nil` when the other end has closed.
        package func receive() -> [UInt8]? {
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &chunk, chunk.count, 0)
            return count > 0 ? Array(chunk[..<count]) : nil
        }

        /// Waits until something has come, and reads nothing of it.
        package func waitForBytes() {
            var byte: UInt8 = 0
            _ = recv(descriptor, &byte, 1, Int32(MSG_PEEK))
        }

        /// Reads until the client has closed.
        package func readToEnd() {
            while readPacket() != nil {}
        }

        /// Waits at most `seconds` until a packet that `isWanted` was read by the script; the packet.
        package func waitForPacket(seconds: Double = 30, where isWanted: ([UInt8]) -> Bool) -> [UInt8]? {
            state.wait(seconds) { $0.packets.first(where: isWanted) }
        }

        /// Does something on another thread while the script goes on.
        package func alongside(_ body: @escaping @Sendable () -> Void) { Thread.detachNewThread(body) }

        /// Sends `bytes`, all of them; `false` when the client has closed.
        @discardableResult
        package func send(_ bytes: [UInt8]) -> Bool {
            sending.withLock {
                var sent = 0
                while sent < bytes.count {
                    let count = bytes.withUnsafeBytes {
                        Foundation.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
                    }
                    guard count > 0 else { return false }
                    sent += count
                }
                return true
            }
        }

        /// Sends `bytes` one by one.
        package func drip(_ bytes: [UInt8]) {
            for byte in bytes { send([byte]) }
        }

        /// Sends nothing more, and can still read: the connection is half-closed.
        package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

        /// Lets the operating system keep no more than some 100 KiB of what one end has sent and the other not read.
        package func narrow() {
            var size: Int32 = 65_536
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, 4)
            setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, 4)
        }

        /// Does nothing until the connection is ended by this end, at most two minutes.
        package func idle() { _ = state.wait(120) { $0.isClosed ? true : nil } }

        /// Ends the connection in both directions.
        package func close() {
            let isFirst = state.with { state in
                defer { state.isClosed = true }
                return !state.isClosed
            }
            if isFirst { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }

        /// Ends the connection by a reset.
        package func reset() {
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Foundation.linger>.size))
            // Connecting to nothing takes the place of close, so that the number is not given to somebody else meanwhile.
            var nowhere = sockaddr()
            nowhere.sa_family = sa_family_t(AF_UNSPEC)
            _ = Foundation.connect(descriptor, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
        }

        /// The whole length of the packet that begins `bytes`.
        private static func length(of bytes: [UInt8]) -> Int? {
            var length = 0
            for index in 1...4 where index < bytes.count {
                length |= Int(bytes[index] & 0x7F) << (7 * (index - 1))
                if bytes[index] & 0x80 == 0 { return 1 + index + length }
            }
            return nil
        }
    }
}
