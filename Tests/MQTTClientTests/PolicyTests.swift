import MQTT
import MQTTCodec
import Testing

@testable import MQTTClient

@Suite("When a connection is tried again")
struct RetryPolicyTests {
    @Test("a web server that does not let us in is not asked again", arguments: [401, 403, 404, 502])
    func webServer(status: Int) {
        var policy = RetryPolicy()
        let cause = ConnectionFailure.Cause.webSocket(.refused(.init(status: status)))
        #expect((policy.wait(after: cause, at: .zero, random: 0) == nil) == (status < 404))
    }

    private let refused = ConnectionFailure.Cause.unreachable([])
    private let lost = ConnectionFailure.Cause.lost(nil, milliseconds: 0)

    /// The waits after `count` failures in a row, in milliseconds, with the largest or smallest jitter.
    private func waits(_ policy: inout RetryPolicy, _ cause: ConnectionFailure.Cause, _ count: Int, largest: Bool)
        -> [Int64?]
    {
        (0..<count).map { _ in
            // The jitter of a wait of 2·n is random mod (n + 1).
            let candidates = (0..<64).map { index -> (RetryPolicy, Int64?) in
                var copy = policy
                let wait = copy.wait(after: cause, at: .zero, random: UInt64(index) &* 0x9E37_79B9_7F4A_7C15)
                return (copy, wait)
            }
            let sorted = candidates.sorted { ($0.1 ?? 0) < ($1.1 ?? 0) }
            let chosen = largest ? sorted[63] : sorted[0]
            policy = chosen.0
            return chosen.1
        }
    }

    @Test("waits double up to 30 s and are spread over their upper half")
    func backOff() {
        var policy = RetryPolicy()
        for (index, wait) in waits(&policy, refused, 8, largest: true).enumerated() {
            let full = min(1_000 << Int64(index), 30_000)
            #expect((wait ?? 0) <= full && (wait ?? 0) > full * 9 / 10)
        }
        var other = RetryPolicy()
        for (index, wait) in waits(&other, refused, 8, largest: false).enumerated() {
            let full = min(1_000 << Int64(index), 30_000)
            #expect((wait ?? 0) >= full / 2 && (wait ?? 0) < full * 6 / 10)
        }
    }

    @Test("attempts are counted from 1, after a loss again from 1")
    func attempts() {
        var policy = RetryPolicy()
        #expect(policy.attempt == 1)
        _ = policy.wait(after: refused, at: .zero, random: 0)
        #expect(policy.attempt == 2)
        policy.connected(at: .zero)
        _ = policy.wait(after: lost, at: .zero, random: 0)
        #expect(policy.attempt == 1)
    }

    @Test("after a loss the first attempt comes at once")
    func atOnce() {
        var policy = RetryPolicy()
        policy.connected(at: .zero)
        #expect(policy.wait(after: lost, at: Instant(nanoseconds: 1), random: 0) == 0)
        #expect(policy.wait(after: refused, at: Instant(nanoseconds: 2), random: 0) == 500)
    }

    @Test("a connection that is lost again and again at once is not hammered at; one that stood counts as new")
    func flapping() {
        var policy = RetryPolicy()
        var waits: [Int64?] = []
        for _ in 0..<4 {
            policy.connected(at: .zero)
            waits.append(policy.wait(after: lost, at: Instant(nanoseconds: 1), random: 0))
        }
        #expect(waits == [0, 500, 1_000, 2_000])
        policy.connected(at: .zero)
        #expect(policy.wait(after: lost, at: Instant(nanoseconds: 5_000_000_000), random: 0) == 0)
    }

    @Test("who was thrown out by another client with the same name does not come back at once")
    func takenOver() {
        var policy = RetryPolicy()
        policy.connected(at: .zero)
        let cause = ConnectionFailure.Cause.disconnected(.sessionTakenOver, reasonString: nil, serverReference: nil)
        #expect(policy.wait(after: cause, at: Instant(nanoseconds: 9_000_000_000), random: 0) == 500)
    }

    @Test("where only the user can mend it there is no other attempt")
    func final() {
        for code in [
            ReasonCode.badUserNameOrPassword, .notAuthorized, .banned, .clientIdentifierNotValid,
            .badAuthenticationMethod,
        ] {
            var policy = RetryPolicy()
            let cause = ConnectionFailure.Cause.refused(code, reasonString: nil, serverReference: nil)
            #expect(policy.wait(after: cause, at: .zero, random: 0) == nil)
        }
        for code in [ReasonCode.serverUnavailable, .serverBusy, .quotaExceeded, .unsupportedProtocolVersion] {
            var policy = RetryPolicy()
            let cause = ConnectionFailure.Cause.refused(code, reasonString: nil, serverReference: nil)
            #expect(policy.wait(after: cause, at: .zero, random: 0) != nil)
        }
    }

    @Test("no number of failures and no random number can hurt")
    func extremes() {
        var policy = RetryPolicy()
        for _ in 0..<1_000 {
            let wait = policy.wait(after: refused, at: .zero, random: .max) ?? -1
            #expect(wait >= 0 && wait <= 30_000)
        }
    }
}

@Suite("Which version is spoken")
struct NegotiationTests {
    private let older = Session.Ending.olderServer(
        .refused(.unsupportedProtocolVersion, reasonString: nil, serverReference: nil))
    private let closed = Session.Ending.failed(.closedBeforeAnswer(wasReset: false))

    @Test("5.0 first, then what the server says it does not refuse, and that is remembered")
    func refused() {
        var negotiation = Negotiation(demanded: nil)
        negotiation.begin()
        #expect(negotiation.version == .v5_0 && negotiation.refused == nil)
        #expect(negotiation.fallBack(after: older) == true)
        #expect(negotiation.version == .v3_1_1 && negotiation.refused == .v5_0)
        negotiation.begin()
        #expect(negotiation.version == .v3_1_1 && negotiation.refused == .v5_0)
        #expect(negotiation.fallBack(after: older) == true)
        #expect(negotiation.version == .v3_1 && negotiation.refused == .v5_0)
        #expect(negotiation.fallBack(after: older) == false)
        negotiation.reset()
        #expect(negotiation.version == .v5_0)
    }

    @Test("closed without a word: 3.1.1 once, and the next attempt begins with 5.0 again")
    func closedWithoutAWord() {
        var negotiation = Negotiation(demanded: nil)
        #expect(negotiation.fallBack(after: closed) == true)
        #expect(negotiation.version == .v3_1_1 && negotiation.refused == .v5_0)
        #expect(negotiation.fallBack(after: closed) == false)
        negotiation.begin()
        #expect(negotiation.version == .v5_0 && negotiation.refused == nil)
    }

    @Test("a version the user demands is kept to")
    func demanded() {
        for version in ProtocolVersion.allCases {
            var negotiation = Negotiation(demanded: version)
            #expect(negotiation.version == version)
            #expect(negotiation.fallBack(after: older) == false)
            #expect(negotiation.fallBack(after: closed) == false)
            negotiation.reset()
            #expect(negotiation.version == version)
        }
    }

    @Test("any other failure has nothing to do with the version")
    func others() {
        var negotiation = Negotiation(demanded: nil)
        for cause in [ConnectionFailure.Cause.nameUnknown, .noAnswer(milliseconds: 1), .notMQTT([1]), .unreachable([])]
        {
            #expect(negotiation.fallBack(after: .failed(cause)) == false)
        }
    }
}

@Suite("Read pacing")
struct ReadPacingTests {
    /// A source that sends `packets` packets of `bytes` bytes every `microseconds`, read for a second and a half at the
    /// pace that `pacing` sets: when each read began, how much it brought, and how long it was rested after it.
    private func read(
        _ pacing: inout ReadPacing, packets: Int, bytes: Int, every microseconds: Int64, from start: Instant = .zero,
        lastSubscribed: Instant? = nil
    ) -> [(time: Int64, bytes: Int, rest: Int64)] {
        var reads: [(Int64, Int, Int64)] = []
        var taken: Int64 = 0
        var time: Int64 = 0
        while time < 1_500_000 {
            time = max(time, (taken + 1) * microseconds)
            let bursts = min(time / microseconds - taken, Int64(capacity / (packets * bytes)))
            taken += bursts
            let count = Int(bursts) * packets
            let rest = pacing.rest(
                afterReading: count * bytes, packetCount: count,
                at: Instant(nanoseconds: start.nanoseconds + time * 1_000), lastSubscribed: lastSubscribed)
            reads.append((time, count * bytes, rest))
            // A read costs something itself.
            time += 30 + rest * 1_000
        }
        return reads
    }

    private let capacity = 262_144

    @Test("below 1,000 reads a second it reads at once")
    func slow() {
        var pacing = ReadPacing(capacity: capacity)
        #expect(read(&pacing, packets: 1, bytes: 100, every: 1_100).allSatisfy { $0.rest == 0 })
    }

    @Test("above, it rests up to 20 ms, from a tenth of a second on")
    func busy() {
        var pacing = ReadPacing(capacity: capacity)
        let reads = read(&pacing, packets: 20, bytes: 100, every: 350)
        #expect(reads.first?.rest == 0)
        #expect(reads.filter { $0.time > 100_000 }.allSatisfy { $0.rest == 20 })
    }

    @Test("when the source becomes slow, it reads at once again")
    func calm() {
        var pacing = ReadPacing(capacity: capacity)
        _ = read(&pacing, packets: 1, bytes: 100, every: 350)
        let reads = read(&pacing, packets: 1, bytes: 100, every: 5_000, from: Instant(nanoseconds: 1_500_000_000))
        #expect(reads.filter { $0.time > 200_000 }.allSatisfy { $0.rest == 0 })
    }

    @Test("never after a read that filled its buffer")
    func full() {
        var pacing = ReadPacing(capacity: 1_000)
        for step in 0..<2_000 as Range<Int64> {
            let rest = pacing.rest(
                afterReading: 1_000, packetCount: 10, at: Instant(nanoseconds: step * 100_000), lastSubscribed: nil)
            #expect(rest == 0)
        }
    }

    @Test("never within what a layer below must have whole, however many reads that takes")
    func unfinished() {
        var pacing = ReadPacing(capacity: 1_000)
        for step in 0..<2_000 as Range<Int64> {
            let rest = pacing.rest(
                afterReading: 0, packetCount: 1, at: Instant(nanoseconds: step * 100_000), lastSubscribed: nil)
            #expect(rest == 0)
        }
    }

    @Test("the faster it comes the less it rests: never so long that more than a buffer would wait")
    func fast() {
        for bytes in [100, 400, 1_600, 6_400] {
            var pacing = ReadPacing(capacity: capacity)
            let reads = read(&pacing, packets: 20, bytes: bytes, every: 350)
            #expect(reads.allSatisfy { $0.bytes < capacity })
            #expect(reads.contains { $0.rest > 0 } == (bytes < 6_400))
        }
    }

    @Test("never in the first second after SUBACK")
    func subscribed() {
        var pacing = ReadPacing(capacity: capacity)
        let reads = read(&pacing, packets: 1, bytes: 100, every: 350, lastSubscribed: .zero)
        #expect(reads.filter { $0.time < 1_000_000 }.allSatisfy { $0.rest == 0 })
        #expect(reads.contains { $0.time >= 1_000_000 && $0.rest > 0 })
    }

    @Test("clocks that stand still, and strange numbers, do not hurt")
    func extremes() {
        var pacing = ReadPacing(capacity: 262_144)
        for _ in 0..<10_000 {
            let rest = pacing.rest(afterReading: 0, packetCount: 1, at: .zero, lastSubscribed: nil)
            #expect(rest >= 0 && rest <= 20)
        }
        let late = Instant(nanoseconds: .max)
        let rest = pacing.rest(afterReading: .max, packetCount: .max / 2, at: late, lastSubscribed: .zero)
        #expect(rest >= 0 && rest <= 20)
    }
}
