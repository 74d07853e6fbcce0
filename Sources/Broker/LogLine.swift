package import MQTT

/// One line of the broker's log: when, how grave, about which client, and what happened in words.
package struct LogLine: Sendable {
    /// Most bytes of a line that are kept.
    static let capacity = 1_024
    /// Where mosquitto cuts its lines, their time included: one of this length may have lost its end.
    static let longest = 999

    /// When it came to us.
    package var arrival: Instant
    /// When the broker wrote it, by the broker's clock.
    package var time: LogTime
    /// How grave the broker takes it to be.
    package var severity: Severity
    /// Whether `severity` is what its text tells: a file does not say.
    package var isSeverityInferred = false
    /// What it says.
    package var kind: Event
    /// The text as the broker wrote it, without its time, cut at 1 KiB.
    package var raw: [UInt8]
    /// Bytes that were cut off.
    package var cutCount = 0

    /// Seconds since 1970 UTC by the broker's clock; `nil` when the line does not say.
    package var epochSeconds: Int64? { time.epochSeconds }

    /// The client that it is about, `?` when the broker does not say which; `nil` when it is about no client.
    package var client: String? {
        switch kind {
        case .connected(let arrival): arrival.client
        case .takenOver(let takeover): takeover.client
        case .ended(let ending): ending.subject.name
        case .violation(let subject, _): subject.name
        case .encrypted(let client, _, _), .subscribed(let client, _, _), .unsubscribed(let client, _),
            .dropping(let client, _), .expired(let client):
            client
        case .accepted, .turnedAway, .tlsOnPlainListener, .tlsError: "?"
        case .starting, .running, .terminating, .saving, .notSaved, .reloading, .listening, .remark, .unknown: nil
        }
    }

    /// Whether somebody should look at it.
    package var isAlarm: Bool {
        switch kind {
        case .tlsError(let words): return !Self.isUsualTLSNoise(words)
        case _ where severity == .error: return true
        case .takenOver, .turnedAway, .tlsOnPlainListener, .violation, .dropping, .notSaved, .terminating: return true
        case .ended(let ending):
            guard !ending.isFollowUp else { return false }
            switch ending.reason {
            case .socket("Invalid input"): return true
            case .clean, .closed, .socketError, .socket: return false
            default: return true
            }
        case .remark:
            return raw.starts(with: "Unable to accept new connection".utf8) || raw.starts(with: "ACL denying ".utf8)
        default: return false
        }
    }

    /// Whether OpenSSL complains about what happens at every TLS connection that ends without ceremony.
    static func isUsualTLSNoise(_ words: String) -> Bool { words.hasSuffix("unexpected eof while reading") }
}

extension LogLine.Subject {
    /// The Client Identifier, or `?`.
    var name: String {
        guard case .client(let name) = self else { return "?" }
        return name
    }

    /// The address, where there is one and no identifier.
    var peer: Peer? {
        guard case .peer(let peer) = self else { return nil }
        return peer
    }
}
