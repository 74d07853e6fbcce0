/// What stands under each Packet Identifier in use: one number space for PUBLISH, SUBSCRIBE and UNSUBSCRIBE
/// (MQTT 5.0 section 2.2.1). Taking, looking up and giving back are O(1); memory follows the most that were ever in use
/// at once.
struct IdentifierTable<Value: Sendable>: Sendable {
    private var slots: [Value?] = []
    private var free: [UInt16] = []
    /// How many are in use.
    private(set) var count = 0

    /// Puts `value` under an identifier not in use, which is never 0; `nil` when all 65,535 are. [MQTT-2.2.1-3]
    mutating func insert(_ value: Value) -> UInt16? {
        if let identifier = free.popLast() {
            slots[Int(identifier) - 1] = value
            count += 1
            return identifier
        }
        guard slots.count < 65_535 else { return nil }
        slots.append(value)
        count += 1
        return UInt16(slots.count)
    }

    /// What stands under `identifier`; setting `nil` gives the identifier back.
    subscript(identifier: UInt16) -> Value? {
        get {
            let index = Int(identifier) - 1
            return slots.indices.contains(index) ? slots[index] : nil
        }
        set {
            let index = Int(identifier) - 1
            guard slots.indices.contains(index), slots[index] != nil else { return }
            slots[index] = newValue
            guard newValue == nil else { return }
            free.append(identifier)
            count -= 1
        }
    }

    /// All identifiers in use with what stands there, by identifier.
    var entries: [(identifier: UInt16, value: Value)] {
        slots.indices.compactMap { index in slots[index].map { (UInt16(index + 1), $0) } }
    }
}

/// The identifiers of QoS 2 messages that were received and not released yet: a set of bits.
struct IdentifierSet: Sendable {
    private var words: [UInt64] = []
    /// How many it holds.
    private(set) var count = 0

    /// Adds `identifier`; `false` when it was there.
    mutating func insert(_ identifier: UInt16) -> Bool {
        if words.isEmpty { words = Array(repeating: 0, count: 1_024) }
        let (word, bit) = (Int(identifier) / 64, UInt64(1) << UInt64(identifier % 64))
        guard words[word] & bit == 0 else { return false }
        words[word] |= bit
        count += 1
        return true
    }

    /// Takes `identifier` away; `false` when it was not there.
    mutating func remove(_ identifier: UInt16) -> Bool {
        let (word, bit) = (Int(identifier) / 64, UInt64(1) << UInt64(identifier % 64))
        guard !words.isEmpty, words[word] & bit != 0 else { return false }
        words[word] &= ~bit
        count -= 1
        return true
    }

    /// Whether it holds `identifier`.
    func contains(_ identifier: UInt16) -> Bool {
        !words.isEmpty && words[Int(identifier) / 64] & UInt64(1) << UInt64(identifier % 64) != 0
    }

    /// Takes all away.
    mutating func removeAll() {
        words.removeAll()
        count = 0
    }
}
