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

    /// What keeps publishers from knowing the hashes.
    let seed: UInt64
    /// The bits of a hash that are used.
    let hashMask: UInt32
    /// The table: a hash in the upper half, a node's index in the lower one; 0, which would be the root, is free.
    var slots: UnsafeMutablePointer<UInt64>
    /// How many slots there are, a power of two.
    var slotCount = 1024

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
