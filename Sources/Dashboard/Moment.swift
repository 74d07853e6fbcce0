import Broker
import MQTT

/// What a pane must know of the time to draw: now, the time of day, and which values are old.
struct Moment {
    /// The instant that is shown: now, or when the pause began.
    var now: Instant
    /// How instants map to the time of day.
    var clock: WallClock
    /// Seconds since 1970 UTC that are shown as now by the broker's clock, as far as its log tells.
    var brokerSeconds: Int64?
    /// When this connection began; `nil` while there is none.
    var sessionStart: Instant?
    /// When the connection was lost; `nil` while there is one, or never was.
    var lostAt: Instant?
    /// What came after the pause began; `nil` when not paused.
    var frozen: Frozen?

    /// The first that came after a pause began.
    struct Frozen: Equatable {
        /// The sequence number of the first message.
        var sequence: UInt64
        /// The number of the first event.
        var mark: UInt64
    }

    /// Messages from this sequence number on came after the pause began; `nil` when not paused.
    var frozenAt: UInt64? { frozen?.sequence }

    /// When the broker logged something, in eight columns: `HH:MM:SS` today, `-2d17:45` two days ago. By the broker's clock
    /// where the log says so, else by ours.
    func time(of event: LogMoment) -> String {
        if case .stamp(let stamp) = event.time, let time = Self.timeOfDay(in: stamp) { return time }
        guard let seconds = event.epochSeconds else { return clock.seconds(event.arrival) }
        let days = clock.day(brokerSeconds ?? clock.epochSeconds(now)) - clock.day(seconds)
        guard days != 0 else { return clock.timeOfDay(epochSeconds: seconds) }
        let count = (days > 0 ? "-" : "+") + "\(days.magnitude)d"
        let time = clock.timeOfDay(epochSeconds: seconds)
        return switch days.magnitude {
        case ..<10: count + time.prefix(5)
        case ..<100: "\(count) \(time.prefix(2))h"
        default: count
        }
    }

    /// The first `HH:MM:SS` in a time that is in a form of the broker's own.
    private static func timeOfDay(in stamp: String) -> String? {
        let text = Array(stamp.utf8)
        let digit = UInt8(ascii: "0")...UInt8(ascii: "9")
        for start in text.indices.dropLast(7) {
            let part = text[start..<start + 8]
            let fits = part.enumerated().allSatisfy { $0 % 3 == 2 ? $1 == UInt8(ascii: ":") : digit.contains($1) }
            if fits { return String(decoding: part, as: UTF8.self) }
        }
        return nil
    }

    /// Whether a value that arrived at `arrival` is of a former connection.
    func isOld(_ arrival: Instant?) -> Bool {
        guard let sessionStart else { return true }
        guard let arrival else { return false }
        return arrival < sessionStart
    }
}
