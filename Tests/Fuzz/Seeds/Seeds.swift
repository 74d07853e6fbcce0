internal import Glibc
package import MQTT
package import MQTTCodec

/// Sound packets to begin with: what a fuzzer mutates.
package enum Seeds {
    /// What a client says.
    package static func client(_ version: ProtocolVersion) -> [Packet] {
        let will = Will(message: Message(topic: topic, payload: [1, 2], qos: .atLeastOnce, isRetained: true))
        var packets: [Packet] = [
            .connect(
                Connect(
                    version: version, clientIdentifier: "c", keepAlive: 60, will: will, userName: "u", password: [1])),
            .subscribe(Subscribe(1, [Subscription(filter, qos: .exactlyOnce, retainAsPublished: false)])),
            .unsubscribe(Unsubscribe(2, [filter])), .pingreq, .disconnect(Disconnect()),
        ]
        packets += common(version)
        if version >= .v5_0 { packets.append(.disconnect(Disconnect(.disconnectWithWill, properties: reason))) }
        return packets
    }

    /// What a server says.
    package static func server(_ version: ProtocolVersion) -> [Packet] {
        var packets: [Packet] = [
            .connack(ConnAck(isShortForm: version < .v5_0)), .suback(SubAck(1, [.success])),
            .unsuback(SubAck(2, version < .v5_0 ? [] : [.success])), .pingresp,
        ]
        packets += common(version)
        guard version >= .v5_0 else { return packets }
        var limits = Properties()
        limits.receiveMaximum = 20
        limits.topicAliasMaximum = 10
        limits.maximumQoS = 1
        limits.retainAvailable = 0
        limits.maximumPacketSize = 1_000
        limits.assignedClientIdentifier = "a"
        limits.serverKeepAlive = 30
        return packets + [
            .connack(ConnAck(properties: limits)), .connack(ConnAck(.notAuthorized, properties: reason)),
            .disconnect(Disconnect(.serverShuttingDown, properties: reason)), authenticated,
        ]
    }

    /// PUBLISH packets of 5.0 by which topic `a` gets the alias 3, and by which the alias stands for it.
    package static let aliased: [[UInt8]] = [
        [0x30, 8, 0, 1, 0x61, 3, 0x23, 0, 3, 7], [0x30, 7, 0, 0, 3, 0x23, 0, 3, 7],
        [0x32, 9, 0, 0, 0, 5, 3, 0x23, 0, 3, 7],
    ]

    /// CONNACK for a client that authenticates by `method`.
    package static var authenticated: Packet {
        var properties = Properties()
        properties.authenticationMethod = method
        return .connack(ConnAck(properties: properties))
    }

    /// The Authentication Method of all packets that have one.
    package static let method = "m"

    /// What both may say.
    private static func common(_ version: ProtocolVersion) -> [Packet] {
        var packets: [Packet] = QoS.allCases.map { qos in
            .publish(
                Publish(Message(topic: topic, payload: [7, 8, 9], qos: qos), identifier: qos == .atMostOnce ? 0 : 1))
        }
        packets += [
            .puback(Acknowledgement(1)), .pubrec(Acknowledgement(1)), .pubrel(Acknowledgement(1)),
            .pubcomp(Acknowledgement(1)),
        ]
        guard version >= .v5_0 else { return packets }
        var carried = reason
        carried.reasonString = nil
        carried.payloadFormatIndicator = 1
        carried.messageExpiryInterval = 9
        carried.contentType = "t"
        carried.responseTopic = "r"
        carried.correlationData = [1, 2, 3]
        var method = reason
        method.authenticationMethod = Self.method
        method.authenticationData = [1]
        return packets + [
            .publish(Publish(Message(topic: topic, payload: [1], properties: carried))),
            .puback(Acknowledgement(1, .noMatchingSubscribers)),
            .pubrec(Acknowledgement(1, .quotaExceeded, properties: reason)),
            .auth(Auth(.continueAuthentication, properties: method)),
        ]
    }

    /// The bytes of `packets`, those that can be written.
    package static func bytes(
        _ packets: [Packet], from sender: PacketDecoder.Role, _ version: ProtocolVersion
    ) -> [[UInt8]] {
        let encoder = PacketEncoder(role: sender, version: version)
        return packets.compactMap { packet in
            var bytes: [UInt8] = []
            return (try? encoder.encode(packet, into: &bytes)) == nil ? nil : bytes
        }
    }

    /// Writes `inputs` into the last of the fuzzer's arguments, where it is a folder.
    package static func write(_ inputs: [[UInt8]]) {
        guard let folder = CommandLine.arguments.dropFirst().last, !folder.hasPrefix("-") else { return }
        for (number, input) in inputs.enumerated() {
            guard let file = fopen("\(folder)/seed-\(number)", "w") else { continue }
            fwrite(input, 1, input.count, file)
            fclose(file)
        }
    }

    private static var reason: Properties {
        var properties = Properties()
        properties.reasonString = "no"
        properties.userProperties = [UserProperty("k", "v"), UserProperty("k", "w")]
        return properties
    }

    /// A topic of several levels.
    package static var topic: TopicName {
        guard let topic = try? TopicName("a/b/ü") else { preconditionFailure("a/b/ü is a Topic Name") }
        return topic
    }

    /// A filter with both wildcards.
    package static var filter: TopicFilter {
        guard let filter = try? TopicFilter("a/+/#") else { preconditionFailure("a/+/# is a Topic Filter") }
        return filter
    }
}
