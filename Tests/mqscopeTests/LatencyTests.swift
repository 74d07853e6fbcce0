import Testing

@testable import mqscope

@Suite("The words of rr --latency")
struct LatencyTests {
    @Test(
        "nanoseconds are whole, longer times have a fraction of as many digits as mosquitto_rr's",
        arguments: [
            (0, "0ns"), (850, "850ns"), (999, "999ns"), (1_000, "1.000000µs"), (1_001, "1.001000µs"),
            (123_456, "123.456000µs"), (999_999, "999.999000µs"), (1_000_000, "1.000000ms"),
            (9_356_785, "9.356785ms"), (9_000_005, "9.000005ms"), (999_999_999, "999.999999ms"),
            (1_000_000_000, "1.000000000s"), (1_200_972_231, "1.200972231s"), (1_002_003_004, "1.002003004s"),
            (61_000_000_001, "61.000000001s"),
        ] as [(Int64, String)])
    func words(nanoseconds: Int64, text: String) {
        #expect(RRCommand.words(nanoseconds) == text)
    }
}
