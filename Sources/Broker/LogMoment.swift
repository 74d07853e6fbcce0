package import MQTT

/// When something of the broker's log happened: by our clock, and by the broker's where its lines say so.
package struct LogMoment: Sendable, Hashable {
    /// When we learnt of it.
    package var arrival: Instant
    /// When the broker wrote it.
    package var time: LogTime

    /// What came at `arrival` and was written at `time`.
    package init(arrival: Instant, time: LogTime = .unknown) {
        self.arrival = arrival
        self.time = time
    }

    /// Seconds since 1970 UTC by the broker's clock; `nil` when the line did not say.
    package var epochSeconds: Int64? { time.epochSeconds }

    /// Milliseconds from `earlier` to this moment, never negative. Lines of a file come all at once, so that only the
    /// broker's clock tells them apart; where that is set back, or coarse, ours is right.
    func milliseconds(since earlier: LogMoment) -> Int64 {
        let ours = arrival.since(earlier.arrival) / 1_000_000
        guard let later = epochSeconds, let earlier = earlier.epochSeconds else { return max(0, ours) }
        return max(0, ours, (later &- earlier) &* 1_000)
    }
}

extension LogLine {
    /// When it was written and when it came.
    package var moment: LogMoment { LogMoment(arrival: arrival, time: time) }
}
