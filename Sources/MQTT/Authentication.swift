/// Our side of an enhanced authentication, such as SCRAM (MQTT 5.0 section 4.12): a value that is copied for each exchange,
/// so that every connection and every re-authentication begins anew.
///
/// It answers at once, on the connection's own thread: what takes long belongs before the connection.
public protocol Authentication: Sendable {
    /// The Authentication Method, a name that the server knows.
    var method: String { get }

    /// The Authentication Data that begins an exchange, `nil` for none.
    mutating func begin() -> [UInt8]?

    /// Our answer to the server's Authentication Data, `nil` for none.
    mutating func answer(_ data: [UInt8]?) throws(AuthenticationFailure) -> [UInt8]?

    /// The server has accepted us and says `data`; throws when that does not prove who it is.
    mutating func finish(_ data: [UInt8]?) throws(AuthenticationFailure)
}

/// Why our side ends an enhanced authentication, and the connection with it.
public struct AuthenticationFailure: Error, Sendable, Hashable {
    /// Why, one line without secrets.
    public var detail: String

    /// A failure for the reason `detail`.
    public init(_ detail: String) { self.detail = detail }
}
