internal import MQTT

/// Something that happens to a client again and again, or that nobody should miss, in words for whoever has to act.
package struct RosterAlarm: Sendable, Hashable {
    /// Whom the log names, as well as it can.
    package enum Who: Sendable, Hashable {
        /// A client by its Client Identifier.
        case client(String)
        /// An address, where the log does not tell the identifier.
        case address(String)
        /// The log does not say.
        case unknown
    }

    /// What happens.
    package enum Kind: UInt8, Sendable, Hashable, CaseIterable {
        /// Connections with the same Client Identifier end each other: two devices use it.
        case sharedIdentifier
        /// A client that comes and goes.
        case flapping
        /// Logins that are refused.
        case refusedLogins
        /// Connections that are gone before they logged in; mosquitto 1.x does not say whether they were refused.
        case lostLogins
        /// Messages that the broker drops for a client.
        case dropping
        /// A client that falls silent for longer than its keep-alive.
        case keepAlive
        /// Packets larger than the broker allows.
        case oversize
    }

    /// A number of its own, in the order in which alarms began.
    package internal(set) var serial: UInt64
    /// What happens.
    package let kind: Kind
    /// To whom.
    package let who: Who
    /// Whether it happens to us.
    package internal(set) var isUs = false
    /// When it happened first.
    package internal(set) var since: LogMoment
    /// When it happened last.
    package internal(set) var last: LogMoment
    /// How often it happened.
    package internal(set) var count = 1
    /// The latest addresses that take part in it, at most four, each once.
    package internal(set) var addresses: [String] = []
    /// Whether one of the addresses is a guess: the only connection that it can have been.
    package internal(set) var isAddressGuessed = false
    /// Why the client was gone, or refused, the last time.
    package internal(set) var reason: EndReason?
    /// When it had not happened again for the quiet time of its kind, or there was no room for it any more; `nil` while it
    /// goes on.
    package internal(set) var endedAt: LogMoment?

    /// Most addresses that are kept.
    private static let addressCapacity = 4

    /// Whether it is over.
    package var isOver: Bool { endedAt != nil }

    /// The Client Identifier or the address, or `?`.
    package var subject: String {
        switch who {
        case .client(let name), .address(let name): name
        case .unknown: "?"
        }
    }

    /// The Client Identifier, where it is known.
    package var client: String? {
        guard case .client(let name) = who else { return nil }
        return name
    }

    /// Takes note of an address.
    mutating func add(_ address: String?) {
        guard let address else { return }
        addresses.removeAll { $0 == address }
        if addresses.count == Self.addressCapacity { addresses.removeFirst() }
        addresses.append(address)
    }
}

extension RosterAlarm.Kind {
    /// How often, within how long, it must happen to be an alarm; `window` is also the time without it, in milliseconds,
    /// after which it is over.
    package var rule: (count: Int, window: Int64) {
        switch self {
        case .sharedIdentifier: (2, 60_000)
        case .flapping, .refusedLogins, .lostLogins: (3, 60_000)
        case .dropping: (1, 60_000)
        // A client is silent for one and a half times its keep-alive each time, which is 90 s where it is 60.
        case .keepAlive: (2, 600_000)
        case .oversize: (1, 300_000)
        }
    }
}

extension RosterAlarm {
    /// What happens and what to do, without the name of the client, which is in `subject`.
    package var words: String {
        switch kind {
        case .sharedIdentifier: sharedWords
        case .flapping:
            "came back \(times): its program crashes or restarts, or its network is bad"
                + (reason.map { " (last time: \($0.words(isNamed: true, wasConnected: true)))" } ?? "")
        case .refusedLogins: "login refused \(times)\(place): \(refusedWords)"
        case .lostLogins: "gone before it logged in, \(times)\(place): logins that were refused, or no MQTT client"
        case .dropping:
            isUs
                ? "the broker drops messages for us: mqscope or the network is too slow; watch fewer topics"
                : "the broker drops messages for it: it takes them too slowly, or is away and its session fills up"
        case .keepAlive:
            "fell silent \(times), each time for longer than its keep-alive: its network broke, or its program hangs"
        case .oversize:
            "sent a packet larger than max_packet_size \(times), and was disconnected for it: "
                + "send less at once, or allow more"
        }
    }

    private var times: String { count == 1 ? "once" : count == 2 ? "twice" : "\(count) times" }

    private var place: String {
        guard case .client = who, !addresses.isEmpty else { return isAddressGuessed ? " (probably this address)" : "" }
        return " (\(isAddressGuessed ? "probably " : "")from \(addresses.joined(separator: ", ")))"
    }

    private var sharedWords: String {
        let each = "each ends the connection of the other"
        let places = addresses.joined(separator: " and ")
        if isUs {
            let place = places.isEmpty ? "" : " at \(places)"
            return "another program\(place) uses our client identifier: \(each); give it another (\(times))"
        }
        let devices = "two devices use this client identifier"
        return switch addresses.count {
        case 0: "\(devices): \(each); give every device its own (\(times))"
        case 1:
            "\(devices), both at \(places), or one that connects again without closing its old connection: "
                + "taken over \(times)"
        default: "\(devices), at \(places): \(each); give every device its own (\(times))"
        }
    }

    private var refusedWords: String {
        switch reason {
        case .socket("Invalid input"): "its keep-alive is longer than max_keepalive"
        case .badIdentifier: "the broker does not accept its client identifier"
        case .banned: "it is banned"
        case .badMethod: "it authenticates in a way that the broker does not know"
        case .refusedForNow(let words): words
        case .disallowedFeature: "it asks for something that the broker does not allow"
        default: "user name and password are wrong or missing, compare them with password_file and allow_anonymous"
        }
    }
}
