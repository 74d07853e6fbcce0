internal import MQTT

/// The wording of mosquitto 1.3 to 2.1, line by line.
///
/// Client Identifiers, user names and topics are chosen by clients and may hold spaces, brackets and whole sentences of
/// the broker. So a line is taken apart from its literal ends, an identifier reaches as far as it can, and an identifier
/// that is known already wins over every other reading.
struct LogGrammar {
    /// The Client Identifiers that were named so far.
    let clients: KnownClients

    /// What `text`, a line without its time, says.
    func event(_ text: Piece, severity: Severity) -> LogLine.Event {
        switch severity {
        case .subscribe: subscription(text, knownOnly: false) ?? .unknown
        case .unsubscribe: unsubscription(text, knownOnly: false) ?? .unknown
        case .websockets: .remark
        case .error, .warning, .notice, .information:
            lifecycle(text) ?? arrival(text) ?? ending(text) ?? rejection(text) ?? violation(text) ?? care(text)
                ?? remark(text) ?? .unknown
        }
    }

    /// Whether `text` says something that no line says by chance: enough to learn a form of time stamps from.
    func isCertain(_ text: Piece, severity: Severity) -> Bool {
        switch severity {
        case .subscribe: return subscription(text, knownOnly: true) != nil
        case .unsubscribe: return unsubscription(text, knownOnly: true) != nil
        case .websockets: return false
        case .error, .warning, .notice, .information:
            switch event(text, severity: severity) {
            case .remark, .unknown: return false
            default: return true
            }
        }
    }

    // MARK: The broker

    private func lifecycle(_ text: Piece) -> LogLine.Event? {
        guard let rest = text.dropping(first: "mosquitto version ") else { return nil }
        let version = rest.split(first: " ")?.before.text ?? ""
        if rest.ends(with: " starting") { return .starting(version: version) }
        if rest.ends(with: " running") { return .running(version: version) }
        if rest.ends(with: " terminating") { return .terminating(version: version) }
        return nil
    }

    /// What the broker does to its files and listeners, and whom it cannot serve.
    private func care(_ text: Piece) -> LogLine.Event? {
        if let client = text.between("Outgoing messages are being dropped for client ", ".") {
            return .dropping(client: client.text, isUs: false)
        }
        for prefix in ["Expiring client ", "Expiring persistent client "] {
            if let client = text.between(prefix, " due to timeout.") { return .expired(client: client.text) }
        }
        if let path = text.between("Saving in-memory database to ", ".") { return .saving(path: path.text) }
        if text.starts(with: "Error saving in-memory database")
            || text.starts(with: "Error during saving in-memory database")
        {
            return .notSaved
        }
        if text.isEqual(to: "Reloading config.") { return .reloading }
        if let rest = text.between("Opening ", "."), let (kind, place) = rest.split(first: " listen socket on ") {
            return .listening(kind: kind.text, place: place.text)
        }
        return nil
    }

    // MARK: Clients come

    private func arrival(_ text: Piece) -> LogLine.Event? {
        if let rest = text.between("New connection from ", "."), let (peer, port) = rest.split(last: " on port "),
            let number = port.number
        {
            return .accepted(Peer(peer), listenerPort: number)
        }
        if let rest = text.dropping(first: "New client connected from ") { return connected(rest, isBridge: false) }
        if let rest = text.dropping(first: "New bridge connected from ") { return connected(rest, isBridge: true) }
        if let rest = text.dropping(first: "Client "), let (head, cipher) = rest.split(last: " cipher "),
            let (client, version) = head.split(last: " negotiated "), !version.isEmpty, !cipher.isEmpty,
            !(version.bytes + cipher.bytes).contains(UInt8(ascii: " "))
        {
            return .encrypted(client: client.text, version: version.text, cipher: cipher.text)
        }
        return nil
    }

    /// `ADDRESS[:PORT] as ID (pN, cN, kN, u'USER').`
    private func connected(_ text: Piece, isBridge: Bool) -> LogLine.Event? {
        guard let rest = text.dropping(last: ")."), let (peer, described) = rest.split(first: " as ") else {
            return nil
        }
        for (client, parameters) in described.splits(last: " (") {
            guard let facts = Parameters(parameters) else { continue }
            return .connected(
                LogLine.Arrival(
                    client: client.text, peer: Peer(peer, mayHavePort: facts.protocolNumber != nil),
                    userName: facts.userName, version: facts.version, cleanStart: facts.cleanStart,
                    keepAlive: facts.keepAlive, isBridge: isBridge))
        }
        return nil
    }

    /// `pN, cN, kN, u'USER'`: 1.x has no `pN`, 1.3 no quotes, and nobody has to have a user name.
    private struct Parameters {
        var protocolNumber: Int?
        var cleanStart: Bool
        var keepAlive: Int
        var userName: String?

        init?(_ piece: Piece) {
            var rest = piece
            if rest.take("p") {
                guard let number = rest.takeNumber(), rest.take(", ") else { return nil }
                protocolNumber = number
            }
            guard rest.take("c"), let clean = rest.takeNumber(), clean <= 1, rest.take(", k"),
                let keepAlive = rest.takeNumber()
            else { return nil }
            cleanStart = clean == 1
            self.keepAlive = keepAlive
            guard !rest.isEmpty else { return }
            guard rest.take(", u") else { return nil }
            if rest.take("'") {
                guard let name = rest.dropping(last: "'") else { return nil }
                rest = name
            }
            userName = rest.text
        }

        /// 2.0 writes p1, p2, p5 for 3.1, 3.1.1 and 5.0; 2.1 writes p3, p4, p5.
        var version: ProtocolVersion? {
            switch protocolNumber {
            case 1, 3: .v3_1
            case 2, 4: .v3_1_1
            case 5: .v5_0
            default: nil
            }
        }
    }

    // MARK: Clients go

    private func ending(_ text: Piece) -> LogLine.Event? {
        if let client = text.between("Socket error on client ", ", disconnecting.") {
            return ended(client, .socketError)
        }
        if let rest = text.dropping(first: "Bad socket read/write on client ") {
            let known = rest.splits(last: ": ").first { clients.contains($0.before) }
            guard let (client, words) = known ?? rest.split(last: ": ") else { return nil }
            return ended(client, .socket(words.text))
        }
        guard let rest = text.dropping(first: "Client ") else { return nil }
        let older = sentence(rest)
        if let older, clients.contains(older.client) { return ended(older.client, older.reason) }
        return addressedEnding(rest) ?? older.map { ended($0.client, $0.reason) }
    }

    /// `ID SENTENCE` or `ID disconnected: REASON.`, as 1.x and 2.0 write it.
    private func sentence(_ text: Piece) -> (client: Piece, reason: EndReason)? {
        for (tail, reason) in EndReason.sentences {
            if let client = text.dropping(last: tail) { return (client, reason) }
        }
        guard let (client, words) = text.dropping(last: ".")?.split(last: " disconnected: ") else { return nil }
        return (client, EndReason(words: words.text))
    }

    /// `ID [ADDRESS:PORT] disconnected[: REASON][.]`, as 2.1 writes it.
    private func addressedEnding(_ text: Piece) -> LogLine.Event? {
        for (head, tail) in text.splits(last: "] disconnected") {
            let words: String
            if tail.isEmpty || tail.isEqual(to: ".") {
                words = ""
            } else {
                guard let reason = tail.dropping(first: ": ") else { continue }
                words = (reason.dropping(last: ".") ?? reason).text
            }
            guard let (client, peer) = head.split(last: " ["), let (address, port) = peer.split(last: ":"),
                !address.isEmpty, port.number != nil
            else { continue }
            let reason = words.isEmpty ? .clean : EndReason(words: words)
            let isNamed = client.bytes != address.bytes || clients.contains(client)
            return ended(client, reason, subject: isNamed ? .client(client.text) : .unknown, peer: Peer(peer))
        }
        return nil
    }

    private func ended(
        _ client: Piece, _ reason: EndReason, subject: LogLine.Subject? = nil, peer: Peer? = nil
    ) -> LogLine.Event {
        let subject = subject ?? self.subject(client)
        if reason == .takenOver, case .client(let name) = subject {
            return .takenOver(LogLine.Takeover(client: name, old: peer))
        }
        return .ended(LogLine.Ending(subject: subject, peer: peer, reason: reason))
    }

    /// Who is meant where the broker writes an identifier, or an address while it knows none.
    private func subject(_ piece: Piece) -> LogLine.Subject {
        if clients.contains(piece) { return .client(piece.text) }
        if piece.isEqual(to: "<unknown>") || piece.isEqual(to: "(null)") { return .unknown }
        if let peer = Peer(address: piece) { return .peer(peer) }
        return .client(piece.text)
    }

    /// Who is meant where the broker writes an address, or an identifier in some versions.
    private func addressOrSubject(_ piece: Piece) -> LogLine.Subject {
        Peer(address: piece).map(LogLine.Subject.peer) ?? subject(piece)
    }

    // MARK: Clients that do not get in, or break the rules

    private func rejection(_ text: Piece) -> LogLine.Event? {
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

    private func violation(_ text: Piece) -> LogLine.Event? {
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

    // MARK: Subscriptions

    /// `ID QOS FILTER`. An identifier may hold spaces: the longest known one wins, else the line must have one reading.
    private func subscription(_ text: Piece, knownOnly: Bool) -> LogLine.Event? {
        let readings = text.splits(last: " ").compactMap { client, rest -> (client: Piece, qos: QoS, filter: Piece)? in
            var filter = rest
            guard let number = filter.takeNumber(), rest.bytes.count - filter.bytes.count == 1, filter.take(" "),
                let qos = UInt8(exactly: number).flatMap(QoS.init), !filter.isEmpty, !client.isEmpty
            else { return nil }
            return (client, qos, filter)
        }
        let only = !knownOnly && readings.count == 1 ? readings.first : nil
        guard let (client, qos, filter) = readings.first(where: { clients.contains($0.client) }) ?? only else {
            return nil
        }
        return .subscribed(client: client.text, qos, filter: filter.text)
    }

    /// `ID FILTER`, read as a subscription is.
    private func unsubscription(_ text: Piece, knownOnly: Bool) -> LogLine.Event? {
        let readings = text.splits(last: " ").filter { !$0.before.isEmpty && !$0.after.isEmpty }
        let only = !knownOnly && readings.count == 1 ? readings.first : nil
        guard let (client, filter) = readings.first(where: { clients.contains($0.before) }) ?? only else { return nil }
        return .unsubscribed(client: client.text, filter: filter.text)
    }

    // MARK: The rest

    /// How lines begin that are good as they are.
    private static let remarks = [
        "Error: ", "Warning: ", "Note: ", "Info: ", "Error creating ", "Error loading ", "Error in ", "Error when ",
        "Error opening ", "Error found at ", "Error reading ", "Error writing ", "Config loaded from ",
        "Using default config.", "Configuration file is OK.", "Please provide a configuration file to test.", "Plugin ",
        "Starting in local only mode.", "Create a configuration file ", "For more details see ", "To fix this",
        "password-file: ", "The `per_listener_settings` ", "The 'per_listener_settings' ", "TLS key logging ",
        "MOSQUITTO_UNSAFE_ALLOW_SYMLINKS is set", "ACL denying access to client with dangerous ",
        "Unable to accept new connection", "Failed to associate persisted user ",
    ]

    private func remark(_ text: Piece) -> LogLine.Event? {
        if Self.remarks.contains(where: { text.starts(with: $0) }) { return .remark }
        if text.ends(with: " support available.") || text.ends(with: " support NOT available.") { return .remark }
        return nil
    }
}
