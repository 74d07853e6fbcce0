import Payloads
import Testing

@Suite("Any bytes can be shown")
struct PayloadFuzzTests {
    private static let seeds: [[UInt8]] = [
        Array(#"{"header":{"seq":4711,"s":[1,2,3,{"a":null}]},"x":"\u00f6 \" é","n":[-0,1e400,NaN]}"#.utf8),
        Array("line one\r\nline two é 日本 😀\n\ttail".utf8),
        [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xC0, 0, 11, 8, 0, 240, 1, 64, 1, 1, 0x11, 0],
        [0x83, 0xA1, 0x78, 0x93, 1, 2, 3, 0xA1, 0x79, 0xCB, 0, 0, 0, 0, 0, 0, 0, 0, 0xA1, 0x7A, 0xDC, 0, 1, 0xC0],
        [0xA2, 0x61, 0x78, 0x83, 1, 2, 3, 0x61, 0x79, 0xFB, 0, 0, 0, 0, 0, 0, 0, 0],
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 2, 128, 0, 0, 1, 224],
    ]
    private static let interesting: [UInt8] = [
        0, 9, 10, 13, 0x1B, 0x22, 0x2C, 0x2D, 0x30, 0x3A, 0x5B, 0x5C, 0x5D, 0x7B, 0x7D, 0x7F, 0x80, 0xC2, 0xDF, 0xE0,
        0xED,
        0xF0, 0xF4, 0xFF, 0x75, 0x65, 0x2E,
    ]

    private static func mutated(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let index = Int.random(in: 0...bytes.count, using: &random)
            let byte =
                Bool.random(using: &random)
                ? interesting.randomElement(using: &random)! : .random(in: 0...255, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes.insert(byte, at: index)
            case 1 where index < bytes.count: bytes.remove(at: index)
            case 2 where index < bytes.count: bytes[index] = byte
            case 3: bytes.removeLast(min(bytes.count, Int.random(in: 0...8, using: &random)))
            default: bytes.insert(contentsOf: bytes.prefix(Int.random(in: 0...8, using: &random)), at: index)
            }
        }
        return bytes
    }

    /// What must hold of every outline of every payload.
    private static func check(_ bytes: [UInt8], limit: Int) {
        for format in PayloadFormat.allCases {
            let outline = PayloadOutline(bytes, format: format, rowLimit: limit)
            #expect(outline.rows.count <= limit, "\(bytes)")
            #expect((0...bytes.count).contains(outline.omittedByteCount), "\(bytes)")
            guard outline.formatName.hasPrefix("JSON"), outline.omission == nil else { continue }
            // Nothing is lost: without white space the rows are the payload.
            let shown = outline.rows.flatMap { $0.spans.map(\.text) }.joined().utf8.filter { $0 > 0x20 }
            #expect(shown.elementsEqual(bytes.filter { $0 > 0x20 }), "\(bytes)")
        }
        _ = payloadPreview(bytes, limit: limit)
    }

    @Test("mutated payloads of every kind", arguments: 0..<6)
    func mutations(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<1_500 {
            let bytes = Self.mutated(Self.seeds[seed], &random)
            Self.check(bytes, limit: Int.random(in: 0...20, using: &random))
        }
    }

    @Test("random bytes")
    func random() {
        var random = SeededGenerator(seed: 99)
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...64, using: &random)
            Self.check((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }, limit: 5)
            Self.check((0..<count).map { _ in Self.interesting.randomElement(using: &random)! }, limit: 5)
        }
    }

    @Test("what is cut anywhere is shown up to there")
    func prefixes() {
        for seed in Self.seeds {
            for count in 0...seed.count { Self.check(Array(seed.prefix(count)), limit: 100) }
        }
    }
}
