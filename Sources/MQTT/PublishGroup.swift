/// Messages that differ in nothing but their payload, published by one request: what a stream of lines needs, without the
/// cost of a request for each.
public struct PublishGroup: Sendable {
    /// Names it in `Delivery.progress`.
    public var id: RequestID
    /// Topic, QoS, RETAIN and properties of all of them; its own payload is not looked at.
    public var template: Message
    /// Holds all payloads.
    public var bytes: [UInt8]
    /// Where in `bytes` each payload is, in the order to be published.
    public var payloads: [Range<Int>]

    /// A group of as many messages as there are `payloads`, at least one, each a part of `bytes`.
    public init(id: RequestID, template: Message, bytes: [UInt8], payloads: [Range<Int>]) {
        self.id = id
        self.template = template
        self.bytes = bytes
        self.payloads = payloads
    }
}

/// What became of messages of a `PublishGroup` since it was last said: all that went well are only counted.
public struct GroupProgress: Sendable {
    /// Messages of the group that did not get to the server, or were refused.
    public struct Failure: Sendable {
        /// Which, by their place in the group.
        public var messages: Range<Int>
        /// What became of each.
        public var outcome: Outcome

        /// `messages` ended in `outcome`.
        package init(messages: Range<Int>, outcome: Outcome) {
            self.messages = messages
            self.outcome = outcome
        }
    }

    /// Failures since it was last said.
    public var failures: [Failure]
    /// Messages that still wait or are under way; 0 says that it is the last word on the group.
    public var remaining: Int
    /// The place of the first of them that the server has not answered; said whenever a connection is lost.
    public var firstRemaining: Int?

    /// Progress that leaves `remaining` messages.
    package init(failures: [Failure], remaining: Int, firstRemaining: Int? = nil) {
        self.failures = failures
        self.remaining = remaining
        self.firstRemaining = firstRemaining
    }
}
