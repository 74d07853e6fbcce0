import Foundation
import Synchronization

/// A web server before a server of MQTT: it takes WebSockets apart and puts them together, on nothing of the program's own.
extension FakeBroker {
    /// How a web server answers and sends.
    package struct Web: Sendable {
        /// The sub-protocol that it agrees to.
        package var subprotocol: String? = "mqtt"
        /// Largest part of a message that one frame carries, bytes.
        package var largestFrame = 65_536
        /// Whether everything is sent byte by byte.
        package var drips = false
        /// The types of all frames that came from clients (RFC 6455 section 5.2), and the packets' first bytes in them.
        package let seen = Seen()

        /// One that does as web servers do.
        package init() {}
    }

    /// What clients have sent.
    package final class Seen: Sendable {
        private let frames = Mutex<[(opcode: UInt8, first: UInt8?)]>([])

        /// The types of the frames, each with the first byte that it carried; waits at most 10 s for the one that closes.
        package func waitForClose() -> [(opcode: UInt8, first: UInt8?)] {
            let deadline = Date() + 10
            while Date() < deadline, frames.withLock({ $0.last?.opcode }) != 8 { usleep(2_000) }
            return frames.withLock { $0 }
        }

        fileprivate func add(_ opcode: UInt8, _ first: UInt8?) { frames.withLock { $0.append((opcode, first)) } }
    }

    /// Hands what clients say in a WebSocket on to `port`, and back.
    package static func web(_ web: Web = Web(), to port: Int) -> Script {
        { client in
            guard upgrade(client, web), let server = Connection.connect(to: port) else { return }
            client.alongside {
                while let bytes = server.receive() { send(bytes, to: client, web) }
                // The client answers it by its own and closes.
                client.send([0x88, 2, 3, 0xE8])
            }
            relay(client, to: server, web)
            server.close()
        }
    }

    /// Answers the request for a WebSocket, with some bytes `behind` in the same write; `false` when there was none.
    @discardableResult
    package static func upgrade(_ client: Connection, _ web: Web = Web(), behind: [UInt8] = []) -> Bool {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual([13, 10, 13, 10]) {
            guard let more = client.receive() else { return false }
            head += more
        }
        let answer = answer(to: head, web)
        if web.drips { client.drip(answer + behind) } else { client.send(answer + behind) }
        return true
    }

    /// What a web server answers to the request `head` for a WebSocket.
    package static func answer(to head: [UInt8], _ web: Web = Web()) -> [UInt8] {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        let key = lines.first { $0.lowercased().hasPrefix("sec-websocket-key: ") }?.dropFirst(19) ?? ""
        let accept = Data(SHA1.hash(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))).base64EncodedString()
        let subprotocol = web.subprotocol.map { "Sec-WebSocket-Protocol: \($0)\r\n" } ?? ""
        return Array(
            ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\(subprotocol)"
                + "Sec-WebSocket-Accept: \(accept)\r\n\r\n").utf8)
    }

    /// What a server sends as one message, in as many frames as it takes.
    private static func send(_ bytes: [UInt8], to client: Connection, _ web: Web) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = rest.prefix(web.largestFrame)
            rest = rest.dropFirst(part.count)
            let isFirst = part.startIndex == 0
            let frame = header((rest.isEmpty ? 0x80 : 0) | (isFirst ? 2 : 0), part.count) + part
            if web.drips { client.drip(frame) } else { client.send(frame) }
        }
    }

    private static func header(_ first: UInt8, _ count: Int) -> [UInt8] {
        if count < 126 { return [first, UInt8(count)] }
        if count < 65_536 { return [first, 126, UInt8(count >> 8), UInt8(count & 0xFF)] }
        return [first, 127] + (0..<8).map { UInt8(count >> (56 - 8 * $0) & 0xFF) }
    }

    /// Unpacks frames until the client says close.
    private static func relay(_ client: Connection, to server: Connection, _ web: Web) {
        var buffer: [UInt8] = []
        while let more = client.receive() {
            buffer += more
            while let (opcode, payload, length) = frame(buffer) {
                buffer.removeFirst(length)
                web.seen.add(opcode, payload.first)
                if opcode == 8 { return }
                if opcode < 3 { server.send(payload) }
            }
        }
    }

    /// The frame that `bytes` begin with, unmasked; `nil` when it is not whole.
    private static func frame(_ bytes: [UInt8]) -> (opcode: UInt8, payload: [UInt8], length: Int)? {
        guard bytes.count >= 2 else { return nil }
        let size = [126: 2, 127: 8][Int(bytes[1] & 0x7F)] ?? 0
        guard bytes.count >= 6 + size else { return nil }
        let count = size == 0 ? Int(bytes[1] & 0x7F) : bytes[2..<(2 + size)].reduce(0) { $0 << 8 | Int($1) }
        let start = 6 + size
        guard bytes.count >= start + count else { return nil }
        let mask = Array(bytes[(start - 4)..<start])
        let payload = (0..<count).map { bytes[start + $0] ^ mask[$0 & 3] }
        return (bytes[0] & 0x0F, payload, start + count)
    }
}

/// SHA-1, which the answer to a request for a WebSocket is made with (RFC 6455 section 4.2.2).
private enum SHA1 {
    static func hash(_ message: [UInt8]) -> [UInt8] {
        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        var bytes = message + [0x80]
        while bytes.count % 64 != 56 { bytes.append(0) }
        bytes += (0..<8).map { UInt8((message.count * 8) >> (56 - 8 * $0) & 0xFF) }
        for block in stride(from: 0, to: bytes.count, by: 64) { add(Array(bytes[block..<(block + 64)]), to: &state) }
        return state.flatMap { word in (0..<4).map { UInt8(word >> (24 - 8 * $0) & 0xFF) } }
    }

    private static func add(_ block: [UInt8], to state: inout [UInt32]) {
        var words = stride(from: 0, to: 64, by: 4).map { index in
            block[index..<(index + 4)].reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
        }
        for index in 16..<80 {
            words.append(rotate(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1))
        }
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
        for (index, word) in words.enumerated() {
            let (mix, constant): (UInt32, UInt32) =
                switch index / 20 {
                case 0: (b & c | ~b & d, 0x5A82_7999)
                case 1: (b ^ c ^ d, 0x6ED9_EBA1)
                case 2: (b & c | b & d | c & d, 0x8F1B_BCDC)
                default: (b ^ c ^ d, 0xCA62_C1D6)
                }
            (a, b, c, d, e) = (rotate(a, 5) &+ mix &+ e &+ constant &+ word, a, rotate(b, 30), c, d)
        }
        state = zip(state, [a, b, c, d, e]).map { $0 &+ $1 }
    }

    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word << count | word >> (32 - count) }
}
