import Glibc

/// An instant of the wall clock as local text. What does not change within a second is made once a second.
package struct LocalTime: Sendable {
    /// Seconds since 1970-01-01T00:00:00Z.
    private(set) var seconds: Int64 = .min
    /// Nanoseconds within the second.
    private(set) var nanoseconds: Int64 = 0
    /// `2016-08-10T09:47:38`.
    private(set) var date: [UInt8] = []
    /// `+0100`.
    private(set) var zone: [UInt8] = []
    /// What strftime makes of each of `conversions`.
    private(set) var texts: [[UInt8]] = []
    private let conversions: [UInt8]

    /// A time that is not set yet, with texts for these letters of strftime.
    package init(conversions: [UInt8] = []) { self.conversions = conversions }

    /// Sets it to so many nanoseconds since 1970-01-01T00:00:00Z, by the zone of the environment.
    package mutating func set(wallNanoseconds: Int64) {
        let (second, rest) = wallNanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        nanoseconds = rest
        guard second != seconds else { return }
        seconds = second
        var time = time_t(second)
        var parts = tm()
        localtime_r(&time, &parts)
        date = Self.text("%Y-%m-%dT%H:%M:%S", &parts)
        zone = Self.text("%z", &parts)
        texts = conversions.map { Self.text("%\(Unicode.Scalar($0))", &parts) }
    }

    private static func text(_ format: String, _ parts: inout tm) -> [UInt8] {
        var text = [CChar](repeating: 0, count: 128)
        let count = strftime(&text, text.count, format, &parts)
        return text[..<count].map { UInt8(bitPattern: $0) }
    }
}
