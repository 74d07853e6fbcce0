import MQTT

/// How instants map to the time of day here, so that a corrected clock corrects every time shown.
package struct WallClock: Sendable, Hashable {
    /// Nanoseconds to add to an instant to get nanoseconds since 1970 UTC.
    package var offset: Int64
    /// Seconds that local time is ahead of UTC.
    package var zoneSeconds: Int64

    /// A clock with this offset and time zone.
    package init(offset: Int64, zoneSeconds: Int64) {
        self.offset = offset
        self.zoneSeconds = zoneSeconds
    }

    /// `HH:MM:SS.mmm`, local time.
    func milliseconds(_ instant: Instant) -> String {
        let local = instant.nanoseconds &+ offset &+ zoneSeconds &* 1_000_000_000
        let fraction = Int((local / 1_000_000) % 1_000)
        return seconds(instant) + "." + Format.padded(max(0, fraction), digits: 3)
    }

    /// `HH:MM:SS`, local time.
    func seconds(_ instant: Instant) -> String {
        timeOfDay(epochSeconds: epochSeconds(instant))
    }

    /// Seconds since 1970 UTC.
    func epochSeconds(_ instant: Instant) -> Int64 { (instant.nanoseconds &+ offset) / 1_000_000_000 }

    /// The day of seconds since 1970 UTC, local time, counted from 1970 on.
    func day(_ epochSeconds: Int64) -> Int64 {
        let local = epochSeconds &+ zoneSeconds
        return local / 86_400 - (local % 86_400 < 0 ? 1 : 0)
    }

    /// `HH:MM:SS`, local time, of seconds since 1970 UTC.
    func timeOfDay(epochSeconds: Int64) -> String {
        let day = 86_400 as Int64
        let second = ((epochSeconds &+ zoneSeconds) % day + day) % day
        let parts = [second / 3600, second / 60 % 60, second % 60]
        return parts.map { Format.padded(Int($0), digits: 2) }.joined(separator: ":")
    }
}
