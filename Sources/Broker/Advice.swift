package import MQTT

/// What happened and what to do about it, one line each.
package struct Advice: Sendable, Equatable {
    /// What happened.
    package var what: String
    /// What to do.
    package var todo: String
    /// Whether the cause is a guess; the words say so too.
    package var isGuess: Bool

    private init(_ what: String, _ todo: String, isGuess: Bool = false) {
        self.what = what
        self.todo = todo
        self.isGuess = isGuess
    }

    /// Advice for a connection that could not be made or kept; `retryInSeconds` is `nil` when it is not tried again.
    package init(_ failure: ConnectionFailure, retryInSeconds: Int?) {
        self.init("No connection to \(failure.endpoint).", "")
    }

    /// Advice for a filter that SUBACK refused.
    package init(refusedSubscription filter: TopicFilter, _ code: ReasonCode, reasonString: String?) {
        self.init("The broker refused the subscription to \(filter): \(code).", "")
    }

    /// Advice for a publish that the broker refused or that nobody got.
    package init(refusedPublish topic: TopicName, _ code: ReasonCode, reasonString: String?) {
        self.init("The broker refused the message for \(topic): \(code).", "")
    }

    /// Advice for a subscription that was granted, after which nothing came.
    package static let silence = Advice(
        "Subscribed, but nothing arrives.",
        "Wrong filter? mosquitto's ACL file hides topics silently (SUBACK is still \"granted\").", isGuess: true)

    /// Advice for a broker whose log does not come.
    package static let noBrokerLog = Advice("No broker log: add `log_dest topic` to mosquitto.conf", "", isGuess: true)
}
