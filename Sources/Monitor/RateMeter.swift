/// How often something happens, measured from one happening to another: exact for anything regular, however slow, and
/// for regular bursts.
///
/// A window begins with a message and ends with the first one at least a second later; the messages after the first,
/// divided by the time, are its rate, and half of the difference goes into the smoothed rate.
struct RateMeter: BitwiseCopyable {
    /// Where the window began, in nanoseconds; `Int64.min` before the first message.
    private var start = Int64.min
    /// Messages since then, without the first.
    private var count: UInt32 = 0
    /// Smoothed messages a second; meaningless while `span` is 0.
    private var smoothed: Float = 0
    /// Seconds that the last whole window took; 0 before there was one.
    private var span: Float = 0

    private static let second: Int64 = 1_000_000_000

    /// Counts a message at `now`; the one before came at `last`.
    @inline(__always)
    mutating func count(at now: Int64, last: Int64) {
        count &+= 1
        let elapsed = now &- start
        // Before the first message the difference wraps round to something negative.
        if elapsed >= 0, elapsed < Self.second { return }
        roll(at: now, last: last)
    }

    @inline(never)
    private mutating func roll(at now: Int64, last: Int64) {
        if start == .min || span > 0 && isSilent(at: now, last: last) {
            self = RateMeter()
            start = now
            return
        }
        let elapsed = now &- start
        guard elapsed >= Self.second else { return }  // a clock that ran backwards
        let seconds = Float(elapsed) * 1e-9
        let measured = Float(count) / seconds
        smoothed = span == 0 ? measured : smoothed + (measured - smoothed) / 2
        span = seconds
        start = now
        count = 0
    }

    /// Whether nothing came for so long, five seconds and three windows, that the rate is 0.
    @inline(__always)
    func isSilent(at now: Int64, last: Int64) -> Bool {
        now &- last > max(5 * Self.second, Int64(min(span, 1e9) * 3e9))
    }

    /// Seconds between messages while they come, without regard to silence since; `nil` before it can be said.
    @inline(__always)
    func period(last: Int64) -> Float? {
        if span > 0 { return 1 / smoothed }
        guard start != .min, count > 0, last > start else { return nil }
        return Float(last &- start) * 1e-9 / Float(count)
    }

    /// Seconds between messages once a whole window told; `nil` before.
    @inline(__always)
    var steadyPeriod: Float? { span > 0 ? 1 / smoothed : nil }

    /// Messages a second as of `now`, the last one having come at `last`; `nil` before two messages told.
    ///
    /// It falls when messages stay away, as (messages in the window + 1) / time, and is 0 after a long silence.
    func rate(at now: Int64, last: Int64) -> Double? {
        guard start != .min, count > 0 || span > 0 else { return nil }
        guard !isSilent(at: now, last: last) else { return 0 }
        let elapsed = Double(now &- start) * 1e-9
        let bound = elapsed > 0 ? Double(count &+ 1) / elapsed : .infinity
        if span > 0 { return min(Double(smoothed), bound) }
        guard elapsed >= 0.1 else { return nil }
        return min(Double(count) / max(Double(last &- start) * 1e-9, 0.1), bound)
    }
}
