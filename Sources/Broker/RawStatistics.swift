/// Topics of `$SYS` as they are, for brokers whose topics nobody explains: the first 200, their payloads cut at 64 bytes.
package struct RawStatistics: Sendable {
    /// A topic and its latest payload.
    package struct Entry: Sendable, Hashable {
        /// The topic's bytes.
        package var topic: [UInt8]
        /// The beginning of its payload.
        package var payload: [UInt8]
        /// Both as text, for the screen.
        package var texts: (topic: String, payload: String) {
            (String(decoding: topic, as: UTF8.self), String(decoding: payload, as: UTF8.self))
        }
    }

    /// How many topics are kept.
    static let capacity = 200
    /// Longer names are left out: cut they would pass for others.
    static let longestTopic = 256

    private var payloads: [[UInt8]: [UInt8]] = [:]
    /// Messages whose topics are not kept.
    private(set) var leftOut: UInt64 = 0

    /// Takes a message; what happens to clients is none of the statistics, and would fill the list.
    mutating func take(_ topic: ArraySlice<UInt8>, _ payload: ArraySlice<UInt8>) {
        if let node = Piece(topic).dropping(first: "$SYS/brokers/")?.split(first: "/"),
            node.after.starts(with: "clients/")
        {
            return
        }
        let key = Array(topic)
        guard topic.count <= Self.longestTopic, payloads[key] != nil || payloads.count < Self.capacity else {
            leftOut += 1
            return
        }
        payloads[key] = Array(payload)
    }

    /// All of them, by the bytes of their names.
    var entries: [Entry] {
        payloads.map(Entry.init).sorted { $0.topic.lexicographicallyPrecedes($1.topic) }
    }
}
