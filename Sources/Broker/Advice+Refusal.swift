internal import MQTT

extension Advice {
    /// CONNACK refused us.
    static func refused(
        _ failure: ConnectionFailure, _ code: ReasonCode, reference: String?, retryInSeconds: Int?
    ) -> Advice {
        let broker = Excerpt.of(failure.endpoint.address)
        switch code {
        case .unsupportedProtocolVersion:
            // The oldest version is only tried after the others.
            guard failure.version != .v3_1 else {
                return Advice("\(broker) speaks neither MQTT 5.0 nor 3.1.1 nor 3.1.", "Is it an MQTT broker?")
            }
            return Advice(
                "The broker does not speak MQTT \(failure.version).",
                "Leave -V out: a version that it speaks is found then.")
        case .clientIdentifierNotValid:
            return Advice(
                "The broker rejects our client identifier.",
                "Some brokers limit it to 23 letters and digits: choose one with -i."
                    + " Or the keep-alive is too long (mosquitto 2.1): a shorter one with -k.", isGuess: true)
        case .badUserNameOrPassword:
            guard let user = userName(failure) else {
                return Advice("The broker wants a user name and a password.", "Give -u USER and -P PASSWORD.")
            }
            return Advice("User name or password wrong for \(user).", "Check -u and -P (or --password-file).")
        case .notAuthorized: return notAuthorized(failure)
        case .serverUnavailable, .serverBusy, .quotaExceeded, .connectionRateExceeded:
            let todo = retryInSeconds.map { "Retrying in \($0) s." } ?? "Try again later."
            return Advice("\(broker) is up but refuses work now: \(code).", todo)
        case .banned:
            return Advice("The broker has banned us: \(code).", "Whoever runs the broker can lift that.")
        case .useAnotherServer, .serverMoved: return elsewhere(code, reference)
        default:
            return Advice("The broker refused the connection: \(code).", "Its log may say more.")
        }
    }

    /// mosquitto 2 says this for all refused logins: a wrong password, an unknown user, no user at all.
    private static func notAuthorized(_ failure: ConnectionFailure) -> Advice {
        guard let user = userName(failure) else {
            return Advice(
                "The broker does not allow anonymous clients.",
                "Give -u USER and -P PASSWORD (mosquitto 2 without a password file needs 'allow_anonymous true').")
        }
        return Advice(
            "Wrong user or password, or \(user) has no right to connect.", "Check -u and -P (or --password-file).")
    }

    private static func userName(_ failure: ConnectionFailure) -> String? {
        failure.userName.flatMap { $0.isEmpty ? nil : Excerpt.of($0, limit: 60) }
    }

    private static func elsewhere(_ code: ReasonCode, _ reference: String?) -> Advice {
        guard let reference, !reference.isEmpty else {
            return Advice("The broker sends us to another server without naming it: \(code).", "Ask whoever runs it.")
        }
        return Advice("The broker sends us to \(Excerpt.of(reference)): \(code).", "Connect there: -h HOST -p PORT.")
    }

    // MARK: After the connection was up

    /// The server ended the connection with DISCONNECT (5.0).
    static func disconnected(_ failure: ConnectionFailure, _ code: ReasonCode, reference: String?) -> Advice {
        switch code {
        case .serverShuttingDown:
            return Advice("The broker is shutting down.", "mqscope comes back when the broker does.")
        case .keepAliveTimeout:
            return Advice(
                "The broker heard nothing from us for longer than the keep-alive.",
                "Is the network slow? A longer keep-alive helps: -k SECONDS.", isGuess: true)
        case .sessionTakenOver:
            return Advice(
                "Another client took over our client identifier.",
                "Every client needs its own: choose another one with -i, or leave -i out.")
        case .packetTooLarge:
            return Advice("We sent a packet that is too large for the broker.", "mosquitto.conf: max_packet_size.")
        case .administrativeAction:
            return Advice("Someone who runs the broker disconnected us: \(code).", "Ask them.")
        case .notAuthorized:
            return Advice(
                "The broker disconnected us: \(code).", "Its access rights (acl_file) have changed, perhaps.",
                isGuess: true)
        case .useAnotherServer, .serverMoved: return elsewhere(code, reference)
        case .malformedPacket, .protocolError, .receiveMaximumExceeded, .topicAliasInvalid:
            return Advice(
                "The broker says that we broke the protocol: \(code).",
                "That should not happen: please report it, with the wire trace (4).")
        default: return Advice("The broker ended the connection: \(code).", "Its log may say more.")
        }
    }

    /// The connection ended at a PUBLISH of a QoS that the server has never answered.
    private static func unanswered(_ broker: String, _ how: String, at qos: QoS, _ blind: String) -> Advice {
        let todo =
            qos == .exactlyOnce
            ? "Perhaps it takes no QoS 2, as NATS 2.9 does not, or not the topic, or not so large a packet: try QoS 1 or 0."
            : "Perhaps it takes no QoS 1, or not the topic, or not so large a packet (max_packet_size): try QoS 0."
        return Advice(
            "\(broker) \(how) when we published at QoS \(qos.rawValue), without a word.", todo + blind, isGuess: true)
    }

    /// The connection ended without a word.
    static func lost(_ failure: ConnectionFailure, _ socket: SocketFailure?, milliseconds: Int) -> Advice {
        let broker = Excerpt.of(failure.endpoint.address)
        let after = "after \(Excerpt.duration(milliseconds))"
        let blind = failure.version == .v5_0 ? "" : " MQTT \(failure.version) gives no reason: see the broker's log."
        switch socket {
        case .networkUnreachable, .hostUnreachable, .timedOut, .notPermitted:
            return Advice(
                "The network to \(broker) broke \(after): \(words(socket ?? .timedOut)).", "Wi-Fi, cable, VPN?",
                isGuess: true)
        case .other(let number):
            return Advice("The connection to \(broker) broke \(after): system error \(number).", "Network or broker?")
        case nil, .reset, .refused, .noSuchSocket, .notASocket:
            let how = socket == nil ? "closed the connection" : "reset the connection"
            if let qos = failure.unansweredQoS {
                return unanswered(broker, how, at: qos, blind)
            }
            let todo =
                // Most clients come back after a second.
                milliseconds < 3_000
                ? "Did the broker stop? If this repeats, another client uses the same client identifier: choose another with -i."
                : "Did the broker stop, or throw us out?"
            return Advice("\(broker) \(how) \(after), without a word.", todo + blind, isGuess: true)
        }
    }
}

extension ReasonCode {
    /// 0x98 Administrative action.
    fileprivate static let administrativeAction = ReasonCode(rawValue: 0x98)
}
