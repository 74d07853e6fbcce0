extension TopicTree {
    /// Makes `node`, which has had no messages, a topic, unless that would take more than `limit` bytes in all.
    mutating func addTopic(at node: UInt32, limit: Int) -> Bool {
        guard heldBytes + MemoryLayout<Topic>.stride <= limit else { return false }
        nodes[node].pointee.topic = topics.append(Topic(node: node))
        var level = node
        while level != Self.none {
            nodes[level].pointee.topics &+= 1
            level = nodes[level].pointee.parent
        }
        return true
    }

    /// Counts a message at `node` and at all levels above.
    @inline(__always)
    func count(from node: UInt32, at arrival: Int64, isLive: Bool) {
        var level = node
        while level != Self.none {
            let node = nodes[level]
            node.pointee.messages &+= 1
            if isLive {
                node.pointee.meter.count(at: arrival, last: node.pointee.lastArrival)
                node.pointee.lastArrival = arrival
            }
            level = node.pointee.parent
        }
    }

    /// Forgets in which session topics were heard.
    func forgetSessions() {
        for index in 0..<UInt32(topics.count) { topics[index].pointee.session = 0 }
    }

    /// Keeps `payload` and `properties` as the latest of `topic`, with all held within `limit` bytes; returns whether
    /// the payload differs from the one before as far as that is kept.
    ///
    /// A payload that has no room is cut; one that is cut counts as different.
    @inline(__always)
    mutating func keep(
        _ payload: UnsafeRawBufferPointer, _ properties: UnsafeRawBufferPointer,
        of topic: UnsafeMutablePointer<Topic>, limit: Int
    ) -> Bool {
        let length = payload.count
        let isSame =
            Int(topic.pointee.payloadLength) == length && Int(topic.pointee.keptLength) == length
            && isKept(payload, by: topic)
        if isSame, properties.isEmpty, topic.pointee.propertiesLength == 0 { return false }
        if length &+ properties.count > Int(topic.pointee.capacity) || Int(topic.pointee.capacity) > Self.roomy {
            fit(topic, length + properties.count, limit: limit)
        }
        let kept = min(length, Int(topic.pointee.capacity))
        let keptProperties = kept &+ properties.count <= Int(topic.pointee.capacity) ? properties.count : 0
        if let value = topic.pointee.value {
            if let base = payload.baseAddress { value.copyMemory(from: base, byteCount: kept) }
            if let base = properties.baseAddress { (value + kept).copyMemory(from: base, byteCount: keptProperties) }
        }
        topic.pointee.payloadLength = UInt32(length)
        topic.pointee.keptLength = UInt32(kept)
        topic.pointee.propertiesLength = UInt32(keptProperties)
        return !isSame
    }

    @inline(__always)
    private func isKept(_ payload: UnsafeRawBufferPointer, by topic: UnsafeMutablePointer<Topic>) -> Bool {
        guard let base = payload.baseAddress, let value = topic.pointee.value else { return payload.isEmpty }
        return areEqual(value, base, count: payload.count)
    }

    /// Capacity from which on a value that became much smaller gives its room back.
    private static var roomy: Int { 4096 }

    /// Gives the value of `topic` room for `needed` bytes, less when that would take more than `limit` in all.
    @inline(never)
    private mutating func fit(_ topic: UnsafeMutablePointer<Topic>, _ needed: Int, limit: Int) {
        let capacity = Int(topic.pointee.capacity)
        let isWasteful = capacity > Self.roomy && needed < capacity / 4
        guard needed > capacity || isWasteful else { return }
        let room = max(limit - heldBytes + capacity, 0)
        // No single value takes more than an eighth of all. Blocks end on 16 bytes with malloc's own 8, 32 at least.
        let wanted = max((min(needed, limit / 8) + 8 + 15) / 16 * 16, 32) - 8
        guard wanted + 8 <= room, isWasteful || wanted > capacity else { return }
        topic.pointee.value?.deallocate()
        topic.pointee.value = .allocate(byteCount: wanted, alignment: 8)
        valueBytes += wanted - capacity + (capacity == 0 ? 8 : 0)
        topic.pointee.capacity = UInt32(wanted)
    }
}

extension TopicTree.Topic {
    /// A live message came at `now`.
    @inline(__always)
    mutating func arrived(at now: Int64) {
        if let period = meter.steadyPeriod {
            let deviation = abs(Float(now &- lastArrival) * 1e-9 - period)
            jitter = jitter < 0 ? deviation : jitter + (deviation - jitter) / 16
        }
        meter.count(at: now, last: lastArrival)
        lastArrival = now
    }
}
