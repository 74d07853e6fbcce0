/// A version of MQTT, by the protocol level that CONNECT carries.
public enum ProtocolVersion: UInt8, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    /// MQTT 3.1 ("MQIsdp").
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case v3_1 = 3
    /// MQTT 3.1.1.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case v3_1_1 = 4
    /// MQTT 5.0.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case v5_0 = 5

    /// The version as people write it: `5.0`, `3.1.1`, `3.1`.
    public var description: String {
        switch self {
        case .v3_1: "3.1"
        case .v3_1_1: "3.1.1"
        case .v5_0: "5.0"
        }
    }
}
