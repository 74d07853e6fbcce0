package import MQTT

/// The topics that the other end has given numbers on this connection (MQTT 5.0 section 3.3.2.3.4). Looking one up takes no
/// memory; what is kept is at most as many topics as the decoder's `topicAliasMaximum` says, each as long as it came.
package struct TopicAliases: Sendable {
    private var topics: [[UInt8]] = []

    /// None yet, as at the beginning of every connection. [MQTT-3.3.2-7]
    package init() {}

    /// Keeps the topic that `publish` brings for its alias; a violation when it brings none and none is known.
    @inline(never)
    package mutating func learn(_ publish: PublishView) throws(ProtocolViolation) {
        let index = Int(publish.alias) - 1
        guard publish.topic.count > 0 else {
            guard index < topics.count, !topics[index].isEmpty else {
                throw .protocolError("topic alias without a topic before it")  // 3.3.4
            }
            return
        }
        if index >= topics.count { topics += Array(repeating: [], count: index + 1 - topics.count) }
        // The room of an earlier topic is used again.
        topics[index].removeAll(keepingCapacity: true)
        topics[index].append(contentsOf: publish.topic)
    }

    /// Appends `publish`, which has an alias that was learned, to `batch` under its topic.
    package func append(_ publish: PublishView, to batch: inout Batch) {
        withTopic(of: publish) { topic in
            batch.append(
                topic: topic, payload: publish.payload, properties: publish.properties, flags: publish.flags,
                identifier: publish.identifier)
        }
    }

    /// Calls `body` with the topic of `publish`, the learned one where it brings none.
    package func withTopic<Result>(
        of publish: PublishView, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        guard publish.topic.isEmpty else { return body(publish.topic) }
        return topics[Int(publish.alias) - 1].withUnsafeBytes(body)
    }
}
