/// A growing set of sequence numbers, two bits for each in its span, that loses its oldest ones; its members are also
/// numbered from 0, the oldest, on.
struct SequenceSet: Sendable {
    /// 64 sequence numbers.
    private struct Word {
        /// A bit for each, the lowest first.
        var bits: UInt64
        /// Members ever added before them.
        var before: UInt64
    }

    private var words: [Word] = []
    /// Words at the front that are no longer used.
    private var unused = 0
    /// Which 64 sequence numbers `words[0]` stands for.
    private var origin: UInt64 = 0
    private var added: UInt64 = 0
    private var removed: UInt64 = 0

    /// How many members it has.
    var count: Int { Int(added - removed) }

    /// Makes it empty and keeps its memory.
    mutating func removeAll() {
        words.removeAll(keepingCapacity: true)
        unused = 0
        added = 0
        removed = 0
    }

    /// Adds `sequence`, which must be greater than all added before.
    mutating func append(_ sequence: UInt64) {
        let number = sequence / 64
        if words.isEmpty { origin = number }
        while origin + UInt64(words.count) <= number { words.append(Word(bits: 0, before: added)) }
        words[words.count - 1].bits |= 1 << (sequence % 64)
        added += 1
    }

    /// Removes all below `sequence`.
    mutating func removeAll(below sequence: UInt64) {
        removed = max(removed, rank(sequence))
        while unused < words.count, origin + UInt64(unused) < sequence / 64 { unused += 1 }
        if unused == words.count {
            words.removeAll(keepingCapacity: true)
            unused = 0
        } else if unused > 1024, unused > words.count / 2 {
            words.removeFirst(unused)
            origin += UInt64(unused)
            unused = 0
        }
    }

    /// How many members below `sequence` there are.
    func count(below sequence: UInt64) -> Int { Int(max(rank(sequence), removed) - removed) }

    /// The member with this number, which must be less than `count`.
    subscript(index: Int) -> UInt64 {
        precondition(index >= 0 && index < count, "an index below count")
        let target = removed + UInt64(index)
        var low = unused
        var high = words.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if words[middle].before <= target { low = middle } else { high = middle }
        }
        var bits = words[low].bits
        for _ in words[low].before..<target { bits &= bits - 1 }
        return (origin + UInt64(low)) * 64 + UInt64(bits.trailingZeroBitCount)
    }

    /// Members ever added that are below `sequence`.
    private func rank(_ sequence: UInt64) -> UInt64 {
        let number = sequence / 64
        guard number >= origin + UInt64(unused), !words.isEmpty else { return removed }
        guard number < origin + UInt64(words.count) else { return added }
        let word = words[Int(number - origin)]
        return word.before + UInt64((word.bits & (1 << (sequence % 64) - 1)).nonzeroBitCount)
    }
}
