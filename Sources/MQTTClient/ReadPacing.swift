import MQTT

/// How long reading may rest after a read, as a value: many small reads a second cost far more than few large ones.
///
/// Below a rate of reads it reads at once, so that a single message is shown without delay. Above, it waits as
/// long as half a buffer takes to arrive at the present speed, up to a limit. It never waits after a read that filled its
/// buffer, nor in the first second after SUBACK when stored messages come in a flood: a full socket makes brokers drop.
struct ReadPacing: Sendable {
    /// Reads a second from which on it paces.
    private let busyRate: Int
    /// Longest rest, milliseconds.
    private let longestRest: Int64
    private static let window: Int64 = 50_000_000

    private let capacity: Int
    private var windowStart = Instant.zero
    private var windowReads = 0
    private var windowPackets = 0
    private var isBusy = false
    private var lastRead = Instant.zero

    /// Pacing for a read buffer of `capacity` bytes.
    init(capacity: Int, _ pacing: ClientConfiguration.Pacing = .saving) {
        self.capacity = capacity
        (busyRate, longestRest) = pacing == .saving ? (1_000, 20) : (4_000, 4)
    }

    /// Milliseconds to rest after a read of `byteCount` bytes that held about `packetCount` packets. Of 0 bytes is a read
    /// that ends within what a layer below has to have whole, such as a large frame: it wants the rest.
    mutating func rest(
        afterReading byteCount: Int, packetCount: Int, at now: Instant, lastSubscribed: Instant?
    ) -> Int64 {
        windowReads += 1
        windowPackets += packetCount
        let elapsed = now.since(windowStart)
        let interval = max(now.since(lastRead), 1)
        lastRead = now
        if elapsed >= Self.window {
            // While it paces, reads are few by our own doing: then the packets tell how many they would be.
            let events = isBusy ? windowPackets : windowReads
            isBusy = Int64(events) * 1_000_000_000 / elapsed > Int64(busyRate)
            windowStart = now
            windowReads = 0
            windowPackets = 0
        }
        guard isBusy, byteCount > 0, byteCount < capacity else { return 0 }
        if let lastSubscribed, now.since(lastSubscribed) < 1_000_000_000 { return 0 }
        let untilHalfFull = Int64(capacity / 2) * (interval / 1_000) / Int64(max(byteCount, 1)) / 1_000
        return min(longestRest, untilHalfFull)
    }
}
