package import MQTT

/// One message of the history, without its bytes.
package struct MessageRecord: Sendable, Equatable {
    /// Its place among all messages, from 0 on.
    package let sequence: UInt64
    /// Its topic.
    package let topic: TopicID
    /// When it arrived.
    package let arrival: Instant
    /// The flags it came with.
    package let flags: PublishFlags
    /// Whether it is a stored one, delivered because we subscribed: then nobody knows how old it is.
    package let isStored: Bool
    /// Bytes of the payload as it came.
    package let payloadLength: Int
    /// Bytes of it that the history keeps.
    package let keptLength: Int
    /// Bytes of its encoded properties as they came.
    package let propertiesLength: Int

    private let previous: UInt32

    /// The record of a message of the history.
    init(_ entry: History.Entry, keptLength: Int) {
        sequence = entry.sequence
        topic = TopicID(rawValue: entry.header.node)
        arrival = Instant(nanoseconds: entry.header.arrival)
        flags = PublishFlags(rawValue: entry.header.flags)
        isStored = entry.header.isStored
        payloadLength = entry.header.payloadLength
        self.keptLength = keptLength
        propertiesLength = entry.header.propertiesLength
        previous = entry.header.previous
    }

    /// The sequence number of the message before of the same topic; `nil` for the first.
    var previousSequence: UInt64? { previous == 0 ? nil : sequence - UInt64(previous) }
}
