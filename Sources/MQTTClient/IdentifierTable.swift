/// What stands under each Packet Identifier in use: one number space for PUBLISH, SUBSCRIBE and UNSUBSCRIBE
/// (MQTT 5.0 section 2.2.1). Identifiers count up; behind the last one those are used again that were given back, the
/// earliest first, so that a late answer hardly ever meets another request. Taking, looking up and giving back are O(1); the
/// values take the room of the most that were ever in use at once.
struct IdentifierTable<Value: Sendable>: Sendable {
    /// How many values there is room for.
    var roomCount: Int { slots.count }
    private var slots: [Value?] = []
    private var freeSlots: [UInt16] = []
    /// By identifier less 1: where its value is in `slots`, plus 1; 0 while it is not in use.
    private var places: [UInt16] = []
    private var returned = Queue<UInt16>()
    /// How many are in use.
    private(set) var count = 0

    /// Puts `value` under an identifier not in use, which is never 0; `nil` when all 65,535 are. [MQTT-2.2.1-3]
    mutating func insert(_ value: Value) -> UInt16? {
        let identifier: UInt16
        if places.count < 65_535 {
            places.append(0)
            identifier = UInt16(places.count)
        } else if let earliest = returned.popFirst() {
            identifier = earliest
        } else {
            return nil
        }
        count += 1
        if let slot = freeSlots.popLast() {
            slots[Int(slot)] = value
            places[Int(identifier) - 1] = slot + 1
        } else {
            slots.append(value)
            places[Int(identifier) - 1] = UInt16(slots.count)
        }
        return identifier
    }

    /// What stands under `identifier`; setting `nil` gives the identifier back.
    subscript(identifier: UInt16) -> Value? {
        get { slot(of: identifier).flatMap { slots[$0] } }
        set {
            guard let slot = slot(of: identifier) else { return }
            slots[slot] = newValue
            guard newValue == nil else { return }
            freeSlots.append(UInt16(slot))
            places[Int(identifier) - 1] = 0
            returned.append(identifier)
            count -= 1
        }
    }

    /// All identifiers in use with what stands there, by identifier.
    var entries: [(identifier: UInt16, value: Value)] {
        places.indices.compactMap { index in
            let identifier = UInt16(index + 1)
            return self[identifier].map { (identifier, $0) }
        }
    }

    private func slot(of identifier: UInt16) -> Int? {
        let index = Int(identifier) - 1
        guard places.indices.contains(index), places[index] > 0 else { return nil }
        return Int(places[index]) - 1
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
