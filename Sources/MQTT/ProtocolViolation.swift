/// The peer broke the protocol: what it did, and the Reason Code that says so.
public struct ProtocolViolation: Error, Sendable, Hashable {
    /// The Reason Code to send in DISCONNECT (5.0).
    public var reasonCode: ReasonCode
    /// What was wrong, one line, without bytes from the network.
    public var detail: String

    /// A violation answered with `reasonCode`.
    package init(_ reasonCode: ReasonCode, _ detail: String) {
        self.reasonCode = reasonCode
        self.detail = detail
    }

    /// A Malformed Packet (0x81).
    package static func malformed(_ detail: String) -> ProtocolViolation { ProtocolViolation(.malformedPacket, detail) }
    /// A Protocol Error (0x82).
    package static func protocolError(_ detail: String) -> ProtocolViolation {
        ProtocolViolation(.protocolError, detail)
    }
}
