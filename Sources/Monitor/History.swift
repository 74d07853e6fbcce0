/// The last messages of all topics in one ring of bytes, each as a header followed by its payload and properties.
///
/// Headers and bytes share the ring, so that any mix of sizes fills the same budget. A message is overwritten by moving
/// the tail past it: whatever still names it sees that its sequence number is below the tail's.
struct History: ~Copyable {
    /// What stands before the bytes of a message.
    struct Header: BitwiseCopyable {
        /// The topic's level, or `filler`.
        var node: UInt32
        /// How many sequence numbers back the message before of the same topic is; 0 for none.
        var previous: UInt32
        /// The arrival in nanoseconds, in two halves, so that four bytes are alignment enough.
        private var arrivalLow: UInt32
        private var arrivalHigh: UInt32
        /// The payload's true length, and in the low four bits the flags of PUBLISH.
        private var lengthAndFlags: UInt32
        /// The properties' true length, and in the low bit whether the message was a stored one.
        private var propertiesAndStored: UInt32

        /// The header of a message.
        @inline(__always)
        init(
            node: UInt32, previous: UInt32, arrival: Int64, flags: UInt8, isStored: Bool, payload: Int, properties: Int
        ) {
            self.node = node
            self.previous = previous
            arrivalLow = UInt32(truncatingIfNeeded: arrival)
            arrivalHigh = UInt32(truncatingIfNeeded: arrival >> 32)
            lengthAndFlags = UInt32(truncatingIfNeeded: min(payload, Self.lengthLimit)) << 4 | UInt32(flags & 15)
            propertiesAndStored =
                UInt32(truncatingIfNeeded: min(properties, Self.lengthLimit)) << 1 | (isStored ? 1 : 0)
        }

        /// No packet is longer (MQTT 5.0 section 1.5.5).
        private static var lengthLimit: Int { 268_435_455 }

        /// When it arrived, in nanoseconds.
        var arrival: Int64 { Int64(truncatingIfNeeded: UInt64(arrivalHigh) << 32 | UInt64(arrivalLow)) }
        /// The flags of PUBLISH.
        var flags: UInt8 { UInt8(lengthAndFlags & 15) }
        /// Whether it was delivered because we subscribed.
        var isStored: Bool { propertiesAndStored & 1 != 0 }
        /// Bytes of the payload as it came.
        var payloadLength: Int { Int(lengthAndFlags >> 4) }
        /// Bytes of the properties as they came.
        var propertiesLength: Int { Int(propertiesAndStored >> 1) }
    }

    /// Bytes of the ring.
    let capacity: Int
    /// The oldest message's sequence number, or the next one when there is none.
    private(set) var oldestSequence: UInt64 = 0
    /// The sequence number of the next message.
    private(set) var nextSequence: UInt64 = 0
    /// Messages of which the payload or the properties did not stay whole.
    private(set) var cutCount: UInt64 = 0

    private let ring: UnsafeMutableRawPointer
    /// Where every sixteenth message lies, in words of four bytes, by its sequence number.
    private let index: UnsafeMutablePointer<UInt32>
    private let indexCount: Int
    private let payloadLimit: Int
    /// Bytes ever put in, and how many of them were overwritten; their remainders are the two offsets.
    private var head = 0
    private var tail = 0
    private var headOffset = 0
    private var tailOffset = 0

    private static var headerSize: Int { MemoryLayout<Header>.size }
    private static var filler: UInt32 { .max }
    private static var stride: UInt64 { 16 }

    /// A ring that takes `budget` bytes with its index, at least 1 KiB and at most 16 GiB, and keeps at most
    /// `payloadBytes` of a payload, never more than a quarter of itself.
    init(budget: Int, payloadBytes: Int) {
        let budget = min(max(budget, 1024), 1 << 34)
        // A message takes at least a header, every sixteenth an index entry of four bytes: 1/96 of the ring.
        capacity = (budget - 16) / 97 * 96
        indexCount = capacity / (Self.headerSize * Int(Self.stride)) + 2
        ring = .allocate(byteCount: capacity, alignment: 8)
        index = .allocate(capacity: indexCount)
        payloadLimit = min(max(payloadBytes, 0), capacity / 4)
    }

    deinit {
        ring.deallocate()
        index.deallocate()
    }

    /// Bytes of memory that have been written to.
    var heldBytes: Int { min(head, capacity) + min(Int(nextSequence / Self.stride) + 1, indexCount) * 4 }

    /// Bytes kept of a payload of `length` bytes.
    @inline(__always)
    func kept(payload length: Int) -> Int { min(length, payloadLimit) }

    /// Bytes kept of properties of `length` bytes: all or none, half of them would mean nothing.
    @inline(__always)
    func kept(properties length: Int) -> Int { length <= capacity / 8 ? length : 0 }

    @inline(__always)
    private func size(_ header: Header) -> Int {
        (Self.headerSize + kept(payload: header.payloadLength) + kept(properties: header.propertiesLength) + 3) & ~3
    }

    @inline(__always)
    private func header(at offset: Int) -> Header { ring.load(fromByteOffset: offset, as: Header.self) }
}

// MARK: - Writing

extension History {
    /// Puts a message behind the newest and returns its sequence number; the oldest make room.
    @inline(__always)
    mutating func append(
        _ header: Header, payload: UnsafeRawBufferPointer, properties: UnsafeRawBufferPointer
    ) -> UInt64 {
        let payloadLength = kept(payload: header.payloadLength)
        let propertiesLength = kept(properties: header.propertiesLength)
        if payloadLength < payload.count || propertiesLength < properties.count { cutCount &+= 1 }
        let size = (Self.headerSize &+ payloadLength &+ propertiesLength &+ 3) & ~3
        let gap = headOffset &+ size > capacity ? capacity &- headOffset : 0
        while head &+ gap &+ size &- tail > capacity { evict() }
        if gap > 0 { wrap(gap) }
        let start = ring + headOffset
        start.storeBytes(of: header, as: Header.self)
        if let base = payload.baseAddress {
            (start + Self.headerSize).copyMemory(from: base, byteCount: payloadLength)
        }
        if let base = properties.baseAddress {
            (start + Self.headerSize + payloadLength).copyMemory(from: base, byteCount: propertiesLength)
        }
        let sequence = nextSequence
        if sequence % Self.stride == 0 {
            index[Int(sequence / Self.stride % UInt64(indexCount))] = UInt32(headOffset / 4)
        }
        head &+= size
        headOffset &+= size
        if headOffset == capacity { headOffset = 0 }
        nextSequence &+= 1
        return sequence
    }

    /// Leaves the last `gap` bytes of the ring unused.
    private mutating func wrap(_ gap: Int) {
        ring.storeBytes(of: Self.filler, toByteOffset: headOffset, as: UInt32.self)
        head += gap
        headOffset = 0
        guard oldestSequence == nextSequence else { return }
        tail = head
        tailOffset = 0
    }

    /// Gives up the oldest message.
    private mutating func evict() {
        let size = size(header(at: tailOffset))
        oldestSequence &+= 1
        tail &+= size
        tailOffset &+= size
        if tailOffset == capacity { tailOffset = 0 }
        guard tail < head, ring.load(fromByteOffset: tailOffset, as: UInt32.self) == Self.filler else { return }
        tail &+= capacity &- tailOffset
        tailOffset = 0
    }
}

// MARK: - Reading

extension History {
    /// A message in the ring, good until it is evicted.
    struct Entry {
        /// Its place among all messages.
        var sequence: UInt64
        /// Where in the ring it lies.
        var offset: Int
        /// Its header.
        var header: Header
    }

    /// The message with this sequence number, unless it is gone or yet to come.
    func entry(_ sequence: UInt64) -> Entry? {
        guard sequence >= oldestSequence, sequence < nextSequence else { return nil }
        var current = sequence - sequence % Self.stride
        var offset = tailOffset
        if current > oldestSequence {
            offset = Int(index[Int(current / Self.stride % UInt64(indexCount))]) * 4
        } else {
            current = oldestSequence
        }
        while current < sequence {
            offset = self.offset(after: offset)
            current += 1
        }
        return Entry(sequence: sequence, offset: offset, header: header(at: offset))
    }

    /// The newest message of `node` below `sequence`, its newest of all being `last`.
    ///
    /// Two searches take turns, back along the topic's own messages and back through all below `sequence`: the first
    /// is short for a topic that has had few messages since, the second for one that has many.
    func newest(of node: UInt32, before sequence: UInt64, last: UInt64) -> Entry? {
        var linked = entry(last)
        var end = min(sequence, nextSequence)
        while let link = linked, link.sequence >= sequence {
            guard end > oldestSequence else { return nil }
            let start = max((end - 1) / Self.stride * Self.stride, oldestSequence)
            if let found = newest(of: node, in: start..<end) { return found }
            end = start
            linked = link.header.previous == 0 ? nil : entry(link.sequence - UInt64(link.header.previous))
        }
        return linked
    }

    private func newest(of node: UInt32, in sequences: Range<UInt64>) -> Entry? {
        guard var current = entry(sequences.lowerBound) else { return nil }
        var found: Entry?
        while true {
            if current.header.node == node { found = current }
            current.sequence += 1
            guard current.sequence < sequences.upperBound else { return found }
            current.offset = offset(after: current.offset)
            current.header = header(at: current.offset)
        }
    }

    /// Where the message behind the one at `offset`, which must not be the newest, lies.
    @inline(__always)
    private func offset(after offset: Int) -> Int {
        let next = offset + size(header(at: offset))
        if next == capacity { return 0 }
        return ring.load(fromByteOffset: next, as: UInt32.self) == Self.filler ? 0 : next
    }

    /// What is kept of the payload and the properties of a message.
    @inline(__always)
    func parts(_ entry: Entry) -> (payload: UnsafeRawBufferPointer, properties: UnsafeRawBufferPointer) {
        let start = ring + entry.offset + Self.headerSize
        let payloadLength = kept(payload: entry.header.payloadLength)
        let propertiesLength = kept(properties: entry.header.propertiesLength)
        return (
            UnsafeRawBufferPointer(start: start, count: payloadLength),
            UnsafeRawBufferPointer(start: start + payloadLength, count: propertiesLength)
        )
    }

    /// Hands every message from `sequence` on to `body`: sequence number, topic's level, what is kept of the payload.
    @inline(__always)
    func scan(from sequence: UInt64, _ body: (UInt64, UInt32, UnsafeRawBufferPointer) -> Void) {
        guard var current = entry(max(sequence, oldestSequence)) else { return }
        while true {
            body(current.sequence, current.header.node, parts(current).payload)
            current.sequence += 1
            guard current.sequence < nextSequence else { return }
            current.offset = offset(after: current.offset)
            current.header = header(at: current.offset)
        }
    }
}
