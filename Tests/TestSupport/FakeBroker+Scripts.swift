/// The usual things that stand on a port.
extension FakeBroker {
    /// Reads whatever comes and says nothing.
    package static let silence: Script = { $0.readToEnd() }

    /// Closes as soon as the first packet was read.
    package static let closing: Script = { $0.readPacket() }

    /// Resets as soon as the first packet was read.
    package static let resetting: Script = { connection in
        connection.readPacket()
        connection.reset()
    }

    /// Answers the first packet with `bytes`, then closes.
    package static func answering(_ bytes: [UInt8]) -> Script {
        { connection in
            connection.readPacket()
            connection.send(bytes)
        }
    }

    /// A web server.
    package static let http = answering(
        Array("HTTP/1.1 400 Bad Request\r\nServer: nginx/1.22.1\r\nConnection: close\r\n\r\n<html></html>".utf8))

    /// An SSH server: it greets before anybody has said a word, and waits.
    package static let ssh: Script = { connection in
        connection.send(Array("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n".utf8))
        connection.readToEnd()
    }

    /// A TLS server that answers with an alert (unexpected message), then closes.
    package static let tlsAlert = answering([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x0A])

    /// A broker that refuses: by Reason Code where the client speaks 5.0, else by return code.
    package static func refusing(code: UInt8, returnCode: UInt8) -> Script {
        { connection in
            guard let connect = connection.readPacket() else { return }
            connection.send(level(of: connect) >= 5 ? [0x20, 0x03, 0x00, code, 0x00] : [0x20, 0x02, 0x00, returnCode])
        }
    }

    /// A broker that works: it answers CONNECT, SUBSCRIBE, UNSUBSCRIBE, PINGREQ and publishes of every QoS, grants every
    /// QoS asked for, and delivers nothing by itself: `push` does. `afterSubscribe` is sent behind each SUBACK.
    package static func working(
        connack properties: [UInt8] = [],
        afterSubscribe: @escaping @Sendable (_ version: UInt8) -> [UInt8] = { _ in [] }
    ) -> Script {
        { connection in
            guard let connect = connection.readPacket() else { return }
            let version = level(of: connect)
            connection.send(
                version >= 5
                    ? [0x20, UInt8(3 + properties.count), 0, 0, UInt8(properties.count)] + properties : [0x20, 2, 0, 0])
            while let packet = connection.readPacket() {
                if packet[0] >> 4 == 14 { return }
                connection.send(answer(to: packet, version))
                if packet[0] >> 4 == 8 { connection.send(afterSubscribe(version)) }
            }
        }
    }

    /// A SOCKS 5 proxy without a password that connects everybody to `port`, and answers byte by byte or not.
    package static func socks(to port: Int, drips: Bool) -> Script {
        { client in
            guard client.receive() != nil, let server = Connection.connect(to: port) else { return }
            func say(_ bytes: [UInt8]) { if drips { client.drip(bytes) } else { client.send(bytes) } }
            say([5, 0])
            guard client.receive() != nil else { return }
            say([5, 0, 0, 3, 4] + Array("here".utf8) + [0, 1])
            client.alongside {
                while let bytes = server.receive() { if drips { client.drip(bytes) } else { client.send(bytes) } }
                client.close()
            }
            while let bytes = client.receive() { server.send(bytes) }
            server.close()
        }
    }

    /// What a working broker answers.
    package static func answer(to packet: [UInt8], _ version: UInt8) -> [UInt8] {
        let body = Array(packet[headerLength(packet)...])
        switch packet[0] >> 4 {
        case 3:
            let topicLength = Int(body[0]) << 8 | Int(body[1])
            let identifier = body[(2 + topicLength)...].prefix(2)
            return switch packet[0] >> 1 & 3 {
            case 1: [0x40, 2] + identifier
            case 2: [0x50, 2] + identifier
            default: []
            }
        case 5: return [0x62, 2] + body.prefix(2)
        case 6: return [0x70, 2] + body.prefix(2)
        case 8:
            let codes = filters(in: packet, version).map(\.qos)
            return [0x90, UInt8(2 + (version >= 5 ? 1 : 0) + codes.count)] + body.prefix(2) + (version >= 5 ? [0] : [])
                + codes
        case 10:
            let count = version >= 5 ? filters(in: packet, version).count : 0
            return [0xB0, UInt8(2 + (version >= 5 ? 1 + count : 0))] + body.prefix(2)
                + [UInt8](repeating: 0, count: version >= 5 ? 1 + count : 0)
        case 12: return [0xD0, 0]
        default: return []
        }
    }

    /// The filters of a SUBSCRIBE or UNSUBSCRIBE with the QoS asked for.
    package static func filters(in packet: [UInt8], _ version: UInt8) -> [(filter: String, qos: UInt8)] {
        var index = headerLength(packet) + 2
        if version >= 5 { index += 1 + Int(packet[index]) }
        let hasOptions = packet[0] >> 4 == 8
        var filters: [(String, UInt8)] = []
        while index + 2 <= packet.count {
            let end = index + 2 + (Int(packet[index]) << 8 | Int(packet[index + 1]))
            let filter = String(decoding: packet[(index + 2)..<end], as: UTF8.self)
            filters.append((filter, hasOptions ? packet[end] & 3 : 0))
            index = end + (hasOptions ? 1 : 0)
        }
        return filters
    }

    /// The protocol level in a CONNECT.
    package static func level(of connect: [UInt8]) -> UInt8 {
        let start = headerLength(connect)
        return connect[start + 2 + (Int(connect[start]) << 8 | Int(connect[start + 1]))]
    }

    /// A PUBLISH to a client; `identifier` at QoS 1 and 2.
    package static func publish(
        _ topic: String, _ payload: [UInt8], version: UInt8, qos: UInt8 = 0, isRetained: Bool = false,
        identifier: UInt16 = 0
    ) -> [UInt8] {
        var body: [UInt8] = [UInt8(topic.utf8.count >> 8), UInt8(topic.utf8.count & 0xFF)] + topic.utf8
        if qos > 0 { body += [UInt8(identifier >> 8), UInt8(identifier & 0xFF)] }
        if version >= 5 { body.append(0) }
        body += payload
        var packet: [UInt8] = [0x30 | qos << 1 | (isRetained ? 1 : 0)]
        var length = body.count
        repeat {
            packet.append(UInt8(length & 0x7F) | (length > 0x7F ? 0x80 : 0))
            length >>= 7
        } while length > 0
        return packet + body
    }

    /// Bytes before the body: the first one and Remaining Length.
    private static func headerLength(_ packet: [UInt8]) -> Int {
        (packet[1...].firstIndex { $0 & 0x80 == 0 } ?? 1) + 1
    }
}
