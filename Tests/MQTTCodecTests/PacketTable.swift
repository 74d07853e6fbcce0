import MQTT
import Testing

@testable import MQTTCodec

/// A packet and its bytes, written by hand from the specification.
struct PacketExample: Sendable, CustomTestStringConvertible {
    var name: String
    var version: ProtocolVersion
    /// Which end sends it.
    var sender: PacketDecoder.Role
    var packet: Packet
    var bytes: [UInt8]

    var testDescription: String { "\(packet.type.name) \(name) (\(version))" }

    init(
        _ name: String, _ version: ProtocolVersion, from sender: PacketDecoder.Role, _ packet: Packet, _ bytes: [UInt8]
    ) {
        (self.name, self.version, self.sender, self.packet, self.bytes) = (name, version, sender, packet, bytes)
    }

    /// Which end receives it.
    var receiver: PacketDecoder.Role { sender == .client ? .server : .client }
}

private let mqtt: [UInt8] = [0, 4, 0x4D, 0x51, 0x54, 0x54]

let connectExamples: [PacketExample] = [
    PacketExample(
        "bare", .v3_1_1, from: .client, .connect(Connect(version: .v3_1_1, clientIdentifier: "c", keepAlive: 60)),
        [0x10, 13] + mqtt + [4, 2, 0, 60, 0, 1, 0x63]),
    PacketExample(
        "as MQIsdp", .v3_1, from: .client, .connect(Connect(version: .v3_1, clientIdentifier: "c", keepAlive: 1)),
        [0x10, 15, 0, 6, 0x4D, 0x51, 0x49, 0x73, 0x64, 0x70, 3, 2, 0, 1, 0, 1, 0x63]),
    PacketExample(
        "bare", .v5_0, from: .client,
        .connect(Connect(version: .v5_0, clientIdentifier: "", cleanStart: false, keepAlive: 0)),
        [0x10, 13] + mqtt + [5, 0, 0, 0, 0, 0, 0]),
    PacketExample(
        "user, password, will", .v3_1_1, from: .client,
        .connect(
            Connect(
                version: .v3_1_1, clientIdentifier: "c", keepAlive: 5,
                will: Will(
                    message: Message(topic: name("w"), payload: [1, 2], qos: .atLeastOnce, isRetained: true)),
                userName: "u", password: [0, 0xFF])),
        [0x10, 27] + mqtt + [4, 0xEE, 0, 5, 0, 1, 0x63, 0, 1, 0x77, 0, 2, 1, 2, 0, 1, 0x75, 0, 2, 0, 0xFF]),
    PacketExample(
        "everything", .v5_0, from: .client,
        .connect(
            Connect(
                version: .v5_0, clientIdentifier: "c", keepAlive: 5,
                will: Will(
                    message: Message(
                        topic: name("w"), qos: .exactlyOnce, properties: properties { $0.contentType = "t" }),
                    delayInterval: 7),
                password: [9], properties: properties { $0.receiveMaximum = 20 })),
        [0x10, 35] + mqtt + [5, 0x56, 0, 5, 3, 0x21, 0, 20, 0, 1, 0x63]
            + [9, 0x18, 0, 0, 0, 7, 0x03, 0, 1, 0x74, 0, 1, 0x77, 0, 0, 0, 1, 9]),
]

let connackExamples: [PacketExample] = [
    PacketExample("accepted", .v3_1_1, from: .server, .connack(ConnAck(isShortForm: true)), [0x20, 2, 0, 0]),
    PacketExample(
        "session present", .v3_1_1, from: .server, .connack(ConnAck(isSessionPresent: true, isShortForm: true)),
        [0x20, 2, 1, 0]),
    PacketExample(
        "version", .v3_1_1, from: .server, .connack(ConnAck(.unsupportedProtocolVersion, isShortForm: true)),
        [0x20, 2, 0, 1]),
    PacketExample(
        "identifier", .v3_1_1, from: .server, .connack(ConnAck(.clientIdentifierNotValid, isShortForm: true)),
        [0x20, 2, 0, 2]),
    PacketExample(
        "unavailable", .v3_1_1, from: .server, .connack(ConnAck(.serverUnavailable, isShortForm: true)),
        [0x20, 2, 0, 3]),
    PacketExample(
        "password", .v3_1_1, from: .server, .connack(ConnAck(.badUserNameOrPassword, isShortForm: true)),
        [0x20, 2, 0, 4]),
    PacketExample(
        "not authorized", .v3_1_1, from: .server, .connack(ConnAck(.notAuthorized, isShortForm: true)),
        [0x20, 2, 0, 5]),
    PacketExample("accepted", .v5_0, from: .server, .connack(ConnAck()), [0x20, 3, 0, 0, 0]),
    PacketExample(
        "refused, with a reason", .v5_0, from: .server,
        .connack(ConnAck(.notAuthorized, properties: properties { $0.reasonString = "no" })),
        [0x20, 8, 0, 0x87, 5, 0x1F, 0, 2, 0x6E, 0x6F]),
    PacketExample(
        "limits", .v5_0, from: .server,
        .connack(
            ConnAck(
                isSessionPresent: true,
                properties: properties {
                    $0.serverKeepAlive = 30
                    $0.receiveMaximum = 20
                    $0.maximumQoS = 1
                })),
        [0x20, 11, 1, 0, 8, 0x13, 0, 30, 0x21, 0, 20, 0x24, 1]),
]

let publishExamples: [PacketExample] = [
    PacketExample(
        "QoS 0", .v3_1_1, from: .server, .publish(Publish(Message(topic: name("a/b"), payload: [1]))),
        [0x30, 6, 0, 3, 0x61, 0x2F, 0x62, 1]),
    PacketExample(
        "QoS 0, empty, retained", .v5_0, from: .client,
        .publish(Publish(Message(topic: name("a"), isRetained: true))), [0x31, 4, 0, 1, 0x61, 0]),
    PacketExample(
        "QoS 1, duplicate", .v3_1_1, from: .client,
        .publish(
            Publish(Message(topic: name("a"), payload: [1], qos: .atLeastOnce), identifier: 258, isDuplicate: true)),
        [0x3A, 6, 0, 1, 0x61, 1, 2, 1]),
    PacketExample(
        "QoS 2, properties", .v5_0, from: .server,
        .publish(
            Publish(
                Message(
                    topic: name("a"), payload: [1], qos: .exactlyOnce,
                    properties: properties { $0.subscriptionIdentifiers = [1, 200] }), identifier: 0xFFFF)),
        [0x34, 12, 0, 1, 0x61, 0xFF, 0xFF, 5, 0x0B, 1, 0x0B, 0xC8, 1, 1]),
    PacketExample(
        "Remaining Length of two bytes", .v3_1_1, from: .server,
        .publish(Publish(Message(topic: name("a"), payload: [UInt8](repeating: 7, count: 200)))),
        [0x30, 0xCB, 0x01, 0, 1, 0x61] + [UInt8](repeating: 7, count: 200)),
]

let acknowledgementExamples: [PacketExample] = [
    PacketExample("plain", .v3_1_1, from: .server, .puback(Acknowledgement(1)), [0x40, 2, 0, 1]),
    PacketExample("plain", .v3_1_1, from: .client, .pubrec(Acknowledgement(2)), [0x50, 2, 0, 2]),
    PacketExample("plain", .v3_1_1, from: .server, .pubrel(Acknowledgement(3)), [0x62, 2, 0, 3]),
    PacketExample("plain", .v3_1_1, from: .client, .pubcomp(Acknowledgement(4)), [0x70, 2, 0, 4]),
    PacketExample("plain", .v5_0, from: .client, .puback(Acknowledgement(0x1234)), [0x40, 2, 0x12, 0x34]),
    PacketExample(
        "code alone", .v5_0, from: .server, .puback(Acknowledgement(1, .noMatchingSubscribers)), [0x40, 3, 0, 1, 0x10]),
    PacketExample(
        "refused, with a reason", .v5_0, from: .server,
        .pubrec(Acknowledgement(1, .notAuthorized, properties: properties { $0.reasonString = "x" })),
        [0x50, 8, 0, 1, 0x87, 4, 0x1F, 0, 1, 0x78]),
    PacketExample(
        "unknown identifier", .v5_0, from: .client, .pubrel(Acknowledgement(9, .packetIdentifierNotFound)),
        [0x62, 3, 0, 9, 0x92]),
    PacketExample(
        "user property", .v5_0, from: .server,
        .pubcomp(Acknowledgement(9, properties: properties { $0.userProperties = [UserProperty("k", "v")] })),
        [0x70, 11, 0, 9, 0, 7, 0x26, 0, 1, 0x6B, 0, 1, 0x76]),
]

let subscriptionExamples: [PacketExample] = [
    PacketExample(
        "two filters", .v3_1_1, from: .client,
        .subscribe(
            Subscribe(
                1,
                [
                    Subscription(filter("#"), retainAsPublished: false),
                    Subscription(filter("a/+"), qos: .exactlyOnce, retainAsPublished: false),
                ])),
        [0x82, 12, 0, 1, 0, 1, 0x23, 0, 0, 3, 0x61, 0x2F, 0x2B, 2]),
    PacketExample(
        "options", .v5_0, from: .client,
        .subscribe(
            Subscribe(1, [Subscription(filter("a"), qos: .atLeastOnce, noLocal: true, retainAsPublished: true)])),
        [0x82, 7, 0, 1, 0, 0, 1, 0x61, 0x0D]),
    PacketExample(
        "identifier", .v5_0, from: .client,
        .subscribe(
            Subscribe(
                1, [Subscription(filter("a"), retainAsPublished: false)],
                properties: properties { $0.subscriptionIdentifiers = [5] })),
        [0x82, 9, 0, 1, 2, 0x0B, 5, 0, 1, 0x61, 0]),
    PacketExample(
        "no stored messages, User Property", .v5_0, from: .client,
        .subscribe(
            Subscribe(
                1,
                [
                    Subscription(filter("a"), retainAsPublished: false, retainHandling: .whenNew),
                    Subscription(filter("b"), qos: .exactlyOnce, retainAsPublished: false, retainHandling: .never),
                ],
                properties: properties { $0.userProperties = [UserProperty("k", "v")] })),
        [0x82, 18, 0, 1, 7, 0x26, 0, 1, 0x6B, 0, 1, 0x76, 0, 1, 0x61, 0x10, 0, 1, 0x62, 0x22]),
    PacketExample(
        "User Property", .v5_0, from: .client,
        .unsubscribe(
            Unsubscribe(3, [filter("a")], properties: properties { $0.userProperties = [UserProperty("k", "")] })),
        [0xA2, 12, 0, 3, 6, 0x26, 0, 1, 0x6B, 0, 0, 0, 1, 0x61]),
    PacketExample(
        "granted and refused", .v3_1_1, from: .server,
        .suback(SubAck(1, [.success, ReasonCode(rawValue: 1), ReasonCode(rawValue: 2), .unspecifiedError])),
        [0x90, 6, 0, 1, 0, 1, 2, 0x80]),
    PacketExample(
        "granted and refused", .v5_0, from: .server, .suback(SubAck(1, [.success, .notAuthorized])),
        [0x90, 5, 0, 1, 0, 0, 0x87]),
    PacketExample(
        "two filters", .v3_1_1, from: .client, .unsubscribe(Unsubscribe(2, [filter("#"), filter("a")])),
        [0xA2, 8, 0, 2, 0, 1, 0x23, 0, 1, 0x61]),
    PacketExample(
        "one filter", .v5_0, from: .client, .unsubscribe(Unsubscribe(2, [filter("#")])), [0xA2, 6, 0, 2, 0, 0, 1, 0x23]),
    PacketExample("no codes", .v3_1_1, from: .server, .unsuback(SubAck(2, [])), [0xB0, 2, 0, 2]),
    PacketExample(
        "codes", .v5_0, from: .server, .unsuback(SubAck(2, [.success, .noSubscriptionExisted])),
        [0xB0, 5, 0, 2, 0, 0, 0x11]),
]

let otherExamples: [PacketExample] = [
    PacketExample("", .v3_1_1, from: .server, .pingresp, [0xD0, 0]),
    PacketExample("", .v5_0, from: .client, .pingreq, [0xC0, 0]),
    PacketExample(
        "taken over, with a reason", .v5_0, from: .server,
        .disconnect(Disconnect(.sessionTakenOver, properties: properties { $0.reasonString = "x" })),
        [0xE0, 6, 0x8E, 4, 0x1F, 0, 1, 0x78]),
    PacketExample(
        "again", .v5_0, from: .client,
        .auth(
            Auth(
                .reAuthenticate,
                properties: properties {
                    $0.authenticationMethod = "m"
                    $0.authenticationData = [1, 2]
                })),
        [0xF0, 11, 0x19, 9, 0x15, 0, 1, 0x6D, 0x16, 0, 2, 1, 2]),
    PacketExample("", .v3_1_1, from: .client, .pingreq, [0xC0, 0]),
    PacketExample("", .v5_0, from: .server, .pingresp, [0xD0, 0]),
    PacketExample("", .v3_1_1, from: .client, .disconnect(Disconnect()), [0xE0, 0]),
    PacketExample("normal", .v5_0, from: .client, .disconnect(Disconnect()), [0xE0, 0]),
    PacketExample("with will", .v5_0, from: .client, .disconnect(Disconnect(.disconnectWithWill)), [0xE0, 1, 4]),
    PacketExample(
        "shutting down", .v5_0, from: .server,
        .disconnect(Disconnect(.serverShuttingDown, properties: properties { $0.serverReference = "b" })),
        [0xE0, 6, 0x8B, 4, 0x1C, 0, 1, 0x62]),
    PacketExample(
        "expiry", .v5_0, from: .client,
        .disconnect(Disconnect(properties: properties { $0.sessionExpiryInterval = 1 })),
        [0xE0, 7, 0, 5, 0x11, 0, 0, 0, 1]),
    PacketExample(
        "continue", .v5_0, from: .server,
        .auth(Auth(.continueAuthentication, properties: properties { $0.authenticationMethod = "m" })),
        [0xF0, 6, 0x18, 4, 0x15, 0, 1, 0x6D]),
]

/// What 3.1 has in common with 3.1.1: all but CONNECT, Session Present and an identifier that no server gives.
private let olderExamples =
    (connackExamples + publishExamples + acknowledgementExamples + subscriptionExamples
    + otherExamples).filter { $0.version == .v3_1_1 && $0.name != "session present" }.map { example in
        PacketExample(example.name, .v3_1, from: example.sender, example.packet, example.bytes)
    }

private let written =
    connectExamples + connackExamples + publishExamples + acknowledgementExamples + subscriptionExamples + otherExamples

let allExamples = written + olderExamples
