/// The interned topics: every level is a node in an array, found by an open-addressing table over the bytes of its
/// whole path.
///
/// Parents come before their children, nothing is ever removed, and an index is for good.
struct TopicTree: ~Copyable {
    /// A level of the tree; one cache line, because counting a message touches the node of every level above it.
    struct Node: BitwiseCopyable {
        /// Where the path lies, from the first level to this one.
        var pathOffset: UInt32
        /// Bytes of the path.
        var pathLength: UInt16
        /// Where in the path this level's own name begins.
        var nameStart: UInt16
        /// The level above; `none` only for the root, which is no level itself.
        var parent: UInt32
        /// The newest level below, from which `nextSibling` leads to the older ones.
        var firstChild = TopicTree.none
        /// The next older level below the same parent.
        var nextSibling = TopicTree.none
        /// What its own messages say; `none` while it has none.
        var topic = TopicTree.none
        /// Messages of this level and all below.
        var messages: UInt64 = 0
        /// When the last live one of them came, in nanoseconds; `Int64.min` when none did.
        var lastArrival = Int64.min
        /// The rate of the live ones.
        var meter = RateMeter()
        /// Levels with messages of their own among this one and all below.
        var topics: UInt32 = 0
    }

    /// What is known of the messages of one topic.
    struct Topic: BitwiseCopyable {
        /// Its level.
        var node: UInt32
        /// The session it was last heard in.
        var session: UInt16 = 0
        /// The flags of the latest message.
        var flags: UInt8 = 0
        /// Whether the latest message was a stored one, delivered because we subscribed.
        var isStored = false
        /// Messages.
        var messages: UInt64 = 0
        /// Their payload bytes.
        var bytes: UInt64 = 0
        /// When the last live one came, in nanoseconds; `Int64.min` when none did.
        var lastArrival = Int64.min
        /// When the payload last differed from the one before; `Int64.min` when it never did.
        var lastChange = Int64.min
        /// The latest message's sequence number; meaningless while `messages` is 0.
        var lastSequence: UInt64 = 0
        /// The rate of the live messages.
        var meter = RateMeter()
        /// Smoothed distance between gaps and their mean, in seconds; negative before there is one.
        var jitter: Float = -1
        /// The latest payload and, after it, its properties.
        var value: UnsafeMutableRawPointer?
        /// Bytes that `value` has room for.
        var capacity: UInt32 = 0
        /// Bytes of the latest payload as it came.
        var payloadLength: UInt32 = 0
        /// Bytes of it that are kept.
        var keptLength: UInt32 = 0
        /// Bytes of its properties that are kept.
        var propertiesLength: UInt32 = 0

        /// A topic at `node` before its first message.
        init(node: UInt32) { self.node = node }
    }

    /// The index of nothing.
    static let none = UInt32.max
    /// The node above the first levels.
    static let root: UInt32 = 0

    /// All levels.
    var nodes = PagedArray<Node>()
    /// All topics with messages, in the order of their first ones.
    var topics = PagedArray<Topic>()
    /// The bytes of all paths.
    var paths = PathArena()
    /// Bytes that hold latest payloads and properties.
    var valueBytes = 0

    private let seed: UInt64
    private let hashMask: UInt32
    /// The table: a hash in the upper half, a node's index in the lower one; 0, which would be the root, is free.
    private var slots: UnsafeMutablePointer<UInt64>
    private var slotCount = 1024

    /// An empty tree; `hashMask` is for tests that want collisions.
    init(seed: UInt64, hashMask: UInt32 = .max) {
        self.seed = seed
        self.hashMask = hashMask
        slots = .allocate(capacity: slotCount)
        slots.initialize(repeating: 0, count: slotCount)
        _ = nodes.append(Node(pathOffset: 0, pathLength: 0, nameStart: 0, parent: Self.none))
    }

    deinit {
        for index in 0..<UInt32(topics.count) { topics[index].pointee.value?.deallocate() }
        slots.deallocate()
    }

    /// Bytes held by names, nodes and latest values.
    var heldBytes: Int {
        nodes.heldBytes + topics.heldBytes + paths.heldBytes + slotCount * MemoryLayout<UInt64>.stride + valueBytes
    }
}

// MARK: - Finding and interning

extension TopicTree {
    /// The hash of a path or, with lengths that grow, of its prefixes.
    @inline(__always)
    private func hash(_ path: UnsafeRawBufferPointer, prefix: Int, _ hash: inout PrefixHash) -> UInt32 {
        guard let base = path.baseAddress else { return 0 }  // no bytes at all, the only topic without a place
        return prefix == 0 ? 0 : hash.hash(base, length: prefix) & hashMask
    }

    /// The hash of a path.
    @inline(__always)
    func hash(_ path: UnsafeRawBufferPointer) -> UInt32 {
        var state = PrefixHash(seed: seed)
        return hash(path, prefix: path.count, &state)
    }

    /// The slot that `hash` leads to first.
    @inline(__always)
    func slot(_ hash: UInt32) -> UInt64 { slots[Int(hash) & (slotCount &- 1)] }

    /// The first level in the table with this hash; the root when there is none.
    @inline(__always)
    func candidate(_ hash: UInt32) -> UInt32 {
        var slot = Int(hash) & (slotCount &- 1)
        while slots[slot] != 0, UInt32(truncatingIfNeeded: slots[slot] &>> 32) != hash {
            slot = (slot &+ 1) & (slotCount &- 1)
        }
        return UInt32(truncatingIfNeeded: slots[slot])
    }

    /// The level whose path is `path`, which has this hash.
    @inline(__always)
    func find(_ path: UnsafeRawBufferPointer, hash: UInt32) -> UInt32? {
        var slot = Int(hash) & (slotCount &- 1)
        while true {
            let entry = slots[slot]
            if entry == 0 { return nil }
            if UInt32(truncatingIfNeeded: entry &>> 32) == hash {
                let index = UInt32(truncatingIfNeeded: entry)
                if isPath(path, of: nodes[index]) { return index }
            }
            slot = (slot &+ 1) & (slotCount &- 1)
        }
    }

    @inline(__always)
    private func isPath(_ path: UnsafeRawBufferPointer, of node: UnsafeMutablePointer<Node>) -> Bool {
        guard Int(node.pointee.pathLength) == path.count else { return false }
        guard let base = path.baseAddress else { return true }
        return areEqual(paths.pointer(node.pointee.pathOffset), base, count: path.count)
    }

    /// Makes `path` and all levels above it known, unless that would take more than `limit` bytes in all.
    ///
    /// Returns the level itself, or the deepest level above it that is known when there is no room. The work grows with
    /// the bytes of the path: every level is compared by its parent and its own name only.
    mutating func intern(_ path: UnsafeRawBufferPointer, limit: Int) -> (node: UInt32, isWhole: Bool) {
        var hash = PrefixHash(seed: seed)
        var parent = Self.root
        var start = 0
        while start <= path.count {
            let end = path.levelEnd(from: start)
            guard let node = child(of: parent, path, start..<end, hash: &hash) else { break }
            parent = node
            start = end + 1
        }
        guard start <= path.count else { return (parent, true) }
        guard reserve(path, from: start, limit: limit) else { return (parent, false) }
        let offset = paths.append(path)
        hash = PrefixHash(seed: seed)
        while start <= path.count {
            let end = path.levelEnd(from: start)
            parent = add(path, start..<end, at: offset, to: parent, hash: &hash)
            start = end + 1
        }
        return (parent, true)
    }

    private func child(
        of parent: UInt32, _ path: UnsafeRawBufferPointer, _ name: Range<Int>, hash: inout PrefixHash
    ) -> UInt32? {
        let wanted = self.hash(path, prefix: name.upperBound, &hash)
        var slot = Int(wanted) & (slotCount - 1)
        while slots[slot] != 0 {
            let entry = slots[slot]
            slot = (slot + 1) & (slotCount - 1)
            guard UInt32(truncatingIfNeeded: entry >> 32) == wanted else { continue }
            let node = nodes[UInt32(truncatingIfNeeded: entry)].pointee
            guard node.parent == parent, Int(node.pathLength) == name.upperBound, Int(node.nameStart) == name.lowerBound
            else { continue }
            guard let base = path.baseAddress, !name.isEmpty else { return UInt32(truncatingIfNeeded: entry) }
            let own = paths.pointer(node.pathOffset) + name.lowerBound
            if areEqual(own, base + name.lowerBound, count: name.count) { return UInt32(truncatingIfNeeded: entry) }
        }
        return nil
    }

    private mutating func add(
        _ path: UnsafeRawBufferPointer, _ name: Range<Int>, at offset: UInt32, to parent: UInt32, hash: inout PrefixHash
    ) -> UInt32 {
        var node = Node(
            pathOffset: offset, pathLength: UInt16(name.upperBound), nameStart: UInt16(name.lowerBound), parent: parent)
        node.nextSibling = nodes[parent].pointee.firstChild
        let index = nodes.append(node)
        nodes[parent].pointee.firstChild = index
        let hash = self.hash(path, prefix: name.upperBound, &hash)
        Self.insert(UInt64(hash) << 32 | UInt64(index), into: slots, count: slotCount)
        return index
    }

    /// Makes room in the table for the levels of `path` from `start` on, when all they need stays within `limit`.
    private mutating func reserve(_ path: UnsafeRawBufferPointer, from start: Int, limit: Int) -> Bool {
        var levels = 1
        for place in start..<path.count where path[place] == UInt8(ascii: "/") { levels += 1 }
        guard nodes.count + levels < Int(Self.none), let pathCost = paths.cost(of: path.count) else { return false }
        var slotsNeeded = slotCount
        while (nodes.count + levels) * 4 > slotsNeeded * 3 { slotsNeeded *= 2 }
        let cost =
            pathCost + levels * MemoryLayout<Node>.stride + MemoryLayout<Topic>.stride
            + (slotsNeeded - slotCount) * MemoryLayout<UInt64>.stride
        guard heldBytes + cost <= limit else { return false }
        if slotsNeeded > slotCount { grow(to: slotsNeeded) }
        return true
    }

    private mutating func grow(to count: Int) {
        let wider = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
        wider.initialize(repeating: 0, count: count)
        for slot in 0..<slotCount where slots[slot] != 0 { Self.insert(slots[slot], into: wider, count: count) }
        slots.deallocate()
        slots = wider
        slotCount = count
    }

    private static func insert(_ entry: UInt64, into slots: UnsafeMutablePointer<UInt64>, count: Int) {
        var slot = Int(entry >> 32) & (count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (count - 1) }
        slots[slot] = entry
    }
}

// MARK: - Messages

extension TopicTree {
    /// The topic of `node`, made when it has none yet.
    mutating func topic(of node: UInt32) -> UInt32 {
        let known = nodes[node].pointee.topic
        guard known == Self.none else { return known }
        let topic = topics.append(Topic(node: node))
        nodes[node].pointee.topic = topic
        var level = node
        while level != Self.none {
            nodes[level].pointee.topics &+= 1
            level = nodes[level].pointee.parent
        }
        return topic
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
        // No single value takes more than an eighth of all. Blocks end on 16 bytes with malloc's own 8.
        let wanted = (min(needed, limit / 8) + 8 + 15) / 16 * 16 - 8
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
