extension ProtocolVersion: Comparable {
    /// Orders by age, the oldest first.
    public static func < (left: ProtocolVersion, right: ProtocolVersion) -> Bool { left.rawValue < right.rawValue }

    /// The version to try when a server refuses this one.
    package var older: ProtocolVersion? { ProtocolVersion(rawValue: rawValue - 1) }
}
