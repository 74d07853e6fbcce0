import Broker
import MQTT

/// A moment `seconds` after the clock's start.
func second(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9)) }

extension BrokerLog {
    /// Takes `text` as a line of the severity that `suffix` stands for, with a stamp of 2026.
    @discardableResult
    mutating func take(_ suffix: String, _ text: String, at time: Double = 0, stamp: String = "1795478240: ") -> LogLine
    {
        ingest(topic: "$SYS/broker/log/\(suffix)".utf8, payload: (stamp + text).utf8, arrival: second(time))!
    }

    /// All lines: client and words.
    var all: [String] { (0..<count).map { "\(self[$0].client ?? "–") | \(self[$0].words)" } }
}

/// A generator that gives the same numbers in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
