/// The delivery guarantee of an Application Message (MQTT 5.0 section 4.3).
public enum QoS: UInt8, Sendable, Hashable, CaseIterable, Comparable {
    /// QoS 0: delivered as the network delivers it.
    case atMostOnce = 0
    /// QoS 1: acknowledged, possibly delivered twice.
    case atLeastOnce = 1
    /// QoS 2: delivered once, by a four-packet exchange.
    case exactlyOnce = 2

    /// Orders by strength of the guarantee.
    public static func < (left: QoS, right: QoS) -> Bool { left.rawValue < right.rawValue }
}
