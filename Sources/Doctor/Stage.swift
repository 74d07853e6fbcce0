/// The steps on the way to a broker that can be watched, in their order.
package enum Stage: String, Sendable, CaseIterable {
    /// Its name, or the proxy's, becomes addresses.
    case name
    /// Each address accepts connections.
    case reach
    /// The proxy connects to it.
    case proxy
    /// TLS is agreed on.
    case tls
    /// The web server upgrades to a WebSocket.
    case webSocket = "websocket"
    /// CONNECT is accepted, in each version of the protocol.
    case connect
    /// What it limits, and what it has.
    case limits
    /// What may be subscribed to.
    case subscribe
    /// Its log comes by the topics of its own.
    case log
    /// Something arrives.
    case traffic
    /// A message that is published comes back.
    case publish
    /// What it says it is.
    case broker
    /// Its clock and ours.
    case clock

    /// The exit code of an examination in which this step was the first to fail.
    package var exitCode: Int32 {
        switch self {
        case .name: 10
        case .reach: 11
        case .proxy: 12
        case .tls: 13
        case .webSocket: 14
        case .connect, .limits: 15
        case .subscribe: 16
        case .log, .traffic, .broker, .clock: 17
        case .publish: 18
        }
    }
}

/// What one step showed.
package struct Finding: Sendable, Equatable {
    /// How it went.
    package enum Outcome: String, Sendable {
        /// As it should.
        case passed
        /// Not as one would wish, but watching is possible.
        case noted
        /// It failed.
        case failed
        /// It was not tried.
        case skipped
    }

    /// Something that was learned, by its name; it may come from the network as it is.
    package struct Fact: Sendable, Equatable {
        /// What it is called.
        package var name: String
        /// What it is.
        package var value: String

        /// `name` is `value`.
        init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The step.
    package var stage: Stage
    /// How it went.
    package var outcome: Outcome
    /// What happened, one line.
    package var what: String
    /// What to do about it; empty when there is nothing to do.
    package var todo = ""
    /// How long it took, nanoseconds; `nil` where that says nothing.
    package var duration: Int64?
    /// What was learned.
    package var facts: [Fact] = []
}
