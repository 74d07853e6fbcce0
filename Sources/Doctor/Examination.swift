import Broker
package import MQTT
package import MQTTClient

/// Goes the whole way to a broker step by step, and says of each step how it went as soon as it is over. It goes on after a
/// failure where that makes sense, and never waits longer than it says.
package struct Examination {
    /// What is examined besides the way.
    package struct Options: Sendable {
        /// Where to publish to and expect the message back; `nil` to publish nothing.
        package var topic: TopicName?
        /// How long to wait for something to arrive, milliseconds.
        package var patience: Int64 = 10_000
        /// How long an answer to a request may take, milliseconds.
        package var answerTime: Int64 = 5_000

        /// Nothing is published.
        package init() {}
    }

    /// How to connect.
    let configuration: ClientConfiguration
    /// What is examined besides.
    let options: Options
    /// The first step that failed.
    private(set) var failedStage: Stage?
    /// Whether the broker has granted a subscription.
    var isAnythingGranted = false
    private let report: (Finding) -> Void

    /// An examination that tells its findings to `report`, one by one.
    package init(
        _ configuration: ClientConfiguration, options: Options = Options(), report: @escaping (Finding) -> Void
    ) {
        self.configuration = configuration
        self.options = options
        self.report = report
    }

    /// Examines all; the exit code, which is that of the first step that failed, 0 when none did.
    package mutating func run() -> Int32 {
        if reachPeer(), openTransport(), let acceptance = connect() {
            weigh(acceptance)
            watch(acceptance)
        }
        return failedStage?.exitCode ?? 0
    }

    /// Reports a finding.
    mutating func say(
        _ stage: Stage, _ outcome: Finding.Outcome, _ what: String, todo: String = "", duration: Int64? = nil,
        facts: [Finding.Fact] = []
    ) {
        if outcome == .failed, failedStage == nil { failedStage = stage }
        report(
            Finding(stage: stage, outcome: outcome, what: what, todo: todo, duration: duration, facts: facts))
    }

    /// Reports what the advice says.
    mutating func say(
        _ stage: Stage, _ outcome: Finding.Outcome, _ advice: Advice, duration: Int64? = nil, facts: [Finding.Fact] = []
    ) {
        // What is known besides stands in `facts` piece by piece, where it can be taken apart.
        let known = facts.isEmpty && !advice.facts.isEmpty ? [Finding.Fact("besides", advice.facts)] : facts
        say(stage, outcome, advice.what, todo: advice.todo, duration: duration, facts: known)
    }

    /// What `cause` means here, in words.
    func advice(_ cause: ConnectionFailure.Cause) -> Advice {
        Advice(
            ConnectionFailure(
                endpoint: configuration.endpoint, proxy: configuration.proxy?.description,
                userName: configuration.userName, version: configuration.version ?? .v5_0, cause: cause),
            retryInSeconds: nil)
    }
}

extension Instant {
    /// Nanoseconds from this instant until now.
    var age: Int64 { now().since(self) }
}
