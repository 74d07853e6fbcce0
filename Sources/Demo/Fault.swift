/// What goes wrong in the lab by intention, each with its own line in the broker's log.
package enum Fault: Hashable, Sendable, CaseIterable {
    /// Somebody tries to log in as ev3-1 with a wrong password.
    case wrongPassword
    /// A second device connects with the Client Identifier uav1.
    case takeOver
    /// tb3 publishes a map that is larger than the broker takes.
    case oversizeMap
    /// ev3-1 publishes where the ACL does not let it; only the Reason Code of PUBACK tells.
    case deniedPublish
    /// quad's socket falls silent without closing, until the broker gives it up.
    case freeze
    /// quad notices and connects anew.
    case thaw

    /// When it happens: milliseconds after the start for the first time, and from then on every so many milliseconds.
    /// The frozen robot comes late, so that the first half minute shows every robot at work.
    var schedule: (first: Double, period: Double) {
        switch self {
        case .wrongPassword: (4_000, 10_000)
        case .takeOver: (12_000, 12_000)
        case .oversizeMap: (14_000, 14_000)
        case .deniedPublish: (3_000, 5_000)
        case .freeze: (32_000, 60_000)
        case .thaw: (46_000, 60_000)
        }
    }

    /// The robot it happens to.
    var robot: Robot {
        switch self {
        case .wrongPassword, .deniedPublish: .ev3
        case .takeOver: .uav1
        case .oversizeMap: .tb3
        case .freeze, .thaw: .quad
        }
    }

    /// Milliseconds until a robot that lost its connection is back.
    static let absence: Int64 = 1_000
    /// Beats of ev3-1's heart that are left out in each minute, while its connection stays: silence for 8 s.
    static let missingBeats: Range<Int64> = 47..<54

    /// When a message due at `due` nanoseconds leaves quad: every 15 s its program hangs for 300 ms and then sends all that waits.
    static func stalled(_ due: Int64) -> Int64 {
        let (period, begin, end): (Int64, Int64, Int64) = (15_000_000_000, 7_000_000_000, 7_300_000_000)
        let phase = due % period
        return begin <= phase && phase < end ? due - phase + end : due
    }
}
