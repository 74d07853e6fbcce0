internal import Glibc
package import MQTT

/// What mosquitto's commands say and return when there is no connection.
extension ConnectionFailure {
    /// What stands on stderr, one line or two; `isPublisher` says more of a refusal.
    package func mosquittoLines(isPublisher: Bool) -> [String] {
        switch cause {
        case .nameUnknown, .nameServerUnavailable: return ["Unable to connect (Lookup error)."]
        case .unreachable(let addresses): return ["Error: \(Self.words(addresses.map(\.failure)))"]
        case .proxy: return ["Unable to connect (Proxy error)."]
        case .tls: return ["Unable to connect (A TLS error occurred)."]
        case .refused(let code, _, _):
            let isOld = version < .v5_0
            let more = isOld ? "The connection was refused" : Self.protocolError
            return [refusal(code)] + (isPublisher ? ["Error: \(more)"] : [])
        case .disconnected, .lost, .keepAliveTimeout, .closedBeforeAnswer, .noAnswer, .webSocket:
            return ["Error: The connection was lost"]
        case .notMQTT, .protocolViolation: return ["Error: \(Self.protocolError)"]
        case .misconfigured(let detail): return ["Error: Invalid input: \(detail)"]
        case .authenticationFailed: return ["Error: Authentication error"]
        }
    }

    /// What the command returns.
    package var exitCode: Int32 {
        switch cause {
        case .nameUnknown, .nameServerUnavailable, .unreachable, .proxy: 1
        case .refused(let code, _, _): Int32(version < .v5_0 ? code.returnCode : code.rawValue)
        case .notMQTT, .protocolViolation: 2
        case .disconnected, .lost, .keepAliveTimeout, .closedBeforeAnswer, .noAnswer, .webSocket: 7
        case .misconfigured: 3
        case .tls: 8
        case .authenticationFailed: 11
        }
    }

    /// Whether the connection was closed before the broker said anything.
    package var isClosedBeforeAnswer: Bool {
        if case .closedBeforeAnswer = cause { return true }
        return false
    }

    private static let protocolError = "A network protocol error occurred when communicating with the broker"

    private func refusal(_ code: ReasonCode) -> String {
        guard version < .v5_0 else {
            let hint =
                code == .unsupportedProtocolVersion
                ? ". Try connecting to an MQTT v5 broker, or use MQTT v3.x mode." : ""
            return "Connection error: \(code.name)\(hint)"
        }
        let text =
            switch code.returnCode {
            case 1: "unacceptable protocol version"
            case 2: "identifier rejected"
            case 3: "broker unavailable"
            case 4: "bad user name or password"
            case 5: "not authorised"
            default: "unknown reason"
            }
        return "Connection error: Connection Refused: \(text)"
    }

    /// The system's words for the address that came furthest.
    private static func words(_ failures: [SocketFailure]) -> String {
        if failures.contains(.refused) { return "Connection refused" }
        return switch failures.first {
        case .refused?: "Connection refused"
        case .timedOut?: "Connection timed out"
        case .networkUnreachable?: "Network is unreachable"
        case .hostUnreachable?: "No route to host"
        case .noSuchSocket?: "No such file or directory"
        case .notASocket?: "Connection refused"
        case .notPermitted?: "Permission denied"
        case .reset?: "Connection reset by peer"
        case .other(let number)?: String(cString: strerror(number))
        case nil: "No address"
        }
    }
}

extension Outcome.Unsendable {
    /// What the command returns for a message that was not sent.
    package var exitCode: Int32 {
        switch self {
        case .packetTooLarge: 25
        case .qosNotSupported: 24
        case .malformed: 3
        case .connectionLost, .notConnected: 7
        case .retainNotSupported, .queueFull, .expired: 1
        }
    }
}
