import Broker
import MQTT

/// Why the broker's log is not subscribed to any more, and what it takes to change that.
struct LogOff {
    /// Since when.
    var since: Instant
    /// Whether it came too fast; else the user removed it.
    var isFlood: Bool
    /// The filters that it came by.
    var removed: [TopicFilter]
    /// The filters that took their place, so that all else still comes.
    var added: [TopicFilter]
}

extension Dashboard {
    // MARK: The log's own subscription

    /// Leaves the broker's log, which comes so fast that it may be about its own delivery, and keeps the statistics.
    mutating func leaveLog(at now: Instant) -> [Effect] {
        let heard = subscriptions.standing.filter(SystemFilters.hearsLog)
        guard !heard.isEmpty else { return [] }
        let rest = subscriptions.standing.filter { !heard.contains($0) }
        let added = SystemFilters.statistics.filter { part in
            heard.contains { $0.covers(part) } && !rest.contains { $0.covers(part) }
        }
        logOff = LogOff(since: now, isFlood: true, removed: heard, added: added)
        noteMissedLog(at: now)
        tell(
            "Over \(LogRateGuard.limit) lines a second: the log is off. In the broker log a takes it again."
        )
        return Self.exchange(heard, for: added, qos: options.qos)
    }

    /// Takes the broker's log again.
    func takeLogAgain() -> [Effect] {
        guard let logOff else { return [] }
        let standing = subscriptions.standing
        return Self.exchange(logOff.added.filter(standing.contains), for: logOff.removed, qos: options.qos)
    }

    private static func exchange(_ old: [TopicFilter], for new: [TopicFilter], qos: QoS) -> [Effect] {
        let unsubscribe: [Effect] = old.isEmpty ? [] : [.unsubscribe(old)]
        let subscribe: [Effect] = new.isEmpty ? [] : [.subscribe(new.map { Subscription.watching($0, qos: qos) })]
        return unsubscribe + subscribe
    }

    /// The subscription by which the log comes changed.
    mutating func logSubscription(_ filter: TopicFilter, _ state: SubscriptionState) {
        switch state {
        case .removed where !subscriptions.standing.contains(where: SystemFilters.hearsLog):
            if logOff == nil { logOff = LogOff(since: now, isFlood: false, removed: [filter], added: []) }
            // Lines were still on their way.
            if !isLogSeenElsewhere { brokerLog.log.lostSight(at: now) }
        case .granted where logOff != nil:
            let isUnseen = !isLogSeenElsewhere
            logOff = nil
            logGuard = LogRateGuard()
            noteMissedLog(at: now)
            if isUnseen { brokerLog.log.lostSight(at: now) }
        default: break
        }
    }

    private var isLogSeenElsewhere: Bool { brokerLogSource?.isReading ?? false }

    /// Takes note of whether lines of the log are missed because it came too fast.
    private mutating func noteMissedLog(at now: Instant) {
        accounting.log(isMissed: logOff?.isFlood == true && !isLogSeenElsewhere, at: now)
    }

    // MARK: The log from elsewhere

    /// How the file, or the command, with the broker's log stands.
    mutating func take(_ source: BrokerLogSource) {
        if source.isReading { brokerLog.log.sourceBegins() }
        isBrokerLogGapless = source.isReading && (isBrokerLogGapless || brokerLogSource == nil || isConnected)
        brokerLogSource = source
        noteMissedLog(at: now)
    }

    /// Takes lines of the broker's log from its file, or from a command. What they tell of the past is no event among the
    /// messages that come now.
    mutating func takeSource(_ lines: [[UInt8]], at arrival: Instant) {
        let connectedAt = info.map { clock.epochSeconds($0.since) }
        var isDropping = false
        for line in lines {
            guard let line = brokerLog.log.ingest(line: line, arrival: arrival) else { continue }
            if !brokerLog.log.isPast(line) { markBrokerLine(brokerLog.log.nextNumber - 1, at: arrival) }
            // What an earlier connection lost is told by its file, too.
            guard case .dropping(let client, _) = line.kind, client == info?.clientIdentifier else { continue }
            if let written = line.epochSeconds, let connectedAt, written < connectedAt { continue }
            isDropping = true
        }
        brokerLog.log.settle()
        if isDropping { accounting.droppedForUs(at: arrival) }
    }
}
