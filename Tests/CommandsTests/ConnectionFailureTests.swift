import MQTT
import Testing

@testable import Commands

/// What mosquitto's commands say on stderr and return when there is no connection, without what to do about it.
@Suite("No connection, in mosquitto's words")
struct ConnectionFailureTests {
    /// A failure, what `sub` and `pub` say of it, and what they return.
    struct Row: CustomTestStringConvertible {
        let cause: ConnectionFailure.Cause
        var version = ProtocolVersion.v3_1_1
        let words: [String]
        /// What only `pub` says besides.
        var publisherWords: [String] = []
        let code: Int32
        var testDescription: String { "\(cause), \(version)" }

        static let lost = ["Error: The connection was lost"]
        static let noMQTT = ["Error: A network protocol error occurred when communicating with the broker"]
        static let tls = ["Unable to connect (A TLS error occurred)."]

        /// Before there is a connection.
        static let connecting = [
            Row(cause: .nameUnknown, words: ["Unable to connect (Lookup error)."], code: 1),
            Row(cause: .nameServerUnavailable, words: ["Unable to connect (Lookup error)."], code: 1),
            Row(cause: .proxy(.wrongPassword), words: ["Unable to connect (Proxy error)."], code: 1),
            Row(cause: .unreachable([]), words: ["Error: No address"], code: 1),
            Row(cause: .tls(.alert(40)), words: tls, code: 8),
            Row(cause: .tls(.closed(wasReset: true)), version: .v5_0, words: tls, code: 8),
            Row(cause: .misconfigured("no good"), words: ["Error: Invalid input: no good"], code: 3),
        ]

        /// What the system says of an address.
        static let system = [
            (SocketFailure.refused, "Connection refused"), (.timedOut, "Connection timed out"),
            (.networkUnreachable, "Network is unreachable"), (.hostUnreachable, "No route to host"),
            (.noSuchSocket, "No such file or directory"), (.notASocket, "Connection refused"),
            (.notPermitted, "Permission denied"), (.reset, "Connection reset by peer"),
            (.other(24), "Too many open files"),
        ].map { failure, text in
            Row(
                cause: .unreachable([AddressFailure(address: "127.0.0.1:1", failure: failure)]),
                words: ["Error: " + text], code: 1)
        }

        /// CONNACK before 5.0.
        static let returnCodes = [
            "unacceptable protocol version", "identifier rejected", "broker unavailable", "bad user name or password",
            "not authorised",
        ].enumerated().map { index, text in
            Row(
                cause: .refused(
                    ReasonCode(returnCode: UInt8(index + 1)), reasonString: nil, serverReference: nil),
                words: ["Connection error: Connection Refused: " + text],
                publisherWords: ["Error: The connection was refused"], code: Int32(index + 1))
        }

        /// CONNACK of 5.0.
        static let reasonCodes = [
            (0x80, "Unspecified error"), (0x81, "Malformed Packet"), (0x82, "Protocol Error"),
            (
                0x84,
                "Unsupported Protocol Version. Try connecting to an MQTT v5 broker, or use MQTT v3.x mode."
            ), (0x85, "Client Identifier not valid"), (0x86, "Bad User Name or Password"), (0x87, "Not authorized"),
            (0x88, "Server unavailable"), (0x8A, "Banned"), (0x9F, "Connection rate exceeded"),
        ].map { (code: UInt8, text: String) in
            Row(
                cause: .refused(ReasonCode(rawValue: code), reasonString: "not told here", serverReference: nil),
                version: .v5_0, words: ["Connection error: " + text], publisherWords: noMQTT, code: Int32(code))
        }

        /// What answers badly, or no more.
        static let answering = [
            Row(cause: .notMQTT(Array("HTTP".utf8)), words: noMQTT, code: 2),
            Row(cause: .protocolViolation(.malformed("x")), version: .v5_0, words: noMQTT, code: 2),
            Row(cause: .noAnswer(milliseconds: 5_000), words: lost, code: 7),
            Row(cause: .closedBeforeAnswer(wasReset: false), words: lost, code: 7),
            Row(cause: .lost(.reset, milliseconds: 7), words: lost, code: 7),
            Row(cause: .keepAliveTimeout(seconds: 60), words: lost, code: 7),
            Row(cause: .webSocket(.closed(wasReset: false)), words: lost, code: 7),
            Row(
                cause: .disconnected(.notAuthorized, reasonString: nil, serverReference: nil), version: .v5_0,
                words: lost, code: 7),
            Row(cause: .authenticationFailed("x"), version: .v5_0, words: ["Error: Authentication error"], code: 11),
        ]
    }

    @Test(
        "the lines and the exit code",
        arguments: Row.connecting + Row.system + Row.returnCodes + Row.reasonCodes + Row.answering)
    func says(row: Row) {
        let failure = ConnectionFailure(
            endpoint: Endpoint(host: "127.0.0.1", port: 1), version: row.version, cause: row.cause)
        #expect(failure.mosquittoLines(isPublisher: false) == row.words)
        #expect(failure.mosquittoLines(isPublisher: true) == row.words + row.publisherWords)
        #expect(failure.exitCode == row.code)
    }

    @Test("of several addresses the one that somebody refused is told, else the first")
    func addresses() {
        func words(_ failures: [SocketFailure]) -> [String] {
            let cause = ConnectionFailure.Cause.unreachable(
                failures.map { AddressFailure(address: "a:1", failure: $0) })
            return ConnectionFailure(endpoint: Endpoint(host: "a", port: 1), cause: cause)
                .mosquittoLines(isPublisher: false)
        }
        #expect(words([.networkUnreachable, .refused]) == ["Error: Connection refused"])
        #expect(words([.timedOut, .hostUnreachable]) == ["Error: Connection timed out"])
    }
}
