import Broker
import CLinux
import MQTT
import MQTTClient

/// What can be watched once CONNECT is accepted.
extension Examination {
    /// Subscriptions, the broker's log, traffic, publishing, and what the broker says of itself.
    mutating func watch(_ info: ConnectionInfo) {
        let conversation = Conversation(configuration(for: info.version))
        let notes = Notes()
        conversation.observe = { notes.take($0) }
        switch conversation.connect() {
        case .success(let info): notes.log.connected(as: info.clientIdentifier, at: now())
        case .failure(let failure): return say(.connect, .failed, Advice(failure, retryInSeconds: nil))
        }
        subscribe(conversation)
        let subscribed = now()
        if isLost(conversation, .subscribe) { return describe(notes) }
        guard isAnythingGranted else {
            return say(.traffic, .skipped, "Nothing can arrive: no subscription was granted.")
        }
        knock(conversation, notes, info)
        if conversation.failure == nil {
            hear(conversation, notes, since: subscribed)
            if !isLost(conversation, .traffic) { publish(conversation, notes, info) }
            _ = isLost(conversation, .publish)
        }
        describe(notes)
        compareClocks(notes)
    }

    /// Whether the connection is lost; says so, as what `stage` has met.
    private mutating func isLost(_ conversation: Conversation, _ stage: Stage) -> Bool {
        guard let failure = conversation.failure else { return false }
        say(stage, .failed, Advice(failure, retryInSeconds: nil))
        return true
    }

    // MARK: Subscriptions

    private mutating func subscribe(_ conversation: Conversation) {
        let wanted = configuration.subscriptions
        let system = wanted.filter { $0.filter.string.hasPrefix("$SYS") }
        if system.count == 1 {
            guard askForLog(conversation) else { return }
            ask(conversation, for: system[0])
        } else if !system.isEmpty {
            askForParts(conversation, system)
        }
        for subscription in wanted where !subscription.filter.string.hasPrefix("$SYS") {
            guard conversation.failure == nil else { return }
            ask(conversation, for: subscription)
        }
    }

    /// The parts of `$SYS` by name, as one.
    private mutating func askForParts(_ conversation: Conversation, _ parts: [Subscription]) {
        let began = now()
        for part in parts {
            let state = conversation.subscribe(to: part.filter, qos: part.qos, milliseconds: options.answerTime)
            guard case .granted = state else {
                return tell(state, of: part.filter, began.age, conversation)
            }
        }
        isAnythingGranted = true
        say(.subscribe, .passed, "$SYS/broker in \(parts.count) parts: granted.", duration: began.age)
    }

    /// Each topic of the log by itself, and none of them for long: the log comes by `$SYS/#` too. Whether the broker answers.
    private mutating func askForLog(_ conversation: Conversation) -> Bool {
        let began = now()
        var granted: [String] = []
        var refused: [String] = []
        var advice: Advice?
        for name in ["E", "W", "N", "I", "M/subscribe", "M/unsubscribe"] {
            guard let filter = try? TopicFilter("$SYS/broker/log/" + name) else { continue }
            let state = conversation.subscribe(to: filter, qos: .atMostOnce, milliseconds: options.answerTime)
            guard let state else {
                tell(nil, of: filter, began.age, conversation)
                return false
            }
            if case .granted = state { granted.append(name) } else { refused.append(name) }
            if case .refused(let code, let reason) = state {
                advice = advice ?? Advice(refusedSubscription: filter, code, reasonString: reason)
            }
            conversation.unsubscribe(from: filter, milliseconds: options.answerTime)
        }
        if !granted.isEmpty {
            let list = granted.joined(separator: ", ")
            say(.subscribe, .passed, "$SYS/broker/log/ \(list): granted.", duration: began.age)
        }
        if !refused.isEmpty {
            say(
                .subscribe, .noted, "$SYS/broker/log/ \(refused.joined(separator: ", ")): refused.",
                todo: advice?.todo ?? "", duration: began.age)
        }
        return true
    }

    private mutating func ask(_ conversation: Conversation, for subscription: Subscription) {
        let began = now()
        let state = conversation.subscribe(
            to: subscription.filter, qos: subscription.qos, milliseconds: options.answerTime)
        tell(state, of: subscription.filter, began.age, conversation)
    }

    private mutating func tell(
        _ state: SubscriptionState?, of filter: TopicFilter, _ duration: Int64, _ conversation: Conversation
    ) {
        let isSystem = filter.string.hasPrefix("$SYS")
        switch state {
        case .granted(let qos):
            isAnythingGranted = true
            say(.subscribe, .passed, "\(filter): granted at QoS \(qos.rawValue).", duration: duration)
        case .refused(let code, let reason):
            let advice = Advice(refusedSubscription: filter, code, reasonString: reason)
            say(.subscribe, isSystem ? .noted : .failed, advice, duration: duration)
        case .requested, .removed, .notRemoved, nil:
            guard conversation.failure == nil else { return }
            say(.subscribe, .failed, Advice.unansweredSubscription(filter), duration: duration)
        }
    }

    // MARK: What comes

    /// Connects a second time, of which the broker's log has to tell.
    private mutating func knock(_ conversation: Conversation, _ notes: Notes, _ info: ConnectionInfo) {
        guard configuration.subscriptions.contains(where: { $0.filter.string.hasPrefix("$SYS") }) else {
            return say(.log, .skipped, "$SYS is not subscribed to.")
        }
        var other = configuration(for: info.version)
        let identifier = String(info.clientIdentifier.prefix(40)) + "-knock"
        other.clientIdentifier = identifier
        other.will = nil
        notes.await(identifier)
        let began = now()
        let visitor = Conversation(other)
        guard case .success = visitor.connect() else {
            return say(.log, .noted, "A second connection is refused, so the log was not tried.")
        }
        let line =
            notes.awaitedLine ?? conversation.wait(milliseconds: 3_000) { _ in notes.awaitedLine }
        visitor.client.stop(timeoutMilliseconds: 1_000)
        if let line {
            say(
                .log, .passed, "The broker's log tells of a connection as it happens.", duration: began.age,
                facts: [.init("line", String(decoding: line.raw, as: UTF8.self))])
        } else {
            say(.log, .noted, Advice.noBrokerLog, duration: began.age)
        }
    }

    private mutating func hear(_ conversation: Conversation, _ notes: Notes, since began: Instant) {
        if notes.first == nil {
            let rest = options.patience - began.age / 1_000_000
            // What has come already is read in any case.
            conversation.wait(milliseconds: max(rest, 100)) { _ in notes.first?.topic }
        }
        if let first = notes.first {
            return say(
                .traffic, .passed, "Messages arrive.", duration: max(0, first.arrival.since(began)),
                facts: [.init("first topic", String(decoding: first.topic, as: UTF8.self))])
        }
        let isSystemHeard = notes.systemCount > 0
        var advice = Advice.silence
        if isSystemHeard { advice.what = "Only $SYS says something; nothing else arrived." }
        say(.traffic, isSystemHeard ? .noted : .failed, advice, duration: began.age)
    }

    // MARK: Publishing

    private mutating func publish(_ conversation: Conversation, _ notes: Notes, _ info: ConnectionInfo) {
        guard let topic = options.topic else {
            return say(.publish, .skipped, "Nothing is published without --publish TOPIC.")
        }
        if !configuration.subscriptions.contains(where: { $0.filter.matches(topic) }),
            let filter = try? TopicFilter(topic.string)
        {
            ask(conversation, for: Subscription.watching(filter, qos: .exactlyOnce))
        }
        for qos in QoS.allCases {
            let payload = Array("mqscope doctor \(clinux_random() % 1_000_000) QoS \(qos.rawValue)".utf8)
            notes.expect(payload)
            let began = now()
            guard conversation.failure == nil else { return }
            let id = conversation.publish(Message(topic: topic, payload: payload, qos: qos))
            let outcome: Outcome? = conversation.wait(milliseconds: options.answerTime) {
                if case .outcome(id, let outcome) = $0, outcome != .queued { outcome } else { nil }
            }
            let answered = began.age
            let isOnItsWay =
                switch outcome {
                case .written: true
                case .acknowledged(let code, _, _): !code.isFailure
                case .queued, .unsendable, nil: false
                }
            if notes.echo == nil, isOnItsWay {
                conversation.wait(milliseconds: options.answerTime - answered / 1_000_000) { _ in notes.echo }
            }
            guard conversation.failure == nil else { return }
            tell(qos, outcome, answered: answered, echoed: notes.echo.map { $0.since(began) }, topic, info)
        }
    }

    private mutating func tell(
        _ qos: QoS, _ outcome: Outcome?, answered: Int64, echoed: Int64?, _ topic: TopicName, _ info: ConnectionInfo
    ) {
        let name = "QoS \(qos.rawValue)"
        switch outcome {
        case .unsendable(let reason): return say(.publish, .failed, "\(name): \(reason.words).")
        case nil, .queued:
            return say(.publish, .failed, "\(name): the broker does not acknowledge.", todo: "Its log may say more.")
        case .acknowledged(let code, _, _) where code.isFailure:
            if let advice = outcome.flatMap({ Advice.publish(to: topic, $0, version: info.version) }) {
                return say(
                    .publish, .failed, "\(name): \(advice.what)", todo: advice.todo, duration: answered)
            }
        case .acknowledged, .written: break
        }
        guard let echoed else {
            let isTold = qos > .atMostOnce && info.version == .v5_0
            return say(
                .publish, .failed,
                "\(name): it did not come back in \(options.answerTime / 1_000) s.",
                todo: isTold
                    ? "An ACL may forbid to read \(topic)."
                    : "An ACL may forbid to write or to read \(topic), which cannot be said here.")
        }
        let acknowledged = qos == .atMostOnce ? "" : " acknowledged after \(Self.milliseconds(answered)),"
        say(.publish, .passed, "\(name):\(acknowledged) back after \(Self.milliseconds(echoed)).", duration: echoed)
    }

    /// `0.4 ms`.
    static func milliseconds(_ nanoseconds: Int64) -> String {
        let tenths = (nanoseconds + 50_000) / 100_000
        return "\(tenths / 10).\(tenths % 10) ms"
    }

    // MARK: The broker

    private mutating func describe(_ notes: Notes) {
        var facts: [Finding.Fact] = []
        if let uptime = notes.slots[.uptime]?.number {
            facts.append(.init("uptime", "\(Int(uptime)) s when it said so"))
        }
        // We are one ourselves: 0 is a count of before we came.
        if let count = notes.slots.clientsConnected, count > 0 { facts.append(.init("clients connected", "\(count)")) }
        if let version = notes.version {
            say(.broker, .passed, "The broker is \(version).", facts: facts)
        } else {
            say(.broker, .noted, "The broker does not say by $SYS what it is.", facts: facts)
        }
    }

    private mutating func compareClocks(_ notes: Notes) {
        guard let (stamp, ours) = notes.stamp else {
            return say(.clock, .skipped, "No line of the broker's log says when it was written.")
        }
        // The stamp is in whole seconds, rounded down.
        let difference = stamp - ours
        guard abs(difference) > 2 else {
            return say(.clock, .passed, "The broker's clock and ours agree, to the second.")
        }
        let words = "\(abs(difference)) s " + (difference < 0 ? "behind" : "ahead of")
        say(
            .clock, .noted, "The broker's clock is \(words) ours.",
            todo: "Set the clock that is wrong (timedatectl); certificates and log times depend on it.")
    }
}
