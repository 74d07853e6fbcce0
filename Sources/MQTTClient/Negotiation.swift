import MQTT

/// Which version to speak, as a value: 5.0 first, an older one when the server says so, and once per attempt when it closes
/// without a word after a CONNECT of 5.0.
struct Negotiation: Sendable {
    /// The version asked for; `nil` leaves the choice to us.
    let demanded: ProtocolVersion?
    /// The version to send now.
    private(set) var version: ProtocolVersion
    /// The version that was tried before it and not taken.
    private(set) var refused: ProtocolVersion?
    private var known: ProtocolVersion
    private var firstRefused: ProtocolVersion?

    /// A negotiation that may choose unless `demanded` is given.
    init(demanded: ProtocolVersion?) {
        self.demanded = demanded
        known = demanded ?? .v5_0
        version = known
    }

    /// A new attempt: begins with what the server is known to speak.
    mutating func begin() {
        version = known
        refused = firstRefused
    }

    /// Whether to try again at once with an older version, which `version` then is.
    mutating func fallBack(after ending: Session.Ending) -> Bool {
        guard demanded == nil else { return false }
        switch ending {
        case .olderServer:
            guard let older = version.older else { return false }
            if firstRefused == nil { firstRefused = version }
            refused = firstRefused
            version = older
            known = older
            return true
        case .failed(.closedBeforeAnswer) where version == .v5_0:
            // It may as well have been short of connections just now: the next attempt begins with 5.0 again.
            refused = .v5_0
            version = .v3_1_1
            return true
        default: return false
        }
    }

    /// The oldest version was refused too: the next attempt begins anew.
    mutating func reset() { self = Negotiation(demanded: demanded) }
}
