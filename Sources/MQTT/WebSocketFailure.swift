/// Why there is no WebSocket connection, or no longer.
public enum WebSocketFailure: Sendable, Hashable {
    /// Connected and the upgrade asked for, then nothing for `milliseconds`.
    case noAnswer(milliseconds: Int)
    /// Closed before an answer to the upgrade.
    case closed(wasReset: Bool)
    /// The first bytes are not HTTP; at most 64 of them.
    case notHTTP([UInt8])
    /// The web server answered, but did not upgrade.
    case refused(Answer)
    /// The web server upgraded to something that is not MQTT: its sub-protocol.
    case otherSubprotocol(String?)
    /// The server closed the WebSocket with a code (RFC 6455 section 7.4), e.g. 1002, and words.
    case closedWithCode(UInt16, reason: String)
    /// The server broke the protocol of WebSockets: how, one line.
    case violation(String)

    /// What a web server answered.
    public struct Answer: Sendable, Hashable {
        /// The status, e.g. 404.
        public var status: Int
        /// The status in the server's words.
        public var reason: String
        /// What the server says it is (`Server`).
        public var server: String?
        /// Where it sends us (`Location`).
        public var location: String?
        /// What it wants to know first (`WWW-Authenticate`).
        public var challenge: String?

        /// An answer with these lines.
        package init(
            status: Int, reason: String = "", server: String? = nil, location: String? = nil, challenge: String? = nil
        ) {
            self.status = status
            self.reason = reason
            self.server = server
            self.location = location
            self.challenge = challenge
        }
    }
}
