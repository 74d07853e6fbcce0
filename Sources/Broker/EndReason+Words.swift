extension EndReason {
    /// What happened, in plain words. Without a name the client had not logged in; `wasConnected` is whether it had.
    func words(isNamed: Bool, wasConnected: Bool) -> String {
        switch self {
        case .clean: "disconnected"
        case .closed: isNamed ? "closed its connection without DISCONNECT" : "closed its connection before it logged in"
        case .keepAlive: isNamed ? "silent for longer than its keep-alive" : "connected and then said nothing"
        case .notAuthorised: wasConnected ? "disconnected: not authorised" : "login refused"
        case .badLogin: "login refused: wrong user name or password"
        case .banned: "login refused: banned"
        case .badIdentifier: "login refused: client identifier not valid"
        case .badMethod: "login refused: unknown authentication method"
        case .protocolError:
            isNamed ? "broke the MQTT protocol" : "broke the MQTT protocol before it logged in: no MQTT client?"
        case .malformedPacket: "sent a malformed packet"
        case .oversizePacket: "sent a packet larger than max_packet_size"
        case .oversizePayload: "sent a payload larger than message_size_limit"
        case .takenOver: "taken over by another connection"
        case .administrative: "disconnected by an administrator"
        case .disallowedFeature:
            "asked for something that the broker does not allow (QoS, RETAIN, protocol version, AUTH)"
        case .outOfMemory: "disconnected: the broker has no memory left"
        case .refusedForNow(let words): "turned away: \(words)"
        case .receiveMaximum: "sent more unacknowledged messages than allowed"
        case .topicAlias: "used a Topic Alias that is not valid"
        case .tls: "TLS failed"
        case .httpOrigin: "turned away: a web page of another origin"
        case .implementationSpecific: "disconnected: implementation specific error"
        case .brokerStopped: "the broker stopped"
        case .socket("Invalid input"): "turned away: Invalid input (keep-alive longer than max_keepalive?)"
        case .socket(let words): "its connection broke: \(words)"
        case .socketError:
            isNamed
                ? "its connection is gone (no DISCONNECT)"
                : "gone before it logged in: login refused, or no MQTT client?"
        case .other(let words): "disconnected: \(words)"
        }
    }

    /// One word or two, the same for all versions of the broker, for a column and for exports.
    package var name: String {
        switch self {
        case .clean: "clean"
        case .closed: "closed"
        case .keepAlive: "keep-alive"
        case .notAuthorised: "not authorised"
        case .badLogin: "wrong login"
        case .banned: "banned"
        case .protocolError: "protocol error"
        case .malformedPacket: "malformed packet"
        case .oversizePacket: "oversize packet"
        case .oversizePayload: "oversize payload"
        case .takenOver: "taken over"
        case .administrative: "administrative"
        case .disallowedFeature: "disallowed feature"
        case .badIdentifier: "bad identifier"
        case .badMethod: "bad method"
        case .outOfMemory: "out of memory"
        case .refusedForNow: "refused for now"
        case .receiveMaximum: "receive maximum"
        case .topicAlias: "topic alias"
        case .tls: "TLS"
        case .httpOrigin: "http origin"
        case .implementationSpecific: "unspecified"
        case .brokerStopped: "broker stopped"
        case .socket: "socket"
        case .socketError: "socket error"
        case .other: "other"
        }
    }
}
