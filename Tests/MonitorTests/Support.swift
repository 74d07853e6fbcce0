import MQTT
import Testing

@testable import Monitor

extension Instant {
    /// The instant this many seconds after the clock's start.
    static func seconds(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9)) }
}

extension Store {
    /// A store with a fixed seed.
    init(history: Int = 1 << 20, topics: Int = 64 << 20, payload: Int = 1 << 20, hashMask: UInt32 = .max) {
        self.init(
            limits: Limits(historyBytes: history, topicBytes: topics, payloadBytes: payload), seed: 0x5EED_0F_7E57,
            hashMask: hashMask)
    }

    /// Takes one message given as bytes.
    mutating func take(
        _ topic: [UInt8], _ payload: [UInt8], properties: [UInt8] = [], flags: PublishFlags = PublishFlags(rawValue: 0),
        at arrival: Instant = .zero
    ) {
        var batch = Batch(arrival: arrival)
        topic.withUnsafeBytes { topic in
            payload.withUnsafeBytes { payload in
                properties.withUnsafeBytes {
                    batch.append(topic: topic, payload: payload, properties: $0, flags: flags)
                }
            }
        }
        ingest(batch)
    }

    /// Takes one message given as text.
    mutating func take(
        _ topic: String, _ payload: String = "", flags: PublishFlags = PublishFlags(rawValue: 0),
        at arrival: Instant = .zero
    ) {
        take(Array(topic.utf8), Array(payload.utf8), flags: flags, at: arrival)
    }

    /// The level with this path.
    func find(_ topic: String) -> TopicID? { find(topic.utf8) }

    /// The last level's name as text.
    func text(_ id: TopicID) -> String { String(decoding: name(id), as: UTF8.self) }
}

/// The value, which must be there; the macro itself cannot look into a store, which has no copies.
func required<Value>(_ value: Value?, sourceLocation: SourceLocation = #_sourceLocation) throws -> Value {
    try #require(value, sourceLocation: sourceLocation)
}

/// RETAIN, QoS 0.
let retained = PublishFlags(qos: .atMostOnce, isRetained: true)

/// A small generator whose numbers depend on its seed only (SplitMix64).
struct Numbers: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// Random bytes.
    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }
}
