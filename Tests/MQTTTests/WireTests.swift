import MQTT
import Testing

@Suite("Text and numbers on the wire")
struct WireTests {
    /// Whether these bytes are taken as text.
    private func isText(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes(\.isWellFormedText) }

    /// Whether these bytes hold a wildcard.
    private func holdsWildcard(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes(\.holdsWildcard) }

    @Test("text is UTF-8 in its shortest form, without surrogates [MQTT-1.5.4-1]")
    func illFormed() {
        let bad: [[UInt8]] = [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
            [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC3, 0x28],
            [0xE2, 0x28, 0xA1],
            [0xE2, 0x82, 0x28], [0xF0, 0x9F, 0x98, 0x28],
        ]
        for bytes in bad {
            // Alone, and at every place relative to the words that are looked at together.
            for padding in 0...9 {
                let before = [UInt8](repeating: 0x61, count: padding)
                #expect(!isText(before + bytes), "\(padding): \(bytes)")
                #expect(!isText(before + bytes + [0x61]), "\(padding) \(bytes)")
            }
        }
    }

    @Test("text holds no U+0000 [MQTT-1.5.4-2]")
    func null() {
        for position in 0..<20 {
            var bytes = [UInt8](repeating: 0x61, count: 20)
            bytes[position] = 0
            #expect(!isText(bytes))
        }
    }

    @Test(
        "every other text is taken, a leading U+FEFF and control characters too [MQTT-1.5.4-3]",
        arguments: [
            "", "a", "abcdefgh", "\u{FEFF}x", "\u{1}\u{7F}\u{85}", "aé€😀z", "\u{D7FF}\u{E000}\u{10FFFF}\u{FFFE}",
        ])
    func wellFormed(text: String) {
        #expect(isText(Array(text.utf8)))
    }

    @Test("the fast check says what Swift's own decoder says, for random bytes")
    func asSwiftSays() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...24, using: &random)
            let bytes = (0..<count).map { _ in
                // Mostly what is near to being text.
                switch UInt8.random(in: 0...9, using: &random) {
                case 0...5: UInt8.random(in: 1...0x7F, using: &random)
                case 6...7: UInt8.random(in: 0x80...0xBF, using: &random)
                default: UInt8.random(in: 0xC0...0xF4, using: &random)
                }
            }
            #expect(isText(bytes) == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
        }
    }

    @Test("wildcards are found wherever they stand, and nothing else is one")
    func wildcards() {
        for count in 1...20 {
            for position in 0..<count {
                for byte in [UInt8(ascii: "+"), UInt8(ascii: "#")] {
                    var bytes = [UInt8](repeating: 0x61, count: count)
                    bytes[position] = byte
                    #expect(holdsWildcard(bytes))
                }
            }
        }
        let none = (0...255).map { UInt8($0) }.filter { $0 != 0x2B && $0 != 0x23 }
        #expect(!holdsWildcard(none))
    }

    @Test(
        "Variable Byte Integers have one to four bytes",
        arguments: [
            (0, [0x00]), (127, [0x7F]), (128, [0x80, 0x01]), (16_383, [0xFF, 0x7F]), (16_384, [0x80, 0x80, 0x01]),
            (2_097_151, [0xFF, 0xFF, 0x7F]), (2_097_152, [0x80, 0x80, 0x80, 0x01]),
            (268_435_455, [0xFF, 0xFF, 0xFF, 0x7F]),
        ] as [(Int, [UInt8])])
    func variableByteIntegers(value: Int, bytes: [UInt8]) throws {
        var written: [UInt8] = []
        written.append(variableByteInteger: value)
        #expect(written == bytes)
        #expect(variableByteIntegerSize(value) == bytes.count)
        #expect(try bytes.withUnsafeBytes { try WireReader.integer(in: $0) } == value)
    }

    @Test("Variable Byte Integers use the fewest bytes, at most four [MQTT-1.5.5-1]")
    func badVariableByteIntegers() {
        for bytes in [[0x80, 0x00], [0xFF, 0x80, 0x00], [0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0x80], []] as [[UInt8]] {
            #expect(throws: ProtocolViolation.self) { try bytes.withUnsafeBytes { try WireReader.integer(in: $0) } }
        }
    }

    @Test("a field of more than 65,535 bytes, or with U+0000, cannot be written")
    func unwritable() {
        var bytes: [UInt8] = []
        #expect(throws: ProtocolViolation.self) { try bytes.append(text: String(repeating: "x", count: 65_536)) }
        #expect(throws: ProtocolViolation.self) { try bytes.append(text: "a\0") }
        #expect(throws: ProtocolViolation.self) { try bytes.append(binaryData: [UInt8](repeating: 0, count: 65_536)) }
    }
}

extension WireReader {
    /// The one Variable Byte Integer in `bytes`.
    fileprivate static func integer(in bytes: UnsafeRawBufferPointer) throws(ProtocolViolation) -> Int {
        var reader = WireReader(bytes)
        return try reader.variableByteInteger()
    }
}

/// A generator whose numbers depend on its seed alone (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
