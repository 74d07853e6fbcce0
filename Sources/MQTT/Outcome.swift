/// Names one request of the user, so that its outcome finds it.
public struct RequestID: Sendable, Hashable {
    /// A number that is not used twice in a run.
    public var rawValue: UInt64

    /// The request number `rawValue`.
    public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// What became of a publish. There is no "sent": only what is known.
public enum Outcome: Sendable, Hashable {
    /// It waits: for a connection, or for room in the in-flight window.
    case queued
    /// QoS 0: handed to the operating system; the broker does not answer at QoS 0.
    case written
    /// The broker answered (PUBACK, PUBREC with a failure, or PUBCOMP) `microseconds` after the publish was asked for.
    /// Before 5.0 the Reason Code is always Success and proves no permission.
    case acknowledged(ReasonCode, reasonString: String?, microseconds: Int64)
    /// It was not handed to the broker: why.
    case unsendable(Unsendable)

    /// Why a message cannot be sent.
    public enum Unsendable: Sendable, Hashable {
        /// The connection ended first; at QoS 1 and 2 the broker may have it or not.
        case connectionLost
        /// There is no connection, and none is coming.
        case notConnected
        /// The packet has `size` bytes, the server takes at most `limit`.
        case packetTooLarge(size: Int, limit: Int)
        /// The server takes no higher QoS than this.
        case qosNotSupported(maximum: QoS)
        /// The server keeps no retained messages.
        case retainNotSupported
        /// Too many wait already.
        case queueFull
        /// It waited longer than its Message Expiry Interval.
        case expired
        /// No PUBLISH can carry it: what is wrong with its properties, one line.
        case malformed(String)
    }
}

/// How one subscription stands.
public enum SubscriptionState: Sendable, Hashable {
    /// Asked for: SUBSCRIBE is on its way, or waits for a connection.
    case requested
    /// SUBACK granted at most this QoS.
    case granted(QoS)
    /// SUBACK refused it.
    case refused(ReasonCode, reasonString: String?)
    /// UNSUBACK came.
    case removed
    /// UNSUBACK refused to remove it.
    case notRemoved(ReasonCode)
}
