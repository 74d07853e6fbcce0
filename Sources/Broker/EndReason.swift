/// Why the broker says a connection ended, the same for all versions of its wording.
package enum EndReason: Sendable, Hashable {
    /// DISCONNECT came, perhaps one that asks for the Will (v5 0x04): the log does not tell them apart.
    case clean
    /// The client closed the connection without DISCONNECT.
    case closed
    /// Nothing came for one and a half times the keep alive.
    case keepAlive
    /// Login refused, or something not allowed.
    case notAuthorised
    /// Login refused for the name or the password.
    case badLogin
    /// The client is banned.
    case banned
    /// A Protocol Error.
    case protocolError
    /// A Malformed Packet.
    case malformedPacket
    /// A packet larger than `max_packet_size`.
    case oversizePacket
    /// A payload larger than `message_size_limit`.
    case oversizePayload
    /// Another connection took the Client Identifier.
    case takenOver
    /// Someone disconnected it.
    case administrative
    /// A QoS, RETAIN or AUTH method that the broker does not allow, or (2.1) an unknown protocol version.
    case disallowedFeature
    /// The Client Identifier is not valid.
    case badIdentifier
    /// An authentication method that the broker does not know.
    case badMethod
    /// The broker has no memory left.
    case outOfMemory
    /// The broker refuses for now: busy, unavailable, quota or rate exceeded; its words.
    case refusedForNow(String)
    /// More unacknowledged messages than allowed.
    case receiveMaximum
    /// A Topic Alias that is not valid.
    case topicAlias
    /// TLS failed.
    case tls
    /// A web page of another origin than allowed (WebSocket).
    case httpOrigin
    /// The client, or the broker, gave no better reason than "implementation specific error".
    case implementationSpecific
    /// The broker itself stopped; concluded from its last line, as it writes none for each client.
    case brokerStopped
    /// The connection broke: the operating system's words.
    case socket(String)
    /// mosquitto 1.x: the connection is gone, whatever the reason.
    case socketError
    /// Other words.
    case other(String)

    /// The sentences of mosquitto 1.x and 2.0 that follow `Client ID`, the more special ones first.
    static let sentences: [(tail: String, reason: EndReason)] = [
        (" already connected, closing old connection.", .takenOver),
        (" closed its connection.", .closed),
        (" has exceeded timeout, disconnecting.", .keepAlive),
        (" been disconnected by administrative action.", .administrative),
        (" disconnected due to QoS too high or retain not supported.", .disallowedFeature),
        (" disconnected due to malformed packet.", .malformedPacket),
        (" disconnected due to out of memory.", .outOfMemory),
        (" disconnected due to oversize packet.", .oversizePacket),
        (" disconnected due to oversize payload.", .oversizePayload),
        (" disconnected due to protocol error.", .protocolError),
        (" disconnected, not authorised.", .notAuthorised),
        (" disconnected.", .clean),
    ]

    /// The reasons of mosquitto 2.1 that follow `disconnected: `.
    private static let reasons: [String: EndReason] = [
        "administrative action": .administrative,
        "bad authentication method": .badMethod,
        "bad username or password": .badLogin,
        "client banned": .banned,
        "client identifier not valid": .badIdentifier,
        "connection closed by client": .closed,
        "connection rate exceeded": .refusedForNow("connection rate exceeded"),
        "exceeded timeout": .keepAlive,
        "implementation specific error": .implementationSpecific,
        "malformed packet": .malformedPacket,
        "non-matching http origin": .httpOrigin,
        "not authorised": .notAuthorised,
        "out of memory": .outOfMemory,
        "oversize packet": .oversizePacket,
        "oversize payload": .oversizePayload,
        "protocol error": .protocolError,
        "quota exceeded": .refusedForNow("quota exceeded"),
        "receive maximum exceeded": .receiveMaximum,
        "server busy": .refusedForNow("server busy"),
        "server unavailable": .refusedForNow("server unavailable"),
        "session taken over": .takenOver,
        "topic alias invalid": .topicAlias,
        "used disallowed feature (QoS too high, retain not supported, or bad AUTH method)": .disallowedFeature,
        // What the operating system and the library say where the broker has no words of its own. EPROTO is how a
        // failed TLS handshake looks from there.
        "Protocol error": .tls,
        "A TLS error occurred.": .tls,
        "A TLS error occurred": .tls,
    ]

    /// The reason in the words of 2.1, or of the operating system.
    init(words: String) {
        if let reason = Self.reasons[words] {
            self = reason
        } else if words.hasPrefix("bad socket read/write: ") {
            self.init(socket: String(words.dropFirst("bad socket read/write: ".count)))
        } else if words.first?.isUppercase == true {
            self = .socket(words)
        } else {
            self = .other(words)
        }
    }

    /// The reason in the words that follow `bad socket read/write`: the operating system's, or the library's.
    init(socket words: String) {
        if case .tls? = Self.reasons[words] { self = .tls } else { self = .socket(words) }
    }

    /// Whether it keeps a client from being let in, rather than ending what it was let in for.
    var isRefusal: Bool {
        switch self {
        case .notAuthorised, .badLogin, .banned, .badIdentifier, .badMethod, .refusedForNow, .httpOrigin: true
        default: false
        }
    }
}
