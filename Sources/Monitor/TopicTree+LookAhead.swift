/// The topics of a few messages that are about to be taken.
///
/// With many topics a message is mostly waiting for memory: slot, level, name, topic and value lie far apart, and each
/// tells where the next one is. Taking one step for many messages before the next step lets the waits overlap, which
/// halves the time.
struct LookAhead: ~Copyable {
    /// The hash of each message's topic, in the order of the messages.
    let hashes: UnsafeMutablePointer<UInt32>
    /// What the last step found for each message.
    fileprivate let found: UnsafeMutablePointer<UInt32>
    /// Made of all that was read, so that reading it is not optimised away.
    fileprivate var trace: UInt64 = 0

    /// How many messages are looked at together.
    static let capacity = 32

    /// A look at nothing yet.
    init() {
        hashes = .allocate(capacity: Self.capacity)
        found = .allocate(capacity: Self.capacity)
    }

    deinit {
        hashes.deallocate()
        found.deallocate()
    }
}

extension TopicTree {
    /// Whether its parts have long left the processor's cache when they are needed again.
    private var isLarge: Bool { topics.count > 4_096 }

    /// Hashes the topic of each of `count` messages, at most `LookAhead.capacity`, and gets ready what is known of it.
    @inline(__always)
    mutating func prepare(
        _ ahead: inout LookAhead, count: Int, path: (_ index: Int) -> UnsafeRawBufferPointer
    ) {
        for index in 0..<count { ahead.hashes[index] = hash(path(index)) }
        if isLarge { touch(&ahead, count: count) }
    }

    @inline(never)
    private func touch(_ ahead: inout LookAhead, count: Int) {
        var trace: UInt64 = 0
        for index in 0..<count { trace ^= slot(ahead.hashes[index]) }
        for index in 0..<count {
            // The first level with this hash, most likely the right one; the root when there is none.
            let node = candidate(ahead.hashes[index])
            ahead.found[index] = node
            trace ^= UInt64(nodes[node].pointee.topic)
        }
        for index in 0..<count {
            let node = nodes[ahead.found[index]]
            let topic = node.pointee.topic
            ahead.found[index] = topic
            guard topic != Self.none else { continue }
            trace ^= UInt64(paths.pointer(node.pointee.pathOffset).load(as: UInt8.self))
            trace ^= topics[topic].pointee.messages ^ UInt64(topics[topic].pointee.capacity)
        }
        for index in 0..<count where ahead.found[index] != Self.none {
            guard let value = topics[ahead.found[index]].pointee.value else { continue }
            trace ^= UInt64(value.load(as: UInt8.self))
        }
        ahead.trace ^= trace
    }
}
