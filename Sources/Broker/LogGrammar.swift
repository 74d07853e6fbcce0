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

    // MARK: Who

    /// Who is meant where the broker writes an identifier, or an address while it knows none.
    func subject(_ piece: Piece) -> LogLine.Subject {
        if clients.contains(piece) { return .client(piece.text) }
        if piece.isEqual(to: "<unknown>") || piece.isEqual(to: "(null)") { return .unknown }
        if let peer = Peer(address: piece) { return .peer(peer) }
        return .client(piece.text)
    }

    /// Who is meant where the broker writes an address, or an identifier in some versions.
    func addressOrSubject(_ piece: Piece) -> LogLine.Subject {
        Peer(address: piece).map(LogLine.Subject.peer) ?? subject(piece)
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
