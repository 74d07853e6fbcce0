/// Why a SOCKS proxy made no connection for us; `ConnectionFailure.proxy` says which.
public enum ProxyFailure: Sendable, Hashable {
    /// The proxy's name has no address.
    case nameUnknown
    /// No name server answered for the proxy's name.
    case nameServerUnavailable
    /// No address of the proxy could be connected to: each with what it said.
    case unreachable([AddressFailure])
    /// Connected and asked, then nothing for `milliseconds`.
    case noAnswer(milliseconds: Int)
    /// Closed before it had made the connection.
    case closed(wasReset: Bool)
    /// The first bytes are not SOCKS 5; at most 64 of them.
    case notSOCKS([UInt8])
    /// It takes no way of ours to say who we are (RFC 1928 section 3): it wants a password where none was `offered`, or
    /// something else.
    case noAcceptableMethod(passwordOffered: Bool)
    /// User name or password is wrong (RFC 1929).
    case wrongPassword
    /// It made no connection, with this reply (RFC 1928 section 6): 2 not allowed, 3 network and 4 host unreachable (also a
    /// name that it does not know), 5 refused.
    case refused(UInt8)
}
