/// A point on a clock that never runs backwards, in nanoseconds since an arbitrary start.
///
/// Nothing below the edges of the program reads a clock: instants are handed in.
public struct Instant: Sendable, Hashable, Comparable {
    /// Nanoseconds since the clock's start.
    public var nanoseconds: Int64

    /// The instant `nanoseconds` after the clock's start.
    @inlinable
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The clock's start.
    public static let zero = Instant(nanoseconds: 0)

    /// Orders by time.
    @inlinable
    public static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

    /// Nanoseconds from `earlier` to this instant; negative when `earlier` is later.
    @inlinable
    public func since(_ earlier: Instant) -> Int64 { nanoseconds &- earlier.nanoseconds }

    /// The instant `milliseconds` later.
    @inlinable
    public func advanced(milliseconds: Int64) -> Instant {
        Instant(nanoseconds: nanoseconds &+ milliseconds &* 1_000_000)
    }
}
