/// Everything a connection says upwards, in order.
public enum Delivery: Sendable {
    /// Messages that arrived.
    case messages(Batch)
    /// What went over the wire.
    case trace([TraceRecord])
    /// The connection changed.
    case status(ConnectionStatus)
    /// A subscription changed.
    case subscription(TopicFilter, SubscriptionState)
    /// A publish got further.
    case outcome(RequestID, Outcome)
    /// A group of publishes got further: messages of it failed, or all of it is done.
    case progress(RequestID, GroupProgress)
    /// Whether reading rests because the consumer is behind (`true`) or goes on again.
    case behind(Bool)
}
