package import MQTT

/// All that has been seen: the topic tree with latest values and rates, and the last messages in a ring.
///
/// Memory is bounded by `Limits`; what the bounds cost is counted. Topics are bytes here: whatever arrives is kept as it
/// is, valid UTF-8 or not.
package struct Store: ~Copyable {
    /// How much may be kept, in bytes.
    package struct Limits: Sendable, Equatable {
        /// The history: messages and what is kept beside their bytes; at least 1 KiB and at most 16 GiB are used.
        package var historyBytes: Int
        /// The topic tree: names, levels and latest values.
        ///
        /// A topic that has no room is not taken up: its messages are counted, also by the levels above it that are
        /// known, but stand neither in the tree nor in the history. A value that has no room is cut.
        package var topicBytes: Int
        /// A payload in the history, which keeps only the beginning of a longer one; never more than a quarter of it.
        package var payloadBytes: Int

        /// The given limits.
        package init(historyBytes: Int = 64 << 20, topicBytes: Int = 256 << 20, payloadBytes: Int = 1 << 20) {
            self.historyBytes = historyBytes
            self.topicBytes = topicBytes
            self.payloadBytes = payloadBytes
        }
    }

    /// The limits it keeps to.
    package let limits: Limits
    /// Messages seen, stored and excluded ones included, without those of topics beginning with `$`.
    package private(set) var messageCount: UInt64 = 0
    /// Payload bytes of those messages.
    package private(set) var byteCount: UInt64 = 0
    /// Messages of topics beginning with `$`.
    package private(set) var systemMessageCount: UInt64 = 0
    /// Topics with at least one message, without those beginning with `$`.
    package private(set) var topicCount = 0
    /// Stored messages, delivered because we subscribed, without those of topics beginning with `$`; over all sessions.
    package private(set) var storedCount: UInt64 = 0
    /// Messages whose topic had no room, system or not.
    package private(set) var excludedCount: UInt64 = 0

    var tree: TopicTree
    var history: History
    private var ahead = LookAhead()
    private var window = RateWindow()
    private var marking = RetainedMarking()

    /// An empty store; `seed` should be random, so that nobody can craft topics that collide.
    package init(limits: Limits, seed: UInt64) { self.init(limits: limits, seed: seed, hashMask: .max) }

    /// An empty store whose hashes are cut to `hashMask`, for tests that want collisions.
    init(limits: Limits, seed: UInt64, hashMask: UInt32) {
        self.limits = limits
        tree = TopicTree(seed: seed, hashMask: hashMask)
        history = History(budget: limits.historyBytes, payloadBytes: limits.payloadBytes)
    }

    /// A connection begins at `now`, and with it a burst of stored messages.
    ///
    /// `retainMeansStored` is true before 5.0, where RETAIN stands on stored messages only; with 5.0 and Retain As
    /// Published a message with RETAIN is a stored one when it is the first of its topic in this session and the burst
    /// has not ended, which two seconds without such a message do.
    package mutating func beginSession(at now: Instant, retainMeansStored: Bool) {
        let isReused = marking.beginSession(at: now.nanoseconds, retainMeansStored: retainMeansStored)
        if isReused { tree.forgetSessions() }
    }

    /// A subscription was added at `now`: stored messages of topics not heard in this session will come.
    package mutating func expectStored(at now: Instant) { marking.expectBurst(at: now.nanoseconds) }
}

// MARK: - Taking messages

extension Store {
    /// Takes all messages of `batch`; allocates nothing for topics that are known and values that do not grow.
    package mutating func ingest(_ batch: Batch) { ingest(batch, records: 0..<batch.count) }

    /// Takes the messages of `batch` with these indices, as far as it has them.
    package mutating func ingest(_ batch: Batch, records: Range<Int>) {
        let all = batch.records
        let range = records.clamped(to: 0..<all.count)
        let arrival = batch.arrival.nanoseconds
        var sum = Sum()
        batch.bytes.withUnsafeBytes { bytes in
            all.withUnsafeBufferPointer { all in
                var start = range.lowerBound
                while start < range.upperBound {
                    let count = min(LookAhead.capacity, range.upperBound - start)
                    tree.prepare(&ahead, count: count) { Self.path(all[start + $0], bytes) }
                    for index in 0..<count {
                        ingest(all[start + index], bytes, hash: ahead.hashes[index], at: arrival, &sum)
                    }
                    start += count
                }
            }
        }
        guard sum.messages > 0 else { return }
        messageCount &+= sum.messages
        byteCount &+= sum.bytes
        window.add(messages: sum.messages, bytes: sum.bytes, at: batch.arrival)
    }

    /// Messages of one batch without those of the system.
    private struct Sum {
        var messages: UInt64 = 0
        var bytes: UInt64 = 0
    }

    @inline(__always)
    private mutating func ingest(
        _ record: Batch.Record, _ bytes: UnsafeRawBufferPointer, hash: UInt32, at arrival: Int64, _ sum: inout Sum
    ) {
        let path = Self.path(record, bytes)
        let payload = UnsafeRawBufferPointer(rebasing: bytes[record.payload])
        let properties = UnsafeRawBufferPointer(rebasing: bytes[record.properties])
        let isSystem = path.isSystemTopic
        if isSystem {
            systemMessageCount &+= 1
        } else {
            sum.messages &+= 1
            sum.bytes &+= UInt64(payload.count)
        }
        guard let node = known(path, hash) ?? admit(path, record.flags, at: arrival, isSystem: isSystem) else { return }
        take(record.flags, payload, properties, of: node, at: arrival, isSystem: isSystem)
    }

    /// The bytes of a message's topic.
    @inline(__always)
    private static func path(_ record: Batch.Record, _ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[record.topic])
    }

    /// The level of a topic that has had messages before.
    @inline(__always)
    private func known(_ path: UnsafeRawBufferPointer, _ hash: UInt32) -> UInt32? {
        guard let node = tree.find(path, hash: hash), tree.nodes[node].pointee.topic != TopicTree.none else {
            return nil
        }
        return node
    }

    /// The level of a new topic, or `nil` when it has no room; its message is counted then.
    @inline(never)
    private mutating func admit(
        _ path: UnsafeRawBufferPointer, _ flags: PublishFlags, at arrival: Int64, isSystem: Bool
    ) -> UInt32? {
        let place = tree.intern(path, limit: limits.topicBytes)
        if place.isWhole, tree.addTopic(at: place.node, limit: limits.topicBytes) {
            if !isSystem { topicCount += 1 }
            return place.node
        }
        let isStored = flags.isRetained && marking.isStored(heard: 0, at: arrival)
        if isStored, !isSystem { storedCount &+= 1 }
        excludedCount &+= 1
        tree.count(from: place.node, at: arrival, isLive: !isStored)
        return nil
    }

    @inline(__always)
    private mutating func take(
        _ flags: PublishFlags, _ payload: UnsafeRawBufferPointer, _ properties: UnsafeRawBufferPointer, of node: UInt32,
        at arrival: Int64, isSystem: Bool
    ) {
        let topic = tree.topics[tree.nodes[node].pointee.topic]
        let isStored = flags.isRetained && marking.isStored(heard: topic.pointee.session, at: arrival)
        topic.pointee.session = marking.session
        if isStored, !isSystem { storedCount &+= 1 }
        let isFirst = topic.pointee.messages == 0
        let isChanged = tree.keep(payload, properties, of: topic, limit: limits.topicBytes)
        if isChanged, !isFirst { topic.pointee.lastChange = arrival }
        let distance = isFirst ? 0 : history.nextSequence &- topic.pointee.lastSequence
        let header = History.Header(
            node: node, previous: UInt32(exactly: distance) ?? 0, arrival: arrival, flags: flags.rawValue,
            isStored: isStored, payload: payload.count, properties: properties.count)
        topic.pointee.lastSequence = history.append(header, payload: payload, properties: properties)
        topic.pointee.flags = flags.rawValue
        topic.pointee.isStored = isStored
        topic.pointee.messages &+= 1
        topic.pointee.bytes &+= UInt64(payload.count)
        if !isStored { topic.pointee.arrived(at: arrival) }
        tree.count(from: node, at: arrival, isLive: !isStored)
    }
}

// MARK: - Totals

extension Store {
    /// The oldest message's sequence number: the history holds those from here up to `nextSequence`.
    package var oldestSequence: UInt64 { history.oldestSequence }
    /// The sequence number of the next message.
    package var nextSequence: UInt64 { history.nextSequence }
    /// Messages that the history held and no longer does.
    package var evictedCount: UInt64 { history.oldestSequence }
    /// Messages of which the history keeps only a part.
    package var cutCount: UInt64 { history.cutCount }
    /// Bytes of memory held: history, topics, names and latest values.
    package var memoryBytes: Int { history.heldBytes + tree.heldBytes }
    /// Changes whenever a topic or a level appears; nothing else changes which rows a tree has.
    package var revision: UInt64 { UInt64(tree.nodes.count + tree.topics.count) }

    /// Messages and payload bytes a second over the last two seconds, without topics beginning with `$`.
    package func rates(at now: Instant) -> (messages: Double, bytes: Double) { window.rates(at: now) }
}
