import MQTT

/// Messages and bytes of the last two seconds, in quarters of a second.
struct RateWindow {
    private var messages = [UInt64](repeating: 0, count: RateWindow.slots)
    private var bytes = [UInt64](repeating: 0, count: RateWindow.slots)
    /// The number of the newest quarter, counted since the clock's start.
    private var newest = Int64.min
    /// When the first message came.
    private var first = Int64.min

    private static let slots = 8
    private static let width: Int64 = 250_000_000

    /// Adds what arrived at `now`.
    mutating func add(messages messageCount: UInt64, bytes byteCount: UInt64, at now: Instant) {
        let quarter = Self.quarter(now)
        if newest == .min {
            first = now.nanoseconds
            newest = quarter
        }
        newest = max(newest, quarter - Int64(Self.slots))
        while newest < quarter {
            newest += 1
            messages[Self.slot(newest)] = 0
            bytes[Self.slot(newest)] = 0
        }
        messages[Self.slot(newest)] &+= messageCount
        bytes[Self.slot(newest)] &+= byteCount
    }

    /// Messages and bytes a second as of `now`.
    func rates(at now: Instant) -> (messages: Double, bytes: Double) {
        guard newest != .min else { return (0, 0) }
        let quarter = max(Self.quarter(now), newest)
        let oldest = quarter &- Int64(Self.slots) &+ 1
        guard newest >= oldest else { return (0, 0) }
        var sum: (messages: UInt64, bytes: UInt64) = (0, 0)
        for number in oldest...newest {
            sum.messages &+= messages[Self.slot(number)]
            sum.bytes &+= bytes[Self.slot(number)]
        }
        let begin = max(oldest &* Self.width, first)
        let seconds = Double(max(now.nanoseconds &- begin, Self.width)) * 1e-9
        return (Double(sum.messages) / seconds, Double(sum.bytes) / seconds)
    }

    private static func quarter(_ now: Instant) -> Int64 {
        now.nanoseconds / width - (now.nanoseconds < 0 ? 1 : 0)
    }

    private static func slot(_ quarter: Int64) -> Int { Int(quarter & Int64(slots - 1)) }
}
