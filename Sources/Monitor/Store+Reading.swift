// MARK: - Topics

extension Store {
    /// The level with this path, whether it has messages or not.
    package func find(_ topic: some Collection<UInt8>) -> TopicID? {
        topic.withRawBytes { $0.count > 65_535 ? nil : tree.find($0, hash: tree.hash($0)) }.map(TopicID.init)
    }

    /// The levels without one above, the newest last.
    package var roots: [TopicID] { children(TopicID(rawValue: TopicTree.root)) }

    /// The levels right below, the newest last; at most the `limit` newest.
    package func children(_ id: TopicID, limit: Int = .max) -> [TopicID] {
        var children: [TopicID] = []
        var child = node(id).firstChild
        while child != TopicTree.none, children.count < limit {
            children.append(TopicID(rawValue: child))
            child = tree.nodes[child].pointee.nextSibling
        }
        children.reverse()
        return children
    }

    /// Whether there are levels below.
    package func hasChildren(_ id: TopicID) -> Bool { node(id).firstChild != TopicTree.none }

    /// The level above; `nil` for a first one.
    package func parent(_ id: TopicID) -> TopicID? {
        let parent = node(id).parent
        return parent == TopicTree.root || parent == TopicTree.none ? nil : TopicID(rawValue: parent)
    }

    /// Whether `id` is `branch` or below it.
    package func isWithin(_ id: TopicID, branch: TopicID) -> Bool {
        var level = id.rawValue
        // Parents come before their children.
        while level > branch.rawValue, level != TopicTree.none {
            level = node(TopicID(rawValue: level)).parent
        }
        return level == branch.rawValue
    }

    /// The bytes of the whole path.
    package func topic(_ id: TopicID) -> [UInt8] { Array(path(id.rawValue)) }

    /// The bytes of the last level.
    package func name(_ id: TopicID) -> [UInt8] { Array(path(id.rawValue)[Int(node(id).nameStart)...]) }

    /// Whether the first level begins with `$`: the broker's own topics.
    package func isSystem(_ id: TopicID) -> Bool { path(id.rawValue).isSystemTopic }

    /// What is known of a level.
    package func summary(_ id: TopicID) -> TopicSummary { TopicSummary(node(id), ownTopic(id)) }

    /// The latest payload, at most `limit` bytes of it; empty without a message.
    package func latestPayload(_ id: TopicID, limit: Int = .max) -> [UInt8] {
        let payload = latest(id.rawValue)
        return Array(payload.prefix(max(limit, 0)))
    }

    /// The encoded properties of the latest message, without their length.
    package func latestProperties(_ id: TopicID) -> [UInt8] {
        guard let topic = ownTopic(id), let value = topic.value else { return [] }
        return Array(UnsafeRawBufferPointer(start: value + Int(topic.keptLength), count: Int(topic.propertiesLength)))
    }

    /// The bytes of a path; none for an index that was never given out.
    func path(_ index: UInt32) -> UnsafeRawBufferPointer {
        let node = node(TopicID(rawValue: index))
        guard node.pathLength > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(start: tree.paths.pointer(node.pathOffset), count: Int(node.pathLength))
    }

    /// The latest payload of a level as far as it is kept.
    func latest(_ index: UInt32) -> UnsafeRawBufferPointer {
        guard let topic = ownTopic(TopicID(rawValue: index)) else {
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return UnsafeRawBufferPointer(start: topic.value, count: topic.value == nil ? 0 : Int(topic.keptLength))
    }

    private func node(_ id: TopicID) -> TopicTree.Node {
        precondition(Int(id.rawValue) < tree.nodes.count, "a TopicID belongs to the store that gave it out")
        return tree.nodes[id.rawValue].pointee
    }

    private func ownTopic(_ id: TopicID) -> TopicTree.Topic? {
        let topic = node(id).topic
        return topic == TopicTree.none ? nil : tree.topics[topic].pointee
    }
}

// MARK: - History

extension Store {
    /// The message with this sequence number; `nil` when it was evicted or is yet to come.
    package func record(_ sequence: UInt64) -> MessageRecord? {
        guard let entry = history.entry(sequence) else { return nil }
        return MessageRecord(entry, keptLength: history.kept(payload: entry.header.payloadLength))
    }

    /// The latest message of a topic as it was when `sequence` was the next; `nil` when there was none or it was evicted.
    package func latest(_ id: TopicID, before sequence: UInt64) -> MessageRecord? {
        guard let topic = ownTopic(id),
            let entry = history.newest(of: id.rawValue, before: sequence, last: topic.lastSequence)
        else { return nil }
        return MessageRecord(entry, keptLength: history.kept(payload: entry.header.payloadLength))
    }

    /// What the history keeps of a message's payload, at most `limit` bytes of it; empty when it was evicted meanwhile.
    package func payload(_ record: MessageRecord, limit: Int = .max) -> [UInt8] {
        guard let entry = history.entry(record.sequence) else { return [] }
        return Array(history.parts(entry).payload.prefix(max(limit, 0)))
    }

    /// A message's encoded properties, without their length; empty when they were too long or evicted meanwhile.
    package func properties(_ record: MessageRecord) -> [UInt8] {
        guard let entry = history.entry(record.sequence) else { return [] }
        return Array(history.parts(entry).properties)
    }

    /// The message before of the same topic; `nil` when there was none or it was evicted.
    package func previous(_ record: MessageRecord) -> MessageRecord? {
        record.previousSequence.flatMap { self.record($0) }
    }
}
