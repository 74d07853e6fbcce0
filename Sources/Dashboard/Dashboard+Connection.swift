import Broker
import MQTT
import Monitor
import Screen

extension Dashboard {
    /// Takes what the connection says; what must be done because of it.
    mutating func take(_ delivery: Delivery) -> [Effect] {
        switch delivery {
        case .messages(let batch): return ingest(batch)
        case .trace(let records): trace.ring.append(records)
        case .status(let status): take(status)
        case .subscription(let filter, let state):
            subscriptions.update(filter, state)
            accounting.subscription(filter, state, at: now)
            if filter.covers(.brokerDrops) { slots.subscription(state, at: now) }
            if SystemFilters.hearsLog(filter) { logSubscription(filter, state) }
            if let (words, isAlarm) = state.eventWords(filter) { markConnection(words, isAlarm: isAlarm) }
            if case .granted = state {
                store.expectStored(at: now)
                if let other = subscriptions.overlapping(filter) {
                    tell("What both \(other) and \(filter) match may come, and count, twice.")
                }
            }
            if case .refused(let code, let reason) = state {
                let advice = Advice(refusedSubscription: filter, code, reasonString: reason)
                tell("\(advice.what) \(advice.todo)")
            }
        case .outcome(let id, let outcome):
            log.timeline.change(id) { $0.outcome = outcome }
            guard let publication = composer.outcome(id, outcome) else { break }
            if publication.isClearing, !isComposing {
                tell("Clearing \(publication.message.topic): \(Composer.words(publication).text)")
            }
            if let advice = Advice.publish(to: publication.message.topic, outcome, version: publication.version) {
                // Before 5.0 it is true of every publish, and worth one hint.
                let isBlind = publication.version < .v5_0
                if !isBlind || !isBlindnessTold { tell("\(advice.what) \(advice.todo)") }
                isBlindnessTold = isBlindnessTold || isBlind
            }
        case .behind(let isBehind): accounting.behind(isBehind)
        case .progress: break  // groups are published by commands alone
        }
        return []
    }

    private mutating func take(_ status: ConnectionStatus) {
        let wasConnected = isConnected
        self.status = status
        switch status {
        case .waiting(let failure, _), .failed(let failure):
            markFailure(failure, wasConnected: wasConnected)
            self.failure = failure
        case .idle, .connecting, .connected, .closed: break
        }
        switch status {
        case .connected(let info):
            self.info = info
            lostAt = nil
            failure = nil
            store.beginSession(at: info.since, retainMeansStored: info.version != .v5_0)
            brokerLog.log.connected(as: info.clientIdentifier, at: info.since, isLogGapless: isBrokerLogGapless)
            accounting.connected(at: info.since)
            markConnection(info.eventWords, isAlarm: false)
            slots.connected(at: info.since)
            if let refused = info.refusedVersion {
                tell("The broker refused MQTT \(refused), or did not answer it; connected with \(info.version).")
            }
        case .idle, .connecting, .waiting, .failed, .closed:
            guard wasConnected else { return }
            if failure == nil { markConnection("disconnected, as asked for", isAlarm: false) }
            lostAt = now
            isBrokerLogGapless = brokerLogSource?.isReading ?? false
            accounting.lost(at: now, failure)
            info = nil
        }
    }

    /// Takes messages: into the store, and what the broker says of itself to where it belongs.
    private mutating func ingest(_ batch: Batch) -> [Effect] {
        var effects: [Effect] = []
        let awaitsEcho = composer.awaitsEcho(at: batch.arrival)
        let prefix = "$SYS/".utf8
        let logPrefix = "$SYS/broker/log/".utf8
        var taken = 0
        for index in 0..<batch.count {
            let record = batch.records[index]
            if awaitsEcho, let id = composer.arrived(record, in: batch) {
                log.timeline.change(id) { $0.echoedAt = batch.arrival }
            }
            guard record.topicLength > 0, batch.bytes[Int(record.offset)] == UInt8(ascii: "$") else { continue }
            let topic = batch.topic(record)
            guard topic.starts(with: prefix) else { continue }
            if topic.starts(with: logPrefix) {
                // A line stands among the messages where it came.
                store.ingest(batch, records: taken..<index + 1)
                taken = index + 1
            }
            // `$SYS/#` is subscribed to without Retain As Published: RETAIN says "stored".
            effects += system(
                topic: topic, payload: batch.payload(record), isStored: record.flags.isRetained,
                arrival: batch.arrival)
        }
        store.ingest(batch, records: taken..<batch.count)
        return effects
    }

    private mutating func system(
        topic: ArraySlice<UInt8>, payload: ArraySlice<UInt8>, isStored: Bool, arrival: Instant
    ) -> [Effect] {
        if topic.starts(with: "$SYS/broker/log/".utf8) {
            let dropped = brokerLog.log.droppedForUs
            if brokerLog.log.ingest(topic: topic, payload: payload, arrival: arrival) != nil {
                markBrokerLine(brokerLog.log.nextNumber - 1, at: arrival)
            }
            if brokerLog.log.droppedForUs > dropped { accounting.droppedForUs(at: arrival) }
            return logGuard.take(at: arrival) ? leaveLog(at: arrival) : []
        }
        guard let slot = slots.ingest(topic: topic, payload: payload, arrival: arrival, isStored: isStored) else {
            return []
        }
        switch slot {
        case .messagesDropped:
            if let dropped = slots.dropped { accounting.brokerDropped(dropped) }
        case .droppedPerMinute:
            if let reading = slots[.droppedPerMinute] { accounting.brokerDropsPerMinute(reading) }
        case .uptime:
            if !isStored { accounting.statisticsTick(at: arrival) }
        default: break
        }
        return []
    }

    /// The panel that says why there is no connection and what to do, broken to the screen's width; empty when all is
    /// well.
    var banner: [String] { bannerTexts.flatMap { Surface.wrapped($0, width: size.columns - 4) } }

    private var bannerTexts: [String] {
        switch status {
        case .waiting(let failure, let retryAt):
            let seconds = max(0, Int((retryAt.since(now) + 999_999_999) / 1_000_000_000))
            let advice = Advice(failure, retryInSeconds: seconds)
            return Self.lines(advice, "Next attempt in \(seconds) s; R tries now.")
        case .failed(let failure):
            let advice = Advice(failure, retryInSeconds: nil)
            return Self.lines(advice, "Not tried again by itself; R tries now.")
        case .connecting(let attempt) where failure != nil || lostAt != nil:
            // What the last attempt met stays in sight meanwhile.
            let advice = failure.map { Advice($0, retryInSeconds: 0) }
            return Self.lines(advice, "Connecting to \(options.endpoint), attempt \(attempt) …")
        case .idle, .connecting, .connected, .closed: return []
        }
    }

    /// What is known besides comes last: on a small screen it is what is left out.
    private static func lines(_ advice: Advice?, _ now: String) -> [String] {
        [advice?.what ?? "", advice?.todo ?? "", now, advice?.facts ?? ""].filter { !$0.isEmpty }
    }
}
