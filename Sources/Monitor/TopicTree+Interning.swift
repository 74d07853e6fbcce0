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
