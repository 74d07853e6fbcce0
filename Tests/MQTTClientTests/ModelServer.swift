import MQTT
import MQTTCodec

/// A server by the book, as small as it can be: one client, a session that outlives connections, messages of QoS 1 and 2 in
/// both directions. It is written from section 4.3 and 4.4 and shares nothing with `Session`.
struct ModelServer {
    /// What it has under way to the client.
    fileprivate struct Outgoing {
        var payload: UInt32
        var qos: QoS
        var isReleased = false
        /// Whether it waits to be sent again.
        var isDue = false
    }

    /// Its session: messages to the client by identifier, in the order they began.
    private var outgoing: [(identifier: UInt16, message: Outgoing)] = []
    /// QoS 2 messages of the client that are not released.
    private var unreleased: Set<UInt16> = []
    /// Messages for the client that have not begun.
    private var waiting: [(payload: UInt32, qos: QoS)] = []
    private var nextIdentifier: UInt16 = 0
    private var quota = 0
    private let receiveMaximum: Int
    /// How many messages it takes at once itself, and how many the client has under way on this connection.
    private let ownMaximum: Int
    private var underWay: Set<UInt16> = []
    private var isConnected = false

    /// What it has taken over from the client, in order.
    private(set) var taken: [UInt32] = []
    /// How often a client sent it something that the protocol forbids.
    private(set) var complaints: [String] = []

    /// A server whose client takes `receiveMaximum` messages at once, and which takes `ownMaximum`.
    init(receiveMaximum: Int, ownMaximum: Int) {
        self.receiveMaximum = receiveMaximum
        self.ownMaximum = ownMaximum
    }

    /// Whether nothing is under way or waiting.
    var isIdle: Bool { outgoing.isEmpty && waiting.isEmpty && unreleased.isEmpty }

    /// A message for the client; what is sent.
    mutating func publish(_ payload: UInt32, _ qos: QoS) -> [Packet] {
        waiting.append((payload, qos))
        return begin()
    }

    /// The connection is gone.
    mutating func lose() { isConnected = false }

    /// The answer to `packet` and what goes with it.
    mutating func receive(_ packet: Packet) -> [Packet] {
        switch packet {
        case .connect(let connect): return accept(connect)
        case .publish(let publish): return receive(publish)
        case .puback(let packet): return finish(packet.identifier, .atLeastOnce)
        case .pubrec(let packet):
            guard let index = outgoing.firstIndex(where: { $0.identifier == packet.identifier }) else {
                return [.pubrel(Acknowledgement(packet.identifier, .packetIdentifierNotFound))]
            }
            if outgoing[index].message.qos != .exactlyOnce { complaints.append("PUBREC at QoS 1") }
            outgoing[index].message.isReleased = true
            outgoing[index].message.isDue = false
            return [.pubrel(Acknowledgement(packet.identifier))]
        case .pubrel(let packet):
            underWay.remove(packet.identifier)
            let isKnown = unreleased.remove(packet.identifier) != nil
            return [.pubcomp(Acknowledgement(packet.identifier, isKnown ? .success : .packetIdentifierNotFound))]
        case .pubcomp(let packet): return finish(packet.identifier, .exactlyOnce)
        default:
            complaints.append("\(packet.type.name) from the client")
            return []
        }
    }

    private mutating func accept(_ connect: Connect) -> [Packet] {
        let isPresent = !connect.cleanStart
        if connect.cleanStart {
            outgoing = []
            unreleased = []
        }
        isConnected = true
        quota = receiveMaximum
        underWay = []
        let limits = properties { $0.receiveMaximum = UInt16(ownMaximum) }
        var answer: [Packet] = [.connack(ConnAck(isSessionPresent: isPresent, properties: limits))]
        for index in outgoing.indices {
            if outgoing[index].message.isReleased {
                answer.append(.pubrel(Acknowledgement(outgoing[index].identifier)))
            } else {
                outgoing[index].message.isDue = true
            }
        }
        return answer + begin()
    }

    private mutating func receive(_ publish: Publish) -> [Packet] {
        let payload = publish.message.payload.reduce(0) { $0 << 8 | UInt32($1) }
        let identifier = publish.identifier
        switch publish.message.qos {
        case .atMostOnce:
            taken.append(payload)
            return []
        case .atLeastOnce:
            // Answered in the same breath: it is under way for no longer.
            if underWay.count + 1 > ownMaximum { complaints.append("more than the server's Receive Maximum") }
            taken.append(payload)
            return [.puback(Acknowledgement(identifier))]
        case .exactlyOnce:
            underWay.insert(identifier)
            if underWay.count > ownMaximum { complaints.append("more than the server's Receive Maximum") }
            if unreleased.insert(identifier).inserted {
                taken.append(payload)
            } else if !publish.isDuplicate {
                complaints.append("identifier \(identifier) used again")
            }
            return [.pubrec(Acknowledgement(identifier))]
        }
    }

    private mutating func finish(_ identifier: UInt16, _ qos: QoS) -> [Packet] {
        guard let index = outgoing.firstIndex(where: { $0.identifier == identifier }) else { return begin() }
        let message = outgoing[index].message
        if message.qos != qos || qos == .exactlyOnce && !message.isReleased { complaints.append("wrong answer") }
        outgoing.remove(at: index)
        quota = min(quota + 1, receiveMaximum)
        return begin()
    }

    /// Begins what the client's Receive Maximum allows.
    private mutating func begin() -> [Packet] {
        var packets: [Packet] = []
        while isConnected, quota > 0, let index = outgoing.firstIndex(where: \.message.isDue) {
            outgoing[index].message.isDue = false
            quota -= 1
            packets.append(outgoing[index].message.packet(outgoing[index].identifier, isDuplicate: true))
        }
        while isConnected, quota > 0, let (payload, qos) = waiting.first {
            waiting.removeFirst()
            repeat {
                nextIdentifier &+= 1
            } while nextIdentifier == 0
                || outgoing.contains(where: { $0.identifier == nextIdentifier })
            let message = Outgoing(payload: payload, qos: qos)
            outgoing.append((nextIdentifier, message))
            quota -= 1
            packets.append(message.packet(nextIdentifier, isDuplicate: false))
        }
        return packets
    }
}

extension ModelServer.Outgoing {
    /// The PUBLISH.
    fileprivate func packet(_ identifier: UInt16, isDuplicate: Bool) -> Packet {
        delivery("down", "\(payload)", qos: qos, identifier: identifier, isDuplicate: isDuplicate)
    }
}
