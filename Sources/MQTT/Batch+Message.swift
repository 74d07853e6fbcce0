extension Batch {
    /// A message of this batch as a value of its own, its properties decoded. For single messages: it allocates.
    public func message(_ record: Record) -> Message {
        // What stands in a batch was checked when it was read.
        guard let topic = try? TopicName(String(decoding: topic(record), as: UTF8.self)),
            let properties = try? Properties(decoding: properties(record), of: .publishToClient)
        else { preconditionFailure("a batch holds only what a PUBLISH may carry") }
        return Message(
            topic: topic, payload: Array(payload(record)), qos: record.flags.qos, isRetained: record.flags.isRetained,
            properties: properties)
    }
}
