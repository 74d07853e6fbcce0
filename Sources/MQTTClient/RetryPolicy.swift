import MQTT

/// When a failed or lost connection is tried again, as a value: at once after a loss, then after 1, 2, 4 … seconds with
/// jitter, at most `longestWait`. Never where trying again cannot mend it.
struct RetryPolicy: Sendable {
    /// Longest wait, milliseconds.
    let longestWait: Int64
    /// A connection that stood this long, milliseconds, proves that waiting can begin anew.
    static let provenAfter: Int64 = 5_000

    /// Number of the attempt under way, from 1.
    private(set) var attempt = 1
    private var step = 1
    private var mayRetryAtOnce = true
    private var established: Instant?

    /// A policy that waits at most so many milliseconds.
    init(longestWait: Int64 = 30_000) { self.longestWait = longestWait }

    /// CONNACK accepted us.
    mutating func connected(at now: Instant) { established = now }

    /// Milliseconds to wait after `cause`, `nil` when trying again is useless. `random` decides the jitter.
    mutating func wait(after cause: ConnectionFailure.Cause, at now: Instant, random: UInt64) -> Int64? {
        if let since = established {
            established = nil
            attempt = 0
            if now.since(since) >= Self.provenAfter * 1_000_000 {
                step = 1
                mayRetryAtOnce = true
            }
            // Another client with our name would throw us out again at once, and we it.
            let isTakenOver = if case .disconnected(.sessionTakenOver, _, _) = cause { true } else { false }
            if mayRetryAtOnce, !isTakenOver {
                step = 0
                mayRetryAtOnce = false
            }
        }
        guard !Self.isFinal(cause) else { return nil }
        defer {
            attempt += 1
            step += 1
        }
        guard step > 0 else { return 0 }
        let full = min(1_000 << Int64(min(step - 1, 10)), longestWait)
        return full / 2 + Int64(random % UInt64(full / 2 + 1))
    }

    /// Whether only the user can mend it: the server knows who we are and does not want us.
    static func isFinal(_ cause: ConnectionFailure.Cause) -> Bool {
        switch cause {
        case .proxy(.wrongPassword): return true
        case .webSocket(.refused(let answer)): return answer.status == 401 || answer.status == 403
        default: break
        }
        guard case .refused(let code, _, _) = cause else { return false }
        switch code {
        case .badUserNameOrPassword, .notAuthorized, .banned, .clientIdentifierNotValid, .badAuthenticationMethod:
            return true
        default: return false
        }
    }
}
