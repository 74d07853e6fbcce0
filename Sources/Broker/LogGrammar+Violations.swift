internal import MQTT

extension LogGrammar {
    // MARK: Clients that do not get in, or break the rules

    /// A connection that was not let in, or is not fit for MQTT.
    func rejection(_ text: Piece) -> LogLine.Event? {
        if let rest = text.dropping(first: "Client connection from ") {
            if let peer = rest.dropping(last: " denied: max_connections exceeded.") {
                return .turnedAway(Peer(peer), .tooMany)
            }
            if let peer = rest.dropping(last: " denied access by tcpd.") { return .turnedAway(Peer(peer), .tcpWrapper) }
            if let (peer, words) = rest.dropping(last: ".")?.split(first: " failed: ") {
                return .turnedAway(Peer(peer), .tls(words.text))
            }
        }
        let tail = " appears to be using TLS to connect to a non-TLS listener."
        if let peer = text.between("Client from ", tail) { return .tlsOnPlainListener(Peer(peer)) }
        if let rest = text.dropping(first: "OpenSSL Error"), let (context, words) = rest.split(first: ": ") {
            guard context.isEmpty || context.ends(with: "]") else { return nil }
            return .tlsError(words.text)
        }
        return nil
    }

    /// A client that broke the rules.
    func violation(_ text: Piece) -> LogLine.Event? {
        if let rest = text.dropping(first: "Protocol error from ") { return protocolError(rest) }
        if let client = text.between("Bad client ", " sending multiple CONNECT messages.") {
            return .violation(subject(client), .secondConnect)
        }
        if let client = text.dropping(last: " sent CONNECT with missing keepalive.") {
            return .violation(subject(client), .other("CONNECT without keep-alive"))
        }
        if let rest = text.between("Invalid ", "."), let (what, peer) = rest.split(last: " in CONNECT from ") {
            let who = addressOrSubject(peer)
            if let version = what.dropping(first: "protocol version ") {
                return .violation(who, .version(version.text))
            }
            if let name = what.between("protocol \"", "\"") { return .violation(who, .name(name.text)) }
            return .violation(who, .other("CONNECT with invalid " + what.text))
        }
        if let rest = text.dropping(last: ", disconnecting."), let (what, client) = rest.split(first: " from "),
            ["Invalid ", "Empty ", "Too high "].contains(where: { what.starts(with: $0) })
        {
            return .violation(addressOrSubject(client), .subscription(what.text))
        }
        if let rest = text.between("Reused message ID ", " detected. Clearing from storage."),
            let (number, client) = rest.split(first: " from ")
        {
            return .violation(subject(client), .other("Packet Identifier \(number.text) used twice"))
        }
        if let client = text.between("Client ", Self.quotaTail) {
            return .violation(subject(client), .other("more unacknowledged messages than its Receive Maximum"))
        }
        return nil
    }

    private static let quotaTail =
        " has exceeded its receive-maximum quota. This behaviour must be fixed on the client."

    /// How the broker's words about a protocol error begin, so that they are found after an identifier that holds `: `.
    private static let details = [
        "CONNECT ", "v3.1 CONNECT ", "First packet ", "PUBLISH ", "SUBSCRIBE ", "UNSUBSCRIBE ", "DISCONNECT ",
        "$share ", "Will ", "password ", "Incorrect QoS ", "Mismatched ",
    ]

    /// `WHO: WORDS.`; one line of 2.1 lacks the colon.
    private func protocolError(_ text: Piece) -> LogLine.Event? {
        if let peer = text.dropping(last: " CONNECT with missing clientid string.") {
            return .violation(subject(peer), .other("CONNECT with missing clientid string"))
        }
        let readings = text.splits(last: ": ")
        let known = readings.first { clients.contains($0.before) }
        let usual = readings.first { reading in Self.details.contains { reading.after.starts(with: $0) } }
        guard let (who, words) = known ?? usual ?? readings.last else { return nil }
        let plain = words.dropping(last: ".") ?? words
        return .violation(subject(who), Self.violation(inWords: plain))
    }

    private static func violation(inWords words: Piece) -> LogLine.Violation {
        if let digits = words.between("First packet not CONNECT (", ")"), let byte = UInt8(digits.text, radix: 16) {
            return .notConnect(firstByte: byte)
        }
        if let version = words.between("CONNECT with invalid protocol version (", ")") { return .version(version.text) }
        if let name = words.between("CONNECT with invalid protocol \"", "\"") { return .name(name.text) }
        return .other(words.text)
    }
}
