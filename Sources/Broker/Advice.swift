package import MQTT

/// What happened and what to do about it, in one or two sentences each: the one place that turns failures into words.
///
/// Nothing secret gets into the words, and what came from the network is short and without control characters. What is
/// only likely is worded as such.
package struct Advice: Sendable, Equatable {
    /// What happened.
    package var what: String
    /// What to do; empty when there is nothing to do.
    package var todo: String
    /// What is known besides, one line: of a certificate that is not trusted, whose it is, until when, which. May be empty.
    package var facts = ""
    /// Whether the cause is a guess; the words say so too.
    package var isGuess: Bool

    /// All of it for people, a line each, none of them empty.
    package var lines: [String] { [what, todo, facts].filter { !$0.isEmpty } }

    /// Advice in these words.
    init(_ what: String, _ todo: String, facts: String = "", isGuess: Bool = false) {
        self.what = what
        self.todo = todo
        self.facts = facts
        self.isGuess = isGuess
    }

    /// Advice for a connection that could not be made or kept; `retryInSeconds` is `nil` when it is not tried again. With
    /// `findsVersion` all versions of MQTT are tried where none is given.
    package init(_ failure: ConnectionFailure, retryInSeconds: Int?, findsVersion: Bool = true) {
        let broker = Excerpt.of(failure.endpoint.address)
        switch failure.cause {
        case .nameUnknown: self = .nameUnknown(failure.endpoint.host)
        case .nameServerUnavailable:
            self.init("No name server answers.", "Check the network, or use the IP address.")
        case .unreachable(let addresses): self = .unreachable(failure, addresses)
        case .proxy(let cause): self = .proxy(failure, cause)
        case .tls(let cause): self = .tls(failure, cause)
        case .webSocket(let cause): self = .webSocket(failure, cause)
        case .noAnswer(let milliseconds):
            self.init(
                "\(broker) accepts connections but does not answer MQTT (waited \(Excerpt.duration(milliseconds))).",
                "Broker overloaded, or another kind of server?", isGuess: true)
        case .closedBeforeAnswer: self = .closedBeforeAnswer(failure.endpoint)
        case .notMQTT(let bytes): self = .notMQTT(failure.endpoint, bytes)
        case .refused(.unsupportedProtocolVersion, let reason, _) where !findsVersion:
            self.init(
                "The broker does not speak MQTT \(failure.version).", "Give another version: -V 5, -V 311 or -V 31.")
            self = adding(reason)
        case .refused(let code, let reason, let reference):
            self = .refused(failure, code, reference: reference, retryInSeconds: retryInSeconds).adding(reason)
        case .disconnected(let code, let reason, let reference):
            self = .disconnected(failure, code, reference: reference).adding(reason)
        case .lost(let socket, let milliseconds): self = .lost(failure, socket, milliseconds: milliseconds)
        case .keepAliveTimeout(let seconds):
            self.init(
                "\(broker) has been silent for \(Excerpt.duration(min(seconds, 1 << 32) * 1_500)).",
                "The network is gone, or the broker hangs.", isGuess: true)
        case .protocolViolation(let violation):
            let other = failure.version == .v5_0 ? "-V 311" : "-V 5"
            self.init(
                "\(broker) broke the MQTT protocol: \(Excerpt.of(violation.detail)).",
                "Another kind of server, or a fault of the broker; \(other) may help.", isGuess: true)
        case .misconfigured(let detail):
            self.init("This cannot be sent to a broker: \(Excerpt.of(detail)).", "Change what was given for it.")
        case .authenticationFailed(let detail):
            self.init(
                "Authentication with \(broker) failed: \(Excerpt.of(detail)).",
                "Check the authentication method and its secrets.")
        }
    }

    /// The same with what the server said of its reason.
    func adding(_ reasonString: String?) -> Advice {
        guard let reasonString, !reasonString.isEmpty else { return self }
        var advice = self
        advice.what += " It says: “\(Excerpt.of(reasonString))”."
        return advice
    }
}

/// Text from elsewhere, made fit for a sentence.
package enum Excerpt {
    /// Most bytes of a text from the network in a sentence.
    static let limit = 120

    /// `text` without control characters, cut at `limit` bytes.
    static func of(_ text: String, limit: Int = limit) -> String {
        var result = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            count += UTF8.width(scalar)
            guard count <= limit else {
                result.append("…")
                break
            }
            result.append(scalar.properties.generalCategory == .control ? "·" : scalar)
        }
        return String(result)
    }

    /// The bytes up to the first line break as text, what is not printable ASCII as `·`, cut at `limit` bytes.
    static func of(_ bytes: [UInt8], limit: Int = 60) -> String {
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        let isCut = line.count > limit
        let text = line.prefix(limit).map { (0x20...0x7E).contains($0) ? Character(Unicode.Scalar($0)) : "·" }
        return String(text) + (isCut ? "…" : "")
    }

    /// `0.4 s`, `12 s`, `5 min`, `3 h`.
    static func duration(_ milliseconds: Int) -> String {
        switch max(0, milliseconds) {
        case let time where time < 10_000 && time % 1_000 != 0: "\(time / 1_000).\(time / 100 % 10) s"
        case let time where time < 120_000: "\(time / 1_000) s"
        case let time where time < 7_200_000: "\(time / 60_000) min"
        case let time: "\(time / 3_600_000) h"
        }
    }
}
